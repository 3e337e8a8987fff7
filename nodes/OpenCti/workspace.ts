import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { OpenCtiClientOptions } from '../../lib/opencti';
import { decidingText } from '../shared/decidingText';

export type Workspace = NonNullable<OpenCtiClientOptions['workspace']>;

/** For people who want to approve in OpenCTI what mail brings: everything is written into a draft there. */
export const draftOption: INodeProperties = {
	displayName: 'Draft Workspace',
	name: 'draft',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description:
		'Draft workspace to write into, where a person approves the changes (OpenCTI 6.6 or later). Leave empty to write into live data. An expression can set a different draft for each item.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchDrafts', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 3f2a5c1e-8d3f-4c55-9a55-0f2f6b1f9f10',
		},
	],
};

const inOptions: INodeProperties = { ...draftOption, name: `options.${draftOption.name}` };

/** Where an item's work goes. @throws SettingError when its expression gives nothing */
export function workspaceOf(context: IExecuteFunctions, itemIndex: number): Workspace {
	// Operations that only read have no such option.
	const options = context.getNodeParameter('options', itemIndex, {}) as object;
	if (!Object.hasOwn(options, draftOption.name)) return 'live';
	const id = decidingText(context, inOptions, itemIndex, { extractValue: true });
	return id === '' ? 'live' : { id };
}
