import type { INodeProperties } from 'n8n-workflow';
import { folderProperty } from '../shared/folders';
import { triggerOptionsProperty } from '../shared/triggerOptions';

export const triggerProperties: INodeProperties[] = [
	folderProperty({ displayName: 'By Path', name: 'path', placeholder: 'e.g. INBOX/Phishing' }, 'INBOX'),
	triggerOptionsProperty,
];
