import { GraphClient, type GraphClientOptions, type GraphMeanings } from '../../../lib/microsoft';
import { startServer, type Handler } from '../../lab/http/server';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
	for (const resource of open.splice(0).reverse()) await resource.close();
});

/** Time that passes only when somebody sleeps. */
function fakeClock() {
	const waits: number[] = [];
	let now = Date.parse('2026-11-22T12:00:00Z');
	return {
		waits,
		now: () => now,
		random: () => 1,
		sleep: async (ms: number) => {
			waits.push(ms);
			now += ms;
		},
	};
}

let names = 0;
async function client(handler: Handler, options: Partial<GraphClientOptions> = {}) {
	const server = await startServer(handler);
	const clock = fakeClock();
	const graph = new GraphClient({
		graphUrl: server.url,
		gate: `test:${++names}`,
		tokens: { token: async () => 'secret-token' },
		clock,
		...options,
	});
	open.push(server, graph);
	const request = { path: 'security/runHuntingQuery', where: 'a hunt', deadline: clock.now() + 600_000 };
	return { graph, clock, request, url: server.url };
}

const json = (body: unknown) => JSON.stringify(body);

describe('a query to Graph that goes in the body', () => {
	it('is sent as JSON, with what was asked for and no preference of mail', async () => {
		const seen: unknown[] = [];
		const { graph, request } = await client((message, response, body) => {
			seen.push([message.method, message.url, message.headers.prefer, JSON.parse(body.toString())]);
			response.writeHead(200, { 'content-type': 'application/json' }).end(json({ results: [1] }));
		});
		const answer = await graph.post({ ...request, json: { Query: 'EmailEvents' } });
		expect(answer.body).toEqual({ results: [1] });
		expect(seen).toEqual([['POST', '/v1.0/security/runHuntingQuery', undefined, { Query: 'EmailEvents' }]]);
	});

	it('is asked again when Graph asks to wait, as long as it said', async () => {
		let tries = 0;
		const { graph, clock, request } = await client((_message, response) => {
			if (++tries === 1) response.writeHead(429, { 'retry-after': '7' }).end(json({ error: { code: 'x' } }));
			else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
		});
		await graph.post({ ...request, json: {} });
		expect(clock.waits).toEqual([7000]);
	});

	it('is not asked again by a client that was closed meanwhile', async () => {
		let tries = 0;
		const { graph, clock, request } = await client((_message, response) => {
			tries++;
			response.writeHead(503, { 'content-type': 'application/json' }).end(json({ error: { code: 'x' } }));
		});
		const { sleep } = clock;
		clock.sleep = async (ms) => {
			await graph.close();
			await sleep(ms);
		};
		await expect(graph.post({ ...request, json: {} })).rejects.toMatchObject({ code: 'MICROSOFT_UNAVAILABLE' });
		expect(tries).toBe(1);
	});

	it('keeps to its own bounds', async () => {
		const { graph, request } = await client((_message, response) => {
			response.writeHead(200, { 'content-type': 'application/json' }).end(json('a'.repeat(1000)));
		});
		await expect(graph.post({ ...request, json: {}, maxAnswerBytes: 100 })).rejects.toMatchObject({
			code: 'MICROSOFT_PROTOCOL',
			message: 'The answer for a hunt is too large',
		});
		const silent = await client(() => undefined);
		await expect(
			silent.graph.post({ ...silent.request, json: {}, timeoutMs: 20, deadline: silent.clock.now() + 1000 }),
		).rejects.toMatchObject({ code: 'MICROSOFT_TIMEOUT', transient: true });
	});
});

describe('what Graph refuses', () => {
	it('is explained by the service that was asked, before anything general', async () => {
		const meanings: GraphMeanings = {
			byCode: {
				badquery: { code: 'MICROSOFT_PROTOCOL', message: () => 'The query has an error', hint: () => 'Correct it.' },
			},
			byStatus: {},
		};
		let code = 'BadQuery';
		const { graph, request } = await client(
			(_message, response) => void response.writeHead(400).end(json({ error: { code } })),
			{ meanings },
		);
		await expect(graph.get(request)).rejects.toMatchObject({
			message: 'The query has an error (badquery)',
			graphCodes: ['badquery'],
			status: 400,
		});
		// No name of JavaScript's own is a meaning.
		code = 'constructor';
		await expect(graph.get(request)).rejects.toMatchObject({
			code: 'MICROSOFT_PROTOCOL',
			message: 'Microsoft Graph did not understand the request for a hunt (HTTP 400) (constructor)',
		});
	});

	it('a permission that is missing is told with those that are there', async () => {
		const claims = Buffer.from(json({ roles: ['Mail.Read'] })).toString('base64url');
		const { graph, request } = await client((_message, response) => void response.writeHead(403).end(json({})), {
			tokens: { token: async () => `x.${claims}.x` },
		});
		await expect(graph.get(request)).rejects.toMatchObject({
			code: 'MICROSOFT_NOT_ALLOWED',
			message: 'The application is not allowed to read a hunt',
			hint: expect.stringContaining('The application has Mail.Read.'),
		});
	});
});

it('one service that asks to wait does not hold up another of the same application', async () => {
	const throttled = await client((_message, response) => void response.writeHead(429).end(json({})), {
		gate: 'defender:one-app',
	});
	const hunt = throttled.graph.get({ ...throttled.request, deadline: throttled.clock.now() + 100 });
	await expect(hunt).rejects.toMatchObject({ code: 'MICROSOFT_THROTTLED' });
	const other = await client(
		(_message, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
		{ gate: 'exchange:one-app' },
	);
	await other.graph.get(other.request);
	expect(other.clock.waits).toEqual([]);
});

it('a logger is told of every try and every wait, and of no token, query or body', async () => {
	const lines: string[] = [];
	const tell = (line: string) => void lines.push(line);
	let tries = 0;
	const { graph, request, url } = await client(
		(_message, response) =>
			void response
				.writeHead(++tries === 1 ? 503 : 200, { 'content-type': 'application/json' })
				.end(json({ a: 'secret-answer' })),
		{ http: { logger: { debug: tell, warn: tell } } },
	);
	await graph.post({ ...request, query: { q: 'secret-query' }, json: 'secret-body' });
	expect(lines).toEqual([
		`POST ${url}/v1.0/security/runHuntingQuery: 503, 21 bytes, 0 ms`,
		`${url}: try 2 of 4 in 500 ms (MICROSOFT_UNAVAILABLE)`,
		`POST ${url}/v1.0/security/runHuntingQuery: 200, 21 bytes, 0 ms`,
	]);
	expect(lines.join()).not.toContain('secret');
});
