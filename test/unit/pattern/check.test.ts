import { checkPattern, parsePattern } from '../../../lib/pattern';
import { levelOf } from '../../../lib/pattern/walk';

const problems = (text: string): Array<[string, string, number]> =>
	checkPattern(parsePattern(text)).map(({ code, severity, column }) => [code, severity, column]);

describe('rules beyond the grammar', () => {
	it.each<[string, Array<[string, string, number]>]>([
		["[file:name = 'a' AND ipv4-addr:value = 'x']", [['mixed-object-types', 'error', 1]]],
		["[file:name = 'a' AND (file:size = 1 OR url:value = 'x')]", [['mixed-object-types', 'error', 1]]],
		['[(a:x = 1 AND a:y = 1) OR (b:z = 1 AND b:w = 1)]', []],
		['[a:x = 1 OR b:y = 1]', []],
		["[a:b IN ('x', 1)]", [['mixed-constants', 'error', 2]]],
		['[a:b IN (1, 1.5)]', []],
		['[a:b IN ()]', [['empty-set', 'warning', 2]]],
		['[a:b[-1] = 1]', [['negative-index', 'error', 2]]],
		["[email-message:to_refs.value = 'x']", [['list-without-index', 'warning', 2]]],
		["[email-message:to_refs[*].value = 'x']", []],
		["[a:b MATCHES '[']", [['regex-invalid', 'error', 2]]],
		["[a:b MATCHES '(?=x)']", [['regex-invalid', 'error', 2]]],
		["[a:b MATCHES 'x']", []],
		["[ipv4-addr:value ISSUBSET 'garbage']", [['cidr-invalid', 'error', 2]]],
		["[ipv4-addr:value ISSUBSET '192.0.2.1/24']", [['cidr-host-bits', 'warning', 2]]],
		["[ipv6-addr:value ISSUPERSET '2001:db8::1']", []],
		["[ipv6-addr:value ISSUBSET '2001:db8::/33']", []],
		["[url:name ISSUBSET '192.0.2.0/24']", [['cidr-on-other-property', 'warning', 2]]],
		["[file:hashes.MD5 = 'x']", [['hash-invalid', 'warning', 2]]],
		["[file:hashes.'SHA-1' IN ('da39a3ee5e6b4b0d3255bfef95601890afd80709', 'x')]", [['hash-invalid', 'warning', 2]]],
		["[file:hashes.MD5 LIKE 'd4%' OR file:hashes.SSDEEP = '3:x:y']", []],
		["[a:b = t'2023-02-29T00:00:00Z']", [['date-invalid', 'error', 2]]],
		["[a:b = t'2024-02-29T00:00:00Z' OR a:b = t'2000-12-31T00:00:00Z']", []],
		["[a:b = t'1900-02-29T00:00:00Z']", [['date-invalid', 'error', 2]]],
		[
			"[a:b = 1] START t'2024-01-01T00:00:00Z' STOP t'2024-01-01T00:00:00.0Z'",
			[['start-not-before-stop', 'error', 11]],
		],
		["[a:b = 1] START t'2024-01-01T00:00:00Z' STOP t'2024-01-01T00:00:00.001Z'", []],
		[
			'[a:b = 1] WITHIN 0 SECONDS REPEATS 0 TIMES',
			[
				['within-zero', 'error', 11],
				['repeats-zero', 'error', 28],
			],
		],
		['([a:b = 1] AND [c:d = 1]) REPEATS 2 TIMES REPEATS 3 TIMES', [['qualifier-repeated', 'error', 43]]],
	])('%s', (text, expected) => {
		expect(problems(text)).toEqual(expected);
	});
	it('come in the order of the text, with words', () => {
		const [first, second] = checkPattern(parsePattern("[a:b MATCHES '(']\nOR [c:d IN ()]"));
		expect(first).toMatchObject({
			line: 1,
			column: 2,
			offset: 1,
			message: expect.stringContaining('is not valid: missing closing )'),
		});
		expect(second).toMatchObject({ line: 2, column: 5, message: 'IN () is never true' });
	});
});

describe('conformance level', () => {
	it.each([
		['[a:b = 1 AND a:c = 2]', 1],
		['[a:b = 1] OR [c:d = 1]', 2],
		['[a:b = 1] FOLLOWEDBY [c:d = 1]', 3],
		['[a:b = 1] AND [c:d = 1] REPEATS 2 TIMES', 3],
	])('%s is %d', (text, level) => {
		expect(levelOf(parsePattern(text))).toBe(level);
	});
});
