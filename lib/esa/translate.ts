import { parsePattern, type ObservationExpression, type Pattern, type PatternPosition } from '../pattern';
import { alternativesOf, conjunctionsOf, type Alternative, type Conjunction } from './alternatives';
import { HuntError } from './errors';
import { quoted } from './leaf';
import { defaultWindow, type HuntOptions } from './plan';
import { parameterText, queryText, type Parameter } from './query';
import { narrowed, type HuntWindow } from './window';

export interface TranslateOptions extends Pick<HuntOptions, 'now' | 'timeRangeMinutes'> {
	/**
	 * Whether events joined by OR share one query. It trusts the appliance to OR them, as its user guide says.
	 * Default true, as in stix-shifter.
	 */
	mergeEvents?: boolean;
}

/**
 * The queries of a pattern in stix-shifter's form: parameters in the order of its output, START and STOP last. Each finds
 * messages that match; together they find all whose addresses stand in the envelope. Upper and lower case, and the seconds
 * of START and STOP, are beyond the appliance: only a hunt with {@link planHunt} settles them.
 *
 * @throws PatternSyntaxError when the text is no pattern
 * @throws HuntError `HUNT_NOT_TRANSLATABLE` for what no list of queries can say, and all that planHunt throws
 */
export function translatePattern(pattern: string | Pattern, options: TranslateOptions = {}): string[] {
	const parsed = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
	const found: Query[] = [];
	collect(parsed.expression, undefined, () => defaultWindow(options), options.mergeEvents ?? true, found);
	if (found.length === 1) return [textOf(found[0] as Query)];
	return [...new Set(found.map(textOf))];
}

interface Query {
	parameters: Parameter[];
	window: HuntWindow;
	/** Parameters behind the window: what was merged from elsewhere. */
	tail: Parameter[];
}

function collect(
	node: ObservationExpression,
	window: HuntWindow | undefined,
	assumed: () => HuntWindow,
	merge: boolean,
	found: Query[],
): void {
	switch (node.kind) {
		case 'observation': {
			const span = window ?? assumed();
			let own = conjunctionsOf(node.expression)
				.flatMap(queriesOf)
				.map((parameters): Query => ({ parameters, window: span, tail: [] }));
			if (merge && own.length > 1) own = mergeWithin(own);
			for (const query of own) if (!merge || found.length === 0 || !mergeAcross(found, query)) found.push(query);
			return;
		}
		case 'observation-or':
			for (const operand of node.operands) collect(operand, window, assumed, merge, found);
			return;
		case 'qualified': {
			const other = node.qualifiers.find(({ kind }) => kind !== 'start-stop');
			if (other !== undefined) throw notTranslatable(`${other.kind.toUpperCase()} is decided on the rows`, other.at);
			collect(node.operand, narrowed(window, node.qualifiers), assumed, merge, found);
			return;
		}
		case 'observation-and':
		case 'followed-by':
			throw notTranslatable(
				`Observations joined by ${node.kind === 'followed-by' ? 'FOLLOWEDBY' : 'AND'} need the rows of both`,
				node.at,
			);
	}
}

function queriesOf(conjunction: Conjunction): Parameter[][] {
	if (conjunction.some(({ translation, exact }) => translation !== undefined && !exact)) {
		return queriesOf(
			conjunction.map((leaf) => ({
				...leaf,
				searches: leaf.translation ?? leaf.searches,
				exact: leaf.exact || leaf.translation !== undefined,
			})),
		);
	}
	for (const { searches, exact, test } of conjunction) {
		if (searches.length === 0) throw notTranslatable(`${quoted(test)} is checked on rows`, test.at);
		if (!exact) throw notTranslatable(`${quoted(test)} is searched wider and checked on rows`, test.at);
	}
	const [first] = conjunction;
	if (conjunction.length === 1 && first?.searches[0]?.group === undefined)
		return (first?.searches ?? []).map((one) => [one]);
	return alternativesOf(conjunction, 'queries-only').map((alternative) => onlyQuery(alternative, conjunction));
}

function onlyQuery({ queries, scan }: Alternative, conjunction: Conjunction): Parameter[] {
	const [query] = queries;
	// A group that is not complete is left to the filter.
	const complete =
		query !== undefined &&
		conjunction.every(({ searches }) => searches.some(({ name }) => query.some((one) => one.name === name)));
	if (query !== undefined && queries.length === 1 && complete && !scan) return query;
	throw notTranslatable(
		'Two events, or two values of one column, joined by AND need several queries and what they have in common',
		conjunction[0]?.test.at,
	);
}

function notTranslatable(what: string, at: PatternPosition | undefined): HuntError {
	return new HuntError('HUNT_NOT_TRANSLATABLE', `${what}; query strings alone cannot say it`, {
		...(at === undefined ? {} : { at }),
		hint: 'Use a hunt (planHunt, the Hunt operation): it checks the rows.',
	});
}

function textOf({ parameters, window, tail }: Query): string {
	const text = queryText(parameters, window);
	return tail.length === 0 ? text : [text, ...tail.map(parameterText)].join('&');
}

/** The one event of a query and what is ANDed with it. */
function eventOf({ parameters }: Query): { event: Parameter[]; basics: string } {
	const event = parameters.filter((parameter) => parameter.event);
	const basics = parameters.filter((parameter) => !parameter.event).map(parameterText);
	return { event, basics: basics.sort().join('&') };
}

/** Events joined by OR that are ANDed with the same columns share a query; values of one list parameter share it, too. */
function mergeWithin(queries: readonly Query[]): Query[] {
	const merged: Query[] = [];
	for (const query of queries) {
		const { event, basics } = eventOf(query);
		const host =
			event.length === 0
				? undefined
				: merged.find((other) => eventOf(other).basics === basics && accepts(other, event));
		if (host === undefined) {
			merged.push({ ...query, parameters: [...query.parameters], tail: [] });
			continue;
		}
		const [only] = event as [Parameter];
		const same =
			event.length === 1 && only.list
				? [...host.parameters, ...host.tail].find(({ name }) => name === only.name)
				: undefined;
		if (same === undefined) {
			const last = host.parameters.findLastIndex((parameter) => parameter.event);
			host.parameters.splice(last + 1, 0, ...event);
		} else {
			// stix-shifter puts a joined list behind the window.
			host.parameters = host.parameters.filter((parameter) => parameter !== same);
			host.tail = [
				...host.tail.filter((parameter) => parameter !== same),
				{ ...same, value: `${same.value},${only.value}` },
			];
		}
	}
	return merged;
}

function accepts(host: Query, event: readonly Parameter[]): boolean {
	const held = [...host.parameters, ...host.tail].filter((parameter) => parameter.event);
	if (held.length === 0) return false;
	return event.every((one) => {
		const same = held.find(({ name }) => name === one.name);
		return same === undefined || (one.list && one.group === undefined && event.length === 1);
	});
}

/** Observations of one event each and of the same window share a query. */
function mergeAcross(found: readonly Query[], query: Query): boolean {
	if (query.tail.length > 0 || query.parameters.some((parameter) => !parameter.event)) return false;
	const host = found.find(
		({ parameters, tail, window }) =>
			window.startDate === query.window.startDate &&
			window.endDate === query.window.endDate &&
			[...parameters, ...tail].every(
				(parameter) => parameter.event && !query.parameters.some(({ name }) => name === parameter.name),
			),
	);
	host?.tail.push(...query.parameters);
	return host !== undefined;
}
