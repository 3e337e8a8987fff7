import { BUNDLE_DEFAULTS } from '../defaults';
import type { EmailWarning } from '../email';
import type { HashAlgorithm, Indicator } from '../indicators';
import { compact } from '../json';
import { SETTING_LIMITS, STIX_LIMITS } from '../limits';
import { decimalNumber, settingsOr, wholeNumber } from '../settings';
import { HASH_ALGORITHMS } from '../values';
import { StixError } from './errors';
import type { MarkingDefinition } from './objects';
import { PAP_MARKINGS, TLP_MARKINGS, type MarkingIds, type PapLevel, type TlpLevel } from './tlp';

/** What the bundle holds besides the email-message object itself. */
export interface IncludeOptions {
	/** Text of the message: `body`, text leaves of `body_multipart`. Default true. */
	body?: boolean | undefined;
	/**
	 * `additional_header_fields`: a text when a field stands once, a list when it is repeated, which every validator takes; `lists`
	 * writes lists always, as the specification's prose has it and OASIS' schema refuses. Default true.
	 */
	headers?: boolean | 'lists' | undefined;
	/** `received_lines`. Default true. */
	receivedLines?: boolean | undefined;
	/** A `file` for every attachment. Default true. */
	attachments?: boolean | undefined;
	/** An `artifact` with the bytes of every attachment, within the sizes. Default false. */
	artifacts?: boolean | undefined;
	/** An `artifact` with the raw message, referenced by `raw_email_ref`, within the sizes. Default false. */
	rawEmail?: boolean | undefined;
	/** Attached messages as email-message objects of their own. Default true. */
	attachedMessages?: boolean | undefined;
	/** Which indicators become observables: all, those without a flag that speaks against them, or none. Default `all`. */
	observables?: 'all' | 'unflagged' | 'none' | undefined;
	/** `related-to` from the message to what was found in it. Default true. */
	relationships?: boolean | undefined;
	/** An `observed-data` over the observables. Default true. */
	observedData?: boolean | undefined;
	/** A `report` over everything. Default true. */
	report?: boolean | undefined;
}

/** Which marking definitions stand on everything in the bundle, and which objects they are. */
export interface MarkingOptions {
	/** Default `amber+strict`: a mailbox is internal matter until somebody decides otherwise. */
	tlp?: TlpLevel | 'none' | undefined;
	/** Default none. */
	pap?: PapLevel | 'none' | undefined;
	/** Default `opencti`: a stock OpenCTI drops references to OASIS' TLP 2.0 objects in silence. */
	ids?: MarkingIds | undefined;
	/** Further marking definitions, written into the bundle as they are. */
	definitions?: MarkingDefinition[] | undefined;
	/** Mark observables too. Default true. */
	onObservables?: boolean | undefined;
}

/** The author of everything in the bundle. */
export interface IdentityOptions {
	/** Default `Email Intel`. */
	name?: string | undefined;
	/** Of identity-class-ov. Default `organization`. */
	identityClass?: string | undefined;
	description?: string | undefined;
}

/** The report over everything in the bundle. It is dated as the message is. */
export interface ReportOptions {
	/** Default: the subject, or `<no subject> from <address>`. */
	name?: string | undefined;
	/** Default: one sentence with sender, date and counts. */
	description?: string | undefined;
	/** Of report-type-ov. Default `threat-report`. */
	types?: string[] | undefined;
}

/** Which indicators become STIX indicators, with a pattern to detect them. */
export interface PatternOptions {
	/**
	 * - `never` (default): observables only; text that nobody has judged gives false positives.
	 * - `defanged`: what a person had marked as hostile by defanging it, unless allow-listed or of an own domain.
	 * - `unflagged`: everything without a flag that speaks against it.
	 */
	policy?: 'never' | 'defanged' | 'unflagged' | undefined;
	/** Of indicator-type-ov. Default `malicious-activity` for defanged values, else `unknown`. */
	indicatorTypes?: string[] | undefined;
	/** Days from the message's date until `valid_until`. Default: no end. */
	validForDays?: number | undefined;
	/**
	 * What an indicator is `based-on`: the observed-data, which the specification defines, the observable, which OpenCTI draws, or both.
	 * Default `both`.
	 */
	basedOn?: 'observed-data' | 'observable' | 'both' | undefined;
}

/** Which rule gives an object its id. */
export interface IdentifierOptions {
	/** See {@link StixIdOptions.fileIdentity}. Default `stix`. */
	fileIdentity?: 'stix' | 'opencti' | undefined;
	/**
	 * Multipart messages have no `body`, so From and Subject alone would decide: two mails of a campaign were one object.
	 * - `content` (default): for them, UUIDv5 in {@link OWN_NAMESPACE} over the SHA-256 of the message as received.
	 * - `stix`: the specification's rule for all.
	 */
	emailMessageIdentity?: 'content' | 'stix' | undefined;
	/** Hashes of files and artifacts. The first of MD5, SHA-1, SHA-256, SHA-512 enters the id. Default all four. */
	hashes?: HashAlgorithm[] | undefined;
}

/** Bounds. What is above is left out, and told by a warning. */
export interface SizeOptions {
	/** Bytes of one attachment's artifact. Default 5 MiB. */
	maxArtifactBytes?: number | undefined;
	/** Bytes of the raw message's artifact. Default 10 MiB. */
	maxRawEmailBytes?: number | undefined;
	/** Bytes of all artifacts together. Default 32 MiB. */
	maxTotalArtifactBytes?: number | undefined;
	/** Observables made of indicators. Default 100,000. */
	maxObservables?: number | undefined;
}

/** Options of {@link emailToBundle}. */
export interface BundleOptions {
	/** What was found in the message. Default: `extractIndicators(email)`. */
	indicators?: readonly Indicator[] | undefined;
	include?: IncludeOptions | undefined;
	markings?: MarkingOptions | undefined;
	/** The author; false for none. */
	identity?: IdentityOptions | false | undefined;
	report?: ReportOptions | undefined;
	patterns?: PatternOptions | undefined;
	ids?: IdentifierOptions | undefined;
	sizes?: SizeOptions | undefined;
	/** Labels of the report and the indicators. */
	labels?: string[] | undefined;
	/** 0 to 100, on everything that can carry it. */
	confidence?: number | undefined;
	/** Told what could not be written: an artifact above its size, a value that is none. See {@link isOmission}. */
	onWarning?: ((warning: EmailWarning) => void) | undefined;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
	include: Required<IncludeOptions>;
	markings: Required<MarkingOptions>;
	identity: (Required<Omit<IdentityOptions, 'description'>> & Pick<IdentityOptions, 'description'>) | undefined;
	report: ReportOptions & { types: string[] };
	patterns: PatternOptions & Required<Pick<PatternOptions, 'policy' | 'basedOn'>>;
	ids: Required<IdentifierOptions>;
	sizes: Required<SizeOptions>;
	labels: string[];
	confidence: number | undefined;
	warn: (warning: EmailWarning) => void;
}

/** @throws StixError `STIX_OPTION_INVALID` */
export function resolveOptions(options: BundleOptions): ResolvedOptions {
	const { validForDays, ...numbers } = numbersOf(options);
	const resolved: ResolvedOptions = {
		include: defaults(INCLUDE, options.include),
		markings: defaults(MARKINGS, options.markings),
		identity: options.identity === false ? undefined : defaults(IDENTITY, options.identity),
		report: defaults(REPORT, options.report),
		patterns: { ...defaults(PATTERNS, options.patterns), validForDays },
		ids: defaults(IDS, options.ids),
		...numbers,
		labels: [...new Set((options.labels ?? []).map((label) => label.trim()))].filter((label) => label !== ''),
		warn: options.onWarning ?? (() => undefined),
	};
	check(resolved);
	return resolved;
}

const INCLUDE: Required<IncludeOptions> = {
	body: true,
	headers: true,
	receivedLines: true,
	attachments: true,
	artifacts: false,
	rawEmail: false,
	attachedMessages: true,
	observables: 'all',
	relationships: true,
	observedData: true,
	report: true,
};
const MARKINGS: ResolvedOptions['markings'] = {
	tlp: 'amber+strict',
	pap: 'none',
	ids: 'opencti',
	definitions: [],
	onObservables: true,
};
const IDENTITY: NonNullable<ResolvedOptions['identity']> = { name: 'Email Intel', identityClass: 'organization' };
const REPORT: ResolvedOptions['report'] = { types: ['threat-report'] };
const PATTERNS: ResolvedOptions['patterns'] = { policy: 'never', basedOn: 'both' };
const IDS: ResolvedOptions['ids'] = {
	fileIdentity: 'stix',
	emailMessageIdentity: 'content',
	hashes: [...HASH_ALGORITHMS],
};

/** Given values over defaults; an explicit `undefined` does not hide a default. */
function defaults<Result>(standard: Result, given: Partial<Result> | undefined): Result {
	return { ...standard, ...compact(given ?? {}) };
}

/** The numbers among the options, through the gate. */
function numbersOf({ confidence, patterns = {}, sizes = {} }: BundleOptions) {
	const { maxBytes, maxCount } = SETTING_LIMITS;
	const size = (name: keyof SizeOptions, most: number = maxBytes) =>
		wholeNumber(`sizes.${name}`, sizes[name], { least: 0, most, otherwise: BUNDLE_DEFAULTS[name] });
	const read = () => ({
		confidence: wholeNumber('confidence', confidence, {
			least: 0,
			most: STIX_LIMITS.maxConfidence,
			otherwise: undefined,
		}),
		validForDays: decimalNumber('patterns.validForDays', patterns.validForDays, {
			least: 0.001,
			most: maxCount,
			otherwise: undefined,
		}),
		sizes: {
			maxArtifactBytes: size('maxArtifactBytes'),
			maxRawEmailBytes: size('maxRawEmailBytes'),
			maxTotalArtifactBytes: size('maxTotalArtifactBytes'),
			maxObservables: size('maxObservables', maxCount),
		},
	});
	return settingsOr(read, (message, details) => new StixError('STIX_OPTION_INVALID', message, details));
}

/** What an option may be, where the type system cannot tell (values come from a form). */
const ALLOWED: ReadonlyArray<
	readonly [option: string, values: readonly unknown[], of: (options: ResolvedOptions) => unknown]
> = [
	['markings.tlp', [...Object.keys(TLP_MARKINGS), 'none'], (options) => options.markings.tlp],
	['markings.pap', [...Object.keys(PAP_MARKINGS), 'none'], (options) => options.markings.pap],
	['markings.ids', ['opencti', 'oasis'], (options) => options.markings.ids],
	['include.headers', [true, false, 'lists'], (options) => options.include.headers],
	['include.observables', ['all', 'unflagged', 'none'], (options) => options.include.observables],
	['patterns.policy', ['never', 'defanged', 'unflagged'], (options) => options.patterns.policy],
	['patterns.basedOn', ['observed-data', 'observable', 'both'], (options) => options.patterns.basedOn],
	['ids.fileIdentity', ['stix', 'opencti'], (options) => options.ids.fileIdentity],
	['ids.emailMessageIdentity', ['content', 'stix'], (options) => options.ids.emailMessageIdentity],
];

function check(options: ResolvedOptions): void {
	for (const [option, values, of] of ALLOWED) {
		if (!values.includes(of(options))) refuse(option, `is not one of ${values.join(', ')}`);
	}
	const { identity } = options;
	if (identity !== undefined && identity.name.trim().length < 2)
		refuse('identity.name', 'has fewer than two characters');
	for (const algorithm of options.ids.hashes) {
		if (!HASH_ALGORITHMS.includes(algorithm)) refuse('ids.hashes', 'has an unknown algorithm');
	}
}

function refuse(option: string, what: string): never {
	throw new StixError('STIX_OPTION_INVALID', `The option ${option} ${what}.`, {
		hint: 'The options are described in docs/stix.md.',
	});
}
