import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPattern, checkPattern, matchPattern, parsePattern } from '../../../lib/pattern';

const page = readFileSync(join(__dirname, '../../../docs/stix-pattern.md'), 'utf8');

describe('docs/stix-pattern.md', () => {
	const rows = [...page.matchAll(/^\| `(.+)` \| (Line \d.*) \|$/gm)].map(([, pattern, message]) => [
		pattern!,
		message!,
	]);
	it('shows errors', () => expect(rows.length).toBeGreaterThan(5));
	it.each(rows)('%s gives the error that it shows', (pattern, message) => {
		expect(() => parsePattern(pattern)).toThrow(new Error(message));
	});

	it('shows what the builder builds', () => {
		const indicators = [
			{ type: 'url', value: "https://example.com/o'brien" },
			{ type: 'ipv4-addr', value: '192.0.2.9/24' },
			{ type: 'url', value: 'https://example.org/' },
		];
		for (const options of [{}, { combine: 'sets' as const }])
			expect(page).toContain(`// ${buildPattern(indicators as never, options)}\n`);
	});

	it('names every problem that the checks can find', () => {
		const codes = [
			"[a:b IN (1, 'x') AND c:d[-1] = t'2023-02-30T00:00:00Z' AND e:f MATCHES '(' AND g:value ISSUBSET 'x']",
			"([a:b IN () AND a:x_refs.y = 1] AND [file:hashes.MD5 = 'x']) WITHIN 0 SECONDS REPEATS 0 TIMES REPEATS 1 TIMES",
			"[a:b ISSUBSET '192.0.2.1/24'] START t'2024-01-01T00:00:00Z' STOP t'2024-01-01T00:00:00Z'",
		].flatMap((text) => checkPattern(parsePattern(text)).map(({ code }) => code));
		expect(new Set(codes).size).toBe(15);
		for (const code of codes) expect(page).toContain(`\`${code}\``);
	});

	it('shows a match', () => {
		const seen = (id: number, time: string, objects: object): object => ({
			type: 'observed-data',
			id: `observed-data--${id}`,
			first_observed: time,
			last_observed: time,
			objects,
		});
		const pattern = /matchPattern\("(.+)", bundle\);/.exec(page)![1]!;
		const result = matchPattern(pattern, [
			seen(1, '2024-01-01T10:00:00Z', {
				'0': { type: 'email-message', from_ref: '1' },
				'1': { type: 'email-addr', value: 'a@example.com' },
			}),
			seen(2, '2024-01-01T10:05:00Z', { '0': { type: 'url', value: 'https://example.org/' } }),
		]);
		expect(result).toEqual({ matched: true, observations: ['observed-data--1', 'observed-data--2'] });
	});
});
