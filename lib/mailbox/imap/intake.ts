import type { FetchMessageObject } from 'imapflow';
import { IMAP_LIMITS } from '../../limits';
import type { MailboxError } from '../errors';
import { headerOf, type Fetched, type Fetcher } from './fetcher';
import { coarsen, rangesOf, sequenceSet } from './ranges';

/** What becomes of the messages that an {@link Intake} is given. A UID of which nothing is told is gone from the folder. */
export interface IntakeSink {
	/** False: the message is done with. `meta` has its date, and its envelope where that was asked for. */
	isWanted(meta: FetchMessageObject): boolean;
	deliver(meta: FetchMessageObject, raw: Buffer, truncated: boolean): void;
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
	now: () => number;
}

/** A message whose size is known, and its first bytes where they were fetched with it. */
interface Begun {
	meta: FetchMessageObject;
	head?: Buffer;
}

const DAY = 86_400_000;
const END_OF_HEADER = Buffer.from('\r\n\r\n');

/**
 * Fetches messages within bounds of memory. Most are small: one command gives the beginnings of a batch of them, with
 * sizes and dates, and a beginning that ends early is the whole message. Of the others the rest is fetched in batches,
 * or they come as a stream, or with their headers only.
 *
 * The bounds do not hang on sizes that a server tells.
 */
export class Intake {
	private bytes = 0;
	private delivered = 0;
	/** The bytes of one poll are reached. */
	private full = false;
	/** Bytes of a small message: a batch of beginnings stays below the bytes of a batch. */
	private readonly small: number;

	constructor(
		private readonly fetcher: Fetcher,
		private readonly sink: IntakeSink,
		private readonly options: IntakeOptions,
	) {
		this.small = Math.min(Math.floor(IMAP_LIMITS.batchBytes / IMAP_LIMITS.batchMessages), options.maxMessageBytes);
	}

	/** `suspect`: they have failed before; each is asked about first. */
	async take(uids: readonly number[], suspect = false): Promise<void> {
		const judged = suspect ? undefined : await this.judgedFirst(uids);
		if (judged === undefined) {
			for (const window of chunks(uids, IMAP_LIMITS.metadataMessages)) await this.measured(window);
			return;
		}
		let larger: Begun[] = [];
		const flush = async () => {
			await this.bodies(larger.filter(({ head }) => head !== undefined));
			await this.bodies(larger.filter(({ head }) => head === undefined));
			larger = [];
		};
		for (const batch of chunks(uids, IMAP_LIMITS.batchMessages)) {
			// All of them could turn out to be as large as a small message may be.
			const fits = !this.full && this.bytes + batch.length * this.small <= this.options.maxPollBytes;
			if (fits) larger.push(...(await this.begun(batch.filter((uid) => !judged.has(uid)))));
			if (!fits || larger.length > IMAP_LIMITS.batchMessages / 2) await flush();
			await this.measured(fits ? batch.filter((uid) => judged.has(uid)) : batch);
		}
		await flush();
	}

	/** Messages that must be judged before they are fetched; undefined when that is all of them, or cannot be told. */
	private async judgedFirst(uids: readonly number[]): Promise<ReadonlySet<number> | undefined> {
		const { judgeFirst, now } = this.options;
		if (judgeFirst === 'all') return undefined;
		if (judgeFirst === undefined) return new Set();
		// BEFORE compares calendar days in whatever zone the server keeps: two days more have them all.
		const before = new Date(judgeFirst.getTime() + 2 * DAY);
		if (before.getTime() >= now()) return undefined;
		// Closing gaps only makes it find more.
		const uid = sequenceSet(coarsen(rangesOf(uids), IMAP_LIMITS.maxRanges));
		const found = await this.fetcher.search({ uid, before });
		return found && new Set(found);
	}

	/** The beginnings of messages, which are all there is of most; gives back those that there is more of. */
	private async begun(uids: readonly number[]): Promise<Begun[]> {
		if (uids.length === 0) return [];
		const source = { start: 0, maxLength: this.small + 1 };
		const query = { uid: true, size: true, internalDate: true, source };
		const larger = new Map<number, Begun>();
		const fetched = await this.fetcher.taken(uids, query, uids.length, 'fetch messages', (meta) => {
			const head = meta.source!;
			if (!this.sink.isWanted(meta)) return;
			if (head.length <= this.small) this.put(meta, head, false);
			// More than was asked for: such a server's answers cannot be put together.
			else larger.set(meta.uid, head.length === source.maxLength ? { meta, head } : { meta });
		});
		// What is told of a failed message has its date, and the id that the server gave it.
		const failed = [...fetched.failed.keys()];
		const known = failed.length === 0 ? undefined : await this.metadata(failed);
		this.account(fetched, (uid) => known?.got.get(uid));
		return uids.flatMap((uid) => larger.get(uid) ?? []);
	}

	/** Sizes first, then what they allow. */
	private async measured(uids: readonly number[]): Promise<void> {
		if (uids.length === 0) return;
		if (this.full) {
			for (const uid of uids) this.sink.leave(uid);
			return;
		}
		const metas = await this.metadata(uids);
		this.account(metas, () => undefined);
		const wanted = uids.flatMap((uid) => metas.got.get(uid) ?? []).filter((meta) => this.sink.isWanted(meta));
		await this.bodies(wanted.map((meta) => ({ meta })));
	}

	private async metadata(uids: readonly number[]): Promise<Fetched<FetchMessageObject>> {
		const query = {
			uid: true,
			size: true,
			internalDate: true,
			...(this.options.judgeFirst === 'all' ? { envelope: true } : {}),
		};
		return await this.fetcher.rows(uids, query, uids.length, 'read sizes and dates');
	}

	private async bodies(messages: readonly Begun[]): Promise<void> {
		const { maxMessageBytes, maxPollBytes } = this.options;
		let batch: Begun[] = [];
		let batchBytes = 0;
		const flush = async () => {
			if (batch.length > 0) await this.batch(batch);
			batch = [];
			batchBytes = 0;
		};
		for (const message of messages) {
			const { meta } = message;
			const size = meta.size ?? 0;
			const total = this.bytes + batchBytes + Math.min(size, maxMessageBytes);
			if (total > maxPollBytes && (this.delivered > 0 || batch.length > 0)) this.full = true;
			// From here on all: what stays behind stays one range.
			if (this.full) {
				this.sink.leave(meta.uid);
			} else if (size > maxMessageBytes) {
				await flush();
				await this.headersOnly(message);
			} else if (size > IMAP_LIMITS.streamAboveBytes) {
				await flush();
				await this.streamed(meta);
			} else {
				if (batchBytes + size > IMAP_LIMITS.batchBytes || batch.length >= IMAP_LIMITS.batchMessages) await flush();
				batch.push(message);
				batchBytes += size;
			}
		}
		await flush();
	}

	/** Either all of them have begun, or none. */
	private async batch(messages: readonly Begun[]): Promise<void> {
		const start = messages[0]?.head?.length ?? 0;
		// Bounded: a server that understates the size must not fill the memory.
		const query = { uid: true, source: { start, maxLength: this.options.maxMessageBytes + 1 - start } };
		const byUid = new Map(messages.map(({ meta }) => [meta.uid, meta]));
		const fetched = await this.fetcher.rows([...byUid.keys()], query, messages.length, 'fetch messages');
		const again: Begun[] = [];
		for (const { meta, head } of messages) {
			const source = fetched.got.get(meta.uid)?.source;
			if (source === undefined) continue;
			if (head === undefined) this.deliver(meta, source);
			else if (head.length + source.length === meta.size) this.deliver(meta, Buffer.concat([head, source]));
			// The server tells sizes that are not true, or does not know ranges: the bytes decide.
			else again.push({ meta });
		}
		this.account(fetched, (uid) => byUid.get(uid));
		if (again.length > 0) await this.batch(again);
	}

	private async streamed(meta: FetchMessageObject): Promise<void> {
		const fetched = await this.fetcher.stream(meta.uid, this.options.maxMessageBytes + 1, 'fetch a large message');
		const raw = fetched.got.get(meta.uid);
		if (raw !== undefined) this.deliver(meta, raw);
		this.account(fetched, () => meta);
	}

	private async headersOnly({ meta, head }: Begun): Promise<void> {
		const end = head?.indexOf(END_OF_HEADER) ?? -1;
		if (head !== undefined && end >= 0) {
			this.put(meta, Buffer.from(head.subarray(0, end + END_OF_HEADER.length)), true);
			return;
		}
		const maxLength = Math.min(IMAP_LIMITS.maxHeaderBytes, this.options.maxMessageBytes);
		const query = { uid: true, bodyParts: [{ key: 'HEADER', start: 0, maxLength }] };
		const fetched = await this.fetcher.rows([meta.uid], query, 1, 'fetch headers');
		const row = fetched.got.get(meta.uid);
		const header = row === undefined ? undefined : headerOf(row);
		if (header !== undefined) this.put(meta, header, true);
		this.account(fetched, () => meta);
	}

	private deliver(meta: FetchMessageObject, raw: Buffer): void {
		const { maxMessageBytes } = this.options;
		const truncated = raw.length > maxMessageBytes;
		this.put(meta, truncated ? raw.subarray(0, maxMessageBytes) : raw, truncated);
	}

	private put(meta: FetchMessageObject, raw: Buffer, truncated: boolean): void {
		this.bytes += raw.length;
		this.delivered++;
		this.sink.deliver(meta, raw, truncated);
	}

	private account<T>(
		{ failed, left }: Fetched<T>,
		metaOf: (uid: number) => FetchMessageObject | undefined,
	): void {
		for (const uid of left) this.sink.leave(uid);
		for (const [uid, error] of failed) this.sink.fail(uid, error, metaOf(uid));
	}
}

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
	for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}
