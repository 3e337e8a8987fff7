import { HUNT_LIMITS } from '../limits';
import type { ComparisonExpression, PatternPosition } from '../pattern';
import { HuntError } from './errors';
import { searchableOf, type Searchable } from './searchable';
import type { HuntLanguage } from './target';

/** Comparisons joined by AND. */
export type Conjunction<Term> = ReadonlyArray<Searchable<Term>>;

/** Counts what a pattern becomes when it is written out, while it grows: a short pattern can stand for a very long plan. */
export class Expansion {
	#comparisons = 0;
	#characters = 0;

	/** So many comparisons more, over all alternatives. @throws HuntError `HUNT_TOO_COMPLEX` */
	write(comparisons: number, at: PatternPosition | undefined): void {
		this.#comparisons += comparisons;
		if (this.#comparisons > HUNT_LIMITS.maxExpandedComparisons) {
			throw tooComplex(
				`Its alternatives contain more than ${HUNT_LIMITS.maxExpandedComparisons} comparisons in total`,
				at,
			);
		}
	}

	/** Comparisons that were written. */
	get comparisons(): number {
		return this.#comparisons;
	}

	/** Whether so much more is within bounds. */
	takes(more: Expansion): boolean {
		return (
			this.#comparisons + more.#comparisons <= HUNT_LIMITS.maxExpandedComparisons &&
			this.#characters + more.#characters <= HUNT_LIMITS.maxPlanLength
		);
	}

	/** So many characters more, of queries and filters. @throws HuntError `HUNT_TOO_COMPLEX` */
	hold(characters: number): void {
		this.#characters += characters;
		if (this.#characters > HUNT_LIMITS.maxPlanLength) {
			throw tooComplex(`Its queries and filters have more than ${HUNT_LIMITS.maxPlanLength} characters`, undefined);
		}
	}
}

const tooComplex = (problem: string, at: PatternPosition | undefined): HuntError =>
	new HuntError('HUNT_TOO_COMPLEX', problem, {
		...(at === undefined ? {} : { at }),
		hint: 'Split the pattern: hunt for each part of an OR separately, and remove comparisons from an AND that are not necessary.',
	});

/**
 * What stands inside `[ ]` as alternatives of comparisons joined by AND. The right operand comes first, as in stix-shifter's
 * queries.
 *
 * @throws HuntError `HUNT_TOO_COMPLEX`, and what {@link searchableOf} throws
 */
export function conjunctionsOf<Term>(
	expression: ComparisonExpression,
	language: HuntLanguage<Term>,
	expansion: Expansion,
): Array<Conjunction<Term>> {
	expansion.write(sizeOf(expression).comparisons, expression.at);
	return expand(expression, language);
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
		if (size.longest > HUNT_LIMITS.maxComparisons) {
			throw tooComplex(`More than ${HUNT_LIMITS.maxComparisons} comparisons are joined by AND`, node.at);
		}
		if (size.alternatives > HUNT_LIMITS.maxAlternatives) {
			throw tooComplex(
				`The ORs inside the ANDs produce more than ${HUNT_LIMITS.maxAlternatives} alternatives`,
				node.at,
			);
		}
	}
	return size;
}

function expand<Term>(node: ComparisonExpression, language: HuntLanguage<Term>): Array<Conjunction<Term>> {
	if (node.kind !== 'and' && node.kind !== 'or') return [[searchableOf(node, language)]];
	const parts = node.operands.map((operand) => expand(operand, language)).reverse();
	return node.kind === 'or' ? parts.flat() : product(parts);
}

/** One of each part, in all ways. What leaves no choice is added in place: copying it would cost the square of its length. */
export function product<T>(parts: ReadonlyArray<ReadonlyArray<readonly T[]>>): T[][] {
	let all: T[][] = [[]];
	for (const part of parts) {
		const [only, ...others] = part;
		if (only === undefined) return [];
		if (others.length === 0) for (const one of all) for (const item of only) one.push(item);
		else all = all.flatMap((one) => part.map((other) => [...one, ...other]));
	}
	return all;
}
