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
import type { EsaClient } from '../../lib/esa';
import { credentialTestResult } from '../shared/credentialTest';
import { toNodeError } from '../shared/errors';
import { forEachItem } from '../shared/items';
import type { OperationModule } from '../shared/operation';
import { esaClient } from './appliance';
import * as details from './details.operation';
import * as hunt from './hunt.operation';
import * as search from './search.operation';
import * as translate from './translate.operation';

/** Translation asks nobody and has no client. */
const operations = { details, hunt, search, translate } satisfies Record<
	string,
	OperationModule<EsaClient | undefined>
>;

export class CiscoEsa implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Cisco Secure Email',
		name: 'ciscoEsa',
		icon: { light: 'file:../../icons/ciscoEsa.svg', dark: 'file:../../icons/ciscoEsa.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Hunts messages in Cisco Secure Email with STIX patterns and gives STIX back',
		defaults: { name: 'Cisco Secure Email' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'emailIntelCiscoEsaApi',
				required: true,
				testedBy: 'ciscoEsaLogin',
				displayOptions: { hide: { operation: ['translate'] } },
			},
		],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [details.option, hunt.option, search.option, translate.option],
				default: 'hunt',
			},
			...hunt.description,
			...search.description,
			...details.description,
			...translate.description,
		],
	};

	methods = {
		credentialTest: {
			async ciscoEsaLogin(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return await credentialTestResult(async () => {
					const client = esaClient(credential.data ?? {});
					try {
						const { privileges } = await client.test();
						return `Login accepted, ${privileges.length} privileges`;
					} finally {
						await client.close();
					}
				});
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const name = this.getNodeParameter('operation', 0) as keyof typeof operations;
		const operation: OperationModule<EsaClient | undefined> = operations[name];
		let client: EsaClient | undefined;
		try {
			client = name === 'translate' ? undefined : esaClient(await this.getCredentials('emailIntelCiscoEsaApi'), this);
		} catch (error) {
			throw toNodeError(this.getNode(), error);
		}
		try {
			return await forEachItem(this, async (itemIndex) => await operation.execute(this, itemIndex, client));
		} finally {
			await client?.close();
		}
	}
}
