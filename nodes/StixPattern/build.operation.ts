import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { PATTERN_DEFAULTS } from '../../lib/defaults';
import type { EmailWarning } from '../../lib/email';
import { indicatorsToHunt, type HuntUse, type Indicator, type IndicatorType } from '../../lib/indicators';
import { SETTING_LIMITS } from '../../lib/limits';
import { buildPattern, buildPatterns, PatternBuildError, type BuildPatternOptions } from '../../lib/pattern';
import type { Bundle } from '../../lib/stix';
import { withBundleGaps, withItemGaps } from '../shared/bundleGaps';
import { choiceOption, choicesOption } from '../shared/choices';
import { toNodeError } from '../shared/errors';
import { ItemFailures } from '../shared/failures';
import { grown, hintAtGaps, type Outcome } from '../shared/items';
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
	const isMessage = source.kind === 'item' && source.isFound;
	const { patterns, warnings, cut } = built(source.given, context, itemIndex, isMessage);
	if (source.kind === 'item') {
		const gaps = withBundleGaps(context, itemIndex, source.given, {}) as Outcome;
		const told = { warnings: [...warnings, ...(gaps.warnings ?? [])], complete: cut ? false : gaps.complete };
		return patterns.map((pattern) => grown(context, itemIndex, { pattern }, told));
	}
	const { given, message, itemIndexes } = source;
	const used = itemIndexes.map((index) => context.getInputData()[index]!.json);
	const leftOut = message === undefined ? undefined : used[0]!.leftOut;
	const item = {
		...message,
		indicators: given,
		...(leftOut === undefined ? {} : { leftOut }),
		...(warnings.length === 0 ? {} : { warnings }),
	};
	return patterns.map((pattern) => ({ json: withItemGaps(used, { ...item, pattern }) }));
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

interface Built {
	patterns: string[];
	warnings: EmailWarning[];
	/** There were more terms. */
	cut: boolean;
}

/**
 * Nothing to look for is an empty pattern, unless the user wants to stop.
 *
 * @param isMessage The item is a message that a node before has read: whoever wrote it decides how much it holds, and must not
 * stop the others.
 */
function built(
	source: readonly Indicator[] | Bundle,
	context: IExecuteFunctions,
	itemIndex: number,
	isMessage: boolean,
): Built {
	const options = context.getNodeParameter('options', itemIndex, {}) as Options;
	const types = choicesOption<IndicatorType>(typesOption, options.types);
	const chosen: BuildPatternOptions = {
		combine: choiceOption<Combine>(combineOption, options.combine),
		from: choiceOption<From>(fromOption, options.from),
		maximumTerms: numberOption(maximumTermsOption, options.maximumTerms),
		...(types.length === 0 ? {} : { types }),
	};
	const use = choiceOption<HuntUse>(useOption, options.use);
	const whenEmpty = choiceOption<'empty' | 'error'>(whenEmptyOption, options.whenEmpty);
	const selection = Array.isArray(source) ? indicatorsToHunt(source as Indicator[], use) : undefined;
	const wanted = selection?.indicators ?? (source as Bundle);
	const warnings = selection?.warnings ?? [];
	try {
		if (options.split === true || isMessage) {
			const all = buildPatterns(wanted, chosen);
			const patterns = options.split === true ? all : all.slice(0, 1);
			const cut = patterns.length < all.length;
			if (patterns.length > 0) return { patterns, warnings: cut ? [...warnings, tooMany(chosen)] : warnings, cut };
		} else {
			return { patterns: [buildPattern(wanted, chosen)], warnings, cut: false };
		}
	} catch (error) {
		const isEmpty = error instanceof PatternBuildError && error.code === 'PATTERN_EMPTY';
		if (!isEmpty || whenEmpty === 'error') throw toNodeError(context.getNode(), error, itemIndex);
	}
	if (whenEmpty === 'error') throw new PatternBuildError('PATTERN_EMPTY', 'There is nothing to build a pattern from');
	return { patterns: [''], warnings: [...warnings, NOTHING_TO_LOOK_FOR], cut: false };
}

type Combine = NonNullable<BuildPatternOptions['combine']>;
type From = NonNullable<BuildPatternOptions['from']>;

const NOTHING_TO_LOOK_FOR: EmailWarning = {
	code: 'pattern-empty',
	message: 'There is nothing to search for: the pattern is empty, and a hunt with it finds nothing.',
};

const tooMany = ({ maximumTerms: most = maximumTerms }: BuildPatternOptions): EmailWarning => ({
	code: 'pattern-cut',
	message: `The message holds more to search for than ${most} terms. The pattern has the first ${most}. Turn on 'Split' of Build to make several patterns, or increase 'Max Terms'.`,
});

/** Tells in the output pane of patterns that look for nothing, for nobody opens all items. */
function hintAtEmpty(context: IExecuteFunctions, output: readonly INodeExecutionData[]): void {
	const empty = output.filter(({ json }) => json.pattern === '').length;
	if (empty === 0) return;
	const message = `${empty} of ${output.length} items contain nothing to search for: their 'pattern' is empty. A hunt finds nothing for them and passes them on.`;
	context.addExecutionHints({ message, type: 'info', location: 'outputPane' });
}
