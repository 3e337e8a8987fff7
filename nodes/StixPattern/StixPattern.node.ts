import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { forEachItem } from '../shared/items';
import type { OperationModule } from '../shared/operation';
import * as build from './build.operation';
import * as match from './match.operation';
import * as validate from './validate.operation';

const operations = { match, validate } satisfies Record<string, OperationModule>;

export class StixPattern implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'STIX Pattern',
		name: 'stixPattern',
		icon: { light: 'file:../../icons/stixPattern.svg', dark: 'file:../../icons/stixPattern.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Validates STIX 2.1 patterns, builds them from indicators, and matches them against bundles',
		defaults: { name: 'STIX Pattern' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [build.option, match.option, validate.option],
				default: 'build',
			},
			...build.description,
			...match.description,
			...validate.description,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0) as keyof typeof operations | 'build';
		if (operation === 'build') return build.executeAll(this);
		return await forEachItem(this, async (itemIndex) => await operations[operation].execute(this, itemIndex));
	}
}
