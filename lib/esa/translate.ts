import {
	conjunctionsOf,
	defaultWindow,
	Expansion,
	HuntError,
	narrowed,
	quoted,
	waysOf,
	type Conjunction,
	type HuntOptions,
	type HuntWindow,
	type Searchable,
	type Way,
} from '../hunt';
import { parsePattern, type ObservationExpression, type Pattern, type PatternPosition } from '../pattern';
import { ESA_LANGUAGE } from './huntTarget';
import { parameterText, queryText, windowText, type Parameter } from './query';

/** Options of {@link translatePattern}. */
export interface TranslateOptions extends Pick<HuntOptions, 'now' | 'timeRangeMinutes'> {
	/**
	 * Whether events joined by OR share one query. It trusts the appliance to OR them, as its user guide says.
	 * Default true, as in stix-shifter.
	 */
	mergeEvents?: boolean | undefined;
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
	const translation = new Translation(() => defaultWindow(options), options.mergeEvents ?? true);
	translation.collect(parsed.expression, undefined);
	return translation.texts();
}

interface Query {
	parameters: Parameter[];
	/** As it stands in the query. */
	window: string;
	/** Parameters behind the window: what was merged from elsewhere. */
	tail: Parameter[];
}

class Translation {
	readonly #expansion = new Expansion();
	readonly #found: Query[] = [];
	/** Queries of events alone, by their window. */
	readonly #hosts = new Map<string, EventHosts>();

	readonly #assumed: () => HuntWindow;
	readonly #merge: boolean;

	constructor(assumed: () => HuntWindow, merge: boolean) {
		this.#assumed = assumed;
		this.#merge = merge;
	}

	collect(node: ObservationExpression, window: HuntWindow | undefined): void {
		switch (node.kind) {
			case 'observation': {
				const span = windowText(window ?? this.#assumed());
				const own = conjunctionsOf(node.expression, ESA_LANGUAGE, this.#expansion)
					.flatMap((conjunction) => queriesOf(conjunction, this.#expansion))
					.map((parameters): Query => ({ parameters, window: span, tail: [] }));
				if (!this.#merge) for (const query of own) this.#found.push(query);
				else for (const query of own.length > 1 ? mergeWithin(own) : own) this.#add(query);
				return;
			}
			case 'observation-or':
				for (const operand of node.operands) this.collect(operand, window);
				return;
			case 'qualified': {
				const other = node.qualifiers.find(({ kind }) => kind !== 'start-stop');
				if (other !== undefined)
					throw notTranslatable(`${other.kind.toUpperCase()} can only be checked on the rows`, other.at);
				this.collect(node.operand, narrowed(window, node.qualifiers));
				return;
			}
			case 'observation-and':
			case 'followed-by':
				throw notTranslatable(
					`Observations joined by ${node.kind === 'followed-by' ? 'FOLLOWEDBY' : 'AND'} require the rows of both`,
					node.at,
				);
		}
	}

	/** Each query once. */
	texts(): string[] {
		const [only] = this.#found;
		if (only !== undefined && this.#found.length === 1) {
			const text = textOf(only);
			this.#expansion.hold(text.length);
			return [text];
		}
		const texts = new Set<string>();
		for (const query of this.#found) {
			const text = textOf(query);
			this.#expansion.hold(text.length);
			texts.add(text);
		}
		return [...texts];
	}

	/** Observations of one event each and of the same window share a query. */
	#add(query: Query): void {
		const { parameters, tail, window } = query;
		if (!parameters.every(isEvent) || !tail.every(isEvent)) {
			this.#found.push(query);
			return;
		}
		const hosts = this.#hosts.get(window) ?? new EventHosts();
		this.#hosts.set(window, hosts);
		const host = tail.length > 0 ? undefined : hosts.without(parameters);
		if (host === undefined) {
			this.#found.push(query);
			hosts.add(query);
		} else {
			host.query.tail.push(...parameters);
			hosts.hold(host, parameters);
		}
	}
}

const isEvent = ({ event }: Parameter): boolean => event;

interface EventHost {
	query: Query;
	/** Names of its events. */
	names: Set<string>;
}

/** Queries that take in further events, in the order of their making. An event stands once in each. */
class EventHosts {
	readonly #hosts: EventHost[] = [];
	/** By names of events: how many hosts from the first on hold one of them. Names stay, so none of these is looked at again. */
	#passed?: Map<string, number>;

	get first(): EventHost | undefined {
		return this.#hosts[0];
	}

	add(query: Query): void {
		const host = { query, names: new Set<string>() };
		this.#hosts.push(host);
		this.hold(host, [...query.parameters, ...query.tail]);
	}

	hold({ names }: EventHost, parameters: readonly Parameter[]): void {
		for (const { name, event } of parameters) if (event) names.add(name);
	}

	/** The first that holds none of these events. */
	without(events: readonly Parameter[]): EventHost | undefined {
		if (this.#hosts.length === 0) return undefined;
		const key = events.map(({ name }) => name).join('&');
		this.#passed ??= new Map();
		let at = this.#passed.get(key) ?? 0;
		while (at < this.#hosts.length && events.some(({ name }) => this.#hosts[at]!.names.has(name))) at++;
		this.#passed.set(key, at);
		return this.#hosts[at];
	}
}

function queriesOf(conjunction: Conjunction<Parameter>, expansion: Expansion): Parameter[][] {
	const [first] = conjunction;
	if (conjunction.length === 1 && first?.field.member === undefined)
		return conjunction.flatMap((one) => exactSearches(one).map((parameter) => [parameter]));
	const exact = conjunction.map((one) => {
		const searches = exactSearches(one);
		return searches === one.searches ? one : { ...one, searches };
	});
	return waysOf(exact, ESA_LANGUAGE, 'queries-only', expansion).map((way) => onlyQuery(way, exact));
}

/** Where rows would have to decide, query strings say too little. */
function exactSearches({ test, searches, exact }: Searchable<Parameter>): readonly Parameter[] {
	if (exact !== undefined && exact.length > 0) return exact;
	throw notTranslatable(
		`${quoted(test)} is ${searches.length > 0 ? 'found by a wider search and checked on rows' : 'checked on rows'}`,
		test.at,
	);
}

function onlyQuery({ queries, scan }: Way<Parameter>, conjunction: Conjunction<Parameter>): Parameter[] {
	const [query] = queries;
	// Where a name is missing, its group is not complete and left to the filter.
	if (query !== undefined && queries.length === 1 && !scan) {
		const names = new Set(query.map(({ name }) => name));
		if (conjunction.every(({ searches }) => searches.some(({ name }) => names.has(name)))) return query;
	}
	throw notTranslatable(
		'Two events, or two values of one field, joined by AND require several queries and their intersection',
		conjunction[0]?.test.at,
	);
}

function notTranslatable(what: string, at: PatternPosition | undefined): HuntError {
	return new HuntError('HUNT_NOT_TRANSLATABLE', `${what}. Query strings alone cannot express this`, {
		...(at === undefined ? {} : { at }),
		hint: 'Use the operation Hunt (planHunt in the library), which checks the rows.',
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
	const byBasics = new Map<string, EventHosts>();
	for (const query of queries) {
		const { event, basics } = eventOf(query);
		const hosts = byBasics.get(basics) ?? new EventHosts();
		byBasics.set(basics, hosts);
		const [only] = event;
		const isList = only !== undefined && event.length === 1 && only.list && only.group === undefined;
		const host = only === undefined ? undefined : isList ? hosts.first : hosts.without(event);
		if (only === undefined || host === undefined) {
			const own = { ...query, parameters: [...query.parameters], tail: [] };
			merged.push(own);
			if (only !== undefined) hosts.add(own);
			continue;
		}
		addEvent(host.query, event, only, isList);
		hosts.hold(host, event);
	}
	return merged;
}

function addEvent(host: Query, event: readonly Parameter[], only: Parameter, isList: boolean): void {
	const same = isList ? [...host.parameters, ...host.tail].find(({ name }) => name === only.name) : undefined;
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
