import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoogleLab } from '../google';
import type { MicrosoftLab } from '../graph';
import type { N8nApi } from './api';

const folder = join(__dirname, '..', '..', '..', 'examples');

/** The peers of the lab that credentials point to. */
export interface LabPeers {
	imap: { host: string; port: number; user: string; password: string };
	openCti: { url: string; token: string };
	microsoft: MicrosoftLab;
	google?: GoogleLab;
	appliance: { url: string; user: string; passphrase: string };
}

export interface LabCredential {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

const CONNECTION = { caCertificate: '', verifyTls: true, proxy: '' };

/** Working credentials of every type, under the names that the example workflows know them by. */
export function labCredentials({ imap, openCti, microsoft, google, appliance }: LabPeers): LabCredential[] {
	const { host, port, user, password } = imap;
	const { ca, ...application } = microsoft.credential();
	return [
		// First: n8n offers the newest that fits a node.
		...(google
			? [{ name: 'Gmail threat intel mailbox', type: 'emailIntelGmailOAuth2Api', data: google.credential() }]
			: []),
		{
			name: 'Threat intel mailbox',
			type: 'emailIntelImapApi',
			data: { host, port, user, password, security: 'none', ...CONNECTION },
		},
		{
			name: 'OpenCTI',
			type: 'emailIntelOpenCtiApi',
			data: { url: openCti.url, token: openCti.token, ...CONNECTION },
		},
		{
			name: 'Cisco Secure Email',
			type: 'emailIntelCiscoEsaApi',
			data: { ...appliance, product: 'ESA', ...CONNECTION },
		},
		{
			name: 'Microsoft 365 threat intel mailbox',
			type: 'emailIntelGraphApi',
			data: { ...application, signInWith: 'secret', mailbox: 'soc@example.com', ...CONNECTION, caCertificate: ca },
		},
		{
			// Of n8n's own mail trigger.
			name: 'Mailbox of n8n',
			type: 'imap',
			data: { host, port, user, password, secure: false, allowUnauthorizedCerts: false },
		},
	];
}

/** Stores credentials in n8n, or renews those that have the same name: the lab's ports change with each start. */
export async function storeCredentials(api: N8nApi, credentials: LabCredential[]): Promise<Record<string, string>> {
	const present = await api.call<{ id: string; name: string; type: string }[]>('GET', '/credentials');
	const ids: Record<string, string> = {};
	for (const credential of credentials) {
		const known = present.find(({ name, type }) => name === credential.name && type === credential.type);
		const { id } = known
			? await api.call<{ id: string }>('PATCH', `/credentials/${known.id}`, credential)
			: await api.createCredential(credential.name, credential.type, credential.data);
		ids[credential.type] = id;
	}
	return ids;
}

/** The workflows of `examples/`. n8n finds their credentials by name. */
export function exampleWorkflows(): ExampleWorkflow[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith('.json'))
		.sort()
		.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ExampleWorkflow);
}

export interface ExampleWorkflow extends Record<string, unknown> {
	name: string;
	nodes: { name: string; type: string; parameters: Record<string, unknown>; credentials?: unknown }[];
	connections: Record<string, unknown>;
}

/** The same workflow with triggers that poll as often as n8n allows, with other trigger options if given. */
export function polledEveryMinute(workflow: ExampleWorkflow, options: Record<string, unknown> = {}): ExampleWorkflow {
	return polledAt(workflow, [{ mode: 'everyMinute' }], options);
}

/** The same workflow with triggers that poll several times a minute: n8n refuses a shorter interval, not several times. */
export function polledEverySeconds(
	workflow: ExampleWorkflow,
	seconds: number,
	options: Record<string, unknown> = {},
): ExampleWorkflow {
	const times = Array.from({ length: 60 / seconds }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${index * seconds} * * * * *`,
	}));
	return polledAt(workflow, times, options);
}

function polledAt(workflow: ExampleWorkflow, item: object[], options: Record<string, unknown>): ExampleWorkflow {
	const nodes = workflow.nodes.map((node) =>
		node.parameters.pollTimes === undefined
			? node
			: {
					...node,
					parameters: {
						...node.parameters,
						pollTimes: { item },
						options: { ...(node.parameters.options as object | undefined), ...options },
					},
				},
	);
	return { ...workflow, nodes };
}

/**
 * The same workflow looking again: instead of its trigger a schedule, a search for what was received since then, and the
 * messages themselves. The bundle comes as a file too.
 */
export function sweepOf(workflow: ExampleWorkflow, since: Date): ExampleWorkflow {
	const [trigger, ...others] = workflow.nodes;
	const mailbox = {
		type: 'n8n-nodes-email-intel.mailbox',
		typeVersion: 1,
		position: [0, 0],
		credentials: trigger!.credentials,
	};
	const nodes = [
		{
			id: 'every-day',
			name: 'Every Day',
			type: 'n8n-nodes-base.scheduleTrigger',
			typeVersion: 1.2,
			position: [-400, 0],
			parameters: { rule: { interval: [{ field: 'days' }] } },
		},
		{
			...mailbox,
			id: 'find',
			name: 'Find Messages',
			parameters: {
				resource: 'message',
				operation: 'search',
				folder: trigger!.parameters.folder,
				returnAll: true,
				criteria: { since: since.toISOString() },
			},
		},
		{
			...mailbox,
			id: 'get',
			name: 'Get Message',
			parameters: { resource: 'message', operation: 'get', options: { attachments: true } },
		},
		...others.map((node) =>
			node.name === 'Email to STIX' ? { ...node, parameters: { ...node.parameters, output: 'both' } } : node,
		),
	];
	const { [trigger!.name]: behind, ...connections } = workflow.connections;
	const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
	return {
		...workflow,
		name: `${workflow.name} (sweep)`,
		nodes,
		connections: {
			...connections,
			'Every Day': to('Find Messages'),
			'Find Messages': to('Get Message'),
			'Get Message': behind,
		},
	};
}

/** The same workflow with what HTTP Request nodes send going to another host, under the same path. */
export function sentTo(workflow: ExampleWorkflow, host: string): ExampleWorkflow {
	const moved = (url: unknown) => `${host}${new URL(String(url)).pathname}`;
	const nodes = workflow.nodes.map((node) =>
		node.type === 'n8n-nodes-base.httpRequest'
			? { ...node, parameters: { ...node.parameters, url: moved(node.parameters.url) } }
			: node,
	);
	return { ...workflow, nodes };
}

/**
 * Imports the example workflows that n8n does not have yet, and points what is sent by HTTP to the lab, whose port changes with each
 * start. Returns the names of all of them.
 */
export async function importExamples(api: N8nApi, sink: string): Promise<string[]> {
	const present = await api.call<{ id: string; name: string }[]>('GET', '/workflows');
	const examples = exampleWorkflows();
	for (const example of examples) {
		const workflow = sentTo(example, sink);
		const known = present.find(({ name }) => name === workflow.name);
		if (known === undefined) await api.createWorkflow(workflow);
		else if (workflow.nodes.some(({ type }) => type === 'n8n-nodes-base.httpRequest')) await renew(api, known.id, sink);
	}
	return examples.map(({ name }) => name);
}

/** Only the address: what somebody has changed in a workflow stays. */
async function renew(api: N8nApi, id: string, sink: string): Promise<void> {
	const { nodes, connections, name, settings, versionId } = await api.call<ExampleWorkflow>('GET', `/workflows/${id}`);
	const renewed = sentTo({ name, nodes, connections }, sink);
	await api.call('PATCH', `/workflows/${id}`, { name, nodes: renewed.nodes, connections, settings, versionId });
}
