import { ATTACHMENT_LIMITS } from '../../limits';

const OPENS = /\b(?:HYPERLINK|WEBSERVICE|IMAGE)\s{0,9}\(/i;
/** A text, a letter by its number, what puts texts together; anything else ends what can be told. */
const TOKEN =
	/\s{0,99}(?:"((?:[^"]|""){0,8192})"|(?:UNI)?CHAR\(\s{0,9}(\d{1,6})\s{0,9}\)|((?:CONCATENATE|CONCAT|T|LOWER|TRIM)\s{0,9}\()|(&)|([,;])|(\)))/iy;

/**
 * Where a formula leads: `HYPERLINK("https://"&"example.com/", "Open")`. Texts are put together as a sheet does it, letters by number
 * included; what comes from cells is not known, and ends it. Undefined where it leads nowhere.
 */
export function linkOfFormula(formula: string): string | undefined {
	const start = OPENS.exec(formula);
	if (start === null) return undefined;
	TOKEN.lastIndex = start.index + start[0].length;
	let url = '';
	let depth = 0;
	for (let match = TOKEN.exec(formula); match !== null; match = TOKEN.exec(formula)) {
		const [, text, letter, call, , comma, end] = match;
		if (text !== undefined) url += text.replaceAll('""', '"');
		else if (letter !== undefined) url += String.fromCodePoint(Math.min(Number(letter), 0xffff));
		else if (call !== undefined) depth++;
		else if (end !== undefined && depth-- === 0) break;
		else if (comma !== undefined && depth === 0) break;
		if (url.length > ATTACHMENT_LIMITS.maxLinkCharacters) break;
	}
	return url === '' ? undefined : url;
}
