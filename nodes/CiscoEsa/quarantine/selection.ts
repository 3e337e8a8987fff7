import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { QuarantineSelection, QuarantineType } from '../../../lib/esa';
import { grown } from '../../shared/items';
import { filledParameter } from '../../shared/jsonParameter';
import { passedOn } from '../../shared/unfetched';
import { numbersOf } from '../parameters';

export const typeProperty: INodeProperties = {
	displayName: 'Quarantine Type',
	name: 'quarantineType',
	type: 'options',
	options: [
		{ name: 'Policy, Virus and Outbreak', value: 'pvo' },
		{ name: 'Spam', value: 'spam' },
	],
	default: 'pvo',
	description: 'Type of the quarantine that holds the messages',
};

const quarantineProperty: INodeProperties = {
	displayName: 'Quarantine Name',
	name: 'quarantine',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'Policy',
	displayOptions: { show: { quarantineType: ['pvo'] } },
	description: 'Name of the quarantine that holds the messages, as shown on the appliance',
};

/** Parameters that name messages in quarantine. Nothing is chosen by default. */
export const selectionProperties: INodeProperties[] = [
	typeProperty,
	quarantineProperty,
	{
		displayName: 'MIDs',
		name: 'mids',
		type: 'string',
		required: true,
		default: '',
		placeholder: '={{ $json.mid }}',
		description:
			'Message IDs (MIDs) in the quarantine, separated by commas, from the operation Search of this resource. On a manager (SMA), they differ from the MIDs of message tracking.',
	},
];

/** Does something to the messages that an item names, and tells how many the quarantine held. */
export async function actOn(
	context: IExecuteFunctions,
	itemIndex: number,
	done: 'released' | 'deleted',
	act: (selection: QuarantineSelection) => Promise<number>,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex, context.getNodeParameter('mids', itemIndex));
	if (record !== undefined) return record;
	const type = context.getNodeParameter('quarantineType', itemIndex) as QuarantineType;
	const quarantine = type === 'pvo' ? filledParameter(context, quarantineProperty, itemIndex).trim() : undefined;
	const mids = [...new Set(numbersOf('MIDs', context.getNodeParameter('mids', itemIndex)))];
	const count = await act({ type, mids, ...(quarantine === undefined ? {} : { quarantine }) });
	if (count < mids.length) {
		context.logger.warn(
			`${context.getNode().name}: ${count} of ${mids.length} messages were ${done}. The others are not in this quarantine.`,
		);
	}
	const outcome = {
		count,
		notInQuarantine: Math.max(0, mids.length - count),
		mids,
		quarantineType: type,
		...(quarantine === undefined ? {} : { quarantine }),
	};
	return grown(context, itemIndex, { [done]: outcome });
}
