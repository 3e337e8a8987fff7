import { isIPv6 } from 'node:net';
import { Lately } from '../lately';

/** An IP network; a bare address is one of a single address. */
export interface IpNetwork {
	/** Of the address, 4 or 16. */
	bytes: readonly number[];
	/** Leading bits that count. */
	prefix: number;
}

/** An address or a network in its canonical form. */
export interface IpAddress {
	type: 'ipv4-addr' | 'ipv6-addr';
	/**
	 * Dotted decimal, or RFC 5952 in hexadecimal throughout (`::ffff:102:304`: OASIS' schema has no dotted tail); `/prefix` unless
	 * it is one address.
	 */
	value: string;
	network: IpNetwork;
}

/** `2001:db8:ffff:ffff:ffff:ffff:255.255.255.255%zone/128` is shorter. */
const MAX_LENGTH = 64;
const DOTTED = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;

/**
 * Reads an address or a network as it stands: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1`, `2001:db8::/32`. Undefined for anything else:
 * zones, the octal, hexadecimal and short forms of IPv4, and leading zeros, for nobody agrees what they mean.
 */
export function readNetwork(text: string): IpNetwork | undefined {
	if (text.length > MAX_LENGTH) return undefined;
	const slash = text.indexOf('/');
	const bytes = bytesOf(slash < 0 ? text : text.slice(0, slash));
	if (bytes === undefined) return undefined;
	const width = bytes.length * 8;
	if (slash < 0) return { bytes, prefix: width };
	const prefix = text.slice(slash + 1);
	return PREFIX.test(prefix) && Number(prefix) <= width ? { bytes, prefix: Number(prefix) } : undefined;
}

function bytesOf(address: string): readonly number[] | undefined {
	if (!address.includes(':')) {
		const octets = DOTTED.exec(address);
		if (octets === null) return undefined;
		const bytes = [Number(octets[1]), Number(octets[2]), Number(octets[3]), Number(octets[4])];
		return bytes.every((byte) => byte <= 255) ? bytes : undefined;
	}
	return /^[0-9a-f:.]+$/i.test(address) && isIPv6(address) ? ipv6Bytes(address) : undefined;
}

/** Of an address that is one (RFC 4291 section 2.2). */
function ipv6Bytes(address: string): number[] {
	const [before = '', after] = address.split('::', 2);
	const first = bytesOfGroups(before);
	if (after === undefined) return first;
	const last = bytesOfGroups(after);
	return [...first, ...new Array<number>(16 - first.length - last.length).fill(0), ...last];
}

function bytesOfGroups(groups: string): number[] {
	if (groups === '') return [];
	return groups.split(':').flatMap((group) => {
		// The tail may be written as IPv4 is.
		if (group.includes('.')) return group.split('.').map(Number);
		const number = parseInt(group, 16);
		return [number >> 8, number & 0xff];
	});
}

/** A message names few addresses many times, and one relay stands in all of them. */
const seen = new Lately<IpAddress | undefined>(1_000, MAX_LENGTH);

/** Reads an address or a network into its canonical form: zone and host bits are dropped, and so are `/32` and `/128`. */
export function readIpAddress(written: string): IpAddress | undefined {
	return seen.get(written, parseAddress);
}

function parseAddress(written: string): IpAddress | undefined {
	const zone = written.indexOf('%');
	const slash = zone < 0 ? -1 : written.indexOf('/', zone);
	const network = readNetwork(
		zone < 0 ? written : written.slice(0, zone) + (slash < 0 ? '' : written.slice(slash, slash + MAX_LENGTH)),
	);
	if (network === undefined) return undefined;
	const masked = hasHostBits(network) ? { ...network, bytes: maskedBytes(network) } : network;
	return {
		type: network.bytes.length === 4 ? 'ipv4-addr' : 'ipv6-addr',
		value: printNetwork(masked),
		network: masked,
	};
}

function printNetwork({ bytes, prefix }: IpNetwork): string {
	const address = bytes.length === 4 ? bytes.join('.') : printIpv6(bytes);
	return prefix === bytes.length * 8 ? address : `${address}/${prefix}`;
}

/** RFC 5952 section 4: no leading zeros, lower case, the first of the longest runs of zeros as `::`, but not a single one. */
function printIpv6(bytes: readonly number[]): string {
	const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
	let start = 0;
	let length = 0;
	for (let from = 0; from < 8; from++) {
		let to = from;
		while (to < 8 && groups[to] === 0) to++;
		if (to - from > length) [start, length] = [from, to - from];
	}
	const hex = groups.map((group) => group.toString(16));
	return length < 2 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** Bits of the byte at `index` that lie behind the prefix. */
const behindPrefix = (prefix: number, index: number): number => 0xff >> Math.min(8, Math.max(0, prefix - index * 8));

function maskedBytes({ bytes, prefix }: IpNetwork): readonly number[] {
	return bytes.map((byte, index) => byte & ~behindPrefix(prefix, index));
}

/** Whether an address has bits set behind its prefix. */
export function hasHostBits({ bytes, prefix }: IpNetwork): boolean {
	return prefix < bytes.length * 8 && bytes.some((byte, index) => (byte & behindPrefix(prefix, index)) !== 0);
}

/** Whether every address of `inner` is in `outer`. Host bits do not count; IPv4 and IPv6 have nothing in common. */
export function isSubset(inner: IpNetwork, outer: IpNetwork): boolean {
	const { bytes: a } = inner;
	const { bytes: b } = outer;
	if (a.length !== b.length || inner.prefix < outer.prefix) return false;
	for (let bit = 0; bit < outer.prefix; bit += 8) {
		const mask = ~behindPrefix(outer.prefix, bit / 8);
		if (((a[bit / 8]! ^ b[bit / 8]!) & mask & 0xff) !== 0) return false;
	}
	return true;
}

/** The IPv4 network that an IPv4-mapped one stands for (RFC 4291 section 2.5.5.2); any other as it is. */
export function unmapped(network: IpNetwork): IpNetwork {
	const { bytes, prefix } = network;
	const isMapped =
		bytes.length === 16 && prefix >= 96 && bytes.every((byte, i) => i >= 12 || byte === (i < 10 ? 0 : 0xff));
	return isMapped ? { bytes: bytes.slice(12), prefix: prefix - 96 } : network;
}

/** The value of an `ipv4-addr`: address or network in its canonical form. Undefined for what is none. */
export function ipv4Value(text: string): string | undefined {
	return valueOf('ipv4-addr', text);
}

/** The value of an `ipv6-addr`: address or network in its canonical form. Undefined for what is none. */
export function ipv6Value(text: string): string | undefined {
	return valueOf('ipv6-addr', text);
}

function valueOf(type: IpAddress['type'], text: string): string | undefined {
	const address = readIpAddress(text.trim());
	return address?.type === type ? address.value : undefined;
}
