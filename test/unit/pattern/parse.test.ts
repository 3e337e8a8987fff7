import { parsePattern, PatternSyntaxError, printPattern } from '../../../lib/pattern';

const errorOf = (text: string): PatternSyntaxError => {
	try {
		parsePattern(text);
	} catch (error) {
		if (error instanceof PatternSyntaxError) return error;
		throw error;
	}
	throw new Error(`read without error: ${text}`);
};

describe('what a pattern may look like', () => {
	it.each([
		["[file:name = 'a']"],
		["[file:name NOT = 'a' AND (file:size > 1 OR file:size <= 2.5)]"],
		["[file:hashes.'SHA-256' IN ('a', 'b')] AND ([a:b = 1] OR [c:d = true]) FOLLOWEDBY [e:f = h'0a'] WITHIN 5 SECONDS"],
		[
			"[email-message:to_refs[*].value LIKE '%@example.com'] START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00.5Z'",
		],
		["([a:b = 1] FOLLOWEDBY [c:d[0] != b'YWJj']) REPEATS 2 TIMES WITHIN 0.5 SECONDS"],
		['([a:b = 1] REPEATS 2 TIMES) REPEATS 3 TIMES'],
		["[NOT EXISTS x:'a-b'.c AND EXISTS y:z[-1]]"],
		["[a:b MATCHES '\\\\.exe$' AND c:d ISSUBSET '192.0.2.0/24']"],
	])('%s reads and prints the same', (text) => {
		expect(printPattern(parsePattern(text))).toBe(text);
	});
});

describe('where it is wrong', () => {
	it('says line, column, what was expected and what was found', () => {
		expect(errorOf('[file:name foo]')).toMatchObject({
			code: 'PATTERN_SYNTAX',
			message: "Line 1, column 12: expected a comparison operator, found 'foo'",
			line: 1,
			column: 12,
			offset: 11,
			expected: ['a comparison operator'],
		});
	});
	it.each([
		'',
		'[',
		']',
		'()',
		"[a:b = 'x",
		"[a:b = '\\n']",
		'[a:b = 1.]',
		'[a:b = 1e5]',
		'[a:b = 01]',
		"[a:b = t'x']",
	])('%s', (text) => {
		expect(errorOf(text).message).toMatch(/^Line 1, column \d+: /);
	});
});
