import type { INodeProperties } from 'n8n-workflow';
import { emptyFolderNotice } from '../shared/folders';
import { graph, mailboxProperty } from '../shared/graph';
import { messageFiltersProperty } from '../shared/messageFilters';
import { includeRawProperty, outputProperty, triggerOptionsProperty } from '../shared/triggerOptions';

export const triggerProperties: INodeProperties[] = [
	mailboxProperty,
	graph.addressing.folder,
	emptyFolderNotice(),
	outputProperty,
	includeRawProperty,
	messageFiltersProperty,
	triggerOptionsProperty,
];
