import { DAY } from '../units';
import type { Indicator, IndicatorFlag } from '../indicators';
import { chosenHashes } from './attachments';
import type { BundleGraph } from './graph';
import type { MessageRecord } from './message';
import type { ResolvedOptions } from './options';
import { indicatorPattern } from './patterns';
import { embeddedReferences } from './stixObject';
import { timestampOf } from './timestamp';
import { asNumber, domainValue, emailAddrValue, ipv4Value, ipv6Value, macValue, urlValue } from './values';

/** An observable that an indicator became. */
export interface FoundObservable {
	indicator: Indicator;
	id: string;
	/** Writes what detects the value; absent where STIX has no pattern for it. Most bundles never ask. */
	pattern?: () => string | undefined;
}

type Written = Omit<FoundObservable, 'indicator'>;
type Writer = (indicator: Indicator, graph: BundleGraph) => Written | undefined;

/** OpenCTI's extension, under which it defines observables of its own. */
const OPENCTI_OBSERVABLES = {
	'extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82': { extension_type: 'new-sco' },
};

type ValueType = 'domain-name' | 'email-addr' | 'ipv4-addr' | 'ipv6-addr' | 'mac-addr' | 'url';
type OpenCtiType = 'cryptocurrency-wallet' | 'phone-number';

const withValue =
	(type: ValueType, normalise: (text: string) => string | undefined): Writer =>
	(indicator, graph) => {
		const value = normalise(indicator.value);
		return value === undefined
			? undefined
			: { id: graph.observable(type, { value }), pattern: () => indicatorPattern({ type, value }) };
	};

const ofOpenCti =
	(type: OpenCtiType): Writer =>
	(indicator, graph) => {
		const value = indicator.value.trim();
		return value === ''
			? undefined
			: {
					id: graph.observable(type, { value, extensions: OPENCTI_OBSERVABLES }),
					pattern: () => indicatorPattern({ type, value }),
				};
	};

/** How each type of indicator is written; files need to know the attachments and are written by {@link addFoundFile}. */
const WRITERS: Readonly<Record<Exclude<Indicator['type'], 'file'>, Writer>> = {
	'ipv4-addr': withValue('ipv4-addr', ipv4Value),
	'ipv6-addr': withValue('ipv6-addr', ipv6Value),
	'domain-name': withValue('domain-name', domainValue),
	url: withValue('url', urlValue),
	'email-addr': withValue('email-addr', emailAddrValue),
	'mac-addr': withValue('mac-addr', macValue),
	'autonomous-system': (indicator, graph) => {
		const number = asNumber(indicator.value);
		return number === undefined
			? undefined
			: { id: graph.observable('autonomous-system', { number }), pattern: () => indicatorPattern(indicator) };
	},
	'cryptocurrency-wallet': ofOpenCti('cryptocurrency-wallet'),
	'phone-number': ofOpenCti('phone-number'),
	cve: ({ value }, graph) => {
		const name = value.trim().toUpperCase();
		if (!/^CVE-\d{4}-\d{4,19}$/.test(name)) return undefined;
		const external_references = [{ source_name: 'cve', external_id: name }];
		return { id: graph.versioned('vulnerability', { name, external_references }) };
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
]);

/** True when no flag says that the value is a known one, a by-product of mail or of the user's own house. */
export function isUnflagged(indicator: Indicator): boolean {
	return indicator.flags.every((flag) => HARMLESS_FLAGS.has(flag));
}

/** Writes the observables of the indicators and ties each to the messages that it was found in. */
export function addObservables(
	graph: BundleGraph,
	options: ResolvedOptions,
	indicators: readonly Indicator[],
	record: MessageRecord,
): FoundObservable[] {
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
			message: `${candidates.length - maxObservables} indicators above the limit of ${maxObservables} are left out.`,
		});
	}
	const found: FoundObservable[] = [];
	for (const indicator of candidates.slice(0, maxObservables)) {
		const written =
			indicator.type === 'file'
				? addFoundFile(indicator, graph, options, record)
				: WRITERS[indicator.type](indicator, graph);
		if (written !== undefined) found.push({ indicator, ...written });
		else
			options.warn({ code: 'observable-invalid', message: `A value of type ${indicator.type} has no form in STIX.` });
	}
	if (options.include.relationships) relate(graph, found, record);
	return found;
}

/** A hash that stands nowhere in the message, but is that of an attachment. */
function isAttachment({ type, sources }: Indicator): boolean {
	return type === 'file' && sources.length > 0 && sources.every(({ part }) => /(?:^|\/)attachment$/.test(part));
}

function addFoundFile(
	indicator: Indicator,
	graph: BundleGraph,
	options: ResolvedOptions,
	record: MessageRecord,
): Written | undefined {
	const hashes = chosenHashes({ ...byLength(indicator.value), ...indicator.hashes }, options);
	const digests = Object.values(hashes);
	const known = digests.map((digest) => record.filesByHash.get(digest)).find((id) => id !== undefined);
	if (digests.length === 0) return undefined;
	const id = known ?? graph.observable('file', { hashes, name: indicator.fileName || undefined });
	for (const digest of digests) if (!record.filesByHash.has(digest)) record.filesByHash.set(digest, id);
	return { id, pattern: () => indicatorPattern(indicator, hashes) };
}

const ALGORITHM_BY_LENGTH: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA-1', 64: 'SHA-256', 128: 'SHA-512' };

function byLength(digest: string): Record<string, string> {
	const algorithm = ALGORITHM_BY_LENGTH[digest.length];
	return algorithm === undefined ? {} : { [algorithm]: digest };
}

/** `related-to` from the messages to what they hold, and from a value to the one that it was derived from. */
function relate(graph: BundleGraph, found: readonly FoundObservable[], record: MessageRecord): void {
	const byPath = new Map(record.messages.map(({ path, id }) => [path, id]));
	const root = byPath.get('') ?? '';
	const embedded = new Map<string, ReadonlySet<string>>();
	for (const { id } of record.messages) {
		const message = graph.get(id);
		if (message !== undefined) embedded.set(id, new Set(embeddedReferences(message)));
	}
	const alone = [root];
	const holders = ({ sources }: Indicator): Iterable<string> =>
		byPath.size === 1 || sources.length === 0
			? alone
			: new Set(sources.map(({ part }) => byPath.get(messagePath(part)) ?? root));
	const byValue = new Map<string, string>();
	for (const { indicator, id } of found) if (!byValue.has(indicator.value)) byValue.set(indicator.value, id);

	for (const { indicator, id } of found) {
		for (const message of holders(indicator)) {
			if (embedded.get(message)?.has(id) !== true) graph.relate(message, 'related-to', id);
		}
		const origin = indicator.derivedFrom === undefined ? undefined : byValue.get(indicator.derivedFrom);
		if (origin !== undefined) graph.relate(id, 'related-to', origin);
	}
}

/** `2/text` is the text of the message attached as part 2; `text` that of the message itself. */
function messagePath(part: string): string {
	const end = part.lastIndexOf('/');
	return end < 0 ? '' : part.slice(0, end);
}

const OVERRULED_BY: ReadonlySet<IndicatorFlag> = new Set<IndicatorFlag>(['allow-listed', 'own-domain']);

/** Writes an indicator for every observable that the policy chooses; gives their ids. */
export function addIndicators(
	graph: BundleGraph,
	options: ResolvedOptions,
	found: readonly FoundObservable[],
	observedData: string | undefined,
	from: Date,
): string[] {
	const { policy, basedOn, indicatorTypes, validForDays } = options.patterns;
	if (policy === 'never') return [];
	const until = validForDays === undefined ? undefined : timestampOf(new Date(from.getTime() + validForDays * DAY));
	const written: string[] = [];
	for (const { indicator, id: observable, pattern: writePattern } of found) {
		const chosen =
			policy === 'unflagged'
				? isUnflagged(indicator)
				: indicator.defanged && !indicator.flags.some((flag) => OVERRULED_BY.has(flag));
		const pattern = chosen ? writePattern?.() : undefined;
		if (pattern === undefined) continue;
		const id = graph.versioned('indicator', {
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
		if (basedOn !== 'observable' && observedData !== undefined) graph.relate(id, 'based-on', observedData);
		if (basedOn !== 'observed-data') graph.relate(id, 'based-on', observable);
	}
	return written;
}

function describe({ type, defanged, sources }: Indicator): string {
	const places = [...new Set(sources.slice(0, 20).map(({ part, field }) => (field ? `${part} (${field})` : part)))];
	return `Found in an email as ${type}${defanged ? ', defanged by its author' : ''}${places.length > 0 ? `: ${places.join(', ')}` : ''}.`;
}
