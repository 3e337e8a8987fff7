import { ESA_LIMITS } from '../limits';
import type { ComparisonExpression, PatternPosition } from '../pattern';
import { HuntError } from './errors';
import type { Group } from './fields';
import { leafOf, quoted, type Leaf } from './searchable';
import type { Parameter } from './query';

/** Comparisons joined by AND. */
export type Conjunction = readonly Leaf[];

/** Counts what a pattern becomes when it is written out, while it grows: a short pattern can stand for a very long plan. */
export class Expansion {
	#comparisons = 0;
	#characters = 0;

	/** So many comparisons more, over all alternatives. @throws HuntError `HUNT_TOO_COMPLEX` */
	write(comparisons: number, at: PatternPosition | undefined): void {
		this.#comparisons += comparisons;
		if (this.#comparisons > ESA_LIMITS.maxExpandedComparisons) {
			throw tooComplex(`Its alternatives hold more than ${ESA_LIMITS.maxExpandedComparisons} comparisons in all`, at);
		}
	}

	/** So many characters more, of queries and filters. @throws HuntError `HUNT_TOO_COMPLEX` */
	hold(characters: number): void {
		this.#characters += characters;
		if (this.#characters > ESA_LIMITS.maxPlanLength) {
			throw tooComplex(`Its queries and filters have more than ${ESA_LIMITS.maxPlanLength} characters`, undefined);
		}
	}
}

const tooComplex = (problem: string, at: PatternPosition | undefined): HuntError =>
	new HuntError('HUNT_TOO_COMPLEX', problem, {
		...(at === undefined ? {} : { at }),
		hint: 'Split the pattern: hunt each part of an OR on its own, and leave out comparisons that an AND can do without.',
	});

/**
 * What stands inside `[ ]` as alternatives of comparisons joined by AND. The right operand comes first, as in stix-shifter's
 * queries.
 *
 * @throws HuntError `HUNT_TOO_COMPLEX`, and what {@link leafOf} throws
 */
export function conjunctionsOf(expression: ComparisonExpression, expansion: Expansion): Conjunction[] {
	expansion.write(sizeOf(expression).comparisons, expression.at);
	return expand(expression);
}

/** What an expression becomes when it is written out as alternatives. */
interface Size {
	alternatives: number;
	/** Comparisons of the longest alternative, and of all of them. */
	longest: number;
	comparisons: number;
}

/** Ends with the first operand that is too much: nothing is written out by then. */
function sizeOf(node: ComparisonExpression): Size {
	if (node.kind !== 'and' && node.kind !== 'or') return { alternatives: 1, longest: 1, comparisons: 1 };
	let size: Size = { alternatives: node.kind === 'and' ? 1 : 0, longest: 0, comparisons: 0 };
	for (const operand of node.operands) {
		const one = sizeOf(operand);
		size =
			node.kind === 'or'
				? {
						alternatives: size.alternatives + one.alternatives,
						longest: Math.max(size.longest, one.longest),
						comparisons: size.comparisons + one.comparisons,
					}
				: {
						alternatives: size.alternatives * one.alternatives,
						longest: size.longest + one.longest,
						comparisons: size.comparisons * one.alternatives + one.comparisons * size.alternatives,
					};
		if (size.longest > ESA_LIMITS.maxComparisons) {
			throw tooComplex(`More than ${ESA_LIMITS.maxComparisons} comparisons are joined by AND`, node.at);
		}
		if (size.alternatives > ESA_LIMITS.maxAlternatives) {
			throw tooComplex(`The ORs inside the ANDs make more than ${ESA_LIMITS.maxAlternatives} alternatives`, node.at);
		}
	}
	return size;
}

function expand(node: ComparisonExpression): Conjunction[] {
	if (node.kind !== 'and' && node.kind !== 'or') return [[leafOf(node)]];
	const parts = node.operands.map(expand).reverse();
	return node.kind === 'or' ? parts.flat() : product(parts);
}

/** One of each part, in all ways. What leaves no choice is added in place: copying it would cost the square of its length. */
function product<T>(parts: ReadonlyArray<ReadonlyArray<readonly T[]>>): T[][] {
	let all: T[][] = [[]];
	for (const part of parts) {
		const [only, ...others] = part;
		if (only === undefined) return [];
		if (others.length === 0) for (const one of all) for (const item of only) one.push(item);
		else all = all.flatMap((one) => part.map((other) => [...one, ...other]));
	}
	return all;
}

/** How a conjunction is asked. */
export interface Alternative {
	/** Each is one query; a message has to be found by all of them. */
	queries: Parameter[][];
	/** Comparisons that are checked on the rows. */
	filter: Leaf[];
	/** True when the whole window has to be read. */
	scan: boolean;
}

/**
 * Whether columns of which rows show more than the appliance searches are looked up in all rows of the window, or in what can
 * be searched; `queries-only` leaves nothing to rows.
 */
export type Reach = 'all-rows' | 'searchable' | 'queries-only';

/**
 * The queries of a conjunction.
 *
 * Parameters of columns that the appliance ANDs stand in one query. Events, which it ORs, never meet in one query: each
 * has its own, and what all of them find is meant. A comparison that rows show is checked on the rows in any case, because
 * the appliance ignores upper and lower case; where a query has enough to go by, it may be left to that check alone.
 *
 * @throws HuntError `HUNT_GROUP_INCOMPLETE`, `HUNT_NOT_SEARCHABLE`, `HUNT_TOO_COMPLEX`
 */
export function alternativesOf(conjunction: Conjunction, reach: Reach, expansion: Expansion): Alternative[] {
	const filter = conjunction.filter(({ filterable }) => filterable);
	const searched = searchedOf(conjunction, reach);
	const isBeyond = ({ field }: Leaf): boolean => reach === 'all-rows' && field.beyond !== undefined;
	const rest = searched.filter((leaf) => !isBeyond(leaf));
	const whole = rest.length === 0 ? [{ queries: [[]], filter, scan: true }] : [];
	if (searched.length === 0) return whole;
	const asked = rest.length === 0 ? searched : rest;
	// Each way to choose has the whole conjunction behind it: what it asks, and what it filters.
	expansion.write((waysOf(asked) - 1) * conjunction.length, conjunction[0]?.test.at);
	return [
		...product(asked.map(({ searches }) => searches.map((one) => [one]))).map((chosen) => ({
			queries: queriesOf(chosen),
			filter,
			scan: false,
		})),
		...whole,
	];
}

/** The comparisons that go into queries, groups complete, and no more of them than make a bearable number of queries. */
function searchedOf(conjunction: Conjunction, reach: Reach): Leaf[] {
	let searched = conjunction.filter(({ searches }) => searches.length > 0);
	for (const group of groupsOf(searched)) {
		const isMember = ({ searches }: Leaf): boolean => searches[0]?.group === group;
		const members = searched.filter(isMember);
		if (isComplete(group, members)) continue;
		if (!members.every(({ filterable }) => filterable)) throw groupError(group, members);
		searched = searched.filter((leaf) => !isMember(leaf));
	}
	return reach === 'queries-only' ? searched : bearable(searched);
}

/** Leaves the widest comparisons to the filter until few ways to choose are left; one comparison is asked in any case. */
function bearable(searched: Leaf[]): Leaf[] {
	const widest = searched
		.filter(({ filterable, searches }) => filterable && searches.length > 1)
		.sort((a, b) => b.searches.length - a.searches.length);
	const left = new Set<Leaf>();
	const kept = [...widest];
	let ways = searched.reduce((count, leaf) => count * (leaf.filterable ? 1 : leaf.searches.length), 1);
	while (kept.length > 0 && ways * kept.at(-1)!.searches.length <= ESA_LIMITS.maxQueriesOfAlternative) {
		ways *= kept.pop()!.searches.length;
	}
	for (const leaf of kept) if (left.size < searched.length - 1) left.add(leaf);
	return left.size === 0 ? searched : searched.filter((leaf) => !left.has(leaf));
}

function groupsOf(leaves: readonly Leaf[]): Set<Group> {
	const groups = new Set<Group>();
	for (const { searches } of leaves) {
		const group = searches[0]?.group;
		if (group !== undefined) groups.add(group);
	}
	return groups;
}

function isComplete(group: Group, members: readonly Leaf[]): boolean {
	return (
		members.length === group.parameters.length &&
		group.parameters.every((name) => members.some(({ searches }) => searches[0]?.name === name))
	);
}

function groupError(group: Group, members: readonly Leaf[]): HuntError {
	const [first] = members as [Leaf];
	const missing = group.properties.filter(
		(_, i) => !members.some(({ searches }) => searches[0]?.name === group.parameters[i]),
	);
	const names = (list: readonly string[]) => list.map((name) => `x-cisco-email-msgevent:${name}`).join(', ');
	if (missing.length === 0) {
		return new HuntError('HUNT_NOT_SEARCHABLE', `${names(group.properties)} can be asked once in one AND`, {
			at: first.test.at,
			hint: 'Hunt the two separately.',
		});
	}
	return new HuntError(
		'HUNT_GROUP_INCOMPLETE',
		`${quoted(first.test)}: the appliance searches it only together with ${names(missing)}`,
		{
			at: first.test.at,
			hint: `Add ${names(missing)} with AND.`,
		},
	);
}

/** Ways to choose one search of each. @throws HuntError `HUNT_TOO_COMPLEX` */
function waysOf(leaves: readonly Leaf[]): number {
	let count = 1;
	for (const { searches, test } of leaves) {
		count *= searches.length;
		if (count <= ESA_LIMITS.maxQueries) continue;
		throw new HuntError('HUNT_TOO_COMPLEX', `The pattern needs more than ${ESA_LIMITS.maxQueries} queries`, {
			at: test.at,
			hint: 'Split the lists of values over several hunts.',
		});
	}
	return count;
}

/** One query, or one for each event and for each second value of a parameter. */
function queriesOf(chosen: readonly Parameter[]): Parameter[][] {
	/** The first value of each column that is ANDed, by name: places in `chosen`. */
	const basics = new Map<string, number>();
	/** Events by their group or themselves; further values of a basic column. */
	const separate: number[][] = [];
	const groups = new Map<Group, number[]>();
	chosen.forEach((parameter, place) => {
		if (parameter.group !== undefined) {
			const members = groups.get(parameter.group);
			if (members !== undefined) {
				members.push(place);
				return;
			}
			const own = [place];
			groups.set(parameter.group, own);
			separate.push(own);
			return;
		}
		const before = basics.get(parameter.name);
		if (parameter.event) separate.push([place]);
		else if (before === undefined) basics.set(parameter.name, place);
		else if (!asksTheSame(parameter, chosen[before]!)) separate.push([place]);
	});
	const inOrder = (places: number[]): Parameter[] => places.sort((a, b) => a - b).map((place) => chosen[place]!);
	const all = inOrder([...basics.values()]);
	if (separate.length === 0) return [all];
	const queries = separate.map((own) => {
		const names = new Set(own.map((place) => chosen[place]!.name));
		return inOrder([...own, ...[...basics].flatMap(([name, place]) => (names.has(name) ? [] : [place]))]);
	});
	// A second value takes the place of the first in its query: the first has to be asked somewhere, too.
	const [first] = separate;
	const name = chosen[first![0]!]!.name;
	const isAsked = !basics.has(name) || separate.some((own) => chosen[own[0]!]!.name !== name);
	return isAsked ? queries : [all, ...queries];
}

const asksTheSame = (a: Parameter, b: Parameter): boolean => a.value === b.value && a.operator === b.operator;
