import { HUNT_DEFAULTS } from '../defaults';
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
} from '../pattern';
import { instant, settingsOr, wholeNumber } from '../settings';
import { conjunctionsOf, Expansion } from './conjunctions';
import { HuntError } from './errors';
import { filterText, isSaidInRows } from './filter';
import type { Searchable } from './searchable';
import { limitOf, type HuntLanguage } from './target';
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
	/** The comparisons of the pattern, each once: what rows are said to be matched by. */
	terms: string[];
	/** The observations `[ … ]` of the pattern, in order. */
	observations: PlannedObservation[];
	/** What the user ought to know before reading the result. */
	warnings: string[];
}

/** One `[ … ]` of the pattern: its window, and the ways to find what it describes. */
export interface PlannedObservation {
	/** ISO 8601, milliseconds: start ≤ t < stop. Rows are checked against it. */
	start: string;
	stop: string;
	/** True when the pattern names no window. */
	assumedWindow: boolean;
	/** A message matches when one of them finds it. */
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
 * @throws PatternSyntaxError when the text is no pattern; PatternMatchError when an expression or network in it cannot be used
 * @throws HuntError naming the comparison that can be neither searched nor checked on rows, or the bound that is passed
 */
export function planFor<Term>(
	language: HuntLanguage<Term>,
	pattern: string | Pattern,
	options: HuntOptions = {},
): HuntPlan {
	const parsed = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
	const planner = new Planner(language, options);
	planner.walk(parsed.expression, undefined);
	return {
		pattern: typeof pattern === 'string' ? pattern : printPattern(pattern),
		queries: [...planner.queries.keys()],
		terms: [...planner.terms.keys()],
		observations: planner.observations,
		warnings: [...planner.warnings],
	};
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
	term: number;
	text: string;
	filter?: string;
}

/** An alternative that shares its query with others. */
interface Joined<Term> {
	alternative: PlannedAlternative;
	terms: readonly Term[];
}

class Planner<Term> {
	readonly queries = new Map<string, number>();
	readonly terms = new Map<string, number>();
	readonly observations: PlannedObservation[] = [];
	readonly warnings = new Set<string>();
	readonly #expansion = new Expansion();
	readonly #tests = new Map<ComparisonTest, Written>();
	readonly #language: HuntLanguage<Term>;
	readonly #reach: Reach;
	readonly #assumed: HuntWindow;

	constructor(language: HuntLanguage<Term>, options: HuntOptions) {
		this.#language = language;
		this.#assumed = defaultWindow(options);
		this.#reach = options.headerAddresses === false ? 'searchable' : 'all-rows';
	}

	walk(node: ObservationExpression, window: HuntWindow | undefined): void {
		switch (node.kind) {
			case 'observation':
				this.#observe(node, window);
				return;
			case 'qualified':
				this.walk(node.operand, narrowed(window, node.qualifiers));
				return;
			case 'observation-and':
			case 'observation-or':
			case 'followed-by':
				for (const operand of node.operands) this.walk(operand, window);
		}
	}

	#observe(node: Observation, given: HuntWindow | undefined): void {
		const window = given ?? this.#assumed;
		if (window.assumed) {
			this.warnings.add(
				`Observations without START and STOP are searched from ${timeText(window.start)} to ${timeText(window.stop)}. Messages appear in message tracking with a delay of some minutes.`,
			);
		}
		if (this.observations.length >= HUNT_LIMITS.maxObservations) {
			throw new HuntError('HUNT_TOO_COMPLEX', `More than ${HUNT_LIMITS.maxObservations} observations`, {
				at: node.at,
				hint: 'Join comparisons with OR inside one [ ] instead, or split the pattern.',
			});
		}
		const alternatives: PlannedAlternative[] = [];
		const joined: Array<Joined<Term>> = [];
		const alternativesPerQuery = limitOf('alternativesPerQuery', this.#language);
		const conjunctions = conjunctionsOf(node.expression, this.#language, this.#expansion);
		this.#write(node.expression);
		for (const conjunction of conjunctions) {
			const terms = conjunction.map(({ test }) => this.#written(test).term);
			for (const way of waysOf(conjunction, this.#language, this.#reach, this.#expansion)) {
				const filter = way.filter.map((one) => this.#filterOf(one));
				const alternative: PlannedAlternative = { queries: [], filter, terms, scan: way.scan };
				alternatives.push(alternative);
				this.#warn(way, window);
				const only = way.scan || way.queries.length > 1 ? undefined : way.queries[0];
				// What rows decide may stand beside others in one query: they tell which of them it was.
				if (only !== undefined && filter.length === conjunction.length && alternativesPerQuery > 1)
					joined.push({ alternative, terms: only });
				else alternative.queries = this.#ask(way.queries, window);
			}
		}
		for (let from = 0; from < joined.length; from += alternativesPerQuery) {
			const some = joined.slice(from, from + alternativesPerQuery);
			const place = this.#placeOf(
				this.#language.encode(
					some.map(({ terms }) => terms),
					window,
				),
			);
			for (const { alternative } of some) alternative.queries = [place];
		}
		this.observations.push({
			start: timeText(window.start),
			stop: timeText(window.stop),
			assumedWindow: window.assumed,
			alternatives,
		});
	}

	#warn({ filter, scan }: Way<Term>, window: HuntWindow): void {
		if (scan) {
			const { name } = this.#language;
			this.warnings.add(
				`Every message from ${timeText(window.start)} to ${timeText(window.stop)} is read, because ${name} cannot search ${columnsOf(filter)}.`,
			);
		}
		if (this.#reach === 'all-rows') return;
		for (const { field } of filter) {
			if (field.beyond === undefined) continue;
			const { searched, elsewhere } = field.beyond;
			this.warnings.add(`Addresses are searched for in ${searched} only, not in ${elsewhere}.`);
		}
	}

	/** The terms of a plan stand in the order of the pattern, those of an alternative in that of its queries. */
	#write(node: ComparisonExpression): void {
		if (node.kind === 'and' || node.kind === 'or') for (const operand of node.operands) this.#write(operand);
		else this.#written(node);
	}

	#written(test: ComparisonTest): Written {
		let written = this.#tests.get(test);
		if (written === undefined) {
			const text = printComparison(test);
			const term = this.terms.get(text) ?? this.terms.size;
			if (term === this.terms.size) this.#expansion.hold(text.length);
			this.terms.set(text, term);
			written = { term, text };
			this.#tests.set(test, written);
		}
		return written;
	}

	#filterOf(one: Searchable<Term>): string {
		const written = this.#written(one.test);
		if (written.filter === undefined) {
			checkFilter(one.test);
			written.filter = isSaidInRows(one) ? written.text : filterText(one);
		}
		this.#expansion.hold(written.filter.length);
		return written.filter;
	}

	/** Places of queries among those of the plan. */
	#ask(queries: ReadonlyArray<readonly Term[]>, window: HuntWindow): number[] {
		const places = queries.map((terms) => this.#placeOf(this.#language.encode([terms], window)));
		return places.length < 2 ? places : [...new Set(places)];
	}

	#placeOf(query: string): number {
		this.#expansion.hold(query.length);
		const known = this.queries.get(query);
		if (known !== undefined) return known;
		const maxQueries = limitOf('maxQueries', this.#language);
		if (this.queries.size >= maxQueries) {
			throw new HuntError('HUNT_TOO_COMPLEX', `The pattern needs more than ${maxQueries} queries`, {
				hint: 'Split it into several hunts.',
			});
		}
		this.queries.set(query, this.queries.size);
		return this.queries.size - 1;
	}
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
