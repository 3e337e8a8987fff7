import type { ComparisonOperator, PatternLiteral } from './ast';
import { instantOf } from './instant';

/** A JSON value that a path selected: no list, no dictionary. */
export type Scalar = string | number | boolean;

/** How the name of a property types its text (STIX 2.1 sections 2.1 and 2.6): `_bin` is base64, `_hex` is hexadecimal. */
export type Encoding = 'text' | 'binary' | 'hex';

export function encodingOf(property: string): Encoding {
	return property.endsWith('_bin') ? 'binary' : property.endsWith('_hex') ? 'hex' : 'text';
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const HEX = /^(?:[0-9A-Fa-f]{2})*$/;

/** The bytes of a binary property, one character each (U+0000 to U+00FF); undefined when the text is not what it has to be. */
export function bytesOf(text: string, encoding: Encoding): string | undefined {
	if (encoding === 'text') return undefined;
	const [form, name] = encoding === 'binary' ? ([BASE64, 'base64'] as const) : ([HEX, 'hex'] as const);
	const joined = encoding === 'binary' ? text.replace(/[\r\n]+/g, '') : text;
	return form.test(joined) ? Buffer.from(joined, name).toString('latin1') : undefined;
}

/** Code-point order; that of JavaScript's `<` differs above U+FFFF. */
function compareText(a: string, b: string): number {
	const length = Math.min(a.length, b.length);
	for (let i = 0; i < length; i++) {
		const x = a.charCodeAt(i);
		const y = b.charCodeAt(i);
		if (x === y) continue;
		// A surrogate stands for a character behind all others.
		const xWide = x >= 0xd800 && x < 0xe000;
		const yWide = y >= 0xd800 && y < 0xe000;
		return xWide === yWide ? x - y : xWide ? 1 : -1;
	}
	return a.length - b.length;
}

const order = <T extends number | bigint | boolean>(a: T | bigint, b: T | bigint): number =>
	a < b ? -1 : a > b ? 1 : 0;

/** Order of a property's value and a constant; undefined when their types do not go together. */
export type Comparator = (value: Scalar, encoding: Encoding) => number | undefined;

/**
 * What compares with a constant (STIX 2.1 section 9.2.1): text by code points without normalisation, numbers whatever
 * their kind, times as points in time, bytes with bytes. A text constant is bytes for a binary property when all its
 * characters are below U+0100.
 */
export function comparatorOf(constant: PatternLiteral): Comparator {
	switch (constant.kind) {
		case 'string': {
			const { value: text } = constant;
			const isBytes = /^[\0-\xff]*$/.test(text);
			return (value, encoding) => {
				if (typeof value !== 'string') return undefined;
				if (encoding === 'text') return compareText(value, text);
				const bytes = isBytes ? bytesOf(value, encoding) : undefined;
				return bytes === undefined ? undefined : compareText(bytes, text);
			};
		}
		case 'integer':
		case 'float': {
			const { value: number } = constant;
			return (value) => (typeof value === 'number' ? order<number>(value, number) : undefined);
		}
		case 'boolean':
			return (value) => (typeof value === 'boolean' ? order(value, constant.value) : undefined);
		case 'timestamp': {
			const instant = instantOf(constant.value)!;
			return (value) => {
				const other = instantOf(value);
				return other === undefined ? undefined : order(other, instant);
			};
		}
		case 'hex':
		case 'binary': {
			const constantBytes = bytesOf(constant.value, constant.kind)!;
			return (value, encoding) => {
				const bytes = typeof value === 'string' ? bytesOf(value, encoding) : undefined;
				return bytes === undefined ? undefined : compareText(bytes, constantBytes);
			};
		}
	}
}

/** What each operator makes of the order of its operands; of no order, only `!=` makes true. */
export const ORDER_TESTS: Readonly<Partial<Record<ComparisonOperator, (order: number | undefined) => boolean>>> = {
	'=': (order) => order === 0,
	'!=': (order) => order !== 0,
	'<': (order) => order !== undefined && order < 0,
	'<=': (order) => order !== undefined && order <= 0,
	'>': (order) => order !== undefined && order > 0,
	'>=': (order) => order !== undefined && order >= 0,
};
