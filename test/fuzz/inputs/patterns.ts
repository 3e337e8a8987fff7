import { anyPattern, anyTree, printed } from '../../unit/esa/patterns';
import type { Random } from '../random';
import { CHARACTERS, INHERITED, spoilText } from './text';

/** Words of the pattern language, and what looks like them. */
export const PATTERN_WORDS: readonly string[] = [
	'[', ']', '(', ')', ':', '.', ',', '*', '=', '==', '!=', '<>', '<', '<=', '>', '>=', "'", '\\', '/*', '*/', '//', '\n', ' ', '-', '+', 'e5', '0', '.5', '-7', "''", "'x'", "'%a_b%'",
	"t'", "h'0a'", "b'YQ=='", "t'2024-01-01T00:00:00Z'", "t'2024-02-30T25:00:00Z'", ' AND ', ' OR ', ' NOT ', ' FOLLOWEDBY ', ' IN ', ' LIKE ', ' MATCHES ', ' ISSUBSET ', ' ISSUPERSET ', ' EXISTS ',
	' WITHIN ', ' REPEATS ', ' START ', ' STOP ', ' SECONDS', ' TIMES', 'true', 'false', '[a:b = 1]', 'file:name', "file:hashes.'SHA-256'", 'email-message:to_refs[*].value', 'x-cisco-email-msgevent:graymail', 'and', 'like',
	...INHERITED,
]; // prettier-ignore

const TYPES = [
	'file',
	'email-message',
	'email-addr',
	'domain-name',
	'ipv4-addr',
	'url',
	'x-cisco-email-msgevent',
	'x_y',
	'in',
	'observed-data',
	...INHERITED,
];
const STEPS = [
	'name',
	'value',
	'subject',
	'hashes',
	"'SHA-256'",
	"'a b'",
	'size',
	'date',
	'from_ref',
	'to_refs',
	'[0]',
	'[-1]',
	'[*]',
	'[99999999999999999999]',
	...INHERITED,
];
const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='];
const REGEXES = [
	'^a',
	'(a+)+$',
	'(?i)INVOICE',
	'[',
	'\\\\d{1,1000}',
	'(a|a)*b',
	'.{2,5000}',
	'\\\\bx',
	'(?=x)',
	'\\\\1',
	'',
];

/** A pattern of this pack's own tests, one of this grammar, or nearly one. */
export function somePattern(random: Random): string {
	const pattern = random.choose(
		[3, () => random.sample(anyPattern)],
		[2, () => `[${printed(random.sample(anyTree))}]`],
		[6, () => observations(random, 0, ANY)],
		[2, () => random.list(0, 40, () => random.pick(PATTERN_WORDS)).join(random.pick(['', ' ']))],
		[1, () => many(random)],
	);
	return random.chance(0.2) ? spoilText(pattern, random, PATTERN_WORDS) : pattern;
}

/** What stands in the patterns of this grammar. */
export interface PatternWords {
	path(random: Random): string;
	/** A text, without quotes and escapes. */
	text(random: Random): string;
	/** Share of comparisons that any search can make: those of other operators keep a whole pattern from being asked. Default 0. */
	plain?: number;
}

const ANY: PatternWords = {
	path: (random) => {
		const steps = random.list(1, 3, () => random.pick(STEPS));
		return `${random.pick(TYPES)}:${steps.map((step, i) => (i === 0 || step.startsWith('[') ? step : `.${step}`)).join('')}`;
	},
	text: (random) =>
		random
			.list(0, 6, () =>
				random.choose([2, () => random.pick(['invoice', '%', '_', 'a', '*'])], [1, () => random.pick(CHARACTERS)]),
			)
			.join(''),
};

/** A pattern of this grammar with these words, or nearly one. */
export function spoiltPattern(random: Random, words: PatternWords): string {
	const pattern = random.choose([15, () => observations(random, 0, words)], [1, () => manyOf(random, words)]);
	return random.chance(0.15) ? spoilText(pattern, random, PATTERN_WORDS) : pattern;
}

function observations(random: Random, depth: number, words: PatternWords): string {
	const inner = (): string => observations(random, depth + 1, words);
	const list = (word: string): string => `(${random.list(2, 4, inner).join(` ${word} `)})`;
	return random.choose(
		[depth > 3 ? 100 : 6, () => `[${comparison(random, 0, words)}]`],
		[1, () => list('AND')],
		[1, () => list('OR')],
		[1, () => list('FOLLOWEDBY')],
		[1, () => `(${inner()}) WITHIN ${random.pick(['1', '0', '0.5', '99999999999', '1e5'])} SECONDS`],
		[1, () => `(${inner()}) REPEATS ${random.pick(['1', '2', '0', '5', '1000', '99999999999'])} TIMES`],
		[1, () => `${inner()} START t'2024-01-01T00:00:00Z' STOP t'2024-01-0${random.pick(['1', '2', '9'])}T00:00:00.5Z'`],
	);
}

function comparison(random: Random, depth: number, words: PatternWords): string {
	const list = (word: string): string =>
		`(${random.list(2, 4, () => comparison(random, depth + 1, words)).join(` ${word} `)})`;
	return random.choose([depth > 3 ? 100 : 5, () => test(random, words)], [1, () => list('AND')], [1, () => list('OR')]);
}

function test(random: Random, words: PatternWords): string {
	const not = random.chance(0.2) ? 'NOT ' : '';
	const path = words.path(random);
	if (random.chance(words.plain ?? 0)) return `${path} ${random.pick(['=', '=', 'LIKE'])} ${text(random, words)}`;
	return random.choose(
		[6, () => `${path} ${not}${random.pick(COMPARISONS)} ${constant(random, words)}`],
		[2, () => `${path} ${not}IN (${random.list(0, 4, () => constant(random, words)).join(', ')})`],
		[2, () => `${path} ${not}LIKE ${text(random, words)}`],
		[2, () => `${path} ${not}MATCHES '${random.pick(REGEXES)}'`],
		[
			1,
			() =>
				`${path} ${not}${random.pick(['ISSUBSET', 'ISSUPERSET'])} '${random.pick(['192.0.2.0/24', '2001:db8::/32', '0.0.0.0/0', '192.0.2.1', 'x', '1.2.3.4/99'])}'`,
		],
		[1, () => `${not}EXISTS ${path}`],
	);
}

const text = (random: Random, words: PatternWords): string => `'${words.text(random).replace(/[\\']/g, '\\$&')}'`;

function constant(random: Random, words: PatternWords): string {
	return random.choose(
		[4, () => text(random, words)],
		[2, () => random.pick(['0', '-1', '1.5', '-0.0', '9007199254740993', '1'.repeat(300), '.5', '1.'])],
		[1, () => random.pick(['true', 'false'])],
		[
			1,
			() =>
				random.pick([
					"t'2024-01-01T00:00:00Z'",
					"t'2024-02-30T00:00:00.123456789Z'",
					"t'0000-00-00T00:00:00Z'",
					"t'2024-12-31T23:59:60Z'",
				]),
		],
		[1, () => random.pick(["h'0aFF'", "h''", "b'YQ=='", "b'YQ'"])],
	);
}

/** Many comparisons with these words. */
function manyOf(random: Random, words: PatternWords): string {
	const count = random.pick([20, 60, 200, 1_100]);
	const path = words.path(random);
	const values = Array.from({ length: count }, (_, i) => `'v${i}'`);
	return random.choose(
		[1, () => `[${values.map((value) => `${words.path(random)} = ${value}`).join(random.pick([' AND ', ' OR ']))}]`],
		[1, () => `[${path} IN (${values.join(', ')})]`],
		[1, () => values.map((value) => `[${path} LIKE ${value} OR ${test(random, words)}]`).join(' OR ')],
	);
}

/** Long ones: as many as limits allow, and more. */
function many(random: Random): string {
	const count = random.pick([20, 100, 900, 1_100, 3_000]);
	const join = (word: string, one: (i: number) => string): string =>
		Array.from({ length: count }, (_, i) => one(i)).join(word);
	return random.choose(
		[
			1,
			() =>
				`[${join(random.pick([' AND ', ' OR ']), (i) => `${random.pick(['file:name', 'email-message:subject', 'x-cisco-email-msgevent:threat_name'])} = 'v${i}'`)}]`,
		],
		[1, () => join(random.pick([' AND ', ' OR ', ' FOLLOWEDBY ']), (i) => `[file:name = 'v${i}']`)],
		[1, () => `[file:name IN (${join(', ', (i) => `'v${i}'`)})]`],
		[1, () => `${'('.repeat(count)}[a:b = 1]${')'.repeat(count)}`],
		[1, () => `[a:b = '${'x'.repeat(count)}']`],
		[1, () => `[${join(' AND ', (i) => `(file:name = 'a${i}' OR file:name = 'b${i}')`)}]`],
	);
}
