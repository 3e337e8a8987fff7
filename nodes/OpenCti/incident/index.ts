import type { INodeProperties } from 'n8n-workflow';

import type { OpenCtiOperations } from '../platform';
import * as create from './create.operation';

export const operations: OpenCtiOperations = { create };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['incident'] } },
		options: [create.option],
		default: 'create',
	},
	...create.description,
];
