import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { isNothing } from '../../lib/flow';
import type { AddOptions } from '../../lib/opencti';
import { markingsOption, namesOf } from './fields';
import { draftOption } from './workspace';

/** The report, case or incident that nodes before have made or found: its fields, or an id that somebody wrote into the item. */
export const MADE_BEFORE = '={{ ($json.report ?? $json.case ?? $json.incident)?.id ?? $json.reportId }}';

/** What is added to. Nothing has to be set after a node that made or found it. */
export const targetProperty: INodeProperties = {
	displayName: 'Report',
	name: 'report',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'id', value: MADE_BEFORE },
	description: 'Report, incident case or incident to add to. By default the one that a node before created or found.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchReports', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. report--0a63ddf1-c18c-5b08-835a-7a6cda187ae8',
		},
	],
};

/** Its id. @throws NodeOperationError when the item has none */
export function targetOf(context: IExecuteFunctions, itemIndex: number): string {
	const { name, displayName, default: otherwise } = targetProperty;
	const value: unknown = context.getNodeParameter(name, itemIndex, otherwise, { extractValue: true });
	if (typeof value === 'string' && !isNothing(value)) return value.trim();
	throw new NodeOperationError(context.getNode(), `'${displayName}' returns nothing (item ${itemIndex})`, {
		itemIndex,
		description:
			'Put a node before this one that creates or finds a report, a case or an incident, choose a report from the list, or enter an ID.',
	});
}

const furtherMarkings: INodeProperties = {
	...markingsOption('Marking Names or IDs'),
	description:
		'Markings of what is added, where they are stricter than those of the report. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

/** The `options` collection of an operation that adds. */
export function additionsCollection(own: INodeProperties[]): INodeProperties {
	const options: Array<INodeProperties | INodePropertyOptions> = [draftOption, furtherMarkings, ...own];
	const title = (option: INodeProperties | INodePropertyOptions) =>
		'displayName' in option ? option.displayName : option.name;
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: options.sort((one, other) => title(one).localeCompare(title(other))),
	};
}

export interface AdditionParameters {
	markings?: unknown;
}

export function additionOptions(
	context: IExecuteFunctions,
	itemIndex: number,
	parameters: AdditionParameters,
): Pick<AddOptions, 'markings'> {
	const markings = namesOf(context, itemIndex, furtherMarkings, parameters);
	return markings.length === 0 ? {} : { markings };
}
