import { PATTERN_DEFAULTS } from '../defaults';
import type { EmailWarning } from '../email';
import { indicatorsToHunt, type HuntUse, type Indicator } from '../indicators';
import { isRecord } from '../json';
import { buildPatterns, matchPattern, PatternBuildError, type BuildPatternOptions, type MatchInput } from '../pattern';
import type { AnyBundle } from '../stix';
import { withBundleGaps } from './gaps';
import { grown, type Json, type Outcome } from './item';

/** How a pattern is built of what an item holds. */
export interface PatternItemOptions extends BuildPatternOptions {
	/** Which indicators of a message are looked for. Default `auto`. */
	use?: HuntUse | undefined;
}

/** What the steps before have put on an item to build a pattern of: its indicators, else its bundle, else itself when it is a bundle. */
export function patternSource(json: Json): Indicator[] | AnyBundle | undefined {
	if (Array.isArray(json.indicators)) return json.indicators as Indicator[];
	return [json.bundle, json.type === 'bundle' ? json : undefined].find(
		(held): held is Json => isRecord(held) && Array.isArray(held.objects),
	) as AnyBundle | undefined;
}

/**
 * The item with `pattern`: it matches any of the indicators, or of the objects of the bundle. Whoever wrote the message decides how much
 * it holds: above the bound it is cut, with a warning; nothing to look for is an empty pattern.
 */
export function patternOfItem(
	json: Json,
	source: readonly Indicator[] | AnyBundle,
	options: PatternItemOptions = {},
): Json {
	const { use = 'auto', ...chosen } = options;
	const isList = Array.isArray(source);
	const selection = isList ? indicatorsToHunt(source as Indicator[], use) : undefined;
	const warnings: EmailWarning[] = [...(selection?.warnings ?? [])];
	const all = builtOf(selection?.indicators ?? source, chosen);
	const [pattern = ''] = all;
	const isCut = all.length > 1;
	if (isCut) warnings.push(tooMany(chosen));
	if (pattern === '') warnings.push(NOTHING_TO_LOOK_FOR);
	const gaps = withBundleGaps(json, source, {}) as Outcome;
	return grown(
		json,
		{ pattern },
		{
			warnings: [...warnings, ...(gaps.warnings ?? [])],
			complete: isCut ? false : gaps.complete,
		},
	);
}

function builtOf(source: readonly Indicator[] | AnyBundle, options: BuildPatternOptions): string[] {
	try {
		return buildPatterns(source as Indicator[], options);
	} catch (error) {
		if (error instanceof PatternBuildError && error.code === 'PATTERN_EMPTY') return [];
		throw error;
	}
}

/** The item with `matched` and `observations`: whether a bundle matches a pattern. Nothing matches an empty one. */
export function matchedItem(json: Json, pattern: string, bundle: MatchInput): Json {
	if (pattern === '') return { ...json, matched: false, observations: [] };
	return { ...json, ...matchPattern(pattern, bundle) };
}

const NOTHING_TO_LOOK_FOR: EmailWarning = {
	code: 'pattern-empty',
	message: 'There is nothing to search for: the pattern is empty, and a hunt with it finds nothing.',
};

const tooMany = ({ maximumTerms: most = PATTERN_DEFAULTS.maximumTerms }: BuildPatternOptions): EmailWarning => ({
	code: 'pattern-cut',
	message: `The message holds more to search for than ${most} terms. The pattern has the first ${most}. Increase 'Max Terms'.`,
});
