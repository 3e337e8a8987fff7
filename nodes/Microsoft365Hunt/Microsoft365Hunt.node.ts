import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { graphLogin } from '../shared/graphTest';
import * as defender from './defender';
import * as messageTrace from './messageTrace';

const resources = { defender, messageTrace };

export class Microsoft365Hunt implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Microsoft 365 Hunt',
		name: 'microsoft365Hunt',
		icon: { light: 'file:../../icons/microsoft365Hunt.svg', dark: 'file:../../icons/microsoft365Hunt.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description:
			'Hunts for messages in Microsoft 365 with STIX patterns: who received them, who clicked. Returns STIX.',
		defaults: { name: 'Microsoft 365 Hunt' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'emailIntelGraphApi',
				required: true,
				testedBy: 'graphLogin',
				displayOptions: { hide: { operation: ['translate'] } },
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Defender',
						value: 'defender',
						description: 'Advanced hunting: links, attachments, clicks. Requires Defender for Office 365.',
					},
					{
						name: 'Message Trace',
						value: 'messageTrace',
						description: 'Exchange Online: senders, recipients and subjects, up to 90 days back',
					},
				],
				default: 'defender',
			},
			...Object.values(resources).flatMap(({ description }) => description),
		],
	};

	methods = { credentialTest: { graphLogin } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as keyof typeof resources;
		const operation = this.getNodeParameter('operation', 0) as keyof (typeof resources)[typeof resource]['operations'];
		return await resources[resource].operations[operation].execute(this);
	}
}
