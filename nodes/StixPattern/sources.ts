import { NodeOperationError, type IDataObject, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { asIndicator, isIndicatorItem, nameOfMessage, patternSource } from '../../lib/flow';
import type { Indicator } from '../../lib/indicators';
import { isRecord } from '../../lib/json';
import type { Bundle } from '../../lib/stix';
import { choiceParameter } from '../shared/choices';
import { bundleProperty, jsonParameter } from '../shared/jsonParameter';
import { passedOn } from '../shared/unfetched';

export const sourceProperty: INodeProperties = {
	displayName: 'Source',
	name: 'source',
	type: 'options',
	options: [
		{
			name: 'Automatic',
			value: 'auto',
			description:
				'The indicators of the item, else its bundle. Items that are indicators give one pattern per message.',
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
		{
			name: 'All Input Items',
			value: 'items',
			description: 'One pattern for all input items, where each item is one indicator',
		},
	],
	default: 'auto',
	description: 'What to build the pattern from',
};

export const SOURCES: Readonly<Record<'bundle' | 'indicators', INodeProperties>> = {
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

/** What patterns are made of: what one item holds, or items that are the indicators of one message. */
export type Source =
	/** `isFound`: what a node before has put there; else what a parameter gives. */
	| { kind: 'item'; itemIndexes: [number]; given: Bundle | Indicator[]; isFound: boolean }
	| { kind: 'items'; itemIndexes: number[]; given: Indicator[]; message: IDataObject | undefined }
	/** The record of a message that could not be fetched. It is no indicator. */
	| { kind: 'record'; itemIndexes: [number] }
	| { kind: 'failure'; itemIndexes: number[]; error: unknown };

/** In the order of the items; of items that belong together, where the first one stands. Records follow behind the one pattern for all. */
export function sourcesOf(context: IExecuteFunctions): Source[] {
	const sources: Source[] = [];
	const groups = new Map<string, Extract<Source, { kind: 'items' }>>();
	const items = context.getInputData();
	const mixed = mixedChoice(context);
	if (mixed !== undefined) return [{ kind: 'failure', itemIndexes: [...items.keys()], error: mixed }];
	for (const [itemIndex, { json }] of items.entries()) {
		try {
			const choice = choiceParameter<Choice>(context, sourceProperty, itemIndex);
			const source = sourceOf(context, itemIndex, choice);
			if (source !== undefined) {
				sources.push(source);
				continue;
			}
			const key = choice === 'items' ? 'all' : `message ${nameOfMessage(json.message)}`;
			const group = groups.get(key);
			if (group === undefined) {
				const made = { kind: 'items', itemIndexes: [itemIndex], given: [asIndicator(json)], message: messageOf(json) };
				groups.set(key, made as Extract<Source, { kind: 'items' }>);
				sources.push(made as Source);
			} else {
				group.itemIndexes.push(itemIndex);
				group.given.push(asIndicator(json));
				if (nameOfMessage(group.message) !== nameOfMessage(json.message)) group.message = undefined;
			}
		} catch (error) {
			sources.push({ kind: 'failure', itemIndexes: [itemIndex], error });
		}
	}
	if (!groups.has('all')) return sources;
	return [...sources.filter(({ kind }) => kind !== 'record'), ...sources.filter(({ kind }) => kind === 'record')];
}

/** All items make one pattern, or each has its own: an expression that means both cannot be followed. */
function mixedChoice(context: IExecuteFunctions): NodeOperationError | undefined {
	const choices = context.getInputData().map((_, itemIndex) => context.getNodeParameter('source', itemIndex, 'auto'));
	const itemIndex = choices.includes('items') ? choices.findIndex((choice) => choice !== choices[0]) : -1;
	return itemIndex < 0 ? undefined : differs(context, 'Source', itemIndex, 0);
}

/** Of a parameter that has to be the same for items that make one pattern. */
export function differs(
	context: IExecuteFunctions,
	label: string,
	itemIndex: number,
	from: number,
): NodeOperationError {
	const message = `'${label}' has a different value for item ${itemIndex} than for item ${from}`;
	return new NodeOperationError(context.getNode(), message, {
		itemIndex,
		description:
			'One pattern is built from these items, so the setting must be the same for each of them. Enter the value without an expression.',
	});
}

type Choice = 'auto' | 'bundle' | 'indicators' | 'items';

/** The source that an item is by itself. Undefined for an item that is an indicator. */
function sourceOf(context: IExecuteFunctions, itemIndex: number, choice: Choice): Source | undefined {
	const { json } = context.getInputData()[itemIndex]!;
	const item = (given: object): Source => {
		const isFound = choice === 'auto';
		return { kind: 'item', itemIndexes: [itemIndex], given: given as Bundle, isFound };
	};
	const isRecorded = (...needed: unknown[]) => passedOn(context, itemIndex, ...needed) !== undefined;
	const record: Source = { kind: 'record', itemIndexes: [itemIndex] };
	if (choice === 'items') return isRecorded() ? record : undefined;
	if (choice !== 'auto') {
		if (isRecorded(context.getNodeParameter(choice, itemIndex))) return record;
		return item(jsonParameter(context, SOURCES[choice], itemIndex));
	}
	const held = patternSource(json);
	if (isRecorded(held)) return record;
	if (held !== undefined) return item(held);
	if (isIndicatorItem(json)) return undefined;
	throw new NodeOperationError(
		context.getNode(),
		`The item has neither 'indicators' nor a 'bundle', and is not an indicator (item ${itemIndex})`,
		{
			itemIndex,
			description:
				"Add Email to STIX before this node: it creates these fields. If a node in between drops them, let it keep all input fields. Or set 'Source' to Bundle or Indicator List and fill in 'Bundle' or 'Indicators'.",
		},
	);
}

const messageOf = ({ message }: IDataObject): IDataObject | undefined =>
	isRecord(message) ? (message as IDataObject) : undefined;
