import { Char, isLetter, isSpace, toLower } from '../characters';

/** Hashes and wallet addresses are longer than this. */
const LONGEST = 20;

/**
 * The end of a word of prose: letters, and behind them nothing that a value could go on with. Undefined for any other word.
 * Nearly all words are such, and nothing else is asked about them.
 */
export function plainWordEnd(text: string, start: number): number | undefined {
	const limit = start + LONGEST;
	let end = start;
	while (end <= limit && isLetter(text.charCodeAt(end))) end++;
	if (end === start || end > limit) return undefined;
	const next = text.charCodeAt(end);
	if (next === Char.LineFeed || next === Char.CarriageReturn || next === Char.LessThan || end === text.length)
		return end;
	if (next === Char.FullStop || next === Char.Comma) return isSpace(text.charCodeAt(end + 1)) ? end : undefined;
	if (next !== Char.Space) return undefined;
	// ` :`, ` . `, ` at `, ` dot ` and two blanks may join it to what follows.
	const second = text.charCodeAt(end + 1);
	if (second === Char.Space || second === Char.FullStop || second === Char.Colon) return undefined;
	const first = toLower(second);
	const third = toLower(text.charCodeAt(end + 2));
	return (first === Char.LowerA && third === Char.LowerT) || (first === Char.LowerD && third === Char.LowerO)
		? undefined
		: end;
}
