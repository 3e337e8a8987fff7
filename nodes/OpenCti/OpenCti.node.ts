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
import { OPENCTI_LIMITS } from '../../lib/limits';
import { platformSummary, type OpenCtiClient } from '../../lib/opencti';
import { clearTextWarning, warnOfClearText } from '../shared/clearText';
import { credentialTestResult } from '../shared/credentialTest';
import { forEachItemWith } from '../shared/items';
import * as bundle from './bundle';
import * as incidentCase from './case';
import * as file from './file';
import * as incident from './incident';
import { listSearch, loadOptions } from './lists';
import { openCtiClient } from './platform';
import * as report from './report';
import { workspaceOf } from './workspace';

const resources = { report, case: incidentCase, incident, file, bundle };

export class OpenCti implements INodeType {
	description: INodeTypeDescription = {
		// n8n has an entry 'OpenCTI' of its own, which only sends HTTP requests.
		displayName: 'OpenCTI Reports',
		name: 'openCti',
		icon: { light: 'file:../../icons/openCti.svg', dark: 'file:../../icons/openCti.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description:
			'Creates reports, incident cases, incidents and files with markings in OpenCTI from email messages and STIX bundles',
		defaults: { name: 'OpenCTI Reports' },
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
				options: [
					{ name: 'Bundle', value: 'bundle' },
					{ name: 'File', value: 'file' },
					{ name: 'Incident', value: 'incident' },
					{ name: 'Incident Case', value: 'case' },
					{ name: 'Report', value: 'report' },
				],
				default: 'report',
			},
			...Object.values(resources).flatMap(({ description }) => description),
		],
	};

	methods = {
		listSearch,
		loadOptions,
		credentialTest: {
			async openCtiLogin(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return await credentialTestResult(
					() => openCtiClient(credential.data ?? {}),
					async (client) => {
						const login = platformSummary(await client.test());
						return [login, clearTextWarning(credential.data ?? {}, 'API token')].filter(Boolean).join('. ');
					},
				);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as keyof typeof resources;
		const name: unknown = this.getNodeParameter('operation', 0);
		const operation = resources[resource].operations[name as string]!;
		return await forEachItemWith<OpenCtiClient>(
			this,
			async (itemIndex, clients) => {
				const credential = await this.getCredentials('emailIntelOpenCtiApi', itemIndex);
				const workspace = workspaceOf(this, itemIndex);
				return await clients.of({ credential, workspace }, () => {
					warnOfClearText(this, credential, 'API token');
					return openCtiClient(credential, this, workspace);
				});
			},
			async (itemIndex, client) => await operation.execute(this, itemIndex, client),
			OPENCTI_LIMITS.maxItemsAtOnce,
		);
	}
}
