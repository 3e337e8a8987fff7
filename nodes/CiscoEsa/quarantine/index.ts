import type { INodeProperties } from 'n8n-workflow';
import type { EsaClient } from '../../../lib/esa';
import type { OperationModule } from '../../shared/operation';
import * as deletion from './delete.operation';
import * as release from './release.operation';
import * as search from './search.operation';

export const operations: Record<string, OperationModule<EsaClient>> = {
	delete: deletion,
	release,
	search,
};

/** What changes the quarantine is never the default. */
export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['quarantine'] } },
		options: [search.option, release.option, deletion.option],
		default: 'search',
	},
	...search.description,
	...release.description,
	...deletion.description,
];

/** All of them ask the appliance. */
export const offline: Record<string, OperationModule> = {};
