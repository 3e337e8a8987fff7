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
import { clearTextWarning, warnOfClearText } from '../shared/clearText';
import type { Clients } from '../shared/clients';
import { credentialTestResult } from '../shared/credentialTest';
import { forEachItem, forEachItemWith } from '../shared/items';
import { esaClient } from './appliance';
import * as message from './message';
import * as quarantine from './quarantine';

const resources = { message, quarantine };

export class CiscoEsa implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Cisco Secure Email',
		name: 'ciscoEsa',
		icon: { light: 'file:../../icons/ciscoEsa.svg', dark: 'file:../../icons/ciscoEsa.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Hunts for messages in Cisco Secure Email with STIX patterns and returns STIX',
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
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Message', value: 'message' },
					{ name: 'Quarantine', value: 'quarantine' },
				],
				default: 'message',
			},
			...Object.values(resources).flatMap(({ description }) => description),
		],
	};

	methods = {
		credentialTest: {
			async ciscoEsaLogin(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return await credentialTestResult(
					() => esaClient(credential.data ?? {}),
					async (client) => {
						const { privileges } = await client.test();
						const login = `Login accepted, ${privileges.length} privileges`;
						return [login, clearTextWarning(credential.data ?? {}, 'passphrase')].filter(Boolean).join('. ');
					},
				);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as keyof typeof resources;
		const name: unknown = this.getNodeParameter('operation', 0);
		const { offline, operations } = resources[resource];
		const alone = offline[name as string];
		if (alone !== undefined)
			return await forEachItem(this, async (itemIndex) => await alone.execute(this, itemIndex, undefined));
		const connect = async (itemIndex: number, clients: Clients<EsaClient>) => {
			const credential = await this.getCredentials('emailIntelCiscoEsaApi', itemIndex);
			return await clients.of({ credential }, () => {
				warnOfClearText(this, credential, 'passphrase');
				return esaClient(credential, this);
			});
		};
		if (resource === 'message' && name === 'hunt')
			return await message.together.hunt.executeAll(
				this,
				async (_, itemIndex, clients) => await connect(itemIndex, clients),
			);
		const operation = operations[name as string]!;
		return await forEachItemWith<EsaClient>(
			this,
			connect,
			async (itemIndex, client) => await operation.execute(this, itemIndex, client),
		);
	}
}
