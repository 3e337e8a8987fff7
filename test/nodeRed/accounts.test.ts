import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GoogleLab } from '../lab/google';
import { withAccounts } from '../lab/nodeRed/flows';
import { describeNodeRed, NodeRed } from '../lab/nodeRed/helper';
import type { FlowEntry } from '../lab/nodeRed/server';
import { Peers } from '../lab/nodeRed/world';

const KINDS = ['imap', 'opencti', 'cisco', 'microsoft'] as const;

/** A proxy through which all mail servers are the lab's, and plain requests go where they say. */
async function startProxy(mailPort: number): Promise<{ url: string; close(): Promise<void> }> {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { method, headers } = request;
			const type = { 'content-type': headers['content-type'] ?? '' };
			void fetch(request.url!, { method: method!, headers: type, body: Buffer.concat(chunks) }).then(async (answer) =>
				response.writeHead(answer.status).end(await answer.text()),
			);
		});
	});
	server.on('connect', (_request, client) => {
		const upstream = connect(mailPort, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			upstream.pipe(client).pipe(upstream);
		});
		for (const end of [client, upstream]) end.on('error', () => end.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

describeNodeRed('accounts', () => {
	let red: NodeRed;
	let peers: Peers;
	beforeEach(async () => {
		red = new NodeRed();
		peers = await Peers.start({ messages: [], folders: ['Reports'] });
	});
	afterEach(async () => {
		await red.unload();
		await peers.close();
	});

	const accounts = (): FlowEntry[] =>
		withAccounts(
			KINDS.map((kind) => ({ id: `account-${kind}`, type: `email-intel-${kind}` })),
			peers.accounts,
		);
	/** What the editor sends: the fields of the dialog, and of each secret that it was not told that it is unchanged. */
	const edited = (kind: string, more: object = {}) => {
		const { credentials, ...fields } = accounts().find(({ type }) => type === `email-intel-${kind}`)!;
		const unchanged = Object.fromEntries(Object.keys(credentials as object).map((name) => [name, '__PWRD__']));
		return { id: `account-${kind}`, fields, credentials: { ...unchanged, ...more } };
	};

	it.each([
		['imap', /3 folders found/],
		['opencti', /^OpenCTI .* signed in as /],
		['cisco', /^Login accepted/],
		['microsoft', /folders found/],
	])('%s: Test logs in with the stored secret', async (kind, message) => {
		await red.load(accounts());
		expect(await red.ask(`/email-intel/${kind}/test`, edited(kind))).toEqual({
			ok: true,
			message: expect.stringMatching(message),
		});
	});

	it.each([
		['imap', 'password', /MAILBOX_LOGIN_REFUSED/],
		['opencti', 'token', /OPENCTI_/],
		['cisco', 'passphrase', /ESA_LOGIN_REFUSED/],
		['microsoft', 'clientSecret', /MAILBOX_LOGIN_REFUSED/],
	])('%s: Test says what is wrong with another secret, and not which', async (kind, secret, code) => {
		await red.load(accounts());
		const answer = await red.ask(`/email-intel/${kind}/test`, edited(kind, { [secret]: 'wrong-and-secret' }));
		expect(answer).toEqual({ ok: false, message: expect.stringMatching(code) });
		expect(JSON.stringify(answer)).not.toContain('wrong-and-secret');
	});

	it('Test works before the account is deployed', async () => {
		await red.load([]);
		const { fields } = edited('imap');
		const body = { id: 'new', fields, credentials: { password: peers.imap.password } };
		expect(await red.ask('/email-intel/imap/test', body)).toMatchObject({ ok: true });
	});

	it('the secret of another kind of account is not used', async () => {
		await red.load(accounts());
		const answer = await red.ask('/email-intel/imap/test', { ...edited('imap'), id: 'account-opencti' });
		expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('MAILBOX_CONFIGURATION') });
	});

	it.each([[undefined], [[]], ['x'], [{ fields: 7, credentials: 'x' }], [{ id: { a: 1 }, fields: { host: 5 } }]])(
		'a request that is none is an answer: %j',
		async (body) => {
			await red.load([]);
			for (const kind of KINDS)
				expect(await red.ask(`/email-intel/${kind}/test`, body as object)).toMatchObject({
					ok: false,
					message: expect.any(String),
				});
		},
	);

	it('the list of folders is live', async () => {
		await red.load(accounts());
		expect(await red.ask('/email-intel/imap/folders', edited('imap'))).toMatchObject({
			ok: true,
			folders: expect.arrayContaining([
				{ path: 'INBOX', value: 'INBOX' },
				{ path: 'Reports', value: 'Reports' },
			]),
			isCut: false,
		});
		expect(await red.ask('/email-intel/microsoft/folders', edited('microsoft'))).toMatchObject({
			folders: expect.arrayContaining([{ path: expect.any(String), value: 'inbox' }]),
		});
	});

	it('Gmail signs in with a grant', async () => {
		const google = await GoogleLab.start({ messages: [] });
		try {
			await red.load([]);
			const proxy = await startProxy(google.imap.port);
			const { user, caCertificate, accessTokenUrl, clientId, clientSecret } = google.credential();
			const { refreshToken } = google.tokens.options;
			const fields = { user, caCertificate, clientId, tokenUrl: accessTokenUrl };
			const credentials = { clientSecret, refreshToken, proxy: proxy.url };
			const answer = await red.ask('/email-intel/gmail/test', { id: 'new', fields, credentials });
			expect(answer).toMatchObject({ ok: true, message: expect.stringContaining('folders found') });
			expect(google.tokens.renewals).toBe(1);
			await proxy.close();
		} finally {
			await google.close();
		}
	});

	it('need the right to change flows', () => {
		const source = readFileSync(join(__dirname, '../../node-red/shared/accounts.ts'), 'utf8');
		expect(source.match(/httpAdmin\.post\(/g)).toHaveLength(3);
		expect(source.match(/httpAdmin\.post\(\s*`[^`]+`,\s*allowed,/g)).toHaveLength(3);
		expect(source).toContain("const allowed = RED.auth.needsPermission('flows.write');");
	});
});
