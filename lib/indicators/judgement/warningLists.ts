import { EmailIntelError, type ErrorDetails } from '../../errors';
import { isRecord } from '../../json';
import { INDICATOR_LIMITS } from '../../limits';
import { WARNING_LIST_TYPES, type WarningList } from '../warningList';
import { expressionOf, hostOfEntry } from './warningListMatcher';
import { networkOf } from './userLists';

/** Code of {@link WarningListError}. */
export type WarningListErrorCode =
	/** A text is no warning list, or an entry cannot be used. */
	'WARNING_LIST_INVALID';

/** A warning list that cannot be read. The message says which entry, and in which line it stands. */
export class WarningListError extends EmailIntelError {
	declare readonly code: WarningListErrorCode;
	/** Line of the text, from 1. Absent when there was no text. */
	readonly line?: number;

	constructor(message: string, details: ErrorDetails & { line?: number | undefined } = {}) {
		super('WARNING_LIST_INVALID', message, { hint: HINT, ...details });
		if (details.line !== undefined) this.line = details.line;
	}
}

const HINT = `Use a warning list in the format of MISP: an object with 'name', 'type' (${WARNING_LIST_TYPES.join(', ')}) and 'list', or an array of such objects.`;

/**
 * Reads warning lists: the text of a file of MISP's, one list or several, or what was read of one.
 *
 * @throws WarningListError `WARNING_LIST_INVALID`
 */
export function readWarningLists(given: unknown): WarningList[] {
	const text = typeof given === 'string' ? given.replace(/^\ufeff/, '') : undefined;
	if (text !== undefined && text.length > INDICATOR_LIMITS.maxWarningListCharacters)
		throw new WarningListError('The warning list is too long.');
	const read = text === undefined ? given : parsed(text);
	const all: unknown[] = Array.isArray(read) ? read : [read];
	let left: number = INDICATOR_LIMITS.maxWarningListEntries;
	let expressions: number = INDICATOR_LIMITS.maxWarningListExpressions;
	return all.map((one, index) => {
		const list = listOf(one, { text, index, isOnly: !Array.isArray(read) });
		left -= list.list.length;
		if (list.type === 'regex') expressions -= list.list.length;
		if (left < 0) throw tooMany(list, INDICATOR_LIMITS.maxWarningListEntries, 'entries');
		if (expressions < 0) throw tooMany(list, INDICATOR_LIMITS.maxWarningListExpressions, 'regular expressions');
		return list;
	});
}

function tooMany({ name }: WarningList, most: number, what: string): WarningListError {
	return new WarningListError(`With the warning list '${name}', there are more than ${most} ${what}.`);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		const line = lineAt(text, firstWrong(text));
		throw new WarningListError(`Line ${line} of the warning list is not valid JSON.`, { line });
	}
}

/** Where a list stands in what was given. */
interface Where {
	text: string | undefined;
	index: number;
	isOnly: boolean;
}

function listOf(given: unknown, where: Where): WarningList {
	const problem = (what: string, entry?: number): WarningListError => {
		const name = isRecord(given) && typeof given.name === 'string' ? ` '${given.name.slice(0, 100)}'` : '';
		const which = where.isOnly || name !== '' ? `The warning list${name}` : `Warning list ${where.index + 1}`;
		const line = where.text === undefined ? undefined : lineOf(where.text, where, entry);
		const place = line !== undefined ? `, line ${line}` : entry === undefined ? '' : `, entry ${entry + 1}`;
		return new WarningListError(`${which}${place}: ${what}.`, { line });
	};
	if (!isRecord(given)) throw problem('it is not an object');
	const { name, type, list, matching_attributes: attributes } = given;
	if (typeof name !== 'string' || name.trim() === '') throw problem("it has no 'name'");
	const known = WARNING_LIST_TYPES.find((one) => one === type);
	if (known === undefined) throw problem(`its 'type' is none of ${WARNING_LIST_TYPES.join(', ')}`);
	if (!Array.isArray(list)) throw problem("its 'list' is not an array");
	const entries = list.map((entry: unknown, index) => {
		if (typeof entry !== 'string' || entry.trim() === '') throw problem('the entry is not text', index);
		const wrong = wrongWith(known, entry);
		if (wrong !== undefined) throw problem(`the entry ${wrong}`, index);
		return entry;
	});
	const forTypes = Array.isArray(attributes) ? attributes.filter((one) => typeof one === 'string') : [];
	return { name, type: known, list: entries, ...(forTypes.length === 0 ? {} : { attributes: forTypes }) };
}

function wrongWith(type: WarningList['type'], entry: string): string | undefined {
	if (entry.length > INDICATOR_LIMITS.maxWarningListEntry) return 'is too long';
	if (type === 'cidr' && networkOf(entry) === undefined) return 'is not an address or a network (CIDR)';
	if (type === 'hostname' && hostOfEntry(entry) === undefined) return 'is not the name or the address of a host';
	if (type !== 'regex') return undefined;
	try {
		expressionOf(entry);
		return undefined;
	} catch {
		return 'is not a regular expression that can be matched in linear time (RE2)';
	}
}

function lineAt(text: string, offset: number): number {
	let line = 1;
	for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
	return line;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Where a text stops being JSON: not every message of JSON.parse says. */
function firstWrong(text: string): number {
	const open: ('{' | '[')[] = [];
	let expected: 'value' | 'key' | 'colon' | 'next' = 'value';
	let mayEnd = false;
	for (const { 0: token, index } of text.matchAll(TOKENS)) {
		const around = open.at(-1);
		const isValue = token.startsWith('"') || /^(?:true|false|null|-?\d[\d.eE+-]*)$/.test(token);
		if ((token === '}' && around === '{') || (token === ']' && around === '[')) {
			if (expected !== 'next' && !mayEnd) return index;
			open.pop();
			expected = 'next';
		} else if (expected === 'key' && token.startsWith('"')) expected = 'colon';
		else if (expected === 'colon' && token === ':') expected = 'value';
		else if (expected === 'next' && token === ',' && around !== undefined) expected = around === '{' ? 'key' : 'value';
		else if (expected === 'value' && (token === '{' || token === '[')) {
			open.push(token);
			expected = token === '{' ? 'key' : 'value';
			mayEnd = true;
			continue;
		} else if (expected === 'value' && isValue) expected = 'next';
		else return index;
		mayEnd = false;
	}
	return text.length;
}

/** The line in which a list begins, or an entry of it stands, in a text that is valid JSON. */
function lineOf(text: string, { index, isOnly }: Where, entry: number | undefined): number | undefined {
	/** Open arrays and objects: how many values there were, or the key that was read last. */
	const open: { count: number; key: string | undefined }[] = [];
	let last = '';
	for (const { 0: token, index: offset } of text.matchAll(TOKENS)) {
		const around = open.at(-1);
		if (token === ',' && around !== undefined) around.count++;
		else if (token === ':' && around !== undefined) around.key = JSON.parse(last) as string;
		else if (token === '}' || token === ']') open.pop();
		else if (token !== ',' && token !== ':') {
			const inList = isOnly ? open : open.slice(1);
			const isThis = isOnly || open[0]?.count === index;
			if (isThis && entry === undefined && inList.length === 0 && (isOnly || open.length === 1))
				return lineAt(text, offset);
			if (isThis && inList.length === 2 && inList[0]!.key === 'list' && inList[1]!.count === entry)
				return lineAt(text, offset);
			if (token === '{' || token === '[') open.push({ count: 0, key: undefined });
			last = token;
		}
	}
	return undefined;
}
