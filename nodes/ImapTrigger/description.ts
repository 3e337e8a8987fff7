import type { INodeProperties } from 'n8n-workflow';
import { emptyFolderNotice, folderProperty } from '../shared/folders';
import { authenticationProperty } from '../shared/imap';
import { messageFiltersProperty } from '../shared/messageFilters';
import { outputProperty, triggerOptionsProperty } from '../shared/triggerOptions';

export const triggerProperties: INodeProperties[] = [
	authenticationProperty,
	folderProperty({ displayName: 'By Path', name: 'path', placeholder: 'e.g. INBOX/Phishing' }, 'INBOX'),
	emptyFolderNotice(),
	outputProperty,
	messageFiltersProperty,
	triggerOptionsProperty,
];
