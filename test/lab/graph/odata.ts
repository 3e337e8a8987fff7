import { PROPERTIES, type GraphType } from './metadata';

/** An answer that says no, in Graph's shape. */
export class LabRefusal extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly headers: Record<string, string> = {},
	) {
		super(message);
	}
}

/** The query options of a request; any other than these is refused, as is a repeated one. */
export function queryOf(url: URL, allowed: readonly string[]): Record<string, string | undefined> {
	const query: Record<string, string> = {};
	for (const [name, value] of url.searchParams) {
		if (!allowed.includes(name) || name in query)
			throw new LabRefusal(400, 'ErrorInvalidUrlQuery', `The query option '${name}' is not supported here.`);
		query[name] = value;
	}
	return query;
}

export interface Preferences {
	immutable: boolean;
	pageSize?: number;
}

/** The Prefer header; an unknown preference is refused, so that a misspelt one is found. */
export function preferencesOf(header: string | undefined): Preferences {
	const preferences: Preferences = { immutable: false };
	for (const part of (header ?? '')
		.split(',')
		.map((one) => one.trim())
		.filter((one) => one !== '')) {
		const size = /^odata\.maxpagesize=(\d{1,4})$/.exec(part)?.[1];
		if (part === 'IdType="ImmutableId"') preferences.immutable = true;
		else if (size !== undefined) preferences.pageSize = Math.min(1000, Math.max(1, Number(size)));
		else throw new LabRefusal(400, 'ErrorInvalidRequest', `The preference ${part} is not known.`);
	}
	return preferences;
}

/** `$select` against the properties there are, and those of them that the lab has values of. */
export function selectOf(text: string | undefined, type: GraphType, known: readonly string[]): string[] {
	const fields = text === undefined ? [...known] : text.split(',');
	const named: readonly string[] = PROPERTIES[type];
	for (const field of fields) {
		if (!named.includes(field))
			throw new LabRefusal(
				400,
				'RequestBroker--ParseUri',
				`Could not find a property named '${field}' on type 'microsoft.graph.${type}'.`,
			);
		if (!known.includes(field))
			throw new LabRefusal(501, 'NotImplemented', `The lab has no value of '${field}' of a ${type}.`);
	}
	return fields;
}

export function numberOf(text: string | undefined, name: string, fallback: number, max: number): number {
	if (text === undefined) return fallback;
	const value = Number(text);
	if (!Number.isInteger(value) || value < 0 || value > max)
		throw new LabRefusal(400, 'ErrorInvalidUrlQuery', `The value of ${name} is not valid.`);
	return value;
}

export interface Comparison {
	property: string;
	operator: 'eq' | 'ge' | 'gt' | 'le' | 'lt';
	value: string;
}

/** `property operator value [and …]`; strings in quotes, quotes doubled. */
export function filterOf(text: string): Comparison[] {
	const comparisons: Comparison[] = [];
	let rest = text;
	for (;;) {
		const match = /^(\w+) (eq|ge|gt|le|lt) (?:'((?:[^']|'')*)'|([\w:.+-]+))/.exec(rest);
		if (match === null) throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'The $filter cannot be read.');
		comparisons.push({
			property: match[1]!,
			operator: match[2] as Comparison['operator'],
			value: match[3]?.replaceAll("''", "'") ?? match[4]!,
		});
		rest = rest.slice(match[0].length);
		if (rest === '') return comparisons;
		if (!rest.startsWith(' and ')) throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'The $filter cannot be read.');
		rest = rest.slice(5);
	}
}

export function compares(actual: number | string, { operator, value }: Comparison): boolean {
	const wanted = typeof actual === 'number' ? Date.parse(value) : value;
	if (typeof wanted === 'number' && Number.isNaN(wanted))
		throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'The time in $filter cannot be read.');
	switch (operator) {
		case 'eq':
			return actual === wanted;
		case 'ge':
			return actual >= wanted;
		case 'gt':
			return actual > wanted;
		case 'le':
			return actual <= wanted;
		case 'lt':
			return actual < wanted;
	}
}

/** Times have no fractions in Graph's answers. */
export const timeText = (milliseconds: number): string =>
	new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');

/** Rows of a page when the request names no number. */
export const DEFAULT_PAGE = 10;

/** Pages by `$skip`, which really shift when rows go or come. */
export function paged<T>(
	rows: T[],
	query: Record<string, string | undefined>,
	url: URL,
	show: (row: T) => unknown,
): unknown {
	const top = numberOf(query.$top, '$top', DEFAULT_PAGE, 1000);
	const skip = numberOf(query.$skip, '$skip', 0, 10_000_000);
	const next = new URL(url);
	next.searchParams.set('$skip', String(skip + top));
	return {
		...(skip + top < rows.length ? { '@odata.nextLink': next.toString() } : {}),
		value: rows.slice(skip, skip + top).map(show),
	};
}
