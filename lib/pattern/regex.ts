import { PATTERN_LIMITS } from '../limits';
import type { Budget } from './budget';
import type { TextTest } from './like';

const load = (): typeof import('re2js') => require('re2js') as typeof import('re2js');

// PCRE's end of the subject, which RE2 has not: before a last line feed, too.
const END = '(?:\\n?\\z)';
/** What PCRE has and RE2 can say in other words. */
const REWRITTEN: ReadonlyMap<string, string> = new Map([
	['\\Z', END],
	['$', END],
	['\\h', '[\\t\\p{Zs}]'],
	['\\R', '(?:\\r\\n|[\\n\\v\\f\\r\\x{85}\\x{2028}\\x{2029}])'],
	['\\e', '\\x1b'],
]);
const IN_CLASS: ReadonlyMap<string, string> = new Map([
	['\\h', '\\t\\p{Zs}'],
	['\\e', '\\x1b'],
]);

// The parts of an expression that have to be told apart: quoted runs, escapes, classes' brackets, comments, `$`.
const PARTS = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?|\]|\(\?#[^)]*\)?|\$/g;
const MULTILINE = /\(\?[a-z]*m/;

function translated(pcre: string): string {
	const multiline = MULTILINE.test(pcre);
	let inClass = false;
	return pcre.replace(PARTS, (part) => {
		if (part.startsWith('[')) {
			inClass = true;
			return part;
		}
		if (part === ']') inClass = false;
		else if (inClass) return IN_CLASS.get(part) ?? part;
		else if (part.startsWith('(?#') && part.endsWith(')')) return '';
		else if (!(part === '$' && multiline)) return REWRITTEN.get(part) ?? part;
		return part;
	});
}

const ATOMS = /\\[\s\S]|\[\^?\]?[^\]]*\]?|\{(\d{1,9})(?:,(\d{0,9}))?\}|[\s\S]/g;

/** About how many instructions an expression becomes when its counts `{n}` are written out, those inside one another too. */
function expandedSize(pcre: string): number {
	const outer: number[] = [];
	let size = 0;
	let atom = 0;
	for (const [token, least, most] of pcre.matchAll(ATOMS)) {
		if (least !== undefined) {
			const times = Math.max(Number(least), Number(most ?? 0), 1);
			size += atom * (times - 1);
			atom *= times;
		} else if (token === '(') {
			outer.push(size);
			size = 0;
			atom = 0;
		} else if (token === ')') {
			atom = size + 2;
			size = (outer.pop() ?? 0) + atom;
		} else {
			atom = 1;
			size += 1;
		}
	}
	return outer.reduce((sum, before) => sum + before, size);
}

/**
 * MATCHES (STIX 2.1 section 9.2.1): a PCRE is sought anywhere in the text; the dot matches line ends, too. RE2 does it in
 * linear time; the price is that it has no look-around, back-references, atomic groups and possessive quantifiers.
 *
 * @throws RangeError for more than `PATTERN_LIMITS` allow
 * @throws RE2JSSyntaxException for what it has not, and for what is no expression at all
 */
export function regexTest(pcre: string, budget: Budget): TextTest {
	const { RE2JS } = load();
	if (pcre.length > PATTERN_LIMITS.maxRegexLength) throw new RangeError('it is too large');
	budget.expand(expandedSize(pcre), pcre.length);
	const regex = RE2JS.compile(translated(pcre), RE2JS.DOTALL);
	// Measured: 15 to 27 ns a character and instruction at worst, far less for most.
	const perCharacter = 1 + regex.programSize() / 4;
	return (text) => {
		const subject = text.normalize('NFC');
		budget.spend(Math.ceil(subject.length * perCharacter));
		return regex.test(subject);
	};
}
