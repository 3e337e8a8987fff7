import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import { GraphMailbox } from '../../lib/mailbox';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { toEmailItem } from '../../nodes/shared/emailItem';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { EsaLab } from '../lab/esa';
import { MicrosoftLab } from '../lab/graph';
import { EmbeddedImap, fetchesMessage, mail } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { chain, execute, FakeCredentials, made, node, poller } from './engine';
import { exampleWorkflow } from './exampleWorkflow';

// One message that a mailbox cannot hand over comes as a record that says so. It must stop no other, in no node.

const PACK = 'n8n-nodes-email-intel';
const types = {
	[`${PACK}.imapTrigger`]: new ImapTrigger(),
	[`${PACK}.mailbox`]: new MailboxReader(),
	[`${PACK}.emailToStix`]: new EmailToStix(),
	[`${PACK}.openCti`]: new OpenCti(),
	[`${PACK}.stixPattern`]: new StixPattern(),
	[`${PACK}.ciscoEsa`]: new CiscoEsa(),
};
const DAY = { window: 'times', start: '2026-11-20T00:00:00Z', stop: '2026-11-21T00:00:00Z' };
const ESA_LOGIN = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

let imap: EmbeddedImap;
let platform: OpenCtiLab;
let workflows = 0;

beforeEach(async () => {
	imap = await EmbeddedImap.start({
		messages: ['first', 'second', 'third'].map((subject) => ({
			raw: mail({ subject, body: `See http://${subject}.example.net/x\r\n` }),
		})),
	});
	platform = await startOpenCti();
});

afterEach(async () => {
	await imap.close();
	await platform.close();
});

const credentials = (more: IDataObject = {}) =>
	new FakeCredentials({
		emailIntelImapApi: { host: imap.host, port: imap.port, security: 'none', user: imap.user, password: imap.password },
		emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
		...(more as object),
	});

/** A node of the pack with credentials of every kind that it may ask for. */
const step = (name: string, type: string, parameters: IDataObject) =>
	node(name, `${PACK}.${type}`, parameters, {
		credentials: Object.fromEntries(
			['emailIntelImapApi', 'emailIntelOpenCtiApi', 'emailIntelCiscoEsaApi', 'emailIntelGraphApi'].map((kind) => [
				kind,
				{ id: kind, name: kind },
			]),
		),
	});
const trigger = step('Mail', 'imapTrigger', { folder: { __rl: true, mode: 'path', value: 'INBOX' } });
const toStix = step('Email to STIX', 'emailToStix', {
	operation: 'convert',
	tlp: 'amber',
	output: 'json',
	options: {},
});
const createReport = step('Create Report', 'openCti', {
	resource: 'report',
	operation: 'createFromEmail',
	tlp: 'amber+strict',
	contents: 'none',
	options: {},
});
const getMessage = step('Get', 'mailbox', {
	connection: 'imap',
	resource: 'message',
	operation: 'get',
	messageBy: 'item',
	output: 'full',
});

/** What n8n gets of one poll while the server refuses the second of three messages. */
async function polled(): Promise<INodeExecutionData[]> {
	imap.fault({ command: 'UID FETCH', when: fetchesMessage(2), how: { no: '[SERVERBUG] Internal error occurred' } });
	const mailbox = poller({
		types,
		pollNode: trigger,
		credentials: credentials(),
		workflowId: `unfetched-${(workflows += 1)}`,
	});
	await mailbox.activate();
	const [items] = mailbox.emitted;
	expect(items?.map(({ json }) => (json.failure === undefined ? json.subject : json.failure))).toEqual([
		'first',
		expect.objectContaining({ code: 'MAILBOX_UNAVAILABLE' }),
		'third',
	]);
	return items!;
}

/** Runs nodes in a row behind the trigger's items, each with n8n's default: it stops on an error. */
async function run(steps: INode[], items: INodeExecutionData[], more: IDataObject = {}) {
	const nodes = [trigger, ...steps];
	const result = await execute({
		types,
		nodes,
		connections: chain(...nodes.map(({ name }) => name)),
		credentials: credentials(more),
		startNode: 'Mail',
		startItems: items,
	});
	const last = steps.at(-1)!.name;
	return {
		error: result.error(),
		output: (result.output(last) ?? []).map(({ json }) => made(json)),
		result,
		hints: (result.run.data.resultData.runData[last]?.[0]?.hints ?? []).map(({ message }) => message),
	};
}

const notFetched = {
	failure: { code: 'MAILBOX_UNAVAILABLE' },
	complete: false,
	warnings: [
		{
			code: 'message-not-fetched',
			message: expect.stringMatching(
				/could not be fetched: .*Internal error.* \(MAILBOX_UNAVAILABLE\)\. The trigger tries again after 20.*Mailbox Reader/s,
			),
		},
	],
};

describe('behind the IMAP trigger', () => {
	it('the other messages of the poll become bundles and reports; the record passes through, and a retry does the same', async () => {
		const items = await polled();
		const before = structuredClone(items);
		for (const attempt of ['run', 'retry']) {
			const { error, output, result } = await run([toStix, createReport], items);
			expect([attempt, error]).toEqual([attempt, undefined]);
			expect(output).toMatchObject([{ name: 'first', complete: true }, notFetched, { name: 'third', complete: true }]);
			expect(
				platform
					.snapshot()
					.reports.map(({ name }) => name)
					.sort(),
			).toEqual(['first', 'third']);
			const [, bundled] = result.output('Email to STIX')!;
			expect(bundled).toMatchObject({ json: notFetched, pairedItem: { item: 1 } });
			expect(Object.keys(bundled!.json)).not.toEqual(expect.arrayContaining(['bundle']));
			expect(bundled!.json).toMatchObject(before[1]!.json);
			expect(output[1]).not.toHaveProperty('indicators');
		}
		expect(items).toEqual(before);
	});

	it('the output pane says how many messages are missing', async () => {
		const { hints } = await run([toStix], await polled());
		expect(hints).toEqual([expect.stringMatching(/^1 of 3 items contain no message, because it could not be fetched/)]);
	});

	it.each([
		['Email to STIX, Extract', { type: 'emailToStix', operation: 'extract' }],
		[
			'OpenCTI, Create Report From Email',
			{ type: 'openCti', resource: 'report', operation: 'createFromEmail', tlp: 'amber', contents: 'indicators' },
		],
		[
			'OpenCTI, Create Incident Case',
			{ type: 'openCti', resource: 'case', operation: 'create', tlp: 'amber', severity: 'medium' },
		],
		[
			'Mailbox Reader, Get',
			{ type: 'mailbox', connection: 'imap', resource: 'message', operation: 'get', messageBy: 'item', output: 'full' },
		],
		[
			'Mailbox Reader, Get Attachments',
			{
				type: 'mailbox',
				connection: 'imap',
				resource: 'message',
				operation: 'getAttachments',
				messageBy: 'item',
				attachmentBy: 'all',
				binaryProperty: 'data',
			},
		],
	])('%s passes the record on and does its work for the others', async (name, { type, ...parameters }) => {
		const { error, output } = await run([step('Step', type, parameters)], await polled());
		expect(error).toBeUndefined();
		const others = output.filter(({ failure }) => failure === undefined);
		expect(output.filter(({ failure }) => failure !== undefined)).toMatchObject([
			{ complete: false, warnings: [{ code: 'message-not-fetched' }] },
		]);
		expect(others.filter(({ error: told, complete }) => told !== undefined || complete === false)).toEqual([]);
		// Messages without attachments have no attachments.
		if (!name.endsWith('Get Attachments')) expect(others.length).toBeGreaterThanOrEqual(2);
	});

	it.each([
		[
			'STIX Pattern, Build From Bundle',
			{ type: 'stixPattern', operation: 'build', source: 'bundle', bundle: '={{ $json.bundle }}', options: {} },
		],
		[
			'STIX Pattern, Match',
			{ type: 'stixPattern', operation: 'match', pattern: "[url:value = 'x']", bundle: '={{ $json.bundle }}' },
		],
		[
			'OpenCTI, Create Report From Bundle',
			{
				type: 'openCti',
				resource: 'report',
				operation: 'createFromBundle',
				bundle: '={{ $json.bundle }}',
				options: {},
			},
		],
		[
			'OpenCTI, Import Bundle',
			{ type: 'openCti', resource: 'bundle', operation: 'import', bundle: '={{ $json.bundle }}', mode: 'direct' },
		],
		[
			'OpenCTI, Find Report',
			{ type: 'openCti', resource: 'report', operation: 'find', by: 'messageId', messageId: '={{ $json.messageId }}' },
		],
		[
			'OpenCTI, Add Files',
			{
				type: 'openCti',
				resource: 'file',
				operation: 'add',
				objectId: '={{ $json.bundle.objects.find(({ type }) => type === "report").id }}',
				binaryNames: '*',
				options: {},
			},
		],
	])(
		'behind Email to STIX, %s passes the record on and does its work for the others',
		async (name, { type, ...parameters }) => {
			const items = await polled();
			// The reports that files are added to.
			if (name.endsWith('Add Files'))
				await run(
					[
						toStix,
						step('Reports', 'openCti', {
							resource: 'report',
							operation: 'createFromBundle',
							bundle: '={{ $json.bundle }}',
							options: {},
						}),
					],
					items,
				);
			const { error, output } = await run([toStix, step('Step', type, parameters)], items);
			expect(error).toBeUndefined();
			expect(output).toHaveLength(3);
			expect(output[1]).toMatchObject(notFetched);
			expect(
				[output[0]!, output[2]!].filter(({ failure, error: told }) => failure !== undefined || told !== undefined),
			).toEqual([]);
		},
	);

	it('a pattern of all indicators is made without the record, which follows it', async () => {
		const steps = [
			step('Indicators', 'emailToStix', { operation: 'extract', extraction: { extract: ['urls'] } }),
			step('Build', 'stixPattern', { operation: 'build', source: 'items', options: {} }),
		];
		const { error, output, hints } = await run(steps, await polled());
		expect(error).toBeUndefined();
		expect(output).toMatchObject([
			{ pattern: "[url:value = 'http://first.example.net/x'] OR [url:value = 'http://third.example.net/x']" },
			notFetched,
		]);
		expect(hints).toEqual([expect.stringContaining('1 of 2 items')]);
		const alone = await run(steps, [(await polled())[1]!]);
		expect([alone.error, alone.output]).toEqual([undefined, [expect.objectContaining({ complete: false })]]);
	});

	it('the Mailbox Reader gets the message once the server gives it', async () => {
		const items = await polled();
		await imap.close();
		imap = await EmbeddedImap.start({
			messages: ['first', 'second', 'third'].map((subject) => ({ raw: mail({ subject }) })),
		});
		const { output } = await run([getMessage, toStix], items);
		expect(output.map(({ subject }) => subject)).toEqual(['first', 'second', 'third']);
		expect(output.filter(({ complete }) => complete !== true)).toEqual([]);
	});

	it.each([
		['move', { destination: { __rl: true, mode: 'path', value: 'Done' } }],
		['markAsRead', {}],
		['flag', { flagChange: 'add', flags: '\\Flagged, \\Seen' }],
	])(
		'the Mailbox Reader, %s, leaves a message that nobody has read where and as it is',
		async (operation, parameters) => {
			const items = await polled();
			imap.createFolder('Done');
			const change = { connection: 'imap', resource: 'message', operation, ...parameters };
			const { error, output, hints } = await run([step('Change', 'mailbox', { ...change, messageBy: 'item' })], items);
			expect(error).toBeUndefined();
			expect(output).toMatchObject([{ source: {} }, notFetched, { source: {} }]);
			expect(output[1]).toMatchObject(items[1]!.json);
			expect(hints).toEqual([
				expect.stringMatching(/^1 of 3 items contain no message, because it could not be fetched/),
			]);
			const second = imap.list().find(({ uid }) => uid === 2);
			expect(second?.flags.filter((flag) => flag !== '\\Recent')).toEqual([]);
			// Who names the number means that message.
			const byNumber = {
				messageBy: 'uid',
				folder: { __rl: true, mode: 'path', value: 'INBOX' },
				uid: '={{ $json.source.uid }}',
			};
			const meant = await run([step('Change', 'mailbox', { ...change, ...byNumber })], [items[1]!]);
			expect(meant.output).toEqual([expect.not.objectContaining({ failure: expect.anything() })]);
			expect(imap.list().find(({ uid }) => uid === 2)).not.toEqual(second);
		},
	);

	it('a mailbox that lets nobody in is an error all the same', async () => {
		const items = await polled();
		const { error } = await run([getMessage], [items[1]!], {
			emailIntelImapApi: { host: imap.host, port: imap.port, security: 'none', user: imap.user, password: 'wrong' },
		});
		expect(error?.message).toMatch(/refused the user or password/);
	});
});

describe('what was asked for once more in vain', () => {
	const told = (json: IDataObject | undefined) => (json!.warnings as unknown as { message: string }[])[0]!.message;

	it('says that the message is gone, and nodes behind say nothing else', async () => {
		const [, record] = await polled();
		await imap.close();
		imap = await EmbeddedImap.start({ messages: [{ raw: mail({ subject: 'first' }) }] });
		for (const steps of [[getMessage], [getMessage, toStix], [getMessage, toStix, createReport]]) {
			const { output } = await run(steps, [record!]);
			expect(output).toMatchObject([{ failure: { code: 'MAILBOX_MESSAGE_MISSING' }, complete: false }]);
			expect((output[0]!.failure as IDataObject).retryAt).toBeUndefined();
			expect(output[0]!.warnings).toHaveLength(1);
			expect(told(output[0])).toMatch(/MAILBOX_MESSAGE_MISSING.*deleted or moved/s);
			expect(told(output[0])).not.toMatch(/tries again|Try it again|Get, From Input Item|Internal error/);
		}
	});

	it('says what the mailbox said now, and nodes behind do not send the user back to what was just done', async () => {
		const [, record] = await polled();
		await imap.close();
		imap = await EmbeddedImap.start({ messages: ['first', 'second'].map((subject) => ({ raw: mail({ subject }) })) });
		imap.fault({ command: 'UID FETCH', times: 20, how: { no: '[UNAVAILABLE] The backend is down' } });
		const { output } = await run([getMessage, toStix], [record!]);
		expect(output).toHaveLength(1);
		expect(told(output[0])).toMatch(/backend is down.*Try it again later/s);
		expect(told(output[0])).not.toMatch(/Get, From Input Item|Internal error/);
	});

	it('the next try of the trigger is told while it lies ahead only', async () => {
		const { json } = (await polled())[1]!;
		for (const [retryAt, isTold] of [
			[new Date(Date.now() - 60_000), false],
			[new Date(Date.now() + 600_000), true],
		] as const) {
			const failure = { ...(json.failure as IDataObject), retryAt: retryAt.toISOString() };
			const { output } = await run([toStix], [{ json: { ...json, failure } }]);
			expect(told(output[0]).includes('The trigger tries again')).toBe(isTold);
		}
	});

	it('a code that somebody made up is not quoted whole', async () => {
		const { json } = (await polled())[1]!;
		const { output } = await run(
			[toStix],
			[{ json: { ...json, failure: { code: 'A'.repeat(5_000), message: 'no' } } }],
		);
		expect(told(output[0]).length).toBeLessThan(1000);
	});
});

it('a pattern that cannot be built, where the workflow goes on, is followed by the records and the hint', async () => {
	const build = { ...step('Build', 'stixPattern', { operation: 'build', source: 'items', options: {} }) };
	const [, record] = await polled();
	const { output, hints } = await run(
		[{ ...build, onError: 'continueRegularOutput' }],
		[record!, { json: { type: 'url' } }],
	);
	expect(output).toMatchObject([{ error: expect.stringContaining('is not an indicator') }, notFetched]);
	expect(hints).toEqual([expect.stringContaining('1 of 2 items contain no message')]);
});

describe('what is no record', () => {
	it('an item without any email is still an error', async () => {
		for (const json of [{}, { failure: 'of something else' }, { id: 'x', failure: { code: 'A', message: 'b' } }]) {
			const { error } = await run([toStix], [{ json }]);
			expect(error?.message).toBe('The item does not contain an email');
		}
	});

	it('a message that is in the item is converted, whatever else the item says', async () => {
		const [good, failed] = await polled();
		const { output } = await run([toStix], [{ json: failed!.json, binary: good!.binary! }]);
		expect(output).toMatchObject([{ subject: 'first', complete: true, bundle: { type: 'bundle' } }]);
	});
});

it('the record of a message without a byte passes through as well', async () => {
	const { json } = (await polled())[1]!;
	const { failure: _failure, ...empty } = json;
	const { error, output } = await run([toStix, createReport], [{ json: empty }]);
	expect(error).toBeUndefined();
	expect(output).toMatchObject([
		{
			...empty,
			complete: false,
			warnings: [{ code: 'message-not-fetched', message: expect.stringContaining('EMAIL_EMPTY') }],
		},
	]);
	expect(platform.snapshot().reports).toEqual([]);
});

it.each([
	['hunt', { resource: 'message', operation: 'hunt', pattern: '={{ $json.pattern }}', output: 'summary', options: {} }],
	['translate', { resource: 'message', operation: 'translate', pattern: '={{ $json.pattern }}', form: 'plan' }],
	[
		'search',
		{ resource: 'message', operation: 'search', ...DAY, output: 'summary', fields: { sender: '={{ $json.from }}' } },
	],
	[
		'details',
		{
			resource: 'message',
			operation: 'details',
			serialNumber: '={{ $json.serialNumber }}',
			mids: '={{ $json.mid }}',
			kinds: ['message'],
		},
	],
	[
		'quarantine search',
		{
			resource: 'quarantine',
			operation: 'search',
			...DAY,
			quarantineType: 'pvo',
			quarantines: 'Policy',
			fields: { sender: '={{ $json.from }}' },
		},
	],
	[
		'quarantine release',
		{
			resource: 'quarantine',
			operation: 'release',
			quarantineType: 'pvo',
			quarantine: 'Policy',
			mids: '={{ $json.mid }}',
		},
	],
])('Cisco Secure Email, %s, does nothing with what a record does not hold', async (_name, parameters) => {
	const appliance = await EsaLab.start({ traffic: [], ...ESA_LOGIN });
	try {
		const [, record] = await polled();
		const more = { emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...ESA_LOGIN } };
		const { error, output } = await run([step('Step', 'ciscoEsa', parameters)], [record!], more);
		expect(error).toBeUndefined();
		expect(output).toMatchObject([notFetched]);
		// A search without the sender that it was to have would be one for everything.
		expect(appliance.requests.filter(({ path }) => !path.endsWith('/login'))).toEqual([]);
	} finally {
		await appliance.stop();
	}
});

it('a pattern that is typed in is hunted for, whatever comes in', async () => {
	const appliance = await EsaLab.start({ traffic: [], ...ESA_LOGIN });
	try {
		const [, record] = await polled();
		const hunt = step('Hunt', 'ciscoEsa', {
			resource: 'message',
			operation: 'hunt',
			pattern: "[email-message:subject = 'Overdue invoice']",
			output: 'summary',
			options: {},
		});
		const more = { emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...ESA_LOGIN } };
		const { output } = await run([hunt], [record!], more);
		expect(output).toMatchObject([{ hunt: { matches: 0, queries: [expect.stringContaining('Overdue')] } }]);
	} finally {
		await appliance.stop();
	}
});

it('the triage example ends in a report for each of the other messages', async () => {
	const appliance = await EsaLab.start({ traffic: [], ...ESA_LOGIN });
	try {
		const items = await polled();
		const { nodes, connections } = exampleWorkflow('phishing-triage');
		const result = await execute({
			types,
			nodes,
			connections,
			credentials: credentials({ emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...ESA_LOGIN } }),
			startNode: 'IMAP Mailbox Trigger',
			startItems: items,
		});
		expect(result.error()).toBeUndefined();
		expect(result.output('Create Report')!.map(({ json }) => made(json))).toMatchObject([
			{ name: 'first' },
			notFetched,
			{ name: 'third' },
		]);
		expect(result.output('Create Report')![1]!.json.warnings).toHaveLength(1);
	} finally {
		await appliance.stop();
	}
});

it('Microsoft 365: the headers that came in place of a message are not taken for it', async () => {
	let time = Date.UTC(2026, 10, 20);
	// The pauses between tries pass at once.
	const clock = { now: () => time, sleep: async (ms: number) => void (time += ms), random: () => 0 };
	const lab = await MicrosoftLab.start({ now: () => time });
	const mailbox = new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com', tokens: lab.tokens(), clock });
	try {
		const box = lab.graph.mailbox('soc@example.com');
		for (const [index, subject] of ['first', 'second', 'third'].entries()) {
			box.deliver(box.folder('inbox'), {
				subject,
				broken: subject === 'second',
				receivedAt: time + (index - 9) * 60_000,
			});
		}
		const { messages } = await mailbox.poll(undefined, {});
		const attachments = { include: false, types: [], maxBytes: 0, maxNumber: 0 };
		const options = { output: 'full' as const, includeRaw: true, attachments };
		const items: INodeExecutionData[] = [];
		for (const message of messages) items.push(await toEmailItem(message, options));
		const { error, output } = await run([toStix, createReport], items);
		expect(error).toBeUndefined();
		expect(output).toHaveLength(3);
		expect(output.filter(({ failure }) => failure !== undefined)).toMatchObject([
			{ subject: 'second', complete: false, warnings: [{ code: 'message-not-fetched' }] },
		]);
		expect(
			platform
				.snapshot()
				.reports.map(({ name }) => name)
				.sort(),
		).toEqual(['first', 'third']);
	} finally {
		await mailbox.close();
		await lab.close();
	}
});
