import { lazy } from '../../lazy';
import { readServers, type HopServers } from '../../received';
import { readDomainName, type IpNetwork } from '../../values';
import { addressFlags, isInNetworks, networkOf } from '../judgement';

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
	sent(hop: HopServers): boolean {
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

/** A hop below the trust boundary. */
export interface OutsideHop extends HopServers {
	/** Index in the list of Received fields, 0 the top. */
	index: number;
	/** Sender and receiver share a registrable domain, by a name that the sender could not choose. */
	internal: boolean;
}

/** The hops below the trust boundary: from the first, from the top, that did not come from a trusted relay. */
export function hopsOutside(lines: readonly string[], trusted: TrustedRelays): OutsideHop[] {
	const hops = lines.map((line) => readServers(line));
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

function isExchangeOnline({ addresses, helo }: HopServers): boolean {
	return (
		helo?.endsWith('.outlook.com') === true &&
		addresses.length > 0 &&
		addresses.every((address) => isInNetworks(address, exchangeOnline()))
	);
}
