import { lazy } from '../../lazy';
import { readDomainName, readIpAddress, type IpAddress, type IpNetwork } from '../../values';
import { addressFlags, isInNetworks, networkOf } from '../judgement';

/** What the `from` part of a Received field says (RFC 5321 section 4.4), in the dialects of Sendmail, Postfix, Exim, qmail and Exchange. */
export interface ReceivedHop {
	/** Address literals of the `from` part, in its order. */
	addresses: IpAddress[];
	/** Name that the client gave in HELO or EHLO. */
	helo?: string;
	/** Name that the receiver looked up; `unknown` is none. */
	reverse?: string;
	/** Name of the receiver. */
	by?: string;
}

const FROM_END = /\s(?:by|with|via|id|for)\s/i;
const BY = /(?:^|\s)by\s{1,8}([a-z0-9][a-z0-9._-]{0,252})/i;
const HELO = /^from\s{1,8}\[?([^\s()[\]]{1,253})/i;
const IN_PARENTHESES = /\((?:HELO |EHLO |helo=)?([^\s()[\]@]{1,253})[\s)[]/i;
const LITERAL = /[[(\s=@](?:IPv6:)?([0-9a-f:.]{3,45})(?:%[a-z0-9]{1,16})?(?=[\])\s:;,]|$)/gi;

function readReceived(line: string): ReceivedHop {
	const text = line.slice(0, 4_000).trim();
	const hop: ReceivedHop = { addresses: [] };
	const by = BY.exec(text)?.[1];
	if (by !== undefined) hop.by = by.toLowerCase();
	if (!/^from\s/i.test(text)) return hop;
	const end = text.slice(5).search(FROM_END);
	const from = end < 0 ? text : text.slice(0, end + 5);

	const helo = HELO.exec(from)?.[1];
	if (helo !== undefined && readDomainName(helo) !== undefined) hop.helo = helo.toLowerCase();
	const reverse = IN_PARENTHESES.exec(from)?.[1];
	if (reverse !== undefined && readDomainName(reverse) !== undefined) hop.reverse = reverse.toLowerCase();
	const seen = new Set<string>();
	for (const found of from.matchAll(LITERAL)) {
		const address = readIpAddress(
			(found[1] ?? '').replace(/[.:]$/, (last) => (last === ':' && found[1]!.endsWith('::') ? last : '')),
		);
		if (address !== undefined && !seen.has(address.value)) {
			seen.add(address.value);
			hop.addresses.push(address);
		}
	}
	return hop;
}

/** Relays whose Received lines are believed. */
export class TrustedRelays {
	readonly #networks: IpNetwork[] = [];
	readonly #hosts: string[] = [];

	constructor(entries: readonly string[]) {
		for (const entry of entries) {
			const network = networkOf(entry);
			if (network !== undefined) this.#networks.push(network);
			else if (entry.trim() !== '') this.#hosts.push(entry.trim().toLowerCase());
		}
	}

	/**
	 * True when the hop came from a relay of one's own. A name counts only where the receiver is one too, and only the
	 * name that the receiver looked up: HELO is what the client likes to say.
	 */
	sent(hop: ReceivedHop): boolean {
		if (
			hop.addresses.length > 0 &&
			hop.addresses.every(
				(address) => isInNetworks(address, this.#networks) || addressFlags(address).includes('private'),
			)
		)
			return true;
		const name = hop.reverse ?? (hop.addresses.length === 0 ? hop.helo : undefined);
		return name !== undefined && hop.by !== undefined && this.#isHost(name) && this.#isHost(hop.by);
	}

	#isHost(name: string): boolean {
		return this.#hosts.some((host) => (host.startsWith('.') ? name.endsWith(host) : name === host));
	}
}

export interface OutsideHop extends ReceivedHop {
	/** Index in the list of Received fields, 0 the top. */
	index: number;
	/** Sender and receiver share a registrable domain, by a name that the sender could not choose. */
	internal: boolean;
}

/** The hops below the trust boundary: from the first, from the top, that did not come from a trusted relay. */
export function hopsOutside(lines: readonly string[], trusted: TrustedRelays): OutsideHop[] {
	const hops = lines.map((line) => readReceived(line));
	let first = 0;
	while (
		first < hops.length &&
		(trusted.sent(hops[first]!) || (hops[first]!.addresses.length === 0 && hops[first]!.helo === undefined))
	)
		first++;
	return hops.slice(first).map((hop, offset) => {
		const named = hop.reverse ?? (isExchangeOnline(hop) ? hop.helo : undefined);
		const from = readDomainName(named ?? '')?.registrable;
		const internal = from !== undefined && from === readDomainName(hop.by ?? '')?.registrable;
		return { ...hop, index: first + offset, internal };
	});
}

/** Exchange Online writes no looked-up names; these are the networks that Microsoft publishes for it. */
const exchangeOnline = lazy(() =>
	[
		'40.92.0.0/15',
		'40.107.0.0/16',
		'52.100.0.0/14',
		'104.47.0.0/17',
		'2603:1000::/24',
		'2a01:111:f400::/48',
		'2a01:111:f403::/48',
	]
		.map(networkOf)
		.filter((network) => network !== undefined),
);

function isExchangeOnline({ addresses, helo }: ReceivedHop): boolean {
	return (
		helo?.endsWith('.outlook.com') === true &&
		addresses.length > 0 &&
		addresses.every((address) => isInNetworks(address, exchangeOnline()))
	);
}
