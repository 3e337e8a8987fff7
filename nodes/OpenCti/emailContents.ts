import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import type { Email, EmailWarning } from '../../lib/email';
import { firstLook } from '../../lib/firstLook';
import { isRecord } from '../../lib/json';
import type { EmailObjectOptions, FromEmailOptions, ReportContents } from '../../lib/opencti';
import type { Analyse } from '../../lib/reported';
import type { AnyStixObject } from '../../lib/stix';
import { analyseProperty, readAnalysed, withReported } from '../shared/analysis';
import { choiceParameter } from '../shared/choices';
import { isNothing, jsonParameter } from '../shared/jsonParameter';
import { leaveOutProperties, leftOutFlags } from '../shared/leaveOut';
import {
	attachmentPasswordsOption,
	openAttachmentsProperty,
	otherArchivesOption,
	withOpenAttachments,
} from '../shared/openAttachments';
import { listOf } from '../shared/operation';
import { fromEmailOptions, optionsCollection, updateOption, type ContainerParameters } from './containerOptions';
import { markingProperty } from './fields';
import { huntResultOptions, huntResultProperties, queuedOption, type HuntResultParameters } from './huntResults';
import { chosenBundle, findingsOfHunts, itemHunts, itemIndicators, type ContentsChoice } from './itemParts';
import { withResult } from './result';

/** What reports, cases and incidents made of a message have in common in the node. */
interface Kind {
	/** As a sentence calls it. */
	name: 'report' | 'case' | 'incident';
	/** How the parameter is called that says what belongs to it. */
	contents: string;
	/** What takes the platform's queue: it only knows reports. */
	canQueue?: boolean;
}

export const REPORT: Kind = { name: 'report', contents: 'Put Into the Report', canQueue: true };
export const CASE: Kind = { name: 'case', contents: 'Put Into the Case' };
export const INCIDENT: Kind = { name: 'incident', contents: 'Relate to the Incident' };

const findingsOption: INodeProperties = {
	displayName: 'Findings',
	name: 'findings',
	type: 'json',
	default: '',
	placeholder: 'e.g. {{ $json.enrichment.bundle }}',
	description:
		"A STIX bundle with more objects for the report. The results of a hunt, in the field 'hunt' of the item, are added without it.",
};

export const ownDomainsOption: INodeProperties = {
	displayName: 'Own Domains',
	name: 'ownDomains',
	type: 'string',
	default: '',
	placeholder: 'e.g. example.com, example.org',
	description:
		"Domains of your organization, separated by commas, for 'Leave Out'. Leave empty to use the domain of the mailbox that the message was read from.",
};

export const labelOption: INodeProperties = {
	displayName: 'Label Observables',
	name: 'labelObservables',
	type: 'boolean',
	default: true,
	description:
		'Whether to add to new observables and indicators what is known of them: a label and a description with their role (sender, link, attachment, …) and tricks such as lookalike-domain, and a score. Existing ones are not changed.',
};

const contentsProperty = ({ name, contents }: Kind): INodeProperties => ({
	displayName: contents,
	name: 'contents',
	type: 'options',
	options: [
		{
			name: 'Automatic',
			value: 'auto',
			description: 'The bundle of the item if it has one, otherwise the observables of the message',
		},
		{
			name: "Item's Bundle",
			value: 'bundle',
			description: 'The bundle that Email to STIX made of the message, with the settings of that node',
		},
		{
			name: 'Message Only',
			value: 'none',
			description: 'The text and the attachments. No indicators are extracted.',
		},
		{ name: 'Observables', value: 'observables', description: 'Values found in the message, as observables' },
		{
			name: 'Observables and Indicators',
			value: 'indicators',
			description: 'The same, with an indicator for each value that was defanged in the message',
		},
	],
	default: 'auto',
	description: `What belongs to the ${name} in addition to the message, its files and the results of a hunt`,
});

/** The parameters of an operation that makes one of a message: `own` after the marking, `options` among the others. */
export function emailProperties(
	kind: Kind,
	own: INodeProperties[],
	options: Parameters<typeof optionsCollection>[0],
): INodeProperties[] {
	return [
		analyseProperty,
		markingProperty,
		...own,
		contentsProperty(kind),
		...leaveOutProperties.map((property) => ({
			...property,
			displayOptions: {
				show: { ...property.displayOptions?.show, contents: ['auto', 'bundle', 'observables', 'indicators'] },
			},
		})),
		openAttachmentsProperty,
		optionsCollection([
			attachmentPasswordsOption,
			...huntResultProperties.filter((property) => kind.canQueue === true || property !== queuedOption),
			findingsOption,
			labelOption,
			{
				displayName: 'Notes',
				name: 'notes',
				type: 'string',
				typeOptions: { rows: 3 },
				default: '',
				description: 'Markdown text to add at the end of the description',
			},
			ownDomainsOption,
			otherArchivesOption,
			updateOption,
			...options,
		]),
	];
}

export interface EmailParameters extends ContainerParameters, HuntResultParameters {
	findings?: unknown;
	labelObservables?: boolean;
	notes?: string;
	ownDomains?: string;
}

/** What is made by the library: its own warnings, and whether anything is missing. */
interface Made {
	warnings: readonly EmailWarning[];
	complete: boolean;
}

/** A message, and how what is made of it is to be made. */
export interface EmailToMake {
	email: Email;
	options: FromEmailOptions & EmailObjectOptions;
	/** The item with what was made in the field of its kind. */
	finished: (made: Made) => INodeExecutionData;
}

/** Reads the message of an item, with its bundle and its hunts, as the node is set. */
export async function emailToMake(
	context: IExecuteFunctions,
	itemIndex: number,
	kind: Kind,
	parameters: EmailParameters,
): Promise<EmailToMake> {
	const tlp = context.getNodeParameter('tlp', itemIndex) as string;
	const choice = context.getNodeParameter('contents', itemIndex, 'auto') as ContentsChoice;
	const bundle = await chosenBundle(context, itemIndex, choice, kind.contents);
	const hunts = itemHunts(context, itemIndex);
	const given = givenFindings(context, itemIndex, parameters.findings);
	const findings = findingsOf(context, itemIndex, given);
	const { notes } = parameters;
	const ownDomains = listOf(parameters.ownDomains);
	const analyse = choiceParameter<Analyse>(context, analyseProperty, itemIndex);
	const { analysed } = await readAnalysed(context, itemIndex, analyse, { ownDomains });
	const { reported, file } = analysed;
	const email = await withOpenAttachments(context, itemIndex, analysed.email, 'options');
	return {
		email,
		options: {
			...fromEmailOptions(context, itemIndex, tlp, parameters, bundle),
			...(bundle === undefined
				? { contents: contentsOf(choice) }
				: { bundle, indicators: itemIndicators(context, itemIndex) }),
			findings,
			reported,
			messageFile: file,
			firstLook: firstLook(email),
			hunts: findingsOfHunts(hunts),
			huntResults: huntResultOptions(parameters),
			ownDomains,
			leaveOut: leftOutFlags(context, itemIndex),
			roles: parameters.labelObservables !== false,
			...(notes ? { notes } : {}),
		},
		finished: (made) => {
			const warnings = [...email.warnings, ...analysed.warnings, ...made.warnings];
			const complete = made.complete && analysed.complete;
			const result = { ...made, messageId: email.messageId, warnings, complete };
			return withReported(withResult(context, itemIndex, { [kind.name]: result }, [bundle, given, ...hunts]), reported);
		},
	};
}

/** Of a message without a bundle. */
const contentsOf = (choice: ContentsChoice): ReportContents =>
	choice === 'none' || choice === 'indicators' ? choice : 'observables';

/** As an expression gives it, or the JSON that was pasted; nothing where a hunt found nothing. */
function givenFindings(context: IExecuteFunctions, itemIndex: number, given: unknown): unknown {
	if (typeof given !== 'string' || isNothing(given)) return given;
	return jsonParameter(context, { ...findingsOption, name: `options.${findingsOption.name}` }, itemIndex);
}

/** The objects of a bundle, of several, or of a list; a hunt without a hit gives none. Something else is not left out in silence. */
function findingsOf(context: IExecuteFunctions, itemIndex: number, given: unknown): AnyStixObject[] {
	if (isNothing(given)) return [];
	const objects = (Array.isArray(given) ? (given as unknown[]) : [given]).flatMap((entry) => {
		if (!isRecord(entry) || typeof entry.type !== 'string') return undefined;
		if (entry.type !== 'bundle') return entry as AnyStixObject;
		return entry.objects === undefined
			? []
			: Array.isArray(entry.objects)
				? (entry.objects as AnyStixObject[])
				: undefined;
	});
	if (objects.every((object) => object !== undefined)) return objects;
	throw new NodeOperationError(context.getNode(), "The option 'Findings' is not a STIX bundle", {
		itemIndex,
		description:
			'Use an expression that gives a bundle, such as {{ $json.enrichment.bundle }}, or a list of STIX objects.',
	});
}
