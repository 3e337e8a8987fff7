import { Lately } from '../../lately';
import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';
import { decodePercent } from '../../text';
import { readDomainName, readIpAddress, readUrl, type Url, type Value } from '../../values';
import type { IndicatorFlag } from '../indicator';
import { bareName, isVersion } from './bareName';
import { Char, endsUrl, hostClass, isAlnum, isDigit, isHex, isLocalPart } from '../characters';
import { readDefanged, readDefangedInSteps, type DefangedText } from './defangedText';
import type { TextFinding } from './finding';
import { hashOfWord } from './hashWord';
import { isPlausibleIpv6 } from './ipv6Word';
import { mailSpanAt } from './mailSpan';
import { endBeforeSentence } from './nextSentence';
import { openedValue, optInValue, OPT_IN_KINDS, type OptInKinds } from './optIn';
import { plainWordsEnd } from './plainWord';
import { Surroundings } from './surroundings';
import {
	authorityAt,
	garbledScheme,
	hostRunEnd,
	portEnd,
	schemeBefore,
	schemeOf,
	startsTail,
	tailEnd,
	type Scheme,
} from './urlSpan';
import { writtenOutAddress, writtenOutName } from './writtenOut';

export interface ScanOptions extends OptInKinds {
	/** Told of each URL above the limit, of which only the host is a finding. */
	onTooLong?: () => void;
	/** What ends a cell, where the text is a table. */
	delimiter?: string | undefined;
}

/**
 * Finds every value in a text, in the order of the text, defanged or not.
 * The time is linear in the length of the text: each character is looked at a bounded number of times.
 */
export function scanText(text: string, options: ScanOptions = {}): TextFinding[] {
	return new Scan(readDefanged(text), options).advance(Infinity);
}

/** As {@link scanText}, a piece at a time: yields what was found in each. */
export function* scanInSteps(text: string, options: ScanOptions = {}): Steps<void, TextFinding[]> {
	const scan = new Scan(yield* readDefangedInSteps(text), options);
	while (!scan.isDone) yield scan.advance(INDICATOR_LIMITS.pieceCharacters);
}

/** `never`: what looks like marks inside of it are none. */
type Draft = Partial<Omit<TextFinding, 'found' | 'start' | 'end' | 'defanged'>> & { defanged?: boolean | 'never' };

const SEPARATOR = / ?:\s{0,2}(?:\/\/|\|\||\\\\|[/\\])[/\\]{0,2}\s{0,2}/y;
const PREFIX_LENGTH = /\/\d{1,3}(?![\w/-]|\.\w)/y;
const LAST_OCTETS = /^((?:\d{1,3}\.){3})(\d{1,3})-(\d{1,3})$/;
/** What follows the server of a share: its port, if it is one of WebDAV, and the path. */
const SHARE = /(?:@ssl)?(?:@\d{1,5})?\\/iy;
const WILDCARDS = /(?:\.\*){1,2}(?![\w*])/y;
const RANGE = /^(\d{1,3}(?:\.\d{1,3}){3})-(\d{1,3}(?:\.\d{1,3}){3})$/;
/** A longer run of host characters is no name, no address and no hash. */
const LONGEST_WORD = 2_000;
const LONGEST_LOCAL_PART = 64;
const LONGEST_DOMAIN = 300;
/** A message has few servers, many times. */
const servers = new Lately<Url | undefined>(500, LONGEST_DOMAIN);

/** What a scheme opens: where it and the authority begin, and how they were written. */
interface UrlStart {
	start: number;
	scheme: string;
	authority: number;
	defanged: boolean;
	/** Backslashes stand for slashes. */
	backslashes: boolean;
}

class Scan {
	readonly #text: string;
	#at = 0;
	#batch: TextFinding[] = [];
	/** No candidate begins before it: the end of the last finding. */
	#floor = 0;
	/** Where the last run of hexadecimal and colons ended, that was no address. */
	#notAddressBefore = 0;
	readonly #looksForOptIn: boolean;
	readonly #looksForOpened: boolean;

	readonly #defangedText: DefangedText;
	readonly #options: ScanOptions;
	readonly #surroundings: Surroundings;

	constructor(defangedText: DefangedText, options: ScanOptions) {
		this.#defangedText = defangedText;
		this.#options = options;
		this.#text = defangedText.text;
		this.#surroundings = new Surroundings(this.#text);
		this.#looksForOptIn = OPT_IN_KINDS.some((kind) => options[kind] === true);
		this.#looksForOpened = options.phones === true || options.handles === true;
	}

	get isDone(): boolean {
		return this.#at >= this.#text.length;
	}

	/** Searches on for some characters; gives what was found. */
	advance(characters: number): TextFinding[] {
		const text = this.#text;
		const stop = Math.min(text.length, this.#at + characters);
		this.#batch = [];
		let at = this.#at;
		while (at < stop) {
			const code = text.charCodeAt(at);
			const opened = this.#looksForOpened ? openedValue(text, at, this.#options) : undefined;
			if (opened !== undefined) at = this.#emit(at, opened.end, opened.found);
			else if (hostClass(code) !== 0) at = plainWordsEnd(text, at) ?? this.#word(at);
			else if (code === Char.Colon && text.charCodeAt(at + 1) === Char.Colon) at = this.#ipv6At(at) ?? at + 2;
			else if (code === Char.LeftSquare) at = this.#bracketedIpv6At(at) ?? at + 1;
			else if (code === Char.Backslash && text.charCodeAt(at + 1) === Char.Backslash) at = this.#shareAt(at);
			else if (code === Char.AtSign && text.charCodeAt(at - 1) === Char.QuotationMark) at = this.#mailAt(at) ?? at + 1;
			// An encoded character in front of a name is no part of it: `%2Fwww.example.com`.
			else if (code === Char.PercentSign && isHex(text.charCodeAt(at + 1)) && isHex(text.charCodeAt(at + 2))) at += 3;
			else at++;
		}
		this.#at = at;
		return this.#batch;
	}

	/** Takes a finding; returns its end. */
	#emit(start: number, end: number, found: Value, { defanged = false, flags = [], refanged }: Draft = {}): number {
		this.#batch.push({
			found,
			refanged: refanged ?? this.#text.slice(start, end),
			start: this.#defangedText.originalAt(start),
			end: this.#defangedText.originalEnd(end),
			defanged: defanged === 'never' ? false : defanged || this.#defangedText.isDefanged(start, end),
			flags,
		});
		this.#floor = end;
		return end;
	}

	/** A run of host characters begins at `start`. Returns where to go on. */
	#word(start: number): number {
		const text = this.#text;
		const end = hostRunEnd(text, start);
		const next = text.charCodeAt(end);
		if (next === Char.Colon || (next === Char.Space && text.charCodeAt(end + 1) === Char.Colon)) {
			const after =
				this.#urlAt(start, end) ??
				this.#ipv6At(start) ??
				(this.#options.mac === true || this.#options.registryKeys === true ? this.#optInAt(start, end) : undefined);
			if (after !== undefined) return after;
		} else if (next === Char.AtSign) {
			return this.#mailAt(end) ?? end + 1;
		} else if (next === Char.Slash && text.charCodeAt(end + 1) === Char.Slash) {
			const after = this.#colonlessUrlAt(start, end);
			if (after !== undefined) return after;
		}
		if (joinsLocalPart(next) && this.#isLocalPartAhead(end)) return end;
		if (end - start > LONGEST_WORD) return end;
		const nameEnd = startsTail(text, end) ? end : endBeforeSentence(text, start, end);
		return this.#bareAt(start, nameEnd) ?? end;
	}

	/** `user+tag@…`: what stands before the sign is no name of its own. */
	#isLocalPartAhead(from: number): boolean {
		const limit = Math.min(this.#text.length, from + LONGEST_LOCAL_PART);
		let at = from;
		while (at < limit && isLocalPart(this.#text.charCodeAt(at))) at++;
		return this.#text.charCodeAt(at) === Char.AtSign;
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
			return this.#readUrl({
				start: scheme.start,
				scheme: scheme.name,
				authority: end + 1,
				defanged: true,
				backslashes: false,
			});
		}
		const exact = separator === '://';
		if (!exact && !http && !/(?:\/\/|\\\\)$/.test(separator)) return undefined;
		return this.#readUrl({
			start: scheme.start,
			scheme: scheme.name,
			authority: end + separator.length,
			defanged: scheme.defanged || !exact,
			backslashes: separator.includes('\\'),
		});
	}

	/** `https//example.com/path` */
	#colonlessUrlAt(start: number, end: number): number | undefined {
		const scheme = schemeBefore(this.#text, start, end);
		if (scheme === undefined || !/^https?$/.test(scheme.name)) return undefined;
		return this.#readUrl({
			start: scheme.start,
			scheme: scheme.name,
			authority: end + 2,
			defanged: true,
			backslashes: false,
		});
	}

	#readUrl({ start, scheme, authority: authorityStart, defanged, backslashes }: UrlStart): number | undefined {
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
		const server = servers.get(opening, readUrl);
		if (server === undefined) return undefined;
		const spaced = /\s/.test(text.slice(Math.max(start, authorityStart - 2), authorityStart));
		if (spaced && server.host?.registrable === undefined && server.address === undefined) return undefined;

		const end = /[/?#\\]/.test(text[authority.end] ?? ' ')
			? tailEnd(text, authority.end, {
					opening: text[start - 1] ?? '',
					backslashes,
					delimiter: this.#delimiterAt(start),
				})
			: authority.end;
		const marked = defanged || encoded;
		const tail = text.slice(authority.end, end);
		const refanged = opening + (backslashes ? tail.replaceAll('\\', '/') : tail);
		// The server was read: what is no URL now is too long.
		const url = readUrl(refanged);
		if (url !== undefined) return this.#emit(start, end, url, { refanged, defanged: marked });
		this.#options.onTooLong?.();
		const { host, address } = server;
		if (address !== undefined) this.#emit(start, authority.end, address, { defanged: marked });
		else if (host?.registrable !== undefined) this.#emit(start, authority.end, host, { defanged: marked });
		this.#floor = end;
		return end;
	}

	#mailAt(sign: number): number | undefined {
		const text = this.#text;
		const domainStart = sign + 1;
		if (hostClass(text.charCodeAt(domainStart)) === 0) return undefined;
		const runEnd = endBeforeSentence(text, domainStart, hostRunEnd(text, domainStart));
		if (runEnd - domainStart > LONGEST_DOMAIN) return undefined;
		const writtenOut = text.slice(domainStart, runEnd).includes('.')
			? undefined
			: writtenOutName(text, domainStart, runEnd, { afterSign: true });
		const domain = writtenOut?.name ?? text.slice(domainStart, runEnd);
		const address = mailSpanAt(text, { floor: this.#floor, sign, domain });
		if (address === undefined) return undefined;
		return this.#emit(address.start, writtenOut?.end ?? runEnd, address.found, {
			refanged: address.refanged,
			defanged: writtenOut !== undefined || address.encoded,
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
			const authority = start + underscored.length;
			return scheme === undefined
				? undefined
				: this.#readUrl({ start, scheme: scheme.name, authority, defanged: true, backslashes: false });
		}
		if (this.#looksForOptIn) {
			const after = this.#optInAt(start, last);
			if (after !== undefined) return after;
		}
		const hash = hashOfWord(word, text, start, { floor: this.#floor, surroundings: this.#surroundings });
		if (hash !== undefined) return this.#emit(hash.start, hash.end, hash.found, { flags: hash.flags });
		const mail = writtenOutAddress(text, start, last);
		if (mail !== undefined) return this.#emit(start, mail.end, mail.found, { refanged: mail.refanged, defanged: true });
		if (!word.includes('.') && !word.includes('%')) {
			const writtenOut = writtenOutName(text, start, last, { afterSign: false });
			if (writtenOut === undefined) return undefined;
			const { name, end: writtenEnd } = writtenOut;
			const found = readIpAddress(name) ?? readDomainName(name);
			return found && this.#emit(start, writtenEnd, found, { refanged: name, defanged: true });
		}
		// `IP198.51.100.7`
		const glued = /^ip(?=\d{1,3}(?:\.\d{1,3}){3}$)/i.test(word) ? 2 : 0;
		if (isDigit(text.charCodeAt(start + glued))) {
			const after = this.#ipv4At(start + glued, last, word.slice(glued));
			if (after !== undefined) return after;
		}
		return this.#nameAt(start, last, word);
	}

	/** IPv4 address, network, range, or `address/path`. Returns its end. */
	#ipv4At(start: number, end: number, word: string): number | undefined {
		const range = RANGE.exec(word);
		if (range !== null) {
			const [, first = '', last = ''] = range;
			const middle = start + first.length;
			const after = this.#ipv4At(start, middle, first);
			// Where only the first one is an address, that is the finding.
			return after === undefined ? undefined : (this.#ipv4At(middle + 1, end, last) ?? after);
		}
		const octets = LAST_OCTETS.exec(word);
		if (octets !== null) {
			const [, network = '', first = '', last = ''] = octets;
			const address = readIpAddress(network + last);
			const after =
				Number(first) < Number(last)
					? this.#ipv4At(start, start + network.length + first.length, network + first)
					: undefined;
			return after === undefined || address === undefined
				? after
				: this.#emit(after + 1, end, address, { refanged: network + last });
		}
		const wildcards = this.#wildcardsAt(start, end, word);
		if (wildcards !== undefined) return wildcards;
		const plain = word.includes('%') ? word.replace(/%2e/gi, '.') : word;
		const address = readIpAddress(plain);
		if (address === undefined) return undefined;
		const text = this.#text;
		PREFIX_LENGTH.lastIndex = end;
		const prefix = PREFIX_LENGTH.exec(text)?.[0];
		const network = prefix === undefined ? undefined : readIpAddress(plain + prefix);
		const defanged = plain !== word;
		if (network !== undefined) {
			const flags = this.#versionFlags(start, plain, end);
			return this.#emit(start, end + prefix!.length, network, { refanged: plain + prefix, flags, defanged });
		}
		const afterPort = portEnd(text, end);
		if (text[start - 1] !== '/' && text[afterPort] === '/' && startsTail(text, afterPort)) {
			const after = this.#schemelessUrl(start, afterPort);
			if (after !== undefined) return after;
		}
		const flags = this.#versionFlags(start, plain, end);
		return this.#emit(start, afterPort, address, { refanged: plain + text.slice(end, afterPort), flags, defanged });
	}

	/** `198.51.100.*` */
	#wildcardsAt(start: number, end: number, word: string): number | undefined {
		if (this.#text[end] !== '.' || !/^\d{1,3}(?:\.\d{1,3}){1,2}$/.test(word)) return undefined;
		WILDCARDS.lastIndex = end;
		const stars = WILDCARDS.exec(this.#text)?.[0];
		const count = word.split('.').length;
		if (stars === undefined || count + stars.length / 2 !== 4) return undefined;
		const network = readIpAddress(`${word}${'.0'.repeat(4 - count)}/${8 * count}`);
		return network && this.#emit(start, end + stars.length, network, { refanged: network.value });
	}

	/** `\\host\\share`, `\\host@SSL@443\\share`, with their backslashes doubled, too. Returns where to go on. */
	#shareAt(start: number): number {
		const text = this.#text;
		let at = start;
		while (text.charCodeAt(at) === Char.Backslash) at++;
		const isDrive = text[start - 1] === ':' && /(?:^|\W)[A-Za-z]$/.test(text.slice(Math.max(0, start - 3), start - 1));
		if (
			at - start > 4 ||
			isDrive ||
			hostClass(text.charCodeAt(at)) === 0 ||
			hostClass(text.charCodeAt(start - 1)) !== 0
		)
			return at;
		const end = hostRunEnd(text, at);
		SHARE.lastIndex = end;
		if (end - at > LONGEST_DOMAIN || !SHARE.test(text)) return at;
		const host = text.slice(at, end);
		const found = readIpAddress(host) ?? readDomainName(host);
		if (found === undefined || (found.type === 'domain-name' && found.registrable === undefined)) return end;
		return this.#emit(at, end, found);
	}

	#versionFlags(start: number, plain: string, end: number): IndicatorFlag[] {
		if (this.#defangedText.isDefanged(start, end)) return [];
		const isHeading = /^\d(?:\.\d){3}$/.test(plain) && isNumberOfHeading(this.#text, start, end);
		return isHeading || isVersion(this.#text, start, end) ? ['version-like'] : [];
	}

	#nameAt(start: number, end: number, word: string): number | undefined {
		const text = this.#text;
		const encoded = word.includes('%');
		const afterPort = portEnd(text, end);
		const withTail = startsTail(text, afterPort);
		const isExpression = isInExpression(text, start);
		const defanged = encoded || (!isExpression && this.#defangedText.isDefanged(start, end));
		const name = encoded ? word.replace(/%2e/gi, '.') : word;
		const surroundings = this.#surroundings;
		const judged = bareName(text, start, end, name, { defanged, withTail: withTail || afterPort > end, surroundings });
		if (judged === undefined) return undefined;
		const scheme = garbledScheme(text, start, this.#floor);
		if (scheme !== undefined) {
			const { start: from, name: opening } = scheme;
			const encodedUrl = /%2f$/i.test(text.slice(start - 3, start)) ? this.#encodedUrl(scheme, start) : undefined;
			if (encodedUrl !== undefined) return encodedUrl;
			return this.#readUrl({ start: from, scheme: opening, authority: start, defanged: true, backslashes: false });
		}
		// `unknown://example.com/path` is no URL of the web.
		const url = withTail && !isBehindScheme(text, start) ? this.#schemelessUrl(start, afterPort) : undefined;
		if (url !== undefined) return url;
		const { found, flags } = judged;
		const refanged = name + text.slice(end, afterPort);
		return this.#emit(start, afterPort, found, { flags, refanged, defanged: isExpression ? 'never' : defanged });
	}

	/** `https%3A%2F%2Fexample.com%2Fpath`, up to the next parameter. */
	#encodedUrl({ start, name: scheme }: Scheme, authority: number): number | undefined {
		const text = this.#text;
		const limit = Math.min(text.length, authority + INDICATOR_LIMITS.maxUrlLength);
		let end = authority;
		while (end < limit && !endsUrl(text.charCodeAt(end)) && text.charCodeAt(end) !== Char.Ampersand) end++;
		const refanged = `${scheme}://${decodePercent(text.slice(authority, end))}`;
		const url = readUrl(refanged);
		return url && this.#emit(start, end, url, { refanged, defanged: true });
	}

	/** What ends the cell in which a URL stands: known of a table, or seen in the lines around it. */
	#delimiterAt(start: number): string | undefined {
		return this.#options.delimiter ?? this.#surroundings.delimiterAt(start);
	}

	/** `example.com/path`. Returns its end. */
	#schemelessUrl(start: number, authorityEnd: number): number | undefined {
		const text = this.#text;
		const delimiter = this.#delimiterAt(start);
		const end = tailEnd(text, authorityEnd, { opening: text[start - 1] ?? '', backslashes: false, delimiter });
		if (end <= authorityEnd + 1) return undefined;
		const refanged = text.slice(start, end);
		const written = `http://${refanged}`;
		const url = readUrl(written);
		if (url === undefined) {
			if (written.length > INDICATOR_LIMITS.maxUrlLength) this.#options.onTooLong?.();
			return undefined;
		}
		return this.#emit(start, end, url, { refanged, flags: ['scheme-assumed'] });
	}

	/** IPv6 address at `start`, which is a hexadecimal digit or the first of two colons. */
	#ipv6At(start: number): number | undefined {
		const text = this.#text;
		if (start < this.#notAddressBefore) return undefined;
		const before = text.charCodeAt(start - 1);
		if (start > 0 && (hostClass(before) !== 0 || before === Char.Colon)) return undefined;
		let end = start;
		while (end < text.length && (isHex(text.charCodeAt(end)) || text[end] === ':' || text[end] === '.')) end++;
		this.#notAddressBefore = end;
		if (end - start > 64 || end - start < 4 || hostClass(text.charCodeAt(end)) !== 0) return undefined;
		let word = text.slice(start, end);
		while (word.endsWith('.') || (word.endsWith(':') && !word.endsWith('::'))) word = word.slice(0, -1);
		if (!isPlausibleIpv6(word)) return undefined;
		return this.#emitIpv6(start, start + word.length, word);
	}

	#emitIpv6(start: number, end: number, word: string): number | undefined {
		const text = this.#text;
		const address = readIpAddress(word);
		if (address === undefined) return undefined;
		let after = end;
		if (text[after] === '%') {
			after++;
			while (isAlnum(text.charCodeAt(after)) && after - end < 32) after++;
		}
		PREFIX_LENGTH.lastIndex = after;
		const prefix = PREFIX_LENGTH.exec(text)?.[0];
		const network = prefix === undefined ? undefined : readIpAddress(word + prefix);
		const read = network ?? address;
		return this.#emit(start, network === undefined ? after : after + prefix!.length, read);
	}

	#bracketedIpv6At(at: number): number | undefined {
		const text = this.#text;
		if (!isHex(text.charCodeAt(at + 1)) && text[at + 1] !== ':') return undefined;
		const close = text.slice(at + 1, at + 66).indexOf(']');
		if (close < 2) return undefined;
		const inside = text.slice(at + 1, at + 1 + close);
		const address = inside.includes(':') ? readIpAddress(inside) : undefined;
		if (address === undefined) return undefined;
		const end = portEnd(text, at + 2 + close);
		return this.#emit(at, end, address);
	}

	#optInAt(start: number, end: number): number | undefined {
		const value = optInValue(this.#text, start, end, this.#options);
		return value && this.#emit(start, value.end, value.found);
	}
}

/** Characters that go on with a local part where a name ends: `user+tag@…`. */
function joinsLocalPart(code: number): boolean {
	return (
		code === Char.QuestionMark ||
		code === Char.Underscore ||
		code === Char.PlusSign ||
		code === Char.EqualsSign ||
		code === Char.Ampersand ||
		code === Char.Tilde
	);
}

/** `4.3.2.1 Results`, at the beginning of a line. */
function isNumberOfHeading(text: string, start: number, end: number): boolean {
	const before = text[start - 1];
	return (before === undefined || before === '\n') && /^ {1,4}[A-Z][a-z]/.test(text.slice(end, end + 8));
}

/** Whether a scheme stands before the name that is none of those known. */
function isBehindScheme(text: string, start: number): boolean {
	return text.startsWith('://', start - 3) && isAlnum(text.charCodeAt(start - 4));
}

/** `\d+\.example\.com`, `.*\.example\.com`: a regular expression escapes its dots, and nobody marked the name. */
function isInExpression(text: string, start: number): boolean {
	return text[start - 1] === '.' && text[start - 2] === '\\';
}
