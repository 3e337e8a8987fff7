import {
	isSubset,
	readIpAddress,
	unmapped,
	type DomainName,
	type IpAddress,
	type IpNetwork,
	type Value,
} from '../../values';
import type { IndicatorFlag } from '../indicator';
import { isUnder } from './knownHosts';

const NO_FLAGS: readonly IndicatorFlag[] = [];

/** What the user said about values: own domains and allow-list. */
export class UserLists {
	readonly #own: ReadonlySet<string>;
	readonly #exact = new Set<string>();
	readonly #suffixes = new Set<string>();
	readonly #networks: IpNetwork[] = [];
	readonly #isEmpty: boolean;

	constructor(ownDomains: readonly string[] = [], allowList: readonly string[] = []) {
		this.#own = new Set(
			ownDomains
				.map((domain) =>
					domain
						.trim()
						.toLowerCase()
						.replace(/^[@.]+/, ''),
				)
				.filter((domain) => domain !== ''),
		);
		for (const entry of allowList) {
			const text = entry.trim();
			const network = networkOf(text);
			if (text === '') continue;
			if (network !== undefined) this.#networks.push(network);
			else if (text.startsWith('.')) this.#suffixes.add(text.slice(1).toLowerCase());
			else this.#exact.add(text.toLowerCase());
		}
		this.#isEmpty = this.#own.size + this.#exact.size + this.#suffixes.size + this.#networks.length === 0;
	}

	/** `host`: name or address that the value is, has, or lies under. */
	flags({ type, value }: Value, host?: DomainName | IpAddress): readonly IndicatorFlag[] {
		if (this.#isEmpty) return NO_FLAGS;
		const flags: IndicatorFlag[] = [];
		if (host !== undefined && this.#own.size > 0 && isUnder(host.value, this.#own)) flags.push('own-domain');
		if (
			this.#exact.has(value.toLowerCase()) ||
			(host !== undefined &&
				((type !== 'email-addr' && this.#exact.has(host.value)) ||
					this.#isAllowedUnder(host.value) ||
					('network' in host && isInNetworks(host, this.#networks))))
		) {
			flags.push('allow-listed');
		}
		return flags;
	}

	/** `.example.com` allows what is under example.com, and example.com itself. */
	#isAllowedUnder(host: string): boolean {
		return this.#suffixes.size > 0 && isUnder(host, this.#suffixes);
	}
}

/** Reads an address or network of a list of the user's, or of a published one. Undefined when it is none. */
export function networkOf(written: string): IpNetwork | undefined {
	const address = readIpAddress(written.trim());
	return address && unmapped(address.network);
}

/** True when the address, or the whole network, lies in one of the networks; an IPv4-mapped one is what it stands for. */
export function isInNetworks({ network }: IpAddress, networks: readonly IpNetwork[]): boolean {
	if (networks.length === 0) return false;
	const inner = unmapped(network);
	return networks.some((outer) => isSubset(inner, outer));
}
