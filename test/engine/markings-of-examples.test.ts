import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IConnections, IExecuteFunctions, INode, INodeExecutionData, INodeType } from 'n8n-workflow';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { EsaLab } from '../lab/esa';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { huntTraffic } from '../lab/scenario/huntTraffic';
import { resolvedItem } from './builtinItem';
import { execute, FakeCredentials } from './engine';
import { exampleMessages, exampleWorkflow } from './exampleWorkflow';

/*
 * Whatever an example makes on the platform, in whatever way, is marked as its report is, at least: messages, observables,
 * indicators, what a hunt found, links, notes and files.
 */

const LOGIN = { user: 'hunter', passphrase: 'Lab-Hunter-1' };
/** Three of the messages: one with attachments, one with another message in it, one that a hunt finds more of. */
const messages = exampleMessages().filter(({ name }) => /^0[379]-/.test(name));

/** The service of the example that has its messages analysed: it answers with a file. */
const analysis = {
	description: { name: 'httpRequest', inputs: ['main'], outputs: ['main'], properties: [] },
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const file = await this.helpers.prepareBinaryData(Buffer.from('{"verdict":"bad"}'), 'analysis', 'application/json');
		const items = this.getInputData();
		return [
			items.map(({ json, binary }, item) => ({ json, binary: { ...binary, analysis: file }, pairedItem: { item } })),
		];
	},
} as unknown as INodeType;

/** The hunt in Microsoft 365, which has tests of its own: here it finds nothing. */
const hunt = {
	description: { name: 'microsoft365Hunt', inputs: ['main'], outputs: ['main'], properties: [] },
	execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return Promise.resolve([this.getInputData().map((item, at) => ({ ...item, pairedItem: { item: at } }))]);
	},
} as unknown as INodeType;

const types = {
	'n8n-nodes-email-intel.imapTrigger': new ImapTrigger(),
	'n8n-nodes-email-intel.graphTrigger': new GraphTrigger(),
	'n8n-nodes-email-intel.mailbox': new MailboxReader(),
	'n8n-nodes-email-intel.emailToStix': new EmailToStix(),
	'n8n-nodes-email-intel.stixPattern': new StixPattern(),
	'n8n-nodes-email-intel.ciscoEsa': new CiscoEsa(),
	'n8n-nodes-email-intel.openCti': new OpenCti(),
	'n8n-nodes-email-intel.microsoft365Hunt': hunt,
	'n8n-nodes-base.httpRequest': analysis,
};

let platform: OpenCtiLab;
let appliance: EsaLab;

beforeEach(async () => {
	platform = await startOpenCti();
	appliance = await EsaLab.start({ traffic: huntTraffic(Date.now()), ...LOGIN });
});

afterEach(async () => {
	await platform.close();
	await appliance.stop();
});

const examples = readdirSync(join(__dirname, '..', '..', 'examples'))
	.filter((name) => name.endsWith('.json'))
	.map((name) => name.slice(0, -'.json'.length));

/** What an example without a node of OpenCTI makes: nothing on a platform. */
const WITHOUT_PLATFORM = ['chain-builtin'];
/** Those whose report or import is marked otherwise than by default, with the marking set on each node that has one. */
const LEVELS = [
	['as it is', undefined, 'TLP:AMBER+STRICT'],
	['set to TLP:RED', 'red', 'TLP:RED'],
] as const;

/** Connections of what runs here: an answer to a reporter, say, is no business of the platform. */
function between(nodes: readonly INode[], connections: IConnections): IConnections {
	const names = new Set(nodes.map(({ name }) => name));
	const kept = Object.entries(connections).filter(([from]) => names.has(from));
	return Object.fromEntries(
		kept.map(([from, { main = [] }]) => [
			from,
			{ main: main.map((targets) => (targets ?? []).filter(({ node }) => names.has(node))) },
		]),
	);
}

/** The example from its trigger's output on: how messages are fetched marks nothing. */
async function run(name: string, tlp: string | undefined) {
	const { nodes: all, connections: wired } = exampleWorkflow(name);
	const nodes = all.filter(({ type }) => Object.hasOwn(types, type));
	const connections = between(nodes, wired);
	for (const { type, parameters } of nodes) {
		if (tlp === undefined || !/openCti|emailToStix/.test(type)) continue;
		if (parameters.resource === 'bundle') parameters.options = { tlp };
		else parameters.tlp = tlp;
	}
	const trigger = nodes.find(({ type }) => type.endsWith('Trigger'));
	const result = await execute({
		types,
		nodes,
		connections,
		credentials: new FakeCredentials({
			emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
			// Drafts an answer; the mailbox is not asked.
			emailIntelImapApi: { host: 'localhost', port: 1, security: 'none', user: 'x', password: 'x' },
			emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...LOGIN },
		}),
		startNode: trigger === undefined ? nodes[0]!.name : Object.values(connections[trigger.name]!.main![0]!)[0]!.node,
		startItems:
			trigger === undefined ? [{ json: {} }] : await Promise.all(messages.map(({ raw }) => resolvedItem(raw))),
	});
	expect(result.error()).toBeUndefined();
}

/** What a platform has without a marking of its own: lists, and who stands behind objects of every marking. */
const UNMARKED = ['Marking-Definition', 'Vocabulary', 'External-Reference', 'Label'];
const AUTHORS = ['Organization', 'Individual', 'System'];

it('each example is run here, or has no node of OpenCTI', () => {
	const without = examples.filter((name) => !exampleWorkflow(name).nodes.some(({ type }) => type.endsWith('.openCti')));
	expect(without).toEqual(WITHOUT_PLATFORM);
	expect(messages).toHaveLength(3);
});

describe.each(examples.filter((name) => !WITHOUT_PLATFORM.includes(name)))('%s', (name) => {
	it.each(LEVELS)('%s: everything that it makes is marked so', async (_what, tlp, marking) => {
		const before = new Set([...platform.store.entities.keys()]);
		await run(name, tlp);
		const nameOf = (id: string): string => platform.store.get(id).data['definition'] as string;
		const made = [...platform.store.entities.values()].filter(
			({ id, type }) => !before.has(id) && !UNMARKED.includes(type),
		);
		const places = made.flatMap(({ type, data }) => (type === 'sighting' ? [String(data['toId'])] : []));
		const authors = new Set([...places, ...made.flatMap(({ author }) => author ?? [])]);
		const marked = made.filter(({ id, type }) => !(AUTHORS.includes(type) && authors.has(id)));
		const files = [...platform.store.files.values()];
		expect(marked.length).toBeGreaterThan(2);
		expect(
			[
				...new Set([
					...marked.map((entity) => `${entity.type}: ${entity.markings.map(nameOf).join()}`),
					...files.map((file) => `file: ${file.markings.map(nameOf).join()}`),
				]),
			].filter((one) => !one.endsWith(`: ${marking}`)),
		).toEqual([]);
	});
});
