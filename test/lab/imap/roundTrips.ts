import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands before a server without TLS and counts how often the client waits for it: each time that it speaks after an answer. */
export interface RoundTrips {
	host: string;
	port: number;
	/** Of all connections so far. The greeting is none. */
	count: number;
	close(): Promise<void>;
}

export async function countRoundTrips(target: { host: string; port: number }): Promise<RoundTrips> {
	const sockets = new Set<Socket>();
	const counter: RoundTrips = { host: '127.0.0.1', port: 0, count: 0, close: async () => await closeAll() };
	const server = createServer((client) => {
		const upstream = connect(target);
		let isAnswered = true;
		client.on('data', (chunk: Buffer) => {
			if (isAnswered) counter.count++;
			isAnswered = false;
			upstream.write(chunk);
		});
		upstream.on('data', (chunk: Buffer) => {
			isAnswered = true;
			client.write(chunk);
		});
		for (const [socket, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			sockets.add(socket);
			socket.setNoDelay(true);
			socket.on('error', () => other.destroy());
			socket.on('close', () => other.destroy());
		}
	});
	const closeAll = async () => {
		for (const socket of sockets) socket.destroy();
		await new Promise<void>((resolve) => server.close(() => resolve()));
	};
	await new Promise<void>((resolve) => server.listen(0, counter.host, resolve));
	counter.port = (server.address() as AddressInfo).port;
	return counter;
}
