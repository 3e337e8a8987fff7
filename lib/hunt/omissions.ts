import { HUNT_LIMITS } from '../limits';
import { printComparison, type ComparisonExpression, type ComparisonTest } from '../pattern';
import { HuntError } from './errors';
import { pathText, shortened } from './searchable';
import type { HuntLanguage } from './target';
import { note, type HuntOmission, type HuntOmissionCode, type HuntWarning } from './warnings';

/*
 * What a plan leaves out. OR gives alternatives: without one of them a hunt finds less, and all that it finds is right. Below
 * AND, NOT, FOLLOWEDBY, WITHIN and REPEATS it would find something else, so there everything has to be hunted, or nothing is.
 */

/** Whether a comparison holds where something is not so: leaving it out would be wrong, not incomplete. */
export function isNegative(test: ComparisonTest): boolean {
	return test.kind === 'comparison' && test.operator === '!=' ? !test.negated : test.negated;
}

/** A comparison that has no search, when what is wrong is the target and not the pattern; else the error is thrown again. */
export function unsearchable(error: unknown, test: ComparisonTest): HuntError {
	const isOfTarget =
		error instanceof HuntError && (error.code === 'HUNT_NOT_SEARCHABLE' || error.code === 'HUNT_VALUE_REFUSED');
	const isEmpty = test.kind === 'in' && test.values.length === 0;
	if (!isOfTarget || isEmpty || isNegative(test)) throw error;
	return error;
}

/**
 * Whether operands of one OR are hashes of one file: each by another algorithm, and nothing else. Then a file is found by one
 * of them as well as by all.
 */
export function areHashesOfOneFile(operands: readonly ComparisonExpression[]): boolean {
	const paths = operands.map((operand) => {
		const isHash = operand.kind === 'comparison' && operand.operator === '=' && !operand.negated;
		return isHash ? /^(.+:hashes)\./.exec(pathText(operand.path)) : null;
	});
	const [first] = paths;
	return (
		paths.length > 1 &&
		paths.every((path) => path !== null && path[1] === first![1]) &&
		new Set(paths.map((path) => path!.input)).size === paths.length
	);
}

/** Collects what is left out. */
export class Omissions {
	/** Hashes of files that are sought by another hash. */
	otherHashes = 0;
	/** The first error for which something was left out. */
	first?: HuntError;
	readonly #all = new Map<HuntOmissionCode, HuntOmission>();

	add(code: HuntOmissionCode, alternative: ComparisonExpression): void {
		const omission = this.#all.get(code) ?? { code, count: 0, comparisons: [] };
		this.#all.set(code, omission);
		omission.count++;
		if (omission.comparisons.length < HUNT_LIMITS.maxNamedTerms)
			omission.comparisons.push(shortened(printComparison(alternative)));
	}

	get list(): HuntOmission[] {
		return [...this.#all.values()];
	}

	/** @param maxQueries The bound of the target. */
	warnings({ name, help }: HuntLanguage<unknown>, maxQueries: number): HuntWarning[] {
		const why: Record<HuntOmissionCode, [because: string, how: string]> = {
			'hunt-terms-not-searchable': [
				`${name} cannot search for them`,
				`Search for them elsewhere. The supported object paths are in ${help}`,
			],
			'hunt-terms-beyond-limit': [
				`a hunt has at most ${maxQueries} queries and ${HUNT_LIMITS.maxAlternatives} alternatives`,
				'Split the pattern into several hunts.',
			],
		};
		const told = this.list.map(({ code, count, comparisons }): HuntWarning => {
			const more = count > comparisons.length ? `, and ${count - comparisons.length} more` : '';
			const [because, how] = why[code];
			return {
				code,
				message: `Left out of the hunt, because ${because}: ${comparisons.join(', ')}${more}. Messages that match only these are not found. ${how}`,
			};
		});
		if (this.otherHashes === 0) return told;
		return [
			...told,
			note(`${this.otherHashes} hashes are not searched for: each file is searched for by another of its hashes.`),
		];
	}

	/** Nothing remains. */
	nothingLeft({ name, help }: HuntLanguage<unknown>): HuntError {
		const { list } = this;
		const count = list.reduce((sum, omission) => sum + omission.count, 0);
		const named = list.flatMap(({ comparisons }) => comparisons);
		const more = count > named.length ? `, and ${count - named.length} more` : '';
		const error =
			count === 1 && this.first !== undefined
				? this.first
				: new HuntError(
						'HUNT_NOT_SEARCHABLE',
						`Nothing in the pattern can be searched by ${name} or checked in its rows: ${named.join(', ')}${more}`,
						{
							hint: `Add something that can be searched, or search elsewhere. The supported object paths are in ${help}`,
						},
					);
		error.leftOut = list;
		return error;
	}
}
