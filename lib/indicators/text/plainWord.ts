/** Latin, Greek, Cyrillic and Chinese, Japanese and Korean letters. */
const LETTERS =
	'A-Za-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u024f\\u0388-\\u03ff\\u0400-\\u0481\\u048a-\\u052f\\u3041-\\u3096\\u30a1-\\u30fa\\u4e00-\\u9fff\\uac00-\\ud7a3';
/**
 * Words and what ends each: a line's end or a tag; a full stop or comma before a blank; a blank, unless ` :`, ` . `, ` at `, ` dot ` or
 * another blank may join the word to what follows. Hashes and wallet addresses are longer than twenty letters. The number of words is
 * bounded, for each of them is remembered until the last one is read.
 */
const WORDS = new RegExp(
	`(?:[${LETTERS}]{1,20}(?:[\\n\\r<]|[.,](?=[\\t\\n\\v\\f\\r \\u00a0\\u3000\\u2028\\u2029])| (?![ .:]|[aA][tT]|[dD][oO]))){1,100}`,
	'y',
);

/**
 * The end of words of prose: letters, and behind each nothing that a value could go on with. Undefined where there is none.
 * Nearly all words are such, and nothing else is asked about them.
 */
export function plainWordsEnd(text: string, start: number): number | undefined {
	WORDS.lastIndex = start;
	return WORDS.test(text) ? WORDS.lastIndex : undefined;
}
