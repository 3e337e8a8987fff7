import type { INodeProperties } from 'n8n-workflow';
import { emptyFolderNotice, folderProperty } from '../shared/folders';
import { messageFiltersProperty } from '../shared/messageFilters';
import { outputProperty, triggerOptionsProperty } from '../shared/triggerOptions';

export const mailboxProperty: INodeProperties = {
	displayName: 'Mailbox',
	name: 'mailbox',
	type: 'string',
	default: '',
	placeholder: 'e.g. phishing@example.com',
	description: "Address of a user or shared mailbox that the application may read. Empty: the credential's.",
};

export const triggerProperties: INodeProperties[] = [
	mailboxProperty,
	folderProperty(
		{ displayName: 'By Name or Path', name: 'path', placeholder: 'e.g. inbox/Phishing' },
		'inbox',
		'Inbox',
	),
	emptyFolderNotice(),
	outputProperty,
	messageFiltersProperty,
	triggerOptionsProperty,
];
