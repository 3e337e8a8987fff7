import type { INodeProperties } from 'n8n-workflow';
import { emptyFolderNotice } from '../shared/folders';
import { authenticationProperty, imap } from '../shared/imap';
import { messageFiltersProperty } from '../shared/messageFilters';
import { includeRawProperty, outputProperty, triggerOptionsProperty } from '../shared/triggerOptions';

export const openForWritingOption: INodeProperties = {
	displayName: 'Open Folder for Writing',
	name: 'openForWriting',
	type: 'boolean',
	default: false,
	description:
		'Whether to open the folder with SELECT instead of EXAMINE. Only needed for a server that gives messages new UIDs when a folder is opened read-only, and where the trigger does not detect this. Messages are still not marked as read.',
};

/** Those of every trigger, and what only IMAP has, in the order of the alphabet. */
const optionsProperty: INodeProperties = {
	...triggerOptionsProperty,
	options: [...(triggerOptionsProperty.options as INodeProperties[]), openForWritingOption].sort((a, b) =>
		a.displayName.localeCompare(b.displayName),
	),
};

export const triggerProperties: INodeProperties[] = [
	authenticationProperty,
	imap.addressing.folder,
	emptyFolderNotice(),
	outputProperty,
	includeRawProperty,
	messageFiltersProperty,
	optionsProperty,
];
