import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { PATTERN_DEFAULTS } from '../../lib/defaults';
import { builtPatterns, patternItems, withItemGaps, type PatternItemOptions, type PatternSource } from '../../lib/flow';
import type { HuntUse, IndicatorType } from '../../lib/indicators';
import { SETTING_LIMITS } from '../../lib/limits';
import type { BuildPatternOptions } from '../../lib/pattern';
import { choiceOption, choicesOption } from '../shared/choices';
import { toNodeError } from '../shared/errors';
import { ItemFailures } from '../shared/failures';
import { outputJson } from '../shared/flowItem';
import { hintAtGaps } from '../shared/items';
import { numberOption } from '../shared/numberOption';
import { shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { differs, SOURCES, sourceProperty, sourcesOf, type Source } from './sources';

export const option: INodePropertyOptions = {
	name: 'Build',
	value: 'build',
	action: 'Build a pattern',
	description: 'Build a pattern that matches any of the indicators or of the objects in a bundle',
};

const { maximumTerms } = PATTERN_DEFAULTS;

const maximumTermsOption: INodeProperties = {
	displayName: 'Max Terms',
	name: 'maximumTerms',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: maximumTerms,
	description: 'Max number of terms per pattern',
};

const combineOption: INodeProperties = {
	displayName: 'Combine As',
	name: 'combine',
	type: 'options',
	options: [
		{ name: 'Comparisons', value: 'comparisons', description: 'One observation: [a OR b]' },
		{ name: 'Observations', value: 'observations', description: 'One observation for each term: [a] OR [b]' },
		{ name: 'Sets', value: 'sets', description: 'The shortest form: [x IN (a, b)]' },
	],
	default: 'observations',
	description: 'How to combine the terms. All three forms match the same messages.',
};

const fromOption: INodeProperties = {
	displayName: 'From Bundle',
	name: 'from',
	type: 'options',
	options: [
		{ name: 'Indicators', value: 'indicators', description: 'The patterns of the indicators' },
		{ name: 'Indicators, Else Observables', value: 'auto' },
		{
			name: 'Observables',
			value: 'observables',
			description: 'Addresses, domains, URLs, files, messages and other observables',
		},
	],
	default: 'auto',
	description: 'Which objects of the bundle to use, if the source is a bundle',
};

const whenEmptyOption: INodeProperties = {
	displayName: 'If There Is Nothing to Look For',
	name: 'whenEmpty',
	type: 'options',
	options: [
		{ name: 'Output an Empty Pattern', value: 'empty' },
		{ name: 'Stop', value: 'error' },
	],
	default: 'empty',
	description:
		'What to do if no term can be built. With an empty pattern, the item continues, and a hunt finds nothing.',
};

const typesOption: INodeProperties = {
	displayName: 'Types',
	name: 'types',
	type: 'multiOptions',
	options: [
		{ name: 'Autonomous System', value: 'autonomous-system' },
		{ name: 'Cryptocurrency Wallet', value: 'cryptocurrency-wallet' },
		{ name: 'Domain Name', value: 'domain-name' },
		{ name: 'Email Address', value: 'email-addr' },
		{ name: 'File', value: 'file' },
		{ name: 'IPv4 Address', value: 'ipv4-addr' },
		{ name: 'IPv6 Address', value: 'ipv6-addr' },
		{ name: 'MAC Address', value: 'mac-addr' },
		{ name: 'Phone Number', value: 'phone-number' },
		{ name: 'URL', value: 'url' },
		{ name: 'User Account', value: 'user-account' },
		{ name: 'Windows Registry Key', value: 'windows-registry-key' },
	],
	default: [],
	description: 'Types to use. Leave empty to use all types.',
};

const useOption: INodeProperties = {
	displayName: 'Use',
	name: 'use',
	type: 'options',
	options: [
		{
			name: 'All',
			value: 'all',
			description: 'Also values from mail servers on the route, and domains that everybody uses',
		},
		{
			name: 'Automatic',
			value: 'auto',
			description:
				'Defanged values if there are any, else values from an attached message, else values of the sender and the content',
		},
		{
			name: 'Only Defanged Values',
			value: 'defanged',
			description: 'Values that a person marked as malicious, and SHA-256 hashes in the text',
		},
		{
			name: 'Only From Attached Messages',
			value: 'attached',
			description: 'Values from the forwarded message, not from the person who forwarded it',
		},
	],
	default: 'auto',
	description:
		'Which indicators of a message to search for. Own domains, recipients, relays and private addresses are never included.',
};

export const description = shownFor({ operation: ['build'] }, [
	sourceProperty,
	SOURCES.bundle,
	SOURCES.indicators,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			combineOption,
			fromOption,
			whenEmptyOption,
			maximumTermsOption,
			{
				displayName: 'Split',
				name: 'split',
				type: 'boolean',
				default: false,
				description:
					'Whether to output several patterns, one item each, if there are more terms than allowed. Otherwise, the pattern of a message has the first terms and a warning, and too many terms of a list or a bundle are an error.',
			},
			typesOption,
			useOption,
		],
	},
]);

interface Options {
	combine?: unknown;
	from?: unknown;
	maximumTerms?: unknown;
	split?: boolean;
	types?: unknown;
	use?: unknown;
	whenEmpty?: unknown;
}

/** Several items may make one pattern, so that all are looked at first. Fails behind the last one, and goes on, as `forEachItem` does. */
export function executeAll(context: IExecuteFunctions): INodeExecutionData[][] {
	const output: INodeExecutionData[] = [];
	const sources = sourcesOf(context);
	const failures = new ItemFailures(sources.length);
	for (const source of sources) {
		const pairedItem = pairing(source);
		try {
			output.push(...itemsOf(context, source).map((item) => ({ ...item, pairedItem })));
		} catch (error) {
			const [itemIndex] = source.itemIndexes as [number];
			const nodeError = toNodeError(context.getNode(), error, itemIndex);
			if (!context.continueOnFail()) {
				failures.add(itemIndex, error, nodeError);
				continue;
			}
			const { message, description: details } = nodeError;
			output.push({ json: { error: message, ...(details ? { details } : {}) }, pairedItem });
		}
	}
	if (!failures.none) throw failures.error(context, output);
	hintAtGaps(context, output);
	hintAtEmpty(context, output);
	return [output];
}

function pairing({ kind, itemIndexes }: Source): INodeExecutionData['pairedItem'] {
	return kind === 'items' || itemIndexes.length > 1 ? itemIndexes.map((item) => ({ item })) : { item: itemIndexes[0] };
}

function itemsOf(context: IExecuteFunctions, source: Source): INodeExecutionData[] {
	const [itemIndex] = source.itemIndexes as [number];
	if (source.kind === 'failure') throw source.error;
	if (source.kind === 'record') return [passedOn(context, itemIndex)!];
	sameForAll(context, source.itemIndexes);
	// What a node before has put there is of a message: whoever wrote that must not stop the others.
	const options = { ...buildOptions(context, itemIndex), isMessage: source.kind === 'item' && source.isFound };
	if (source.kind === 'item') {
		const { json } = context.getInputData()[itemIndex]!;
		return patternItems(json, source.given as PatternSource, options).map((item) =>
			outputJson(context, itemIndex, item),
		);
	}
	const { given, message, itemIndexes } = source;
	const { patterns, warnings } = builtPatterns(given, options);
	const used = itemIndexes.map((index) => context.getInputData()[index]!.json);
	const leftOut = message === undefined ? undefined : used[0]!.leftOut;
	const item = {
		...message,
		indicators: given,
		...(leftOut === undefined ? {} : { leftOut }),
		...(warnings.length === 0 ? {} : { warnings }),
	};
	return patterns.map((pattern) => ({ json: withItemGaps(used, { ...item, pattern }) as IDataObject }));
}

/** Items that make one pattern: an option that means something else for one of them cannot be followed. */
function sameForAll(context: IExecuteFunctions, itemIndexes: readonly number[]): void {
	const [first, ...others] = itemIndexes as [number, ...number[]];
	if (others.length === 0) return;
	const optionsOf = (index: number) => JSON.stringify(context.getNodeParameter('options', index, {}));
	const expected = optionsOf(first);
	const itemIndex = others.find((index) => optionsOf(index) !== expected);
	if (itemIndex !== undefined) throw differs(context, 'Options', itemIndex, first);
}

/** The options of an item. @throws SettingError `SETTING_INVALID` */
function buildOptions(context: IExecuteFunctions, itemIndex: number): PatternItemOptions {
	const options = context.getNodeParameter('options', itemIndex, {}) as Options;
	const types = choicesOption<IndicatorType>(typesOption, options.types);
	return {
		combine: choiceOption<Combine>(combineOption, options.combine),
		from: choiceOption<From>(fromOption, options.from),
		maximumTerms: numberOption(maximumTermsOption, options.maximumTerms),
		...(types.length === 0 ? {} : { types }),
		use: choiceOption<HuntUse>(useOption, options.use),
		whenEmpty: choiceOption<'empty' | 'error'>(whenEmptyOption, options.whenEmpty),
		split: options.split === true,
	};
}

type Combine = NonNullable<BuildPatternOptions['combine']>;
type From = NonNullable<BuildPatternOptions['from']>;

/** Tells in the output pane of patterns that look for nothing, for nobody opens all items. */
function hintAtEmpty(context: IExecuteFunctions, output: readonly INodeExecutionData[]): void {
	const empty = output.filter(({ json }) => json.pattern === '').length;
	if (empty === 0) return;
	const message = `${empty} of ${output.length} items contain nothing to search for: their 'pattern' is empty. A hunt finds nothing for them and passes them on.`;
	context.addExecutionHints({ message, type: 'info', location: 'outputPane' });
}
