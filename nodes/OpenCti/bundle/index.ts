import type { INodeProperties } from 'n8n-workflow';

import type { OpenCtiOperations } from '../platform';
import * as importBundle from './import.operation';

export const operations: OpenCtiOperations = { import: importBundle };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['bundle'] } },
		options: [importBundle.option],
		default: 'import',
	},
	...importBundle.description,
];
