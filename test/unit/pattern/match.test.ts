import { compilePattern, matchPattern, parsePattern, PatternMatchError, type MatchInput } from '../../../lib/pattern';

const observed = (id: string, objects: object, first = '2024-01-01T00:00:00Z', last = first): object => ({
	type: 'observed-data',
	id: `observed-data--${id}`,
	first_observed: first,
	last_observed: last,
	number_observed: 1,
	objects,
});
const matches = (pattern: string, ...objects: object[]): boolean =>
	matchPattern(pattern, [observed('1', objects)]).matched;
/** Whether a test holds for one property value. */
const holds = (value: unknown, test: string, property = 'value'): boolean =>
	matches(`[x:${property} ${test}]`, { type: 'x', id: 'x--1', [property]: value });
const errorOf = (pattern: string, input: MatchInput = []): PatternMatchError => {
	try {
		matchPattern(pattern, input);
	} catch (error) {
		if (error instanceof PatternMatchError) return error;
		throw error;
	}
	throw new Error('no error');
};

describe('text', () => {
	it('is equal by code points: no folding of case, no normalisation', () => {
		expect(holds('Café', "= 'Café'")).toBe(true);
		expect(holds('café', "= 'Café'")).toBe(false);
		expect(holds('Cafe\u0301', "= 'Caf\u00e9'")).toBe(false);
		expect(holds('Cafe\u0301', "!= 'Caf\u00e9'")).toBe(true);
	});
	it('is in the order of code points, not of UTF-16 units', () => {
		expect('😀' < '\uff5e').toBe(true);
		expect(holds('😀', "> '\uff5e'")).toBe(true);
		expect(holds('\uff5e', "< '😀'")).toBe(true);
		expect(holds('a', "< 'aa'")).toBe(true);
		expect([holds('b', "<= 'b'"), holds('b', "< 'b'"), holds('b', "> 'b'"), holds('b', "NOT < 'b'")]).toEqual([
			true,
			false,
			false,
			true,
		]);
	});
});

describe('numbers and booleans', () => {
	it('compare integers and floats by their number, exactly', () => {
		expect([
			holds(5, '= 5.0'),
			holds(5.5, '> 5'),
			holds(-1, '< .5'),
			holds(9007199254740992, '= 9007199254740993'),
		]).toEqual([true, true, true, false]);
	});
	it('are equal or not', () => {
		expect([holds(true, '= true'), holds(false, '= true'), holds(false, '!= true')]).toEqual([true, false, true]);
	});
});

describe('times', () => {
	it('are points in time, whatever their decimals', () => {
		expect(holds('2024-01-01T00:00:00.500Z', "= t'2024-01-01T00:00:00.5Z'")).toBe(true);
		expect(holds('2024-01-01T00:00:00.000000001Z', "> t'2024-01-01T00:00:00Z'")).toBe(true);
		expect(holds('0001-01-01T00:00:00Z', "< t'0099-01-01T00:00:00Z'")).toBe(true);
	});
	it('have leap seconds, also at midnight: a second 60 is the first of the next minute', () => {
		for (const [leap, next] of [
			['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
			['2015-06-30T12:34:60.5Z', '2015-06-30T12:35:00.5Z'],
			['0099-12-31T23:59:60Z', '0100-01-01T00:00:00Z'],
		])
			expect(matchPattern(`[email-message:date = t'${leap}']`, [{ type: 'email-message', date: next }]).matched).toBe(
				true,
			);
	});
	it('do not go with text that is no time', () => {
		expect([holds('yesterday', "< t'2024-01-01T00:00:00Z'"), holds('yesterday', "!= t'2024-01-01T00:00:00Z'")]).toEqual(
			[false, true],
		);
	});
});

describe('constants of another type than the property', () => {
	it.each([
		['5', '= 5'],
		[5, "= '5'"],
		['true', '= true'],
		[1, '= true'],
		['00', "= h'00'"],
		[5, "LIKE '5'"],
		[5, "MATCHES '5'"],
		[5, "IN ('5')"],
		['5', '> 4'],
	])('%j %s is false', (value, test) => {
		expect(holds(value, test)).toBe(false);
	});
	it('make != true, and NOT of a false one', () => {
		expect([holds('5', '!= 5'), holds('5', 'NOT = 5'), holds('5', 'NOT != 5')]).toEqual([true, true, false]);
	});
});

describe('a path that is absent', () => {
	it.each([
		"= 'a'",
		"!= 'a'",
		"NOT = 'a'",
		"NOT LIKE 'a'",
		"NOT MATCHES 'a'",
		"NOT IN ('a')",
		"NOT ISSUBSET '192.0.2.0/24'",
		"> 'a'",
	])('is false for %s', (test) => {
		expect(matches(`[x:absent ${test}]`, { type: 'x', value: 'b' })).toBe(false);
		expect(matches(`[x:value.absent ${test}]`, { type: 'x', value: 'b' })).toBe(false);
		expect(matches(`[x:value[0] ${test}]`, { type: 'x', value: 'b' })).toBe(false);
		expect(matches(`[x:value ${test}]`, { type: 'x', value: null })).toBe(false);
	});
	it('that selects a list or a dictionary selects no value', () => {
		expect([holds(['a'], "= 'a'"), holds(['a'], "!= 'b'"), holds({ a: 1 }, "!= 'b'")]).toEqual([false, false, false]);
	});
	it('is not found in what JavaScript lends to objects', () => {
		expect(
			matches("[EXISTS x:constructor OR EXISTS x:value.length OR x:toString != 'a']", {
				type: 'x',
				value: 'b',
			}),
		).toBe(false);
	});
});

describe('EXISTS', () => {
	const object = { type: 'x', text: '', list: [], dictionary: { key: false } };
	it('holds for any value, empty ones and lists included', () => {
		for (const path of ['text', 'list', 'dictionary', 'dictionary.key'])
			expect(matches(`[EXISTS x:${path}]`, object)).toBe(true);
		for (const path of ['other', 'list[0]', 'list[*]', 'dictionary.other'])
			expect(matches(`[EXISTS x:${path}]`, object)).toBe(false);
	});
	it('with NOT holds for an object of the type that has it not, never without one', () => {
		expect(matches('[NOT EXISTS x:other]', object)).toBe(true);
		expect(matches('[NOT EXISTS x:text]', object)).toBe(false);
		expect(matches('[NOT EXISTS y:text]', object)).toBe(false);
	});
});

describe('LIKE', () => {
	it.each([
		['invoice.exe', '%.exe', true],
		['invoice.exe.txt', '%.exe', false],
		['abc', 'a_c', true],
		['a😀c', 'a_c', true],
		['abbc', 'a_c', false],
		['abc', 'abc', true],
		['ABC', 'abc', false],
		['', '%', true],
		['', '_', false],
		['', '', true],
		['a\nb', 'a%b', true],
		['100%', '100\\\\%', false],
		['a.c', 'a.c', true],
		['abc', 'a.c', false],
		['Cafe\u0301', 'Caf_', true],
		['aXbXc', 'a%b%c', true],
		['abab', '%ab%ab%', true],
		['aba', '%ab%ba%', false],
		['aab', '%%a_%', true],
		['mississippi', '%iss%ip%', true],
		['ab', 'ab%b', false],
	])('%j LIKE %j is %s', (value, pattern, expected) => {
		expect(holds(value, `LIKE '${pattern}'`)).toBe(expected);
		expect(holds(value, `NOT LIKE '${pattern}'`)).toBe(!expected);
	});
	it('does not blow up on many wildcards', () => {
		expect(holds('a'.repeat(20_000), `LIKE '${'%a'.repeat(500)}%b'`)).toBe(false);
	});
});

describe('MATCHES', () => {
	it.each([
		['see invoice.exe now', 'invoice\\\\.exe', true],
		['see invoice-exe now', 'invoice\\\\.exe', false],
		['a\nb', 'a.b', true],
		['ABC', '(?i)abc', true],
		['abc', '^b', false],
		['abc', '\\\\Aabc\\\\Z', true],
		['abc\n', 'abc$', true],
		['abc\n', 'abc\\\\Z', true],
		['abc\nd', 'abc$', false],
		['abc\nd', '(?m)abc$', true],
		['a$b', 'a[$]b', true],
		['a$b', '\\\\Qa$b\\\\E', true],
		['x-y', '(?P<a>x)-(?<b>y)', true],
		['😀', '^.$', true],
		['é', '^\\\\pL$', true],
		['a\tb', 'a\\\\hb', true],
		['a(b', 'a[(]b', true],
		['ab', 'a(?#comment $)b', true],
		['Cafe\u0301', 'Caf\u00e9', true],
	])('%j MATCHES %j is %s', (value, regex, expected) => {
		expect(holds(value, `MATCHES '${regex}'`)).toBe(expected);
	});
	it.each(['[', '(?=a)', '(?<!a)b', '(a)\\\\1', 'a++', '(?>a)', '(', '(?#open', 'x{1000}{3}', '(x{500}){5}'])(
		'%s is refused by name and place',
		(regex) => {
			const error = errorOf(`[a:b = 1 OR x:value MATCHES '${regex}']`);
			expect(error).toMatchObject({ code: 'PATTERN_REGEX_INVALID', at: { column: 13 } });
			expect(error.message).toMatch(/^Line 1, column 13: the regular expression of MATCHES is not valid: /);
		},
	);
	it('lets counts not make a small expression large, however many there are', () => {
		const hostile = Array.from({ length: 50 }, (_, i) => `x:value MATCHES '${i}((x{30}){30})'`).join(' OR ');
		expect(errorOf(`[${hostile}]`).message).toMatch(/its repetition counts \{ \} make it too large$/);
		expect(holds('a@example.com', "MATCHES '^[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\\\\.){1,8}[a-z]{2,63}$'")).toBe(
			true,
		);
	});
	it('is not caught by an expression that makes others backtrack for ever', () => {
		expect(holds('a'.repeat(50_000), "MATCHES '^(a+)+$'")).toBe(true);
		expect(holds(`${'a'.repeat(50_000)}!`, "MATCHES '^(a|a)*$'")).toBe(false);
	});
	it('ends with a clear error where even linear time is too much', () => {
		expect(() => holds('ab'.repeat(2_000_000), "MATCHES '[ab]*a[ab]{300}[c-e]'")).toThrow(
			expect.objectContaining({ code: 'PATTERN_TOO_COMPLEX' }),
		);
	});
});

describe('IN', () => {
	it('holds for any constant of the right type', () => {
		expect(holds('b', "IN ('a', 'b')")).toBe(true);
		expect(holds('c', "IN ('a', 'b')")).toBe(false);
		expect(holds('c', "NOT IN ('a', 'b')")).toBe(true);
		expect(holds(2, "IN ('2', 2.0)")).toBe(true);
		expect(holds('2024-01-01T00:00:00.0Z', "IN (t'2024-01-01T00:00:00Z')")).toBe(true);
		expect([holds('a', 'IN ()'), holds('a', 'NOT IN ()')]).toEqual([false, true]);
	});
});

describe('ISSUBSET and ISSUPERSET', () => {
	it.each([
		['192.0.2.77', 'ISSUBSET', '192.0.2.0/24', true],
		['192.0.2.77', 'ISSUBSET', '192.0.2.99/24', true],
		['192.0.3.1', 'ISSUBSET', '192.0.2.0/24', false],
		['192.0.2.0/25', 'ISSUBSET', '192.0.2.0/24', true],
		['192.0.2.0/23', 'ISSUBSET', '192.0.2.0/24', false],
		['192.0.2.1', 'ISSUBSET', '192.0.2.1', true],
		['203.0.113.9', 'ISSUBSET', '0.0.0.0/0', true],
		['192.0.2.128', 'ISSUBSET', '192.0.2.128/25', true],
		['192.0.2.127', 'ISSUBSET', '192.0.2.128/25', false],
		['192.0.2.0/24', 'ISSUPERSET', '192.0.2.77', true],
		['192.0.2.0/25', 'ISSUPERSET', '192.0.2.0/24', false],
		['2001:DB8::1', 'ISSUBSET', '2001:db8::/32', true],
		['2001:db9::1', 'ISSUBSET', '2001:db8::/32', false],
		['2001:db8::1', 'ISSUBSET', '0.0.0.0/0', false],
		['192.0.2.1', 'ISSUBSET', '::/0', false],
		['0xC0.0.2.1', 'ISSUBSET', '0.0.0.0/0', false],
		['example.com', 'ISSUBSET', '0.0.0.0/0', false],
		['192.0.2.1/33', 'ISSUBSET', '0.0.0.0/0', false],
	])('%s %s %s is %s', (value, operator, constant, expected) => {
		expect(holds(value, `${operator} '${constant}'`)).toBe(expected);
		expect(holds(value, `NOT ${operator} '${constant}'`)).toBe(!expected);
	});
	it.each(['garbage', '192.0.2.0/33', '192.0.2', '192.0.2.0/24/1', '', 'fe80::1%eth0'])(
		'%j is refused by name and place',
		(constant) => {
			expect(errorOf(`[x:value ISSUBSET '${constant}']`)).toMatchObject({
				code: 'PATTERN_CIDR_INVALID',
				at: { column: 2 },
			});
		},
	);
});

describe('binary and hexadecimal properties', () => {
	const base64 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64');
	it('compare as bytes with each kind of constant', () => {
		expect(holds(base64('MZ\x90\0'), "= h'4d5a9000'", 'payload_bin')).toBe(true);
		expect(holds(base64('MZ\x90\0'), `= b'${base64('MZ\x90\0')}'`, 'payload_bin')).toBe(true);
		expect(holds(base64('MZ\x90\0'), "= 'MZ\x90\0'", 'payload_bin')).toBe(true);
		expect(holds('4D5A', "= 'MZ'", 'magic_number_hex')).toBe(true);
		expect(holds('4D5A', "= h'4d5a'", 'magic_number_hex')).toBe(true);
		expect(holds('4D5A', "= b'TVo='", 'magic_number_hex')).toBe(true);
		expect(holds(base64('a'), "< h'62'", 'payload_bin')).toBe(true);
		expect(holds(base64('MZ'), "IN ('PE', 'MZ')", 'payload_bin')).toBe(true);
	});
	it('are no text: what is above U+00FF is in none', () => {
		expect(holds(base64('a'), "= 'aĀ'", 'payload_bin')).toBe(false);
		expect(holds(base64('a'), "!= 'Ā'", 'payload_bin')).toBe(true);
	});
	it('are searched by their bytes', () => {
		expect(holds(base64('xx MZ\n\x90'), "MATCHES 'MZ.\\\\x90'", 'payload_bin')).toBe(true);
		expect(holds(base64('MZ\x90'), "LIKE 'MZ_'", 'payload_bin')).toBe(true);
	});
	it('that are not what they have to be do not match', () => {
		expect([holds('!!', "= 'a'", 'payload_bin'), holds('xyz', "= h'00'", 'magic_number_hex')]).toEqual([false, false]);
	});
});

describe('paths', () => {
	const message = {
		type: 'email-message',
		id: 'email-message--1',
		from_ref: 'email-addr--1',
		to_refs: ['email-addr--2', 'email-addr--3', 'email-addr--elsewhere'],
		subject: 'Hi',
		body_multipart: [{ body: 'text' }, { body_raw_ref: 'file--1' }],
		additional_header_fields: { 'Reply-To': ['a@example.org', 'b@example.org'], 'X-One': 'one' },
	};
	const graph = [
		message,
		{ type: 'email-addr', id: 'email-addr--1', value: 'from@example.com' },
		{ type: 'email-addr', id: 'email-addr--2', value: 'to@example.com' },
		{ type: 'email-addr', id: 'email-addr--3', value: 'cc@example.com' },
		{ type: 'file', id: 'file--1', name: 'invoice.exe', hashes: { 'SHA-256': 'ab', MD5: 'cd' }, size: 5 },
	];
	it.each([
		["from_ref.value = 'from@example.com'", true],
		["from_ref.value = 'to@example.com'", false],
		["to_refs[*].value = 'cc@example.com'", true],
		["to_refs[0].value = 'to@example.com'", true],
		["to_refs[0].value = 'cc@example.com'", false],
		["to_refs[9].value = 'cc@example.com'", false],
		["to_refs[-1].value LIKE '%'", false],
		["to_refs.value = 'to@example.com'", false],
		["to_refs[*].value NOT = 'to@example.com'", true],
		["to_refs[2].value LIKE '%'", false],
		["from_ref = 'email-addr--1'", true],
		["body_multipart[*].body_raw_ref.name = 'invoice.exe'", true],
		["body_multipart[1].body_raw_ref.hashes.'SHA-256' = 'ab'", true],
		["body_multipart[0].body_raw_ref.name = 'invoice.exe'", false],
		["additional_header_fields.'Reply-To'[*] = 'b@example.org'", true],
		["additional_header_fields.'Reply-To' = 'b@example.org'", false],
		["additional_header_fields.'X-One' = 'one'", true],
		["subject.value LIKE '%'", false],
	])('email-message:%s is %s', (test, expected) => {
		expect(matches(`[email-message:${test}]`, ...graph)).toBe(expected);
	});
	it('follow references inside the same observed-data only', () => {
		const bundle = (object_refs: string[]): MatchInput => ({
			id: 'bundle--1',
			objects: [
				...graph,
				{
					type: 'observed-data',
					id: 'observed-data--1',
					first_observed: '2024-01-01T00:00:00Z',
					last_observed: '2024-01-01T00:00:00Z',
					object_refs,
				},
			],
		});
		const pattern = "[email-message:from_ref.value = 'from@example.com']";
		expect(matchPattern(pattern, bundle(['email-message--1', 'email-addr--1'])).matched).toBe(true);
		expect(matchPattern(pattern, bundle(['email-message--1', 'email-addr--2'])).matched).toBe(false);
		expect(matchPattern("[email-addr:value = 'cc@example.com']", bundle(['email-message--1'])).matched).toBe(false);
	});
	it('follow the keys of STIX 2.0', () => {
		const data = observed('1', {
			'0': { type: 'email-message', from_ref: '1' },
			'1': { type: 'email-addr', value: 'a@example.com' },
		});
		expect(matchPattern("[email-message:from_ref.value = 'a@example.com']", { objects: [data] }).observations).toEqual([
			'observed-data--1',
		]);
	});
	it('do not multiply over objects that refer to one another', () => {
		const all = Array.from({ length: 30 }, (_, i) => ({
			type: 'x',
			id: `x--${i}`,
			x_refs: Array.from({ length: 30 }, (__, j) => `x--${j}`),
		}));
		expect(matches(`[x:${'x_refs[*].'.repeat(40)}value = 1]`, ...all)).toBe(false);
	});
});

describe('objects inside one [ ]', () => {
	const files = [
		{ type: 'file', id: 'file--1', name: 'a', size: 1 },
		{ type: 'file', id: 'file--2', name: 'b', size: 2 },
		{ type: 'url', id: 'url--1', value: 'https://example.com/' },
	];
	it.each([
		["[file:name = 'a' AND file:size = 1]", true],
		["[file:name = 'a' AND file:size = 2]", false],
		["[file:name = 'a' OR file:size = 9]", true],
		["[file:name = 'x' OR url:value = 'https://example.com/']", true],
		["[(file:name = 'a' AND file:size = 2) OR (url:value = 'x' AND url:value = 'x')]", false],
		["[file:name != 'a']", true],
		["[file:name = 'x' AND (file:size = 1 OR file:size = 2)]", false],
	])('%s is %s', (pattern, expected) => {
		expect(matches(pattern, ...files)).toBe(expected);
	});
	it('are one of each type where AND joins tests on several types', () => {
		expect(matches("[file:name = 'a' AND url:value LIKE 'https:%']", ...files)).toBe(true);
		expect(matches("[file:name = 'a' AND url:value LIKE 'https:%' AND file:size = 2]", ...files)).toBe(false);
		expect(matches("[file:name = 'a' AND (url:value = 'x' OR file:size = 1)]", ...files)).toBe(true);
		expect(matches("[file:name = 'a' AND ipv4-addr:value = '192.0.2.1']", ...files)).toBe(false);
	});
});

describe('observations', () => {
	const at = (second: number): string => `2024-01-01T00:00:${String(second).padStart(2, '0')}Z`;
	const seen = (id: string, value: string, first: number, last = first): object =>
		observed(id, [{ type: 'x', id: 'x--1', value }], at(first), at(last));
	const ids = (pattern: string, ...all: object[]): string[] =>
		matchPattern(pattern.replace(/\[(\w)\]/g, "[x:value = '$1']"), all).observations.map((id) => id.slice(15));
	const a0 = seen('a0', 'a', 0);
	const a5 = seen('a5', 'a', 5);
	const b3 = seen('b3', 'b', 3);
	const b20 = seen('b20', 'b', 20);

	it('AND needs two different ones, OR any', () => {
		expect(ids('[a] AND [b]', a0, b3)).toEqual(['a0', 'b3']);
		expect(ids('[a] AND [a]', a0)).toEqual([]);
		expect(ids('[a] AND [a]', a0, a5)).toEqual(['a0', 'a5']);
		expect(ids('[a] OR [c]', a0, b3)).toEqual(['a0']);
	});
	it('FOLLOWEDBY needs the second not to be older', () => {
		expect(ids('[a] FOLLOWEDBY [b]', a0, a5, b3)).toEqual(['a0', 'b3']);
		expect(ids('[b] FOLLOWEDBY [a]', a0, b3)).toEqual([]);
		expect(ids('[a] FOLLOWEDBY [b]', seen('1', 'a', 3), b3)).toEqual(['1', 'b3']);
	});
	it('WITHIN limits the span, its end excluded', () => {
		expect(ids('([a] AND [b]) WITHIN 3 SECONDS', a0, b3)).toEqual([]);
		expect(ids('([a] AND [b]) WITHIN 3.5 SECONDS', a0, b3, b20)).toEqual(['a0', 'b3']);
		expect(ids('[a] FOLLOWEDBY [b] WITHIN 1 SECONDS', a0, b20)).toEqual(['a0', 'b20']);
		expect(ids('[a] WITHIN 2 SECONDS', seen('long', 'a', 0, 2), a5)).toEqual(['a5']);
	});
	it('REPEATS counts different observations', () => {
		expect(ids('[a] REPEATS 2 TIMES', a0, a5, b3)).toEqual(['a0', 'a5']);
		expect(ids('[a] REPEATS 3 TIMES', a0, a5, b3)).toEqual([]);
		expect(ids('[a] REPEATS 2 TIMES WITHIN 5 SECONDS', a0, a5)).toEqual([]);
		expect(ids('[a] REPEATS 0 TIMES', a0)).toEqual([]);
		expect(ids('[a] REPEATS 99999999999999999999 TIMES', a0)).toEqual([]);
	});
	it('START and STOP include the start and exclude the stop, for all of the observed time', () => {
		const between = `START t'${at(3)}' STOP t'${at(20)}'`;
		expect(ids(`[a] OR [b] ${between}`, a0, b3, b20)).toEqual(['a0', 'b3']);
		expect(ids(`([a] OR [b]) ${between}`, a0, a5, b3, b20)).toEqual(['a5', 'b3']);
		expect(ids(`[a] ${between}`, seen('long', 'a', 5, 25))).toEqual([]);
	});
	it('without a time match where no time is asked for', () => {
		const timeless = { type: 'observed-data', id: 'observed-data--timeless', objects: [{ type: 'x', value: 'a' }] };
		expect(ids('[a] WITHIN 5 SECONDS', timeless)).toEqual(['timeless']);
		expect(ids('[a] AND [b]', timeless, b3)).toEqual(['timeless', 'b3']);
		expect(ids('[a] FOLLOWEDBY [b]', timeless, b3)).toEqual([]);
		expect(ids(`[a] START t'2000-01-01T00:00:00Z' STOP t'2030-01-01T00:00:00Z'`, timeless)).toEqual([]);
	});
	it('come in the order of the input', () => {
		expect(ids('[a] OR [b]', b20, a5, b3, a0)).toEqual(['b20', 'a5', 'b3', 'a0']);
	});
});

describe('what a pattern is matched against', () => {
	const url = { type: 'url', id: 'url--1', value: 'https://example.com/' };
	const pattern = "[url:value = 'https://example.com/']";
	it('may be a bundle or a list of cyber-observables without observed-data: one observation', () => {
		expect(matchPattern(pattern, { id: 'bundle--1', objects: [url] })).toEqual({
			matched: true,
			observations: ['bundle--1'],
		});
		expect(matchPattern(pattern, [url])).toEqual({ matched: true, observations: [] });
		expect(matchPattern(`${pattern} AND ${pattern}`, [url, url]).matched).toBe(false);
	});
	it('may be empty', () => {
		expect(matchPattern(pattern, [])).toEqual({ matched: false, observations: [] });
		expect(matchPattern(pattern, {})).toEqual({ matched: false, observations: [] });
	});
	it('does not look into domain objects', () => {
		expect(
			matchPattern("[indicator:name = 'a' OR identity:name = 'a']", [
				{ type: 'indicator', name: 'a' },
				{ type: 'identity', name: 'a' },
			]).matched,
		).toBe(false);
	});
	it.each([null, 'text', 5, { objects: 'x' }, [5], [null], { objects: [[]] }])(
		'is refused by name when it is %j',
		(input) => {
			expect(errorOf(pattern, input as never).code).toBe('PATTERN_INPUT_INVALID');
		},
	);
	it('survives properties of wrong types', () => {
		const broken = [
			{ type: 'observed-data', id: 5, object_refs: 'x', objects: 7, first_observed: 9 },
			{
				type: 'observed-data',
				id: 'observed-data--1',
				object_refs: [null, {}, 'url--1', 'url--1', 'x'],
				first_observed: 'soon',
				last_observed: {},
			},
			{ type: 'observed-data', id: 'observed-data--2', objects: [null, 5, { type: 7 }, url] },
			{ type: 5 },
			url,
		];
		expect(matchPattern(pattern, broken).observations).toEqual(['observed-data--1', 'observed-data--2']);
	});
	it('is read with a pattern compiled once, many times', () => {
		const matcher = compilePattern(parsePattern(pattern));
		expect([matcher.match([url]).matched, matcher.match([]).matched, matcher.match([url]).matched]).toEqual([
			true,
			false,
			true,
		]);
	});
});

describe('bounds', () => {
	const many = Array.from({ length: 2_000 }, (_, i) =>
		observed(String(i), [{ type: 'x', value: i }], new Date(1_700_000_000_000 + i * 1000).toISOString()),
	);
	it.each([
		['[x:value < 5000] REPEATS 900 TIMES', true],
		['([x:value < 5000] FOLLOWEDBY [x:value < 5000]) REPEATS 3 TIMES WITHIN 60 SECONDS', true],
		['[x:value < 20] REPEATS 10 TIMES AND [x:value < 19] REPEATS 11 TIMES', false],
		['[x:value > 1000] FOLLOWEDBY [x:value > 1000] FOLLOWEDBY [x:value < 900]', false],
		['[x:value < 5000] REPEATS 100 TIMES WITHIN 60 SECONDS', false],
	])('%s is %s', (pattern, expected) => {
		expect(matchPattern(pattern, many).matched).toBe(expected);
	});
	it.each<[string, unknown]>([
		['[x:value >= 0] REPEATS 1001 TIMES', 'PATTERN_TOO_COMPLEX'],
		[
			Array.from({ length: 12 }, () => '([x:value = 1] AND [x:value = 2] OR [x:value = 3])').join(' AND '),
			'PATTERN_TOO_COMPLEX',
		],
		['([x:value = 1] AND [x:value = 2] OR [x:value = 3]) REPEATS 900 TIMES', 'PATTERN_TOO_COMPLEX'],
		// More slots than observations for them.
		[
			`(${Array.from({ length: 40 }, () => '([x:value < 39] AND [x:value < 38])').join(' AND ')}) WITHIN 100 SECONDS`,
			false,
		],
		// Enough observations in all, but no window holds enough of both kinds.
		['([x:value < 900] REPEATS 20 TIMES AND [x:value > 1000] REPEATS 20 TIMES) WITHIN 110 SECONDS', false],
	])('%s ends with %j', (pattern, expected) => {
		let outcome: unknown;
		try {
			outcome = matchPattern(pattern, many).matched;
		} catch (error) {
			outcome = (error as PatternMatchError).code;
		}
		expect(outcome).toBe(expected);
	});
	it('looks 20,000 values up, not through', () => {
		const pattern = many
			.map((_, i) => `[x:value = ${i + 1_000_000}]`)
			.concat("[x:value = 'no']", '[x:value = 7]')
			.join(' OR ');
		expect(matchPattern(pattern, many).observations).toEqual(['observed-data--7']);
	});
});
