import type { INodeProperties } from 'n8n-workflow';
import { PATTERN_DEFAULTS } from '../../lib/defaults';
import * as indicators from '../../lib/indicators';
import * as patterns from '../../lib/pattern';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { chain, execute, node } from './engine';

// Every option of the node reaches the call that it is meant for.

jest.mock('../../lib/indicators', () => {
	const actual: typeof indicators = jest.requireActual('../../lib/indicators');
	return { ...actual, indicatorsToHunt: jest.fn(actual.indicatorsToHunt) };
});
jest.mock('../../lib/pattern', () => {
	const actual: typeof patterns = jest.requireActual('../../lib/pattern');
	return {
		...actual,
		buildPattern: jest.fn(actual.buildPattern),
		buildPatterns: jest.fn(actual.buildPatterns),
		matchPattern: jest.fn(actual.matchPattern),
		validatePattern: jest.fn(actual.validatePattern),
	};
});
const one = jest.mocked(patterns.buildPattern);
const several = jest.mocked(patterns.buildPatterns);

const TYPE = 'n8n-nodes-email-intel.stixPattern';
const INDICATORS = [
	{ type: 'url', value: 'https://phish.example/login' },
	{ type: 'domain-name', value: 'phish.example' },
];
/** What nobody sets. */
const DEFAULTS = { combine: 'observations', from: 'auto', maximumTerms: PATTERN_DEFAULTS.maximumTerms };
const BUNDLE = {
	type: 'bundle',
	id: 'bundle--11111111-1111-4111-8111-111111111111',
	objects: [
		{
			type: 'domain-name',
			spec_version: '2.1',
			id: 'domain-name--22222222-2222-4222-8222-222222222222',
			value: 'phish.example',
		},
	],
};

async function run(
	parameters: object,
	items: object[] = [{ subject: 'Hello', indicators: INDICATORS, bundle: BUNDLE }],
) {
	const result = await execute({
		types: { [TYPE]: new StixPattern() },
		nodes: [node('Pattern', TYPE, parameters as never)],
		connections: chain('Pattern'),
		startNode: 'Pattern',
		startItems: items.map((json) => ({ json })) as never,
	});
	const error = result.error();
	if (error !== undefined) throw new Error(error.message);
	return result.output('Pattern')!;
}
const build = async (options: object, source = 'indicators') => await run({ operation: 'build', source, options });

const properties: INodeProperties[] = new StixPattern().description.properties;
const offered = () => {
	const options = properties.find(
		({ name, displayOptions }) => name === 'options' && displayOptions?.show?.operation?.includes('build'),
	);
	return (options?.options as INodeProperties[]).map(({ name }) => name).sort();
};

beforeEach(() => jest.clearAllMocks());

describe('Build', () => {
	const OPTIONS: Array<[option: string, value: unknown, reaches: object]> = [
		['combine', 'sets', { combine: 'sets' }],
		['from', 'observables', { from: 'observables' }],
		['maximumTerms', 7, { maximumTerms: 7 }],
		['types', ['url'], { types: ['url'] }],
	];

	it.each(OPTIONS)('%s: %j reaches the pattern as %j', async (option, value, reaches) => {
		await build({ [option]: value });
		expect(one).toHaveBeenCalledWith(INDICATORS, { ...DEFAULTS, ...reaches });
	});

	it('Split makes several patterns, one item each', async () => {
		const items = await build({ split: true, maximumTerms: 1 });
		expect(several).toHaveBeenCalledWith(INDICATORS, { ...DEFAULTS, maximumTerms: 1 });
		expect(items.map(({ json }) => json.pattern)).toEqual([
			"[url:value = 'https://phish.example/login']",
			"[domain-name:value = 'phish.example']",
		]);
	});

	it('the message travels on, with the pattern', async () => {
		const [item] = await build({});
		expect(item!.json).toMatchObject({ subject: 'Hello', bundle: BUNDLE, pattern: expect.any(String) });
	});

	it('If There Is Nothing to Look For: an empty pattern, or Stop', async () => {
		const items = await build({ types: ['file'] });
		expect(items[0]!.json).toMatchObject({ pattern: '', subject: 'Hello', warnings: [{ code: 'pattern-empty' }] });
		await expect(build({ types: ['file'], whenEmpty: 'error' })).rejects.toThrow();
	});

	it.each(['auto', 'all', 'defanged', 'attached'] as const)(
		'Use: %s decides which indicators are hunted for',
		async (use) => {
			await build({ use });
			expect(indicators.indicatorsToHunt).toHaveBeenCalledWith(INDICATORS, use);
		},
	);

	it('Use is Automatic where nobody chose, and does not ask a bundle', async () => {
		await build({});
		expect(indicators.indicatorsToHunt).toHaveBeenCalledWith(INDICATORS, 'auto');
		jest.clearAllMocks();
		await build({ use: 'defanged' }, 'bundle');
		expect(indicators.indicatorsToHunt).not.toHaveBeenCalled();
		expect(one).toHaveBeenCalledWith(BUNDLE, DEFAULTS);
	});

	it.each([
		['bundle', BUNDLE],
		['indicators', INDICATORS],
	])('Source %s hands that field to the pattern', async (source, given) => {
		await build({}, source);
		expect(one).toHaveBeenCalledWith(given, DEFAULTS);
	});

	it('Source All Input Items makes one pattern of all items', async () => {
		await run({ operation: 'build', source: 'items', options: {} }, INDICATORS);
		expect(one).toHaveBeenCalledTimes(1);
		expect(one).toHaveBeenCalledWith(INDICATORS, DEFAULTS);
	});

	it.each([
		['combine', 'Combine As'],
		['from', 'From Bundle'],
		['types', 'Types'],
		['use', 'Use'],
		['whenEmpty', 'If There Is Nothing to Look For'],
	])('%s that an expression gives as what is no choice is an error that names it', async (option, name) => {
		await expect(build({ [option]: 'constructor' })).rejects.toThrow(name);
	});

	it('no option is missing here', () => {
		const here = [...OPTIONS.map(([option]) => option), 'split', 'use', 'whenEmpty'];
		expect(here.sort()).toEqual(offered());
	});
});

describe('Match and Validate', () => {
	const pattern = "[domain-name:value = 'phish.example']";

	it('Match asks with the pattern and the bundle', async () => {
		const items = await run({ operation: 'match', pattern, bundle: BUNDLE });
		expect(patterns.matchPattern).toHaveBeenCalledWith(pattern, BUNDLE);
		expect(items[0]!.json).toHaveProperty('matched', true);
	});

	it('Validate asks with the pattern', async () => {
		const items = await run({ operation: 'validate', pattern });
		expect(patterns.validatePattern).toHaveBeenCalledWith(pattern);
		expect(items[0]!.json).toHaveProperty('valid', true);
	});

	it.each(['match', 'validate'])('%s has no option beyond these', (operation) => {
		const names = properties
			.filter(({ displayOptions }) => displayOptions?.show?.operation?.includes(operation))
			.map(({ name }) => name);
		expect(names).toEqual(operation === 'match' ? ['pattern', 'bundle'] : ['pattern']);
	});
});
