import { lazy } from '../../lazy';
import { INDICATOR_LIMITS } from '../../limits';
import {
	readDomainName,
	readIpAddress,
	readMailAddress,
	readUrl,
	type DomainName,
	type IpNetwork,
	type Value,
} from '../../values';
import type { WarningList } from '../warningList';
import { networkOf } from './userLists';

const re2 = lazy(() => require('re2js') as typeof import('re2js'));

/** Something that says whether a text is what a list means. */
interface Expression {
	test(text: string): boolean;
}

/** With delimiters, as PHP has them, which MISP runs on: `/…/i`, `#…#`, `{…}`. Brackets that may be those of the expression are none. */
const DELIMITED = /^(?:([/#~@%!])([\s\S]*)\1|\{([\s\S]*)\})([imsuxADSUXJn]{0,10})$/;

/**
 * An expression of a list, with or without delimiters and flags: `/^a\.example$/i`, `#^a\.example$#`. Matched in linear time.
 *
 * @throws RE2JSSyntaxException for what RE2 does not have, its flags included
 */
export function expressionOf(written: string): Expression {
	const { RE2JS, RE2JSSyntaxException } = re2();
	const [, , one, other, letters = ''] = DELIMITED.exec(written.trim()) ?? [];
	const inner = one ?? other ?? written;
	if (/[xAXJn]/.test(letters)) throw new RE2JSSyntaxException(`flag ${letters}`);
	let flags = 0;
	if (letters.includes('i')) flags |= RE2JS.CASE_INSENSITIVE;
	if (letters.includes('s')) flags |= RE2JS.DOTALL;
	if (letters.includes('m')) flags |= RE2JS.MULTILINE;
	return RE2JS.compile(inner, flags);
}

/** Of a host: its scheme, and its port and the slash behind it. */
const AROUND_HOST = /^[a-z][a-z0-9+.-]{0,20}:\/\/|^\*?\.|(?::\d{1,5})?\/?$/gi;
const HOST = /^[\p{L}\p{M}\p{N}_-]+(?:[.\u3002\uff0e\uff61][\p{L}\p{M}\p{N}_-]+)*\.?$/u;

/**
 * An entry of a list of hosts as hosts are told: `host.example` of `*.host.example`, `.host.example`, `https://host.example/`; an address
 * in its canonical form. Undefined for what is no host.
 */
export function hostOfEntry(entry: string): string | undefined {
	const text = entry.trim().toLowerCase();
	const bare = text.replace(AROUND_HOST, '');
	const address = readIpAddress(text) ?? readIpAddress(bare.replace(/^\[(.*)\]$/, '$1'));
	if (address !== undefined) return address.value.includes('/') ? undefined : address.value;
	const name = readDomainName(bare)?.value;
	return name ?? (HOST.test(bare) ? bare.replace(/\.$/, '') : undefined);
}

/** A whole value as values are told, beside how it is written: an address, a name in A-labels without its final dot, a URL. */
function canonicalOf(text: string): string | undefined {
	const first = text.charCodeAt(0);
	if (/^[0-9a-f:.]+(?:\/\d{1,3})?$/.test(text)) return readIpAddress(text)?.value;
	if (first !== DOT && /[^\x00-\x7f]|\.$/.test(text) && HOST.test(text)) return readDomainName(text)?.value;
	if (text.includes('://')) return readUrl(text)?.value.toLowerCase();
	return text.includes('@') ? readMailAddress(text)?.value.toLowerCase() : undefined;
}
const DOT = 46;

/** MISP's attribute types by what they are here; a composite (`ip-dst|port`) is what its parts are. */
const TYPES: readonly (readonly [RegExp, readonly Value['type'][]])[] = [
	[/^ip/, ['ipv4-addr', 'ipv6-addr']],
	[/^(?:domain|hostname)/, ['domain-name']],
	[/^(?:url|uri|link)$/, ['url']],
	[/^(?:email|e-mail|whois-registrant-email)/, ['email-addr']],
	[/^(?:md5|sha1|sha224|sha256|sha384|sha512)$/, ['file']],
	[/^as$/, ['autonomous-system']],
	[/^(?:btc|xmr|dash)$/, ['cryptocurrency-wallet']],
	[/^mac-/, ['mac-addr']],
	[/^vulnerability$/, ['cve']],
];

function typesOf(attributes: readonly string[] | undefined): ReadonlySet<Value['type']> | undefined {
	if (attributes === undefined) return undefined;
	const parts = attributes.flatMap((attribute) => attribute.toLowerCase().split('|'));
	return new Set(parts.flatMap((part) => TYPES.filter(([name]) => name.test(part)).flatMap(([, types]) => types)));
}

/** Indices of lists by what stands on them. */
class Entries extends Map<string, number[]> {
	put(entry: string, list: number): void {
		const known = this.get(entry);
		if (known === undefined) this.set(entry, [list]);
		else if (known.at(-1) !== list) known.push(list);
	}
}

/** All warning lists at once. What a value costs does not depend on how long the lists are, but for regular expressions. */
export class WarningListMatcher {
	readonly #names: readonly string[];
	readonly #types: readonly (ReadonlySet<Value['type']> | undefined)[];
	readonly #whole = new Entries();
	readonly #hosts = new Entries();
	/** Networks by their prefix, those of IPv6 by 1,000 more. */
	readonly #networks = new Map<number, Entries>();
	readonly #parts = new Substrings();
	readonly #expressions: { expression: Expression; list: number }[] = [];

	private constructor(lists: readonly WarningList[]) {
		this.#names = lists.map(({ name }) => name);
		this.#types = lists.map(({ attributes }) => typesOf(attributes));
		for (const [index, { type, list }] of lists.entries()) for (const entry of list) this.#add(type, entry, index);
		this.#parts.finish();
	}

	/** Read once for the same lists, which long ones take a second for. */
	static of(lists: readonly WarningList[]): WarningListMatcher | undefined {
		if (lists.length === 0) return undefined;
		let matcher = matchers.get(lists);
		if (matcher === undefined) matchers.set(lists, (matcher = new WarningListMatcher(lists)));
		return matcher;
	}

	#add(type: WarningList['type'], entry: string, list: number): void {
		const text = entry.trim().toLowerCase();
		switch (type) {
			case 'string': {
				const canonical = canonicalOf(text);
				this.#whole.put(text, list);
				if (canonical !== undefined && canonical !== text) this.#whole.put(canonical, list);
				break;
			}
			case 'hostname': {
				const host = hostOfEntry(entry);
				if (host !== undefined) this.#hosts.put(host, list);
				break;
			}
			case 'substring':
				this.#parts.add(text, list);
				break;
			case 'cidr': {
				const network = networkOf(entry);
				if (network === undefined) break;
				const { bytes, prefix } = network;
				const key = prefixKey(network);
				let entries = this.#networks.get(key);
				if (entries === undefined) this.#networks.set(key, (entries = new Entries()));
				entries.put(masked(bytes, prefix), list);
				break;
			}
			case 'regex':
				this.#expressions.push({ expression: expressionOf(entry), list });
		}
	}

	/** Names of the lists that a value stands on, its host too. In the order of the lists. */
	listsWith(found: Value, host: DomainName | undefined): string[] {
		const { type, value } = found;
		const lists = new Set<number>();
		const take = (indices: readonly number[] | undefined): void => {
			for (const index of indices ?? []) if (this.#types[index]?.has(type) !== false) lists.add(index);
		};
		for (const text of found.type === 'file' ? Object.values(found.hashes) : [value.toLowerCase()])
			take(this.#whole.get(text));
		const address = 'network' in found ? found : found.type === 'url' ? found.address : undefined;
		if (this.#hosts.size > 0 && address !== undefined) take(this.#hosts.get(address.value));
		if (this.#hosts.size > 0 && host !== undefined) {
			for (let name = host.value; ; name = name.slice(name.indexOf('.') + 1)) {
				take(this.#hosts.get(name));
				if (!name.includes('.')) break;
			}
		}
		if (address !== undefined) this.#takeNetworks(address.network, take);
		this.#parts.find(value.toLowerCase(), take);
		if (this.#expressions.length > 0) {
			const subject = value.slice(0, INDICATOR_LIMITS.maxWarningListSubject);
			for (const { expression, list } of this.#expressions)
				if (!lists.has(list) && this.#types[list]?.has(type) !== false && expression.test(subject)) lists.add(list);
		}
		return [...lists].sort((one, other) => one - other).map((index) => this.#names[index]!);
	}

	#takeNetworks(network: IpNetwork, take: (indices: readonly number[] | undefined) => void): void {
		for (const [key, entries] of this.#networks) {
			const prefix = key % IPV6;
			const isSame = key >= IPV6 === network.bytes.length > 4;
			if (isSame && prefix <= network.prefix) take(entries.get(masked(network.bytes, prefix)));
		}
	}
}

const matchers = new WeakMap<readonly WarningList[], WarningListMatcher>();

const IPV6 = 1_000;
const prefixKey = ({ bytes, prefix }: IpNetwork): number => (bytes.length > 4 ? IPV6 : 0) + prefix;

/** The leading bits of an address, as text. */
function masked(bytes: readonly number[], prefix: number): string {
	const whole = prefix >> 3;
	const rest = prefix & 7;
	const kept = bytes.slice(0, whole);
	if (rest > 0) kept.push(bytes[whole]! & (0xff << (8 - rest)));
	return String.fromCharCode(...kept);
}

/** One state: where each character leads, where to go on when none does, and what ends here. */
interface State {
	next: Map<string, State>;
	fallback: State | undefined;
	lists: number[];
}

/** Finds all of many parts of a text in one pass (Aho and Corasick, 1975). */
class Substrings {
	readonly #root: State = { next: new Map(), fallback: undefined, lists: [] };

	add(part: string, list: number): void {
		let state = this.#root;
		for (const character of part) {
			let next = state.next.get(character);
			if (next === undefined) state.next.set(character, (next = { next: new Map(), fallback: undefined, lists: [] }));
			state = next;
		}
		if (!state.lists.includes(list)) state.lists.push(list);
	}

	/** Joins each state to the one of its longest end, nearest to the root first. */
	finish(): void {
		const waiting: State[] = [this.#root];
		for (const state of waiting) {
			for (const [character, next] of state.next) {
				let end = state.fallback;
				while (end !== undefined && !end.next.has(character)) end = end.fallback;
				next.fallback = end?.next.get(character) ?? this.#root;
				for (const list of next.fallback.lists) if (!next.lists.includes(list)) next.lists.push(list);
				waiting.push(next);
			}
		}
	}

	find(text: string, take: (lists: readonly number[]) => void): void {
		if (this.#root.next.size === 0) return;
		let state = this.#root;
		for (const character of text) {
			while (state.fallback !== undefined && !state.next.has(character)) state = state.fallback;
			state = state.next.get(character) ?? this.#root;
			if (state.lists.length > 0) take(state.lists);
		}
	}
}
