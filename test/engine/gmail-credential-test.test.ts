import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { ICredentialDataDecryptedObject, INodeType } from 'n8n-workflow';
import { EmailIntelGmailOAuth2Api } from '../../credentials/EmailIntelGmailOAuth2Api.credentials';
import { GoogleLab } from '../lab/google';
import { additionalData, core, FakeCredentials, node, nodeTypes, workflowPackage } from './engine';

const TYPE = 'emailIntelGmailOAuth2Api';
const credential = new EmailIntelGmailOAuth2Api();

/** What n8n does at "Test" and after "Sign in": the declared request, by its routing engine, signed with the account's token. */
async function runTest(data: object) {
	const tested = {
		description: {
			displayName: 'Tested',
			name: 'tested',
			group: ['input'],
			version: 1,
			description: '',
			defaults: {},
			inputs: [],
			outputs: [],
			credentials: [{ name: TYPE, required: true }],
			properties: [
				{
					displayName: 'Temp',
					name: 'temp',
					type: 'string',
					default: '',
					routing: { request: credential.test.request },
				},
			],
		},
	} as unknown as INodeType;
	const id = `gmail-test-${(tests += 1)}`;
	const pollNode = node('Temp-Node', 'tested', {}, { credentials: { [TYPE]: { id, name: 'SOC Gmail' } } });
	const credentials = new FakeCredentials(
		{ [TYPE]: structuredClone(data) as ICredentialDataDecryptedObject },
		{
			[TYPE]: credential,
			googleOAuth2Api: { name: 'googleOAuth2Api', displayName: '', properties: [], extends: ['oAuth2Api'] },
		},
	);
	const workflow = new workflowPackage.Workflow({
		nodes: [pollNode],
		connections: {},
		active: false,
		nodeTypes: nodeTypes({ tested }),
	});
	const extra = additionalData({ mode: 'manual', workflowData: workflow, credentials });
	const context = new core.ExecuteContext(
		workflow,
		pollNode,
		extra,
		'internal',
		workflowPackage.createRunExecutionData({}),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node: pollNode, data: {}, source: null },
		[],
	);
	const stored = { id, name: 'SOC Gmail', type: TYPE, data: credentials.data[TYPE]! };
	const answer = await new core.RoutingNode(context, tested, stored).runNode();
	return { profile: answer![0]![0]!.json, token: credentials.data[TYPE]!.oauthTokenData as { access_token: string } };
}

let tests = 0;
let lab: GoogleLab;
const trusted = getCACertificates('default');
const proxy = process.env['HTTPS_PROXY'];
beforeEach(async () => {
	lab = await GoogleLab.start();
	// n8n reaches Google as it does behind a company's proxy: Google's address is the declared one.
	setDefaultCACertificates([...trusted, lab.imap.ca!]);
	process.env['HTTPS_PROXY'] = `http://127.0.0.1:${lab.proxy.port}`;
});
afterEach(async () => {
	setDefaultCACertificates(trusted);
	if (proxy === undefined) delete process.env['HTTPS_PROXY'];
	else process.env['HTTPS_PROXY'] = proxy;
	await lab.close();
});

describe('the test of the Gmail OAuth2 credential, by n8n', () => {
	it("asks gmail.googleapis.com for the account's profile with its token", async () => {
		const { profile } = await runTest(lab.credential());
		expect(profile).toMatchObject({ emailAddress: 'soc@example.com' });
		expect(lab.api.requests).toEqual([
			{ line: 'GET gmail.googleapis.com/gmail/v1/users/me/profile', token: 'lab-access-token-2' },
		]);
		expect(lab.proxy.targets).toEqual(['gmail.googleapis.com:443']);
		expect(lab.tokens.renewals).toBe(0);
	});

	it('has a token that Google refuses renewed, stored, and the request repeated', async () => {
		const { profile, token } = await runTest(lab.credential({ access_token: 'ended' }));
		expect(profile).toMatchObject({ emailAddress: 'soc@example.com' });
		expect(lab.api.requests.map((request) => request.token)).toEqual(['ended', 'lab-access-token-2']);
		expect([lab.tokens.renewals, token.access_token]).toEqual([1, 'lab-access-token-2']);
	});

	it('fails when the account no longer grants access', async () => {
		lab.tokens.fault = 'invalid_grant';
		await expect(runTest(lab.credential({ access_token: 'revoked' }))).rejects.toThrow(
			/"SOC Gmail" needs to be reconnected/,
		);
	});

	it('fails, with what Google says, in a project whose Gmail API is switched off', async () => {
		lab.api.disabled = true;
		await expect(runTest(lab.credential())).rejects.toMatchObject({
			httpCode: '403',
			description: expect.stringContaining('Gmail API has not been used in project'),
		});
	});
});
