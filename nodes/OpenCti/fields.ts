import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { isNothing } from '../../lib/flow';
import { FROM_EMAIL_DEFAULTS, type FromEmailOptions } from '../../lib/opencti';
import { isRecord } from '../../lib/json';
import { tlpProperty } from '../shared/markings';
import { listOf } from '../shared/operation';

const SEVERAL =
	'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

/** A field whose values the platform lists. What it does not have yet, an expression names: a list, or a text with commas. */
const listed = (
	displayName: string,
	name: string,
	loadOptionsMethod: string,
	more: Partial<INodeProperties> = {},
): INodeProperties => ({
	displayName,
	name,
	type: 'multiOptions',
	typeOptions: { loadOptionsMethod },
	default: [],
	description: SEVERAL,
	...more,
});

export const labelsOption = listed('Label Names or IDs', 'labels', 'getLabels');
export const markingsOption = (displayName: string) => listed(displayName, 'markings', 'getMarkings');
export const reportTypesOption = (usual: readonly string[]) =>
	listed('Report Type Names or IDs', 'reportTypes', 'getReportTypes', { default: [...usual] });
export const responseTypesOption = listed('Response Type Names or IDs', 'responseTypes', 'getResponseTypes');
export const reliabilityOption: INodeProperties = {
	displayName: 'Reliability Name or ID',
	name: 'reliability',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getReliabilities' },
	default: '',
	description:
		'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
};

/** How bad it is: the levels of a case and of an incident are the same. */
export const severityProperty = (usual: string): INodeProperties => ({
	displayName: 'Severity',
	name: 'severity',
	type: 'options',
	options: [
		{ name: 'Critical', value: 'critical' },
		{ name: 'High', value: 'high' },
		{ name: 'Low', value: 'low' },
		{ name: 'Medium', value: 'medium' },
	],
	default: usual,
});

export const authorOption: INodeProperties = {
	displayName: 'Author',
	name: 'author',
	type: 'resourceLocator',
	default: { mode: 'name', value: FROM_EMAIL_DEFAULTS.author },
	description:
		'Author of the report. An organization given by name is created if it does not exist. If not set, the author of the bundle of the item is used.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchAuthors', searchable: true },
		},
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. CERT Example' },
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. identity--0a63ddf1-c18c-5b08-835a-7a6cda187ae8',
		},
	],
};

/** The levels of TLP, or whichever the item's bundle has. */
export const markingProperty: INodeProperties = {
	...tlpProperty,
	options: [
		{
			name: 'Automatic',
			value: 'auto',
			description: `The marking of the bundle of the item, or ${FROM_EMAIL_DEFAULTS.marking} if it has none`,
		},
		...tlpProperty.options!,
	] as NonNullable<INodeProperties['options']>,
	default: 'auto',
};

/**
 * Names of a field whose values the platform lists: a choice, what an expression gives as a list, or a text with commas.
 *
 * @throws NodeOperationError when its expression gives nothing: left out, a marking would be missing
 */
export function namesOf(
	context: IExecuteFunctions,
	itemIndex: number,
	{ displayName, name }: INodeProperties,
	options: object,
): string[] {
	if (!Object.hasOwn(options, name)) return [];
	const value: unknown = (options as Record<string, unknown>)[name];
	const given = Array.isArray(value) ? (value as unknown[]) : [value];
	const names = given.flatMap((one) => {
		if (typeof one === 'number' && Number.isFinite(one)) return [String(one)];
		if (typeof one !== 'string') {
			const what = isNothing(one) ? 'returns nothing' : 'returns neither a text nor a list of texts';
			throw new NodeOperationError(context.getNode(), `'${displayName}' ${what} (item ${itemIndex})`, {
				itemIndex,
				description: `Look at its expression. For items that have none, let it give an empty list: {{ $json.field ?? [] }}.`,
			});
		}
		// Within a list a comma is part of a name.
		return Array.isArray(value) ? one.trim() || [] : listOf(one);
	});
	return [...new Set(names)];
}

/** The author that was chosen, or written as a name; undefined when the field is not used. */
export function authorOf(
	context: IExecuteFunctions,
	itemIndex: number,
	options: { author?: unknown },
): FromEmailOptions['author'] {
	if (!Object.hasOwn(options, 'author')) return undefined;
	const { author } = options;
	const { mode, value } = isRecord(author) ? author : { mode: 'name', value: author };
	if (typeof value === 'string' && value.trim() !== '') return mode === 'name' ? value : { id: value };
	// What was left empty is not used. An expression that gives nothing is meant otherwise.
	if (value === '') return undefined;
	throw new NodeOperationError(context.getNode(), `'${authorOption.displayName}' returns nothing (item ${itemIndex})`, {
		itemIndex,
		description: 'Look at its expression, or take the option out.',
	});
}
