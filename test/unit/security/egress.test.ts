import { SsrfProtectionService } from '@n8n/backend-network';
import { HttpClient } from '../../../lib/http';
import { connections } from '../../../nodes/shared/connections';
import { networkOptions } from '../../../nodes/shared/network';
import { EmbeddedImap, ScriptedServer, startHttpProxy, startSocksProxy } from '../../lab/imap';
import { startServer } from '../../lab/http/server';
import { selfSigned } from '../../lab/tls/certificate';

/** n8n's own rules: nothing on this machine may be reached, but by a name that is allowed. Every name leads here. */
function rules(...allowedHostnames: string[]) {
	const filter = new (SsrfProtectionService as unknown as new (...parts: unknown[]) => SsrfProtectionService)(
		{ blockedIpRanges: ['127.0.0.0/8', '::1/128'], allowedIpRanges: [], allowedHostnames, blockedHostnames: [] },
		{ lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) },
		{ scoped: () => ({ warn: () => undefined }) },
	);
	return {
		helpers: { getSecureEgressFilter: () => filter },
		logger: { debug: () => undefined },
	};
}

const open: Array<{ close(): Promise<void> }> = [];
const kept = <T extends { close(): Promise<void> }>(resource: T): T => {
	open.unshift(resource);
	return resource;
};
afterEach(async () => {
	for (const resource of open.splice(0)) await resource.close();
});

/** Takes connections, and says nothing. */
async function listener() {
	let connected = 0;
	const server = kept(await ScriptedServer.start(() => connected++));
	return { port: server.port, connections: () => connected };
}

const SECRET = 'pass-of-imap';
const imap = (context: object, credential: object) =>
	kept(
		connections.imap.open(context as never, {
			host: 'imap.lab.example',
			port: 143,
			security: 'none',
			user: 'analyst@example.com',
			password: SECRET,
			...credential,
		}),
	);

async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
	return await promise.then(
		() => ({ code: 'nothing failed' }),
		(error: unknown) => error as Record<string, unknown>,
	);
}

describe("n8n's egress rules hold for an IMAP server", () => {
	it.each(['127.0.0.1', '::1', '0x7f000001', 'other.lab.example'])('at %s', async (host) => {
		const { port, connections: count } = await listener();
		expect(await failure(imap(rules(), { host, port }).test())).toMatchObject({
			code: 'MAILBOX_CONFIGURATION',
			transient: false,
			message: expect.stringContaining(`the IMAP server ${host}`),
			hint: expect.stringContaining('N8N_SSRF'),
		});
		expect(count()).toBe(0);
	});

	it.each([
		['HTTP', (port: number) => `http://127.0.0.1:${port}`],
		['HTTP', (port: number) => `http://proxy.lab.example:${port}`],
		['HTTPS', (port: number) => `https://127.0.0.1:${port}`],
		['HTTPS', (port: number) => `https://proxy.lab.example:${port}`],
		['SOCKS5', (port: number) => `socks5://127.0.0.1:${port}`],
		['SOCKS5', (port: number) => `socks5://user:pw-of-proxy@proxy.lab.example:${port}`],
		['SOCKS4', (port: number) => `socks4://127.0.0.1:${port}`],
		['SOCKS4a', (port: number) => `socks4a://[::1]:${port}`],
	])('behind a forbidden %s proxy', async (_kind, proxyAt) => {
		const { port, connections: count } = await listener();
		const error = await failure(imap(rules('imap.lab.example'), { proxy: proxyAt(port) }).test());
		expect(error).toMatchObject({ code: 'MAILBOX_CONFIGURATION', message: expect.stringContaining('the proxy') });
		expect(`${error.message as string}${error.hint as string}`).not.toContain('pw-of-proxy');
		expect(count()).toBe(0);
	});

	it('behind a proxy that is allowed: that is no way to a server that is not', async () => {
		const proxy = kept(await startHttpProxy());
		const way = { host: '127.0.0.1', proxy: `http://proxy.lab.example:${proxy.port}` };
		expect(await failure(imap(rules('proxy.lab.example'), way).test())).toMatchObject({
			code: 'MAILBOX_CONFIGURATION',
			message: expect.stringContaining('the IMAP server 127.0.0.1'),
		});
		expect(proxy.targets).toEqual([]);
	});

	it('and do not stand in the way of what is allowed: the server, and an HTTP and a SOCKS proxy by their names', async () => {
		const server = kept(await EmbeddedImap.start({}));
		const credential = { port: server.port, user: server.user, password: server.password };
		const allowed = rules('imap.lab.example', 'proxy.lab.example');
		expect(await imap(allowed, credential).test()).toMatchObject({ port: server.port });
		for (const [kind, proxy] of [
			['http', kept(await startHttpProxy())],
			['socks5', kept(await startSocksProxy())],
		] as const) {
			const proxied = { ...credential, proxy: `${kind}://proxy.lab.example:${proxy.port}` };
			expect(await imap(allowed, proxied).test()).toMatchObject({ port: server.port });
			expect(proxy.targets).toEqual([`imap.lab.example:${server.port}`]);
		}
	});
});

describe("n8n's egress rules hold for OpenCTI, Graph and the appliance", () => {
	const client = (context: object, url: string, credential: Record<string, string> = {}) =>
		kept(new HttpClient(url, { ...networkOptions(credential, context), maxTries: 1 }));

	it.each(['127.0.0.1', '[::1]', '2130706433', 'other.lab.example'])('at %s', async (host) => {
		const { port, connections: count } = await listener();
		expect(await failure(client(rules(), `http://${host}:${port}`).request({ path: '/' }))).toMatchObject({
			code: 'HTTP_FORBIDDEN_ADDRESS',
			transient: false,
		});
		expect(count()).toBe(0);
	});

	const proxies = [
		(port: number) => `http://127.0.0.1:${port}`,
		(port: number) => `http://user:pw-of-proxy@proxy.lab.example:${port}`,
		(port: number) => `https://127.0.0.1:${port}`,
		(port: number) => `https://proxy.lab.example:${port}`,
		(port: number) => `socks5://127.0.0.1:${port}`,
		(port: number) => `socks5://proxy.lab.example:${port}`,
	].flatMap((proxyAt) => [['http', proxyAt] as const, ['https', proxyAt] as const]);

	it.each(proxies)('for %s behind the forbidden proxy of the credential', async (scheme, proxyAt) => {
		const { port, connections: count } = await listener();
		const context = rules('peer.lab.example');
		const error = await failure(
			client(context, `${scheme}://peer.lab.example`, { proxy: proxyAt(port) }).request({ path: '/' }),
		);
		expect(error).toMatchObject({
			code: 'HTTP_FORBIDDEN_ADDRESS',
			message: expect.stringContaining(`the proxy ${new URL(proxyAt(port)).host}`),
		});
		expect(error.message).not.toContain('pw-of-proxy');
		expect(count()).toBe(0);
	});

	describe('behind a proxy of the environment', () => {
		const saved = { ...process.env };
		const environment = (values: Record<string, string>) => {
			for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) {
				delete process.env[name];
				delete process.env[name.toLowerCase()];
			}
			Object.assign(process.env, values);
		};
		afterEach(() => {
			environment({});
			Object.assign(process.env, saved);
		});

		it.each(proxies)('for %s', async (scheme, proxyAt) => {
			const { port, connections: count } = await listener();
			environment({ HTTP_PROXY: proxyAt(port), HTTPS_PROXY: proxyAt(port), NO_PROXY: 'other.example' });
			const context = rules('peer.lab.example');
			expect(await failure(client(context, `${scheme}://peer.lab.example`).request({ path: '/' }))).toMatchObject({
				code: 'HTTP_FORBIDDEN_ADDRESS',
			});
			expect(count()).toBe(0);
		});

		it.each(['*', 'peer.lab.example', '.lab.example', 'x,*.lab.example'])(
			'which is not asked with NO_PROXY=%s, so that it need not be allowed',
			async (noProxy) => {
				const server = kept(await startServer((_request, response) => void response.end('{}')));
				environment({ HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: noProxy });
				const http = client(rules('peer.lab.example'), `http://peer.lab.example:${server.port}`);
				expect((await http.request({ path: '/' })).status).toBe(200);
			},
		);
	});

	it('and do not stand in the way of what is allowed, also behind HTTP and SOCKS proxies by their names', async () => {
		const certificate = await selfSigned();
		const server = kept(await startServer((_request, response) => void response.end('{}'), certificate));
		const url = `https://localhost:${server.port}`;
		for (const [kind, proxy] of [
			['http', kept(await startHttpProxy())],
			['socks5', kept(await startSocksProxy())],
		] as const) {
			const http = client(rules('localhost', 'proxy.lab.example'), url, {
				proxy: `${kind}://proxy.lab.example:${proxy.port}`,
				caCertificate: certificate.cert,
			});
			expect((await http.request({ path: '/' })).status).toBe(200);
			expect(proxy.targets).toEqual([`localhost:${server.port}`]);
		}
	});
});
