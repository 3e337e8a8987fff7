import type { INodeProperties } from 'n8n-workflow';
import type { OpenCtiClient } from '../../../lib/opencti';
import type { OperationModule } from '../../shared/operation';
import * as createFromEmail from './createFromEmail.operation';

export const operations = { createFromEmail } satisfies Record<string, OperationModule<OpenCtiClient>>;

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['report'] } },
		options: [createFromEmail.option],
		default: 'createFromEmail',
	},
	...createFromEmail.description,
];
