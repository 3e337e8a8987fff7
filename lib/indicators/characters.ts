/** Characters by name and by class, for what reads texts and markup. All work on UTF-16 code units, so that offsets are string offsets. */

/** Code units by name. A const enum: what reads every character of a message compares with numbers, not with fields of a module. */
export const enum Char {
	Tab = 9,
	LineFeed = 10,
	FormFeed = 12,
	CarriageReturn = 13,
	Space = 32,
	ExclamationMark = 33,
	QuotationMark = 34,
	NumberSign = 35,
	PercentSign = 37,
	Ampersand = 38,
	Apostrophe = 39,
	LeftParenthesis = 40,
	RightParenthesis = 41,
	PlusSign = 43,
	Comma = 44,
	FullStop = 46,
	Slash = 47,
	Colon = 58,
	Semicolon = 59,
	LessThan = 60,
	EqualsSign = 61,
	GreaterThan = 62,
	QuestionMark = 63,
	AtSign = 64,
	LeftSquare = 91,
	Backslash = 92,
	RightSquare = 93,
	Underscore = 95,
	LowerA = 97,
	LowerD = 100,
	LowerO = 111,
	LowerT = 116,
	Tilde = 126,
}

/** Makes a small letter of an ASCII letter. */
export const toLower = (code: number): number => code | 0x20;

const ALNUM = 1;
const LABEL = 2;
const HEX = 4;
const BLANK = 8;
const LOCAL = 16;

const classes = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
	const character = String.fromCharCode(code);
	if (/[0-9A-Za-z]/.test(character)) classes[code]! |= ALNUM | LABEL | LOCAL;
	if (/[-_]/.test(character)) classes[code]! |= LABEL;
	if (/[0-9A-Fa-f]/.test(character)) classes[code]! |= HEX;
	if (/[\t\n\v\f\r ]/.test(character)) classes[code]! |= BLANK;
	if (/[.!#$%&'*+=?^_`{|}~-]/.test(character)) classes[code]! |= LOCAL;
}

const is = (code: number, mask: number): boolean => code < 128 && (classes[code]! & mask) !== 0;

/** ASCII letter or digit. */
export const isAlnum = (code: number): boolean => is(code, ALNUM);
/** ASCII letter. */
export const isLetter = (code: number): boolean => toLower(code) >= 97 && toLower(code) <= 122;
export const isHex = (code: number): boolean => is(code, HEX);
/** RFC 5322 `atext` and the dot. */
export const isLocalPart = (code: number): boolean => is(code, LOCAL);
export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
export const isSpace = (code: number): boolean =>
	is(code, BLANK) || code === 0xa0 || code === 0x3000 || code === 0x2028 || code === 0x2029;

const LETTER = /[\p{L}\p{N}\p{M}]/u;
// Scripts written without spaces: a URL may stand directly beside them.
const UNSPACED =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

// Host classes plus one of the code units that were met: two expressions for every letter of Chinese text would take half of all time.
const hostClasses = new Uint8Array(0x10000);

/** What a host name is made of: 0 nothing of the kind, 1 letters of alphabets, digits, `-`, `_`, 2 letters of scripts written without spaces. */
export function hostClass(code: number): 0 | 1 | 2 {
	if (code < 128) return (classes[code]! & LABEL) !== 0 ? 1 : 0;
	const known = hostClasses[code];
	if (known !== undefined && known !== 0) return (known - 1) as 0 | 1 | 2;
	const found = wideHostClass(code);
	hostClasses[code] = found + 1;
	return found;
}

function wideHostClass(code: number): 0 | 1 | 2 {
	if (code < 0xc0 || (code >= 0xd800 && code <= 0xdfff)) return 0;
	const character = String.fromCharCode(code);
	if (!LETTER.test(character)) return 0;
	return UNSPACED.test(character) ? 2 : 1;
}

/** First or last character of a label. */
export function isLabelEdge(code: number): boolean {
	return isAlnum(code) || (code >= 128 && hostClass(code) !== 0);
}

// Quotes, brackets and punctuation that no one writes unencoded inside a URL.
const URL_END = new Set(
	[
		...'<>"`{}|^\\\u00ab\u00bb\u2018\u2019\u201c\u201d\u201e\u2039\u203a\u2026\u3001\u3002\u300c\u300d\u300e\u300f\u3010\u3011\u300a\u300b\uff08\uff09\uff0c\uff1b\uff1a\uff1f\uff01\ufffd',
		// Commas, semicolons, question marks and full stops of Arabic, Urdu, Hindi, Armenian, Ethiopic, Tibetan, Burmese, Khmer.
		...'\u060c\u061b\u061f\u06d4\u0964\u0965\u0589\u055d\u055e\u1362\u1363\u0f0d\u104a\u104b\u17d4',
	].map((character) => character.charCodeAt(0)),
);

/** True where a URL in running text must end. */
export function endsUrl(code: number): boolean {
	return (
		code <= 32 ||
		code === 127 ||
		(code >= 0x80 && code < 0xa0) ||
		isSpace(code) ||
		(code >= 0x2000 && code <= 0x200b) ||
		URL_END.has(code)
	);
}

/** The text without the given characters at its end; linear, where a regular expression would not be. */
export function trimEnd(text: string, characters: string): string {
	let end = text.length;
	while (end > 0 && characters.includes(text[end - 1]!)) end--;
	return text.slice(0, end);
}
