import type { INodeProperties } from 'n8n-workflow';

import type { OpenCtiOperations } from '../platform';
import * as createFromBundle from './createFromBundle.operation';
import * as createFromEmail from './createFromEmail.operation';
import * as find from './find.operation';
import * as findSimilar from './findSimilar.operation';

export const operations: OpenCtiOperations = { createFromEmail, createFromBundle, find, findSimilar };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['report'] } },
		options: [createFromEmail.option, createFromBundle.option, find.option, findSimilar.option],
		default: 'createFromEmail',
	},
	...createFromEmail.description,
	...createFromBundle.description,
	...find.description,
	...findSimilar.description,
];
