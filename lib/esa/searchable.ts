import { isIP } from 'node:net';
import { ESA_LIMITS } from '../limits';
import { printComparison, type ComparisonTest, type PatternLiteral, type PathStep } from '../pattern';
import { HuntError } from './errors';
import { FIELDS, type Field, type Search } from './fields';
import { encodeValue, type Parameter } from './query';

/** One comparison of a pattern, in the appliance's terms. */
export interface Leaf {
	test: ComparisonTest;
	field: Field;
	/** Alternatives of which every message that satisfies the comparison, or all that `beyond` leaves, meets one. Empty: not searchable. */
	searches: readonly Parameter[];
	/** The searches that say the same as the comparison, where `searches` say less. */
	translation?: Parameter[];
	/** Whether what a search finds satisfies the comparison, apart from upper and lower case. */
	exact: boolean;
	/** Whether rows show what it takes to decide. */
	filterable: boolean;
}

/** @throws HuntError `HUNT_NOT_SEARCHABLE`, `HUNT_VALUE_REFUSED` */
export function leafOf(test: ComparisonTest): Leaf {
	const path = pathText(test.path.objectType, test.path.steps);
	const field = FIELDS.get(path);
	if (field === undefined) throw notSearchable(test, path);
	const words = asksForWords(test, field);
	const filterable = field.rows !== undefined && !words;
	const leaf: Leaf = { test, field, searches: [], exact: true, filterable };
	const values = field.vocabulary !== undefined && !words ? undefined : constantsOf(test);
	if (values !== undefined) {
		const [only, ...others] = field.searches;
		leaf.searches = only === undefined ? [] : searchesFor(only, values, leaf);
		for (const search of others) leaf.searches = [...leaf.searches, ...searchesFor(search, values, leaf)];
	} else if (test.kind === 'comparison' && test.operator === 'LIKE' && !test.negated) {
		leaf.searches = likeSearches(test.value, leaf);
	}
	if (leaf.searches.length === 0 && (!leaf.filterable || isAlwaysFalse(test))) throw refusal(leaf, path);
	return leaf;
}

/** `type:key.key[*]`, keys without quotes. */
function pathText(objectType: string, steps: readonly PathStep[]): string {
	let text = `${objectType}:`;
	for (let i = 0; i < steps.length; i++) {
		const step = steps[i] as PathStep;
		if (step.kind === 'key') text += i === 0 ? step.name : `.${step.name}`;
		else text += step.kind === 'any' ? '[*]' : `[${step.index}]`;
	}
	return text;
}

/** Whether constants are words that the appliance searches and no row shows (DELIVERED; rows say Delivered). */
function asksForWords(test: ComparisonTest, { vocabulary }: Field): boolean {
	if (vocabulary === undefined || test.kind === 'exists') return false;
	const isWord = (literal: PatternLiteral) => literal.kind === 'string' && vocabulary.includes(literal.value);
	return test.kind === 'in' ? test.values.some(isWord) : isWord(test.value);
}

/** The constants of which one has to be equal; undefined when the comparison asks for something else. */
function constantsOf(test: ComparisonTest): readonly PatternLiteral[] | undefined {
	if (test.kind === 'exists') return undefined;
	if (test.kind === 'in') return test.negated ? undefined : test.values;
	// NOT != is =.
	return test.operator === (test.negated ? '!=' : '=') ? [test.value] : undefined;
}

const isAlwaysFalse = (test: ComparisonTest): boolean =>
	test.kind === 'in' && !test.negated && test.values.length === 0;

function searchesFor(search: Search, values: readonly PatternLiteral[], leaf: Leaf): Parameter[] {
	const encoded: string[] = [];
	if (values.length === 0) return [];
	for (const value of values) {
		const one = constantText(search, value, leaf);
		// One value that cannot be searched and none of them is: the rows decide.
		if (one === undefined) return [];
		encoded.push(one);
	}
	const list = 'list' in search && search.list === true;
	return list ? [parameterOf(search, encoded.join(','))] : encoded.map((value) => parameterOf(search, value));
}

function parameterOf(search: Search, value: string, operator = 'is'): Parameter {
	return {
		name: search.parameter,
		value,
		operator: search.kind === 'text' ? `${search.operator}=${operator}` : undefined,
		event: search.kind === 'flag' || search.kind === 'event' || search.kind === 'member',
		list: 'list' in search && search.list === true,
		group: search.kind === 'member' ? search.group : undefined,
	};
}

/** A constant as it is sent; undefined when rows have to decide. @throws HuntError when they cannot */
function constantText(search: Search, literal: PatternLiteral, leaf: Leaf): string | undefined {
	const problem = problemOf(search, literal);
	const text = literalText(literal);
	if (problem === undefined && text !== undefined) {
		const encoded = encodeValue(search.kind === 'flag' ? 'True' : isHash(search) ? text.toLowerCase() : text);
		if (encoded !== undefined && encoded.length <= ESA_LIMITS.maxValueLength) return encoded;
	}
	if (leaf.filterable) return undefined;
	throw new HuntError('HUNT_VALUE_REFUSED', `${quoted(leaf.test)}: ${problem ?? 'the constant cannot be sent'}`, {
		at: leaf.test.at,
		hint: 'Change the constant; nothing else would reach the appliance as it stands.',
	});
}

const isHash = (search: Search): boolean => search.kind === 'value' && search.type === 'sha256';

function literalText(literal: PatternLiteral): string | undefined {
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

/** Why a constant cannot be searched, in the user's words. */
function problemOf(search: Search, literal: PatternLiteral): string | undefined {
	const text = literalText(literal);
	if (search.kind === 'event' && search.type === 'integer')
		return /^-?\d{1,9}$/.test(text ?? '') ? undefined : 'the column takes whole numbers';
	if (text === undefined) return 'the column takes text';
	if (search.kind === 'flag') {
		return (literal.kind === 'string' || literal.kind === 'boolean') && text.toLowerCase() === 'true'
			? undefined
			: "the appliance can only be asked for events that happened: = 'true'";
	}
	if (text === '') return 'the appliance cannot be asked for an empty text';
	if (search.kind === 'value') return PROBLEMS[search.type](text, literal);
	if (search.kind !== 'text' && search.allowed !== undefined && !search.allowed.includes(text)) {
		return `the appliance knows ${search.allowed.join(', ')}`;
	}
	if (literal.kind !== 'string') return 'the column takes text';
	if ((search.kind === 'event' || search.kind === 'member') && search.list && text.includes(',')) {
		return 'the appliance reads a comma as the end of the value';
	}
	return undefined;
}

const textOnly = (literal: PatternLiteral): string | undefined =>
	literal.kind === 'string' ? undefined : 'the column takes text';

const PROBLEMS: Readonly<
	Record<Extract<Search, { kind: 'value' }>['type'], (text: string, literal: PatternLiteral) => string | undefined>
> = {
	ip: (text) => (isIP(text) === 0 || text.includes('%') ? 'the column takes an IPv4 or IPv6 address' : undefined),
	sha256: (text) => (/^[0-9a-f]{64}$/i.test(text) ? undefined : 'a SHA-256 has 64 hexadecimal digits'),
	text: (_text, literal) => textOnly(literal),
	mid: (text) => (/^\d{1,15}$/.test(text) ? undefined : 'a MID is a whole number'),
	direction: (text) =>
		text === 'incoming' || text === 'outgoing' ? undefined : 'the appliance knows incoming, outgoing',
	host: (_text, literal) => textOnly(literal),
};

/** `%x%` is contains, `x%` begins_with, `x` is; of anything else the longest run of plain text is searched and rows decide. */
function likeSearches(literal: PatternLiteral, leaf: Leaf): Parameter[] {
	if (literal.kind !== 'string') return [];
	const like = literal.value;
	const core = longestRun(like, /[%_]+/);
	const [open, close] = [like.startsWith('%'), like.endsWith('%')];
	const operator = open ? 'contains' : close ? 'begins_with' : 'is';
	// `%x` ends with x, `x_` has one more.
	const plain =
		core !== '' && !(open && !close) && !like.includes('_') && like.replaceAll('%', '').length === core.length;
	if (plain) {
		leaf.translation = textSearches(leaf, operator, core);
		// LIKE compares composed and decomposed characters alike (NFC), the appliance does not: rows decide on what is around them.
		if (!leaf.filterable || core.normalize('NFD') === core.normalize('NFC')) return leaf.translation;
	}
	leaf.exact = false;
	return leaf.filterable ? textSearches(leaf, 'contains', longestRun(like, /[%_\u0080-\uffff]+/)) : [];
}

function textSearches({ field }: Leaf, operator: string, text: string): Parameter[] {
	const value = text === '' ? undefined : encodeValue(text);
	if (value === undefined || value.length > ESA_LIMITS.maxValueLength) return [];
	return field.searches.flatMap((search) => (search.kind === 'text' ? [parameterOf(search, value, operator)] : []));
}

function longestRun(like: string, separator: RegExp): string {
	return like.split(separator).reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

function notSearchable(test: ComparisonTest, path: string): HuntError {
	const instead = path.replace(/_refs\.value$/, '_refs[*].value').replace(/_refs\[\d+\]/, '_refs[*]');
	return new HuntError(
		'HUNT_NOT_SEARCHABLE',
		`${quoted(test)}: ${shortened(path)} is neither searched by the appliance nor shown in its rows`,
		{
			at: test.at,
			hint:
				instead !== path && FIELDS.has(instead)
					? `Write ${instead}.`
					: 'The table of columns is in docs/cisco-secure-email.md.',
		},
	);
}

function refusal(leaf: Leaf, path: string): HuntError {
	const { test, field } = leaf;
	const operators = new Set(
		field.searches.flatMap(({ kind }) =>
			kind === 'text' ? ['=', 'IN', "LIKE '%text%'", "LIKE 'text%'"] : ['=', 'IN'],
		),
	);
	const hint = field.vocabulary
		? `The appliance searches ${field.vocabulary.join(', ')} with = and IN; for other operators compare with the words that rows show, such as 'Delivered'.`
		: `On this column ${[...operators].join(', ')} can be searched, and rows do not show it.`;
	if (isAlwaysFalse(test)) {
		return new HuntError('HUNT_VALUE_REFUSED', `${quoted(test)}: the list is empty, nothing can match`, {
			at: test.at,
		});
	}
	return new HuntError('HUNT_NOT_SEARCHABLE', `${quoted(test)}: ${shortened(path)} cannot be searched this way`, {
		at: test.at,
		hint,
	});
}

/** The comparison for a message; long constants are cut. */
export function quoted(test: ComparisonTest): string {
	return shortened(printComparison(test));
}

const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);
