import ipaddr from 'ipaddr.js';
import type { IndicatorFlag } from './indicator';

export interface Address {
	type: 'ipv4-addr' | 'ipv6-addr';
	/** Dotted decimal or RFC 5952 text, `/prefix` unless it is one address. */
	value: string;
	flags: IndicatorFlag[];
}

const RESOLVERS: ReadonlySet<string> = new Set([
	'8.8.8.8',
	'8.8.4.4',
	'1.1.1.1',
	'1.0.0.1',
	'9.9.9.9',
	'149.112.112.112',
	'208.67.222.222',
	'208.67.220.220',
	'2001:4860:4860::8888',
	'2001:4860:4860::8844',
	'2606:4700:4700::1111',
	'2606:4700:4700::1001',
	'2620:fe::fe',
]);

type Range = readonly [network: string, flag: IndicatorFlag];

/** IANA special-purpose registries (RFC 6890, 5737, 3849, 9637, 2544) and multicast. */
const SPECIAL_RANGES: readonly Range[] = [
	['0.0.0.0/8', 'private'],
	['10.0.0.0/8', 'private'],
	['100.64.0.0/10', 'private'],
	['127.0.0.0/8', 'private'],
	['169.254.0.0/16', 'private'],
	['172.16.0.0/12', 'private'],
	['192.168.0.0/16', 'private'],
	['192.0.0.0/24', 'private'],
	['198.18.0.0/15', 'private'],
	['224.0.0.0/4', 'private'],
	['240.0.0.0/4', 'private'],
	['192.0.2.0/24', 'documentation'],
	['198.51.100.0/24', 'documentation'],
	['203.0.113.0/24', 'documentation'],
	['::/128', 'private'],
	['::1/128', 'private'],
	['fe80::/10', 'private'],
	['fc00::/7', 'private'],
	['ff00::/8', 'private'],
	['2001:db8::/32', 'documentation'],
	['3fff::/20', 'documentation'],
];
const parsedRanges = SPECIAL_RANGES.map(([network, flag]) => ({ network: ipaddr.parseCIDR(network), flag }));

const DOTTED = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;

/** Reads an address or a network. Undefined when it is none; leading zeros are refused, for nobody agrees what they mean. */
export function readAddress(written: string): Address | undefined {
	if (written.length > 64) return undefined;
	const slash = written.indexOf('/');
	let address = slash < 0 ? written : written.slice(0, slash);
	const zone = address.indexOf('%');
	if (zone >= 0) address = address.slice(0, zone);
	const six = address.includes(':');
	if (six ? !/^[0-9a-f:.]+$/i.test(address) : !DOTTED.test(address)) return undefined;
	if (!(six ? ipaddr.IPv6.isValid(address) : ipaddr.IPv4.isValidFourPartDecimal(address))) return undefined;

	const parsed = six ? ipaddr.IPv6.parse(address) : ipaddr.IPv4.parse(address);
	const type = six ? 'ipv6-addr' : 'ipv4-addr';
	if (slash < 0) return { type, value: printAddress(parsed), flags: addressFlags(parsed) };

	const prefixText = written.slice(slash + 1);
	const prefix = Number(prefixText);
	const width = six ? 128 : 32;
	if (!PREFIX.test(prefixText) || prefix > width) return undefined;
	if (prefix === width) return { type, value: printAddress(parsed), flags: addressFlags(parsed) };
	const network = ipaddr.fromByteArray(parsed.toByteArray().map((byte, index) => byte & maskByte(prefix - 8 * index)));
	return { type, value: `${printAddress(network)}/${prefix}`, flags: addressFlags(network) };
}

function maskByte(bits: number): number {
	if (bits >= 8) return 0xff;
	return bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff;
}

/** RFC 5952, with the dotted form for IPv4-mapped addresses (its section 5). */
function printAddress(address: ipaddr.IPv4 | ipaddr.IPv6): string {
	if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
		return `::ffff:${address.toIPv4Address().toString()}`;
	return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

function addressFlags(address: ipaddr.IPv4 | ipaddr.IPv6): IndicatorFlag[] {
	const plain = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
	for (const { network, flag } of parsedRanges) {
		if (network[0].kind() === plain.kind() && plain.match(network)) return [flag];
	}
	return RESOLVERS.has(plain.toString()) || RESOLVERS.has(printAddress(plain)) ? ['resolver'] : [];
}

export type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Reads an address or network of a list of the user's. Undefined when it is none. */
export function readNetwork(written: string): Network | undefined {
	const address = readAddress(written.trim());
	if (address === undefined) return undefined;
	const [base = '', prefix] = address.value.split('/');
	const parsed = ipaddr.process(base);
	return [parsed, prefix === undefined ? (parsed.kind() === 'ipv6' ? 128 : 32) : Number(prefix)];
}

/** True when the address, or the whole network, of an indicator's value lies in one of the networks. */
export function isInNetworks(value: string, networks: readonly Network[]): boolean {
	if (networks.length === 0) return false;
	const [base = '', prefix] = value.split('/');
	if (!ipaddr.isValid(base)) return false;
	const address = ipaddr.process(base);
	return networks.some(
		([network, bits]) =>
			network.kind() === address.kind() &&
			(prefix === undefined || Number(prefix) >= bits) &&
			address.match(network, bits),
	);
}

/**
 * Whether a word of text may be meant as IPv6: three groups or more, or two of a global, local or link-local address with
 * a digit in it; a dotted tail counts as two.
 */
export function isPlausibleSix(word: string): boolean {
	const groups = word.split(':').filter((group) => group !== '');
	const count = groups.length + (groups.at(-1)?.includes('.') === true ? 1 : 0);
	if (!word.includes('::')) return count === 8;
	if (count >= 3) return true;
	return count === 2 && /\d/.test(word) && /^(?:[23][0-9a-f]{3}|f[c-f][0-9a-f]{2}):/i.test(word);
}
