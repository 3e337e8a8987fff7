import { DAY } from '../units';
import type { Indicator, IndicatorFlag } from '../indicators';
import { STEP_LIMITS, WARNING_LIMITS } from '../limits';
import type { Steps } from '../steps';
import { asNumber, fileHashes, stixValue } from '../values';
import { chosenHashes } from './attachments';
import type { BundleBuilder } from './bundleBuilder';
import type { MessageRecord } from './message';
import type { ResolvedOptions } from './options';
import { indicatorPattern } from './patterns';
import { embeddedReferences } from './stixObject';
import { timestampOf } from './timestamp';

/** An observable that an indicator became. */
export interface FoundObservable {
	indicator: Indicator;
	id: string;
	/** Writes what detects the value; absent where STIX has no pattern for it. Most bundles never ask. */
	pattern?: () => string | undefined;
}

type Written = Omit<FoundObservable, 'indicator'>;
type Writer = (indicator: Indicator, builder: BundleBuilder) => Written | undefined;

/** OpenCTI's extension, under which it defines observables of its own. */
const OPENCTI_OBSERVABLES = {
	'extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82': { extension_type: 'new-sco' },
};

type ValueType = 'domain-name' | 'email-addr' | 'ipv4-addr' | 'ipv6-addr' | 'mac-addr' | 'url';
type OpenCtiType = 'cryptocurrency-wallet' | 'phone-number';

const withValue =
	(type: ValueType): Writer =>
	(indicator, builder) => {
		const value = stixValue(type, indicator.value);
		return value === undefined
			? undefined
			: { id: builder.observable(type, { value }), pattern: () => indicatorPattern({ type, value }) };
	};

const withProperty =
	<Type extends 'windows-registry-key' | 'user-account'>(
		type: Type,
		property: Type extends 'user-account' ? 'account_login' : 'key',
	): Writer =>
	(indicator, builder) => {
		const value = stixValue(type, indicator.value);
		return value === undefined
			? undefined
			: {
					id: builder.observable(type, { [property]: value }),
					pattern: () => indicatorPattern({ type, value }),
				};
	};

const ofOpenCti =
	(type: OpenCtiType): Writer =>
	(indicator, builder) => {
		const value = stixValue(type, indicator.value);
		return value === undefined
			? undefined
			: {
					id: builder.observable(type, { value, extensions: OPENCTI_OBSERVABLES }),
					pattern: () => indicatorPattern({ type, value }),
				};
	};

/** How each type of indicator is written; files need to know the attachments and are written by {@link addFoundFile}. */
const WRITERS: Readonly<Record<Exclude<Indicator['type'], 'file'>, Writer>> = {
	'ipv4-addr': withValue('ipv4-addr'),
	'ipv6-addr': withValue('ipv6-addr'),
	'domain-name': withValue('domain-name'),
	url: withValue('url'),
	'email-addr': withValue('email-addr'),
	'mac-addr': withValue('mac-addr'),
	'autonomous-system': (indicator, builder) => {
		const number = asNumber(indicator.value);
		return number === undefined
			? undefined
			: { id: builder.observable('autonomous-system', { number }), pattern: () => indicatorPattern(indicator) };
	},
	'cryptocurrency-wallet': ofOpenCti('cryptocurrency-wallet'),
	'phone-number': ofOpenCti('phone-number'),
	'windows-registry-key': withProperty('windows-registry-key', 'key'),
	'user-account': withProperty('user-account', 'account_login'),
	'attack-pattern': ({ value }, builder) => {
		const external_references = [{ source_name: 'mitre-attack', external_id: value }];
		// What OpenCTI computes its id from.
		return { id: builder.versioned('attack-pattern', { name: value, x_mitre_id: value, external_references }) };
	},
	cve: ({ value }, builder) => {
		const name = stixValue('cve', value);
		if (name === undefined) return undefined;
		const external_references = [{ source_name: 'cve', external_id: name }];
		return { id: builder.versioned('vulnerability', { name, external_references }) };
	},
};

/** Flags that do not speak against a value; every other one does. */
const HARMLESS_FLAGS: ReadonlySet<string> = new Set([
	'punycode',
	'confusable',
	'href-mismatch',
	'userinfo',
	'shortener',
	'scheme-assumed',
	'embedded',
	'hidden-text',
	'pdf-link',
	'office-link',
	'qr-code',
	'text-qr',
	'from-archive',
	'from-encrypted',
	'name-mismatch',
	'misplaced',
	'lookalike-domain',
	'vip-name',
]);

/** True when no flag says that the value is a known one, a by-product of mail or of the user's own house. */
export function isUnflagged(indicator: Indicator): boolean {
	return indicator.flags.every((flag) => HARMLESS_FLAGS.has(flag));
}

/** Writes the observables of the indicators and ties each to the messages that it was found in. */
export function* addObservables(
	builder: BundleBuilder,
	options: ResolvedOptions,
	indicators: readonly Indicator[],
	record: MessageRecord,
): Steps<FoundObservable[]> {
	const wanted = options.include.observables;
	const candidates = indicators.filter(
		(indicator) =>
			wanted !== 'none' &&
			(wanted === 'all' || isUnflagged(indicator)) &&
			(options.include.attachments || !isAttachment(indicator)),
	);
	const { maxObservables } = options.sizes;
	if (candidates.length > maxObservables) {
		options.warn({
			code: 'observables-omitted',
			message: `${candidates.length - maxObservables} indicators exceed the limit of ${maxObservables} and were left out.`,
		});
	}
	const found: FoundObservable[] = [];
	let done = 0;
	for (const indicator of candidates.slice(0, maxObservables)) {
		if (++done % STEP_LIMITS.objects === 0) yield;
		const written =
			indicator.type === 'file'
				? addFoundFile(indicator, builder, options, record)
				: WRITERS[indicator.type](indicator, builder);
		if (written !== undefined) found.push({ indicator, ...written });
		else
			options.warn({
				code: 'observable-invalid',
				message: `The ${indicator.type} ${quoted(indicator.value)} cannot be represented in STIX and was left out.`,
			});
	}
	if (options.include.relationships) yield* relate(builder, found, record);
	return found;
}

/** A hash that stands nowhere in the message, but is that of an attachment. */
function isAttachment({ type, sources }: Indicator): boolean {
	return type === 'file' && sources.length > 0 && sources.every(({ part }) => /(?:^|\/)attachment$/.test(part));
}

function addFoundFile(
	indicator: Indicator,
	builder: BundleBuilder,
	options: ResolvedOptions,
	record: MessageRecord,
): Written | undefined {
	const hashes = chosenHashes(fileHashes(indicator.value, indicator.hashes), options);
	const digests = Object.values(hashes);
	const known = digests.map((digest) => record.filesByHash.get(digest)).find((id) => id !== undefined);
	if (digests.length === 0) return undefined;
	const id = known ?? builder.observable('file', { hashes, name: indicator.fileName || undefined });
	for (const digest of digests) if (!record.filesByHash.has(digest)) record.filesByHash.set(digest, id);
	return { id, pattern: () => indicatorPattern(indicator, hashes) };
}

/** A value in a warning, on one line and short. */
function quoted(value: string): string {
	const { maxNameCharacters } = WARNING_LIMITS;
	const line = value.replace(/[\p{Cc}\s]+/gu, ' ');
	return `'${line.length > maxNameCharacters ? `${line.slice(0, maxNameCharacters)}…` : line}'`;
}

/** `related-to` from the messages to what they hold, and from a value to the one that it was derived from. */
function* relate(builder: BundleBuilder, found: readonly FoundObservable[], record: MessageRecord): Steps<void> {
	const byPath = new Map(record.messages.map(({ path, id }) => [path, id]));
	const root = byPath.get('') ?? '';
	const embedded = new Map<string, ReadonlySet<string>>();
	for (const { id } of record.messages) {
		const message = builder.get(id);
		if (message !== undefined) embedded.set(id, new Set(embeddedReferences(message)));
	}
	const alone = [root];
	const holders = ({ sources }: Indicator): Iterable<string> =>
		byPath.size === 1 || sources.length === 0
			? alone
			: new Set(sources.map(({ part }) => byPath.get(messagePath(part)) ?? root));
	const byValue = new Map<string, string>();
	for (const { indicator, id } of found) if (!byValue.has(indicator.value)) byValue.set(indicator.value, id);

	let done = 0;
	for (const { indicator, id } of found) {
		if (++done % STEP_LIMITS.objects === 0) yield;
		for (const message of holders(indicator)) {
			if (embedded.get(message)?.has(id) !== true) builder.relate(message, 'related-to', id);
		}
		const origin = indicator.derivedFrom === undefined ? undefined : byValue.get(indicator.derivedFrom);
		if (origin !== undefined) builder.relate(id, 'related-to', origin);
	}
}

/** `2/text` is the text of the message attached as part 2; `text` that of the message itself. */
function messagePath(part: string): string {
	const end = part.lastIndexOf('/');
	return end < 0 ? '' : part.slice(0, end);
}

const OVERRULED_BY: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>([
	'allow-listed',
	'own-domain',
	'mail-provider',
	'warning-list',
]);

/** Writes an indicator for every observable that the policy chooses; gives their ids. */
export function* addIndicators(
	builder: BundleBuilder,
	options: ResolvedOptions,
	found: readonly FoundObservable[],
	observedData: string | undefined,
	from: Date,
): Steps<string[]> {
	const { policy, basedOn, indicatorTypes, validForDays } = options.patterns;
	if (policy === 'never') return [];
	const until = validForDays === undefined ? undefined : timestampOf(new Date(from.getTime() + validForDays * DAY));
	const written: string[] = [];
	let done = 0;
	for (const { indicator, id: observable, pattern: writePattern } of found) {
		if (++done % STEP_LIMITS.objects === 0) yield;
		const chosen =
			policy === 'unflagged'
				? isUnflagged(indicator)
				: indicator.defanged && !indicator.flags.some((flag) => OVERRULED_BY.has(flag));
		const pattern = chosen ? writePattern?.() : undefined;
		if (pattern === undefined) continue;
		const id = builder.versioned('indicator', {
			name: indicator.value,
			description: describe(indicator),
			indicator_types: indicatorTypes ?? [indicator.defanged ? 'malicious-activity' : 'unknown'],
			pattern,
			pattern_type: 'stix',
			pattern_version: '2.1',
			valid_from: from.toISOString(),
			valid_until: until,
			labels: options.labels,
		});
		written.push(id);
		if (basedOn !== 'observable' && observedData !== undefined) builder.relate(id, 'based-on', observedData);
		if (basedOn !== 'observed-data') builder.relate(id, 'based-on', observable);
	}
	return written;
}

function describe({ type, defanged, sources }: Indicator): string {
	const places = [...new Set(sources.slice(0, 20).map(({ part, field }) => (field ? `${part} (${field})` : part)))];
	return `Found in an email as ${type}${defanged ? ', defanged by its author' : ''}${places.length > 0 ? `: ${places.join(', ')}` : ''}.`;
}
