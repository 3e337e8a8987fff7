import {
	parsePattern,
	printComparison,
	type ComparisonExpression,
	type ComparisonTest,
	type ObjectPath,
	type PatternLiteral,
} from '../pattern';
import type { Searchable } from './searchable';

/**
 * The comparison as it is asked of the STIX of a row: paths of the dialect replaced by those that rows have. As text, for a
 * plan is plain JSON: it can be shown, stored and sent; a run parses each of its filters once.
 */
export function filterText({ test, field }: Searchable<unknown>): string {
	const paths = field.rows ?? [];
	const tests = paths.map((path): ComparisonTest => ({
		...test,
		path: pathOf(path),
		...constants(test, field.integer === true),
	}));
	const [first] = tests as [ComparisonTest];
	return printComparison(tests.length === 1 ? first : { kind: 'or', at: test.at, operands: tests });
}

/** Whether the filter is the comparison as it stands. */
export function isSaidInRows({ path, field: { rows, integer } }: Searchable<unknown>): boolean {
	return rows?.length === 1 && rows[0] === path && integer !== true;
}

/** The comparison expression that a text of {@link filterText} says. */
export function filterOf(text: string): ComparisonExpression {
	const { expression } = parsePattern(`[${text}]`);
	if (expression.kind !== 'observation') throw new TypeError('a filter must be a single comparison expression');
	return expression.expression;
}

const PATHS = new Map<string, ObjectPath>();

function pathOf(text: string): ObjectPath {
	let path = PATHS.get(text);
	if (path === undefined) {
		const test = filterOf(`EXISTS ${text}`);
		if (test.kind !== 'exists') throw new TypeError(`${text} is not an object path`);
		({ path } = test);
		PATHS.set(text, path);
	}
	return path;
}

/** stix-shifter writes numbers as text: '1757' is 1757. */
function constants(test: ComparisonTest, integer: boolean): object {
	if (!integer || test.kind === 'exists') return {};
	return test.kind === 'in' ? { values: test.values.map(asInteger) } : { value: asInteger(test.value) };
}

function asInteger(literal: PatternLiteral): PatternLiteral {
	return literal.kind === 'string' && /^-?\d{1,15}$/.test(literal.value)
		? { kind: 'integer', at: literal.at, value: BigInt(literal.value) }
		: literal;
}
