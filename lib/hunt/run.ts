import { HUNT_DEFAULTS } from '../defaults';
import { HUNT_LIMITS, SETTING_LIMITS } from '../limits';
import { compilePattern, parsePattern } from '../pattern';
import { settingsOr, wholeNumber } from '../settings';
import { ReadBudget, type ReadCounts, type ReadOptions } from './budget';
import { combined, type Timed } from './combine';
import { HuntError } from './errors';
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
		/** Messages that were found and that the pattern does not mean: other case, other second, event missing. */
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
	/** STIX of the row, made when a filter asks for it. */
	objects?: object[];
	/** Terms of the alternatives that it satisfies. */
	readonly terms: Set<number>;
}

/**
 * Runs a plan: each query is read once, each message is looked at once.
 *
 * @throws HuntError `HUNT_OPTION_INVALID`; what the target or the way to it refuses
 * @throws PatternMatchError `PATTERN_TOO_COMPLEX` when AND, FOLLOWEDBY, WITHIN and REPEATS cannot be decided in bounded time
 */
export async function runPlan<Term, Row>(
	target: HuntTarget<Term, Row>,
	plan: HuntPlan,
	options: ReadOptions = {},
): Promise<HuntResult<Row>> {
	const maxRows = rowLimit(options.maxRows);
	const budget = new ReadBudget(maxRows);
	const table = new Table(target);
	const found: Array<ReadonlySet<Found<Row>>> = plan.queries.map(() => new Set());
	for (const place of targetedFirst(plan)) {
		const rows = await target.read(plan.queries[place]!, budget, options.signal);
		found[place] = new Set(rows.map((row) => table.add(row)));
	}
	const filters = new Filters(target);
	const matching = plan.observations.map((observation) => matchesOf(observation, found, filters));
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

/** What reads a whole window comes last, so that a cap on rows cuts there. */
function targetedFirst(plan: HuntPlan): number[] {
	const scans = new Set(
		plan.observations.flatMap(({ alternatives }) => alternatives.flatMap(({ scan, queries }) => (scan ? queries : []))),
	);
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

function matchesOf<Row>(
	observation: PlannedObservation,
	found: ReadonlyArray<ReadonlySet<Found<Row>>>,
	filters: Filters<Row>,
): Set<Found<Row>> {
	const start = Date.parse(observation.start);
	const stop = Date.parse(observation.stop);
	const matches = new Set<Found<Row>>();
	for (const alternative of observation.alternatives) {
		const candidates = inAll(alternative, found).filter(
			({ time }) => time === undefined || (time >= start && time < stop),
		);
		for (const one of filters.apply(alternative.filter, candidates)) {
			matches.add(one);
			for (const term of alternative.terms) one.terms.add(term);
		}
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

	constructor(target: HuntTarget<unknown, Row>) {
		this.#target = target;
	}

	apply(filters: readonly string[], candidates: Array<Found<Row>>): Array<Found<Row>> {
		return filters.reduce((left, filter) => this.#one(filter, left), candidates);
	}

	#one(filter: string, candidates: Array<Found<Row>>): Array<Found<Row>> {
		const answers = this.#answers.get(filter) ?? new Map<Found<Row>, boolean>();
		this.#answers.set(filter, answers);
		const unknown = candidates.filter((one) => !answers.has(one));
		if (unknown.length > 0) {
			const matcher = compilePattern(`[${filter}]`);
			for (let from = 0; from < unknown.length; from += HUNT_LIMITS.rowsPerFilter) {
				const some = unknown.slice(from, from + HUNT_LIMITS.rowsPerFilter);
				const matched = new Set(matcher.match(some.map((one, index) => this.#observed(one, index))).observations);
				some.forEach((one, index) => answers.set(one, matched.has(String(index))));
			}
		}
		return candidates.filter((one) => answers.get(one) === true);
	}

	#observed(found: Found<Row>, index: number): object {
		found.objects ??= this.#target.observables(found.row);
		return { type: 'observed-data', id: String(index), objects: found.objects };
	}
}

const byTime =
	<Row>({ compare }: Pick<HuntTarget<unknown, Row>, 'compare'>) =>
	(a: Found<Row>, b: Found<Row>): number =>
		(a.time ?? Infinity) - (b.time ?? Infinity) || (compare?.(a.row, b.row) ?? 0);

/** What was not read, or not shown. */
export function readingGaps({ counts, truncated }: ReadBudget, maxRows: number, name: string): HuntWarning[] {
	const gaps: string[] = [];
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
