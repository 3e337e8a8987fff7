import { ImapMailbox, MailboxError, type ImapFolderState, type PollResult } from '../../lib/mailbox';
import { fingerprintOf, knownOf } from '../../lib/mailbox/imap/recognition';
import { EmbeddedImap, mail, ofBodies, rules, type ServerRule } from '../lab/imap';
import { generator, type ChaosEnd, type ChaosSettings, type ChaosTarget } from './target';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** More than a position remembers, so that a change of UIDs finds some that it cannot recognise. */
const MANY = 650;
const SUBJECT = /^Subject: (.*)\r$/m;

/** The trigger on an IMAP server that leaves out, empties, refuses, forgets and counts anew. */
export const imapChaos: ChaosTarget = {
	name: 'imap',
	run: async (settings) => {
		const server = await EmbeddedImap.start();
		try {
			return await new Story(server, settings).run();
		} finally {
			await server.close();
		}
	},
};

class Story {
	readonly #server: EmbeddedImap;
	readonly #settings: ChaosSettings;
	readonly #random: () => number;
	readonly #tally: Record<string, number> = {};
	/** UID to name of what is in the folder. */
	readonly #present = new Map<number, string>();
	/** How often each message was handed over. */
	readonly #handedOver = new Map<string, number>();
	/** How often each may come again: handed over by a process that died before it saved. */
	readonly #allowed = new Map<string, number>();
	readonly #doubled: string[] = [];
	#repeated = 0;
	#state: ImapFolderState | undefined;
	#arrived = 0;
	#time = 0;
	/** The next UID, as the server counts. */
	#next = 1;
	#uidValidity = 1;
	/** Ends the trouble at hand, after so many polls. `blurred`: UIDs of messages of which the server does not tell what they are known by. */
	#trouble?: { end: () => void; polls: number; blurred: ReadonlySet<number> | 'all' };
	/** Bytes of all messages, by name. */
	readonly #lengths = new Map<string, number>();
	/** Fingerprints of all messages, by name. */
	readonly #fingerprints = new Map<string, string | undefined>();
	/** Messages that the server has made unrecognisable: UIDs changed, and they are not remembered or were not told of. Each may come again once. */
	readonly #strange = new Set<string>();
	/** UIDs have changed since the position was saved. */
	#hasMoved = false;

	constructor(server: EmbeddedImap, settings: ChaosSettings) {
		this.#server = server;
		this.#settings = settings;
		this.#random = generator(settings.seed);
	}

	async run(): Promise<ChaosEnd> {
		const { deliveries, progress } = this.#settings;
		let told = 0;
		while (this.#arrived < deliveries) {
			this.#arrive(Math.min(deliveries - this.#arrived, 1 + this.#upTo(this.#random() < 0.2 ? 90 : 25)));
			this.#happen();
			await this.#poll(true);
			if (this.#arrived - told < 1_000) continue;
			told = this.#arrived;
			progress?.(told);
		}
		await this.#drain();
		const lost = [...this.#present.values()].filter((name) => !this.#handedOver.has(name));
		return { lost, doubled: this.#doubled, repeated: this.#repeated, tally: { deliveries, ...this.#tally } };
	}

	#upTo(count: number): number {
		return Math.floor(this.#random() * count);
	}

	/** What happens now, for who asked for every event. */
	#tell(what: string): void {
		this.#settings.tell?.(`${this.#tally['polls'] ?? 0}: ${what}`);
	}

	#count(what: string, by = 1): void {
		if (what !== 'commands' && what !== 'polls') this.#tell(by === 1 ? what : `${by} ${what}`);
		this.#tally[what] = (this.#tally[what] ?? 0) + by;
	}

	#arrive(count: number): void {
		for (let i = 0; i < count; i++) {
			const name = `c${this.#arrived++}`;
			const raw = mail({ subject: name, bytes: this.#random() < 0.01 ? 180_000 : 0 });
			this.#lengths.set(name, Buffer.byteLength(raw));
			// Some have the date of another time. Trouble of a first run is not the story here.
			const isOld = this.#state !== undefined && this.#random() < 0.1;
			const date = new Date(Date.now() + this.#time - (isOld ? this.#upTo(400) * DAY : 0));
			while (this.#present.has(this.#next)) this.#next++;
			const uid = this.#next++;
			this.#server.append({ raw, date, uid });
			this.#present.set(uid, name);
			const row = { uid, seq: 0, internalDate: date, headers: Buffer.from(raw) };
			this.#fingerprints.set(name, fingerprintOf(row));
		}
	}

	/** What befalls the folder and the server before a poll. */
	#happen(): void {
		this.#expunge();
		if (this.#trouble !== undefined) return;
		const dice = this.#random();
		if (dice < 0.55) this.#begin();
		else if (dice < 0.58) this.#rewind();
		else if (dice < 0.6) this.#restore();
		else if (dice < 0.62) this.#renumber();
	}

	/** Trouble of the answers, for some polls. */
	#begin(): void {
		const uids = [...this.#present.keys()];
		const some = uids.slice(-60).filter(() => this.#random() < 0.15);
		const polls = 1 + this.#upTo(3);
		const blurring = new Set<string>();
		const blurs = (what: string): string => {
			blurring.add(what);
			return what;
		};
		const kinds: Array<[what: string, rule: ServerRule, polls?: number]> = [
			[blurs('rows left out'), rules.rowLeftOut(some)],
			[blurs('all rows left out, once'), rules.rowLeftOut('all', 1 + this.#upTo(80)), 1],
			[blurs('all rows left out'), rules.rowLeftOut('all')],
			[blurs('rows only alone'), rules.rowOnlyAlone(some)],
			[blurs('rows unreadable'), rules.rowUnreadable(some)],
			[blurs('rows without UID'), rules.rowWithoutUid(some)],
			['ENVELOPE unescaped', rules.envelopeUnescaped(some)],
			['bodies NIL', rules.bodyNil(some)],
			['bodies left out', rules.bodyLeftOut(some)],
			['sizes left out', rules.sizeLeftOut()],
			[blurs('dates NIL'), rules.dateNil(some)],
			['FETCH refused for minutes', rules.fetchRefused('[UNAVAILABLE] Backend down'), 3 + this.#upTo(8)],
			['bodies refused for minutes', rules.fetchRefused('Mailbox is busy', ofBodies), 3 + this.#upTo(8)],
			['some bodies refused', rules.fetchRefused('Cannot read', (line) => ofBodies(line) && this.#random() < 0.5)],
			['not connected', rules.notConnected('EXAMINE'), 3],
			['login refused', rules.loginRefused('Temporary authentication failure.'), 3],
			['searches cut short', rules.searchTruncated(1 + this.#upTo(3))],
			['searches empty', rules.searchEmpty(() => true, 1 + this.#upTo(2))],
			['searches name nobody', rules.searchNamesNobody(this.#next + this.#upTo(5_000), 1 + this.#upTo(2))],
			['ranges cut', rules.rangesCut(100 + this.#upTo(200))],
			[
				'connections cut',
				{
					source: 'RFC 9051 section 7.1.5',
					faults: [{ command: 'UID FETCH', how: { cutAfter: 200 + this.#upTo(9000) } }],
				},
			],
			['other rows in between', rules.chatter(() => uids[0])],
		];
		const [what, rule, length = polls] = kinds[this.#upTo(kinds.length)]!;
		this.#count(what);
		const blurred = !blurring.has(what) ? new Set<number>() : what.startsWith('all') ? 'all' : new Set(some);
		this.#trouble = { end: this.#server.follow(rule), polls: length, blurred };
	}

	/** Users delete, mostly what was read. */
	#expunge(): void {
		const uids = [...this.#present.keys()];
		const isFull = uids.length > MANY;
		if (!isFull && this.#random() > 0.3) return;
		for (const uid of isFull ? uids.slice(0, 300) : uids) {
			const isRead = this.#handedOver.has(this.#present.get(uid)!);
			if (isFull ? isRead : this.#random() < (isRead ? 0.05 : 0.005)) this.#remove(uid);
		}
	}

	#remove(uid: number): void {
		this.#server.remove(uid);
		this.#present.delete(uid);
		this.#count('expunged');
	}

	/** The server forgets its counter and goes on between the messages that are there. */
	#rewind(): void {
		const top = Math.max(0, ...this.#present.keys());
		this.#next = Math.max(1, top - this.#upTo(400));
		this.#server.setUidNext(this.#free());
		this.#hasMoved = true;
		this.#count('counter put back');
	}

	/** A backup is put back: the newest are gone, and their UIDs are given once more. */
	#restore(): void {
		const uids = [...this.#present.keys()].sort((a, b) => a - b);
		for (const uid of uids.slice(-1 - this.#upTo(8))) this.#remove(uid);
		this.#next = Math.max(0, ...this.#present.keys()) + 1;
		this.#server.setUidNext(this.#next);
		this.#hasMoved = true;
		this.#count('backup put back');
	}

	#free(): number {
		let uid = this.#next;
		while (this.#present.has(uid)) uid++;
		return uid;
	}

	/** The folder gets another UIDVALIDITY, and its messages other UIDs in the same order. */
	#renumber(): void {
		const start = 1 + this.#upTo(1000);
		const renamed = [...this.#present]
			.sort(([a], [b]) => a - b)
			.map(([uid, name], at) => [uid, start + at, name] as const);
		this.#server.renumberAll(new Map(renamed.map(([from, to]) => [from, to])));
		this.#server.setUidValidity(++this.#uidValidity);
		this.#present.clear();
		for (const [, uid, name] of renamed) this.#present.set(uid, name);
		this.#next = start + renamed.length;
		this.#server.setUidNext(this.#next);
		this.#hasMoved = true;
		this.#count('UIDVALIDITY changed');
	}

	/** True when something was handed over or waits. */
	async #poll(isTroubled: boolean): Promise<boolean> {
		this.#time += MINUTE;
		this.#count('polls');
		const mailbox = new ImapMailbox({
			host: this.#server.host,
			port: this.#server.port,
			security: 'none',
			user: this.#server.user,
			password: this.#server.password,
			clock: { now: () => Date.now() + this.#time, sleep: async () => undefined, random: () => 0 },
		});
		this.#server.commands.length = 0;
		try {
			this.#estrange();
			const saved = this.#state && (JSON.parse(JSON.stringify(this.#state)) as ImapFolderState);
			const result = await mailbox.poll(saved, {
				cap: isTroubled ? 20 + this.#upTo(80) : 200,
				order: this.#settings.seed % 2 === 0 ? 'newest' : 'oldest',
				// On every third seed envelopes are asked for.
				...(this.#settings.seed % 3 === 0 ? { filter: () => true } : {}),
			});
			const isDying = isTroubled && this.#random() < 0.05;
			this.#receive(result, isDying);
			if (isDying) this.#count('died before saving');
			else this.#save(result.state);
			return result.more || result.messages.length > 0 || Object.keys(result.state.retry).length > 0;
		} catch (error) {
			if (!(error instanceof MailboxError) || !error.transient || !isTroubled) throw error;
			this.#count('polls that failed');
			return true;
		} finally {
			await mailbox.close();
			this.#count('commands', this.#server.commands.length);
			if (this.#trouble !== undefined && --this.#trouble.polls <= 0) this.#calm();
		}
	}

	/** Which messages may come again: the server makes them unrecognisable in the poll to come. */
	#estrange(): void {
		if (!this.#hasMoved) return;
		const remembered = new Set(knownOf(this.#state?.known));
		const blurred = this.#trouble?.blurred;
		for (const [uid, name] of this.#present) {
			if (!this.#handedOver.has(name)) continue;
			const isBlurred = blurred === 'all' || blurred?.has(uid);
			if (isBlurred || !remembered.has(this.#fingerprints.get(name) ?? '')) this.#strange.add(name);
		}
	}

	#save(state: ImapFolderState): void {
		this.#state = state;
		// The counter still runs through UIDs that are given, or what was renumbered is not read to its end; or the server has named a UID of
		// nobody as often as it was asked, below which its counter is found to go on: that looks as if it had been put back.
		this.#hasMoved = state.rewound !== undefined || state.renumbered !== undefined || state.top >= this.#next;
		if (!this.#hasMoved && state.todo.length === 0 && Object.keys(state.retry).length === 0) this.#strange.clear();
		const [latest] = knownOf(state.known).slice(-1);
		if (latest !== undefined && [...this.#fingerprints.values()].includes(latest))
			this.#count('positions that remember');
	}

	#calm(): void {
		this.#trouble?.end();
		this.#trouble = undefined;
	}

	#receive({ messages, warnings }: PollResult<ImapFolderState>, isDying: boolean): void {
		// Said by the trigger: so many were not recognised, and may be repeated.
		let told = warnings.reduce(
			(sum, { code, message }) =>
				sum +
				(/reset|rewound/.test(code)
					? Number(/\b(\d{1,9}) (?:were not|that may have come since)/.exec(message)?.[1] ?? 0)
					: 0),
			this.#told,
		);
		for (const { code, message } of warnings) {
			this.#count(`warned of ${code}`);
			this.#tell(message);
		}
		for (const { raw, failure } of messages) {
			if (failure !== undefined) {
				this.#count(failure.retryAt === undefined ? 'given up' : 'told as failed');
				continue;
			}
			const name = SUBJECT.exec(raw.toString('latin1'))?.[1] ?? '(none)';
			if (raw.length !== this.#lengths.get(name)) throw new Error(`${name} came with ${raw.length} bytes`);
			const times = (this.#handedOver.get(name) ?? 0) + 1;
			this.#handedOver.set(name, times);
			if (isDying) this.#allowed.set(name, (this.#allowed.get(name) ?? 0) + 1);
			if (times <= 1 + (this.#allowed.get(name) ?? 0) - (isDying ? 1 : 0)) continue;
			if (told > 0 && this.#strange.delete(name)) {
				told--;
				this.#repeated++;
				this.#allowed.set(name, (this.#allowed.get(name) ?? 0) + 1);
			} else {
				this.#doubled.push(`${name} (${times} times)`);
				this.#tell(`doubled: ${name}, ${told > 0 ? 'although it could be recognised' : 'and nothing was said'}`);
			}
		}
		if (!isDying) this.#told = told;
		this.#tell(
			`${messages.length} messages handed over, ${this.#present.size} in the folder, ${this.#arrived} arrived`,
		);
	}

	/** How many repetitions the trigger has announced that have not come yet: an upper bound, for it counts new messages, too. */
	#told = 0;

	/** Without further trouble, until nothing is left. */
	async #drain(): Promise<void> {
		this.#calm();
		for (let poll = 0; poll < 500; poll++) {
			this.#time += DAY;
			if (!(await this.#poll(false))) return;
		}
		throw new Error('The backlog never ended');
	}
}
