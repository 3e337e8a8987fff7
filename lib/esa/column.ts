import { isIP } from 'node:net';
import type { HuntAnswer, HuntGroup, HuntQuestion, HuntSearch } from '../hunt';
import { ESA_LIMITS } from '../limits';
import type { PatternLiteral } from '../pattern';
import { encodeValue, type Parameter } from './query';

/** How the appliance searches a column: one parameter of `message-tracking/messages`. */
export type Column =
	/** Text with an operator parameter: is, contains, begins_with. */
	| { kind: 'text'; parameter: string; operator: string }
	/** One exact value. */
	| { kind: 'value'; parameter: string; type: keyof typeof PROBLEMS }
	/** An event that happened: only `=True` can be asked. */
	| { kind: 'flag'; parameter: string }
	/** An event with a value. */
	| { kind: 'event'; parameter: string; type?: 'integer'; allowed?: readonly string[]; list?: true }
	/** An event that only several parameters together describe. */
	| { kind: 'member'; parameter: string; group: HuntGroup; allowed?: readonly string[]; list?: true };

/** How texts are compared, whatever their case. */
export const TEXT_OPERATORS = ['is', 'contains', 'begins_with'] as const;
/** How a text column is compared. */
export type TextOperator = (typeof TEXT_OPERATORS)[number];

/** What cannot be asked, in the user's words. */
export interface Problem {
	problem: string;
}

const CANNOT_BE_SENT: Problem = {
	problem: 'the constant cannot be sent because it is too long or contains half a character',
};

/** A column as one search of a hunt. */
export function searchOf(column: Column): HuntSearch<Parameter> {
	return {
		operators: column.kind === 'text' ? ['=', 'IN', "LIKE '%text%'", "LIKE 'text%'"] : ['=', 'IN'],
		ask: (question) => ask(column, question),
	};
}

function ask(column: Column, question: HuntQuestion): HuntAnswer<Parameter> {
	switch (question.kind) {
		case 'is':
			return askValues(column, question.values);
		case 'like': {
			const { text, before, after } = question;
			// `%x` ends with x: there is no operator for that.
			if (column.kind !== 'text' || (before && !after)) return undefined;
			const value = encoded(text);
			if (typeof value !== 'string') return value;
			return { terms: [parameterOf(column, value, before ? 'contains' : after ? 'begins_with' : 'is')] };
		}
		case 'test':
			return undefined;
	}
}

function askValues(column: Column, values: readonly PatternLiteral[]): HuntAnswer<Parameter> {
	const terms: Parameter[] = [];
	for (const value of values) {
		const text = valueText(column, textOf(value), value.kind);
		// One value that cannot be searched and none of them is.
		if (typeof text !== 'string') return text;
		terms.push(parameterOf(column, text));
	}
	if (!isList(column) || terms.length === 1) return { terms };
	return { terms: [parameterOf(column, terms.map(({ value }) => value).join(','))] };
}

export function parameterOf(column: Column, value: string, operator: TextOperator = 'is'): Parameter {
	return {
		name: column.parameter,
		value,
		operator: column.kind === 'text' ? `${column.operator}=${operator}` : undefined,
		event: column.kind === 'flag' || column.kind === 'event' || column.kind === 'member',
		list: isList(column),
		group: column.kind === 'member' ? column.group : undefined,
	};
}

const isList = (column: Column): boolean =>
	(column.kind === 'event' || column.kind === 'member') && column.list === true;

/** A value as it is sent, or why it cannot be; `text` is undefined for what no column takes. */
export function valueText(column: Column, text: string | undefined, kind: PatternLiteral['kind']): string | Problem {
	const problem = problemOf(column, text, kind);
	if (problem !== undefined) return { problem };
	if (column.kind === 'flag' || text === undefined) return 'True';
	return encoded(column.kind === 'value' && column.type === 'sha256' ? text.toLowerCase() : text);
}

function encoded(text: string): string | Problem {
	const value = encodeValue(text);
	return value === undefined || value.length > ESA_LIMITS.maxValueLength ? CANNOT_BE_SENT : value;
}

function textOf(literal: PatternLiteral): string | undefined {
	switch (literal.kind) {
		case 'string':
			return literal.value;
		case 'integer':
		case 'boolean':
			return String(literal.value);
		case 'float':
		case 'hex':
		case 'binary':
		case 'timestamp':
			return undefined;
	}
}

function problemOf(column: Column, text: string | undefined, kind: PatternLiteral['kind']): string | undefined {
	if (column.kind === 'event' && column.type === 'integer')
		return /^-?\d{1,9}$/.test(text ?? '') ? undefined : 'the column takes whole numbers';
	if (text === undefined) return 'the column takes text';
	if (column.kind === 'flag') {
		return (kind === 'string' || kind === 'boolean') && text.toLowerCase() === 'true'
			? undefined
			: "the appliance can only search for events that happened: = 'true'";
	}
	if (text === '') return 'the appliance cannot search for an empty text';
	if (column.kind === 'value') return PROBLEMS[column.type](text, kind);
	if (column.kind !== 'text' && column.allowed !== undefined && !column.allowed.includes(text))
		return `the appliance knows ${column.allowed.join(', ')}`;
	if (kind !== 'string') return 'the column takes text';
	return isList(column) && text.includes(',') ? 'the appliance reads a comma as the end of the value' : undefined;
}

const PROBLEMS = {
	ip: (text: string) =>
		isIP(text) === 0 || text.includes('%') ? 'the column takes an IPv4 or IPv6 address' : undefined,
	sha256: (text: string) => (/^[0-9a-f]{64}$/i.test(text) ? undefined : 'a SHA-256 has 64 hexadecimal digits'),
	text: (_text: string, kind: PatternLiteral['kind']) => (kind === 'string' ? undefined : 'the column takes text'),
	mid: (text: string) => (/^\d{1,15}$/.test(text) ? undefined : 'a MID is a whole number'),
	direction: (text: string) =>
		text === 'incoming' || text === 'outgoing' ? undefined : 'the appliance knows incoming, outgoing',
};
