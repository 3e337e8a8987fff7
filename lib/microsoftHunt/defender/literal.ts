import { timeText } from '../../hunt';

/*
 * The only place where a value becomes part of a query. What stands in quotes can be closed by a quote or a line end alone; both
 * are escaped, and the backslash that escapes them, too. Characters that nobody sees are written by their numbers, so that a
 * query that is shown is the query that is sent.
 */
const ESCAPED = /["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text as KQL: in double quotes. It must have no half of a character: KQL is sent as UTF-8. */
export function kqlString(text: string): string {
	return `"${text.replace(ESCAPED, escaped)}"`;
}

function escaped(character: string): string {
	if (character === '"' || character === '\\') return `\\${character}`;
	let codes = '';
	for (let i = 0; i < character.length; i++)
		codes += `\\u${character.charCodeAt(i).toString(16).toUpperCase().padStart(4, '0')}`;
	return codes;
}

/** No mail is older, and hours before it are a time to Kusto, too: what lies before its first one becomes null there, and finds nothing. */
const FIRST = 0;
/** The last time that Kusto and we write alike. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A time that Kusto knows, as near as can be; epoch milliseconds. */
export const kqlInstant = (time: number): string => timeText(Math.min(Math.max(time, FIRST), LAST));

/** A time as KQL; epoch milliseconds. */
export const kqlTime = (time: number): string => `datetime(${kqlInstant(time)})`;
