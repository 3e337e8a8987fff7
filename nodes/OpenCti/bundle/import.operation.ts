import type { AnyBundle, TlpLevel } from '../../../lib/stix';
import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { IMPORT_DEFAULTS, type ImportBundleOptions, type OpenCtiClient } from '../../../lib/opencti';
import { choiceOption } from '../../shared/choices';
import { bundleProperty, jsonParameter } from '../../shared/jsonParameter';
import { tlpProperty } from '../../shared/markings';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { withResult } from '../result';
import { updateOption } from '../containerOptions';
import { labelOption } from '../emailContents';
import { itemIndicators } from '../itemParts';
import { draftOption } from '../workspace';

const { mode } = IMPORT_DEFAULTS;

export const option: INodePropertyOptions = {
	name: 'Import',
	value: 'import',
	action: 'Import STIX bundle',
	description: 'Import all objects of a STIX bundle into OpenCTI',
};

const unmarkedOption: INodeProperties = {
	...tlpProperty,
	options: [...(tlpProperty.options as INodePropertyOptions[]), { name: 'None', value: 'none' }].sort((one, other) =>
		one.name.localeCompare(other.name),
	),
	description:
		'Marking of objects that have none, such as those that a hunt found. In a bundle with a report, the marking of a report that has none, and of everything in it.',
};

export const description = shownFor({ resource: ['bundle'], operation: ['import'] }, [
	bundleProperty,
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		options: [
			{
				name: 'Direct',
				value: 'direct',
				description: 'One request for each object. The output contains the IDs and any errors.',
			},
			{
				name: 'File Import',
				value: 'file',
				description: 'Upload the bundle to the STIX import connector of the platform, where a person validates it',
			},
			{
				name: 'Queue',
				value: 'push',
				description:
					'Put the bundle into the queue of the platform like a connector, into live data only. Requires OpenCTI 6.2.6 and the capability to register connectors.',
			},
		],
		default: mode,
		description: 'How to import the bundle',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [draftOption, labelOption, unmarkedOption, updateOption],
	},
]);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex, context.getNodeParameter('bundle', itemIndex));
	if (record !== undefined) return record;
	const bundle = jsonParameter(context, bundleProperty, itemIndex) as AnyBundle;
	const wanted = context.getNodeParameter('mode', itemIndex) as ImportBundleOptions['mode'];
	const options = context.getNodeParameter('options', itemIndex, {}) as {
		tlp?: unknown;
		updateExisting?: boolean;
		labelObservables?: boolean;
	};
	const tlp = Object.hasOwn(options, 'tlp') ? choiceOption<TlpLevel | 'none'>(unmarkedOption, options.tlp) : undefined;
	const imported = await client.importBundle(bundle, {
		mode: wanted,
		marking: tlp === 'none' ? [] : tlp,
		roles: options.labelObservables !== false,
		indicators: itemIndicators(context, itemIndex),
		...(options.updateExisting === true ? { existing: 'update' } : {}),
	});
	return withResult(context, itemIndex, { imported }, [bundle]);
}
