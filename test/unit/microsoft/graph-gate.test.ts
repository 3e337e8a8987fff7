import { PassThrough } from 'node:stream';
import { systemClock } from '../../../lib/http';
import { GraphClient } from '../../../lib/microsoft';
import { Gate } from '../../../lib/microsoft/graph/gate';
import { startServer } from '../../lab/http/server';

const FAR = () => Date.now() + 60_000;
/** What settles without anybody doing something. */
const settled = async (promise: Promise<unknown>) =>
	await Promise.race([
		promise.then(
			() => 'in',
			(error: { code?: string }) => error.code,
		),
		new Promise((resolve) => setImmediate(resolve, 'waiting')),
	]);

describe('requests of one application', () => {
	it('one that waits for a place gives up at its deadline, and others go on', async () => {
		const gate = new Gate();
		const leave = await gate.enter(1, systemClock, FAR());
		await expect(gate.enter(1, systemClock, Date.now() + 20)).rejects.toMatchObject({
			code: 'MICROSOFT_LIMIT',
			transient: true,
		});
		// A deadline that has passed is no reason to wait either.
		await expect(gate.enter(1, systemClock, Date.now() - 20)).rejects.toMatchObject({ code: 'MICROSOFT_LIMIT' });
		leave();
		await gate.enter(1, systemClock, FAR());
	});

	it('those who wait are admitted in their order, and nobody who comes later overtakes them', async () => {
		const gate = new Gate();
		const order: string[] = [];
		const enter = async (name: string) => {
			const leave = await gate.enter(1, systemClock, FAR());
			order.push(name);
			return leave;
		};
		const leave = await enter('first');
		const second = enter('second');
		const third = enter('third');
		// The place is handed on while the newcomer asks for it.
		leave();
		const newcomer = enter('newcomer');
		(await second)();
		(await third)();
		(await newcomer)();
		expect(order).toEqual(['first', 'second', 'third', 'newcomer']);
	});

	it('each keeps to its own limit, and leaving twice gives back one place', async () => {
		const gate = new Gate();
		const leaves = [];
		for (let i = 0; i < 4; i++) leaves.push(await gate.enter(4, systemClock, FAR()));
		const careful = gate.enter(3, systemClock, FAR());
		const behind = gate.enter(4, systemClock, FAR());
		leaves[0]!();
		leaves[0]!();
		expect(await settled(careful)).toBe('waiting');
		leaves[1]!();
		expect(await settled(careful)).toBe('in');
		expect(await settled(behind)).toBe('in');
		expect(await settled(gate.enter(4, systemClock, FAR()))).toBe('waiting');
	});

	it('one that gives up at the head of the line lets those behind it in', async () => {
		const gate = new Gate();
		await gate.enter(2, systemClock, FAR());
		const careful = gate.enter(1, systemClock, Date.now() + 20);
		const behind = gate.enter(2, systemClock, FAR());
		await expect(careful).rejects.toMatchObject({ code: 'MICROSOFT_LIMIT' });
		await behind;
	});

	it('a stream that nobody ends gives its place back at the deadline', async () => {
		const bodies: PassThrough[] = [];
		const server = await startServer((_request, response) => {
			const body = new PassThrough();
			bodies.push(body);
			response.writeHead(200, { 'content-type': 'message/rfc822' });
			body.pipe(response);
			// More than is read ahead: while nobody reads, no time-out of the connection runs.
			body.write(Buffer.alloc(4 * 1024 * 1024, 'a'));
		});
		const client = new GraphClient({
			graphUrl: server.url,
			gate: `app-${Math.random()}`,
			tokens: { token: () => Promise.resolve('t') },
			concurrency: 1,
		});
		const request = (ms: number) => ({ path: 'users/u/messages/m/$value', where: 'm', deadline: Date.now() + ms });
		try {
			const { body } = await client.stream(request(1_500));
			body.on('error', () => undefined);
			const next = await client.stream(request(20_000));
			next.body.on('error', () => undefined).destroy();
			// A stream that ends gives it back at once.
			(await client.stream(request(20_000))).body.on('error', () => undefined).destroy();
			body.destroy();
		} finally {
			for (const body of bodies) body.destroy();
			await client.close();
			await server.close();
		}
	});
});
