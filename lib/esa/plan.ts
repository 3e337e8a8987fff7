import { ESA_LIMITS } from '../limits';
import {
	compilePattern,
	parsePattern,
	printPattern,
	type ComparisonTest,
	type Observation,
	type ObservationExpression,
	type Pattern,
} from '../pattern';
import { instant, settingsOr, wholeNumber } from '../settings';
import { alternativesOf, conjunctionsOf, Expansion, type Alternative, type Reach } from './conjunctions';
import { HuntError } from './errors';
import { filterText } from './filter';
import type { Leaf } from './searchable';
import { queryText } from './query';
import { lastMinutes, narrowed, type HuntWindow } from './window';

export interface HuntOptions {
	/** What "now" is where the pattern has no START and STOP. Default: the time of the call. */
	now?: Date;
	/** Minutes before now that are hunted where the pattern has no START and STOP. Default 5. */
	timeRangeMinutes?: number;
	/**
	 * The appliance searches addresses in the envelope; rows show the header From and Reply-To, too. By default
	 * `email-addr:value` finds all of them: where no other comparison narrows the search down, every row of the window is read.
	 * False leaves it at the envelope.
	 */
	headerAddresses?: boolean;
}

/** What a hunt asks, and what it does with the rows. Plain JSON. */
export interface HuntPlan {
	/** What the rows are combined by: AND, FOLLOWEDBY, WITHIN and REPEATS are decided when all are read. */
	pattern: string;
	/** Every query once, as it goes behind the `?` of `message-tracking/messages`, without paging. */
	queries: string[];
	/** The observations `[ … ]` of the pattern, in order. */
	observations: PlannedObservation[];
	/** What the user ought to know before reading the result. */
	warnings: string[];
}

export interface PlannedObservation {
	/** ISO 8601, milliseconds: start ≤ t < stop. Rows are checked against it. */
	start: string;
	stop: string;
	/** True when the pattern names no window. */
	assumedWindow: boolean;
	/** A message matches when one of them finds it. */
	alternatives: PlannedAlternative[];
}

export interface PlannedAlternative {
	/** Indices into the plan's queries. A message has to be found by all of them. */
	queries: number[];
	/** STIX comparisons that a row has to satisfy, each on its own. */
	filter: string[];
	/** True when every row of the window is read. */
	scan: boolean;
}

/**
 * Plans the hunt of a STIX pattern on message tracking: which queries, over which windows, which rows of theirs match.
 *
 * The unit is the message: comparisons joined by AND inside `[ ]` have to hold for the same message, each for itself.
 *
 * @throws PatternSyntaxError when the text is no pattern; PatternMatchError when an expression or network in it cannot be used
 * @throws HuntError naming the comparison that can be neither searched nor checked on rows, or the bound that is passed
 */
export function planHunt(pattern: string | Pattern, options: HuntOptions = {}): HuntPlan {
	const parsed = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
	const planner = new Planner(options);
	planner.walk(parsed.expression, undefined);
	return {
		pattern: typeof pattern === 'string' ? pattern : printPattern(pattern),
		queries: [...planner.queries.keys()],
		observations: planner.observations,
		warnings: [...planner.warnings],
	};
}

/** Checked options: minutes and now. @throws HuntError `HUNT_OPTION_INVALID` */
export function defaultWindow(options: HuntOptions): HuntWindow {
	const { timeRangeMinutes: otherwise, maxTimeRangeMinutes: most } = ESA_LIMITS;
	return settingsOr(
		() =>
			lastMinutes(
				wholeNumber('timeRangeMinutes', options.timeRangeMinutes, { least: 1, most, otherwise }),
				instant('now', options.now, { otherwise: new Date() }),
			),
		(message, details) => new HuntError('HUNT_OPTION_INVALID', message, details),
	);
}

class Planner {
	readonly queries = new Map<string, number>();
	readonly observations: PlannedObservation[] = [];
	readonly warnings = new Set<string>();
	readonly #expansion = new Expansion();
	/** A comparison stands in many alternatives: its filter is checked and written once. */
	readonly #filters = new Map<Leaf, string>();
	readonly #reach: Reach;
	readonly #assumed: HuntWindow;

	constructor(options: HuntOptions) {
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
				`An observation without START and STOP is hunted from ${window.startDate} to ${window.endDate}; messages appear in tracking some minutes late.`,
			);
		}
		if (this.observations.length >= ESA_LIMITS.maxObservations) {
			throw new HuntError('HUNT_TOO_COMPLEX', `More than ${ESA_LIMITS.maxObservations} observations`, {
				at: node.at,
				hint: 'Join comparisons by OR inside one [ ] instead, or split the pattern.',
			});
		}
		const alternatives: PlannedAlternative[] = [];
		for (const conjunction of conjunctionsOf(node.expression, this.#expansion)) {
			for (const alternative of alternativesOf(conjunction, this.#reach, this.#expansion)) {
				alternatives.push(this.#plan(alternative, window));
			}
		}
		this.observations.push({
			start: new Date(window.start).toISOString(),
			stop: new Date(window.stop).toISOString(),
			assumedWindow: window.assumed,
			alternatives,
		});
	}

	#plan({ queries, filter, scan }: Alternative, window: HuntWindow): PlannedAlternative {
		const texts = filter.map((leaf) => this.#filterOf(leaf));
		if (scan) {
			this.warnings.add(
				`Every message from ${window.startDate} to ${window.endDate} is read, because the appliance cannot search ${columnsOf(filter)}.`,
			);
		}
		if (this.#reach !== 'all-rows') {
			for (const { field } of filter) {
				if (field.beyond) this.warnings.add(`Addresses are sought in the envelope only, not in ${field.beyond}.`);
			}
		}
		const indices = queries.map((parameters) => this.#indexOf(queryText(parameters, window)));
		return { queries: [...new Set(indices)], filter: texts, scan };
	}

	#filterOf(leaf: Leaf): string {
		let text = this.#filters.get(leaf);
		if (text === undefined) {
			checkFilter(leaf.test);
			text = filterText(leaf);
			this.#filters.set(leaf, text);
		}
		this.#expansion.hold(text.length);
		return text;
	}

	#indexOf(query: string): number {
		this.#expansion.hold(query.length);
		const known = this.queries.get(query);
		if (known !== undefined) return known;
		if (this.queries.size >= ESA_LIMITS.maxQueries) {
			throw new HuntError('HUNT_TOO_COMPLEX', `The pattern needs more than ${ESA_LIMITS.maxQueries} queries`, {
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

function columnsOf(filter: Alternative['filter']): string {
	const columns = filter.map(({ field, test }) =>
		field.beyond === undefined ? `this about ${test.path.objectType}` : field.beyond,
	);
	return [...new Set(columns)].join(', ');
}
