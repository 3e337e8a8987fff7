import type { INodeProperties } from 'n8n-workflow';
import { emptyFolderNotice } from '../shared/folders';
import { authenticationProperty, imap, openForWritingOption } from '../shared/imap';
import { messageFiltersProperty } from '../shared/messageFilters';
import { includeRawProperty, outputProperty, triggerOptionsProperty } from '../shared/triggerOptions';

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
