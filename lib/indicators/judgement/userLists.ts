import { isInNetworks, readNetwork, type Network } from '../address';
import type { IndicatorFlag, IndicatorType } from '../indicator';
import { isUnder } from './knownHosts';

/** What the user said about values: own domains and allow-list. */
export class Policy {
	readonly #own: ReadonlySet<string>;
	readonly #exact = new Set<string>();
	readonly #suffixes = new Set<string>();
	readonly #networks: Network[] = [];
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
			const network = readNetwork(text);
			if (text === '') continue;
			if (network !== undefined) this.#networks.push(network);
			else if (text.startsWith('.')) this.#suffixes.add(text.slice(1).toLowerCase());
			else this.#exact.add(text.toLowerCase());
		}
		this.#isEmpty = this.#own.size + this.#exact.size + this.#suffixes.size + this.#networks.length === 0;
	}

	/** `host`: name or address that the value is, has, or lies under. */
	flags(type: IndicatorType, value: string, host: string | undefined): IndicatorFlag[] {
		if (this.#isEmpty) return [];
		const flags: IndicatorFlag[] = [];
		if (host !== undefined && this.#own.size > 0 && isUnder(host, this.#own)) flags.push('own-domain');
		if (
			this.#exact.has(value.toLowerCase()) ||
			(host !== undefined &&
				((type !== 'email-addr' && this.#exact.has(host)) ||
					this.#isAllowedUnder(host) ||
					isInNetworks(host, this.#networks)))
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
