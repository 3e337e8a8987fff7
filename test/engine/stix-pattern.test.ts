import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { EMAIL_LIMITS, WARNING_LIMITS } from '../../lib/limits';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { chain, execute, node } from './engine';

const types = { stixPattern: new StixPattern(), start: { description: { properties: [] } } as never };
const item = (json: IDataObject): INodeExecutionData => ({ json });

/** Runs the node behind nothing: its own items are the input. */
async function run(parameters: IDataObject, items: INodeExecutionData[], onError?: 'continueRegularOutput') {
	const only = node('Pattern', 'stixPattern', parameters, onError ? { onError } : {});
	const result = await execute({
		types,
		nodes: [only],
		connections: chain('Pattern'),
		startNode: 'Pattern',
		startItems: items,
	});
	return { items: result.output('Pattern'), error: result.error() };
}

const bundle = {
	type: 'bundle',
	id: 'bundle--1',
	objects: [
		{ type: 'url', id: 'url--1', value: 'https://example.com/' },
		{ type: 'domain-name', id: 'domain-name--1', value: 'example.com' },
		{
			type: 'observed-data',
			id: 'observed-data--1',
			first_observed: '2024-01-01T00:00:00Z',
			last_observed: '2024-01-01T00:00:00Z',
			number_observed: 1,
			object_refs: ['url--1', 'domain-name--1'],
		},
	],
};

describe('STIX Pattern: validate', () => {
	it('says what a pattern is, and where one is wrong, without failing', async () => {
		const { items } = await run({ operation: 'validate', pattern: '={{ $json.pattern }}' }, [
			item({ pattern: "[ url:value='x' ] REPEATS 0 TIMES" }),
			item({ pattern: '[url:value foo]' }),
		]);
		expect(items!.map(({ json }) => json)).toMatchObject([
			{
				valid: true,
				conformant: false,
				level: 3,
				canonical: "[url:value = 'x'] REPEATS 0 TIMES",
				problems: [{ code: 'repeats-zero', line: 1, column: 19 }],
			},
			{
				valid: false,
				conformant: false,
				problems: [{ code: 'PATTERN_SYNTAX', line: 1, column: 12, expected: ['a comparison operator'] }],
			},
		]);
		expect(items!.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});
});

describe('STIX Pattern: match', () => {
	it('adds the verdict to the item, for a bundle as object and as text', async () => {
		const pattern = "[url:value LIKE 'https://%' AND url:value = 'https://example.com/']";
		const { items } = await run({ operation: 'match', pattern, bundle: '={{ $json.bundle }}' }, [
			item({ bundle, keep: 1 }),
			item({ bundle: JSON.stringify(bundle) }),
			item({ bundle: { type: 'bundle', id: 'bundle--2', objects: [] } }),
		]);
		expect(items!.map(({ json }) => [json.matched, json.observations])).toEqual([
			[true, ['observed-data--1']],
			[true, ['observed-data--1']],
			[false, []],
		]);
		expect(items![0]!.json.keep).toBe(1);
	});
	it('fails with the place of the mistake and the code', async () => {
		const { error } = await run({ operation: 'match', pattern: "[a:b = 'x", bundle: '={{ $json.bundle }}' }, [
			item({ bundle }),
		]);
		expect(error).toMatchObject({
			message: "Line 1, column 8: the string that starts here has no end, expected a closing '",
			context: { itemIndex: 0 },
		});
		expect(error!.description).toContain('PATTERN_SYNTAX');
	});
	it('goes on with the other items when told to', async () => {
		const { items } = await run(
			{ operation: 'match', pattern: "[url:value = 'https://example.com/']", bundle: '={{ $json.bundle }}' },
			[item({ bundle: 'no JSON' }), item({ bundle })],
			'continueRegularOutput',
		);
		expect(items!.map(({ json }) => json.error ?? json.matched)).toEqual(["'Bundle' is not valid JSON (item 0)", true]);
	});
});

describe('STIX Pattern: build', () => {
	const expected = "[url:value = 'https://example.com/'] OR [domain-name:value = 'example.com']";
	it('makes a pattern of a bundle', async () => {
		const { items } = await run({ operation: 'build', source: 'bundle', bundle: '={{ $json.bundle }}' }, [
			item({ bundle }),
		]);
		expect(items!.map(({ json }) => json)).toEqual([{ pattern: expected }]);
	});
	it('makes a pattern of a list of indicators, in the form asked for', async () => {
		const indicators = [
			{ type: 'url', value: 'https://example.com/' },
			{ type: 'url', value: 'https://example.org/' },
			{ type: 'domain-name', value: 'example.com' },
		];
		const { items } = await run(
			{
				operation: 'build',
				source: 'indicators',
				indicators: '={{ $json.indicators }}',
				options: { combine: 'sets', types: ['url'] },
			},
			[item({ indicators })],
		);
		expect(items![0]!.json).toEqual({ pattern: "[url:value IN ('https://example.com/', 'https://example.org/')]" });
	});
	it('makes one pattern of all items, paired with all of them', async () => {
		const { items } = await run({ operation: 'build', source: 'items' }, [
			item({ type: 'url', value: 'https://example.com/' }),
			item({ type: 'domain-name', value: 'example.com' }),
		]);
		expect(items).toEqual([{ json: { pattern: expected }, pairedItem: [{ item: 0 }, { item: 1 }] }]);
	});
	it('splits when asked to, and else refuses too many terms', async () => {
		const parameters = { operation: 'build', source: 'bundle', bundle: '={{ $json.bundle }}' };
		const split = await run({ ...parameters, options: { maximumTerms: 1, split: true } }, [item({ bundle })]);
		expect(split.items!.map(({ json }) => json.pattern)).toEqual([
			"[url:value = 'https://example.com/']",
			"[domain-name:value = 'example.com']",
		]);
		const { error } = await run({ ...parameters, options: { maximumTerms: 1 } }, [item({ bundle })]);
		expect(error!.description).toContain('PATTERN_TOO_MANY_TERMS');
	});
	it.each(['bundle', 'indicators'])(
		'says what the %s lacks that the pattern is made of, and of no other',
		async (source) => {
			const warnings = [
				{ code: 'fetched-in-part', message: 'Only the beginning.' },
				{ code: 'message-incomplete', message: 'Its other warnings say what.' },
			];
			const indicators = [{ type: 'url', value: 'https://example.com/' }];
			const lacking = item({ bundle, indicators, complete: false, warnings });
			const parameters = { operation: 'build', source, [source]: `={{ $json.${source} }}` };
			const { items } = await run(parameters, [lacking]);
			expect(items!.map(({ json }) => json)).toEqual([{ pattern: expect.any(String), complete: false, warnings }]);
			// Its fields say so themselves, once.
			const kept = await run({ ...parameters, options: { keepInput: true } }, [lacking]);
			expect(kept.items![0]!.json).toMatchObject({ pattern: expect.any(String), complete: false, warnings });
			const other = {
				bundle: '={{ ({ ...$json.bundle, id: "bundle--2" }) }}',
				indicators: '={{ [{ type: "url", value: "https://example.org/" }] }}',
			}[source]!;
			const of = await run({ ...parameters, [source]: other }, [lacking]);
			expect(of.items![0]!.json).toEqual({ pattern: expect.any(String) });
		},
	);
	it('says what the indicators lack that one pattern is made of, once', async () => {
		const warnings = [{ code: 'text-cut', message: 'Only the first characters were searched.' }];
		const { items } = await run({ operation: 'build', source: 'items' }, [
			item({ type: 'url', value: 'https://example.com/', complete: false, warnings }),
			item({ type: 'url', value: 'https://example.net/', complete: false, warnings }),
			item({ type: 'domain-name', value: 'example.com' }),
		]);
		expect(items!.map(({ json }) => json)).toEqual([{ pattern: expect.any(String), complete: false, warnings }]);
	});
	it('hands on no more of what others wrote into the warnings than ours have', async () => {
		const warnings = [
			null,
			'text',
			{ code: 'x'.repeat(5000), message: 'y'.repeat(50_000) },
			...Array.from({ length: 3000 }, (_, index) => ({ code: `code-${index}`, message: '' })),
		] as unknown as IDataObject[];
		const { items } = await run({ operation: 'build', source: 'items' }, [
			item({ type: 'url', value: 'https://example.com/', complete: false, warnings }),
		]);
		const told = items![0]!.json.warnings as unknown as { code: string; message: string }[];
		expect(told.length).toBeLessThanOrEqual(EMAIL_LIMITS.maxWarnings);
		expect(told[0]!.code).toHaveLength(WARNING_LIMITS.maxCodeCharacters);
		expect(told[0]!.message).toHaveLength(WARNING_LIMITS.maxMessageCharacters);
	});
	it('says what is wrong with items that are no indicators', async () => {
		const { error } = await run({ operation: 'build', source: 'items' }, [item({ subject: 'x' })]);
		expect(error).toMatchObject({
			message: "Entry 1 of the list is not an indicator with the fields 'type' and 'value'",
		});
	});
});
