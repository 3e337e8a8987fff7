import type { IPv4, IPv6 } from 'ipaddr.js';

/** An IP network; a bare address is one of a single address. */
export interface Network {
	address: IPv4 | IPv6;
	/** Of the address, 4 or 16. */
	bytes: readonly number[];
	/** Leading bits that count. */
	prefix: number;
}

const load = (): typeof import('ipaddr.js') => require('ipaddr.js') as typeof import('ipaddr.js');

const MAX_LENGTH = 64;

/**
 * Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1`, `2001:db8::/32`; undefined for anything else, which includes the
 * octal, hexadecimal and short forms of IPv4 and zones.
 */
export function networkOf(text: string): Network | undefined {
	const ipaddr = load();
	const [host = '', bits, more] = text.length > MAX_LENGTH ? [] : text.split('/');
	if (more !== undefined || host.includes('%')) return undefined;
	const address = ipaddr.IPv4.isValidFourPartDecimal(host)
		? ipaddr.IPv4.parse(host)
		: host.includes(':') && ipaddr.IPv6.isValid(host)
			? ipaddr.IPv6.parse(host)
			: undefined;
	if (address === undefined) return undefined;
	const width = address.kind() === 'ipv4' ? 32 : 128;
	const bytes = address.toByteArray();
	if (bits === undefined) return { address, bytes, prefix: width };
	return /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= width
		? { address, bytes, prefix: Number(bits) }
		: undefined;
}

/** Whether every address of `inner` is in `outer`. Host bits do not count; IPv4 and IPv6 have nothing in common. */
export function isSubset(inner: Network, outer: Network): boolean {
	const { bytes: a } = inner;
	const { bytes: b } = outer;
	if (a.length !== b.length || inner.prefix < outer.prefix) return false;
	for (let bit = 0; bit < outer.prefix; bit += 8) {
		const mask = (0xff << Math.max(0, 8 - (outer.prefix - bit))) & 0xff;
		if (((a[bit / 8]! ^ b[bit / 8]!) & mask) !== 0) return false;
	}
	return true;
}

/** Whether an address has bits set behind its prefix. */
export function hasHostBits({ bytes, prefix }: Network): boolean {
	return bytes.some((byte, i) => (byte & (0xff >> Math.min(8, Math.max(0, prefix - i * 8)))) !== 0);
}

/** A CIDR block with its host bits zero; without prefix when that leaves one address. Undefined for what is none. */
export function networkText(text: string): string | undefined {
	const network = networkOf(text);
	if (network === undefined) return undefined;
	const { bytes, prefix } = network;
	if (prefix === bytes.length * 8) return text.split('/')[0];
	if (!hasHostBits(network)) return text;
	const masked = bytes.map((byte, i) => byte & ~(0xff >> Math.min(8, Math.max(0, prefix - i * 8))));
	return `${load().fromByteArray(masked).toString()}/${prefix}`;
}
