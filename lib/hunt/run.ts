import { HUNT_DEFAULTS } from '../defaults';
import { isError } from '../errors';
import { HUNT_LIMITS, SETTING_LIMITS } from '../limits';
import { compilePattern, parsePattern } from '../pattern';
import { settingsOr, wholeNumber } from '../settings';
import { finishInTurns, giveWay, type Steps } from '../steps';
import { ReadBudget, type ReadCounts, type ReadOptions } from './budget';
import { combined, type Timed } from './combine';
import { costOf } from './cost';
import { HuntError } from './errors';
import { Pace } from './pace';
import type { HuntPlan, PlannedAlternative, PlannedObservation } from './plan';
import { sentence } from './searchable';
import type { HuntTarget } from './target';
import { isComplete, note, type HuntOmission, type HuntWarning } from './warnings';

/** A message that matches. */
export interface HuntMatch<Row> {
	/** The first row that was read of it. */
	row: Row;
	/** The comparisons of the pattern that found it, as the plan's `terms` write them. */
	matchedBy: string[];
}

/** How many of the messages that match a comparison of the pattern has found. */
export interface TermCount {
	/** As the plan's `terms` write it. */
	term: string;
	matches: number;
}

/** How a hunt went, besides what it found. */
export interface HuntOutcome {
	/** Of every term of the plan, the one that found most first. A message is counted for each that holds for it. */
	counts: TermCount[];
	/** What was read. */
	reading: ReadCounts & {
		/** Different messages among what was read. */
		messages: number;
		/** Messages that were found and that the pattern does not mean: other case, other second, event missing, found for another hunt of the run. */
		rejected: number;
	};
	/** True when `maxRows` ended the reading: there may be more. */
	truncated: boolean;
	/** False when messages may be missing, for whatever reason: the warnings tell. */
	complete: boolean;
	/** Alternatives of the pattern that were not hunted: those of the plan. */
	leftOut: HuntOmission[];
	/** What the user ought to know, the plan's included. */
	warnings: HuntWarning[];
}

/** What a hunt found, and how it went. */
export interface HuntResult<Row> extends HuntOutcome {
	/** Messages that match, oldest first, each once. */
	matches: Array<HuntMatch<Row>>;
}

/** What a hunt knows of a message. */
interface Found<Row> extends Timed {
	readonly row: Row;
	/** Terms of the alternatives that it satisfies. */
	readonly terms: Set<number>;
}

/**
 * Runs a plan: each query is read once, each message is looked at once.
 *
 * @throws HuntError `HUNT_OPTION_INVALID`, `HUNT_TOO_COSTLY`; what the target or the way to it refuses
 * @throws PatternMatchError `PATTERN_TOO_COMPLEX` when AND, FOLLOWEDBY, WITHIN and REPEATS cannot be decided in bounded time
 */
export async function runPlan<Term, Row>(
	target: HuntTarget<Term, Row>,
	plan: HuntPlan,
	options: ReadOptions = {},
): Promise<HuntResult<Row>> {
	const [result] = await runPlans(target, [plan], options);
	if (isError(result)) throw result;
	return result!;
}

/**
 * Runs several plans as one: what they ask alike is asked once, as many queries side by side as the target bears. `maxRows` holds for
 * each plan. A plan of which a query failed is an error in the place of its result; the others go on without it.
 *
 * @throws HuntError `HUNT_OPTION_INVALID`, `HUNT_TOO_COSTLY`
 */
export async function runPlans<Term, Row>(
	target: HuntTarget<Term, Row>,
	plans: readonly HuntPlan[],
	options: ReadOptions = {},
): Promise<Array<HuntResult<Row> | Error>> {
	const maxRows = rowLimit(options.maxRows);
	checkCost(target, plans, options);
	const readings = readingsOf<Row>(plans, maxRows);
	await readAll(target, [...readings.values()], options.signal);
	const stix = new Map<Row, object[]>();
	const results: Array<HuntResult<Row> | Error> = [];
	for (const plan of plans) {
		// Others have their turn between two hunts, and within one.
		if (results.length > 0) await giveWay();
		results.push(
			await orError(() => finishInTurns(decided(target, plan, readings, { maxRows, stix }), options.signal)),
		);
	}
	return results;
}

async function orError<T>(decide: () => Promise<T>): Promise<T | Error> {
	try {
		return await decide();
	} catch (error) {
		return isError(error) ? error : new TypeError(String(error));
	}
}

/** @throws HuntError `HUNT_TOO_COSTLY` */
function checkCost<Term>(
	target: HuntTarget<Term, unknown>,
	plans: readonly HuntPlan[],
	{ maxRequests }: ReadOptions,
): void {
	if (maxRequests === undefined) return;
	const { queries, requests, minutes } = costOf(target, plans);
	if (requests <= maxRequests) return;
	const long = minutes === 0 ? '' : ` and ${minutes} minutes`;
	throw new HuntError(
		'HUNT_TOO_COSTLY',
		`The hunt needs at least ${requests} requests${long} for ${queries} queries, but the limit is ${maxRequests} requests`,
		{ hint: 'Increase the limit, use a shorter time window, or look for fewer values.' },
	);
}

/** One query of a run, for all plans that ask it. */
interface Reading<Row> {
	readonly query: string;
	readonly budget: ReadBudget;
	/** Whether it reads a whole window. */
	isScan: boolean;
	rows: Row[];
	failure?: Error;
}

function readingsOf<Row>(plans: readonly HuntPlan[], maxRows: number): Map<string, Reading<Row>> {
	const readings = new Map<string, Reading<Row>>();
	const users = new Map<Reading<Row>, HuntPlan[]>();
	const readOf = ({ queries }: HuntPlan) =>
		queries.reduce((sum, query) => sum + readings.get(query)!.budget.counts.read, 0);
	for (const plan of plans) {
		const scans = scansOf(plan);
		plan.queries.forEach((query, place) => {
			let reading = readings.get(query);
			if (reading === undefined) {
				// Whichever of its plans may read most: the others are not worse off for it.
				const left = () =>
					users.get(own)!.reduce((most, user) => Math.max(most, maxRows - readOf(user)), 0) + own.budget.counts.read;
				const own: Reading<Row> = { query, budget: new ReadBudget(left), isScan: false, rows: [] };
				readings.set(query, (reading = own));
				users.set(own, []);
			}
			users.get(reading)!.push(plan);
			reading.isScan ||= scans.has(place);
		});
	}
	return readings;
}

/** What reads a whole window comes last, so that a cap on rows cuts there. */
async function readAll<Row>(
	target: HuntTarget<unknown, Row>,
	all: ReadonlyArray<Reading<Row>>,
	signal: AbortSignal | undefined,
): Promise<void> {
	const trouble = new Trouble();
	const { parallel = 1, mostParallel = parallel } = target;
	const pace = new Pace(parallel, mostParallel);
	for (const isScan of [false, true]) {
		await paced(
			all.filter((reading) => reading.isScan === isScan),
			pace,
			async (reading) => {
				if (trouble.isEveryones !== undefined) reading.failure = trouble.isEveryones;
				else await readOne(target, reading, { trouble, pace, signal });
			},
		);
	}
}

/** Each of them, as many side by side as the pace allows. @throws the first error, when all that began is over; nothing further is begun then */
async function paced<T>(things: readonly T[], pace: Pace, work: (thing: T) => Promise<void>): Promise<void> {
	const waiting = [...things];
	const under = new Set<Promise<void>>();
	let failed: { error: unknown } | undefined;
	while (waiting.length > 0 || under.size > 0) {
		while (failed === undefined && waiting.length > 0 && under.size < pace.now) {
			const thing = waiting.shift() as T;
			const done: Promise<void> = work(thing)
				.catch((error: unknown) => void (failed ??= { error }))
				.finally(() => under.delete(done));
			under.add(done);
		}
		if (under.size === 0) break;
		await Promise.race(under);
	}
	if (failed !== undefined) throw failed.error;
}

async function readOne<Row>(
	target: HuntTarget<unknown, Row>,
	reading: Reading<Row>,
	{ trouble, pace, signal }: { trouble: Trouble; pace: Pace; signal: AbortSignal | undefined },
): Promise<void> {
	const begun = performance.now();
	try {
		reading.rows = await target.read(reading.query, reading.budget, signal);
		pace.answered(performance.now() - begun, reading.budget.counts.requests);
		trouble.none();
	} catch (error) {
		// Whoever cancels wants no result of the others either.
		if (signal?.aborted) throw error;
		pace.failed();
		reading.failure = isError(error) ? error : new TypeError(String(error));
		trouble.add(reading.failure);
	}
}

/** Whether queries fail for the target's sake: the next ones would, too, and each would wait for it. */
class Trouble {
	#failures = 0;
	#code: unknown;
	isEveryones?: Error;

	none(): void {
		this.#failures = -Infinity;
	}

	add(error: Error): void {
		const { code } = error as { code?: unknown };
		if (code === undefined || (this.#failures > 0 && code !== this.#code)) this.none();
		this.#code = code;
		this.#failures++;
		if (this.#failures >= HUNT_LIMITS.firstFailures) this.isEveryones ??= error;
	}
}

interface Deciding<Row> {
	maxRows: number;
	/** STIX of rows, for all plans. */
	stix: Map<Row, object[]>;
}

/** What of the rows that were read a plan means. @throws what its queries failed with */
function* decided<Term, Row>(
	target: HuntTarget<Term, Row>,
	plan: HuntPlan,
	readings: ReadonlyMap<string, Reading<Row>>,
	{ maxRows, stix }: Deciding<Row>,
): Steps<HuntResult<Row>> {
	const own = plan.queries.map((query) => readings.get(query)!);
	const failed = own.find(({ failure }) => failure !== undefined);
	if (failed !== undefined) throw failed.failure!;
	const budget = new ReadBudget(maxRows);
	for (const reading of own) budget.add(reading.budget);
	const table = new Table(target);
	const found: Array<Set<Found<Row>>> = plan.queries.map(() => new Set());
	for (const place of targetedFirst(plan)) {
		for (const [index, row] of own[place]!.rows.entries()) {
			found[place]!.add(table.add(row));
			if (index % HUNT_LIMITS.rowsPerFilter === 0) yield;
		}
	}
	const filters = new Filters(target, stix);
	const matching: Array<ReadonlySet<Found<Row>>> = [];
	for (const observation of plan.observations) matching.push(yield* matchesOf(observation, found, filters));
	const result = [...combined(parsePattern(plan.pattern), matching)].sort(byTime(target));
	const all = new Set(found.flatMap((set) => [...set]));
	const warnings = [...plan.warnings, ...readingGaps(budget, maxRows, target.name), ...timesOf(result)];
	return {
		matches: result.map(({ row, terms }) => ({
			row,
			matchedBy: [...terms].sort((a, b) => a - b).map((place) => plan.terms[place]!),
		})),
		counts: countsOf(plan.terms, result),
		reading: { ...budget.counts, messages: all.size, rejected: all.size - result.length },
		truncated: budget.truncated,
		complete: isComplete(warnings),
		leftOut: plan.leftOut,
		warnings,
	};
}

function countsOf(terms: readonly string[], result: ReadonlyArray<Found<unknown>>): TermCount[] {
	const counts = terms.map((term): TermCount => ({ term, matches: 0 }));
	for (const found of result) for (const place of found.terms) counts[place]!.matches++;
	return counts.sort((a, b) => b.matches - a.matches);
}

/** How many rows are read at most. @throws HuntError `HUNT_OPTION_INVALID` */
function rowLimit(maxRows: number | undefined): number {
	return settingsOr(
		() =>
			wholeNumber('maxRows', maxRows, { least: 1, most: SETTING_LIMITS.maxCount, otherwise: HUNT_DEFAULTS.maxRows }),
		(message, details) => new HuntError('HUNT_OPTION_INVALID', message, details),
	);
}

/** Queries that read a whole window: their places. */
function scansOf({ observations }: HuntPlan): Set<number> {
	return new Set(
		observations.flatMap(({ alternatives }) => alternatives.flatMap(({ scan, queries }) => (scan ? queries : []))),
	);
}

/** In the order of reading. */
function targetedFirst(plan: HuntPlan): number[] {
	const scans = scansOf(plan);
	const order = plan.queries.map((_, index) => index);
	return [...order.filter((index) => !scans.has(index)), ...order.filter((index) => scans.has(index))];
}

/** Messages by their keys: a message is the same whatever query finds it. */
class Table<Row> {
	readonly #byKey = new Map<string, Found<Row>>();
	readonly #target: HuntTarget<unknown, Row>;

	constructor(target: HuntTarget<unknown, Row>) {
		this.#target = target;
	}

	add(row: Row): Found<Row> {
		const keys = this.#target.keysOf(row);
		const known = keys.map((key) => this.#byKey.get(key)).find((one) => one !== undefined);
		const found = known ?? { row, time: this.#target.timeOf(row), terms: new Set() };
		for (const key of keys) this.#byKey.set(key, found);
		return found;
	}
}

function* matchesOf<Row>(
	observation: PlannedObservation,
	found: ReadonlyArray<ReadonlySet<Found<Row>>>,
	filters: Filters<Row>,
): Steps<Set<Found<Row>>> {
	const start = Date.parse(observation.start);
	const stop = Date.parse(observation.stop);
	const matches = new Set<Found<Row>>();
	for (const alternative of observation.alternatives) {
		const candidates = inAll(alternative, found).filter(
			({ time }) => time === undefined || (time >= start && time < stop),
		);
		for (const one of yield* filters.apply(alternative.filter, candidates)) {
			matches.add(one);
			for (const term of alternative.terms) one.terms.add(term);
		}
		yield;
	}
	return matches;
}

function inAll<Row>({ queries }: PlannedAlternative, found: ReadonlyArray<ReadonlySet<Found<Row>>>): Array<Found<Row>> {
	const [first, ...others] = queries.map((place) => found[place]!);
	return [...(first ?? [])].filter((one) => others.every((set) => set.has(one)));
}

/** Comparisons on the STIX of rows; each message is asked each of them once. */
class Filters<Row> {
	readonly #answers = new Map<string, Map<Found<Row>, boolean>>();
	readonly #target: HuntTarget<unknown, Row>;
	readonly #stix: Map<Row, object[]>;

	constructor(target: HuntTarget<unknown, Row>, stix: Map<Row, object[]>) {
		this.#target = target;
		this.#stix = stix;
	}

	*apply(filters: readonly string[], candidates: Array<Found<Row>>): Steps<Array<Found<Row>>> {
		let left = candidates;
		for (const filter of filters) left = yield* this.#one(filter, left);
		return left;
	}

	*#one(filter: string, candidates: Array<Found<Row>>): Steps<Array<Found<Row>>> {
		const answers = this.#answers.get(filter) ?? new Map<Found<Row>, boolean>();
		this.#answers.set(filter, answers);
		const unknown = candidates.filter((one) => !answers.has(one));
		if (unknown.length > 0) {
			const matcher = compilePattern(`[${filter}]`);
			for (let from = 0; from < unknown.length; from += HUNT_LIMITS.rowsPerFilter) {
				const some = unknown.slice(from, from + HUNT_LIMITS.rowsPerFilter);
				const matched = new Set(matcher.match(some.map((one, index) => this.#observed(one, index))).observations);
				some.forEach((one, index) => answers.set(one, matched.has(String(index))));
				yield;
			}
		}
		return candidates.filter((one) => answers.get(one) === true);
	}

	#observed(found: Found<Row>, index: number): object {
		let objects = this.#stix.get(found.row);
		if (objects === undefined) {
			objects = this.#target.observables(found.row);
			this.#stix.set(found.row, objects);
		}
		return { type: 'observed-data', id: String(index), objects };
	}
}

const byTime =
	<Row>({ compare }: Pick<HuntTarget<unknown, Row>, 'compare'>) =>
	(a: Found<Row>, b: Found<Row>): number =>
		(a.time ?? Infinity) - (b.time ?? Infinity) || (compare?.(a.row, b.row) ?? 0);

/** What was not read, or not shown. */
export function readingGaps(
	{ counts, truncated, gaps: others }: ReadBudget,
	maxRows: number,
	name: string,
): HuntWarning[] {
	const gaps = [...others];
	if (truncated) {
		gaps.push(
			`Reading stopped after ${maxRows} rows. There may be more messages that match. Use a shorter time window, or increase the limit.`,
		);
	}
	if (counts.badRecords > 0)
		gaps.push(`${sentence(name)} could not show ${counts.badRecords} records. Whether they match is unknown.`);
	if (counts.unreadable > 0)
		gaps.push(`${counts.unreadable} rows were not in the format of the API and were left out.`);
	return gaps.map((message) => ({ code: 'hunt-incomplete', message }));
}

function timesOf(result: ReadonlyArray<Found<unknown>>): HuntWarning[] {
	const timeless = result.filter(({ time }) => time === undefined).length;
	if (timeless === 0) return [];
	return [note(`${timeless} rows have a time that cannot be read. For them, START and STOP apply to the minute only.`)];
}
