import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import type { ContainerChoice } from '../../../lib/flow';
import { CASE_DEFAULTS, type OpenCtiClient } from '../../../lib/opencti';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { CASE, emailProperties, fromEmail, type EmailParameters } from '../emailContents';
import { namesOf, responseTypesOption, severityProperty } from '../fields';

const { priority, severity } = CASE_DEFAULTS;

export const option: INodePropertyOptions = {
	name: 'Create',
	value: 'create',
	action: 'Create incident case from email',
	description: 'Open a case from a message, or add the message to the case of its conversation',
};

export const description = shownFor(
	{ resource: ['case'], operation: ['create'] },
	emailProperties(
		CASE,
		[severityProperty(severity)],
		[
			{
				displayName: 'Priority',
				name: 'priority',
				type: 'options',
				options: [
					{ name: 'P1', value: 'P1' },
					{ name: 'P2', value: 'P2' },
					{ name: 'P3', value: 'P3' },
					{ name: 'P4', value: 'P4' },
				],
				default: priority,
			},
			responseTypesOption,
		],
	),
);

interface CaseParameters extends EmailParameters {
	priority?: string;
	responseTypes?: unknown;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as CaseParameters;
	const choice: ContainerChoice = {
		kind: 'case',
		severity: context.getNodeParameter('severity', itemIndex) as string,
		responseTypes: namesOf(context, itemIndex, responseTypesOption, parameters),
		...(parameters.priority === undefined ? {} : { priority: parameters.priority }),
	};
	return await fromEmail(context, itemIndex, client, CASE, choice, parameters);
}
