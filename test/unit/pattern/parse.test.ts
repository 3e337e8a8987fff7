import {
	parsePattern,
	PatternSyntaxError,
	printPattern,
	type Comparison,
	type Observation,
} from '../../../lib/pattern';
import { PATTERN_LIMITS } from '../../../lib/limits';

const errorOf = (text: string): PatternSyntaxError => {
	try {
		parsePattern(text);
	} catch (error) {
		if (error instanceof PatternSyntaxError) return error;
		throw error;
	}
	throw new Error(`read without error: ${text}`);
};

const testOf = (comparison: string): Comparison =>
	(parsePattern(`[${comparison}]`).expression as Observation).expression as Comparison;
/** Any node, loosely. */
interface Node {
	kind: string;
	at: unknown;
	expression: Node;
	operand: Node;
	operands?: Node[];
	qualifiers: Node[];
	path: { objectType: string };
	value: Node;
}
/** The tree with every operator as a list: what binds to what. */
const shape = (node: Node): unknown => {
	if (node.kind === 'observation') return shape(node.expression);
	if (node.kind === 'qualified') return [shape(node.operand), ...node.qualifiers.map((qualifier) => qualifier.kind)];
	return node.operands ? [node.kind, ...node.operands.map(shape)] : node.path.objectType;
};
const shapeOf = (text: string): unknown =>
	shape(parsePattern(text.replace(/\b[a-e]\b/g, '$&:v = 1')).expression as unknown as Node);

describe('precedence', () => {
	it.each([
		['[a OR b AND c]', ['or', 'a', ['and', 'b', 'c']]],
		['[(a OR b) AND c]', ['and', ['or', 'a', 'b'], 'c']],
		['[a] AND [b] OR [c] FOLLOWEDBY [d]', ['followed-by', ['observation-or', ['observation-and', 'a', 'b'], 'c'], 'd']],
		['[a] FOLLOWEDBY [b] OR [c] AND [d]', ['followed-by', 'a', ['observation-or', 'b', ['observation-and', 'c', 'd']]]],
		['[a] AND ([b] OR [c])', ['observation-and', 'a', ['observation-or', 'b', 'c']]],
		['[a] FOLLOWEDBY [b] WITHIN 5 SECONDS', ['followed-by', 'a', ['b', 'within']]],
		['([a] FOLLOWEDBY [b]) WITHIN 5 SECONDS REPEATS 2 TIMES', [['followed-by', 'a', 'b'], 'within', 'repeats']],
		['[a] OR [b] OR [c]', ['observation-or', 'a', 'b', 'c']],
		['([a] OR [b]) OR ([c] OR [d])', ['observation-or', 'a', 'b', 'c', 'd']],
		['[a AND (b AND (c AND d))]', ['and', 'a', 'b', 'c', 'd']],
		['((([((a))])))', 'a'],
	])('%s', (text, expected) => {
		expect(shapeOf(text)).toEqual(expected);
	});
});

describe('constants', () => {
	it.each<[string, object]>([
		["'it\\'s \\\\ here'", { kind: 'string', value: "it's \\ here" }],
		["''", { kind: 'string', value: '' }],
		["'a\nb\tc\0d😀/*no comment*/'", { kind: 'string', value: 'a\nb\tc\0d😀/*no comment*/' }],
		['9007199254740993', { kind: 'integer', value: 9_007_199_254_740_993n }],
		['-123456789012345678901234567890', { kind: 'integer', value: -123_456_789_012_345_678_901_234_567_890n }],
		['+1', { kind: 'integer', value: 1n }],
		['-0', { kind: 'integer', value: 0n }],
		['.5', { kind: 'float', value: 0.5 }],
		['-.5', { kind: 'float', value: -0.5 }],
		['+01.50', { kind: 'float', value: 1.5 }],
		['true', { kind: 'boolean', value: true }],
		['false', { kind: 'boolean', value: false }],
		["h'0AfF'", { kind: 'hex', value: '0aff' }],
		["h''", { kind: 'hex', value: '' }],
		["b'YWI='", { kind: 'binary', value: 'YWI=' }],
		["t'2024-02-30T23:59:60.123456789Z'", { kind: 'timestamp', value: '2024-02-30T23:59:60.123456789Z' }],
	])('%s', (text, value) => {
		expect(testOf(`a:b = ${text}`).value).toMatchObject(value);
	});

	it.each([
		'1.', '1e5', '01', '- 1', '--1', '0x1', 'TRUE', '"a"', '`a`', "'a\\n'", "'a", "h'0'", "h'0g'", "H'00'", "h '00'", "b''",
		"b'YW='", "b'YWI'", "b'YW\nI='", "t'2024-13-01T00:00:00Z'", "t'2024-00-01T00:00:00Z'", "t'2024-01-32T00:00:00Z'",
		"t'2024-01-01T24:00:00Z'", "t'2024-01-01T00:00:61Z'", "t'2024-01-01T00:00:00'", "t'2024-01-01 00:00:00Z'", "t '2024-01-01T00:00:00Z'",
		"t'2024-01-01T00:00:00.Z'", 'null', 'a:b', "('a')", `1${'0'.repeat(PATTERN_LIMITS.maxDigits)}`,
	])('refuses %s', (text) => {
		expect(errorOf(`[a:b = ${text}]`).code).toBe('PATTERN_SYNTAX');
	}); // prettier-ignore
});

describe('operators', () => {
	it.each(['=', '!=', '<', '<=', '>', '>='])('%s takes a number and NOT', (operator) => {
		expect(testOf(`a:b NOT ${operator} 1`)).toMatchObject({ kind: 'comparison', operator, negated: true });
	});
	it('reads == as = and <> as !=', () => {
		expect([testOf('a:b==1').operator, testOf('a:b<>1').operator]).toEqual(['=', '!=']);
	});
	it.each(['LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET'])('%s takes a string only', (operator) => {
		expect(testOf(`a:b NOT ${operator} 'x'`)).toMatchObject({ operator, negated: true, value: { value: 'x' } });
		expect(errorOf(`[a:b ${operator} 1]`).expected).toEqual(['a string in single quotes']);
	});
	it('keeps booleans out of order comparisons', () => {
		expect(errorOf('[a:b > true]').expected).toEqual(['a constant other than true and false']);
	});
	it('reads IN with many, mixed and no constants', () => {
		expect(testOf("a:b IN ('x', 1, true)")).toMatchObject({
			kind: 'in',
			values: [{ value: 'x' }, { value: 1n }, { value: true }],
		});
		expect(testOf('a:b NOT IN ()')).toMatchObject({ kind: 'in', negated: true, values: [] });
		expect(errorOf("[a:b IN ('x',)]").message).toMatch(/expected a constant, found '\)'/);
		expect(errorOf("[a:b IN ('x' 'y')]").expected).toEqual(["','", "')'"]);
	});
	it('reads EXISTS and NOT EXISTS, and NOT nowhere else before a path', () => {
		expect(testOf('NOT EXISTS a:b.c')).toMatchObject({ kind: 'exists', negated: true });
		expect(errorOf('[NOT a:b = 1]').hint).toMatch(/after the path/);
		expect(errorOf('[NOT (a:b = 1)]').column).toBe(6);
	});
});

describe('paths', () => {
	it.each<[string, unknown[]]>([
		[
			"file:hashes.'SHA-256'",
			[
				{ kind: 'key', name: 'hashes' },
				{ kind: 'key', name: 'SHA-256' },
			],
		],
		["file:'AND'", [{ kind: 'key', name: 'AND' }]],
		['x-y_z:a[0][*]', [{ kind: 'key', name: 'a' }, { kind: 'index', index: 0 }, { kind: 'any' }]],
		[
			'file:a[ -1 ].b',
			[
				{ kind: 'key', name: 'a' },
				{ kind: 'index', index: -1 },
				{ kind: 'key', name: 'b' },
			],
		],
		[
			"a:'it\\'s'.''",
			[
				{ kind: 'key', name: "it's" },
				{ kind: 'key', name: '' },
			],
		],
		[
			'file : name . x',
			[
				{ kind: 'key', name: 'name' },
				{ kind: 'key', name: 'x' },
			],
		],
		['in:value', [{ kind: 'key', name: 'value' }]],
		['toString:constructor', [{ kind: 'key', name: 'constructor' }]],
	])('%s', (path, steps) => {
		expect(testOf(`${path} = 1`).path.steps).toEqual(steps);
	});

	it.each([
		'file:START', 'file:LAST', 'file:true', 'AND:name', 'true:name', 'file', 'file:', ':name', 'file:a.', 'file:a-b', 'file:a[01]',
		'file:a[]', "file:a['k']", 'file:a[1.0]', 'file:a[99999999999999999999]', '1file:name', "'file':name", 'file:5', 'fîle:name', 'file::name',
	])('refuses %s', (path) => {
		expect(errorOf(`[${path} = 1]`).code).toBe('PATTERN_SYNTAX');
	}); // prettier-ignore

	it('tells how to write a key with a hyphen', () => {
		expect(errorOf("[file:hashes.SHA-256 = 'x']")).toMatchObject({
			column: 14,
			hint: "Put the key in quotes: 'SHA-256'.",
		});
	});
});

describe('qualifiers', () => {
	it.each([
		"[a:b = 1] START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z' WITHIN 5 SECONDS REPEATS 2 TIMES",
		'([a:b = 1] WITHIN 5 SECONDS) WITHIN 6 SECONDS',
		'([a:b = 1] AND [c:d = 1]) REPEATS 2 TIMES REPEATS 3 TIMES',
		'[a:b = 1] WITHIN 0 SECONDS',
		'[a:b = 1] WITHIN 0.5 SECONDS REPEATS 0 TIMES',
	])('%s', (text) => {
		expect(printPattern(parsePattern(text))).toBe(text);
	});
	it('reads them without white space', () => {
		expect(printPattern(parsePattern('[a:b=1]REPEATS 2TIMES WITHIN+.5SECONDS'))).toBe(
			'[a:b = 1] REPEATS 2 TIMES WITHIN 0.5 SECONDS',
		);
	});
	it.each([
		['[a:b = 1] REPEATS 2 TIMES REPEATS 3 TIMES', 'Line 1, column 27: a second REPEATS on the same observation'],
		['[a:b = 1] REPEATS -2 TIMES', "Line 1, column 19: expected a whole number that is not negative, found '-2'"],
		['[a:b = 1] REPEATS 2.5 TIMES', "Line 1, column 19: expected a whole number that is not negative, found '2.5'"],
		['[a:b = 1] WITHIN 5', "Line 1, column 19: expected 'SECONDS', found the end of the pattern"],
		[
			"[a:b = 1] START '2024-01-01T00:00:00Z'",
			"Line 1, column 17: expected a timestamp such as t'2024-01-31T00:00:00Z', found ''2024-01-01T00:00:00Z''",
		],
		["[a:b = 1] START t'2024-01-01T00:00:00Z'", "Line 1, column 40: expected 'STOP', found the end of the pattern"],
		['[a:b = 1 WITHIN 5 SECONDS]', "Line 1, column 10: expected 'AND', 'OR' or ']', found 'WITHIN'"],
	])('refuses %s', (text, message) => {
		expect(errorOf(text).message).toBe(message);
	});
});

describe('white space and comments', () => {
	it('takes every white space of the grammar between any tokens', () => {
		const blanks = '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000';
		expect(printPattern(parsePattern(['', '[', 'file', ':', 'name', '=', "'a'", ']', ''].join(blanks)))).toBe(
			"[file:name = 'a']",
		);
	});
	it.each(['\u200b', '\ufeff', '\u180e', '\0'])('refuses %j', (character) => {
		expect(errorOf(`${character}[a:b = 1]`)).toMatchObject({
			offset: 0,
			message: expect.stringContaining('unexpected character'),
		});
	});
	it('skips comments of both kinds', () => {
		expect(printPattern(parsePattern("// first\n[/* [ ' */a:b/**/=//x\r1] // last"))).toBe('[a:b = 1]');
	});
	it('names the comment that has no end', () => {
		expect(errorOf('[a:b = 1]\n /* open').message).toBe(
			"Line 2, column 2: the comment that starts here has no end, expected '*/'",
		);
	});
	it('does not find an operator inside a word', () => {
		expect(errorOf("[file:nameIN('a')]").message).toBe("Line 1, column 13: expected a comparison operator, found '('");
		expect(printPattern(parsePattern("[file:name IN('a')AND file:size=1]"))).toBe(
			"[file:name IN ('a') AND file:size = 1]",
		);
		expect(printPattern(parsePattern("[file:name='a'AND file:size=1]"))).toBe("[file:name = 'a' AND file:size = 1]");
	});
});

describe('where it is wrong', () => {
	it('says line, column, what was expected and what was found', () => {
		expect(errorOf('[file:name foo]')).toMatchObject({
			name: 'PatternSyntaxError',
			code: 'PATTERN_SYNTAX',
			message: "Line 1, column 12: expected a comparison operator, found 'foo'",
			line: 1,
			column: 12,
			offset: 11,
			expected: ['a comparison operator'],
		});
	});
	it('counts lines by LF, CR LF and CR, and columns by characters', () => {
		expect(errorOf("[a:b = '😀\n\r\n\r😀😀' OR c:d foo]")).toMatchObject({ line: 4, column: 12, offset: 27 });
		expect(errorOf("[a:b = '😀😀' foo]")).toMatchObject({ line: 1, column: 13, offset: 14 });
	});
	it.each([
		['', "Line 1, column 1: expected '[' or '(', found the end of the pattern"],
		['file:name', "Line 1, column 1: expected '[' or '(', found 'file'"],
		['[]', "Line 1, column 2: expected an object path such as file:name, 'EXISTS', 'NOT EXISTS' or '(', found ']'"],
		['[a:b = 1', "Line 1, column 9: expected 'AND', 'OR' or ']', found the end of the pattern"],
		[
			'[a:b = 1]]',
			"Line 1, column 10: expected 'AND', 'OR', 'FOLLOWEDBY', a qualifier or the end of the pattern, found ']'",
		],
		[
			'([a:b = 1]',
			"Line 1, column 11: expected 'AND', 'OR', 'FOLLOWEDBY', a qualifier or ')', found the end of the pattern",
		],
		["[a:b = 'x\\d']", "Line 1, column 10: expected \\' or \\\\ in the string, found another escape"],
		["[a:b = 'x]", "Line 1, column 8: the string that starts here has no end, expected a closing '"],
		['[a:b = \u0007]', "Line 1, column 8: unexpected character '\\u{7}'"],
		['[a:b & 1]', "Line 1, column 6: unexpected character '&'"],
	])('%s', (text, message) => {
		expect(errorOf(text).message).toBe(message);
	});
	it('points at every node of the tree', () => {
		const { expression } = parsePattern("[a:b = 1]\nAND [c:d\n = 'x'] REPEATS 2 TIMES") as unknown as Node;
		expect(expression.at).toEqual({ offset: 0, line: 1, column: 1 });
		const qualified = expression.operands![1]!;
		expect(qualified.at).toEqual({ offset: 14, line: 2, column: 5 });
		expect(qualified.operand.expression.at).toEqual({ offset: 15, line: 2, column: 6 });
		expect(qualified.operand.expression.value.at).toEqual({ offset: 22, line: 3, column: 4 });
		expect(qualified.qualifiers[0]!.at).toEqual({ offset: 27, line: 3, column: 9 });
	});
});

describe('bounds', () => {
	const nested = (depth: number, inside: string): string => '('.repeat(depth) + inside + ')'.repeat(depth);

	it('reads parentheses up to the limit', () => {
		const text = nested(PATTERN_LIMITS.maxDepth - 1, `[${nested(1, 'a:b = 1')}]`);
		expect(printPattern(parsePattern(text))).toBe('[a:b = 1]');
	});
	it.each([1_000, 100_000])('refuses %d nested parentheses by name', (depth) => {
		expect(errorOf(nested(depth, '[a:b = 1]'))).toMatchObject({
			code: 'PATTERN_TOO_DEEP',
			column: PATTERN_LIMITS.maxDepth + 1,
		});
		expect(errorOf(`[${nested(depth, 'a:b = 1')}]`).code).toBe('PATTERN_TOO_DEEP');
		expect(errorOf('['.repeat(depth)).code).toBe('PATTERN_SYNTAX');
	});
	it('reads chains of any length: they are no depth', () => {
		const text = Array.from({ length: 50_000 }, (_, i) => `[url:value = 'https://${i}.example.com/']`).join(' OR ');
		expect(printPattern(parsePattern(text))).toBe(text);
	});
	it('refuses a longer text than the limit', () => {
		expect(errorOf(' '.repeat(PATTERN_LIMITS.maxLength + 1)).code).toBe('PATTERN_TOO_LONG');
	});
});
