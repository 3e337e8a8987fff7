import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { isNothing } from '../../lib/flow';
import { readWarningLists, type WarningList } from '../../lib/indicators';

export const warningListsOption: INodeProperties = {
	displayName: 'Warning Lists',
	name: 'warningLists',
	type: 'json',
	default: '',
	placeholder: 'e.g. {{ $json.warningLists }}',
	description:
		'Warning lists in the format of MISP, one or an array of them. Values on a list get the flag warning-list and the name of the list.',
};

export const warningListFileOption: INodeProperties = {
	displayName: 'Warning Lists File',
	name: 'warningListFile',
	type: 'string',
	default: '',
	placeholder: 'e.g. data',
	hint: 'The name of the input field with the file',
	description: 'A JSON file with warning lists in the format of MISP, such as one that HTTP Request downloaded',
};

/** What the two options may hold. */
export interface WarningListParameters {
	warningLists?: unknown;
	warningListFile?: unknown;
}

/** Long lists are the same for all items of an execution: they are read once, as long as the text is the same. */
const known = new WeakMap<IExecuteFunctions, { text: string; lists: WarningList[] }[]>();
/** Texts that are remembered at the same time: that of the option, that of the file. */
const MOST_KNOWN = 2;

/** The lists of both, undefined where there are none. @throws WarningListError `WARNING_LIST_INVALID` */
export async function warningListsOf(
	context: IExecuteFunctions,
	itemIndex: number,
	{ warningLists: given, warningListFile: field }: WarningListParameters,
): Promise<readonly WarningList[] | undefined> {
	const written = isNothing(given) ? [] : readOnce(context, given);
	const inFile =
		typeof field !== 'string' || isNothing(field)
			? []
			: readOnce(context, (await context.helpers.getBinaryDataBuffer(itemIndex, field)).toString('utf8'));
	if (inFile.length === 0) return written.length === 0 ? undefined : written;
	return written.length === 0 ? inFile : [...written, ...inFile];
}

function readOnce(context: IExecuteFunctions, given: unknown): WarningList[] {
	if (typeof given !== 'string') return readWarningLists(given);
	const texts = known.get(context) ?? [];
	const same = texts.find(({ text }) => text === given);
	if (same !== undefined) return same.lists;
	const lists = readWarningLists(given);
	known.set(context, [{ text: given, lists }, ...texts].slice(0, MOST_KNOWN));
	return lists;
}
