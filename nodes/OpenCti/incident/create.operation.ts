import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { ContainerChoice } from '../../../lib/flow';
import { INCIDENT_DEFAULTS, type OpenCtiClient } from '../../../lib/opencti';
import { filledParameter } from '../../shared/jsonParameter';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { emailProperties, fromEmail, INCIDENT, type EmailParameters } from '../emailContents';
import { severityProperty } from '../fields';

const { incidentType, severity, source } = INCIDENT_DEFAULTS;

export const option: INodePropertyOptions = {
	name: 'Create',
	value: 'create',
	action: 'Create incident from email',
	description: 'Create an incident from a message and relate what was found in it, or complete the existing incident',
};

const typeProperty: INodeProperties = {
	displayName: 'Incident Type Name or ID',
	name: 'incidentType',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getIncidentTypes' },
	default: incidentType,
	description:
		'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
};

const sourceOption: INodeProperties = {
	displayName: 'Source',
	name: 'source',
	type: 'string',
	default: source,
	description: 'Where the incident is known from',
};

export const description = shownFor(
	{ resource: ['incident'], operation: ['create'] },
	emailProperties(INCIDENT, [typeProperty, severityProperty(severity)], [sourceOption]),
);

interface IncidentParameters extends EmailParameters {
	source?: string;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as IncidentParameters;
	const choice: ContainerChoice = {
		kind: 'incident',
		incidentType: filledParameter(context, typeProperty, itemIndex).trim(),
		severity: context.getNodeParameter('severity', itemIndex) as string,
		...(parameters.source === undefined ? {} : { source: parameters.source.trim() }),
	};
	return await fromEmail(context, itemIndex, client, INCIDENT, choice, parameters);
}
