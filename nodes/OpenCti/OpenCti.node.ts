import {
	NodeConnectionTypes,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IExecuteFunctions,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { credentialTestResult } from '../shared/credentialTest';
import { toNodeError } from '../shared/errors';
import { forEachItem } from '../shared/items';
import { openCtiClient, platformSummary } from './platform';
import { description as reportDescription, operations as reportOperations } from './report';

const operations = { report: reportOperations };

export class OpenCti implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'OpenCTI',
		name: 'openCti',
		icon: { light: 'file:../../icons/openCti.svg', dark: 'file:../../icons/openCti.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Creates reports with files and markings in OpenCTI from email messages',
		defaults: { name: 'OpenCTI' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'emailIntelOpenCtiApi', required: true, testedBy: 'openCtiLogin' }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Report', value: 'report' }],
				default: 'report',
			},
			...reportDescription,
		],
	};

	methods = {
		credentialTest: {
			async openCtiLogin(this: ICredentialTestFunctions, credential: ICredentialsDecrypted): Promise<INodeCredentialTestResult> {
				return await credentialTestResult(async () => {
					const client = openCtiClient(credential.data ?? {});
					try {
						return platformSummary(await client.test());
					} finally {
						await client.close();
					}
				});
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as keyof typeof operations;
		const operation = operations[resource][this.getNodeParameter('operation', 0) as keyof (typeof operations)[typeof resource]];
		let client;
		try {
			client = openCtiClient(await this.getCredentials('emailIntelOpenCtiApi'), this);
		} catch (error) {
			throw toNodeError(this.getNode(), error);
		}
		try {
			return await forEachItem(this, async (itemIndex) => await operation.execute(this, itemIndex, client));
		} finally {
			await client.close();
		}
	}
}
