import { readDomainName, readIpAddress } from '../../values';
import { Char, isLetter, isDigit } from '../characters';

const WORD = /^\p{Lu}[\p{Ll}\p{M}]{1,40}$|^[^\x00-\x7f]{1,40}$/u;
const LONGEST_NAME = 260;

/**
 * The end of the host in `start..end` where a blank is missing behind its full stop: `example.com.Please`, `192.0.2.7.Then`,
 * `example.com.Пожалуйста`. A word that begins a sentence, or is of another alphabet, is no label of a name in small letters.
 */
export function endBeforeSentence(text: string, start: number, end: number): number {
	if (end - start > LONGEST_NAME) return end;
	let dot = end - 1;
	while (dot > start && text.charCodeAt(dot) !== Char.FullStop) dot--;
	if (dot <= start) return end;
	const first = text.charCodeAt(dot + 1);
	const isCapital = isLetter(first) && first < Char.LowerA;
	if (!isCapital && first < 128) return end;
	const host = text.slice(start, dot);
	if (!WORD.test(text.slice(dot + 1, end)) || /[^\x21-\x7e]|[A-Z]/.test(host) || !host.includes('.')) return end;
	if (!isCapital && readDomainName(text.slice(start, end))?.known === true) return end;
	if (isDigit(text.charCodeAt(dot - 1))) return readIpAddress(host) === undefined ? end : dot;
	const name = readDomainName(host);
	return name?.known === true && name.registrable !== undefined ? dot : end;
}
