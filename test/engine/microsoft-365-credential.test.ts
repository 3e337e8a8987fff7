import type { ICredentialTestFunctions, IDataObject } from 'n8n-workflow';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { Microsoft365Hunt } from '../../nodes/Microsoft365Hunt/Microsoft365Hunt.node';
import { LAB_CLIENT, LAB_SECRET, MicrosoftLab, type LabApp } from '../lab/graph';
import { DefenderLab, MessageTraceLab } from '../lab/hunting';
import { defenderTraffic, traceTraffic } from '../lab/scenario/microsoftTraffic';

const HUNT = 'ThreatHunting.Read.All';
const TRACE = 'ExchangeMessageTrace.Read.All';
const DEFENDER_NODE = 'Microsoft 365 Hunt: Defender';
const TRACE_NODE = 'Microsoft 365 Hunt: Message Trace';

let lab: MicrosoftLab;
let app: LabApp;
let defender: DefenderLab;
let trace: MessageTraceLab;

beforeEach(async () => {
	app = { clientId: LAB_CLIENT, secret: LAB_SECRET, roles: [] };
	lab = await MicrosoftLab.start({ apps: [app] });
	defender = new DefenderLab();
	defender.tables = defenderTraffic(Date.now());
	trace = new MessageTraceLab(Date.now);
	trace.traces = traceTraffic(Date.now());
	lab.graph.services.push(defender, trace);
});
afterEach(async () => {
	await lab.close();
});

/** What n8n shows after *Save*, for an application with these permissions. */
async function check(roles: string[], changes: IDataObject = {}) {
	app.roles = roles;
	const { ca, ...fields } = lab.credential();
	const data = { ...fields, caCertificate: ca, signInWith: 'secret', mailbox: '', ...changes };
	const { graphLogin } = new Microsoft365Hunt().methods.credentialTest;
	return await graphLogin.call({} as ICredentialTestFunctions, {
		id: '1',
		name: 'm365',
		type: 'emailIntelGraphApi',
		data: data as never,
	});
}

describe('the test of the credential of an application that only hunts', () => {
	it('needs no mailbox, asks Defender, and says which nodes work with it', async () => {
		expect(await check([HUNT])).toEqual({
			status: 'OK',
			message: `Connection successful. Application permissions: ${HUNT}. Works with: ${DEFENDER_NODE}. Not with: Microsoft 365 Mailbox Trigger (no mailbox to test); Mailbox Reader (no mailbox to test); ${TRACE_NODE} (needs ${TRACE}).`,
		});
		// All tables that a hunt needs, and whether they hold anything.
		expect(defender.queries).toHaveLength(2);
		for (const table of ['EmailEvents', 'EmailUrlInfo', 'EmailAttachmentInfo'])
			expect(defender.queries[0]).toContain(table);
		expect(trace.requests).toBe(0);
	});

	it('asks message trace once', async () => {
		const result = await check([TRACE]);
		expect(result).toMatchObject({ status: 'OK', message: expect.stringContaining(`Works with: ${TRACE_NODE}.`) });
		expect(result.message).toContain(`${DEFENDER_NODE} (needs ${HUNT})`);
		expect([trace.requests, defender.queries.length]).toEqual([1, 0]);
	});

	it('fails where nothing is permitted and no mailbox is given', async () => {
		expect(await check([])).toEqual({
			status: 'Error',
			message: expect.stringMatching(/^No node can use this credential: .* The token has no application permission/),
		});
		expect((await check(['User.Read.All'])).message).toContain('Application permissions: User.Read.All.');
	});

	it('sees a permission that was granted since the last sign-in', async () => {
		expect((await check([])).status).toBe('Error');
		expect((await check([HUNT, TRACE])).message).toContain(`Works with: ${DEFENDER_NODE}; ${TRACE_NODE}.`);
	});

	it('fails where what is permitted does not work, and says what does', async () => {
		trace.isProvisioned = false;
		const principal = await check([HUNT, TRACE]);
		expect(principal).toMatchObject({
			status: 'Error',
			message: expect.stringContaining(`Works with: ${DEFENDER_NODE}.`),
		});
		expect(principal.message).toMatch(
			/^Microsoft 365 Hunt: Message Trace does not work: .*New-MgServicePrincipal -AppId 8bd644d1/,
		);
		delete defender.tables.EmailUrlInfo;
		const table = await check([HUNT]);
		expect(table).toMatchObject({ status: 'Error', message: expect.stringContaining('no table EmailUrlInfo') });
	});

	it('says that tables which hold nothing will find nobody', async () => {
		defender.tables.EmailEvents = [];
		expect(await check([HUNT])).toMatchObject({
			status: 'OK',
			message: expect.stringContaining('EmailEvents holds no message at all'),
		});
	});

	it('says no more than why, where it cannot sign in', async () => {
		expect(await check([HUNT], { clientSecret: 'wrong' })).toEqual({
			status: 'Error',
			message: expect.stringMatching(/secret is wrong.*value, not its ID/),
		});
		expect((await check([HUNT], { tenant: 'common' })).message).toContain("'Tenant' must identify one organization");
		expect(defender.queries).toEqual([]);
	});
});

describe('the test of the credential of an application that reads a mailbox', () => {
	const mailbox = { mailbox: 'soc@example.com' };

	it('reads its folders, and says what would be needed to hunt', async () => {
		expect(await check(['Mail.Read'], mailbox)).toEqual({
			status: 'OK',
			message: `Connection successful, 7 folders found. Application permissions: Mail.Read. Works with: Microsoft 365 Mailbox Trigger; Mailbox Reader. Not with: ${DEFENDER_NODE} (needs ${HUNT}); ${TRACE_NODE} (needs ${TRACE}).`,
		});
	});

	it('works by a role of Exchange, which is in no token', async () => {
		app.rbac = ['soc@example.com'];
		expect(await check([], mailbox)).toMatchObject({
			status: 'OK',
			message: expect.stringMatching(
				/what Exchange assigns is in no token\. Works with: Microsoft 365 Mailbox Trigger/,
			),
		});
	});

	it('fails when the mailbox cannot be read, and says that hunts work all the same', async () => {
		const result = await check([HUNT], mailbox);
		expect(result).toMatchObject({ status: 'Error', message: expect.stringContaining("leave 'Mailbox' empty") });
		expect(result.message).toContain(`Works with: ${DEFENDER_NODE}.`);
	});

	it('reads the mailbox and tries the hunts', async () => {
		expect((await check(['Mail.Read', HUNT, TRACE], mailbox)).message).toMatch(
			/Works with: Microsoft 365 Mailbox Trigger; Mailbox Reader; Microsoft 365 Hunt: Defender; Microsoft 365 Hunt: Message Trace\.$/,
		);
	});
});

it('is the same whichever node n8n takes it from, and names nodes as they are called', async () => {
	const { graphLogin } = new GraphTrigger().methods.credentialTest;
	expect(graphLogin).toBe(new Microsoft365Hunt().methods.credentialTest.graphLogin);
	const { message } = await check(['Mail.Read'], { mailbox: 'soc@example.com' });
	for (const { description } of [new GraphTrigger(), new MailboxReader(), new Microsoft365Hunt()])
		expect(message).toContain(description.displayName);
});
