import { domainToASCII, domainToUnicode } from 'node:url';
import type * as Tldts from 'tldts';
import { withoutInvisible } from '../text';
import type { IndicatorFlag } from './indicator';

/** Special-use names (RFC 6761, 6762, 7686, 8375, 9476) and usual private ones; the public suffix list has none of them. */
const SPECIAL_SUFFIXES: ReadonlyMap<string, IndicatorFlag | undefined> = new Map<string, IndicatorFlag | undefined>([
	['example', 'documentation'],
	['invalid', 'documentation'],
	['test', 'documentation'],
	['localhost', 'private'],
	['local', 'private'],
	['internal', 'private'],
	['lan', 'private'],
	['home', 'private'],
	['corp', 'private'],
	['intranet', 'private'],
	['alt', undefined],
	['onion', undefined],
]);

/** Second-level names kept for documentation (RFC 2606 section 3). */
const DOCUMENTATION_DOMAINS: ReadonlySet<string> = new Set(['example.com', 'example.net', 'example.org']);

export interface Host {
	/** Lower case, A-labels, no final dot. */
	name: string;
	/** By the public suffix list, private section included; absent when the name is itself a suffix or its suffix is unknown. */
	registrable?: string;
	/** The suffix is in the public suffix list or a special-use name. */
	known: boolean;
	labels: number;
	/** What {@link hostFlags} once said. */
	flags?: readonly IndicatorFlag[];
}

let tldts: typeof Tldts | undefined;
function suffixList(): typeof Tldts {
	// Some 20 ms to load: only when there is a host to look at.
	tldts ??= require('tldts') as typeof Tldts;
	return tldts;
}

const PLAIN_LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const REGISTRABLE_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A message names few hosts many times. Bounded, and emptied when full. */
const seen = new Map<string, Host | undefined>();
const MOST_SEEN = 2_000;

/** Reads a host name of two labels or more. Undefined when it is none (RFC 1035, 5890; UTS 46 for other scripts). */
export function readHost(written: string): Host | undefined {
	if (written.length > 1_000) return undefined;
	const known = seen.get(written);
	if (known !== undefined || seen.has(written)) return known;
	// A copy: a piece of a text keeps the whole text in memory, and this map outlives the message.
	const own = Buffer.from(written).toString();
	const host = parseHost(own);
	if (seen.size >= MOST_SEEN) seen.clear();
	seen.set(own, host);
	return host;
}

function parseHost(written: string): Host | undefined {
	let name = written.toLowerCase();
	const plain = /^[a-z0-9._-]*$/.test(name);
	if (!plain || name.includes('xn--')) name = domainToASCII(plain ? name : withoutInvisible(name));
	if (name.endsWith('.')) name = name.slice(0, -1);
	if (name.length < 3 || name.length > 253) return undefined;
	const labels = name.split('.');
	if (labels.length < 2 || labels.length > 60) return undefined;
	for (const label of labels) if (!PLAIN_LABEL.test(label)) return undefined;
	const last = labels[labels.length - 1] ?? '';
	if (/^\d+$/.test(last) || !REGISTRABLE_LABEL.test(last)) return undefined;
	if (!REGISTRABLE_LABEL.test(labels[labels.length - 2] ?? '')) return undefined;

	const parsed = suffixList().parse(name, {
		allowPrivateDomains: true,
		extractHostname: false,
		validateHostname: false,
	});
	const known = parsed.isIcann === true || parsed.isPrivate === true || SPECIAL_SUFFIXES.has(last);
	const host: Host = { name, known, labels: labels.length };
	if (known && parsed.domain !== null) host.registrable = parsed.domain;
	return host;
}

/** True for a label under which names can be registered (`com`, `рф`). */
export function isPublicSuffix(label: string): boolean {
	const ascii = domainToASCII(label);
	if (ascii === '') return false;
	const parsed = suffixList().parse(`a.${ascii}`, { extractHostname: false, validateHostname: false });
	return parsed.isIcann === true;
}

/** Flags that a name has by itself. */
export function hostFlags(host: Host): readonly IndicatorFlag[] {
	host.flags ??= flagsOf(host);
	return host.flags;
}

function flagsOf(host: Host): IndicatorFlag[] {
	const flags: IndicatorFlag[] = [];
	const last = host.name.slice(host.name.lastIndexOf('.') + 1);
	const special = SPECIAL_SUFFIXES.get(last);
	if (special !== undefined) flags.push(special);
	else if (host.name.endsWith('.home.arpa')) flags.push('private');
	else if (host.registrable !== undefined && DOCUMENTATION_DOMAINS.has(host.registrable)) flags.push('documentation');
	if (host.name.includes('xn--')) {
		flags.push('punycode');
		if (domainToUnicode(host.name).split('.').some(isConfusable)) flags.push('confusable');
	}
	return flags;
}

/** Letters of other scripts that are drawn like Latin ones (a part of Unicode's confusables.txt). */
const LATIN_LOOKALIKES = /^[аеорсухіјѕһԁԛԝьѵӏкмтнвгпαορνυιτκεγχωɑɡıℓ0-9-]+$/u;
const LATIN = /\p{Script=Latin}/u;
const OTHER_ALPHABET = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}]/u;

/** Mixed Latin and a look-alike alphabet (UTS 39 section 5), or wholly made of look-alikes. */
function isConfusable(label: string): boolean {
	if (/^[\x00-\x7F]*$/.test(label)) return false;
	if (OTHER_ALPHABET.test(label)) return LATIN.test(label) || LATIN_LOOKALIKES.test(label);
	return LATIN_LOOKALIKES.test(label);
}
