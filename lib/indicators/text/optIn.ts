import {
	asValue,
	cveValue,
	handleValue,
	macValue,
	phoneNumberValue,
	registryKeyValue,
	techniqueValue,
	walletValue,
	type PlainValue,
} from '../../values';
import { Char, isAlnum, isDigit, isLetter } from '../characters';

/** Kinds that are looked for only when asked. */
export const OPT_IN_KINDS = [
	'cve',
	'asn',
	'mac',
	'wallets',
	'phones',
	'techniques',
	'registryKeys',
	'handles',
] as const;
export type OptInKinds = Partial<Record<(typeof OPT_IN_KINDS)[number], boolean>>;

/** With hyphens that are no part of a word: `CVE\u20112021\u201144228`. */
const CVE = /CVE[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\d{4}[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\d{4,19}\b/iy;
const ASN = /^ASN?\d{1,10}$/;
/** `AS 64500`, `ASN: 64500`. */
const ASN_BEFORE = /(?:^|\W)ASN?[ :#]{1,3}$/;
const MAC = /[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}(?![\w:])|(?:-[0-9A-Fa-f]{2}){5}(?![\w-]))/y;
const MAC_DOTTED = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i;

/** Behind a plus sign, in groups of any length. */
const INTERNATIONAL = /\+\s?[1-9]\d{0,14}(?:[ .\u00a0\u2010-\u2013/-]{0,2}\(?\d{1,6}\)?){1,8}(?![\d@]|[-./:]\d)/y;
/** Of North America: three, three and four digits, set apart. */
const NATIONAL =
	/(?:1[ .-]{1,2})?(?:\([2-9]\d{2}\)[ .\u00a0\u2010-\u2013-]{0,3}|[2-9]\d{2}[ .\u00a0\u2010-\u2013-]{1,3})[2-9]\d{2}[ .\u00a0\u2010-\u2013-]{1,2}\d{4}(?![\w@%]|[-./:]\d)/y;
const HANDLE = /@[A-Za-z]\w{3,31}(?![\w@]|\.\w|-\w)/y;
/** What style sheets, programs and chats write behind an at sign. */
const NO_HANDLES =
	/^(?:media|import|charset|keyframes|supports|page|layer|param|return|returns|throws|override|deprecated|everyone|here|channel|example|property|container|namespace|font)$/;
/**
 * A blank is part of a name only between words that begin with capitals, before another backslash: `…\Windows NT\…`. Prose goes on in
 * small letters.
 */
const KEY = new RegExp(
	String.raw`(?:HKEY_[A-Z_]{5,20}|HK(?:LM|CU|CR|CC|U)):?(?:\.DEFAULT)?(?:\\{1,2}WORD(?:(?<![.!]) (?!HK)[A-Z0-9{(&-]W{0,63}){0,5}(?=\\)){0,64}\\{1,2}WORD`
		.replaceAll('WORD', String.raw`(?!HKEY_)[^\\\s"'<>|,;:*?]{1,255}`)
		.replaceAll('W{', String.raw`[^\\\s"'<>|,;:*?]{`),
	'iy',
);

/** The value of an opt-in kind that a sign or a digit opens: no word of its own does. */
export function openedValue(
	text: string,
	start: number,
	wanted: OptInKinds,
): { found: PlainValue; end: number } | undefined {
	const code = text.charCodeAt(start);
	const before = text.charCodeAt(start - 1);
	if (
		start > 0 &&
		(isAlnum(before) || before === Char.FullStop || before === Char.Underscore || before === Char.PlusSign)
	)
		return undefined;
	if (wanted.phones === true && (code === Char.PlusSign || code === Char.LeftParenthesis || isDigit(code))) {
		const expression = code === Char.PlusSign ? INTERNATIONAL : NATIONAL;
		// A part of a number, of a path, of an identifier.
		if (code !== Char.LeftParenthesis && isPartOfOther(text, start, before)) return undefined;
		expression.lastIndex = start;
		const written = expression.exec(text)?.[0];
		const isOther =
			written === undefined ||
			COORDINATE.test(written) ||
			NUMBERED_BEFORE.test(text.slice(Math.max(0, start - 24), start));
		const value = isOther ? undefined : phoneNumberValue(written);
		return value === undefined ? undefined : { found: { type: 'phone-number', value }, end: start + written!.length };
	}
	if (wanted.handles !== true || code !== Char.AtSign || before === Char.Slash) return undefined;
	HANDLE.lastIndex = start;
	const written = HANDLE.exec(text)?.[0];
	const value = written === undefined ? undefined : handleValue(written);
	return value === undefined || NO_HANDLES.test(value)
		? undefined
		: { found: { type: 'user-account', value }, end: start + written!.length };
}

const HYPHEN = 45;
const COORDINATE = /^\+\d{1,3}\.\d{3,}(?:\s|$)/;
/** What people number, and do not call. */
const NUMBERED_BEFORE =
	/(?:#|\b(?:ssn|po|order|ticket|tck|invoice|inv|ref(?:erence)?|case|serial|tracking|kvk|org\.? ?nr|siren|siret|iban|isbn|gtin|ean|version|build)\.?(?: ?(?:no|nr|number|id))?\.?\s?[:#=]?\s?)$/i;

/** Not so behind a word and a colon: `Phone:888-555-0100`, `tel:+1…`. */
function isPartOfOther(text: string, start: number, before: number): boolean {
	if (before === Char.Colon) return !isLetter(text.charCodeAt(start - 2));
	return before === Char.Slash || before === HYPHEN;
}

function registryKeyAt(text: string, start: number): { found: PlainValue; end: number } | undefined {
	KEY.lastIndex = start;
	const written = KEY.exec(text)?.[0];
	if (written === undefined) return undefined;
	// The last name ends with its word: nobody knows where prose goes on.
	const last = written.lastIndexOf('\\') + 1;
	const name = /^[^\s)\]}]*[^\s)\]}.:!]/.exec(written.slice(last))?.[0] ?? '';
	const whole = written.slice(0, last) + name;
	// `\.` is read as an escaped dot.
	const value = registryKeyValue(whole.replace(/^(HKEY_USERS|HKU)\.DEFAULT/i, '$1\\.DEFAULT'));
	return value === undefined
		? undefined
		: { found: { type: 'windows-registry-key', value }, end: start + whole.length };
}

/** The value of an opt-in kind that the word at `start..end` is, if it is one. */
export function optInValue(
	text: string,
	start: number,
	end: number,
	wanted: OptInKinds,
): { found: PlainValue; end: number } | undefined {
	const length = end - start;
	if (wanted.mac === true && text[start - 1] !== ':' && text[start - 1] !== '-') {
		MAC.lastIndex = start;
		const written = MAC.exec(text)?.[0];
		const dotted = length === 14 && MAC_DOTTED.test(text.slice(start, end));
		const value = written !== undefined || dotted ? macValue(written ?? text.slice(start, end)) : undefined;
		if (value !== undefined)
			return { found: { type: 'mac-addr', value }, end: written === undefined ? end : start + written.length };
	}
	if (wanted.registryKeys === true && (text[end] === '\\' || text[end] === ':')) {
		const key = registryKeyAt(text, start);
		if (key !== undefined) return key;
	}
	if (
		wanted.asn === true &&
		isDigit(text.charCodeAt(start)) &&
		ASN_BEFORE.test(text.slice(Math.max(0, start - 8), start))
	) {
		const value = asValue(`AS${text.slice(start, end)}`);
		if (value !== undefined) return { found: { type: 'autonomous-system', value }, end };
	}
	if (wanted.cve === true && length === 3) {
		CVE.lastIndex = start;
		const written = CVE.exec(text)?.[0];
		const value = written === undefined ? undefined : cveValue(written);
		if (value !== undefined) return { found: { type: 'cve', value }, end: start + written!.length };
	}
	if (length < 3 || length > 110) return undefined;
	const word = text.slice(start, end);
	const plain = (type: PlainValue['type'], value: string | undefined) =>
		value === undefined ? undefined : { found: { type, value }, end };
	return (
		(wanted.cve === true ? plain('cve', cveValue(word)) : undefined) ??
		(wanted.asn === true && ASN.test(word) ? plain('autonomous-system', asValue(word)) : undefined) ??
		(wanted.techniques === true ? plain('attack-pattern', techniqueValue(word)) : undefined) ??
		(wanted.wallets === true ? plain('cryptocurrency-wallet', walletValue(word)) : undefined)
	);
}
