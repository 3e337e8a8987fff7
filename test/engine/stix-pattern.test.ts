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
	const hints = (result.run.data.resultData.runData.Pattern?.[0]?.hints ?? []).map(({ message }) => message);
	return { items: result.output('Pattern'), error: result.error(), hints };
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
		expect(items!.map(({ json }) => json)).toEqual([{ bundle, pattern: expected }]);
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
		expect(items![0]!.json).toEqual({
			indicators,
			pattern: "[url:value IN ('https://example.com/', 'https://example.org/')]",
		});
	});
	it('makes one pattern of all items, paired with all of them', async () => {
		const indicators = [
			{ type: 'url', value: 'https://example.com/' },
			{ type: 'domain-name', value: 'example.com' },
		];
		const { items } = await run({ operation: 'build', source: 'items' }, indicators.map(item));
		expect(items).toEqual([{ json: { indicators, pattern: expected }, pairedItem: [{ item: 0 }, { item: 1 }] }]);
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
	it.each(['auto', 'bundle', 'indicators'])('keeps what the item lacks, once (%s)', async (source) => {
		const warnings = [
			{ code: 'fetched-in-part', message: 'Only the beginning.' },
			{ code: 'message-incomplete', message: 'Its other warnings say what.' },
		];
		const indicators = [{ type: 'url', value: 'https://example.com/' }];
		const lacking = item({ bundle, indicators, complete: false, warnings });
		const { items } = await run({ operation: 'build', source, [source]: `={{ $json.${source} }}` }, [lacking]);
		expect(items![0]!.json).toEqual({ ...lacking.json, pattern: expect.any(String) });
	});
	it('says what a bundle in a field lacks that the pattern is made of', async () => {
		const warnings = [{ code: 'hunt-incomplete', message: 'Reading stopped.' }];
		const hunt = { bundle, complete: false, warnings };
		const { items } = await run({ operation: 'build', source: 'bundle', bundle: '={{ $json.hunt.bundle }}' }, [
			item({ hunt }),
		]);
		expect(items![0]!.json).toEqual({ hunt, pattern: expected, complete: false, warnings });
	});
	it('says what the indicators lack that one pattern is made of, once', async () => {
		const warnings = [{ code: 'text-cut', message: 'Only the first characters were searched.' }];
		const { items } = await run({ operation: 'build', source: 'items' }, [
			item({ type: 'url', value: 'https://example.com/', complete: false, warnings }),
			item({ type: 'url', value: 'https://example.net/', complete: false, warnings }),
			item({ type: 'domain-name', value: 'example.com' }),
		]);
		expect(items!.map(({ json }) => json)).toEqual([
			{ indicators: expect.any(Array), pattern: expect.any(String), complete: false, warnings },
		]);
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

	it('fails like every node of the pack: with the item, what to do and, when told to, as an item', async () => {
		const indicators = [{ type: 'url' }];
		const { items } = await run(
			{ operation: 'build' },
			[item({ indicators }), item({ subject: 'x' }), item({ bundle })],
			'continueRegularOutput',
		);
		expect(items!.map(({ json, pairedItem }) => [json.error ?? 'ok', pairedItem])).toEqual([
			["Entry 1 of the list is not an indicator with the fields 'type' and 'value'", { item: 0 }],
			["The item has neither 'indicators' nor a 'bundle', and is not an indicator (item 1)", { item: 1 }],
			['ok', { item: 2 }],
		]);
		expect(items![0]!.json.details).toContain("the field 'indicators'");
		expect(items![1]!.json.details).toContain('Add Email to STIX before this node');
	});
});

describe('STIX Pattern: build, with nothing set', () => {
	const build = { operation: 'build' };
	const indicator = (type: string, value: string, more: IDataObject = {}) => ({
		type,
		value,
		original: value,
		defanged: false,
		sources: [{ part: 'text' }],
		flags: [],
		...more,
	});
	const url = indicator('url', 'https://evil.example/');
	const own = indicator('domain-name', 'own.example', { flags: ['own-domain'] });

	it('takes the indicators of the item, else its bundle, else the bundle that the item is', async () => {
		const { items } = await run(build, [
			item({ subject: 'a', indicators: [url, own], bundle }),
			item({ subject: 'b', bundle }),
			item(bundle),
		]);
		expect(items!.map(({ json }) => [json.subject, json.pattern])).toEqual([
			['a', "[url:value = 'https://evil.example/']"],
			['b', "[url:value = 'https://example.com/'] OR [domain-name:value = 'example.com']"],
			[undefined, "[url:value = 'https://example.com/'] OR [domain-name:value = 'example.com']"],
		]);
	});

	it('keeps files too', async () => {
		const binary = { email: { data: 'SGVsbG8=', mimeType: 'message/rfc822' } };
		const { items } = await run(build, [{ ...item({ indicators: [url] }), binary }]);
		expect(items![0]!.binary).toEqual(binary);
	});

	it('makes one pattern for each message of items that are indicators, with the message', async () => {
		const of = (message: IDataObject | undefined, one: IDataObject, more: IDataObject = {}) =>
			item({ ...one, display: 'x', pattern: '[a:b = 1]', ...(message ? { message } : {}), ...more });
		const from = [{ address: 'a@evil.example' }];
		const first = { id: 'm:1', subject: 'First', from, source: { kind: 'imap', mailbox: 'soc@own.example' } };
		const second = { messageId: '<2@evil.example>', subject: 'Second' };
		const warnings = [{ code: 'text-cut', message: 'Only the first characters were searched.' }];
		const net = indicator('ipv4-addr', '192.0.2.0/24');
		const { items, hints } = await run(build, [
			of(first, url, { leftOut: { private: 2 } }),
			of(second, own, { complete: false, warnings }),
			of(undefined, net),
			of({ ...first }, net),
		]);
		expect(items).toEqual([
			{
				json: {
					...first,
					indicators: [url, net],
					leftOut: { private: 2 },
					pattern: "[url:value = 'https://evil.example/'] OR [ipv4-addr:value ISSUBSET '192.0.2.0/24']",
				},
				pairedItem: [{ item: 0 }, { item: 3 }],
			},
			{
				json: {
					...second,
					indicators: [own],
					pattern: '',
					complete: false,
					warnings: [expect.objectContaining({ code: 'pattern-empty' }), ...warnings],
				},
				pairedItem: [{ item: 1 }],
			},
			{
				json: { indicators: [net], pattern: "[ipv4-addr:value ISSUBSET '192.0.2.0/24']" },
				pairedItem: [{ item: 2 }],
			},
		]);
		expect(hints).toContainEqual(expect.stringContaining('1 of 3 items contain nothing to search for'));
	});

	it('one item that no pattern can be built of stops no other: all are worked on, and the error names it', async () => {
		const wrong = item({ subject: 'x', indicators: [{ type: 'url' }] });
		const good = item({ subject: 'b', indicators: [url] });
		const { error } = await run(build, [good, wrong, good, item({ subject: 'none' })]);
		expect(error!.message).toMatch(/^2 of 4 items failed: item 1: Entry 1 of the list/);
		expect(error!.description).toContain("Item 3: The item has neither 'indicators' nor a 'bundle'");
		expect(error!.description).toContain("n8n's Retry");
	});

	it('a message of more values than a pattern may have stops no other: its pattern has the first, and says so', async () => {
		const many = Array.from({ length: 1_001 }, (_, at) => indicator('url', `https://evil.example/${at}`));
		const { items, error } = await run(build, [
			item({ subject: 'a', indicators: many, complete: true }),
			item({ subject: 'b', indicators: [url] }),
		]);
		expect(error).toBeUndefined();
		const [cut, whole] = items!.map(({ json }) => json) as [IDataObject, IDataObject];
		expect(String(cut.pattern).split(' OR ')).toHaveLength(1_000);
		expect(cut).toMatchObject({ complete: false, warnings: [{ code: 'pattern-cut' }] });
		expect(whole).toEqual({ subject: 'b', indicators: [url], pattern: "[url:value = 'https://evil.example/']" });
		const split = await run({ ...build, options: { split: true } }, [item({ indicators: many })]);
		expect(split.items!.map(({ json }) => json.warnings)).toEqual([undefined, undefined]);
	});

	it('one message that has nothing to look for stops no other, and says so', async () => {
		const { items, hints } = await run(build, [
			item({ subject: 'a', indicators: [own], complete: true }),
			item({ subject: 'b', indicators: [url] }),
		]);
		expect(items!.map(({ json }) => json)).toEqual([
			{
				subject: 'a',
				indicators: [own],
				complete: true,
				pattern: '',
				warnings: [{ code: 'pattern-empty', message: expect.any(String) }],
			},
			{ subject: 'b', indicators: [url], pattern: "[url:value = 'https://evil.example/']" },
		]);
		expect(hints).toEqual([expect.stringContaining('1 of 2 items contain nothing to search for')]);
	});

	it('Match finds that an empty pattern of Build matches nothing; one that nobody made is an error', async () => {
		const match = { operation: 'match', pattern: '={{ $json.pattern }}', bundle: '={{ $json.bundle }}' };
		const { items } = await run(match, [item({ bundle, pattern: '' })]);
		expect(items![0]!.json).toMatchObject({ matched: false, observations: [] });
		expect((await run(match, [item({ bundle })])).error?.message).toBe("'Pattern' returns nothing (item 0)");
	});

	it('Validate keeps the item', async () => {
		const { items } = await run({ operation: 'validate', pattern: '={{ $json.pattern }}' }, [
			item({ subject: 'a', pattern: expectedPattern }),
		]);
		expect(items![0]!.json).toMatchObject({ subject: 'a', pattern: expectedPattern, valid: true });
	});
});

const expectedPattern = "[url:value = 'https://example.com/']";
