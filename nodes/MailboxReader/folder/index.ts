import type { INodeProperties } from 'n8n-workflow';
import type { OperationModule } from '../../shared/operation';
import type { Mailboxes } from '../connection';
import * as getAll from './getAll.operation';

export const operations = { getAll } satisfies Record<string, OperationModule<Mailboxes>>;

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['folder'] } },
		options: [getAll.option],
		default: 'getAll',
	},
	...getAll.description,
];
