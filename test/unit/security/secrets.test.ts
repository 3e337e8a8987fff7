import { inspect } from 'node:util';
import { EsaClient } from '../../../lib/esa';
import { ImapMailbox } from '../../../lib/mailbox';
import { cloudOf, EntraTokens } from '../../../lib/microsoft';
import { createDispatcher } from '../../../lib/http';
import { OpenCtiClient } from '../../../lib/opencti';
import { Secrets } from '../../../lib/secrets';
import { startServer, type Handler } from '../../lab/http/server';
import { selfSigned, type Certificate } from '../../lab/tls/certificate';
import { ScriptedServer } from '../../lab/imap';
import { fastClock } from '../opencti/clock';

const open: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
	for (const resource of open.splice(0)) await resource.close();
});
const serve = async (handler: Handler, certificate?: Certificate) => {
	const server = await startServer(handler, certificate);
	open.push(server);
	return server.url;
};

/** Everything that hangs on an error, written out. */
async function told(promise: Promise<unknown>): Promise<string> {
	const error: unknown = await promise.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(Error);
	return inspect(error, { depth: 12, maxStringLength: null, showHidden: true });
}

/** A secret in the forms that a protocol gives it. */
function forms(secret: string): string[] {
	const base64 = Buffer.from(secret).toString('base64');
	return [
		secret,
		base64,
		secret.replace(/["\\]/g, '\\$&'),
		encodeURIComponent(secret),
		JSON.stringify(secret).slice(1, -1),
	];
}
function expectNone(text: string, secret: string): void {
	for (const form of forms(secret)) expect(text).not.toContain(form);
	for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{8,}={0,2}/g))
		expect(Buffer.from(run, 'base64').toString()).not.toContain(secret);
}

describe.each(['hunter2-hunter2', 'with "quotes" and \\', 'a b%c&d=e', 'pässwörd'])(
	'a server that says back what it was sent: the secret %s is in no error',
	(secret) => {
		it.each([
			['NO, the line', (line: string, tag: string) => `${tag} NO cannot do ${line}\r\n`],
			['BAD, the line', (line: string, tag: string) => `${tag} BAD [CLIENTBUG] did not understand '${line}'\r\n`],
			['NO, a line that is cut', (line: string, tag: string) => `${tag} NO ${'x'.repeat(150)} ${line}\r\n`],
			['BYE', (line: string) => `* BYE [UNAVAILABLE] after ${line}\r\n`],
		])('IMAP: %s', async (_how, answer) => {
			const sent = new Set<string>();
			const server = await ScriptedServer.start((socket) => {
				socket.write('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n');
				socket.on('data', (chunk: Buffer) => {
					for (const line of chunk.toString('latin1').split('\r\n').filter(Boolean)) {
						const [tag = ''] = line.split(' ', 1);
						sent.add(line);
						if (/ (?:LOGIN|AUTHENTICATE) /.test(line)) socket.write(answer(line.slice(tag.length + 1), tag), 'latin1');
						else socket.write(`${tag} OK done\r\n`);
					}
				});
			});
			open.push(server);
			const { host, port } = server;
			const mailbox = new ImapMailbox({ host, port, security: 'none', user: 'analyst@example.com', password: secret });
			open.unshift(mailbox);
			expectNone(await told(mailbox.test()), secret);
			expect([...sent].some((line) => / (?:LOGIN|AUTHENTICATE) /.test(line))).toBe(true);
		});

		it('the appliance, at the login and later', async () => {
			for (const status of [400, 401, 500]) {
				const url = await serve((request, response, body) => {
					response.statusCode = status;
					response.end(JSON.stringify({ error: { message: `cannot read ${body.toString()} of ${request.url}` } }));
				});
				const client = new EsaClient({ url, user: 'analyst', passphrase: secret, clock: fastClock() });
				open.unshift(client);
				expectNone(await told(client.test()), secret);
			}
		});

		it('Entra, also in the chain of causes', async () => {
			const certificate = await selfSigned();
			const asked: string[] = [];
			const url: string = await serve((request, response, body) => {
				asked.push(`${request.method} ${new URL(request.url!, 'https://x').pathname}`);
				response.setHeader('content-type', 'application/json');
				if (request.method === 'GET') {
					const base = `${url}/tenant.example/oauth2/v2.0`;
					const issuer = `${url}/tenant.example/v2.0`;
					const endpoints = { authorization_endpoint: base, token_endpoint: `${base}/token`, jwks_uri: base };
					response.end(JSON.stringify({ issuer, ...endpoints }));
					return;
				}
				response.statusCode = 400;
				const said = `AADSTS900144: ${body.toString()} and ${secret}`;
				response.end(JSON.stringify({ error: 'invalid_request', error_description: said }));
			}, certificate);
			const dispatcher = createDispatcher({ ca: certificate.cert });
			open.unshift({ close: async () => await dispatcher.destroy() });
			const tokens = new EntraTokens({
				tenant: 'tenant.example',
				clientId: '00000000-0000-0000-0000-000000000001',
				clientSecret: secret,
				cloud: cloudOf({ cloud: 'custom', authorityUrl: url, graphUrl: url }),
				dispatcher,
			});
			expectNone(await told(tokens.token()), secret);
			expect(asked).toContain('POST /tenant.example/oauth2/v2.0/token');
		});
	},
);

it('OpenCTI, or what stands before it: the token is in no error', async () => {
	const token = '5f2a6c3e-1111-4222-8333-444455556666';
	for (const [status, body] of [
		[200, JSON.stringify({ errors: [{ message: `bad header Bearer ${token}`, extensions: { code: 'X' } }] })],
		[418, JSON.stringify({ error: `who is ${token}?` })],
		[418, JSON.stringify({ error: `${'x'.repeat(280)} ${token}` })],
	] as const) {
		const url = await serve((_request, response) => {
			response.statusCode = status;
			response.end(body);
		});
		const client = new OpenCtiClient({ url, token, clock: fastClock() });
		open.unshift(client);
		const text = await told(client.test());
		expectNone(text, token);
		expect(text).not.toContain(token.slice(0, 12));
	}
});

describe('masking', () => {
	it('leaves what only looks alike: a short secret is masked where it stands by itself', () => {
		const secrets = new Secrets('abc', undefined, ' ');
		expect(secrets.mask('abcdef (abc) xabc abc')).toBe('abcdef (***) xabc ***');
		expect(new Secrets().mask('abc')).toBe('abc');
	});

	it('finds a secret in base64 that has more around it, wherever that begins', () => {
		for (const before of ['', 'a', 'ab', '\0user\0']) {
			const blob = Buffer.from(`${before}correct horse`).toString('base64');
			expect(new Secrets('correct horse').mask(`AUTHENTICATE PLAIN ${blob} refused`)).toBe(
				'AUTHENTICATE PLAIN *** refused',
			);
		}
	});

	it('ends with circles and depth', () => {
		const error = new Error('x correct horse', { cause: { texts: ['correct horse'] } }) as Error & { self?: unknown };
		error.self = error;
		expect(inspect(new Secrets('correct horse').maskIn(error), { depth: 9 })).not.toContain('correct horse');
	});
});
