import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { forEachItem } from '../shared/items';
import type { OperationModule } from '../shared/operation';
import * as convert from './convert.operation';
import * as extract from './extract.operation';

const operations = { convert, extract } satisfies Record<string, OperationModule>;

export class EmailToStix implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Email to STIX',
		name: 'emailToStix',
		icon: { light: 'file:../../icons/emailToStix.svg', dark: 'file:../../icons/emailToStix.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Converts an email message to a valid STIX 2.1 bundle, or extracts its indicators',
		defaults: { name: 'Email to STIX' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [convert.option, extract.option],
				default: 'convert',
			},
			...convert.description,
			...extract.description,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = operations[this.getNodeParameter('operation', 0) as keyof typeof operations];
		return await forEachItem(this, async (itemIndex) => await operation.execute(this, itemIndex));
	}
}
