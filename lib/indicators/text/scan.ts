import { INDICATOR_LIMITS } from '../../limits';
import { isPlausibleSix, readAddress } from '../address';
import { bareName, precededByVersion } from './bareName';
import { hostClass, isAlnum, isDigit, isHex, isLocalPart } from './characters';
import type { Finding } from './finding';
import { readHash } from '../hash';
import { readHost } from '../host';
import { readMailAddress } from '../mailAddress';
import { plainWordEnd } from './plainWord';
import { findRare, type RareKinds } from './optIn';
import { spokenAddress, spokenName } from './writtenOut';
import { readUrl } from '../url';
import { authorityAt, hostRunEnd, portEnd, schemeBefore, schemeOf, startsTail, tailEnd } from './urlSpan';
import { viewOf, type View } from './defangedText';

/**
 * Finds every value in a text, in the order of the text, defanged or not.
 * The time is linear in the length of the text: each character is looked at a bounded number of times.
 *
 * @param tooLong Told of each URL above the limit, of which only the host is a finding.
 */
export function scanText(
	text: string,
	found: (finding: Finding) => void,
	rare: RareKinds = {},
	tooLong: () => void = () => undefined,
): void {
	new Scan(viewOf(text), found, rare, tooLong).run();
}

type Draft = Omit<Finding, 'start' | 'end' | 'defanged' | 'flags' | 'refanged'> &
	Partial<Pick<Finding, 'flags' | 'refanged' | 'defanged'>>;

const SEPARATOR = / ?:\s{0,2}(?:\/\/|\\\\|[/\\])[/\\]{0,2}\s{0,2}/y;
const PREFIX_LENGTH = /\/\d{1,3}(?![\w/-]|\.\w)/y;
const RANGE = /^(\d{1,3}(?:\.\d{1,3}){3})-(\d{1,3}(?:\.\d{1,3}){3})$/;

class Scan {
	readonly #text: string;
	/** No candidate begins before it: the end of the last finding. */
	#floor = 0;
	/** Where the last run of hexadecimal and colons ended, that was no address. */
	#notAddressBefore = 0;
	readonly #looksForRare: boolean;

	readonly #view: View;
	readonly #found: (finding: Finding) => void;
	readonly #rare: RareKinds;
	readonly #tooLong: () => void;

	constructor(view: View, found: (finding: Finding) => void, rare: RareKinds, tooLong: () => void) {
		this.#view = view;
		this.#found = found;
		this.#rare = rare;
		this.#tooLong = tooLong;
		this.#text = view.text;
		this.#looksForRare = Object.values(rare).some(Boolean);
	}

	run(): void {
		const text = this.#text;
		let at = 0;
		while (at < text.length) {
			const code = text.charCodeAt(at);
			if (hostClass(code) !== 0) at = plainWordEnd(text, at) ?? this.#word(at);
			else if (code === 58 && text.charCodeAt(at + 1) === 58) at = this.#sixAt(at) ?? at + 2;
			else if (code === 91) at = this.#bracketedSix(at) ?? at + 1;
			// An encoded character in front of a name is no part of it: `%2Fwww.example.com`.
			else if (code === 37 && isHex(text.charCodeAt(at + 1)) && isHex(text.charCodeAt(at + 2))) at += 3;
			else at++;
		}
	}

	#emit(start: number, end: number, draft: Draft): number {
		const originalStart = this.#view.originalAt(start);
		const originalEnd = this.#view.originalEnd(end);
		this.#found({
			...draft,
			start: originalStart,
			end: originalEnd,
			defanged: (draft.defanged ?? false) || this.#view.isDefanged(start, end),
			flags: draft.flags ?? [],
			refanged: draft.refanged ?? this.#text.slice(start, end),
		});
		this.#floor = end;
		return end;
	}

	/** A run of host characters begins at `start`. Returns where to go on. */
	#word(start: number): number {
		const text = this.#text;
		const end = hostRunEnd(text, start);
		const next = text.charCodeAt(end);
		if (next === 58 || (next === 32 && text[end + 1] === ':')) {
			const after =
				this.#urlAt(start, end) ??
				this.#sixAt(start) ??
				(this.#rare.mac === true ? this.#rareAt(start, end) : undefined);
			if (after !== undefined) return after;
		} else if (next === 64) {
			const after = this.#mailAt(end);
			return after ?? end + 1;
		}
		if (next === 63 || next === 95 || next === 43 || next === 61 || next === 38 || next === 126) {
			if (this.#isLocalPartAhead(end)) return end;
		}
		if (end - start > 2_000) return end;
		return this.#bareAt(start, end) ?? end;
	}

	/** `user+tag@…`: what stands before the sign is no name of its own. */
	#isLocalPartAhead(from: number): boolean {
		const limit = Math.min(this.#text.length, from + 64);
		let at = from;
		while (at < limit && isLocalPart(this.#text.charCodeAt(at))) at++;
		return this.#text.charCodeAt(at) === 64;
	}

	#urlAt(start: number, end: number): number | undefined {
		const text = this.#text;
		SEPARATOR.lastIndex = end;
		const separator = SEPARATOR.exec(text)?.[0];
		const scheme = schemeBefore(text, start, end);
		if (scheme === undefined) return undefined;
		const http = scheme.name === 'http' || scheme.name === 'https';
		if (separator === undefined) {
			// `http:www.example.com`
			if (!http || !/^:www\./i.test(text.slice(end, end + 5))) return undefined;
			return this.#readUrl(scheme.start, scheme.name, end + 1, true, false);
		}
		const exact = separator === '://';
		if (!exact && !http && !separator.endsWith('//') && !separator.endsWith('\\\\')) return undefined;
		return this.#readUrl(
			scheme.start,
			scheme.name,
			end + separator.length,
			scheme.defanged || !exact,
			separator.includes('\\'),
		);
	}

	#readUrl(
		start: number,
		scheme: string,
		authorityStart: number,
		defanged: boolean,
		backslashes: boolean,
	): number | undefined {
		const text = this.#text;
		const authority = authorityAt(text, authorityStart);
		if (authority === undefined) return undefined;
		// `http://http://example.com`: the second one counts.
		if (
			schemeOf(text.slice(authority.hostStart, Math.min(authority.hostEnd, authority.hostStart + 12))) !== undefined &&
			text.startsWith(':/', authority.hostEnd)
		) {
			return authority.hostStart;
		}
		// The host is read before the path is walked through, lest a bad host cost the length of what follows it.
		const written = text.slice(authorityStart, authority.end);
		const encoded = /%2e/i.test(written);
		const opening = `${scheme}://${encoded ? written.replace(/%2e/gi, '.') : written}`;
		const server = readUrl(opening);
		if (server === undefined) return undefined;
		const spaced = /\s/.test(text.slice(Math.max(start, authorityStart - 2), authorityStart));
		if (spaced && server.host?.registrable === undefined && server.address === undefined) return undefined;

		const end = /[/?#\\]/.test(text[authority.end] ?? ' ')
			? tailEnd(text, authority.end, text[start - 1] ?? '', backslashes)
			: authority.end;
		const marked = defanged || encoded;
		const tail = text.slice(authority.end, end);
		const refanged = opening + (backslashes ? tail.replaceAll('\\', '/') : tail);
		if (refanged.length <= INDICATOR_LIMITS.maxUrlLength) {
			const url = readUrl(refanged);
			if (url === undefined) return undefined;
			return this.#emit(start, end, { type: 'url', value: url.value, refanged, url, defanged: marked });
		}
		this.#tooLong();
		const { host, address } = server;
		if (address !== undefined)
			this.#emit(start, authority.end, { type: address.type, value: address.value, address, defanged: marked });
		else if (host?.registrable !== undefined)
			this.#emit(start, authority.end, { type: 'domain-name', value: host.name, host, defanged: marked });
		this.#floor = end;
		return end;
	}

	#mailAt(sign: number): number | undefined {
		const text = this.#text;
		const domainStart = sign + 1;
		if (hostClass(text.charCodeAt(domainStart)) === 0) return undefined;
		const runEnd = hostRunEnd(text, domainStart);
		if (runEnd - domainStart > 300) return undefined;
		const spoken = text.slice(domainStart, runEnd).includes('.')
			? undefined
			: spokenName(text, domainStart, runEnd, true);
		const end = spoken?.end ?? runEnd;
		const address = readMailAddress(text, this.#floor, sign, spoken?.name ?? text.slice(domainStart, runEnd));
		if (address === undefined) return undefined;
		return this.#emit(address.start, end, {
			type: 'email-addr',
			value: address.value,
			refanged: address.refanged,
			host: address.host,
			defanged: spoken !== undefined || address.encoded,
		});
	}

	#bareAt(start: number, end: number): number | undefined {
		const text = this.#text;
		let word = text.slice(start, end);
		let last = end;
		while (last > start && (word.endsWith('-') || word.endsWith('_') || word.endsWith('.'))) {
			word = word.slice(0, -1);
			last--;
		}
		if (last === start) return undefined;
		const underscored = /^https?__|^hxxps?__/i.exec(word)?.[0];
		if (underscored !== undefined) {
			const scheme = schemeOf(underscored.slice(0, -2));
			return scheme === undefined
				? undefined
				: this.#readUrl(start, scheme.name, start + underscored.length, true, false);
		}
		if (this.#looksForRare) {
			const after = this.#rareAt(start, last);
			if (after !== undefined) return after;
		}
		const hash = readHash(word, text, start);
		if (hash !== undefined) return this.#emit(start, start + hash.value.length, { type: 'file', ...hash });
		const spokenMail = spokenAddress(text, start, last);
		if (spokenMail !== undefined)
			return this.#emit(start, spokenMail.end, { type: 'email-addr', ...spokenMail, defanged: true });
		if (!word.includes('.') && !word.includes('%')) {
			const spoken = spokenName(text, start, last, false);
			if (spoken === undefined) return undefined;
			const address = readAddress(spoken.name);
			if (address !== undefined)
				return this.#emit(start, spoken.end, {
					type: address.type,
					value: address.value,
					address,
					refanged: spoken.name,
					defanged: true,
				});
			const host = readHost(spoken.name);
			return host === undefined
				? undefined
				: this.#emit(start, spoken.end, {
						type: 'domain-name',
						value: host.name,
						host,
						refanged: spoken.name,
						defanged: true,
					});
		}
		if (isDigit(text.charCodeAt(start)) && (this.#fourAt(start, last, word) || this.#floor > start)) return this.#floor;
		return this.#nameAt(start, last, word);
	}

	/** IPv4 address, network, range, or `address/path`. */
	#fourAt(start: number, end: number, word: string): boolean {
		const range = RANGE.exec(word);
		if (range !== null) {
			const middle = start + range[1]!.length;
			return [
				[start, middle],
				[middle + 1, end],
			].every(([from, to]) => this.#fourAt(from!, to!, this.#text.slice(from, to)));
		}
		const plain = word.includes('%') ? word.replace(/%2e/gi, '.') : word;
		const address = readAddress(plain);
		if (address === undefined) return false;
		const text = this.#text;
		PREFIX_LENGTH.lastIndex = end;
		const prefix = PREFIX_LENGTH.exec(text)?.[0];
		const network = prefix === undefined ? undefined : readAddress(plain + prefix);
		const encoded = plain !== word;
		if (network !== undefined) {
			this.#emit(start, end + prefix!.length, {
				type: network.type,
				value: network.value,
				address: network,
				refanged: plain + prefix,
				flags: this.#versionFlags(start, plain, end),
				defanged: encoded,
			});
			return true;
		}
		const afterPort = portEnd(text, end);
		if (
			text[start - 1] !== '/' &&
			text[afterPort] === '/' &&
			startsTail(text, afterPort) &&
			this.#schemelessUrl(start, afterPort)
		)
			return true;
		this.#emit(start, afterPort, {
			type: address.type,
			value: address.value,
			address,
			refanged: plain + text.slice(end, afterPort),
			flags: this.#versionFlags(start, plain, end),
			defanged: encoded,
		});
		return true;
	}

	#versionFlags(start: number, plain: string, end: number): Finding['flags'] {
		if (this.#view.isDefanged(start, end)) return [];
		const small =
			/^\d(?:\.\d){3}$/.test(plain) && !/^(?:1\.1\.1\.1|1\.0\.0\.1|8\.8\.8\.8|8\.8\.4\.4|9\.9\.9\.9)$/.test(plain);
		return small || precededByVersion(this.#text, start) ? ['version-like'] : [];
	}

	#nameAt(start: number, end: number, word: string): number | undefined {
		const text = this.#text;
		const encoded = word.includes('%');
		const afterPort = portEnd(text, end);
		const withTail = startsTail(text, afterPort);
		const defanged = encoded || this.#view.isDefanged(start, end);
		const name = encoded ? word.replace(/%2e/gi, '.') : word;
		const judged = bareName(text, start, end, name, { defanged, withTail });
		if (judged === undefined) return undefined;
		if (withTail && this.#schemelessUrl(start, afterPort)) return this.#floor;
		return this.#emit(start, afterPort, {
			type: 'domain-name',
			value: judged.host.name,
			host: judged.host,
			flags: judged.flags,
			refanged: name + text.slice(end, afterPort),
			defanged,
		});
	}

	#schemelessUrl(start: number, authorityEnd: number): boolean {
		const text = this.#text;
		const end = tailEnd(text, authorityEnd, text[start - 1] ?? '', false);
		if (end <= authorityEnd + 1) return false;
		const refanged = text.slice(start, end);
		const written = `http://${refanged}`;
		const url = readUrl(written);
		if (url === undefined) {
			if (written.length > INDICATOR_LIMITS.maxUrlLength) this.#tooLong();
			return false;
		}
		this.#emit(start, end, { type: 'url', value: url.value, refanged, url, flags: ['scheme-assumed'] });
		return true;
	}

	/** IPv6 address at `start`, which is a hexadecimal digit or the first of two colons. */
	#sixAt(start: number): number | undefined {
		const text = this.#text;
		if (start < this.#notAddressBefore) return undefined;
		const before = text.charCodeAt(start - 1);
		if (start > 0 && (hostClass(before) !== 0 || before === 58)) return undefined;
		let end = start;
		while (end < text.length && (isHex(text.charCodeAt(end)) || text[end] === ':' || text[end] === '.')) end++;
		this.#notAddressBefore = end;
		if (end - start > 64 || end - start < 4 || hostClass(text.charCodeAt(end)) !== 0) return undefined;
		let word = text.slice(start, end);
		while (word.endsWith('.') || (word.endsWith(':') && !word.endsWith('::'))) word = word.slice(0, -1);
		if (!isPlausibleSix(word)) return undefined;
		return this.#emitSix(start, start + word.length, word);
	}

	#emitSix(start: number, end: number, word: string): number | undefined {
		const text = this.#text;
		const address = readAddress(word);
		if (address === undefined) return undefined;
		let after = end;
		if (text[after] === '%') {
			after++;
			while (isAlnum(text.charCodeAt(after)) && after - end < 32) after++;
		}
		PREFIX_LENGTH.lastIndex = after;
		const prefix = PREFIX_LENGTH.exec(text)?.[0];
		const network = prefix === undefined ? undefined : readAddress(word + prefix);
		const read = network ?? address;
		return this.#emit(start, network === undefined ? after : after + prefix!.length, {
			type: read.type,
			value: read.value,
			address: read,
		});
	}

	#bracketedSix(at: number): number | undefined {
		const text = this.#text;
		if (!isHex(text.charCodeAt(at + 1)) && text[at + 1] !== ':') return undefined;
		const close = text.slice(at + 1, at + 66).indexOf(']');
		if (close < 2) return undefined;
		const inside = text.slice(at + 1, at + 1 + close);
		const address = inside.includes(':') ? readAddress(inside) : undefined;
		if (address === undefined) return undefined;
		const end = portEnd(text, at + 2 + close);
		return this.#emit(at, end, { type: address.type, value: address.value, address });
	}

	#rareAt(start: number, end: number): number | undefined {
		const rare = findRare(this.#text, start, end, this.#rare);
		return rare === undefined ? undefined : this.#emit(start, rare.end, rare);
	}
}
