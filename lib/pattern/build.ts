import { isRecord } from '../json';
import type { Indicator, IndicatorType } from '../indicators';
import { indicatorPattern, type Bundle } from '../stix';
import { PATTERN_DEFAULTS } from '../defaults';
import { SETTING_LIMITS } from '../limits';
import { settingsOr, wholeNumber } from '../settings';
import { fileHashes, isHashOfNothing, searchedHashes } from '../values';
import type { ObservationExpression, Pattern, PatternPosition } from './ast';
import { PatternBuildError } from './errors';
import { patternForObservable } from './observable';
import { parsePattern } from './parse';
import { printPattern } from './print';
import { joinObservations, simplify } from './simplify';
import { observationsIn, testsIn } from './walk';

/** Options of {@link buildPattern} and {@link buildPatterns}. */
export interface BuildPatternOptions {
	/**
	 * - `observations` (default): `[a] OR [b]`, one `[ ]` each.
	 * - `comparisons`: `[a OR b]`, one `[ ]` for all.
	 * - `sets`: as `comparisons`, values of the same property in one `IN ( )`: the shortest.
	 */
	combine?: 'observations' | 'comparisons' | 'sets' | undefined;
	/** Only indicators of these types. Default: all that STIX has an observable for. */
	types?: readonly IndicatorType[] | undefined;
	/**
	 * What of a bundle: its indicators' own patterns, or its cyber-observables. Default `auto`: the indicators, if it has any that
	 * are STIX patterns and not revoked.
	 */
	from?: 'auto' | 'indicators' | 'observables' | undefined;
	/** Terms of one pattern. Default 1,000. Above: {@link buildPattern} throws, {@link buildPatterns} makes several. */
	maximumTerms?: number | undefined;
}

/**
 * The pattern that finds any of the indicators, or of what a bundle holds. Equal terms are written once; /32 and /128 are
 * addresses; a file is looked for by its SHA-256 alone where that is known. Of a bundle's observables those are left out that would
 * find every mail of a house: who a message is addressed to, and empty files. Which indicators are worth a hunt,
 * `indicatorsToHunt` says.
 *
 * @throws PatternBuildError `PATTERN_EMPTY` when there is nothing to look for, `PATTERN_TOO_MANY_TERMS`, `PATTERN_SOURCE_INVALID`
 * @throws PatternSyntaxError when an indicator of the bundle has a pattern that is none
 */
export function buildPattern(indicators: readonly Indicator[] | Bundle, options: BuildPatternOptions = {}): string {
	const terms = termsOf(indicators, options);
	const maximum = maximumOf(options);
	if (terms.length === 0) {
		throw new PatternBuildError('PATTERN_EMPTY', 'There is no indicator that a STIX pattern can match', {
			hint: "Check that indicators were found, that 'Types' includes their types, and that 'Use' does not exclude them.",
		});
	}
	if (terms.length > maximum) {
		throw new PatternBuildError(
			'PATTERN_TOO_MANY_TERMS',
			`The pattern would have ${terms.length} terms, but the limit is ${maximum}`,
			{
				hint: "Increase 'Max Terms', select fewer types, or turn on 'Split' to build several patterns.",
			},
		);
	}
	return combined(terms, options);
}

/** As {@link buildPattern}, as many patterns as the maximum of terms asks for; none when there is nothing to look for. */
export function buildPatterns(indicators: readonly Indicator[] | Bundle, options: BuildPatternOptions = {}): string[] {
	const terms = termsOf(indicators, options);
	const maximum = maximumOf(options);
	const patterns: string[] = [];
	for (let from = 0; from < terms.length; from += maximum)
		patterns.push(combined(terms.slice(from, from + maximum), options));
	return patterns;
}

function maximumOf({ maximumTerms }: BuildPatternOptions): number {
	const range = { least: 1, most: SETTING_LIMITS.maxCount, otherwise: PATTERN_DEFAULTS.maximumTerms };
	return settingsOr(
		() => wholeNumber('maximumTerms', maximumTerms, range),
		(message, details) => new PatternBuildError('PATTERN_OPTION_INVALID', message, details),
	);
}

/** The operands of the outermost OR, each once. */
function termsOf(source: readonly Indicator[] | Bundle, options: BuildPatternOptions): ObservationExpression[] {
	requireSource(source);
	const patterns =
		'objects' in source
			? bundlePatterns(source, options)
			: parsed(source.filter(({ type }) => wanted(type, options)).map(patternOf));
	const terms = new Map<string, ObservationExpression>();
	for (const { expression } of patterns) {
		for (const term of expression.kind === 'observation-or' ? expression.operands : [expression]) {
			terms.set(printPattern({ kind: 'pattern', expression: term }), term);
		}
	}
	return [...terms.values()];
}

/** Callers hand over JSON that a user chose. */
function requireSource(source: unknown): void {
	const list: unknown = isRecord(source) ? source.objects : source;
	if (!Array.isArray(list)) {
		throw new PatternBuildError(
			'PATTERN_SOURCE_INVALID',
			'The source of the pattern is neither a STIX bundle nor a list of indicators',
			{
				hint: "Use the field 'bundle' or 'indicators' of the output of Email to STIX, or a list of objects with the fields 'type' and 'value'.",
			},
		);
	}
	const wrong = list.findIndex(
		(one: unknown) =>
			!isRecord(one) || typeof one.type !== 'string' || (list === source && typeof one.value !== 'string'),
	);
	if (wrong < 0) return;
	throw new PatternBuildError(
		'PATTERN_SOURCE_INVALID',
		`Entry ${wrong + 1} of the list is not ${list === source ? "an indicator with the fields 'type' and 'value'" : 'a STIX object'}`,
		{
			hint:
				list === source
					? "Every entry needs a 'type' such as url or domain-name, and a 'value', both texts. Use the field 'indicators' of the output of Email to STIX (Convert to Bundle), or the items of its operation Extract Indicators."
					: "Every entry of 'objects' needs a 'type'. Use the field 'bundle' of the output of Email to STIX.",
		},
	);
}

function wanted(type: string, { types }: BuildPatternOptions): boolean {
	return types === undefined || (types as readonly string[]).includes(type);
}

/** Those that are there, each read once: a foreign indicator may have a pattern of megabytes. */
const parsed = (patterns: ReadonlyArray<string | undefined>): Pattern[] =>
	patterns.flatMap((pattern) => (pattern === undefined ? [] : parsePattern(pattern)));

function bundlePatterns(bundle: Bundle, options: BuildPatternOptions): Pattern[] {
	const { from = 'auto' } = options;
	const indicators = bundle.objects
		.filter((object) => object.type === 'indicator')
		.filter(
			({ pattern, pattern_type, revoked }) =>
				typeof pattern === 'string' && pattern_type === 'stix' && revoked !== true,
		);
	if (from === 'indicators' || (from === 'auto' && indicators.length > 0)) {
		return parsed(indicators.map(({ pattern }) => pattern)).filter((pattern) =>
			typesIn(pattern).every((type) => wanted(type, options)),
		);
	}
	const byId = new Map<string, object>(bundle.objects.map((object) => [object.id, object]));
	const addressees = addresseesOf(bundle);
	return parsed(
		bundle.objects
			.filter((object) => wanted(object.type, options) && !addressees.has(object.id) && !isEmptyFile(object))
			.map((object) => patternForObservable(object, (id) => byId.get(id))),
	);
}

/** Ids of the addresses that messages went to and that nothing else of the bundle tells of. */
function addresseesOf({ objects }: Bundle): ReadonlySet<string> {
	const addressees = new Set<string>();
	const others = new Set<string>();
	for (const object of objects) {
		if (object.type === 'email-message') {
			const { to_refs: to, cc_refs: cc, bcc_refs: bcc, from_ref: from, sender_ref: sender } = object;
			for (const id of [to, cc, bcc].flatMap(listOf)) addressees.add(id);
			for (const id of [from, sender]) others.add(id ?? '');
		} else if (object.type === 'relationship') others.add(object.target_ref).add(object.source_ref);
	}
	for (const id of others) addressees.delete(id);
	return addressees;
}

/** Whoever made the bundle decides what its properties hold. */
const listOf = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

function isEmptyFile(object: object): boolean {
	const { type, hashes } = object as { type?: unknown; hashes?: unknown };
	const digests = type === 'file' && isRecord(hashes) ? Object.values(hashes) : [];
	return digests.some((digest) => typeof digest === 'string' && isHashOfNothing(digest));
}

function typesIn(pattern: Pattern): string[] {
	const types: string[] = [];
	for (const node of observationsIn(pattern)) {
		if (node.kind === 'observation') for (const { path } of testsIn(node.expression)) types.push(path.objectType);
	}
	return types;
}

function patternOf({ type, value, hashes }: Indicator): string | undefined {
	return indicatorPattern({ type, value }, type === 'file' ? searchedHashes(fileHashes(value, hashes)) : undefined);
}

function combined(terms: readonly ObservationExpression[], { combine }: BuildPatternOptions): string {
	const [first] = terms;
	const all: ObservationExpression =
		terms.length === 1 ? first! : { kind: 'observation-or', at: NOWHERE, operands: [...terms] };
	return printPattern({
		kind: 'pattern',
		expression: combine === 'sets' ? simplify(all) : combine === 'comparisons' ? joinObservations(all) : all,
	});
}

const NOWHERE: PatternPosition = { offset: 0, line: 1, column: 1 };
