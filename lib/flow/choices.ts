import type { ExtractOptions } from '../indicators';
import type { IncludeOptions } from '../stix';

/* What users choose of in lists, whatever host shows them. */

/** Parts of a bundle beside the message itself. */
export const BUNDLE_PARTS = [
	'artifacts',
	'attachments',
	'body',
	'headers',
	'observables',
	'observedData',
	'rawEmail',
	'report',
] as const;
/** One of {@link BUNDLE_PARTS}. */
export type BundlePart = (typeof BUNDLE_PARTS)[number];

/** Those that a bundle has where nobody chooses: all but bytes. */
export const USUAL_PARTS = BUNDLE_PARTS.filter((part) => part !== 'artifacts' && part !== 'rawEmail');

/** What a bundle includes, of the parts that were chosen. */
export function includeOf(chosen: readonly string[]): IncludeOptions {
	const has = (part: BundlePart) => chosen.includes(part);
	return {
		artifacts: has('artifacts'),
		attachments: has('attachments'),
		body: has('body'),
		headers: has('headers'),
		receivedLines: has('headers'),
		observables: has('observables') ? 'all' : 'none',
		observedData: has('observedData'),
		rawEmail: has('rawEmail'),
		report: has('report'),
	};
}

/** Kinds of values that are extracted where nobody chooses. */
export const USUAL_KINDS = ['attachments', 'domains', 'emailAddresses', 'hashes', 'headers', 'ips', 'urls'] as const;
/** Those that somebody has to ask for. */
const OPT_IN_KINDS = ['asn', 'cve', 'handles', 'mac', 'phones', 'registryKeys', 'techniques', 'wallets'] as const;

/** All kinds of values that can be extracted. */
export const EXTRACT_KINDS = [...USUAL_KINDS, ...OPT_IN_KINDS] as const;

/** What is extracted, of the kinds that were chosen. */
export const extractOf = (chosen: readonly string[]): ExtractOptions =>
	Object.fromEntries(EXTRACT_KINDS.map((kind) => [kind, chosen.includes(kind)]));
