import type { INodeProperties } from 'n8n-workflow';
import { emptyFolderNotice } from '../shared/folders';
import { authenticationProperty, imap } from '../shared/imap';
import { messageFiltersProperty } from '../shared/messageFilters';
import { includeRawProperty, outputProperty, triggerOptionsProperty } from '../shared/triggerOptions';

export const triggerProperties: INodeProperties[] = [
	authenticationProperty,
	imap.addressing.folder,
	emptyFolderNotice(),
	outputProperty,
	includeRawProperty,
	messageFiltersProperty,
	triggerOptionsProperty,
];
