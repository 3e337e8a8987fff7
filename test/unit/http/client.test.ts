import { createServer, type AddressInfo, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { HttpClient, HttpError, secureContextFor, type Clock } from '../../../lib/http';
import { startServer, type Handler, type LabServer } from '../../lab/http/server';
import { selfSigned } from '../../lab/tls/certificate';

/** Time that passes only when somebody sleeps. */
function fakeClock() {
	const waits: number[] = [];
	const clock: Clock = {
		now: () => Date.parse('2026-11-22T12:00:00Z'),
		random: () => 1,
		sleep: async (ms) => {
			waits.push(ms);
		},
	};
	return { clock, waits };
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
	for (const resource of open.splice(0).reverse()) await resource.close();
});

async function serve(handler: Handler): Promise<LabServer> {
	const server = await startServer(handler);
	open.push(server);
	return server;
}

function client(url: string, options: ConstructorParameters<typeof HttpClient>[1] = {}): HttpClient {
	const made = new HttpClient(url, options);
	open.push(made);
	return made;
}

const failure = async (promise: Promise<unknown>): Promise<HttpError> => {
	const error: unknown = await promise.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(HttpError);
	return error as HttpError;
};

describe('a request', () => {
	it('keeps the path prefix of the base URL and encodes each query value by itself', async () => {
		const seen: string[] = [];
		const server = await serve((request, response) => {
			seen.push(request.url ?? '');
			response.end('{}');
		});
		await client(`${server.url}/prefix/`).request({
			path: '/api/x',
			query: { a: 'b&c=d', e: '50%, "q"', none: undefined },
		});
		expect(seen).toEqual(['/prefix/api/x?a=b%26c%3Dd&e=50%25%2C%20%22q%22']);
	});

	it('gives every status to the caller and does not follow redirects', async () => {
		const server = await serve((_request, response) => {
			response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end('moved');
		});
		const answer = await client(server.url).request({ path: '/' });
		expect([answer.status, answer.text()]).toEqual([302, 'moved']);
	});

	it('unpacks gzip', async () => {
		const server = await serve((_request, response) => {
			response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
		});
		expect((await client(server.url).request({ path: '/' })).json()).toEqual({ a: 1 });
	});

	it('never carries credentials to another host that an answer refers to', async () => {
		const error = await failure(
			client('http://127.0.0.1:1', { headers: { authorization: 'Bearer t' } }).request({
				path: 'http://127.0.0.2:1/next',
			}),
		);
		expect(error.code).toBe('HTTP_FORBIDDEN_ADDRESS');
	});
});

describe('repetition', () => {
	it('repeats a read after 503 and waits as long as Retry-After asks', async () => {
		let calls = 0;
		const server = await serve((_request, response) => {
			calls += 1;
			if (calls === 1) response.writeHead(503, { 'retry-after': '7' }).end();
			else response.end('{"ok":true}');
		});
		const { clock, waits } = fakeClock();
		expect((await client(server.url, { clock }).request({ path: '/' })).status).toBe(200);
		expect(waits).toEqual([7000]);
	});

	it('understands Retry-After as a date', async () => {
		let calls = 0;
		const server = await serve((_request, response) => {
			calls += 1;
			if (calls === 1) response.writeHead(429, { 'retry-after': 'Sun, 22 Nov 2026 12:00:05 GMT' }).end();
			else response.end();
		});
		const { clock, waits } = fakeClock();
		await client(server.url, { clock }).request({ path: '/' });
		expect(waits).toEqual([5000]);
	});

	it('gives up after four tries, backing off further each time', async () => {
		let calls = 0;
		const server = await serve((_request, response) => {
			calls += 1;
			response.writeHead(502).end();
		});
		const { clock, waits } = fakeClock();
		expect((await client(server.url, { clock }).request({ path: '/' })).status).toBe(502);
		expect([calls, waits]).toEqual([4, [500, 1000, 2000]]);
	});

	it('does not repeat a write unless told that it may', async () => {
		let calls = 0;
		const server = await serve((_request, response) => {
			calls += 1;
			response.writeHead(503).end();
		});
		const { clock } = fakeClock();
		const http = client(server.url, { clock });
		await http.request({ method: 'POST', path: '/', json: {} });
		expect(calls).toBe(1);
		await http.request({ method: 'POST', path: '/', json: {}, repeatable: true });
		expect(calls).toBe(5);
	});

	it('does not wait longer than 30 seconds for a Retry-After', async () => {
		const server = await serve((_request, response) => {
			response.writeHead(429, { 'retry-after': '3600' }).end();
		});
		const { clock, waits } = fakeClock();
		const answer = await client(server.url, { clock }).request({ path: '/' });
		expect([answer.status, answer.headers['retry-after'], waits]).toEqual([429, '3600', []]);
	});
});

describe('hostile or broken peers', () => {
	it('stops reading an answer above the limit, also when it is a small gzip bomb', async () => {
		const bomb = gzipSync(Buffer.alloc(5_000_000));
		const server = await serve((_request, response) => {
			response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
		});
		expect(bomb.length).toBeLessThan(10_000);
		const error = await failure(client(server.url, { maxAnswerBytes: 1_000_000 }).request({ path: '/' }));
		expect(error.code).toBe('HTTP_ANSWER_TOO_LARGE');
	});

	it('says so when HTML comes instead of JSON', async () => {
		const server = await serve((_request, response) => {
			response.end('<html>login</html>');
		});
		const answer = await client(server.url).request({ path: '/api' });
		expect(() => answer.json()).toThrow(
			expect.objectContaining({ code: 'HTTP_NOT_JSON', hint: expect.stringContaining('proxy or login page') }),
		);
	});

	it('ends a request that is never answered', async () => {
		const server = await serve(() => {});
		const error = await failure(client(server.url, { timeoutMs: 50, maxTries: 1 }).request({ path: '/' }));
		expect([error.code, error.transient]).toEqual(['HTTP_TIMEOUT', true]);
	});

	it('names the missing connection without query or secrets', async () => {
		const closed = await startServer(() => {});
		await closed.close();
		const error = await failure(
			client(closed.url, { maxTries: 1 }).request({
				path: '/x',
				query: { token: 'topsecret' },
				headers: { authorization: 'topsecret' },
			}),
		);
		expect(error.code).toBe('HTTP_UNREACHABLE');
		expect(error.message).toContain(`GET ${closed.url}/x`);
		expect(JSON.stringify(error) + error.message + error.hint).not.toContain('topsecret');
	});

	it('reports a connection that is cut in the middle of an answer', async () => {
		const server = await serve((_request, response) => {
			response.writeHead(200, { 'content-length': '100' });
			response.write('{"a":');
			setImmediate(() => response.destroy());
		});
		const error = await failure(client(server.url, { maxTries: 1 }).request({ path: '/' }));
		expect([error.code, error.transient]).toEqual(['HTTP_UNREACHABLE', true]);
	});
});

describe('TLS', () => {
	it('refuses an unknown CA, and accepts it when it is given or when verification is off', async () => {
		const certificate = await selfSigned();
		const server = await startServer((_request, response) => void response.end('{}'), certificate);
		open.push(server);
		const refused = await failure(client(server.url, { maxTries: 1 }).request({ path: '/' }));
		expect([refused.code, refused.hint]).toEqual(['HTTP_TLS', expect.stringContaining('CA Certificate')]);
		expect((await client(server.url, { ca: certificate.cert }).request({ path: '/' })).status).toBe(200);
		expect((await client(server.url, { verifyTls: false }).request({ path: '/' })).status).toBe(200);
	});

	it('refuses a certificate for another host', async () => {
		const certificate = await selfSigned('mail.example.com');
		const server = await startServer((_request, response) => void response.end('{}'), certificate);
		open.push(server);
		const error = await failure(client(server.url, { ca: certificate.cert, maxTries: 1 }).request({ path: '/' }));
		expect([error.code, error.hint]).toEqual(['HTTP_TLS', expect.stringContaining('another host name')]);
	});

	it('says so when the port does not speak TLS', async () => {
		const server = await serve((_request, response) => void response.end());
		const error = await failure(client(server.url.replace('http:', 'https:'), { maxTries: 1 }).request({ path: '/' }));
		expect([error.code, error.hint]).toEqual(['HTTP_TLS', expect.stringContaining('does not speak TLS')]);
	});

	it('refuses a CA that is no PEM', () => {
		expect(() => client('https://127.0.0.1', { ca: 'no certificate' })).not.toThrow();
		return expect(client('https://127.0.0.1:1', { ca: 'no certificate' }).request({ path: '/' })).rejects.toMatchObject(
			{ code: 'HTTP_CONFIGURATION' },
		);
	});
});

describe('proxies', () => {
	/** A CONNECT proxy that refuses without the right password. */
	async function proxy(password = 'p@ss'): Promise<{ port: number; asked: string[] }> {
		const asked: string[] = [];
		const server: Server = createServer((socket) => {
			socket.on('error', () => {});
			socket.once('data', (chunk) => {
				const text = chunk.toString('latin1');
				asked.push(text.split('\r\n')[0]!);
				if (!text.includes(`Basic ${Buffer.from(`u:${password}`).toString('base64')}`)) {
					socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
					return;
				}
				const [, port] = /CONNECT [^:]+:(\d+)/.exec(text)!;
				const upstream = new (require('node:net').Socket)() as import('node:net').Socket;
				upstream.on('error', () => socket.destroy());
				upstream.connect(Number(port), '127.0.0.1', () => {
					socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
					socket.pipe(upstream).pipe(socket);
				});
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		open.push({ close: async () => void server.close() });
		return { port: (server.address() as AddressInfo).port, asked };
	}

	it('reaches the peer through a proxy that asks for a password', async () => {
		const certificate = await selfSigned();
		const server = await startServer((_request, response) => void response.end('{}'), certificate);
		open.push(server);
		const { port, asked } = await proxy();
		const http = client(server.url, { proxy: `http://u:p%40ss@127.0.0.1:${port}`, ca: certificate.cert });
		expect((await http.request({ path: '/' })).status).toBe(200);
		expect(asked).toEqual([expect.stringMatching(/^CONNECT 127\.0\.0\.1:\d+ HTTP\/1\.1$/)]);
	});

	it('takes a password with a percent sign that encodes nothing as it is written', async () => {
		const certificate = await selfSigned();
		const server = await startServer((_request, response) => void response.end('{}'), certificate);
		open.push(server);
		const { port } = await proxy('50%off');
		const http = client(server.url, { proxy: `http://u:50%off@127.0.0.1:${port}`, ca: certificate.cert });
		expect((await http.request({ path: '/' })).status).toBe(200);
	});

	it('says that the proxy refused, without its password', async () => {
		const { port } = await proxy();
		const error = await failure(
			client('https://127.0.0.1:9', { proxy: `http://u:wrongsecret@127.0.0.1:${port}`, maxTries: 1 }).request({
				path: '/',
			}),
		);
		expect(error.code).toBe('HTTP_PROXY');
		expect(error.message + String(error.cause)).not.toContain('wrongsecret');
	});

	it('refuses a proxy of an unknown kind', async () => {
		const error = await failure(client('https://127.0.0.1:9', { proxy: 'ftp://127.0.0.1' }).request({ path: '/' }));
		expect(error.code).toBe('HTTP_CONFIGURATION');
	});
});

describe('the URL', () => {
	it.each(['', 'user@example.com', 'ftp://example.com', 'https://user:pw@example.com'])(
		'%p is refused with a hint',
		(url) => {
			expect(() => new HttpClient(url)).toThrow(
				expect.objectContaining({ code: 'HTTP_CONFIGURATION', hint: expect.stringContaining('https://host') }),
			);
		},
	);
});

describe('a logger', () => {
	const SECRETS = ['token-1234', 'secret-query', 'secret-body', 'secret-answer'];

	function logger() {
		const lines: string[] = [];
		const tell = (message: string) => void lines.push(message);
		return { lines, debug: tell, warn: tell };
	}

	it('is told of every try and every wait, and of no secret, query or body', async () => {
		let tries = 0;
		const server = await startServer((_request, response) => {
			tries++;
			response.writeHead(tries === 1 ? 503 : 200).end('{"a":"secret-answer"}');
		});
		open.push(server);
		const log = logger();
		let now = 1000;
		const clock = { now: () => (now += 5), sleep: async () => {}, random: () => 0 };
		const http = client(server.url, { headers: { authorization: 'Bearer token-1234' }, logger: log, clock });
		await http.request({
			method: 'POST',
			path: '/a',
			query: { q: 'secret-query' },
			json: 'secret-body',
			repeatable: true,
		});
		expect(log.lines).toEqual([
			`POST ${server.url}/a: 503, 21 bytes, 5 ms`,
			expect.stringMatching(/^POST \S+\/a: try 2 of 4 in \d+ ms$/),
			`POST ${server.url}/a: 200, 21 bytes, 5 ms`,
		]);
		for (const secret of SECRETS) expect(log.lines.join('\n')).not.toContain(secret);
	});

	it('is told why there is no answer', async () => {
		const log = logger();
		await failure(client('http://127.0.0.1:9', { logger: log, maxTries: 1 }).request({ path: '/' }));
		expect(log.lines).toEqual([expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:9\/: HTTP_[A-Z]+, \d+ ms$/)]);
	});
});

it("the certificates of one's own CA are read once, for however many clients", async () => {
	const { cert } = await selfSigned();
	const { cert: other } = await selfSigned();
	expect(secureContextFor(cert)).toBe(secureContextFor(cert));
	expect(secureContextFor(other)).not.toBe(secureContextFor(cert));
});
