import type { INodeProperties } from 'n8n-workflow';
import * as hunt from './hunt.operation';
import * as search from './search.operation';
import * as translate from './translate.operation';

export const operations = { hunt, search, translate };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['defender'] } },
		options: [hunt.option, search.option, translate.option],
		default: 'hunt',
	},
	...hunt.description,
	...search.description,
	...translate.description,
];
