import type { IDisplayOptions, ILoadOptionsFunctions, INodeListSearchResult, INodeProperties } from 'n8n-workflow';
import { MailboxError, type Mailbox, type MailboxFolder } from '../../lib/mailbox';
import { toNodeError } from './errors';

/** The live list behind a folder picker, filtered by what the user types. */
export async function searchFolders(
	context: ILoadOptionsFunctions,
	open: () => Promise<Mailbox>,
	filter = '',
): Promise<INodeListSearchResult> {
	let mailbox: Mailbox | undefined;
	try {
		mailbox = await open();
		const wanted = filter.toLowerCase();
		const folders = await mailbox.listFolders({
			onTruncated: () =>
				context.logger.warn(
					'The mailbox has more folders than can be listed. Enter the path of a folder that is missing.',
				),
		});
		return {
			results: folders
				.filter(({ path }) => path.toLowerCase().includes(wanted))
				.map((folder) => ({ name: folder.path, value: lasting(folder) })),
		};
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	} finally {
		await mailbox?.close();
	}
}

/**
 * What is stored of a choice. Microsoft 365 has names for its own folders that hold in every mailbox (`inbox`): with an
 * ID, another credential would empty the choice, and so it would the default. IMAP's are flags, e.g. `\\Junk`.
 */
const lasting = ({ id, specialUse }: MailboxFolder): string =>
	specialUse === undefined || specialUse.startsWith('\\') ? id : specialUse;

/**
 * Stands below a folder that must be chosen. n8n empties the choice when another credential does not list it, and then
 * only dims the button for a test. To go on with the inbox would be worse: mail nobody chose would be published.
 */
export const emptyFolderNotice = (show: NonNullable<IDisplayOptions['show']> = {}): INodeProperties => ({
	displayName:
		'No folder is selected. n8n clears the selection when the mailbox of a new credential does not have the folder. Select a folder.',
	name: 'emptyFolderNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { ...show, folder: [''] } },
});

/** The folder of a parameter that must have one: an expression may have given nothing. */
export function chosenFolder(value: unknown): string {
	if (typeof value === 'string' && value.trim() !== '') return value;
	throw new MailboxError('MAILBOX_CONFIGURATION', "'Folder' is empty", {
		hint: 'Select the folder from the list, or enter its path.',
	});
}

/** A folder, picked from the live list or typed. */
export const folderProperty = (
	byName: { displayName: string; name: string; placeholder: string },
	fallback: string,
	fallbackName = fallback,
): INodeProperties => ({
	displayName: 'Folder',
	name: 'folder',
	type: 'resourceLocator',
	default: { mode: 'list', value: fallback, cachedResultName: fallbackName },
	required: true,
	description: 'Folder of the mailbox',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchFolders', searchable: true },
		},
		{ ...byName, type: 'string' },
	],
});
