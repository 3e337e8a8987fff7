import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { startSink, type Sink } from '../lab/http/sink';
import { EmbeddedImap } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { execute, FakeCredentials, poller } from './engine';
import { exampleMessages, exampleWorkflow } from './exampleWorkflow';

const messages = exampleMessages().slice(6, 9);

let imap: EmbeddedImap;
let platform: OpenCtiLab;
let service: Sink;

beforeEach(async () => {
	imap = await EmbeddedImap.start({ messages: messages.map(({ raw }) => ({ raw })) });
	platform = await startOpenCti();
	service = await startSink();
});

afterEach(async () => {
	await imap.close();
	await platform.close();
	await service.close();
});

/**
 * What of n8n's HTTP Request node the example uses, as its version 4.2 does it (n8n 2.40.7, HttpRequestV3.node.js): a binary
 * field as the body, and the answer as a file beside the item's fields and files. The real one runs in the end-to-end suite.
 */
const httpRequest = {
	description: {
		name: 'httpRequest',
		inputs: ['main'],
		outputs: ['main'],
		properties: ['url', 'inputDataFieldName', 'options'].map((name) => ({
			displayName: name,
			name,
			type: name === 'options' ? 'json' : 'string',
			default: '',
		})),
	},
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const url = `${service.url}${new URL(this.getNodeParameter('url', 0) as string).pathname}`;
		const field = this.getNodeParameter('inputDataFieldName', 0) as string;
		const name = this.getNodeParameter('options.response.response.outputPropertyName', 0) as string;
		return [
			await Promise.all(
				this.getInputData().map(async ({ json, binary }, item) => {
					const body = new Uint8Array(await this.helpers.getBinaryDataBuffer(item, field));
					let answer = await fetch(url, { method: 'POST', body });
					if (!answer.ok) answer = await fetch(url, { method: 'POST', body });
					const file = await this.helpers.prepareBinaryData(
						Buffer.from(await answer.arrayBuffer()),
						'analysis',
						'application/json',
					);
					return { json, binary: { ...binary, [name]: file }, pairedItem: { item } };
				}),
			),
		];
	},
} as unknown as INodeType;

const types = {
	'n8n-nodes-email-intel.imapTrigger': new ImapTrigger(),
	'n8n-nodes-email-intel.emailToStix': new EmailToStix(),
	'n8n-nodes-email-intel.openCti': new OpenCti(),
	'n8n-nodes-base.httpRequest': httpRequest,
};

describe('enriched-report', () => {
	it('puts the analysis of each message into its report, once', async () => {
		const { nodes, connections } = exampleWorkflow('enriched-report');
		const trigger = nodes[0]!;
		const credentials = () =>
			new FakeCredentials({
				emailIntelImapApi: {
					host: imap.host,
					port: imap.port,
					security: 'none',
					user: imap.user,
					password: imap.password,
				},
				emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
			});
		const mailbox = poller({ types, pollNode: trigger, credentials: credentials(), workflowId: 'enriched' });
		await mailbox.activate();
		const run = async () =>
			await execute({
				types,
				nodes,
				connections,
				credentials: credentials(),
				startNode: trigger.name,
				startItems: mailbox.emitted.flat(),
			});
		const result = await run();
		expect(result.error()).toBeUndefined();
		expect(result.output('Add Analysis')!.map(({ json }) => json.complete)).toEqual(messages.map(() => true));
		const { reports } = platform.snapshot();
		expect(reports).toHaveLength(messages.length);
		for (const { files, objects } of reports) {
			expect(files.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^analysis/));
			expect(objects.map(({ type }) => type)).toContain('Email-Message');
		}
		await run();
		expect(platform.snapshot().reports).toEqual(reports);
	});
});
