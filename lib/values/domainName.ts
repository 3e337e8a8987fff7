import { domainToASCII } from 'node:url';
import { Lately } from '../lately';
import { lazy } from '../lazy';
import { withoutInvisible } from '../text';

/** A host name of two labels or more. */
export interface DomainName {
	type: 'domain-name';
	/** Lower case, A-labels, no final dot. */
	value: string;
	/** By the public suffix list, private section included; absent when the name is itself a suffix or its suffix is unknown. */
	registrable?: string;
	/** The suffix is in the public suffix list or a special-use name. */
	known: boolean;
}

/** Special-use suffixes (RFC 6761, 6762, 7686, 8375, 9476) and usual private ones; the public suffix list has none of them. */
export const SPECIAL_SUFFIXES: ReadonlySet<string> = new Set(
	'example invalid test localhost local internal lan home corp intranet alt onion'.split(' '),
);

// Some 20 ms to load: only when there is a name to look at.
const suffixList = lazy(() => require('tldts') as typeof import('tldts'));

/** A label of the DNS, which may have underscores (RFC 2181 section 11): phishing hosts do, and so do `_dmarc` and the like. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** A label of letters, digits and hyphens: what a registry gives out, and all that STIX knows (RFC 5890). */
const LDH_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_WRITTEN = 1_000;
const DOTTED = /^\d+(?:\.\d+){3}$/;

/** Lower case, A-labels, no final dot (RFC 1035, 5890; UTS 46 for other scripts). Undefined when it is no name. */
function canonicalName(written: string): string | undefined {
	if (written.length > MAX_WRITTEN) return undefined;
	let name = withoutInvisible(written.toLowerCase());
	// The rest of ASCII stands in no name; domainToASCII would read some of it as what follows a host.
	if (/[^a-z0-9._\u0080-\uffff-]/.test(name)) return undefined;
	if (/[^\x00-\x7f]|xn--/.test(name)) name = domainToASCII(name);
	if (name.endsWith('.')) name = name.slice(0, -1);
	if (name.length > 253) return undefined;
	for (const label of name.split('.')) if (!LABEL.test(label)) return undefined;
	return name;
}

/** A message names few hosts many times. */
const seen = new Lately<DomainName | undefined>(2_000, MAX_WRITTEN);

/** Reads a name of two labels or more. Undefined when it is none. */
export function readDomainName(written: string): DomainName | undefined {
	if (written.length > MAX_WRITTEN) return undefined;
	return seen.get(written, parseName);
}

function parseName(written: string): DomainName | undefined {
	const value = canonicalName(written);
	if (value === undefined || value.length < 3) return undefined;
	const labels = value.split('.');
	if (labels.length < 2 || labels.length > 60) return undefined;
	const last = labels.at(-1)!;
	if (/^\d+$/.test(last) || !LDH_LABEL.test(last) || !LDH_LABEL.test(labels.at(-2)!)) return undefined;

	const parsed = suffixList().parse(value, {
		allowPrivateDomains: true,
		extractHostname: false,
		validateHostname: false,
	});
	const known = parsed.isIcann === true || parsed.isPrivate === true || SPECIAL_SUFFIXES.has(last);
	const name: DomainName = { type: 'domain-name', value, known };
	if (known && parsed.domain !== null) name.registrable = parsed.domain;
	return name;
}

/** True for a label under which names can be registered (`com`, `рф`). */
export function isPublicSuffix(label: string): boolean {
	const ascii = domainToASCII(label);
	if (ascii === '') return false;
	const parsed = suffixList().parse(`a.${ascii}`, { extractHostname: false, validateHostname: false });
	return parsed.isIcann === true;
}

/**
 * The value of a `domain-name` in STIX: any name in its canonical form, one label too. Undefined for what is none, for addresses, and for
 * names with underscores: STIX 2.1 section 6.4 wants what RFC 5890 knows, and OASIS' validator refuses them.
 */
export function domainValue(text: string): string | undefined {
	const name = canonicalName(text.trim());
	if (name === undefined || DOTTED.test(name)) return undefined;
	return name.split('.').every((label) => LDH_LABEL.test(label)) ? name : undefined;
}
