import { isLetter, isSpace } from './characters';

/** Hashes and wallet addresses are longer than this. */
const LONGEST = 20;

/**
 * The end of a word of prose: letters, and behind them nothing that a value could go on with. Undefined for any other word.
 * Nearly all words are such, and nothing else is asked about them.
 */
export function plainWordEnd(text: string, start: number): number | undefined {
	let end = start;
	while (isLetter(text.charCodeAt(end))) end++;
	if (end === start || end - start > LONGEST) return undefined;
	const next = text.charCodeAt(end);
	if (next === 10 || next === 13 || next === 60 || end === text.length) return end;
	if (next === 46 || next === 44) return isSpace(text.charCodeAt(end + 1)) ? end : undefined;
	if (next !== 32) return undefined;
	// ` :`, ` . `, ` at `, ` dot ` and two blanks may join it to what follows.
	const second = text.charCodeAt(end + 1);
	if (second === 32 || second === 46 || second === 58) return undefined;
	const third = text.charCodeAt(end + 2) | 0x20;
	return ((second | 0x20) === 97 && third === 116) || ((second | 0x20) === 100 && third === 111) ? undefined : end;
}
