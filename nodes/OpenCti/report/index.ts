import type { INodeProperties } from 'n8n-workflow';

import type { OpenCtiOperations } from '../platform';
import * as addFindings from './addFindings.operation';
import * as addNote from './addNote.operation';
import * as createFromBundle from './createFromBundle.operation';
import * as createFromEmail from './createFromEmail.operation';
import * as find from './find.operation';
import * as findSimilar from './findSimilar.operation';

export const operations: OpenCtiOperations = {
	addFindings,
	addNote,
	createFromEmail,
	createFromBundle,
	find,
	findSimilar,
};

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['report'] } },
		options: [
			addFindings.option,
			addNote.option,
			createFromEmail.option,
			createFromBundle.option,
			find.option,
			findSimilar.option,
		],
		default: 'createFromEmail',
	},
	...addFindings.description,
	...addNote.description,
	...createFromEmail.description,
	...createFromBundle.description,
	...find.description,
	...findSimilar.description,
];
