import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP server that says what a test tells it: greetings, proxies, things that are no IMAP server. */
export class ScriptedServer {
	readonly host = '127.0.0.1';
	port = 0;
	/** All that clients sent. */
	received = '';
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();

	private constructor(talk: (socket: Socket, server: ScriptedServer) => void) {
		this.#server = createServer((socket) => {
			this.#sockets.add(socket);
			socket.on('error', () => undefined);
			socket.once('close', () => this.#sockets.delete(socket));
			socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
			talk(socket, this);
		});
	}

	static async start(talk: (socket: Socket, server: ScriptedServer) => void): Promise<ScriptedServer> {
		const scripted = new ScriptedServer(talk);
		await new Promise<void>((resolve, reject) =>
			scripted.#server.once('error', reject).listen(0, scripted.host, resolve),
		);
		scripted.port = (scripted.#server.address() as AddressInfo).port;
		return scripted;
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise<void>((resolve) => this.#server.close(() => resolve()));
	}
}
