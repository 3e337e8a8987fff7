import type { IDataObject, INodeType } from 'n8n-workflow';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { forgetTokens } from '../../lib/microsoft';
import { LAB_SECRET, MicrosoftLab } from '../lab/graph';
import { EmbeddedImap, mail } from '../lab/imap';
import { chain, core, execute, FakeCredentials, node, poller } from './engine';

/* What n8n's own log tells of mailboxes: who looks for the reason of something looks there first. */

const BODY = 'words-of-the-body';
const SUBJECTS = ['subject-one', 'subject-two', 'subject-three'];
const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
	jest.restoreAllMocks();
	await Promise.all(closing.splice(0).map((close) => close()));
});

interface World {
	trigger: INodeType;
	type: string;
	connection: string;
	credential: string;
	credentials: FakeCredentials;
	folder: string;
	secrets: string[];
	/** A line of what was asked. */
	asked: RegExp[];
}

async function imap(): Promise<World> {
	const password = 'secret-of-the-mailbox';
	const server = await EmbeddedImap.start({
		messages: SUBJECTS.map((subject) => ({ raw: mail({ subject, body: BODY }), date: new Date() })),
		password,
	});
	closing.push(async () => await server.close());
	const { host, port, user } = server;
	return {
		trigger: new ImapTrigger(),
		type: 'n8n-nodes-email-intel.imapTrigger',
		connection: 'imap',
		credential: 'emailIntelImapApi',
		credentials: new FakeCredentials({
			emailIntelImapApi: { host, port, user, password, security: 'none', verifyTls: true },
		}),
		folder: 'INBOX',
		secrets: [password],
		asked: [/^IMAP: \S+ on 127\.0\.0\.1: open the folder 'INBOX': done, \d+ ms$/],
	};
}

async function graph(): Promise<World> {
	forgetTokens();
	const lab = await MicrosoftLab.start();
	closing.push(async () => await lab.close());
	const box = lab.graph.mailbox('soc@example.com');
	// One clock reading for all: their order must not depend on how long a delivery takes.
	const anHourAgo = Date.now() - 3_600_000;
	SUBJECTS.forEach((subject, index) =>
		box.deliver(box.folder('inbox'), {
			raw: Buffer.from(mail({ subject, body: BODY })),
			receivedAt: anHourAgo - index,
		}),
	);
	const { ca, ...fields } = lab.credential();
	const credential = { ...fields, caCertificate: ca, signInWith: 'secret', mailbox: 'soc@example.com', proxy: '' };
	return {
		trigger: new GraphTrigger(),
		type: 'n8n-nodes-email-intel.graphTrigger',
		connection: 'graph',
		credential: 'emailIntelGraphApi',
		credentials: new FakeCredentials({ emailIntelGraphApi: { ...credential, verifyTls: true } }),
		folder: 'inbox',
		secrets: [LAB_SECRET, 'eyJ', 'client_secret'],
		asked: [
			/^POST https:\/\/\S+\/token: 200, \d+ bytes, \d+ ms$/,
			/^GET https:\/\/\S+\/v1\.0\/users\/soc%40example\.com\/\S+: 200, /,
		],
	};
}

function locator(value: string): IDataObject {
	return { __rl: true, mode: 'path', value };
}

describe.each([
	['IMAP', imap],
	['Microsoft 365', graph],
])('%s', (_name, open) => {
	/** What n8n's logger is told while something runs. */
	async function logOf(act: (world: World) => Promise<void>) {
		const world = await open();
		const lines = { debug: [] as string[], warn: [] as string[] };
		const pollNode = node('Mail', world.type, {});
		const { logger } = new core.PollContext(
			{ id: 'x' } as never,
			pollNode,
			{} as never,
			'trigger',
			'activate',
		) as unknown as { logger: Record<'debug' | 'warn', (line: string) => void> };
		for (const level of ['debug', 'warn'] as const)
			jest.spyOn(logger, level).mockImplementation((line: string) => void lines[level].push(line));
		await act(world);
		return { world, ...lines };
	}

	const trigger = (world: World, options: IDataObject) =>
		poller({
			types: { [world.type]: world.trigger },
			workflowId: `log-${Math.random()}`,
			credentials: world.credentials,
			pollNode: node(
				'Mail',
				world.type,
				{ folder: locator(world.folder), options },
				{ credentials: { [world.credential]: { id: '1', name: 'c' } } },
			),
		});

	it('warnings of a poll reach the log, with the name of the node, once', async () => {
		const { warn } = await logOf(async (world) => await trigger(world, { firstRunLimit: 1 }).activate());
		expect(warn).toEqual([expect.stringMatching(/^Mail: .*first.run/i)]);
	});

	it('what a trigger asks the mailbox is in the log at the level debug, without secrets, subjects and bodies', async () => {
		const { world, debug } = await logOf(async (of) => {
			const polled = trigger(of, {});
			await polled.activate();
			expect(polled.emitted[0]).toHaveLength(3);
		});
		for (const asked of world.asked) expect(debug).toContainEqual(expect.stringMatching(asked));
		for (const secret of [...world.secrets, ...SUBJECTS, BODY]) expect(debug.join('\n')).not.toContain(secret);
	});

	it('so is what the Mailbox Reader asks', async () => {
		const { world, debug } = await logOf(async (of) => {
			const type = 'n8n-nodes-email-intel.mailbox';
			const parameters = {
				connection: of.connection,
				resource: 'message',
				operation: 'search',
				folder: locator(of.folder),
				returnAll: true,
			};
			const result = await execute({
				types: { start: manual, [type]: new MailboxReader() },
				nodes: [
					node('Start', 'start'),
					node('Reader', type, parameters, { credentials: { [of.credential]: { id: '1', name: 'c' } } }),
				],
				connections: chain('Start', 'Reader'),
				credentials: of.credentials,
				startNode: 'Start',
				startItems: [{ json: {} }],
			});
			expect(result.output('Reader')).toHaveLength(3);
		});
		for (const asked of world.asked) expect(debug).toContainEqual(expect.stringMatching(asked));
		for (const secret of [...world.secrets, ...SUBJECTS, BODY]) expect(debug.join('\n')).not.toContain(secret);
	});
});

const manual: INodeType = {
	description: {
		displayName: 'Start',
		name: 'start',
		group: ['trigger'],
		version: 1,
		description: '',
		defaults: {},
		inputs: [],
		outputs: ['main'],
		properties: [],
	},
	execute: async () => [[{ json: {} }]],
};
