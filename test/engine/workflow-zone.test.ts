import type { IDataObject, INodeExecutionData, INodeType } from 'n8n-workflow';
import { parseEmail } from '../../lib/email';
import { emailToBundle } from '../../lib/stix';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { EsaLab, generateTraffic } from '../lab/esa';
import { EmbeddedImap, mail } from '../lab/imap';
import { startOpenCti } from '../lab/opencti';
import { execute, FakeCredentials, node, type CredentialData } from './engine';

/*
 * n8n's date picker writes 2026-11-20T10:00:00, without a zone: 10:00 in the zone of the workflow is meant. It was once read in
 * the zone of the process, so that a workflow searched other hours, and made another report, after n8n was moved. No process can
 * be in both zones of these tests at once.
 */

const closing: Array<() => Promise<unknown>> = [];
afterEach(async () => await Promise.all(closing.splice(0).map((close) => close())));

const ZONES = { 'Europe/Berlin': '2026-11-20T09:00:00.000Z', 'America/Los_Angeles': '2026-11-20T18:00:00.000Z' };

async function run(
	type: INodeType,
	parameters: IDataObject,
	credentials: CredentialData,
	timezone: string,
	json: IDataObject = {},
) {
	const name = `n8n-nodes-email-intel.${type.description.name}`;
	const given = Object.fromEntries(Object.keys(credentials).map((one) => [one, { id: '1', name: 'c' }]));
	const result = await execute({
		types: { [name]: type },
		nodes: [node('Node', name, parameters, { credentials: given })],
		connections: {},
		credentials: new FakeCredentials(credentials),
		startNode: 'Node',
		startItems: [{ json }] as INodeExecutionData[],
		settings: { executionOrder: 'v1', timezone },
	});
	return { error: result.error(), items: result.output('Node') ?? [] };
}

describe.each(Object.entries(ZONES))('in a workflow of %s, 10:00 is %s', (zone, ten) => {
	const one = Date.parse(ten) + 3 * 3_600_000;
	const window = {
		window: 'times',
		start: '2026-11-20T10:00:00',
		stop: '={{ DateTime.fromISO("2026-11-20T13:00:00") }}',
	};

	/** A Cisco appliance, and the windows that it was asked for. */
	async function esa() {
		const lab = await EsaLab.start({ traffic: generateTraffic({ count: 1, from: one, durationMs: 1 }) });
		closing.push(async () => await lab.stop());
		const credential = { url: lab.url, product: 'ESA', user: 'admin', passphrase: 'Lab-Passphrase-1', verifyTls: true };
		const asked = () => {
			const query = new URLSearchParams(lab.requests.at(-1)!.query);
			return [query.get('startDate'), query.get('endDate')];
		};
		return { credentials: { emailIntelCiscoEsaApi: credential } as CredentialData, asked };
	}

	it('Cisco Secure Email, Search', async () => {
		const { credentials, asked } = await esa();
		const parameters = { operation: 'search', output: 'summary', ...window };
		expect((await run(new CiscoEsa(), parameters, credentials, zone)).error).toBeUndefined();
		expect(asked()).toEqual([ten, new Date(one).toISOString()]);
	});

	it('Cisco Secure Email, Search in quarantine', async () => {
		const { credentials, asked } = await esa();
		const parameters = { resource: 'quarantine', operation: 'search', quarantineType: 'spam', ...window };
		expect((await run(new CiscoEsa(), parameters, credentials, zone)).error).toBeUndefined();
		expect(asked()).toEqual([ten, new Date(one).toISOString()]);
	});

	it('OpenCTI, Create From Bundle and Find: the same report', async () => {
		const platform = await startOpenCti();
		closing.push(async () => await platform.close());
		const credentials = { emailIntelOpenCtiApi: { url: platform.url, token: platform.token } } as CredentialData;
		const email = await parseEmail(Buffer.from('From: a@b.example\r\nSubject: s\r\n\r\nx\r\n'));
		const bundle = emailToBundle(email, { include: { report: false } }) as unknown as IDataObject;
		const options = { name: 'A hunt', published: '2026-11-20T10:00:00' };
		const create = { resource: 'report', operation: 'createFromBundle', bundle: '={{ $json.bundle }}', options };
		expect((await run(new OpenCti(), create, credentials, zone, { bundle })).error).toBeUndefined();
		for (const published of ['2026-11-20 10:00', '={{ DateTime.fromISO("2026-11-20T10:00:00") }}', ten]) {
			const find = { resource: 'report', operation: 'find', by: 'name', reportName: 'A hunt', published };
			const { items } = await run(new OpenCti(), find, credentials, zone);
			expect(items.map(({ json }) => json)).toMatchObject([{ found: true, report: { published: ten } }]);
		}
	});

	it('Mailbox Reader, Search', async () => {
		const messages = [-1, 1].map((minutes) => ({
			raw: mail({ subject: minutes < 0 ? 'before' : 'after' }),
			date: new Date(Date.parse(ten) + minutes * 60_000),
		}));
		const server = await EmbeddedImap.start({ messages });
		closing.push(async () => await server.close());
		const { host, port, user, password } = server;
		const credentials = { emailIntelImapApi: { host, port, user, password, security: 'none', verifyTls: true } };
		const folder = { __rl: true, mode: 'path', value: 'INBOX' };
		const search = { resource: 'message', operation: 'search', connection: 'imap', returnAll: true, folder };
		const found = async (criteria: IDataObject) =>
			(await run(new MailboxReader(), { ...search, criteria }, credentials as CredentialData, zone)).items.map(
				({ json }) => json.subject,
			);
		expect(await found({ since: '2026-11-20T10:00:00' })).toEqual(['after']);
		expect(await found({ before: '2026-11-20 10:00' })).toEqual(['before']);
	});
});

describe('what can be read in two ways, or in none, is refused with the way to write it', () => {
	const esa = { emailIntelCiscoEsaApi: { url: 'https://127.0.0.1:1', product: 'ESA', user: 'u', passphrase: 'p' } };
	const opencti = { emailIntelOpenCtiApi: { url: 'https://127.0.0.1:1', token: 't' } };
	const imap = { emailIntelImapApi: { host: '127.0.0.1', port: 1, user: 'u', password: 'p', security: 'none' } };
	const search = {
		operation: 'search',
		output: 'summary',
		window: 'times',
		start: '2026-11-19',
		stop: '2026-11-20',
	};
	const held = { ...search, resource: 'quarantine', quarantineType: 'spam' };
	const inbox = { __rl: true, mode: 'path', value: 'INBOX' };
	const read = { resource: 'message', operation: 'search', connection: 'imap', returnAll: true, folder: inbox };
	const find = { resource: 'report', operation: 'find', by: 'name', reportName: 'A hunt' };
	const create = { resource: 'report', operation: 'createFromBundle', bundle: '{"type":"bundle","objects":[]}' };
	const cases: Array<[string, string, INodeType, CredentialData, (value: string) => IDataObject]> = [
		['Cisco, Search', 'From', new CiscoEsa(), esa, (start) => ({ ...search, start })],
		['Cisco, Search', 'To', new CiscoEsa(), esa, (stop) => ({ ...search, stop })],
		['Cisco, quarantine', 'From', new CiscoEsa(), esa, (start) => ({ ...held, start })],
		['Mailbox Reader', 'Received Since', new MailboxReader(), imap, (since) => ({ ...read, criteria: { since } })],
		['Mailbox Reader', 'Received Before', new MailboxReader(), imap, (before) => ({ ...read, criteria: { before } })],
		['Find', 'Published', new OpenCti(), opencti, (published) => ({ ...find, published })],
		['From Bundle', 'Published', new OpenCti(), opencti, (published) => ({ ...create, options: { published } })],
	];

	it.each(cases)('%s, %s', async (_node, label, type, credentials, parameters) => {
		for (const value of ['yesterday', '2026', '11/12/2026', '2026-02-30', '={{ Date.now() }}']) {
			const { error } = await run(type, parameters(value), credentials, 'Europe/Berlin');
			expect(error).toMatchObject({
				name: 'NodeOperationError',
				message: expect.stringContaining(`'${label}' must be a date and time, but it is`),
				description: expect.stringMatching(/such as 2026-11-20, [^(]*\(SETTING_INVALID\)$/),
			});
		}
	});
});
