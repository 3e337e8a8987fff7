import { ESA_LIMITS } from '../limits';
import {
	compilePattern,
	parsePattern,
	type ComparisonExpression,
	type ObservationExpression,
	type Pattern,
} from '../pattern';
import { observablesOf } from './bundle';
import type { HuntPlan, PlannedAlternative, PlannedObservation } from './plan';
import { keysOf, readRow, type EsaRow, type TrackedMessage } from './row';
import { ReadBudget, rowsOf, type ReadCounts } from './tracking';

export interface HuntRunOptions {
	/** Rows that are read of the appliance at most. Default 10,000. */
	maxRows?: number;
	signal?: AbortSignal;
}

export interface HuntResult {
	/** Messages that match, oldest first, each once. */
	rows: EsaRow[];
	counts: ReadCounts & {
		/** Different messages among what was read. */
		messages: number;
		/** Messages that the appliance found and the pattern does not mean: other case, other second, event missing. */
		rejected: number;
	};
	/** True when `maxRows` ended the reading: there may be more. */
	truncated: boolean;
	/** What the user ought to know, the plan's included. */
	warnings: string[];
	/** Those of the warnings for which messages may be missing. */
	gaps: string[];
}

/** Reads all rows of a query. */
export type ReadQuery = (query: string, budget: ReadBudget, signal?: AbortSignal) => Promise<EsaRow[]>;

interface Found {
	row: EsaRow;
	message: TrackedMessage;
	/** STIX of the row, made when a filter asks for it. */
	objects?: object[];
}

/**
 * Runs a plan: each query is read once, each message is looked at once.
 *
 * @throws EsaError, HttpError what the appliance or the way to it refuses
 * @throws PatternMatchError `PATTERN_TOO_COMPLEX` when AND, FOLLOWEDBY, WITHIN and REPEATS cannot be decided in bounded time
 */
export async function runHunt(plan: HuntPlan, read: ReadQuery, options: HuntRunOptions = {}): Promise<HuntResult> {
	const maxRows = rowsOf(options.maxRows);
	const budget = new ReadBudget(maxRows);
	const table = new Table();
	const found: Array<Set<Found>> = plan.queries.map(() => new Set());
	for (const index of targetedFirst(plan)) {
		const rows = await read(plan.queries[index] as string, budget, options.signal);
		found[index] = new Set(rows.map((row) => table.add(row)));
	}
	const filters = new Filters();
	const matching = plan.observations.map((observation) => matchesOf(observation, found, filters));
	const result = combined(plan, matching);
	const { counts, truncated } = budget;
	const all = new Set(found.flatMap((set) => [...set]));
	const gaps = gapsOf(budget, maxRows);
	return {
		rows: [...result].sort(byTime).map(({ row }) => row),
		counts: { ...counts, messages: all.size, rejected: all.size - result.size },
		truncated,
		warnings: [...plan.warnings, ...gaps, ...timesOf(result)],
		gaps,
	};
}

/** What reads a whole window comes last, so that a cap on rows cuts there. */
function targetedFirst(plan: HuntPlan): number[] {
	const scans = new Set(
		plan.observations.flatMap(({ alternatives }) => alternatives.flatMap(({ scan, queries }) => (scan ? queries : []))),
	);
	const order = plan.queries.map((_, index) => index);
	return [...order.filter((index) => !scans.has(index)), ...order.filter((index) => scans.has(index))];
}

/** Messages by appliance and MID: a message is the same whatever query finds it. */
class Table {
	readonly #byKey = new Map<string, Found>();

	add(row: EsaRow): Found {
		const keys = keysOf(row);
		const known = keys.map((key) => this.#byKey.get(key)).find((one) => one !== undefined);
		const found = known ?? { row, message: readRow(row) };
		for (const key of keys) this.#byKey.set(key, found);
		return found;
	}
}

function matchesOf(
	observation: PlannedObservation,
	found: ReadonlyArray<ReadonlySet<Found>>,
	filters: Filters,
): Set<Found> {
	const start = Date.parse(observation.start);
	const stop = Date.parse(observation.stop);
	const matches = new Set<Found>();
	for (const alternative of observation.alternatives) {
		const candidates = inAll(alternative, found).filter(
			(one) =>
				!matches.has(one) && (one.message.time === undefined || (one.message.time >= start && one.message.time < stop)),
		);
		for (const one of filters.apply(alternative.filter, candidates)) matches.add(one);
	}
	return matches;
}

function inAll({ queries }: PlannedAlternative, found: ReadonlyArray<ReadonlySet<Found>>): Found[] {
	const [first, ...others] = queries.map((index) => found[index] as ReadonlySet<Found>);
	return [...(first ?? [])].filter((one) => others.every((set) => set.has(one)));
}

/** Comparisons on the STIX of rows; each message is asked each of them once. */
class Filters {
	readonly #answers = new Map<string, Map<Found, boolean>>();

	apply(filters: readonly string[], candidates: Found[]): Found[] {
		return filters.reduce((left, filter) => this.#one(filter, left), candidates);
	}

	#one(filter: string, candidates: Found[]): Found[] {
		const answers = this.#answers.get(filter) ?? new Map<Found, boolean>();
		this.#answers.set(filter, answers);
		const unknown = candidates.filter((one) => !answers.has(one));
		if (unknown.length > 0) {
			const matcher = compilePattern(`[${filter}]`);
			for (let from = 0; from < unknown.length; from += ESA_LIMITS.pageSize) {
				const some = unknown.slice(from, from + ESA_LIMITS.pageSize);
				const matched = new Set(matcher.match(some.map(observedData)).observations);
				some.forEach((one, index) => answers.set(one, matched.has(String(index))));
			}
		}
		return candidates.filter((one) => answers.get(one) === true);
	}
}

function observedData(found: Found, index: number): object {
	found.objects ??= observablesOf(found.message);
	return { type: 'observed-data', id: String(index), objects: found.objects };
}

const MARKER = 'x-hunt';

/** Which messages AND, OR, FOLLOWEDBY, WITHIN and REPEATS leave: those that take part in a match of the whole pattern. */
function combined(plan: HuntPlan, matching: ReadonlyArray<ReadonlySet<Found>>): Set<Found> {
	const { expression } = parsePattern(plan.pattern);
	if (isUnion(expression)) return new Set(matching.flatMap((set) => [...set]));
	const messages = [...new Set(matching.flatMap((set) => [...set]))];
	const observed = messages.map((found, index) => {
		const marks = matching.flatMap((set, observation) => (set.has(found) ? [[`o${observation}`, true]] : []));
		const { time } = found.message;
		const moment =
			time === undefined
				? {}
				: { first_observed: new Date(time).toISOString(), last_observed: new Date(time).toISOString() };
		return {
			type: 'observed-data',
			id: String(index),
			...moment,
			objects: [{ type: MARKER, ...Object.fromEntries(marks) }],
		};
	});
	const pattern: Pattern = { kind: 'pattern', expression: marked(expression, { next: 0 }) };
	const taking = new Set(compilePattern(pattern).match(observed).observations);
	return new Set(messages.filter((_, index) => taking.has(String(index))));
}

function isUnion(node: ObservationExpression): boolean {
	if (node.kind === 'observation') return true;
	if (node.kind === 'qualified')
		return node.qualifiers.every(({ kind }) => kind === 'start-stop') && isUnion(node.operand);
	return node.kind === 'observation-or' && node.operands.every(isUnion);
}

/** The pattern with "is in the result of observation n" in place of each observation; START and STOP are settled by then. */
function marked(node: ObservationExpression, count: { next: number }): ObservationExpression {
	switch (node.kind) {
		case 'observation': {
			const { at } = node;
			const path = { at, objectType: MARKER, steps: [{ kind: 'key' as const, name: `o${count.next++}` }] };
			const expression: ComparisonExpression = { kind: 'exists', at, path, negated: false };
			return { ...node, expression };
		}
		case 'qualified': {
			const qualifiers = node.qualifiers.filter(({ kind }) => kind !== 'start-stop');
			const operand = marked(node.operand, count);
			return qualifiers.length === 0 ? operand : { ...node, operand, qualifiers };
		}
		case 'observation-and':
		case 'observation-or':
		case 'followed-by':
			return { ...node, operands: node.operands.map((operand) => marked(operand, count)) };
	}
}

function byTime(a: Found, b: Found): number {
	return (
		(a.message.time ?? Infinity) - (b.message.time ?? Infinity) ||
		compare(a.message.serialNumber ?? '', b.message.serialNumber ?? '') ||
		(a.message.mids[0] ?? 0) - (b.message.mids[0] ?? 0)
	);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function gapsOf({ counts, truncated }: ReadBudget, maxRows: number): string[] {
	const gaps: string[] = [];
	if (truncated) {
		gaps.push(
			`Reading stopped after ${maxRows} rows: there may be more messages that match. Shorten the window or raise the limit.`,
		);
	}
	if (counts.badRecords > 0)
		gaps.push(`The appliance could not show ${counts.badRecords} records; whether they match is unknown.`);
	if (counts.unreadable > 0) gaps.push(`${counts.unreadable} rows had another form than the API's and were left out.`);
	return gaps;
}

function timesOf(result: ReadonlySet<Found>): string[] {
	const timeless = [...result].filter(({ message }) => message.time === undefined).length;
	if (timeless === 0) return [];
	return [`${timeless} rows carry a time that cannot be read; START and STOP hold for them to the minute only.`];
}
