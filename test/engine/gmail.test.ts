import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { GoogleLab } from '../lab/google';
import { mail, type EmbeddedImapOptions } from '../lab/imap';
import { core, execute, FakeCredentials, additionalData, node, nodeTypes, poller, workflowPackage } from './engine';

const TYPE = 'n8n-nodes-email-intel.imapTrigger';
const CREDENTIAL = 'emailIntelGmailOAuth2Api';
const types = { [TYPE]: new ImapTrigger() };

let lab: GoogleLab;
let workflows = 0;
const start = async (options: EmbeddedImapOptions = {}) => (lab = await GoogleLab.start(options));
afterEach(async () => await lab.close());

const recent = (subject: string) => ({ raw: mail({ subject }), date: new Date() });
const subjects = (items: INodeExecutionData[] | undefined) => items?.map(({ json }) => json.subject);

function setting(credential: IDataObject = lab.credential(), parameters: IDataObject = {}) {
	return {
		types,
		workflowId: `gmail-${(workflows += 1)}`,
		credentials: new FakeCredentials({ [CREDENTIAL]: credential as never }),
		pollNode: node(
			'Mail',
			TYPE,
			{ authentication: 'gmailOAuth2', folder: { __rl: true, mode: 'path', value: 'INBOX' }, ...parameters },
			// n8n keeps one renewal in flight for each id.
			{ credentials: { [CREDENTIAL]: { id: `gmail-${workflows}`, name: 'SOC Gmail' } } },
		),
	};
}

const storedToken = (credentials: FakeCredentials) =>
	credentials.data[CREDENTIAL]!.oauthTokenData as { access_token: string };
const logins = () => lab.imap.commands.filter((line) => /^AUTHENTICATE XOAUTH2/i.test(line)).length;
const past = String(Date.now() - 1000);

describe('a Gmail mailbox with OAuth2', () => {
	it('is read at imap.gmail.com:993 with the stored token, without renewing it', async () => {
		await start({ messages: [recent('first')] });
		const trigger = poller(setting());
		await trigger.activate();
		lab.imap.append(recent('second'));
		await trigger.tick();
		expect(trigger.errors).toEqual([]);
		expect(trigger.emitted.map(subjects)).toEqual([['first'], ['second']]);
		expect(trigger.emitted[0]![0]!.json.source).toMatchObject({
			kind: 'gmail',
			mailbox: 'soc@example.com',
			folder: 'INBOX',
		});
		expect(new Set(lab.proxy.targets)).toEqual(new Set(['imap.gmail.com:993']));
		expect(lab.tokens.renewals).toBe(0);
	});

	it('has its token renewed by n8n when it is about to end, and n8n stores the new one', async () => {
		await start({ messages: [recent('renewed')] });
		const options = setting(lab.credential({ access_token: 'old', n8n_expires_at: String(Date.now() + 50_000) }));
		const trigger = poller(options);
		await trigger.activate();
		expect(trigger.emitted.map(subjects)).toEqual([['renewed']]);
		expect([lab.tokens.renewals, logins()]).toEqual([1, 1]);
		expect(storedToken(options.credentials).access_token).toBe('lab-access-token-2');
		await trigger.tick();
		expect(lab.tokens.renewals).toBe(1);
	});

	it('has a token that Gmail refuses renewed once', async () => {
		await start({ messages: [recent('again')] });
		const trigger = poller(setting(lab.credential({ access_token: 'revoked' })));
		await trigger.activate();
		expect(trigger.emitted.map(subjects)).toEqual([['again']]);
		expect([lab.tokens.renewals, logins()]).toEqual([1, 2]);
	});

	it('is told as refused when Gmail refuses the new token, too, and is not tried a third time', async () => {
		await start({ accessToken: 'another account' });
		await expect(poller(setting(lab.credential({ access_token: 'revoked' }))).activate()).rejects.toMatchObject({
			message: expect.stringMatching(/refused the OAuth2 token of soc@example\.com/),
			failure: { cause: 'credential-invalid' },
		});
		expect([lab.tokens.renewals, logins()]).toEqual([1, 2]);
	});

	it('whose account was never connected says so before anything is connected', async () => {
		await start();
		const { oauthTokenData: _none, ...credential } = lab.credential();
		await expect(poller(setting(credential)).activate()).rejects.toMatchObject({
			message: "The OAuth2 credential 'SOC Gmail' is not connected to an account",
			description: expect.stringMatching(/sign in with Google/),
			failure: { cause: 'credential-invalid' },
		});
		expect(lab.proxy.targets).toEqual([]);
	});

	it('whose grant is gone says that it must be connected again', async () => {
		await start();
		lab.tokens.fault = 'invalid_grant';
		await expect(poller(setting(lab.credential({ n8n_expires_at: past }))).activate()).rejects.toMatchObject({
			message: expect.stringMatching(/'SOC Gmail' could not be renewed: the account no longer grants access/),
			description: expect.stringMatching(/sign in with Google again.*7 days/),
			failure: { cause: 'credential-invalid' },
		});
		expect(logins()).toBe(0);
	});

	it('with a wrong client secret says so', async () => {
		await start();
		await expect(
			poller(setting({ ...lab.credential({ n8n_expires_at: past }), clientSecret: 'wrong' })).activate(),
		).rejects.toMatchObject({
			message: expect.stringMatching(/Google answered invalid_client/),
			failure: { cause: 'credential-invalid' },
		});
	});

	it('survives a token endpoint that is down at activation: the next poll delivers', async () => {
		await start({ messages: [recent('waiting')] });
		lab.tokens.fault = 'unavailable';
		const trigger = poller(setting(lab.credential({ n8n_expires_at: past })));
		await trigger.activate();
		await trigger.tick();
		expect(trigger.errors).toEqual([expect.objectContaining({ failure: { cause: 'temporarily-unavailable' } })]);
		expect(trigger.errors[0]!.message).toMatch(/could not be renewed/);
		delete lab.tokens.fault;
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['waiting']]);
	});

	it('never shows a token or a secret in an error', async () => {
		await start({ accessToken: 'another account' });
		const error = await poller(setting(lab.credential({ access_token: 'revoked-token-value' })))
			.activate()
			.then(
				() => undefined,
				(thrown: Error & { description?: string }) => thrown,
			);
		const text = `${error!.message} ${error!.description} ${JSON.stringify(error)}`;
		expect(text).not.toMatch(/revoked-token-value|lab-access-token|lab-refresh-token|lab-client-secret/);
	});

	it('is asked by the Test step, which moves nothing', async () => {
		await start({ messages: [recent('older'), recent('newest')] });
		const { pollNode, credentials } = setting(lab.credential({ n8n_expires_at: past }));
		const result = await execute({ types, nodes: [pollNode], connections: {}, credentials, startNode: 'Mail' });
		expect(subjects(result.output('Mail') ?? undefined)).toEqual(['newest']);
		expect(result.workflow.staticData).toEqual({});
	});

	it('lists its folders in the editor, renewing the token there, too', async () => {
		await start({ folders: ['Reports'] });
		const { pollNode, credentials } = setting(lab.credential({ n8n_expires_at: past }));
		const workflow = new workflowPackage.Workflow({
			id: 'w',
			nodes: [pollNode],
			connections: {},
			active: false,
			nodeTypes: nodeTypes(types),
		});
		const extra = additionalData({ mode: 'manual', workflowData: workflow, credentials });
		Object.assign(extra, { currentNodeParameters: pollNode.parameters });
		const context = new core.LoadOptionsContext(workflow, pollNode, extra, '');
		const { searchFolders } = types[TYPE].methods.listSearch;
		const { results } = await searchFolders.call(context, 'rep');
		expect(results).toEqual([{ name: 'Reports', value: 'Reports' }]);
		expect(lab.tokens.renewals).toBe(1);
	});
});
