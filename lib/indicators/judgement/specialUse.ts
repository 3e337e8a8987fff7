import { domainToUnicode } from 'node:url';
import { lazy } from '../../lazy';
import { isSubset, readNetwork, unmapped, type DomainName, type IpNetwork } from '../../values';
import type { IndicatorFlag } from '../indicator';

/*
 * What addresses and names are by themselves: private, reserved for documentation, public resolvers, drawn like others.
 */

/** IANA special-purpose registries (RFC 6890, 5737, 3849, 9637, 2544), multicast, and well-known public resolvers. */
const SPECIAL_NETWORKS = {
	private:
		'0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 192.0.0.0/24 198.18.0.0/15 ' +
		'224.0.0.0/4 240.0.0.0/4 ::/128 ::1/128 fe80::/10 fc00::/7 ff00::/8',
	documentation: '192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20',
	resolver:
		'8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220 2001:4860:4860::8888 ' +
		'2001:4860:4860::8844 2606:4700:4700::1111 2606:4700:4700::1001 2620:fe::fe',
} as const satisfies Partial<Record<IndicatorFlag, string>>;

// Read when there is an address to look at.
const specialNetworks = lazy(() =>
	Object.entries(SPECIAL_NETWORKS).flatMap(([flag, list]) =>
		list.split(' ').map((network) => ({ flags: [flag as IndicatorFlag], network: readNetwork(network)! })),
	),
);
const NO_FLAGS: readonly IndicatorFlag[] = [];

/** Flags that an address has by itself, a network by its first one; an IPv4-mapped one is what it stands for. */
export function addressFlags(address: { network: IpNetwork }): readonly IndicatorFlag[] {
	const { bytes } = unmapped(address.network);
	const first: IpNetwork = { bytes, prefix: bytes.length * 8 };
	return specialNetworks().find(({ network }) => isSubset(first, network))?.flags ?? NO_FLAGS;
}

/** Flags of special-use suffixes; `alt` and `onion` have none. */
const SPECIAL_SUFFIXES: ReadonlyMap<string, IndicatorFlag> = new Map([
	...'example invalid test'.split(' ').map((suffix) => [suffix, 'documentation'] as const),
	...'localhost local internal lan home corp intranet'.split(' ').map((suffix) => [suffix, 'private'] as const),
]);
/** Second-level names kept for documentation (RFC 2606 section 3). */
const DOCUMENTATION_DOMAINS: ReadonlySet<string> = new Set(['example.com', 'example.net', 'example.org']);

const known = new WeakMap<DomainName, readonly IndicatorFlag[]>();

/** Flags that a name has by itself. */
export function hostFlags(name: DomainName): readonly IndicatorFlag[] {
	let flags = known.get(name);
	if (flags === undefined) known.set(name, (flags = flagsOf(name)));
	return flags;
}

function flagsOf({ value, registrable }: DomainName): IndicatorFlag[] {
	const flags: IndicatorFlag[] = [];
	const special = SPECIAL_SUFFIXES.get(value.slice(value.lastIndexOf('.') + 1));
	if (special !== undefined) flags.push(special);
	else if (value.endsWith('.home.arpa')) flags.push('private');
	else if (registrable !== undefined && DOCUMENTATION_DOMAINS.has(registrable)) flags.push('documentation');
	if (value.includes('xn--')) {
		flags.push('punycode');
		if (domainToUnicode(value).split('.').some(isConfusable)) flags.push('confusable');
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
