import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MicrosoftLab } from '../lab/graph';
import { EmbeddedImap, mail } from '../lab/imap';
import { durablePoller, FakeCredentials, node, poller, type PollerOptions } from './engine';

/*
 * Users write expressions into options, and an expression over a missing variable gives NaN. A number of messages that was
 * NaN once took every message out of the IMAP cursor without handing one over, and kept n8n busy on Microsoft 365 without
 * a turn for anything else.
 */

const SUBJECTS = ['first', 'second', 'third'];
const closing: Array<() => Promise<void>> = [];
afterEach(async () => await Promise.all(closing.splice(0).map((close) => close())));

type Setting = (options: IDataObject, staticData?: IDataObject) => PollerOptions;
let workflows = 0;

/** A mailbox with three messages, and the trigger on it. */
async function imap(): Promise<Setting> {
	const messages = SUBJECTS.map((subject) => ({ raw: mail({ subject }), date: new Date() }));
	const server = await EmbeddedImap.start({ messages });
	closing.push(async () => await server.close());
	const { host, port, user, password } = server;
	const type = 'n8n-nodes-email-intel.imapTrigger';
	const credentials = new FakeCredentials({
		emailIntelImapApi: { host, port, user, password, security: 'none', verifyTls: true },
	});
	const folder = { __rl: true, mode: 'path', value: 'INBOX' };
	return (options, staticData = {}) => ({
		types: { [type]: new ImapTrigger() },
		workflowId: `settings-${(workflows += 1)}`,
		credentials,
		staticData,
		pollNode: node('Mail', type, { folder, options }, { credentials: { emailIntelImapApi: { id: '1', name: 'i' } } }),
	});
}

async function graph(): Promise<Setting> {
	const lab = await MicrosoftLab.start();
	closing.push(async () => await lab.close());
	const box = lab.graph.mailbox('soc@example.com');
	SUBJECTS.forEach((subject, i) =>
		box.deliver(box.folder('inbox'), { subject, receivedAt: Date.now() - 3_600_000 + i * 1000 }),
	);
	const { ca, ...fields } = lab.credential();
	const type = 'n8n-nodes-email-intel.graphTrigger';
	const credential = {
		...fields,
		caCertificate: ca,
		signInWith: 'secret',
		mailbox: 'soc@example.com',
		verifyTls: true,
	};
	const credentials = new FakeCredentials({ emailIntelGraphApi: { ...credential, proxy: '' } });
	const folder = { __rl: true, mode: 'path', value: 'inbox' };
	return (options, staticData = {}) => ({
		types: { [type]: new GraphTrigger() },
		workflowId: `settings-${(workflows += 1)}`,
		credentials,
		staticData,
		pollNode: node('Mail', type, { folder, options }, { credentials: { emailIntelGraphApi: { id: '1', name: 'g' } } }),
	});
}

const subjects = (items: INodeExecutionData[] | undefined) => items?.map(({ json }) => json.subject);

describe.each([
	['IMAP', imap],
	['Microsoft 365', graph],
])('%s Mailbox Trigger', (_name, open) => {
	const NAMES: Record<string, string> = {
		messagesPerPoll: 'Max Messages per Poll',
		firstRunLimit: 'First Run Limit',
		maxMessageSize: 'Max Message Size (MB)',
		maxAttachmentSize: 'Max Attachment Size (MB)',
		maxAttachments: 'Max Attachments',
	};

	it.each(Object.entries(NAMES))('%s that is no number is an error, and no message is lost', async (name, label) => {
		const setting = await open();
		for (const bad of ['={{ Number("abc") }}', '={{ 0/0 }}', '={{ 1/0 }}', '={{ -1 }}', 'many']) {
			// With a scheduler's budget: a poll that does not let go ends after some 25 seconds.
			const durable = durablePoller(setting({ attachments: true, [name]: bad }));
			await expect(durable.tick()).rejects.toThrow(`'${label}' must be a`);
			expect(durable.row.cursor).toEqual({});
			const trigger = poller(setting({ attachments: true, [name]: bad }));
			await expect(trigger.activate()).rejects.toThrow(`'${label}' must be a`);
			await trigger.tick();
			expect(trigger.emitted).toEqual([]);
			expect(trigger.errors[0]).toMatchObject({
				name: 'NodeOperationError',
				message: expect.stringContaining(`'${label}' must be a`),
				description: expect.stringContaining('SETTING_INVALID'),
				failure: { cause: 'configuration-invalid' },
			});
			// The option is corrected; whatever the wrong one left behind is still there.
			const corrected = poller(setting({ attachments: true }, trigger.workflow.staticData));
			await corrected.activate();
			expect(corrected.emitted.map(subjects)).toEqual([SUBJECTS]);
		}
	});

	it("n8n's start survives such an option: the trigger goes on, says so at each poll, and runs once it is corrected", async () => {
		const given = (await open())({ messagesPerPoll: '={{ Number("abc") }}' });
		const trigger = poller({ ...given, activation: 'init' });
		// An error here would make n8n give the trigger up for good, with nobody there to read it.
		await trigger.activate();
		await trigger.tick();
		expect(trigger.errors.map(({ message }) => message)).toEqual([expect.stringContaining("'Max Messages per Poll'")]);
		expect(trigger.emitted).toEqual([]);
		const corrected = poller({ ...given, staticData: trigger.workflow.staticData, activation: 'init' });
		(given.pollNode.parameters.options as IDataObject).messagesPerPoll = 50;
		await corrected.activate();
		expect(corrected.emitted.map(subjects)).toEqual([SUBJECTS]);
	});

	it('nor is one lost from a cursor that was there before', async () => {
		const setting = (await open())({ messagesPerPoll: 1 });
		const trigger = durablePoller(setting);
		const options = setting.pollNode.parameters.options as IDataObject;
		await trigger.tick();
		options.messagesPerPoll = '={{ Number("abc") }}';
		await expect(trigger.tick()).rejects.toThrow("'Max Messages per Poll' must be a whole number from 1 to");
		options.messagesPerPoll = '={{ "50" }}';
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['first'], ['second', 'third']]);
	});

	it.each(['', '={{ undefined }}', '={{ null }}', '={{ "  " }}'])(
		'an empty option (%j) means its default',
		async (empty) => {
			const setting = await open();
			const options = Object.fromEntries([...Object.keys(NAMES), 'firstRunLookBack'].map((name) => [name, empty]));
			const trigger = poller(setting({ attachments: true, ...options }));
			await trigger.activate();
			expect(trigger.emitted.map(subjects)).toEqual([SUBJECTS]);
		},
	);

	it('text of digits is a number', async () => {
		const trigger = poller((await open())({ messagesPerPoll: '={{ "2" }}', firstRunLimit: '3' }));
		await trigger.activate();
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['first', 'second'], ['third']]);
	});

	it.each(['all', 'ALL', ' all ', ' p30d ', ''])('the look-back %j is taken', async (firstRunLookBack) => {
		const trigger = poller((await open())({ firstRunLookBack }));
		await trigger.activate();
		expect(trigger.emitted.map(subjects)).toEqual([SUBJECTS]);
	});

	it('a look-back that is none is an error with an example', async () => {
		const trigger = poller((await open())({ firstRunLookBack: '30 days' }));
		await expect(trigger.activate()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: "'First Run Look-Back' must be an ISO 8601 duration or all, but it is '30 days'",
			description: expect.stringContaining('P30D'),
		});
	});
});

it("n8n's start survives a Mailbox whose expression returns nothing, and no other mailbox is read", async () => {
	const given = (await graph())({});
	given.pollNode.parameters.mailbox = '={{ undefined }}';
	const trigger = poller({ ...given, activation: 'init' });
	await trigger.activate();
	await trigger.tick();
	expect(trigger.emitted).toEqual([]);
	expect(trigger.errors[0]).toMatchObject({
		message: expect.stringContaining("'Mailbox' returns nothing"),
		failure: { cause: 'configuration-invalid' },
	});
	await expect(poller(given).activate()).rejects.toThrow("'Mailbox' returns nothing");
});
