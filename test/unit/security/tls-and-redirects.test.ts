import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { EsaClient } from '../../../lib/esa';
import { HttpClient, HttpError } from '../../../lib/http';
import { ImapMailbox } from '../../../lib/mailbox';
import { OpenCtiClient } from '../../../lib/opencti';
import { MiB } from '../../../lib/units';
import { startServer, type Handler } from '../../lab/http/server';
import { EmbeddedImap, startHttpProxy, startSocksProxy } from '../../lab/imap';
import { selfSigned, type Certificate } from '../../lab/tls/certificate';
import { fastClock } from '../opencti/clock';

const open: Array<{ close(): Promise<void> }> = [];
const kept = <T extends { close(): Promise<void> }>(resource: T): T => {
	open.unshift(resource);
	return resource;
};
afterEach(async () => {
	for (const resource of open.splice(0)) await resource.close();
});
const serve = async (handler: Handler, tls?: Certificate) => kept(await startServer(handler, tls));

describe('TLS is checked behind a proxy, too: a certificate of another host ends it, and no secret is sent', () => {
	it.each(['http', 'socks5'] as const)('HTTPS through a proxy of %s', async (kind) => {
		const other = await selfSigned('other.example');
		let asked = 0;
		const server = await serve((_request, response) => {
			asked++;
			response.end('{}');
		}, other);
		const proxy = kept(kind === 'http' ? await startHttpProxy() : await startSocksProxy());
		const http = kept(
			new HttpClient(`https://localhost:${server.port}`, {
				ca: other.cert,
				proxy: `${kind}://127.0.0.1:${proxy.port}`,
				headers: { authorization: 'Bearer the-token' },
				maxTries: 1,
			}),
		);
		await expect(http.request({ path: '/' })).rejects.toMatchObject({ code: 'HTTP_TLS' });
		expect(proxy.targets).toEqual([`localhost:${server.port}`]);
		expect(asked).toBe(0);
	});

	it.each(['http', 'socks5'] as const)('IMAP through a proxy of %s', async (kind) => {
		const other = await selfSigned('other.example');
		const server = kept(await EmbeddedImap.start({ tls: other } as never));
		const proxy = kept(kind === 'http' ? await startHttpProxy() : await startSocksProxy());
		const mailbox = kept(
			new ImapMailbox({
				host: 'localhost',
				port: server.port,
				security: 'tls',
				user: server.user,
				password: server.password,
				ca: other.cert,
				proxy: `${kind}://127.0.0.1:${proxy.port}`,
			}),
		);
		await expect(mailbox.test()).rejects.toMatchObject({ code: 'MAILBOX_TLS' });
		expect(proxy.targets).toEqual([`localhost:${server.port}`]);
	});
});

describe('an answer that leads elsewhere is not followed, and carries no secret there', () => {
	const LOCATIONS = ['OTHER/', '//OTHERHOST/', '\\\\OTHERHOST/', 'http:OTHERHOST', 'https://user@OTHERHOST/'];

	it.each([301, 302, 303, 307, 308])('with HTTP %i', async (status) => {
		let strangers = 0;
		const other = await serve((_request, response) => {
			strangers++;
			response.end('{}');
		});
		for (const location of LOCATIONS) {
			const server = await serve((_request, response) => {
				response.writeHead(status, {
					location: location.replace('OTHERHOST', `127.0.0.1:${other.port}`).replace('OTHER', other.url),
				});
				response.end();
			});
			const esa = kept(new EsaClient({ url: server.url, user: 'a', passphrase: 'the-passphrase', clock: fastClock() }));
			const openCti = kept(new OpenCtiClient({ url: server.url, token: 'the-token', clock: fastClock() }));
			for (const asked of [esa.test(), openCti.test()])
				await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^(?:ESA|OPENCTI)_/) });
		}
		expect(strangers).toBe(0);
	});

	it.each(['https://other.example/x', 'HTTP://other.example/x', 'http://127.0.0.1@other.example/'])(
		'nor a path that is another host: %s',
		async (path) => {
			const http = kept(new HttpClient('http://127.0.0.1:9', { maxTries: 1 }));
			await expect(http.request({ path })).rejects.toMatchObject({ code: 'HTTP_FORBIDDEN_ADDRESS' });
		},
	);
});

describe('an answer that is a bomb', () => {
	const zeros = Buffer.alloc(8 * MiB);
	it.each([
		['gzip', gzipSync(zeros)],
		['x-gzip', gzipSync(zeros)],
		['deflate', deflateSync(zeros)],
		['br', brotliCompressSync(zeros)],
	])('packed with %s is read up to the limit', async (encoding, body) => {
		const server = await serve((_request, response) => {
			response.writeHead(200, { 'content-encoding': encoding });
			response.end(body);
		});
		const http = kept(new HttpClient(server.url, { maxAnswerBytes: MiB, maxTries: 1 }));
		await expect(http.request({ path: '/' })).rejects.toMatchObject({ code: 'HTTP_ANSWER_TOO_LARGE' });
	});

	it.each(['gzip', 'deflate', 'br'])(
		'of broken %s is an error of this pack, whole and as a stream',
		async (encoding) => {
			const server = await serve((_request, response) => {
				response.writeHead(200, { 'content-encoding': encoding });
				response.end(Buffer.from('\x1f\x8b\x08\0broken broken broken broken', 'latin1'));
			});
			const http = kept(new HttpClient(server.url, { maxTries: 1 }));
			await expect(http.request({ path: '/' })).rejects.toBeInstanceOf(HttpError);
			const { body } = await http.stream({ path: '/' });
			const error = await new Promise((resolve) => body.once('error', resolve).resume());
			expect(error).toBeInstanceOf(HttpError);
		},
	);

	it.each(['constructor', '__proto__', 'toString', 'x-unknown'])('packed with %s is not unpacked', async (encoding) => {
		const server = await serve((_request, response) => {
			response.writeHead(200, { 'content-encoding': encoding });
			response.end('{"a":1}');
		});
		const http = kept(new HttpClient(server.url, { maxTries: 1 }));
		expect((await http.request({ path: '/' })).json()).toEqual({ a: 1 });
	});

	it('without end is left at the limit', async () => {
		let written = 0;
		const server = await serve((_request, response) => {
			const chunk = Buffer.alloc(64 * 1024, 'x');
			const more = () => {
				while (!response.destroyed && written < 256 * MiB) {
					written += chunk.length;
					if (!response.write(chunk)) return void response.once('drain', more);
				}
			};
			more();
		});
		const http = kept(new HttpClient(server.url, { maxAnswerBytes: MiB, maxTries: 1 }));
		await expect(http.request({ path: '/' })).rejects.toMatchObject({ code: 'HTTP_ANSWER_TOO_LARGE' });
		expect(written).toBeLessThan(64 * MiB);
	});
});
