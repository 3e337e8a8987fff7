import { PATTERN_DEFAULTS } from '../defaults';
import type { EmailWarning } from '../email';
import { indicatorsToHunt, type HuntUse, type Indicator } from '../indicators';
import { isRecord } from '../json';
import {
	buildPattern,
	buildPatterns,
	matchPattern,
	PatternBuildError,
	validatePattern,
	type BuildPatternOptions,
	type MatchInput,
} from '../pattern';
import type { AnyBundle } from '../stix';
import { withBundleGaps } from './gaps';
import { grown, type Json, type Outcome } from './item';

/** How a pattern is built of what an item holds. */
export interface PatternItemOptions extends BuildPatternOptions {
	/** Which indicators of a message are looked for. Default `auto`. */
	use?: HuntUse | undefined;
	/** More terms than allowed make several patterns. Default false. */
	split?: boolean | undefined;
	/** Nothing to look for is an empty pattern, or an error. Default `empty`. */
	whenEmpty?: 'empty' | 'error' | undefined;
	/**
	 * What is built from was found in a message: whoever wrote it decides how much it holds, and must not stop the others, so what is above
	 * the bound is cut, with a warning. Otherwise that is an error. Default true.
	 */
	isMessage?: boolean | undefined;
	/** How to get more terms, in the words of the host. Default: those of n8n. */
	more?: string | undefined;
}

/** What patterns are built of. */
export type PatternSource = readonly Indicator[] | AnyBundle;

/** What the steps before have put on an item to build a pattern of: its indicators, else its bundle, else itself when it is a bundle. */
export function patternSource(json: Json): Indicator[] | AnyBundle | undefined {
	if (Array.isArray(json.indicators)) return json.indicators as Indicator[];
	return [json.bundle, json.type === 'bundle' ? json : undefined].find(
		(held): held is Json => isRecord(held) && Array.isArray(held.objects),
	) as AnyBundle | undefined;
}

/** Patterns, and what is to be told of them. */
export interface BuiltPatterns {
	/** One, or several with `split`. Nothing to look for is an empty one. */
	patterns: string[];
	warnings: EmailWarning[];
	/** There were more terms. */
	isCut: boolean;
}

/**
 * Builds patterns that match any of the indicators, or of the objects of a bundle.
 *
 * @throws PatternBuildError
 */
export function builtPatterns(source: PatternSource, options: PatternItemOptions = {}): BuiltPatterns {
	const { use = 'auto', split = false, whenEmpty = 'empty', isMessage = true, more = MORE, ...chosen } = options;
	const selection = Array.isArray(source) ? indicatorsToHunt(source as Indicator[], use) : undefined;
	const wanted = (selection?.indicators ?? source) as Parameters<typeof buildPatterns>[0];
	const warnings: EmailWarning[] = [...(selection?.warnings ?? [])];
	try {
		if (!split && !isMessage) return { patterns: [buildPattern(wanted, chosen)], warnings, isCut: false };
		const all = buildPatterns(wanted, chosen);
		const patterns = split ? all : all.slice(0, 1);
		const isCut = patterns.length < all.length;
		if (isCut) warnings.push(tooMany(chosen, more));
		if (patterns.length > 0) return { patterns, warnings, isCut };
	} catch (error) {
		const isEmpty = error instanceof PatternBuildError && error.code === 'PATTERN_EMPTY';
		if (!isEmpty || whenEmpty === 'error') throw error;
	}
	if (whenEmpty === 'error') throw new PatternBuildError('PATTERN_EMPTY', 'There is nothing to build a pattern from');
	return { patterns: [''], warnings: [...warnings, NOTHING_TO_LOOK_FOR], isCut: false };
}

/**
 * The item with `pattern`, one for each pattern: it matches any of the indicators, or of the objects of the bundle.
 *
 * @throws PatternBuildError
 */
export function patternItems(json: Json, source: PatternSource, options: PatternItemOptions = {}): Json[] {
	const { patterns, warnings, isCut } = builtPatterns(source, options);
	const gaps = withBundleGaps(json, source, {}) as Outcome;
	const told = { warnings: [...warnings, ...(gaps.warnings ?? [])], complete: isCut ? false : gaps.complete };
	return patterns.map((pattern) => grown(json, { pattern }, told));
}

/** The item with `matched` and `observations`: whether a bundle matches a pattern. Nothing matches an empty one. */
export function matchedItem(json: Json, pattern: string, bundle: MatchInput): Json {
	if (pattern === '') return { ...json, matched: false, observations: [] };
	return { ...json, ...matchPattern(pattern, bundle) };
}

/** The item with the verdict on a pattern, and the pattern. One that is wrong is an answer, no failure. */
export const validatedItem = (json: Json, pattern: string): Json => ({ ...json, pattern, ...validatePattern(pattern) });

const NOTHING_TO_LOOK_FOR: EmailWarning = {
	code: 'pattern-empty',
	message: 'There is nothing to search for: the pattern is empty, and a hunt with it finds nothing.',
};

const MORE = "Turn on 'Split' of Build to make several patterns, or increase 'Max Terms'.";

const tooMany = (
	{ maximumTerms: most = PATTERN_DEFAULTS.maximumTerms }: BuildPatternOptions,
	more: string,
): EmailWarning => ({
	code: 'pattern-cut',
	message: `The message holds more to search for than ${most} terms. The pattern has the first ${most}. ${more}`,
});
