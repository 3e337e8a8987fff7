import * as fc from 'fast-check';
import {
	buildPattern,
	buildPatterns,
	checkPattern,
	matchPattern,
	parsePattern,
	type PatternBuildError,
	patternForObservable,
	testsIn,
} from '../../../lib/pattern';
import { Lexer } from '../../../lib/pattern/lexer';
import { observationsIn } from '../../../lib/pattern/walk';
import type { Indicator, IndicatorType } from '../../../lib/indicators';
import type { Bundle } from '../../../lib/stix';
import { stixValue } from '../../../lib/values';

const indicator = (type: IndicatorType, value: string, more: Partial<Indicator> = {}): Indicator => ({
	type,
	value,
	original: value,
	defanged: false,
	sources: [],
	flags: [],
	...more,
});
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const codeOf = (action: () => unknown): string => {
	try {
		action();
	} catch (error) {
		return (error as PatternBuildError).code;
	}
	return 'no error';
};

describe('a pattern from indicators', () => {
	it.each<[Indicator, string]>([
		[indicator('url', 'https://example.com/a?b=c'), "[url:value = 'https://example.com/a?b=c']"],
		[indicator('domain-name', 'example.com'), "[domain-name:value = 'example.com']"],
		[indicator('email-addr', "o'brien@example.com"), "[email-addr:value = 'o\\'brien@example.com']"],
		[indicator('ipv4-addr', '192.0.2.1'), "[ipv4-addr:value = '192.0.2.1']"],
		[indicator('ipv4-addr', '192.0.2.1/32'), "[ipv4-addr:value = '192.0.2.1']"],
		[indicator('ipv4-addr', '192.0.2.77/24'), "[ipv4-addr:value ISSUBSET '192.0.2.0/24']"],
		[indicator('ipv6-addr', '2001:db8::1/128'), "[ipv6-addr:value = '2001:db8::1']"],
		[indicator('ipv6-addr', '2001:db8:1::/32'), "[ipv6-addr:value ISSUBSET '2001:db8::/32']"],
		[indicator('file', MD5), `[file:hashes.MD5 = '${MD5}']`],
		[indicator('file', SHA256, { hashes: { MD5, 'SHA-256': SHA256 } }), `[file:hashes.'SHA-256' = '${SHA256}']`],
		[
			indicator('file', SHA1, { hashes: { MD5, 'SHA-1': SHA1 } }),
			`[file:hashes.MD5 = '${MD5}' OR file:hashes.'SHA-1' = '${SHA1}']`,
		],
		[indicator('autonomous-system', 'AS64512'), '[autonomous-system:number = 64512]'],
	])('%j', (one, pattern) => {
		expect(buildPattern([one])).toBe(pattern);
		expect(checkPattern(parsePattern(pattern))).toEqual([]);
	});

	const some = [
		indicator('url', 'https://example.com/'),
		indicator('domain-name', 'example.com'),
		indicator('url', 'https://example.org/'),
		indicator('url', 'https://example.com/'),
		indicator('cve', 'CVE-2024-0001'),
	];
	it('joins them by OR, each once, without what STIX has no observable for', () => {
		expect(buildPattern(some)).toBe(
			"[url:value = 'https://example.com/'] OR [domain-name:value = 'example.com'] OR [url:value = 'https://example.org/']",
		);
	});
	it('joins them inside one [ ], or as sets', () => {
		expect(buildPattern(some, { combine: 'comparisons' })).toBe(
			"[url:value = 'https://example.com/' OR domain-name:value = 'example.com' OR url:value = 'https://example.org/']",
		);
		expect(buildPattern(some, { combine: 'sets' })).toBe(
			"[url:value IN ('https://example.com/', 'https://example.org/') OR domain-name:value = 'example.com']",
		);
	});
	it('takes only the types asked for', () => {
		expect(buildPattern(some, { types: ['domain-name'] })).toBe("[domain-name:value = 'example.com']");
	});
	it('refuses too many terms by name, or makes several patterns', () => {
		expect(codeOf(() => buildPattern(some, { maximumTerms: 2 }))).toBe('PATTERN_TOO_MANY_TERMS');
		expect(buildPatterns(some, { maximumTerms: 2 })).toEqual([
			"[url:value = 'https://example.com/'] OR [domain-name:value = 'example.com']",
			"[url:value = 'https://example.org/']",
		]);
		expect(codeOf(() => buildPattern(some, { maximumTerms: 0 }))).toBe('PATTERN_OPTION_INVALID');
	});
	it('refuses to build from nothing', () => {
		expect(codeOf(() => buildPattern([]))).toBe('PATTERN_EMPTY');
		expect(codeOf(() => buildPattern([indicator('cve', 'CVE-2024-0001')]))).toBe('PATTERN_EMPTY');
		expect(buildPatterns([])).toEqual([]);
	});

	it.each([
		null,
		undefined,
		'text',
		5,
		{},
		{ objects: 5 },
		[null],
		['x'],
		[{ type: 'url' }],
		[{ value: 'x' }],
		{ objects: [null] },
	])('refuses to build from %j by name, and says where such a thing comes from', (source) => {
		expect(codeOf(() => buildPattern(source as never))).toBe('PATTERN_SOURCE_INVALID');
		const refused = expect.objectContaining({ hint: expect.stringContaining('Email to STIX') });
		expect(() => buildPattern(source as never)).toThrow(refused);
	});

	it('holds every value exactly as a bundle would, however it is combined', () => {
		const value = fc.string({
			unit: fc.constantFrom("'", '\\', '%', '_', '"', ']', ' ', '\n', 'é', '😀', "' OR '", '*/', '//', 'x'),
		});
		const type = fc.constantFrom<IndicatorType>('url', 'domain-name', 'email-addr', 'mac-addr');
		fc.assert(
			fc.property(
				fc.array(fc.tuple(type, value), { minLength: 1, maxLength: 8 }),
				fc.constantFrom('observations' as const, 'comparisons' as const, 'sets' as const),
				(pairs, combine) => {
					const pattern = parsePattern(
						buildPattern(
							pairs.map(([t, v]) => indicator(t, v)),
							{ combine },
						),
					);
					const held = [...observationsIn(pattern)].flatMap((node) =>
						node.kind !== 'observation'
							? []
							: [...testsIn(node.expression)].flatMap((test) => {
									if (test.kind === 'exists') throw new Error('no EXISTS was asked for');
									return (test.kind === 'in' ? test.values : [test.value]).map((constant) => [
										test.path.objectType,
										constant.value,
									]);
								}),
					);
					const key = (list: unknown[]): unknown[] => [...new Set(list.map((one) => JSON.stringify(one)))].sort();
					const forms = pairs.map(([t, v]): [IndicatorType, string] => [t, stixValue(t, v) ?? v]);
					expect(key(held)).toEqual(key(forms));
					for (const [t, v] of forms) expect(matchPattern(pattern, [{ type: t, value: v }]).matched).toBe(true);
					expect(matchPattern(pattern, [{ type: 'url', value: 'other' }]).matched).toBe(false);
				},
			),
			{ numRuns: 300 },
		);
	});
});

describe('a pattern from a bundle', () => {
	const common = { spec_version: '2.1', created: '2024-01-01T00:00:00.000Z', modified: '2024-01-01T00:00:00.000Z' };
	const detects = (id: string, pattern: string, more: object = {}): object => ({
		type: 'indicator',
		id: `indicator--${id}`,
		...common,
		pattern,
		pattern_type: 'stix',
		valid_from: '2024-01-01T00:00:00.000Z',
		...more,
	});
	const observables = [
		{ type: 'url', id: 'url--1', value: 'https://example.com/' },
		{ type: 'email-addr', id: 'email-addr--1', value: 'a@example.com' },
		{ type: 'email-message', id: 'email-message--1', from_ref: 'email-addr--1', subject: "It's", is_multipart: false },
		{ type: 'identity', id: 'identity--1', name: 'x' },
	];
	const bundle = (...objects: object[]): Bundle => ({ type: 'bundle', id: 'bundle--1', objects: objects as never });
	const full = bundle(
		...observables,
		detects('1', "[ url:value='https://example.com/' ]"),
		detects('2', "[url:value = 'https://example.com/'] FOLLOWEDBY [file:name = 'a']"),
		detects('3', "[url:value = 'https://example.com/'] OR [domain-name:value = 'example.com']"),
		detects('4', 'rule x {}', { pattern_type: 'yara' }),
		detects('5', "[url:value = 'gone']", { revoked: true }),
	);

	it("is of its indicators' own patterns, when it has any", () => {
		expect(buildPattern(full)).toBe(
			"[url:value = 'https://example.com/'] OR ([url:value = 'https://example.com/'] FOLLOWEDBY [file:name = 'a']) OR [domain-name:value = 'example.com']",
		);
		expect(buildPattern(full, { types: ['url'] })).toBe("[url:value = 'https://example.com/']");
		expect(buildPattern(full, { combine: 'sets' })).toBe(
			"[url:value = 'https://example.com/' OR domain-name:value = 'example.com'] OR ([url:value = 'https://example.com/'] FOLLOWEDBY [file:name = 'a'])",
		);
	});
	it('is of its observables, when it has none or they are asked for', () => {
		const expected =
			"[url:value = 'https://example.com/'] OR [email-addr:value = 'a@example.com'] OR [email-message:from_ref.value = 'a@example.com' AND email-message:subject = 'It\\'s']";
		expect(buildPattern(bundle(...observables))).toBe(expected);
		expect(buildPattern(full, { from: 'observables' })).toBe(expected);
		expect(matchPattern(expected, bundle(...observables)).matched).toBe(true);
	});
	it('is none of those that a message is addressed to, nor of empty files', () => {
		const mail = {
			type: 'email-message',
			id: 'email-message--1',
			is_multipart: false,
			subject: 'Hello',
			from_ref: 'email-addr--1',
			to_refs: ['email-addr--2', 'email-addr--3'],
			cc_refs: ['email-addr--1'],
		};
		const address = (id: string, value: string) => ({ type: 'email-addr', id: `email-addr--${id}`, value });
		const named = { type: 'relationship', id: 'relationship--1', source_ref: mail.id, target_ref: 'email-addr--3' };
		const objects = [
			address('1', 'sender@example.com'),
			address('2', 'victim@example.org'),
			address('3', 'drop@example.net'),
			{ type: 'file', id: 'file--1', hashes: { MD5 } },
			mail,
			named,
		];
		expect(buildPattern(bundle(...objects))).toBe(
			"[email-addr:value = 'sender@example.com'] OR [email-addr:value = 'drop@example.net'] OR [email-message:from_ref.value = 'sender@example.com' AND email-message:subject = 'Hello']",
		);
	});
	it('says where an indicator has a pattern that is none', () => {
		expect(() => buildPattern(bundle(detects('1', '[url:value]')))).toThrow(/^Line 1, column 11: /);
	});
});

describe('the pattern of one observable', () => {
	it.each<[object, string | undefined]>([
		[{ type: 'file', name: "a'b", hashes: { MD5, 'SHA-256': SHA256 } }, `[file:hashes.'SHA-256' = '${SHA256}']`],
		[
			{ type: 'file', hashes: { MD5, 'SHA-1': SHA1 } },
			`[file:hashes.MD5 = '${MD5}' OR file:hashes.'SHA-1' = '${SHA1}']`,
		],
		[{ type: 'file', name: "a'b\\c" }, "[file:name = 'a\\'b\\\\c']"],
		[{ type: 'ipv4-addr', value: '192.0.2.9/24' }, "[ipv4-addr:value ISSUBSET '192.0.2.0/24']"],
		[{ type: 'autonomous-system', number: 64512 }, '[autonomous-system:number = 64512]'],
		[
			{ type: 'email-message', message_id: '<a@example.com>', subject: 'x' },
			"[email-message:message_id = '<a@example.com>']",
		],
		[{ type: 'email-message', from_ref: 'email-addr--1', subject: 'x' }, "[email-message:subject = 'x']"],
		[
			{ type: 'user-account', account_login: 'x', account_type: 'unix' },
			"[user-account:account_login = 'x' AND user-account:account_type = 'unix']",
		],
		[{ type: 'file', hashes: {} }, undefined],
		[{ type: 'identity', name: 'x' }, undefined],
		[{ type: 'constructor' }, undefined],
		[{}, undefined],
	])('%j', (observable, pattern) => {
		expect(patternForObservable(observable)).toBe(pattern);
	});
});

describe('the work of building', () => {
	const tokensOf = (work: () => unknown): number => {
		const next = jest.spyOn(Lexer.prototype, 'next');
		work();
		const { length } = next.mock.calls;
		next.mockRestore();
		return length;
	};

	it.each([undefined, ['file', 'url']] satisfies Array<IndicatorType[] | undefined>)(
		'the pattern of a foreign indicator, of 144,777 characters, is read once (types %j)',
		(types) => {
			const clauses = Array.from({ length: 3_000 }, (_, i) => `(file:name = 'a${i}' OR file:name = 'b${i}')`);
			const pattern = `[${clauses.join(' AND ')}]`;
			const objects = [{ type: 'indicator', pattern_type: 'stix', pattern }];
			const bundle = { type: 'bundle', id: 'bundle--1', objects } as unknown as Bundle;
			const once = tokensOf(() => parsePattern(pattern));
			expect(pattern).toHaveLength(144_777);
			expect(once).toBeGreaterThan(30_000);
			expect(tokensOf(() => buildPattern(bundle, { types }))).toBe(once);
		},
	);
});
