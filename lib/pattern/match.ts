import { alternativesOf } from './alternatives';
import type { Observation, ObservationExpression, Pattern } from './ast';
import { Budget } from './budget';
import { participants } from './combination';
import { compileComparison, type ObservationTest } from './comparison';
import { observationsOf, type MatchInput, type ObservationView } from './observations';
import { parsePattern } from './parse';
import { simplify } from './simplify';

/** What {@link matchPattern} found. */
export interface MatchResult {
	matched: boolean;
	/**
	 * Ids of the observed-data that take part in a match, in the order of the input. For objects without observed-data: the id of
	 * the bundle, if it has one.
	 */
	observations: string[];
}

/** A pattern made ready to be matched many times. */
export interface PatternMatcher {
	/** @throws PatternMatchError `PATTERN_INPUT_INVALID`, `PATTERN_TOO_COMPLEX` */
	match(bundleOrObservations: MatchInput): MatchResult;
}

/**
 * Evaluates a pattern against a bundle, or a list of observed-data or cyber-observables (STIX 2.1 section 9).
 *
 * An observed-data is in time from `first_observed` to `last_observed`: START … STOP, WITHIN and FOLLOWEDBY hold when they
 * hold for that whole time. Observations combined by AND, FOLLOWEDBY and REPEATS are different ones.
 *
 * @throws PatternSyntaxError for a text that is no pattern
 * @throws PatternMatchError `PATTERN_REGEX_INVALID`, `PATTERN_CIDR_INVALID`, `PATTERN_INPUT_INVALID`, `PATTERN_TOO_COMPLEX`
 */
export function matchPattern(pattern: string | Pattern, bundleOrObservations: MatchInput): MatchResult {
	return compilePattern(pattern).match(bundleOrObservations);
}

/**
 * As {@link matchPattern}, for many inputs.
 *
 * @throws what is wrong with the pattern at once
 */
export function compilePattern(pattern: string | Pattern): PatternMatcher {
	const expression = simplify((typeof pattern === 'string' ? parsePattern(pattern) : pattern).expression);
	const budget = new Budget();
	const tests = new Map<Observation, ObservationTest>();
	compileObservations(expression, tests, budget);
	return {
		match: (input) => {
			budget.refill();
			const given = observationsOf(input);
			const sorted = [...given].sort(byTime);
			const matched = new Set<ObservationView>();
			const candidates = (node: Observation): number[] => {
				const holds = tests.get(node)!;
				budget.spend(sorted.length);
				return sorted.flatMap((observation, i) => (holds(observation) ? [i] : []));
			};
			for (const alternative of alternativesOf(expression, sorted, candidates, budget)) {
				for (const i of participants(alternative, sorted, budget)) matched.add(sorted[i]!);
			}
			const ids = given.filter((observation) => matched.has(observation)).map(({ id }) => id);
			return { matched: matched.size > 0, observations: [...new Set(ids)].filter((id) => id !== '') };
		},
	};
}

function compileObservations(
	node: ObservationExpression,
	tests: Map<Observation, ObservationTest>,
	budget: Budget,
): void {
	if (node.kind === 'observation') tests.set(node, compileComparison(node.expression, budget));
	else if (node.kind === 'qualified') compileObservations(node.operand, tests, budget);
	else for (const operand of node.operands) compileObservations(operand, tests, budget);
}

/** Observations without a time come last. */
function byTime(a: ObservationView, b: ObservationView): number {
	if (a.first === undefined || b.first === undefined)
		return Number(a.first === undefined) - Number(b.first === undefined);
	return a.first < b.first ? -1 : a.first > b.first ? 1 : 0;
}
