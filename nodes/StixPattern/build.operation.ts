import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import type { Indicator } from '../../lib/indicators';
import { PATTERN_DEFAULTS } from '../../lib/defaults';
import { SETTING_LIMITS } from '../../lib/limits';
import { buildPattern, buildPatterns, PatternBuildError, type BuildPatternOptions } from '../../lib/pattern';
import type { Bundle } from '../../lib/stix';
import { withBundleGaps, withItemGaps } from '../shared/bundleGaps';
import { toNodeError } from '../shared/errors';
import { hintAtGaps, withInput } from '../shared/items';
import { numberOption } from '../shared/numberOption';
import { shownFor } from '../shared/operation';
import { bundleProperty, jsonParameter } from '../shared/jsonParameter';
import { passedOn } from '../shared/unfetched';

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

const SOURCES: Readonly<Record<'bundle' | 'indicators', INodeProperties>> = {
	bundle: { ...bundleProperty, displayOptions: { show: { source: ['bundle'] } }, description: 'A STIX bundle' },
	indicators: {
		displayName: 'Indicators',
		name: 'indicators',
		type: 'json',
		default: '={{ $json.indicators }}',
		required: true,
		displayOptions: { show: { source: ['indicators'] } },
		description: 'A list of indicators, such as the output of Email to STIX',
	},
};

export const description = shownFor({ operation: ['build'] }, [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		options: [
			{
				name: 'All Input Items',
				value: 'items',
				description: 'One pattern for all input items, where each item is one indicator',
			},
			{
				name: 'Bundle',
				value: 'bundle',
				description: 'One pattern per input item, from the indicators or observables of a STIX bundle',
			},
			{
				name: 'Indicator List',
				value: 'indicators',
				description: 'One pattern per input item, from a list of indicators',
			},
		],
		default: 'bundle',
		description: 'What to build the pattern from',
	},
	SOURCES.bundle,
	SOURCES.indicators,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
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
			},
			{
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
				description: 'Which objects of the bundle to use',
			},
			{
				displayName: 'If There Is Nothing to Look For',
				name: 'whenEmpty',
				type: 'options',
				options: [
					{ name: 'Output an Empty Pattern', value: 'empty' },
					{ name: 'Stop', value: 'error' },
				],
				default: 'error',
				description: 'What to do if no term can be built',
			},
			{
				displayName: 'Keep Input Item',
				name: 'keepInput',
				type: 'boolean',
				default: false,
				description: 'Whether to keep the fields and files of the input item and add the pattern to them',
			},
			maximumTermsOption,
			{
				displayName: 'Split',
				name: 'split',
				type: 'boolean',
				default: false,
				description:
					'Whether to output several patterns, one item each, if there are more terms than allowed. Otherwise, too many terms are an error.',
			},
			{
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
				],
				default: [],
				description: 'Types to use. Leave empty to use all types.',
			},
		],
	},
]);

interface Options extends Omit<BuildPatternOptions, 'maximumTerms'> {
	maximumTerms?: unknown;
	keepInput?: boolean;
	split?: boolean;
	whenEmpty?: 'error' | 'empty';
}

/** Whether all items together make one pattern. */
export function readsAllItems(context: IExecuteFunctions): boolean {
	return sourcesOf(context).includes('items');
}

const sourcesOf = (context: IExecuteFunctions): unknown[] =>
	context.getInputData().map((_, itemIndex) => context.getNodeParameter('source', itemIndex));

/** All items make one pattern: an expression that means something else for one of them cannot be followed. */
function sameForAll(context: IExecuteFunctions, values: readonly unknown[], label: string): void {
	const first = JSON.stringify(values[0]);
	const itemIndex = values.findIndex((value) => JSON.stringify(value) !== first);
	if (itemIndex < 0) return;
	throw new NodeOperationError(
		context.getNode(),
		`'${label}' has a different value for item ${itemIndex} than for item 0`,
		{
			itemIndex,
			description:
				'One pattern is built from all items, so the setting must be the same for each of them. Enter the value without an expression.',
		},
	);
}

/** Records of messages that could not be fetched are no indicators: they follow behind the pattern. */
export function executeOnce(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const records = items.flatMap((_, item) => {
		const record = passedOn(context, item);
		return record === undefined ? [] : [{ ...record, pairedItem: { item } }];
	});
	const left = new Set(records.map(({ pairedItem }) => pairedItem.item));
	const pairedItem = items.flatMap((_, item) => (left.has(item) ? [] : [{ item }]));
	const put = (made: INodeExecutionData[]) => {
		const output = [...made, ...records];
		hintAtGaps(context, output);
		return Promise.resolve([output]);
	};
	try {
		const options = items.map((_, itemIndex) => context.getNodeParameter('options', itemIndex, {}));
		sameForAll(context, sourcesOf(context), 'Source');
		sameForAll(context, options, 'Options');
		const indicators = pairedItem.map(({ item }) => items[item]!.json as unknown as Indicator);
		const patterns = records.length > 0 && indicators.length === 0 ? [] : builtOrEmpty(indicators, context, 0);
		const used = pairedItem.map(({ item }) => items[item]!.json);
		return put(patterns.map(({ json }) => ({ json: withItemGaps(used, json), pairedItem })));
	} catch (error) {
		const nodeError = toNodeError(context.getNode(), error);
		if (!context.continueOnFail()) throw nodeError;
		return put([{ json: { error: nodeError.message }, pairedItem }]);
	}
}

export function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const source = context.getNodeParameter('source', itemIndex) as 'bundle' | 'indicators';
	const record = passedOn(context, itemIndex, context.getNodeParameter(source, itemIndex));
	if (record !== undefined) return Promise.resolve([record]);
	const given = jsonParameter(context, SOURCES[source], itemIndex) as Bundle | Indicator[];
	const patterns = builtOrEmpty(given, context, itemIndex);
	const { keepInput } = context.getNodeParameter('options', itemIndex, {}) as Options;
	return Promise.resolve(
		patterns.map(({ json }) =>
			// The input item says itself what it lacks.
			keepInput ? withInput(context, itemIndex, json) : { json: withBundleGaps(context, itemIndex, given, json) },
		),
	);
}

/** As `built`; nothing to look for is an empty pattern where the user wants that. */
function builtOrEmpty(
	source: readonly Indicator[] | Bundle,
	context: IExecuteFunctions,
	itemIndex: number,
): INodeExecutionData[] {
	const { whenEmpty } = context.getNodeParameter('options', itemIndex, {}) as Options;
	try {
		const patterns = built(source, context, itemIndex);
		if (patterns.length > 0) return patterns;
		// Split makes no pattern of nothing: no item, and no word.
		throw new PatternBuildError('PATTERN_EMPTY', 'There is nothing to build a pattern from');
	} catch (error) {
		const empty = error instanceof PatternBuildError && error.code === 'PATTERN_EMPTY';
		if (!empty || whenEmpty !== 'empty') throw toNodeError(context.getNode(), error, itemIndex);
	}
	return [{ json: { pattern: '' } }];
}

function built(
	source: readonly Indicator[] | Bundle,
	context: IExecuteFunctions,
	itemIndex: number,
): INodeExecutionData[] {
	const {
		split,
		types,
		whenEmpty,
		keepInput: _,
		maximumTerms,
		...options
	} = context.getNodeParameter('options', itemIndex, {}) as Options;
	const chosen = {
		...options,
		maximumTerms: numberOption(maximumTermsOption, maximumTerms),
		...(types === undefined || types.length === 0 ? {} : { types }),
	};
	const patterns = split ? buildPatterns(source, chosen) : [buildPattern(source, chosen)];
	return patterns.map((pattern) => ({ json: { pattern } }));
}
