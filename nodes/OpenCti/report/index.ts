import type { INodeProperties } from 'n8n-workflow';

import type { OpenCtiOperations } from '../platform';
import * as createFromBundle from './createFromBundle.operation';
import * as createFromEmail from './createFromEmail.operation';
import * as find from './find.operation';

export const operations: OpenCtiOperations = { createFromBundle, createFromEmail, find };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['report'] } },
		options: [createFromBundle.option, createFromEmail.option, find.option],
		default: 'createFromEmail',
	},
	...createFromBundle.description,
	...createFromEmail.description,
	...find.description,
];
