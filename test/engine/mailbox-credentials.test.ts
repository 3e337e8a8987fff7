import { readFileSync } from 'node:fs';
import type { ICredentialTestFunctions } from 'n8n-workflow';
import { EmailIntelGmailOAuth2Api } from '../../credentials/EmailIntelGmailOAuth2Api.credentials';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { createCertificate, EmbeddedImap, type EmbeddedImapOptions } from '../lab/imap';

let server: EmbeddedImap | undefined;
afterEach(async () => {
	await server?.close();
	server = undefined;
});

describe('the test of the IMAP credential', () => {
	const { imapLogin } = new ImapTrigger().methods.credentialTest;

	async function check(changes: object = {}, options: EmbeddedImapOptions = {}) {
		server = await EmbeddedImap.start(options);
		const { host, port, user, password, ca } = server;
		const data = { host, port, user, password, security: 'none', verifyTls: true, caCertificate: ca ?? '', ...changes };
		return await imapLogin.call({} as ICredentialTestFunctions, {
			id: '1',
			name: 'imap',
			type: 'emailIntelImapApi',
			data: data as never,
		});
	}

	it('logs in for real and counts the folders', async () => {
		expect(await check({}, { folders: ['Reports'] })).toEqual({
			status: 'OK',
			message: 'Connection successful, 3 folders found',
		});
	});

	it('accepts a certificate of the own CA', async () => {
		expect(await check({ security: 'tls' }, { tls: await createCertificate() })).toMatchObject({ status: 'OK' });
	});

	it.each([
		['a wrong password', { password: 'wrong' }, /refused the user or password/],
		['an empty user', { user: ' ' }, /user is empty/],
		['a host that is a URL', { host: 'imap://127.0.0.1' }, /not a host name/],
		['TLS on a port without', { security: 'tls' }, /TLS/],
		['STARTTLS that is not offered', { security: 'starttls' }, /STARTTLS/],
	])('says what is wrong: %s', async (_what, changes, words) => {
		expect(await check(changes)).toMatchObject({ status: 'Error', message: expect.stringMatching(words) });
	});

	it('says when the certificate is from an unknown authority', async () => {
		const result = await check({ security: 'tls', caCertificate: '' }, { tls: await createCertificate() });
		expect(result).toMatchObject({ status: 'Error', message: expect.stringMatching(/CA/) });
	});
});

describe('the Gmail OAuth2 credential', () => {
	const credential = new EmailIntelGmailOAuth2Api();

	it("extends n8n's Google credential, so that n8n signs in and renews, with the only scope that Gmail takes for IMAP", () => {
		expect(credential.extends).toEqual(['googleOAuth2Api']);
		const scope = credential.properties.find(({ name }) => name === 'scope');
		expect(scope).toMatchObject({ type: 'hidden', default: 'https://mail.google.com/' });
	});

	it("is tested by the account's profile", () => {
		expect(credential.test.request).toEqual({
			baseURL: 'https://gmail.googleapis.com',
			url: '/gmail/v1/users/me/profile',
		});
	});

	it('cannot turn off the check of the certificate', () => {
		expect(credential.properties.map(({ name }) => name)).toEqual(['user', 'scope', 'caCertificate', 'proxy']);
	});
});

describe('the nodes', () => {
	it.each([
		[
			'IMAP Mailbox Trigger',
			new ImapTrigger().description,
			'authentication',
			{ password: 'emailIntelImapApi', gmailOAuth2: 'emailIntelGmailOAuth2Api' },
		],
		[
			'Mailbox Reader',
			new MailboxReader().description,
			'connection',
			{ imap: 'emailIntelImapApi', gmail: 'emailIntelGmailOAuth2Api', graph: 'emailIntelGraphApi' },
		],
	])('%s asks for exactly the credential of the chosen way', (_name, description, parameter, expected) => {
		const property = description.properties.find(({ name }) => name === parameter)!;
		for (const { value } of property.options as { value: string }[]) {
			const shown = description.credentials!.filter(({ displayOptions }) =>
				displayOptions!.show![parameter]!.includes(value as never),
			);
			expect([value, shown.map(({ name }) => name)]).toEqual([value, [expected[value as keyof typeof expected]]]);
		}
	});

	it('and their credentials are registered, so that n8n finds them', () => {
		const { n8n } = JSON.parse(readFileSync('package.json', 'utf8')) as {
			n8n: { nodes: string[]; credentials: string[] };
		};
		expect(n8n.nodes).toContain('dist/nodes/MailboxReader/MailboxReader.node.js');
		expect(n8n.credentials).toContain('dist/credentials/EmailIntelGmailOAuth2Api.credentials.js');
	});
});
