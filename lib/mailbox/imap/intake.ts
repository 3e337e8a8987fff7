import type { FetchMessageObject, SearchObject } from 'imapflow';
import { IMAP_LIMITS } from '../../limits';
import { DAY } from '../../units';
import type { MailboxError } from '../errors';
import type { Fetched, Fetcher } from './fetcher';
import { coarsen, rangesOf, sequenceSet } from './ranges';
import { SUMMARY_FIELDS, withEnvelope, type MessageBytes } from './messages';
import { isDoubtful, readMessage, withinBounds } from './reading';
import { RECOGNISED_BY } from './recognition';

/** What becomes of the messages that an {@link Intake} is given. A UID of which nothing is told is gone from the folder. */
export interface IntakeSink {
	/** False: the message is done with. `meta` has its date, and its envelope where that was asked for. */
	isWanted(meta: FetchMessageObject): boolean;
	deliver(meta: FetchMessageObject, bytes: MessageBytes): void;
	fail(uid: number, error: MailboxError, meta: FetchMessageObject | undefined): void;
	/** There was no time or no room for it. */
	leave(uid: number): void;
}

export interface IntakeOptions {
	/** Of a larger message only the headers are taken. */
	maxMessageBytes: number;
	/** The rest is left. */
	maxPollBytes: number;
	/**
	 * Which messages {@link IntakeSink.isWanted} must see before their bytes are fetched: `all`, with their envelopes, or
	 * those that may have been received before a time. The others are judged when they are here.
	 */
	judgeFirst?: 'all' | Date | undefined;
	/** {@link IntakeSink.deliver} recognises messages: it is told their header fields as the server gives them by name. */
	isRecognised?: boolean;
	now: () => number;
}

const META = { uid: true, size: true, internalDate: true };
const SIZES = 'read sizes and dates';

/** For so few messages a search for the larger ones, or another command for what can be had at once, would take longer than it can save. */
const FEW = 10;

/**
 * Fetches messages within bounds of memory. Most are small: one command gives a batch of them, with sizes and dates. A
 * search tells which are larger; of those the size is asked first, then they come in batches, as a stream, or with their
 * headers only.
 *
 * The bounds do not hang on what a server says of sizes: of a message that should be small only its first bytes are asked.
 */
export class Intake {
	#bytes = 0;
	#delivered = 0;
	/** The bytes of one poll are reached. */
	#full = false;
	/** Bytes of a small message. */
	readonly #small: number;
	/** Messages that are shorter than the server said, and whole. */
	#estimates = 0;

	readonly #fetcher: Fetcher;
	readonly #sink: IntakeSink;
	readonly #options: IntakeOptions;

	constructor(fetcher: Fetcher, sink: IntakeSink, options: IntakeOptions) {
		this.#fetcher = fetcher;
		this.#sink = sink;
		this.#options = options;
		this.#small = Math.min(IMAP_LIMITS.smallBytes, options.maxMessageBytes);
	}

	/** `suspect`: they have failed before; each is asked about first. */
	async take(uids: readonly number[], suspect = false): Promise<void> {
		const apart = suspect ? undefined : await this.#askedFirst(uids);
		if (apart === undefined) {
			for (const window of chunks(uids, IMAP_LIMITS.metadataMessages)) await this.#measured(window);
			return;
		}
		// Window by window, so that what is left when time runs out are few ranges.
		// A server that gives some gives more: what breaks off early costs little.
		let most: number = IMAP_LIMITS.batchMessages;
		for (let at = 0; at < uids.length;) {
			// All of them could be as large as a small message may be.
			const room = this.#full ? 0 : Math.floor((this.#options.maxPollBytes - this.#bytes) / this.#small);
			const fits = room >= Math.min(IMAP_LIMITS.leastSmallMessages, uids.length - at);
			const window = uids.slice(at, at + (fits ? Math.min(room, most) : IMAP_LIMITS.metadataMessages));
			at += window.length;
			most = Math.min(2 * most, IMAP_LIMITS.smallMessages);
			const small = window.filter((uid) => !apart.has(uid));
			if (fits) await this.#bodies(await this.#smallOnes(small));
			else await this.#measured(small);
			await this.#measured(window.filter((uid) => apart.has(uid)));
		}
	}

	/** Messages that are larger, or must be judged before they are fetched; undefined when that is all of them, or cannot be told. */
	async #askedFirst(uids: readonly number[]): Promise<ReadonlySet<number> | undefined> {
		const { judgeFirst, now } = this.#options;
		if (judgeFirst === 'all') return undefined;
		const keys: SearchObject[] = uids.length > FEW ? [{ larger: this.#small }] : [];
		if (judgeFirst !== undefined) {
			// BEFORE compares calendar days in whatever zone the server keeps: two days more have them all.
			const before = new Date(judgeFirst.getTime() + 2 * DAY);
			if (before.getTime() >= now()) return undefined;
			keys.push({ before });
		}
		if (keys.length === 0) return new Set();
		// Closing gaps only makes it find more.
		const uid = sequenceSet(coarsen(rangesOf(uids), IMAP_LIMITS.maxRanges));
		const found = await this.#fetcher.search({ uid, or: keys });
		return found && new Set(found);
	}

	/** Fetches what should be small; gives back what is not. */
	async #smallOnes(uids: readonly number[]): Promise<FetchMessageObject[]> {
		const query = { ...META, ...this.#fields(uids.length <= FEW), source: this.#beginning };
		const larger = new Map<number, FetchMessageObject>();
		const doubtful: FetchMessageObject[] = [];
		const short: FetchMessageObject[] = [];
		const fetched = await this.#fetcher.taken(uids, query, uids.length, 'fetch messages', (row) => {
			if (!this.#sink.isWanted(row)) return;
			const { length } = row.source!;
			if (isDoubtful(row.source!, row)) doubtful.push({ ...row, source: undefined });
			else if (length > this.#small) larger.set(row.uid, { ...row, source: undefined });
			else if (length >= (row.size ?? 0)) this.#put(row, { raw: row.source!, truncated: false });
			else short.push(row);
		});
		await this.#short(short);
		// What is told of a failed message has its date, and the id that the server gave it.
		const failed = [...fetched.failed.keys()];
		const known = failed.length === 0 ? undefined : await this.#fetcher.rows(failed, META, failed.length, SIZES);
		this.#account(fetched, (uid) => known?.got.get(uid));
		await this.#askAgain(await this.#measuredRows(doubtful));
		await this.#askAgain(await this.#rowsOf(fetched.silent));
		return await this.#measuredRows(uids.flatMap((uid) => larger.get(uid) ?? []));
	}

	/** Messages that may be cut, with what came of them: whole where it is all, and else asked for by themselves. */
	async #short(rows: readonly FetchMessageObject[]): Promise<void> {
		const isCut = await this.#areCut(rows);
		const whole = isCut ? [] : rows;
		for (const row of whole) this.#put(row, { raw: row.source!, truncated: false });
		const cut = isCut ? await this.#measuredRows(rows.map(({ source: _cut, ...row }) => row)) : [];
		for (const meta of cut) this.#account(await this.#alone(meta), () => meta);
	}

	/** Whether any of them has more bytes than came. Of a server whose sizes are mere estimates only those are asked about that lack most. */
	async #areCut(rows: readonly FetchMessageObject[]): Promise<boolean> {
		const lacking = ({ size = 0, source }: FetchMessageObject) => size - source!.length;
		const most = [...rows].sort((a, b) => lacking(b) - lacking(a));
		for (const { uid, source } of most.slice(0, Math.max(0, IMAP_LIMITS.askedAgain - this.#estimates))) {
			if (await this.#fetcher.goesOn(uid, source!.length)) return true;
			this.#estimates++;
		}
		return false;
	}

	/** With sizes, where the server left them out. */
	async #measuredRows(rows: readonly FetchMessageObject[]): Promise<FetchMessageObject[]> {
		const isMeasured = rows.every(({ size }) => size !== undefined);
		return isMeasured ? [...rows] : await this.#rowsOf(rows.map(({ uid }) => uid));
	}

	#fields(isFew: boolean): { headers?: string[] } {
		return isFew || this.#options.isRecognised ? { headers: RECOGNISED_BY } : {};
	}

	/** One byte more than a small message has, to notice those that are larger. */
	get #beginning() {
		return { start: 0, maxLength: this.#small + 1 };
	}

	/** Sizes first, then what they allow. */
	async #measured(uids: readonly number[]): Promise<void> {
		if (uids.length === 0) return;
		if (this.#full) {
			for (const uid of uids) this.#sink.leave(uid);
			return;
		}
		const isJudged = this.#options.judgeFirst === 'all';
		const query = isJudged ? { ...META, envelope: true } : META;
		const fetched = await this.#fetcher.rows(uids, query, uids.length, SIZES);
		this.#account(fetched, () => undefined);
		const wanted = uids.flatMap((uid) => fetched.got.get(uid) ?? []).filter((meta) => this.#sink.isWanted(meta));
		await this.#bodies(wanted);
		if (fetched.silent.length === 0) return;
		const rows = isJudged ? await this.#judgedByHeader(fetched.silent) : await this.#rowsOf(fetched.silent);
		await this.#askAgain(rows.filter((meta) => this.#sink.isWanted(meta)));
	}

	/** Rows of messages whose rows did not come: asked for less, each is as good as the server tells it. */
	async #rowsOf(uids: readonly number[]): Promise<FetchMessageObject[]> {
		if (uids.length === 0) return [];
		const fetched = await this.#fetcher.rows(uids, META, uids.length, SIZES);
		this.#account(fetched, () => undefined);
		return uids
			.filter((uid) => fetched.got.has(uid) || fetched.silent.includes(uid))
			.map((uid) => fetched.got.get(uid) ?? { uid, seq: 0 });
	}

	/** The same for a filter, with the header fields in place of an envelope that cannot be read. */
	async #judgedByHeader(uids: readonly number[]): Promise<FetchMessageObject[]> {
		const fetched = await this.#fetcher.rows(uids, { ...META, headers: SUMMARY_FIELDS }, uids.length, SIZES);
		this.#account(fetched, () => undefined);
		const rows = await Promise.all([...fetched.got.values()].map(withEnvelope));
		return [...rows, ...(await this.#rowsOf(fetched.silent))].sort((a, b) => a.uid - b.uid);
	}

	async #bodies(metas: readonly FetchMessageObject[]): Promise<void> {
		const { maxMessageBytes, maxPollBytes } = this.#options;
		let batch: FetchMessageObject[] = [];
		let batchBytes = 0;
		const flush = async () => {
			if (batch.length > 0) await this.#batch(batch);
			batch = [];
			batchBytes = 0;
		};
		for (const meta of metas) {
			// A server that tells no sizes is asked for the beginnings.
			const size = meta.size ?? this.#small;
			const total = this.#bytes + batchBytes + Math.min(size, maxMessageBytes);
			if (total > maxPollBytes && (this.#delivered > 0 || batch.length > 0)) this.#full = true;
			// From here on all: what stays behind stays one range.
			if (this.#full) {
				this.#sink.leave(meta.uid);
			} else if (size > Math.min(maxMessageBytes, IMAP_LIMITS.streamAboveBytes)) {
				await flush();
				this.#account(await this.#alone(meta), () => meta);
			} else {
				if (batchBytes + size > IMAP_LIMITS.batchBytes || batch.length >= IMAP_LIMITS.batchMessages) await flush();
				batch.push(meta);
				batchBytes += size;
			}
		}
		await flush();
	}

	async #batch(metas: readonly FetchMessageObject[]): Promise<void> {
		const { maxMessageBytes } = this.#options;
		const isMeasured = metas.every(({ size }) => size !== undefined);
		// Bounded: a server that understates the size must not fill the memory.
		const source = isMeasured ? { start: 0, maxLength: maxMessageBytes + 1 } : this.#beginning;
		const query = { uid: true, ...this.#fields(metas.length <= FEW), source };
		const byUid = new Map(metas.map((meta) => [meta.uid, meta]));
		const doubtful: FetchMessageObject[] = [];
		const larger: FetchMessageObject[] = [];
		const short: FetchMessageObject[] = [];
		const fetched = await this.#fetcher.taken([...byUid.keys()], query, metas.length, 'fetch messages', (row) => {
			const meta = { ...byUid.get(row.uid)!, ...(row.headers ? { headers: row.headers } : {}) };
			if (isDoubtful(row.source!, meta)) doubtful.push(meta);
			else if (!isMeasured && row.source!.length > this.#small) larger.push(meta);
			else if (row.source!.length < Math.min(meta.size ?? 0, maxMessageBytes))
				short.push({ ...meta, source: row.source });
			else this.#put(meta, withinBounds(row.source!, maxMessageBytes));
		});
		await this.#short(short);
		this.#account(fetched, (uid) => byUid.get(uid));
		for (const meta of larger) this.#account(await this.#alone(meta), () => meta);
		await this.#askAgain([...doubtful, ...fetched.silent.map((uid) => byUid.get(uid)!)]);
	}

	/** Each by itself. When none of the first can be had, the others stay where they are; and these too when it is the server. */
	async #askAgain(doubtful: readonly FetchMessageObject[]): Promise<void> {
		const first = doubtful.slice(0, IMAP_LIMITS.askedAgain);
		const failed: FetchMessageObject[] = [];
		const errors = new Map<number, MailboxError>();
		let isAnswered = false;
		for (const meta of first) {
			const fetched = await this.#alone(meta);
			isAnswered ||= fetched.got.size > 0 || fetched.gone.size > 0;
			for (const [uid, error] of fetched.failed) {
				failed.push(meta);
				errors.set(uid, error);
			}
		}
		const [anError] = errors.values();
		// With nothing else to ask for, one message is not held back for ever.
		if (anError !== undefined && !isAnswered) {
			const serves = await this.#fetcher.serves(doubtful.map(({ uid }) => uid));
			if (serves === false || (serves === undefined && failed.length > 1)) this.#fetcher.stop(anError);
		}
		for (const meta of failed) {
			if (this.#fetcher.stopped === undefined || isAnswered) this.#sink.fail(meta.uid, errors.get(meta.uid)!, meta);
			else this.#sink.leave(meta.uid);
		}
		for (const meta of doubtful.slice(first.length)) {
			if (isAnswered) this.#account(await this.#alone(meta), () => meta);
			else this.#sink.leave(meta.uid);
		}
	}

	/** A large one: as a stream, or its headers. What is left is told to the sink. */
	async #alone(meta: FetchMessageObject): Promise<Fetched<MessageBytes>> {
		const { maxMessageBytes } = this.#options;
		const fetched = await this.#fetcher.alone(
			meta.uid,
			async (connection) => await readMessage(connection, meta, maxMessageBytes),
		);
		const bytes = fetched.got.get(meta.uid);
		if (bytes !== undefined) {
			const isNeeded = this.#options.isRecognised && !meta.headers;
			const headers = isNeeded ? await this.#fetcher.headers(meta.uid, RECOGNISED_BY) : undefined;
			this.#put(headers === undefined ? meta : { ...meta, headers }, bytes);
		}
		for (const uid of fetched.left.splice(0)) this.#sink.leave(uid);
		return fetched;
	}

	#put(meta: FetchMessageObject, bytes: MessageBytes): void {
		this.#bytes += bytes.raw.length;
		this.#delivered++;
		this.#sink.deliver(meta, bytes);
	}

	#account<T>({ failed, left }: Fetched<T>, metaOf: (uid: number) => FetchMessageObject | undefined): void {
		for (const uid of left) this.#sink.leave(uid);
		for (const [uid, error] of failed) this.#sink.fail(uid, error, metaOf(uid));
	}
}

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
	for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}
