import { ESA_LIMITS } from '../limits';
import type { ComparisonExpression } from '../pattern';
import { HuntError } from './errors';
import type { Group } from './fields';
import { leafOf, quoted, type Leaf } from './leaf';
import type { Parameter } from './query';

/** Comparisons joined by AND. */
export type Conjunction = readonly Leaf[];

/**
 * What stands inside `[ ]` as alternatives of comparisons joined by AND. The right operand comes first, as in stix-shifter's
 * queries.
 *
 * @throws HuntError `HUNT_TOO_COMPLEX`, and what {@link leafOf} throws
 */
export function conjunctionsOf(expression: ComparisonExpression): Conjunction[] {
	if (countOf(expression) > ESA_LIMITS.maxAlternatives) {
		throw new HuntError(
			'HUNT_TOO_COMPLEX',
			`The ORs inside the ANDs make more than ${ESA_LIMITS.maxAlternatives} alternatives`,
			{
				at: expression.at,
				hint: 'Split the pattern: hunt each part of the OR on its own.',
			},
		);
	}
	return expand(expression);
}

function countOf(node: ComparisonExpression): number {
	if (node.kind !== 'and' && node.kind !== 'or') return 1;
	let count = node.kind === 'and' ? 1 : 0;
	for (const operand of node.operands)
		count = node.kind === 'and' ? count * countOf(operand) : count + countOf(operand);
	return count;
}

function expand(node: ComparisonExpression): Conjunction[] {
	if (node.kind !== 'and' && node.kind !== 'or') return [[leafOf(node)]];
	const parts = node.operands.map(expand).reverse();
	if (node.kind === 'or') return parts.flat();
	return parts.reduce((left, right) => left.flatMap((one) => right.map((other) => [...one, ...other])));
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
export function alternativesOf(conjunction: Conjunction, reach: Reach): Alternative[] {
	const filter = conjunction.filter(({ filterable }) => filterable);
	const searched = searchedOf(conjunction, reach);
	const beyond = reach === 'all-rows' ? searched.filter(({ field }) => field.beyond !== undefined) : [];
	const rest = beyond.length === 0 ? searched : searched.filter((leaf) => !beyond.includes(leaf));
	const whole = rest.length === 0 ? [{ queries: [[]], filter, scan: true }] : [];
	if (rest.length === 0 && searched.length === 0) return whole;
	return [
		...combinations(rest.length === 0 ? beyond : rest).map((chosen) => ({
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
		const members = searched.filter((leaf) => leaf.searches[0]?.group === group);
		if (isComplete(group, members)) continue;
		if (!members.every(({ filterable }) => filterable)) throw groupError(group, members);
		searched = searched.filter((leaf) => !members.includes(leaf));
	}
	if (reach === 'queries-only') return searched;
	for (let count = productOf(searched); count > ESA_LIMITS.maxQueriesOfAlternative; count = productOf(searched)) {
		const widest = searched
			.filter(({ filterable, searches }) => filterable && searches.length > 1)
			.reduce<Leaf | undefined>(
				(a, b) => (a === undefined || b.searches.length > a.searches.length ? b : a),
				undefined,
			);
		if (widest === undefined || searched.length === 1) break;
		searched = searched.filter((leaf) => leaf !== widest);
	}
	return searched;
}

const productOf = (leaves: readonly Leaf[]): number =>
	leaves.reduce((count, { searches }) => count * searches.length, 1);

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

function combinations(leaves: readonly Leaf[]): Parameter[][] {
	const count = productOf(leaves);
	if (count > ESA_LIMITS.maxQueries) {
		throw new HuntError(
			'HUNT_TOO_COMPLEX',
			`The pattern needs ${count} queries, the limit is ${ESA_LIMITS.maxQueries}`,
			{
				at: leaves[0]?.test.at,
				hint: 'Split the lists of values over several hunts.',
			},
		);
	}
	return leaves.reduce<Parameter[][]>(
		(chosen, { searches }) => chosen.flatMap((before) => searches.map((one) => [...before, one])),
		[[]],
	);
}

/** One query, or one for each event and for each second value of a parameter. */
function queriesOf(chosen: readonly Parameter[]): Parameter[][] {
	if (isPlain(chosen)) return [chosen as Parameter[]];
	const basics = new Map<string, Parameter>();
	/** Events by their group or themselves; further values of a basic column. */
	const separate: Parameter[][] = [];
	const groups = new Map<Group, Parameter[]>();
	for (const parameter of chosen) {
		const before = basics.get(parameter.name);
		if (parameter.group !== undefined) {
			const members = groups.get(parameter.group);
			if (members === undefined) groups.set(parameter.group, [parameter]);
			else members.push(parameter);
			if (members === undefined) separate.push(groups.get(parameter.group) as Parameter[]);
		} else if (parameter.event) {
			separate.push([parameter]);
		} else if (before === undefined) {
			basics.set(parameter.name, parameter);
		} else if (before.value !== parameter.value || before.operator !== parameter.operator) {
			separate.push([parameter]);
		}
	}
	if (separate.length === 0) return [[...basics.values()]];
	const queries = separate.map((own) => inOrder(chosen, own, basics));
	// A second value takes the place of the first in its query: the first has to be asked somewhere, too.
	const isAsked = (parameter: Parameter) => queries.some((query) => query.includes(parameter));
	return [...basics.values()].every(isAsked) ? queries : [[...basics.values()], ...queries];
}

/** The usual case: one event at most, no parameter twice. */
function isPlain(chosen: readonly Parameter[]): boolean {
	let events = 0;
	for (let i = 0; i < chosen.length; i++) {
		const { event, name } = chosen[i] as Parameter;
		if (event && ++events > 1) return false;
		for (let j = 0; j < i; j++) if (chosen[j]?.name === name) return false;
	}
	return true;
}

function inOrder(
	chosen: readonly Parameter[],
	own: readonly Parameter[],
	basics: ReadonlyMap<string, Parameter>,
): Parameter[] {
	const names = new Set(own.map(({ name }) => name));
	return chosen.filter(
		(parameter) => own.includes(parameter) || (!names.has(parameter.name) && basics.get(parameter.name) === parameter),
	);
}
