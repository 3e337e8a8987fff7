import { generateKeyPairSync, X509Certificate, createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { GraphMailbox, type GraphMailboxOptions, type MailboxError } from '../../../lib/mailbox';
import { forgetTokens, readCertificate } from '../../../lib/microsoft';
import { LAB_SECRET, MicrosoftLab } from '../../lab/graph';

const clock = { now: () => Date.now(), sleep: async () => undefined, random: () => 0 };

interface Pair {
	certificate: string;
	privateKey: string;
}

async function makeCertificate(days = 30): Promise<Pair> {
	const notAfterDate = new Date(Date.now() + days * 86_400_000);
	const notBeforeDate = new Date(Date.now() - 60 * 86_400_000);
	const pems = await generate([{ name: 'commonName', value: 'email-intel' }], {
		keySize: 2048,
		algorithm: 'sha256',
		notBeforeDate,
		notAfterDate,
	});
	return { certificate: pems.cert, privateKey: pems.private };
}

/** The credential test of the lab's mailbox, with these settings. */
async function test365(lab: MicrosoftLab, options: Partial<GraphMailboxOptions> = {}): Promise<number> {
	const mailbox = new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com', clock, ...options });
	try {
		return (await mailbox.test()).folders.length;
	} finally {
		await mailbox.close();
	}
}

async function failure(promise: Promise<unknown>): Promise<MailboxError> {
	const error: unknown = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (error === undefined) throw new Error('it should have failed');
	return error as MailboxError;
}

describe('signing in to Microsoft 365', () => {
	let lab: MicrosoftLab;
	let pair: Pair;
	beforeAll(async () => {
		pair = await makeCertificate();
	});
	beforeEach(async () => {
		forgetTokens();
		lab = await MicrosoftLab.start();
		const box = lab.graph.mailbox('soc@example.com');
		box.deliver(box.folder('inbox'), {});
	});
	afterEach(async () => await lab.close());
	const app = () => lab.entra.options.apps[0]!;

	describe('with MSAL against a real HTTPS authority', () => {
		it('a client secret with characters that a form has to encode', async () => {
			expect(await test365(lab)).toBe(7);
			expect(lab.entra.counts).toEqual({ discovery: 1, token: 1 });
			expect(lab.entra.lastFields).toContain('client_secret');
		});

		it('a certificate: PS256 with the thumbprint computed from the PEM', async () => {
			app().certificates = [pair.certificate];
			expect(await test365(lab, { clientSecret: undefined, certificate: pair })).toBe(7);
			expect(lab.entra.lastFields).toContain('client_assertion');
			expect(lab.entra.lastFields).not.toContain('client_secret');
		});

		it('a certificate whose key is encrypted', async () => {
			app().certificates = [pair.certificate];
			const { createPrivateKey } = await import('node:crypto');
			const privateKey = createPrivateKey(pair.privateKey)
				.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'horse battery' })
				.toString();
			expect(
				await test365(lab, {
					clientSecret: undefined,
					certificate: { certificate: pair.certificate, privateKey, passphrase: 'horse battery' },
				}),
			).toBe(7);
		});

		it('a tenant given by its domain', async () => {
			expect(await test365(lab, { tenant: 'example.onmicrosoft.com' })).toBe(7);
		});

		it('one token serves all polls and mailboxes of a credential, also when asked for at once', async () => {
			await Promise.all([test365(lab), test365(lab), test365(lab)]);
			await test365(lab);
			expect(lab.entra.counts.token).toBe(1);
		});

		it('another secret is another token', async () => {
			await test365(lab);
			expect((await failure(test365(lab, { clientSecret: 'other' }))).code).toBe('MAILBOX_LOGIN_REFUSED');
		});

		it('a token is renewed before it ends', async () => {
			lab.entra.expiresIn = 200;
			await test365(lab);
			await test365(lab);
			// Less than 300 s are left of each: every request needs a new one.
			expect(lab.entra.counts.token).toBeGreaterThan(2);
		});

		it('a token that Graph refuses is replaced once', async () => {
			await test365(lab);
			lab.graph.faults.push({ kind: 'unauthorized' });
			expect(await test365(lab)).toBe(7);
			expect(lab.entra.counts.token).toBe(2);
		});
	});

	it('sign-in and Graph go through the same proxy, with its password', async () => {
		const tunnels: string[] = [];
		const proxy = createServer((_request, response) => response.writeHead(405).end());
		proxy.on('connect', (request, client: Socket) => {
			if (request.headers['proxy-authorization'] !== `Basic ${Buffer.from('n8n:p@ss').toString('base64')}`) {
				client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
				return;
			}
			tunnels.push(request.url!);
			const [host, port] = request.url!.split(':');
			const server = connect(Number(port), host, () => {
				client.write('HTTP/1.1 200 OK\r\n\r\n');
				server.pipe(client).pipe(server);
			});
			for (const socket of [client, server]) socket.on('error', () => undefined);
		});
		await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
		const { port } = proxy.address() as AddressInfo;
		try {
			expect(await test365(lab, { proxy: `http://n8n:p%40ss@127.0.0.1:${port}` })).toBe(7);
			expect(new Set(tunnels)).toEqual(new Set([new URL(lab.authorityUrl).host, new URL(lab.graphUrl).host]));
			forgetTokens();
			const error = await failure(test365(lab, { proxy: `http://n8n:wrong@127.0.0.1:${port}` }));
			expect(error.code).toBe('MAILBOX_PROXY');
			expect(`${error.message} ${error.hint}`).not.toContain('wrong');
		} finally {
			proxy.closeAllConnections();
			proxy.close();
		}
	});

	describe('when it does not work, the reason', () => {
		const cases: Array<[name: string, options: Partial<GraphMailboxOptions>, code: string, words: RegExp]> = [
			['a wrong secret', { clientSecret: 'the-secret-id' }, 'MAILBOX_LOGIN_REFUSED', /secret is wrong.*AADSTS7000215/],
			[
				'an unknown tenant',
				{ tenant: '99999999-2222-4333-8444-555555555555' },
				'MAILBOX_CONFIGURATION',
				/tenant was not found/,
			],
			[
				'an unknown application',
				{ clientId: '99999999-bbbb-4ccc-8ddd-eeeeeeeeeeee' },
				'MAILBOX_LOGIN_REFUSED',
				/application does not exist.*AADSTS700016/,
			],
			["the tenant 'common'", { tenant: 'common' }, 'MAILBOX_CONFIGURATION', /one organization/],
			[
				'neither secret nor certificate',
				{ clientSecret: undefined },
				'MAILBOX_CONFIGURATION',
				/client secret or a certificate is required/,
			],
			[
				'a Graph address of another cloud',
				{ graphUrl: 'https://graph.example.com' },
				'MAILBOX_CONFIGURATION',
				/does not know the Graph URL/,
			],
			['an authority without https', { authorityUrl: 'http://127.0.0.1' }, 'MAILBOX_CONFIGURATION', /authority URL/],
			[
				'an authority that nobody answers at',
				{ authorityUrl: 'https://127.0.0.1:9' },
				'MAILBOX_UNREACHABLE',
				/127\.0\.0\.1:9.*ECONNREFUSED/,
			],
			[
				'an authority whose name is unknown',
				{ authorityUrl: 'https://authority.invalid' },
				'MAILBOX_UNREACHABLE',
				/authority\.invalid/,
			],
			['a CA that is not trusted', { ca: undefined }, 'MAILBOX_TLS', /certificate|TLS/],
			['an empty mailbox', { mailbox: ' ' }, 'MAILBOX_CONFIGURATION', /Mailbox/],
			['a user that does not exist', { mailbox: 'nobody@example.com' }, 'MAILBOX_CONFIGURATION', /user does not exist/],
			[
				'a guest without a mailbox',
				{ mailbox: 'guest@example.com' },
				'MAILBOX_CONFIGURATION',
				/no Exchange Online mailbox/,
			],
		];
		it.each(cases)('%s', async (_name, options, code, words) => {
			const error = await failure(test365Now(options));
			expect({ code: error.code, message: error.message }).toEqual({ code, message: expect.stringMatching(words) });
			expect(error.hint).toMatch(/\w{3}/);
			expect(`${error.message} ${error.hint}`).not.toContain(LAB_SECRET);
		});
		const test365Now = async (options: Partial<GraphMailboxOptions>) => await test365(lab, options);

		it('an expired secret', async () => {
			app().secretExpired = true;
			expect((await failure(test365(lab))).message).toMatch(/secret has expired.*AADSTS7000222/);
		});

		it('a certificate that is not registered, or not this key', async () => {
			const other = await makeCertificate();
			app().certificates = [other.certificate];
			expect((await failure(test365(lab, { clientSecret: undefined, certificate: pair }))).message).toMatch(
				/certificate was not accepted.*AADSTS700027/,
			);
			const mixed = await failure(
				test365(lab, {
					clientSecret: undefined,
					certificate: { certificate: other.certificate, privateKey: pair.privateKey },
				}),
			);
			expect(mixed.message).toMatch(/does not belong to the certificate/);
		});

		it('a certificate that has expired is told before Entra is asked', async () => {
			const old = await makeCertificate(-10);
			expect((await failure(test365(lab, { clientSecret: undefined, certificate: old }))).message).toMatch(
				/certificate expired on \d{4}-\d\d-\d\d/,
			);
			expect(lab.entra.counts.token).toBe(0);
		});

		it('no permission, and a mailbox outside the scope, are told apart by what the token says', async () => {
			app().roles = [];
			expect((await failure(test365(lab))).hint).toMatch(
				/grant the application permission Mail\.Read.*outside the scope/,
			);
			forgetTokens();
			app().roles = ['Mail.Read'];
			app().policy = ['other@example.com'];
			const error = await failure(test365(lab));
			expect(error.code).toBe('MAILBOX_NOT_ALLOWED');
			expect(error.hint).toMatch(/has Mail\.Read, so this mailbox is outside its scope/);
		});

		it('RBAC for Applications: no role is in the token, and reading works', async () => {
			app().roles = [];
			app().rbac = ['soc@example.com'];
			expect(await test365(lab)).toBe(7);
		});

		it('Mail.ReadBasic lists folders and cannot read messages', async () => {
			app().roles = ['Mail.ReadBasic.All'];
			expect((await failure(test365(lab))).hint).toMatch(/only has Mail\.ReadBasic.*Grant it Mail\.Read/);
		});

		it('a token that Graph refuses twice: the wrong cloud', async () => {
			lab.graph.faults.push({ kind: 'unauthorized', times: 9 });
			const error = await failure(test365(lab));
			expect(error.code).toBe('MAILBOX_LOGIN_REFUSED');
			expect(error.hint).toMatch(/cloud is wrong/);
		});
	});

	describe('when Entra is in trouble', () => {
		it('it is asked again with a new MSAL application, which would else answer from memory for a minute', async () => {
			lab.entra.faults.push({ kind: 'unavailable' });
			expect(await test365(lab)).toBe(7);
			lab.entra.faults.push({ kind: 'throttled', retryAfter: 5 });
			forgetTokens();
			expect(await test365(lab)).toBe(7);
		});

		it('a long Retry-After ends the attempt and is passed on', async () => {
			lab.entra.faults.push({ kind: 'throttled', retryAfter: 600 });
			const error = await failure(test365(lab));
			expect(error).toMatchObject({ code: 'MAILBOX_THROTTLED', transient: true, retryAfterMs: 600_000 });
			expect(lab.entra.counts.token).toBe(1);
		});

		it('a connection that breaks, and a proxy page in its place', async () => {
			lab.entra.faults.push({ kind: 'drop' }, { kind: 'drop' }, { kind: 'drop' });
			expect(await failure(test365(lab))).toMatchObject({ code: 'MAILBOX_UNREACHABLE', transient: true });
			lab.entra.faults.push({ kind: 'html' }, { kind: 'html' }, { kind: 'html' });
			expect(await failure(test365(lab))).toMatchObject({
				code: 'MAILBOX_UNAVAILABLE',
				message: expect.stringMatching(/did not answer like Entra/),
			});
		});
	});
});

describe('reading a pasted certificate', () => {
	it('the thumbprint is the SHA-256 of the DER bytes, in the only form that MSAL sends rightly', async () => {
		const pair = await makeCertificate();
		const { thumbprintSha256 } = readCertificate({
			certificate: `Bag Attributes\n  x: y\n${pair.certificate}\n`,
			privateKey: pair.privateKey,
		});
		expect(thumbprintSha256).toBe(createHash('sha256').update(new X509Certificate(pair.certificate).raw).digest('hex'));
	});

	it('certificate and key may come in one text', async () => {
		const pair = await makeCertificate();
		const both = `${pair.privateKey}\n${pair.certificate}`;
		expect(readCertificate({ certificate: both, privateKey: both }).privateKey).toContain('BEGIN PRIVATE KEY');
	});

	it('what cannot be used is said, and no byte of the key with it', async () => {
		const pair = await makeCertificate();
		const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })
			.privateKey.export({ type: 'pkcs8', format: 'pem' })
			.toString();
		const encrypted = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIC\n-----END ENCRYPTED PRIVATE KEY-----';
		const cases: Array<[credential: Parameters<typeof readCertificate>[0], words: RegExp]> = [
			[{ ...pair, certificate: 'MIIC' }, /certificate is not in PEM format/],
			[
				{ ...pair, certificate: '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----' },
				/certificate cannot be read/,
			],
			[{ ...pair, privateKey: 'MIIC' }, /private key is not in PEM format/],
			[{ ...pair, privateKey: encrypted }, /private key is encrypted/],
			[{ ...pair, privateKey: encrypted, passphrase: 'x' }, /cannot be decrypted/],
			[{ ...pair, privateKey: elliptic }, /its type is ec/],
		];
		for (const [credential, words] of cases) expect(() => readCertificate(credential)).toThrow(words);
	});
});
