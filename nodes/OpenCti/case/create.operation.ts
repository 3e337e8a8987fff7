import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { CASE_DEFAULTS, caseFromEmail, shownFindings, type OpenCtiClient } from '../../../lib/opencti';
import { firstLook } from '../../../lib/firstLook';
import type { Analyse } from '../../../lib/reported';
import { analyseProperty, readAnalysed, withReported } from '../../shared/analysis';
import { choiceParameter } from '../../shared/choices';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { createOptions, fromEmailOptions, optionsCollection, type ContainerParameters } from '../containerOptions';
import { markingProperty, namesOf, responseTypesOption } from '../fields';
import { huntResultOptions, recipientsOption, type HuntResultParameters } from '../huntResults';
import { findingsOfHunts, itemBundle, itemHunts, itemIndicators } from '../itemParts';
import { withResult } from '../result';

const { priority, severity } = CASE_DEFAULTS;

export const option: INodePropertyOptions = {
	name: 'Create',
	value: 'create',
	action: 'Create incident case from email',
	description: 'Open a case from a message, or add the message to the case of its conversation',
};

export const description = shownFor({ resource: ['case'], operation: ['create'] }, [
	analyseProperty,
	markingProperty,
	{
		displayName: 'Severity',
		name: 'severity',
		type: 'options',
		options: [
			{ name: 'Critical', value: 'critical' },
			{ name: 'High', value: 'high' },
			{ name: 'Low', value: 'low' },
			{ name: 'Medium', value: 'medium' },
		],
		default: severity,
	},
	optionsCollection([
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
		recipientsOption,
		responseTypesOption,
	]),
]);

interface CaseParameters extends ContainerParameters, Pick<HuntResultParameters, 'huntRecipients'> {
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
	const tlp = context.getNodeParameter('tlp', itemIndex) as string;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as CaseParameters;
	// A case holds the message alone. How that is to be marked was said when its bundle was made, all the same.
	const bundle = await itemBundle(context, itemIndex);
	const hunts = itemHunts(context, itemIndex);
	const analyse = choiceParameter<Analyse>(context, analyseProperty, itemIndex);
	const { analysed } = await readAnalysed(context, itemIndex, analyse);
	const { email, reported, file } = analysed;
	const draft = caseFromEmail(email, {
		...fromEmailOptions(context, itemIndex, tlp, parameters, bundle),
		hunts: shownFindings(findingsOfHunts(hunts), huntResultOptions(parameters)),
		reported,
		messageFile: file,
		firstLook: firstLook(email),
		...(bundle === undefined ? {} : { indicators: itemIndicators(context, itemIndex) }),
		severity: context.getNodeParameter('severity', itemIndex) as string,
		responseTypes: namesOf(context, itemIndex, responseTypesOption, parameters),
		...(parameters.priority === undefined ? {} : { priority: parameters.priority }),
	});
	const created = await client.createIncidentCase(draft, createOptions(parameters));
	const warnings = [...email.warnings, ...analysed.warnings, ...created.warnings];
	const complete = created.complete && analysed.complete;
	const result = { ...created, messageId: email.messageId, warnings, complete };
	return withReported(withResult(context, itemIndex, { case: result }, hunts), reported);
}
