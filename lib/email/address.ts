import { decodeHeaderText } from './encodedWord';
import type { EmailAddress } from './email';

/** What a field body is made of (RFC 5322 section 3.2), as bytes in `latin1` strings. */
interface Token {
	kind: 'text' | 'quoted' | 'comment' | 'special';
	value: string;
	/** White space stands before it. */
	spaced: boolean;
}

const SPECIALS = new Set([',', ';', ':', '<', '>']);
const NON_ATOM = new Set([...SPECIALS, '(', '"', ' ', '\t', '\r', '\n']);

/**
 * Reads an address list (RFC 5322 section 3.4 with the obsolete forms of section 4.4): groups are flattened and named,
 * source routes dropped, comments taken as the name when there is no other. What holds no address is left out.
 * One pass, whatever the input.
 */
export function parseAddresses(raw: string, maxAddresses: number, charset?: string): { addresses: EmailAddress[]; cut: boolean } {
	const addresses: EmailAddress[] = [];
	let group: string | undefined;
	let words: Token[] = [];
	let angle: Token[] | undefined;
	let inAngle = false;

	const flush = (): boolean => {
		const found = addressOf(words, angle, charset);
		words = [];
		angle = undefined;
		inAngle = false;
		if (found === undefined) return true;
		if (addresses.length >= maxAddresses) return false;
		addresses.push(group === undefined ? found : { ...found, group });
		return true;
	};
	for (const token of tokens(raw)) {
		if (token.kind !== 'special') {
			(inAngle ? angle! : words).push(token);
			continue;
		}
		switch (token.value) {
			case '<':
				if (angle === undefined) angle = [];
				inAngle = true;
				break;
			case '>':
				inAngle = false;
				break;
			case ',':
				// Inside of < > it parts the hosts of a source route.
				if (inAngle && angle![0]?.value.startsWith('@')) angle = [];
				else if (!flush()) return { addresses, cut: true };
				break;
			case ';':
				if (!flush()) return { addresses, cut: true };
				group = undefined;
				break;
			default:
				if (inAngle) {
					// `<@relay:user@host>` is a source route, `<mailto:user@host>` a mistake: the address comes after it.
					angle = [];
				} else if (angle === undefined && !words.some((word) => word.kind === 'text' && word.value.includes('@'))) {
					group = phrase(words, charset) ?? '';
					words = [];
				}
		}
	}
	return { addresses, cut: !flush() };
}

function addressOf(words: Token[], angle: Token[] | undefined, charset: string | undefined): EmailAddress | undefined {
	if (angle !== undefined) {
		const address = joinAddress(angle);
		if (address === '') return undefined;
		const name = phrase(words, charset) ?? commentName(words, charset);
		return name === undefined ? { address } : { address, name };
	}
	const parts = words.filter((word) => word.kind !== 'comment');
	let at = parts.findIndex((word) => word.kind === 'text' && word.value.includes('@'));
	if (at === -1) return undefined;
	// `"local part"@host` and `user @ host` are one address in several tokens.
	let end = at + 1;
	if (at > 0 && parts[at]!.value.startsWith('@')) at--;
	while (at > 0 && (parts[at]!.value.startsWith('.') || parts[at - 1]!.value.endsWith('.'))) at--;
	if (parts[end - 1]!.value.endsWith('@') && end < parts.length) end++;
	while (end < parts.length && (parts[end]!.value.startsWith('.') || parts[end - 1]!.value.endsWith('.'))) end++;
	const address = joinAddress(parts.slice(at, end));
	if (address.startsWith('@') || address.endsWith('@')) return undefined;
	const name = phrase([...parts.slice(0, at), ...parts.slice(end)], charset) ?? commentName(words, charset);
	return name === undefined ? { address } : { address, name };
}

function joinAddress(parts: Token[]): string {
	const joined = parts
		.filter((part) => part.kind !== 'comment')
		.map((part) => (part.kind === 'quoted' && !isDotAtom(part.value) ? `"${part.value.replace(/["\\]/g, '\\$&')}"` : part.value))
		.join('');
	return decodeHeaderText(joined).trim();
}

const isDotAtom = (text: string): boolean => /^[^\s"(),:;<>@[\\\]]+$/.test(text);

function phrase(words: Token[], charset: string | undefined): string | undefined {
	let raw = '';
	for (const word of words) {
		if (word.kind === 'comment') continue;
		raw += (word.spaced && raw !== '' ? ' ' : '') + word.value;
	}
	const text = decodeHeaderText(raw, charset).trim();
	return text === '' ? undefined : text;
}

function commentName(words: Token[], charset: string | undefined): string | undefined {
	const comment = words.find((word) => word.kind === 'comment');
	const text = comment === undefined ? '' : decodeHeaderText(comment.value, charset).trim();
	return text === '' ? undefined : text;
}

function* tokens(raw: string): Generator<Token> {
	let spaced = false;
	// A quote or parenthesis that is never closed is text: else it would swallow every address behind it.
	let closable = true;
	for (let i = 0; i < raw.length; ) {
		const character = raw[i]!;
		if (character === ' ' || character === '\t' || character === '\r' || character === '\n') {
			spaced = true;
			i++;
			continue;
		}
		let token: Token;
		if ((character === '"' || character === '(') && closable) {
			const [value, end] = character === '"' ? readQuoted(raw, i + 1) : readComment(raw, i + 1);
			if (end > raw.length) {
				closable = false;
				continue;
			}
			token = { kind: character === '"' ? 'quoted' : 'comment', value, spaced };
			i = end;
		} else if (SPECIALS.has(character)) {
			token = { kind: 'special', value: character, spaced };
			i++;
		} else {
			let end = i + 1;
			// A domain literal holds colons: [IPv6:2001:db8::1].
			let literal = character === '[';
			while (end < raw.length && (literal ? raw[end] !== '>' && raw[end] !== ',' : !NON_ATOM.has(raw[end]!))) {
				if (raw[end] === '[') literal = true;
				else if (raw[end] === ']') literal = false;
				end++;
			}
			token = { kind: 'text', value: raw.slice(i, end), spaced };
			i = end;
		}
		spaced = false;
		yield token;
	}
}

function readQuoted(raw: string, from: number): [string, number] {
	let value = '';
	let i = from;
	while (i < raw.length && raw[i] !== '"') {
		if (raw[i] === '\\' && i + 1 < raw.length) i++;
		value += raw[i++]!;
	}
	return [value, i + 1];
}

function readComment(raw: string, from: number): [string, number] {
	let value = '';
	let depth = 1;
	let i = from;
	for (; i < raw.length; i++) {
		if (raw[i] === '\\' && i + 1 < raw.length) value += raw[++i]!;
		else if (raw[i] === '(' && ++depth > 0) value += '(';
		else if (raw[i] === ')' && --depth === 0) break;
		else value += raw[i]!;
	}
	return [value, i + 1];
}
