import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** True when something listens there already. */
export async function portIsTaken(port: number): Promise<boolean> {
	const server = createServer();
	const taken = await new Promise<boolean>((resolve) => {
		server.once('error', () => resolve(true));
		server.listen(port, '127.0.0.1', () => resolve(false));
	});
	await new Promise((resolve) => server.close(resolve));
	return taken;
}

/** A port that nobody listens on. Not one that the system hands out by itself: n8n takes it seconds later, when somebody else may have it. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = randomInt(20_000, 32_000);
		if (!(await portIsTaken(port))) return port;
	}
}
