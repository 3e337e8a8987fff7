import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child';
import { fault, type Answer, type Fault, type Loaded, type Order, type Outcome, type Weight } from './protocol';

export interface FuzzSettings {
	/** Where the kinds are, one file each. */
	folder: string;
	seed: number;
	/** Seconds for a kind; a case that has begun may take its time. */
	seconds: number;
	/** Cases of a kind at most. */
	cases: number;
	/** Processes that run cases side by side. */
	workers: number;
	/** Milliseconds for one input, without those in which the machine was busy with other things. A kind may have its own. */
	maxMilliseconds: number;
	/** Megabytes that a process may grow by during one input. A kind may have its own. */
	maxMegabytes: number;
	/** Megabytes of the heap of a process. */
	heapMegabytes: number;
	/** Each kind has processes of its own; else those that live on run the next one, too, which takes less time in all. */
	freshProcesses: boolean;
	/** Megabytes that a process may hold more after all inputs of a turn than after its first ones. */
	maxHeldMegabytes: number;
}

/** A fault that was found, and how to see it again. */
export interface Failure {
	kind: string;
	/** Undefined: not of a case, but of the kind itself. */
	number?: number;
	fault: Fault;
	/** The input. Undefined where it could not be written down. */
	path?: string;
	/** How many cases showed it. */
	cases: number;
}

/** What came out for one kind. */
export interface KindResult {
	kind: string;
	cases: number;
	refused: number;
	/** That were more than looked at. */
	read: number;
	seconds: number;
	/** By processor time. */
	slowest: { milliseconds: number; number: number };
	largest: { megabytes: number; number: number };
	/** Of the process that held most in the end, compared with its beginning. Undefined: it had no time for both. */
	held: Held | undefined;
	/** Different ones. */
	failures: Failure[];
	/** Not all cases were run, for there were failures enough. */
	stopped: boolean;
}

/** What a process held after its first inputs, and at its end. */
export interface Held {
	from: number;
	to: number;
	/** What the system had given to it. */
	resident: number;
}

const grownBy = (held: Held | undefined): number => (held === undefined ? -Infinity : held.to - held.from);

/** What came out of two runs of the same kind. */
export function together(one: KindResult, other: KindResult): KindResult {
	const failures = new Map(one.failures.map((failure) => [failure.fault.what, { ...failure }]));
	for (const failure of other.failures) {
		const known = failures.get(failure.fault.what);
		if (known === undefined) failures.set(failure.fault.what, failure);
		else known.cases += failure.cases;
	}
	return {
		kind: one.kind,
		cases: one.cases + other.cases,
		refused: one.refused + other.refused,
		read: one.read + other.read,
		seconds: one.seconds + other.seconds,
		slowest: one.slowest.milliseconds >= other.slowest.milliseconds ? one.slowest : other.slowest,
		largest: one.largest.megabytes >= other.largest.megabytes ? one.largest : other.largest,
		held: grownBy(one.held) >= grownBy(other.held) ? one.held : other.held,
		failures: [...failures.values()],
		stopped: one.stopped || other.stopped,
	};
}

/** Milliseconds until a process is up and has loaded a kind. */
const LOADING = 60_000;
/** Inputs of a process until its code, its tables and its caches are what they will be: what it holds then is compared with. */
const FIRST_INPUTS = 200;
/** Different failures of a kind: more would be read by nobody. */
const MAX_FAILURES = 10;
/** Processes that a kind may cost: each takes its whole time to die. */
const MAX_DEATHS = 3;

/** Runs kinds in processes of their own. Whatever these do, it comes to an end. */
export class Fuzzer {
	readonly #settings: FuzzSettings;
	readonly #signal: AbortSignal;
	readonly #found: (failure: Failure) => void;
	readonly #children: Array<Child | undefined> = [];
	/** What each of them has loaded. */
	readonly #loaded: Array<string | undefined> = [];
	readonly #kinds = new Map<string, Loaded>();
	/** Where inputs are written down. */
	#folder: string | undefined;

	/** `found` is told of each failure at once, not of its repetitions. */
	constructor(settings: FuzzSettings, signal: AbortSignal, found: (failure: Failure) => void) {
		this.#settings = settings;
		this.#signal = signal;
		this.#found = found;
	}

	/**
	 * Case after case, from number `from` on and `most` of them, until time, cases or patience end. The time does not end before there were
	 * `least`.
	 */
	async run(kind: string, from = 0, { most = Infinity, least = 0 } = {}): Promise<KindResult> {
		const tally = new Tally(kind, this.#found);
		const { seconds } = this.#settings;
		const cases = Math.min(this.#settings.cases, most);
		let next = from;
		let deadline: number | undefined;
		const goesOn = (): boolean =>
			next < from + cases &&
			(deadline === undefined || performance.now() < deadline || next < from + least) &&
			!this.#signal.aborted &&
			!tally.isEnough;
		await this.#side(async (lane) => {
			const loaded = await this.#load(lane, kind, tally);
			// The time begins when the first process is up.
			deadline ??= performance.now() + seconds * 1_000;
			if (loaded !== undefined) tally.begin();
			let first: Weight | undefined;
			for (let own = 1; goesOn(); own++) {
				const child = this.#children[lane];
				await this.#case(lane, kind, next++, tally);
				if (this.#children[lane] !== child) [own, first] = [0, undefined];
				if (own === FIRST_INPUTS) first = await this.#weigh(lane);
			}
			const last = first && (await this.#weigh(lane));
			if (first !== undefined && last !== undefined) tally.weighed(first, last, this.#settings.maxHeldMegabytes);
			// What this kind has left is nothing that the next one holds.
			if (this.#settings.freshProcesses) await this.#end(lane);
		});
		return tally.result();
	}

	/** One case. */
	async runCase(kind: string, number: number): Promise<KindResult> {
		const tally = new Tally(kind, this.#found);
		if ((await this.#load(0, kind, tally)) !== undefined) {
			tally.begin();
			await this.#case(0, kind, number, tally);
		}
		return tally.result();
	}

	/** The input in a file. */
	async runFile(kind: string, path: string): Promise<KindResult> {
		const tally = new Tally(kind, this.#found);
		const loaded = await this.#load(0, kind, tally);
		if (loaded !== undefined) {
			tally.begin();
			const { maxMilliseconds, maxMegabytes } = { ...this.#settings, ...loaded };
			const answer = await this.#ask(0, { do: 'run file', path, maxMegabytes, maxMilliseconds });
			const found = tally.take(0, answer);
			if (found !== undefined) {
				const failure: Failure = { kind, fault: found, path, cases: 1 };
				tally.add(failure);
				tally.tell(failure);
			}
		}
		return tally.result();
	}

	async close(): Promise<void> {
		await Promise.all(this.#children.map(async (_, lane) => await this.#end(lane)));
	}

	async #end(lane: number): Promise<void> {
		const child = this.#children[lane];
		this.#children[lane] = undefined;
		this.#loaded[lane] = undefined;
		await child?.end();
	}

	async #weigh(lane: number): Promise<Weight | undefined> {
		const answer = await this.#ask(lane, { do: 'weigh', maxMilliseconds: LOADING });
		return 'weight' in answer ? answer.weight : undefined;
	}

	async #side(work: (lane: number) => Promise<void>): Promise<void> {
		await Promise.all(Array.from({ length: this.#settings.workers }, async (_, lane) => await work(lane)));
	}

	async #case(lane: number, kind: string, number: number, tally: Tally): Promise<void> {
		const loaded = await this.#load(lane, kind, tally);
		if (loaded === undefined) return;
		const { seed } = this.#settings;
		const { maxMilliseconds, maxMegabytes } = { ...this.#settings, ...loaded };
		const answer = await this.#ask(lane, { do: 'run', seed, number, maxMegabytes, maxMilliseconds });
		const found = tally.take(number, answer);
		if (found === undefined || tally.isKnown(found)) return;
		const failure: Failure = { kind, number, fault: found, cases: 1 };
		tally.add(failure);
		// The process that died of it cannot write the input down, and a new one must not run it.
		if ((await this.#load(lane, kind, tally)) === undefined) return;
		const path = join(this.#files(), `${kind}-${seed}-${number}.${loaded.form === 'text' ? 'json' : 'bin'}`);
		const saved = await this.#ask(lane, { do: 'save', seed, number, path, maxMilliseconds });
		if ('saved' in saved) failure.path = path;
		tally.tell(failure);
	}

	/** What the process of this lane, a new one if need be, knows of the kind; undefined when it cannot be loaded. */
	async #load(lane: number, kind: string, tally: Tally): Promise<Loaded | undefined> {
		if (this.#loaded[lane] === kind) return this.#kinds.get(kind);
		const answer = await this.#ask(lane, {
			do: 'load',
			folder: this.#settings.folder,
			kind,
			maxMilliseconds: LOADING,
		});
		if ('loaded' in answer) {
			this.#kinds.set(kind, answer.loaded);
			this.#loaded[lane] = kind;
			return answer.loaded;
		}
		const found = 'died' in answer ? answer.died : 'fault' in answer ? answer.fault : fault('It cannot be loaded', '');
		if (!tally.isKnown(found)) {
			const failure: Failure = { kind, fault: found, cases: 0 };
			tally.add(failure);
			tally.tell(failure);
		}
		tally.giveUp();
		return undefined;
	}

	async #ask(lane: number, order: Order): Promise<Answer | { died: Fault }> {
		const child = (this.#children[lane] ??= new Child(this.#settings.heapMegabytes));
		const answer = await child.ask(order);
		if ('died' in answer) {
			this.#children[lane] = undefined;
			this.#loaded[lane] = undefined;
		}
		return answer;
	}

	#files(): string {
		return (this.#folder ??= mkdtempSync(join(tmpdir(), 'email-intel-fuzz-')));
	}
}

/** Counts the cases of one kind. */
class Tally {
	readonly #kind: string;
	readonly #found: (failure: Failure) => void;
	readonly #failures = new Map<string, Failure>();
	readonly #slowest = { milliseconds: 0, number: 0 };
	readonly #largest = { megabytes: 0, number: 0 };
	#cases = 0;
	#refused = 0;
	#read = 0;
	#held: Held | undefined;
	#deaths = 0;
	#began: number | undefined;

	constructor(kind: string, found: (failure: Failure) => void) {
		this.#kind = kind;
		this.#found = found;
	}

	begin(): void {
		this.#began ??= performance.now();
	}

	get isEnough(): boolean {
		return this.#failures.size >= MAX_FAILURES || this.#deaths >= MAX_DEATHS;
	}

	/** No case can be run. */
	giveUp(): void {
		this.#deaths = MAX_DEATHS;
	}

	/** Counts an answer; gives the fault that is in it. */
	take(number: number, answer: Answer | { died: Fault }): Fault | undefined {
		this.#cases++;
		if ('done' in answer) return this.#measure(number, answer.done);
		if ('died' in answer) {
			this.#deaths++;
			return answer.died;
		}
		return 'fault' in answer ? answer.fault : fault('It gave no outcome', '');
	}

	#measure(number: number, { refused, read, milliseconds, megabytes, fault: found }: Outcome): Fault | undefined {
		if (refused !== undefined) this.#refused++;
		if (read) this.#read++;
		if (milliseconds > this.#slowest.milliseconds) Object.assign(this.#slowest, { milliseconds, number });
		if (megabytes > this.#largest.megabytes) Object.assign(this.#largest, { megabytes, number });
		return found;
	}

	/** What a process held after its first inputs, and at its end. */
	weighed(first: Weight, last: Weight, maxMegabytes: number): void {
		const held = { from: first.live, to: last.live, resident: last.resident };
		if (grownBy(held) > grownBy(this.#held)) this.#held = held;
		if (grownBy(held) <= maxMegabytes) return;
		const figures = `${Math.round(held.from)} MB after its first ${FIRST_INPUTS} inputs, ${Math.round(held.to)} MB at its end`;
		const found = fault(`It holds more than ${maxMegabytes} MB of what inputs left behind`, figures);
		if (this.isKnown(found)) return;
		const failure: Failure = { kind: this.#kind, fault: found, cases: 0 };
		this.add(failure);
		this.tell(failure);
	}

	/** Whether the same was found before; then it is counted. */
	isKnown({ what }: Fault): boolean {
		const known = this.#failures.get(what);
		if (known !== undefined) known.cases++;
		return known !== undefined;
	}

	add(failure: Failure): void {
		this.#failures.set(failure.fault.what, failure);
	}

	tell(failure: Failure): void {
		this.#found(failure);
	}

	result(): KindResult {
		return {
			kind: this.#kind,
			cases: this.#cases,
			refused: this.#refused,
			read: this.#read,
			seconds: this.#began === undefined ? 0 : (performance.now() - this.#began) / 1_000,
			slowest: this.#slowest,
			largest: this.#largest,
			held: this.#held,
			failures: [...this.#failures.values()],
			stopped: this.isEnough,
		};
	}
}
