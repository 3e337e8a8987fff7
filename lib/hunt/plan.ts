import { HUNT_DEFAULTS } from '../defaults';
import { isError } from '../errors';
import { HUNT_LIMITS } from '../limits';
import {
	compilePattern,
	parsePattern,
	printComparison,
	printPattern,
	type ComparisonExpression,
	type ComparisonTest,
	type Observation,
	type ObservationExpression,
	type Pattern,
	type PatternLiteral,
	type PatternPosition,
} from '../pattern';
import { instant, settingsOr, wholeNumber } from '../settings';
import { isUnion } from './combine';
import { conjunctionsOf, Expansion, type Conjunction } from './conjunctions';
import { HuntError } from './errors';
import { filterText, isSaidInRows } from './filter';
import { JoinedQueries, type JoinedPlace } from './joined';
import { areHashesOfOneFile, Omissions, unsearchable } from './omissions';
import { searchableOf, type Searchable } from './searchable';
import { limitOf, type HuntLanguage } from './target';
import { note, type HuntOmission, type HuntWarning } from './warnings';
import { waysOf, type Reach, type Way } from './ways';
import { lastMinutes, narrowed, timeText, type HuntWindow } from './window';

/** Options of a plan, whatever it is for. */
export interface HuntOptions {
	/** What "now" is where the pattern has no START and STOP. Default: the time of the call. */
	now?: Date | undefined;
	/** Minutes before now that are hunted where the pattern has no START and STOP. Default 5. */
	timeRangeMinutes?: number | undefined;
	/**
	 * Rows can show addresses in the header (From, Reply-To) where the envelope alone is searched. By default `email-addr:value`
	 * finds all of them: where no other comparison narrows the search down, every row of the window is read. False leaves it at
	 * what is searched.
	 */
	headerAddresses?: boolean | undefined;
}

/** What a hunt asks, and what it does with the rows. Plain JSON. */
export interface HuntPlan {
	/** What the rows are combined by: AND, FOLLOWEDBY, WITHIN and REPEATS are decided when all are read. */
	pattern: string;
	/** Every query once, as the target writes it; without paging. */
	queries: string[];
	/** The comparisons of the pattern that are hunted, each once: what rows are said to be matched by. */
	terms: string[];
	/** The observations `[ … ]` of the pattern, in order. Where OR alone joins them, those of one window are one. */
	observations: PlannedObservation[];
	/** Alternatives that are not hunted: messages that only they would find are missing. Empty when the plan is the whole pattern. */
	leftOut: HuntOmission[];
	/** What the user ought to know before reading the result. */
	warnings: HuntWarning[];
}

/** One `[ … ]` of the pattern: its window, and the ways to find what it describes. */
export interface PlannedObservation {
	/** ISO 8601, milliseconds: start ≤ t < stop. Rows are checked against it. */
	start: string;
	stop: string;
	/** True when the pattern names no window. */
	assumedWindow: boolean;
	/** A message matches when one of them finds it. None where all of them are left out. */
	alternatives: PlannedAlternative[];
}

/** One way to find a message: searches whose answers are intersected, and what is left to check in each row. */
export interface PlannedAlternative {
	/** Indices into the plan's queries. A message has to be found by all of them. */
	queries: number[];
	/** STIX comparisons that a row has to satisfy, each on its own. */
	filter: string[];
	/** Indices into the plan's terms: what holds for a message that it finds. */
	terms: number[];
	/** True when every row of the window is read. */
	scan: boolean;
}

/**
 * Plans the hunt of a STIX pattern: which queries a target is asked, over which windows, which rows of theirs match.
 *
 * The unit is the message: comparisons joined by AND inside `[ ]` have to hold for the same message, each for itself.
 *
 * An alternative that the target cannot search is left out, and told (`leftOut`, `warnings`), and so are those beyond the limits of a
 * plan: what is found matches the pattern, and some of what matches is not found. An alternative is what OR alone joins to the
 * rest. Below AND, NOT, FOLLOWEDBY, WITHIN and REPEATS what cannot be searched is an error.
 *
 * @throws PatternSyntaxError when the text is no pattern; PatternMatchError when an expression or network in it cannot be used
 * @throws HuntError naming the comparison that can be neither searched nor checked on rows, or the bound that is passed; with
 * `leftOut` when nothing would remain
 */
export function planFor<Term>(
	language: HuntLanguage<Term>,
	pattern: string | Pattern,
	options: HuntOptions = {},
): HuntPlan {
	const [plan] = planTogether(language, [pattern], options);
	if (isError(plan)) throw plan;
	return plan!;
}

/**
 * The plans of several patterns, as {@link planFor} makes them, for one run: where the target takes several alternatives in one query,
 * those of all patterns share queries, each asked once. A pattern that cannot be hunted is an error in the place of its plan.
 */
export function planTogether<Term>(
	language: HuntLanguage<Term>,
	patterns: ReadonlyArray<string | Pattern>,
	options: HuntOptions = {},
): Array<HuntPlan | Error> {
	// One window for all that name none.
	const shared = { ...options, now: options.now ?? new Date() };
	const pool = new JoinedQueries(language);
	const planned = patterns.map((pattern) =>
		orError(() => {
			const planner = new Planner(language, shared);
			planner.collect(typeof pattern === 'string' ? parsePattern(pattern) : pattern, pool);
			return planner;
		}),
	);
	pool.write();
	return planned.map((planner, index) => (isError(planner) ? planner : orError(() => planner.plan(patterns[index]!))));
}

function orError<T>(make: () => T): T | Error {
	try {
		return make();
	} catch (error) {
		return isError(error) ? error : new TypeError(String(error));
	}
}

/** Checked options: minutes and now. @throws HuntError `HUNT_OPTION_INVALID` */
export function defaultWindow(options: HuntOptions): HuntWindow {
	const { maxTimeRangeMinutes: most } = HUNT_LIMITS;
	const { planMinutes: otherwise } = HUNT_DEFAULTS;
	return settingsOr(
		() =>
			lastMinutes(
				wholeNumber('timeRangeMinutes', options.timeRangeMinutes, { least: 1, most, otherwise }),
				instant('now', options.now, { otherwise: new Date() }),
			),
		(message, details) => new HuntError('HUNT_OPTION_INVALID', message, details),
	);
}

/** A comparison stands in many alternatives: it is printed, and its filter is checked and written, once. */
interface Written {
	text: string;
	filter?: string;
}

/** An alternative as it would enter the plan. */
interface Prepared<Term> {
	tests: readonly ComparisonTest[];
	way: Way<Term>;
	filter: string[];
	/** Its queries, when they are its own. */
	texts: string[];
	/** Its terms, when it can stand beside others in one query, and what it would be alone. */
	joins?: { terms: readonly Term[]; alone: string };
}

/** Alternatives of one window, and those of them that share queries. */
interface Group<Term> {
	window: HuntWindow;
	alternatives: PlannedAlternative[];
	joined: Array<{ alternative: PlannedAlternative; joins: NonNullable<Prepared<Term>['joins']>; place?: JoinedPlace }>;
}

/** Whether something is one of several that OR alone joins, so that the others can do without it. */
type Role = 'alternative' | 'needed';

class Planner<Term> {
	readonly queries = new Map<string, number>();
	readonly terms = new Map<string, number>();
	readonly #groups: Array<Group<Term>> = [];
	/** Of a pattern that is nothing but alternatives: by window. */
	#byWindow?: Map<string, Group<Term>>;
	readonly #notes = new Set<string>();
	readonly #omissions = new Omissions();
	/** True when no further alternative is taken. */
	#isFull = false;
	#alternatives = 0;
	/** Queries that alternatives will share, and that are not among the others yet. */
	#pending = 0;
	readonly #expansion = new Expansion();
	readonly #written = new Map<ComparisonTest, Written>();
	readonly #language: HuntLanguage<Term>;
	readonly #reach: Reach;
	readonly #assumed: HuntWindow;
	readonly #alternativesPerQuery: number;
	readonly #maxQueries: number;

	constructor(language: HuntLanguage<Term>, options: HuntOptions) {
		this.#language = language;
		this.#assumed = defaultWindow(options);
		this.#reach = options.headerAddresses === false ? 'searchable' : 'all-rows';
		this.#alternativesPerQuery = limitOf('alternativesPerQuery', language);
		this.#maxQueries = limitOf('maxQueries', language);
	}

	/** Reads a pattern, and offers what can stand beside others in one query. */
	collect({ expression }: Pattern, pool: JoinedQueries<Term>): void {
		if (isUnion(expression)) this.#byWindow = new Map();
		this.#walk(expression, undefined, 'alternative');
		if (this.#alternatives === 0) throw this.#omissions.nothingLeft(this.#language);
		for (const { window, joined } of this.#groups) {
			for (const one of joined) one.place = pool.add(window, one.joins);
		}
	}

	/** The plan of the pattern that was collected, when all queries are written. */
	plan(pattern: string | Pattern): HuntPlan {
		for (const { joined } of this.#groups) {
			for (const { alternative, place } of joined) alternative.queries = [this.#sharedPlaceOf(place!.query)];
		}
		return {
			pattern: typeof pattern === 'string' ? pattern : printPattern(pattern),
			queries: [...this.queries.keys()],
			terms: [...this.terms.keys()],
			observations: this.#groups.map(({ window, alternatives }) => ({
				start: timeText(window.start),
				stop: timeText(window.stop),
				assumedWindow: window.assumed,
				alternatives,
			})),
			leftOut: this.#omissions.list,
			warnings: [...[...this.#notes].map(note), ...this.#omissions.warnings(this.#language, this.#maxQueries)],
		};
	}

	#walk(node: ObservationExpression, window: HuntWindow | undefined, role: Role): void {
		switch (node.kind) {
			case 'observation':
				this.#observe(node, window ?? this.#assumed, role);
				return;
			case 'qualified': {
				const isWindow = node.qualifiers.every(({ kind }) => kind === 'start-stop');
				this.#walk(node.operand, narrowed(window, node.qualifiers), isWindow ? role : 'needed');
				return;
			}
			case 'observation-or':
				for (const operand of node.operands) this.#walk(operand, window, role);
				return;
			case 'observation-and':
			case 'followed-by':
				for (const operand of node.operands) this.#walk(operand, window, 'needed');
		}
	}

	#observe({ expression, at }: Observation, window: HuntWindow, role: Role): void {
		if (window.assumed) {
			this.#notes.add(
				`Observations without START and STOP are searched from ${timeText(window.start)} to ${timeText(window.stop)}. Messages appear in message tracking with a delay of some minutes.`,
			);
		}
		const group = this.#groupOf(window, at);
		if (role === 'alternative') {
			this.#takeAlternatives(expression.kind === 'or' ? expression.operands : [expression], group);
			return;
		}
		const conjunctions = conjunctionsOf(expression, this.#language, this.#expansion);
		this.#write(expression);
		for (const one of this.#prepared(conjunctions, window, this.#expansion)) this.#take(one, group);
	}

	/** Where alternatives of a window are put. @throws HuntError `HUNT_TOO_COMPLEX` */
	#groupOf(window: HuntWindow, at: PatternPosition): Group<Term> {
		const key = `${window.start} ${window.stop}`;
		const known = this.#byWindow?.get(key);
		if (known !== undefined) return known;
		if (this.#byWindow === undefined && this.#groups.length >= HUNT_LIMITS.maxObservations) {
			throw new HuntError('HUNT_TOO_COMPLEX', `More than ${HUNT_LIMITS.maxObservations} observations`, {
				at,
				hint: 'Join comparisons with OR inside one [ ] instead, or split the pattern.',
			});
		}
		const group: Group<Term> = { window, alternatives: [], joined: [] };
		this.#byWindow?.set(key, group);
		// Behind the last alternative that is taken, a window has nothing to say.
		if (this.#byWindow === undefined || !this.#isFull) this.#groups.push(group);
		return group;
	}

	/** Takes of an OR what can be hunted and has its place in the plan. */
	#takeAlternatives(operands: readonly ComparisonExpression[], group: Group<Term>): void {
		const unasked: ComparisonTest[] = [];
		const before = this.#alternatives;
		for (const operand of operands) {
			if (operand.kind === 'and' || operand.kind === 'or') {
				if (this.#isFull) {
					this.#check(operand);
					this.#omissions.add('hunt-terms-beyond-limit', operand);
					continue;
				}
				const own = new Expansion();
				this.#takeAlternative(operand, conjunctionsOf(operand, this.#language, own), own, group);
			} else {
				const searchable = this.#searchable(operand, unasked);
				if (searchable !== undefined) this.#takeTest(searchable, group);
			}
		}
		if (this.#alternatives > before && areHashesOfOneFile(operands)) this.#omissions.otherHashes += unasked.length;
		else for (const test of unasked) this.#omissions.add('hunt-terms-not-searchable', test);
	}

	/** What cannot be hunted is an error wherever it stands. Nothing is written out: that would cost more than the pattern is long. */
	#check(node: ComparisonExpression): void {
		if (node.kind === 'and' || node.kind === 'or') for (const operand of node.operands) this.#check(operand);
		else searchableOf(node, this.#language);
	}

	/** Undefined when there is no search for it, nor for one of its values. */
	#searchable(test: ComparisonTest, unasked: ComparisonTest[]): Searchable<Term> | undefined {
		try {
			return searchableOf(test, this.#language);
		} catch (error) {
			const cause = unsearchable(error, test);
			this.#omissions.first ??= cause;
			if (cause.code === 'HUNT_VALUE_REFUSED' && test.kind === 'in' && test.values.length > 1) {
				const kept = test.values.filter((value) => {
					const one = this.#searchable({ ...test, values: [value] }, unasked);
					return one !== undefined;
				});
				return kept.length === 0 ? undefined : searchableOf({ ...test, values: kept }, this.#language);
			}
			unasked.push(test);
			return undefined;
		}
	}

	/** Of an IN, as many values as there is room for. */
	#takeTest(searchable: Searchable<Term>, group: Group<Term>): void {
		const room = this.#isFull ? 0 : this.#maxQueries - this.queries.size - this.#pending;
		const { test: asked, searches } = searchable;
		if (asked.kind !== 'in' || searches.length <= room) {
			this.#takeOne(searchable, group);
			return;
		}
		const values = distinct(asked.values);
		const count = Math.min(values.length, Math.floor(room / Math.ceil(searches.length / asked.values.length)));
		if (count > 0) this.#takeOne(searchableOf({ ...asked, values: values.slice(0, count) }, this.#language), group);
		if (count === values.length) return;
		this.#isFull = true;
		for (const value of values.slice(count))
			this.#omissions.add('hunt-terms-beyond-limit', { ...asked, values: [value] });
	}

	#takeOne(searchable: Searchable<Term>, group: Group<Term>): void {
		const own = new Expansion();
		own.write(1, searchable.test.at);
		this.#takeAlternative(searchable.test, [[searchable]], own, group);
	}

	/** @param own What it is when it is written out. @throws HuntError `HUNT_TOO_COMPLEX` when there would be no room for it alone */
	#takeAlternative(
		operand: ComparisonExpression,
		conjunctions: ReadonlyArray<Conjunction<Term>>,
		own: Expansion,
		group: Group<Term>,
	): void {
		const prepared = [...this.#prepared(conjunctions, group.window, own)];
		this.#isFull = !this.#hasRoomFor(prepared, own, group) || this.#isFull;
		if (this.#isFull) {
			this.#omissions.add('hunt-terms-beyond-limit', operand);
			return;
		}
		this.#expansion.write(own.comparisons, operand.at);
		this.#write(operand);
		for (const one of prepared) this.#take(one, group);
	}

	#hasRoomFor(prepared: ReadonlyArray<Prepared<Term>>, own: Expansion, group: Group<Term>): boolean {
		const all = new Set<string>();
		let joining = 0;
		for (const { tests, filter, texts, joins } of prepared) {
			for (const test of tests) own.hold(this.#writtenOf(test).text.length);
			for (const text of filter) own.hold(text.length);
			for (const text of texts) {
				own.hold(text.length);
				all.add(text);
			}
			if (joins === undefined) continue;
			joining++;
			own.hold(joins.alone.length);
		}
		if (all.size + Math.ceil(joining / this.#alternativesPerQuery) > this.#maxQueries) throw this.#tooManyQueries();
		let queries = this.queries.size + this.#pending - this.#queriesOf(group) + this.#queriesOf(group, joining);
		for (const text of all) if (!this.queries.has(text)) queries++;
		return (
			queries <= this.#maxQueries &&
			this.#alternatives + prepared.length <= HUNT_LIMITS.maxAlternatives &&
			this.#expansion.takes(own)
		);
	}

	/** How many queries the alternatives that share them become, with so many more. */
	#queriesOf({ joined }: Group<Term>, more = 0): number {
		return Math.ceil((joined.length + more) / this.#alternativesPerQuery);
	}

	*#prepared(
		conjunctions: ReadonlyArray<Conjunction<Term>>,
		window: HuntWindow,
		expansion: Expansion,
	): Generator<Prepared<Term>> {
		for (const conjunction of conjunctions) {
			const tests = conjunction.map(({ test }) => test);
			for (const way of waysOf(conjunction, this.#language, this.#reach, expansion)) {
				const filter = way.filter.map((one) => this.#filterOf(one));
				const only = way.scan || way.queries.length > 1 ? undefined : way.queries[0];
				// What rows decide may stand beside others in one query: they tell which of them it was.
				const isShared = only !== undefined && filter.length === conjunction.length && this.#alternativesPerQuery > 1;
				yield isShared
					? { tests, way, filter, texts: [], joins: { terms: only, alone: this.#language.encode([only], window) } }
					: { tests, way, filter, texts: way.queries.map((terms) => this.#language.encode([terms], window)) };
			}
		}
	}

	#take({ tests, way, filter, texts, joins }: Prepared<Term>, group: Group<Term>): void {
		const terms = tests.map((test) => this.#termOf(test));
		for (const text of filter) this.#expansion.hold(text.length);
		const places = texts.map((text) => this.#placeOf(text));
		const queries = places.length < 2 ? places : [...new Set(places)];
		const alternative: PlannedAlternative = { queries, filter, terms, scan: way.scan };
		group.alternatives.push(alternative);
		this.#alternatives++;
		this.#noteWay(way, group.window);
		if (joins === undefined) return;
		this.#expansion.hold(joins.alone.length);
		this.#pending -= this.#queriesOf(group);
		group.joined.push({ alternative, joins });
		this.#pending += this.#queriesOf(group);
	}

	#noteWay({ filter, scan }: Way<Term>, window: HuntWindow): void {
		if (scan) {
			const { name } = this.#language;
			this.#notes.add(
				`Every message from ${timeText(window.start)} to ${timeText(window.stop)} is read, because ${name} cannot search ${columnsOf(filter)}.`,
			);
		}
		if (this.#reach === 'all-rows') return;
		for (const { field } of filter) {
			if (field.beyond === undefined) continue;
			const { searched, elsewhere } = field.beyond;
			this.#notes.add(`Addresses are searched for in ${searched} only, not in ${elsewhere}.`);
		}
	}

	/** The terms of a plan stand in the order of the pattern, those of an alternative in that of its queries. */
	#write(node: ComparisonExpression): void {
		if (node.kind === 'and' || node.kind === 'or') for (const operand of node.operands) this.#write(operand);
		else this.#termOf(node);
	}

	#termOf(test: ComparisonTest): number {
		const { text } = this.#writtenOf(test);
		const known = this.terms.get(text);
		if (known !== undefined) return known;
		this.#expansion.hold(text.length);
		this.terms.set(text, this.terms.size);
		return this.terms.size - 1;
	}

	#writtenOf(test: ComparisonTest): Written {
		let written = this.#written.get(test);
		if (written === undefined) {
			written = { text: printComparison(test) };
			this.#written.set(test, written);
		}
		return written;
	}

	#filterOf(one: Searchable<Term>): string {
		const written = this.#writtenOf(one.test);
		if (written.filter === undefined) {
			checkFilter(one.test);
			written.filter = isSaidInRows(one) ? written.text : filterText(one);
		}
		return written.filter;
	}

	/** The place of a query among those of the plan. @throws HuntError `HUNT_TOO_COMPLEX` */
	#placeOf(query: string): number {
		const known = this.queries.get(query);
		if (known !== undefined) return known;
		this.#expansion.hold(query.length);
		if (this.queries.size >= this.#maxQueries) throw this.#tooManyQueries();
		this.queries.set(query, this.queries.size);
		return this.queries.size - 1;
	}

	/** The place of a query that alternatives share: how many there are is bounded by what was offered. */
	#sharedPlaceOf(query: string): number {
		const known = this.queries.get(query);
		if (known !== undefined) return known;
		this.queries.set(query, this.queries.size);
		return this.queries.size - 1;
	}

	#tooManyQueries(): HuntError {
		return new HuntError('HUNT_TOO_COMPLEX', `The pattern needs more than ${this.#maxQueries} queries`, {
			hint: 'Split it into several hunts.',
		});
	}
}

/** Each value once. */
function distinct(values: readonly PatternLiteral[]): PatternLiteral[] {
	return [...new Map(values.map((literal) => [`${literal.kind} ${String(literal.value)}`, literal])).values()];
}

/** Expressions and networks that cannot be used are found now, not when rows are there. @throws PatternMatchError */
function checkFilter(test: ComparisonTest): void {
	if (test.kind !== 'comparison' || !/^(?:MATCHES|ISSUBSET|ISSUPERSET)$/.test(test.operator)) return;
	compilePattern({ kind: 'pattern', expression: { kind: 'observation', at: test.at, expression: test } });
}

function columnsOf(filter: ReadonlyArray<Searchable<unknown>>): string {
	const columns = filter.map(({ field, test }) => field.beyond?.elsewhere ?? `this about ${test.path.objectType}`);
	return [...new Set(columns)].join(', ');
}
