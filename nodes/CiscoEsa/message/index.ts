import type { INodeProperties } from 'n8n-workflow';
import type { EsaClient } from '../../../lib/esa';
import type { OperationModule } from '../../shared/operation';
import * as details from './details.operation';
import * as hunt from './hunt.operation';
import * as search from './search.operation';
import * as translate from './translate.operation';

export const operations: Record<string, OperationModule<EsaClient>> = { details, search };

/** What works on all items at once. */
export const together = { hunt };

/** Translation asks nobody: it needs no credential. */
export const offline: Record<string, OperationModule> = { translate };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['message'] } },
		options: [hunt.option, search.option, details.option, translate.option],
		default: 'hunt',
	},
	...hunt.description,
	...search.description,
	...details.description,
	...translate.description,
];
