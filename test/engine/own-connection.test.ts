import type { IDataObject, INodeExecutionData, INodeType } from 'n8n-workflow';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { MicrosoftLab } from '../lab/graph';
import { startServer } from '../lab/http/server';
import { EmbeddedImap, mail } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { execute, FakeCredentials, node, poller } from './engine';

/*
 * Where an item is written to or read from may be an expression: the draft workspace, the mailbox, a field of the
 * credential. The value of the first item once served all of them, so that what was meant for approval went live.
 */

const closing: Array<() => Promise<void>> = [];
afterEach(async () => await Promise.all(closing.splice(0).map((close) => close())));

interface Run {
	node: INodeType;
	credential?: [type: string, data: IDataObject];
	parameters: IDataObject;
	items: INodeExecutionData[];
	/** Items that fail become items. */
	goOn?: boolean;
}

async function run({ node: type, credential, parameters, items, goOn = false }: Run) {
	const step = node('Node', 'type', parameters, {
		...(credential ? { credentials: { [credential[0]]: { id: '1', name: 'c' } } } : {}),
		...(goOn ? { onError: 'continueRegularOutput' as const } : {}),
	});
	const result = await execute({
		types: { type },
		nodes: [step],
		connections: {},
		credentials: new FakeCredentials(credential ? { [credential[0]]: credential[1] as never } : {}),
		startNode: 'Node',
		startItems: items,
	});
	return { error: result.error(), output: result.output('Node')?.map(({ json }) => json) ?? [] };
}

const messageItem = (subject: string, json: IDataObject): INodeExecutionData => ({
	json,
	binary: {
		data: {
			data: Buffer.from(
				`From: a@b.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@b.example>\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\ntext\r\n`,
			).toString('base64'),
			mimeType: 'message/rfc822',
			fileName: 'm.eml',
		},
	},
});

describe('the draft workspace of OpenCTI', () => {
	let platform: OpenCtiLab;

	beforeEach(async () => {
		platform = await startOpenCti({
			users: [{ token: 'lab', capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD', 'CONNECTORAPI'] }],
		});
		closing.push(async () => await platform.close());
		for (const id of ['d1', 'd2', ...Array.from({ length: 12 }, (_, i) => `many-${i}`)]) {
			platform.store.drafts.set(id, { id, name: id, status: 'open' });
		}
		// The author is there already, for every workspace.
		platform.store.add('Organization', { name: 'Email Intel', identity_class: 'organization' });
	});

	const opencti = async (draft: string, items: INodeExecutionData[], more: Partial<Run> = {}) =>
		await run({
			node: new OpenCti(),
			credential: ['emailIntelOpenCtiApi', { url: platform.url, token: platform.token }],
			parameters: {
				resource: 'report',
				operation: 'createFromEmail',
				tlp: 'amber',
				contents: 'none',
				options: { draft: { __rl: true, mode: 'id', value: draft } },
				...more.parameters,
			},
			items,
			...(more.goOn ? { goOn: true } : {}),
		});
	/** Names of reports, and the draft that each is in. */
	const reports = () =>
		Object.fromEntries(platform.snapshot().reports.map(({ name, draft }) => [name, draft ?? 'live']));

	it('is that of each item', async () => {
		const { error } = await opencti('={{ $json.draft }}', [
			messageItem('one', { draft: 'd1' }),
			messageItem('two', { draft: 'd2' }),
			messageItem('three', { draft: '' }),
			messageItem('four', { draft: ' d1 ' }),
		]);
		expect(error).toBeUndefined();
		expect(reports()).toEqual({ one: 'd1', two: 'd2', three: 'live', four: 'd1' });
	});

	it('also when the first item goes live, and when there are many', async () => {
		const items = Array.from({ length: 24 }, (_, i) => messageItem(`m${i}`, { draft: `many-${i % 12}` }));
		const { error } = await opencti('={{ $json.draft }}', [messageItem('live', { draft: '' }), ...items]);
		expect(error).toBeUndefined();
		expect(reports()).toEqual({
			live: 'live',
			...Object.fromEntries(items.map((_, i) => [`m${i}`, `many-${i % 12}`])),
		});
	});

	it.each([
		'={{ $json.draft }}',
		'={{ $json.nested?.draft }}',
		'={{ null }}',
		'={{ 0 / 0 }}',
		'={{ $json.draft }} ',
		'={{ $json.a }}{{ $json.b }}',
		'={{ $json.draft }}{{ "" }}',
	])('is an error when its expression gives nothing (%s): nothing goes live', async (draft) => {
		const { error } = await opencti(draft, [messageItem('one', {}), messageItem('two', {})]);
		expect(error).toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringContaining(
				"item 0: The expression in 'Draft Workspace' returns nothing for item 0 (counted from 0)",
			),
			context: expect.objectContaining({ itemIndex: 0 }),
		});
		expect(reports()).toEqual({});
	});

	it('that one item lacks is the failure of that item', async () => {
		const items = [messageItem('one', { draft: 'd1' }), messageItem('two', {}), messageItem('three', { draft: 'd2' })];
		const { output } = await opencti('={{ $json.draft }}', items, { goOn: true });
		expect(output[1]).toMatchObject({
			error: "The expression in 'Draft Workspace' returns nothing for item 1 (counted from 0)",
		});
		expect(reports()).toEqual({ one: 'd1', three: 'd2' });
	});

	it('that is a number is its text, and what is no text is an error', async () => {
		platform.store.drafts.set('7', { id: '7', name: '7', status: 'open' });
		await opencti('={{ $json.draft }}', [messageItem('one', { draft: 7 })]);
		expect(reports()).toEqual({ one: '7' });
		const { error } = await opencti('={{ $json.draft }}', [messageItem('two', { draft: ['d1'] })]);
		expect(error?.message).toContain("The expression in 'Draft Workspace' does not return text for item 0");
		expect(reports()).toEqual({ one: '7' });
	});

	it.each(['', '  '])('that the user left empty (%j) is live data', async (draft) => {
		await opencti(draft, [messageItem('one', {})]);
		expect(reports()).toEqual({ one: 'live' });
	});

	it('has no queue: pushing a bundle there is refused before anything is sent', async () => {
		const value = 'evil.example';
		const bundle = { type: 'bundle', id: 'bundle--1', objects: [{ type: 'domain-name', id: 'domain-name--1', value }] };
		const parameters = { resource: 'bundle', operation: 'import', mode: 'push', bundle: JSON.stringify(bundle) };
		const items = [{ json: { draft: 'd1' } }];
		const { error } = await opencti('={{ $json.draft }}', items, { parameters });
		expect(error).toMatchObject({
			message: 'A queued bundle is imported into live data, not into a draft workspace',
			description: expect.stringMatching(/Direct or File Import.*OPENCTI_INPUT/),
		});
		expect(platform.requests).toEqual([]);
		expect((await opencti('', items, { parameters })).error).toBeUndefined();
		expect(platform.store.bundles).toMatchObject([{ live: true }]);
	});
});

describe('a field of the credential that is an expression', () => {
	/** Servers that refuse every login, and count who asks. */
	async function servers() {
		const asked = [0, 0];
		const urls: string[] = [];
		for (const i of [0, 1]) {
			const server = await startServer((_request, response) => {
				asked[i]!++;
				response.writeHead(401, { 'content-type': 'application/json' }).end('{"errors":[]}');
			});
			closing.push(async () => await server.close());
			urls.push(server.url);
		}
		return { asked, items: [0, 1, 0].map((i) => ({ json: { url: urls[i]! } })) };
	}

	it('is that of each item: OpenCTI', async () => {
		const { asked, items } = await servers();
		const { output } = await run({
			node: new OpenCti(),
			credential: ['emailIntelOpenCtiApi', { url: '={{ $json.url }}', token: 't' }],
			parameters: { resource: 'report', operation: 'find', by: 'id', reportId: 'report--1' },
			items,
			goOn: true,
		});
		expect(output).toHaveLength(3);
		expect(asked).toEqual([2, 1]);
	});

	it('is that of each item: Cisco Secure Email', async () => {
		const { asked, items } = await servers();
		const { output } = await run({
			node: new CiscoEsa(),
			credential: [
				'emailIntelCiscoEsaApi',
				{ url: '={{ $json.url }}', product: 'ESA', user: 'u', passphrase: 'p', verifyTls: true },
			],
			parameters: { resource: 'message', operation: 'hunt', pattern: "[file:name = 'a']", output: 'summary' },
			items,
			goOn: true,
		});
		expect(output).toHaveLength(3);
		// Two of them ask the same of the same appliance.
		expect(asked).toEqual([1, 1]);
	});

	it('is that of each item: IMAP', async () => {
		const ports: number[] = [];
		for (const subject of ['first', 'second']) {
			const server = await EmbeddedImap.start({ messages: [{ raw: mail({ subject }), date: new Date() }] });
			closing.push(async () => await server.close());
			ports.push(server.port);
		}
		const { host, user, password } = await EmbeddedImap.start().then(async (server) => {
			await server.close();
			return server;
		});
		const { output, error } = await run({
			node: new MailboxReader(),
			credential: ['emailIntelImapApi', { host, port: '={{ $json.port }}', user, password, security: 'none' }],
			parameters: {
				connection: 'imap',
				resource: 'message',
				operation: 'search',
				folder: { __rl: true, mode: 'path', value: 'INBOX' },
				returnAll: true,
				criteria: {},
			},
			items: [0, 1, 0].map((i) => ({ json: { port: ports[i]! } })),
		});
		expect(error).toBeUndefined();
		expect(output.map(({ subject }) => subject)).toEqual(['first', 'second', 'first']);
	});
});

describe('the mailbox of Microsoft 365', () => {
	async function graph() {
		const lab = await MicrosoftLab.start({ mailboxes: ['soc@example.com', 'other@example.com'] });
		closing.push(async () => await lab.close());
		for (const address of ['soc@example.com', 'other@example.com']) {
			const box = lab.graph.mailbox(address);
			box.deliver(box.folder('inbox'), { subject: address, receivedAt: Date.now() - 60_000 });
		}
		const { ca, ...fields } = lab.credential();
		const data = { ...fields, caCertificate: ca, signInWith: 'secret', mailbox: 'soc@example.com', verifyTls: true };
		return { ...data, proxy: '' } as IDataObject;
	}
	const search = (credential: IDataObject, parameters: IDataObject, items: INodeExecutionData[], goOn = false) =>
		run({
			node: new MailboxReader(),
			credential: ['emailIntelGraphApi', credential],
			parameters: {
				connection: 'graph',
				resource: 'message',
				operation: 'search',
				mailbox: '={{ $json.box }}',
				folder: { __rl: true, mode: 'path', value: '' },
				returnAll: true,
				criteria: {},
				...parameters,
			},
			items,
			goOn,
		});

	it('is that of each item; what returns nothing does not read the credential’s', async () => {
		const boxes = ['other@example.com', 'soc@example.com', 'Other@example.com', '', undefined];
		const items = boxes.map((box) => ({ json: { box } }));
		const { output } = await search(await graph(), {}, items, true);
		expect(output.map(({ subject, error }) => subject ?? error)).toEqual([
			'other@example.com',
			'soc@example.com',
			'other@example.com',
			'soc@example.com',
			"The expression in 'Mailbox' returns nothing for item 4 (counted from 0)",
		]);
	});

	it('a folder whose expression returns nothing does not mean the whole mailbox', async () => {
		const folder = { __rl: true, mode: 'path', value: '={{ $json.folder }}' };
		const items = [{ json: { folder: 'inbox' } }, { json: {} }];
		const { output } = await search(await graph(), { mailbox: '', folder }, items, true);
		expect(output[0]).toMatchObject({ subject: 'soc@example.com' });
		expect(output[1]).toEqual({
			error: "The expression in 'Folder' returns nothing for item 1 (counted from 0)",
			details: expect.any(String),
		});
	});

	it('of the trigger neither', async () => {
		const trigger = poller({
			types: { type: new GraphTrigger() },
			workflowId: 'own-connection',
			credentials: new FakeCredentials({ emailIntelGraphApi: (await graph()) as never }),
			pollNode: node(
				'Mail',
				'type',
				{ mailbox: '={{ $vars.missing }}', folder: { __rl: true, mode: 'path', value: 'inbox' } },
				{ credentials: { emailIntelGraphApi: { id: '1', name: 'g' } } },
			),
		});
		await expect(trigger.activate()).rejects.toThrow("The expression in 'Mailbox' returns nothing");
		expect(trigger.emitted).toEqual([]);
	});
});

describe('one pattern of all items', () => {
	const indicators = ['a.example', 'b.example'].map((value) => ({ type: 'domain-name', value }));
	const build = (parameters: IDataObject, items: IDataObject[], more: { goOn?: boolean } = {}) =>
		run({
			node: new StixPattern(),
			parameters: { operation: 'build', options: {}, ...parameters },
			items: items.map((json) => ({ json })),
			...more,
		});

	it('takes settings that are the same for all', async () => {
		const { output } = await build({ source: '={{ "items" }}', options: { combine: '={{ "sets" }}' } }, indicators);
		expect(output).toEqual([{ indicators, pattern: "[domain-name:value IN ('a.example', 'b.example')]" }]);
	});

	it.each([
		['Source', { source: '={{ $json.value === "a.example" ? "items" : "bundle" }}' }],
		['Options', { source: 'items', options: { combine: '={{ $json.value[0] === "a" ? "sets" : "comparisons" }}' } }],
	])('does not take those of the first item for the others: %s', async (label, parameters) => {
		const { error } = await build(parameters, indicators);
		expect(error?.message).toBe(`'${label}' has a different value for item 1 than for item 0`);
		// With "continue on fail" the input must not come out as if it were patterns.
		const { output } = await build(parameters, indicators, { goOn: true });
		expect(output).toEqual([
			{
				error: `'${label}' has a different value for item 1 than for item 0`,
				details: expect.stringContaining('without an expression'),
			},
		]);
	});

	it('a source for each item is no matter of all', async () => {
		const { output } = await build(
			{ source: '={{ $json.source }}', bundle: '={{ $json.bundle }}', indicators: '={{ $json.list }}' },
			[
				{ source: 'indicators', list: [indicators[0]!] },
				{ source: 'bundle', bundle: { objects: [{ id: 'domain-name--1', ...indicators[1] }] } },
			],
		);
		expect(output).toMatchObject([
			{ pattern: "[domain-name:value = 'a.example']" },
			{ pattern: "[domain-name:value = 'b.example']" },
		]);
	});
});
