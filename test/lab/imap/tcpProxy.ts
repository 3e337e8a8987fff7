import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between client and server and cuts connections after so many bytes of the server's answers. */
export class TcpProxy {
	readonly host = '127.0.0.1';
	port = 0;
	connections = 0;
	/** Bytes of answers that the next connections let through; undefined: all. One entry a connection. */
	readonly cuts: Array<number | undefined> = [];
	readonly #sockets = new Set<Socket>();

	readonly #server: Server;
	readonly #target: { host: string; port: number };

	private constructor(server: Server, target: { host: string; port: number }) {
		this.#server = server;
		this.#target = target;
		server.on('connection', (client) => this.#accept(client));
	}

	/** Default port: a free one. */
	static async start(target: { host: string; port: number }, port = 0): Promise<TcpProxy> {
		const server = createServer();
		const proxy = new TcpProxy(server, target);
		await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, proxy.host, resolve));
		proxy.port = (server.address() as AddressInfo).port;
		return proxy;
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise<void>((resolve) => this.#server.close(() => resolve()));
	}

	#accept(client: Socket): void {
		this.connections++;
		let left = this.cuts.shift() ?? Number.POSITIVE_INFINITY;
		const server = connect(this.#target);
		const end = () => {
			client.destroy();
			server.destroy();
		};
		for (const socket of [client, server]) {
			this.#sockets.add(socket);
			socket.once('error', end);
			socket.once('close', () => {
				this.#sockets.delete(socket);
				end();
			});
		}
		client.on('data', (chunk: Buffer) => server.write(chunk));
		server.on('data', (chunk: Buffer) => {
			const part = chunk.subarray(0, left);
			left -= part.length;
			client.write(part);
			if (left <= 0) client.end();
		});
	}
}
