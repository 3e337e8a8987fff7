import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, connect, type AddressInfo } from 'node:net';

export interface ServerProcessOptions {
	/** For error texts, e.g. `Cyrus`. */
	name: string;
	command: string[];
	/** Added to this process's own. */
	env?: Record<string, string>;
	host: string;
	/** It serves when all of these accept connections. */
	ports: number[];
	/** Sent to its process group to end it. Default SIGKILL. */
	endSignal?: NodeJS.Signals;
	/** What it wrote into files, for the error when it does not come up. */
	log?: () => string;
}

/** Milliseconds that a server has to come up, and those to end before it is killed. */
const PATIENCE = 15_000;

/** A server of the machine, in a process group of its own. It ends with this process. */
export class ServerProcess {
	readonly #child: ChildProcess;
	readonly #options: ServerProcessOptions;
	#said = '';
	readonly #onExit = () => this.#kill(this.#options.endSignal ?? 'SIGKILL');

	private constructor(options: ServerProcessOptions) {
		this.#options = options;
		const [program, ...args] = options.command;
		this.#child = spawn(program!, args, {
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, ...options.env },
		});
		for (const stream of [this.#child.stdout, this.#child.stderr])
			stream?.on('data', (chunk: Buffer) => (this.#said = (this.#said + chunk.toString()).slice(-100_000)));
		this.#child.once('error', (error) => (this.#said += error.message));
		process.once('exit', this.#onExit);
	}

	/** Starts it; throws what it said when it does not come up. */
	static async start(options: ServerProcessOptions): Promise<ServerProcess> {
		const server = new ServerProcess(options);
		const { host, ports } = options;
		for (let waited = 0; waited < PATIENCE && server.#runs; waited += 20) {
			const open = await Promise.all(ports.map(async (port) => await canConnect(host, port)));
			if (open.every(Boolean)) return server;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		await server.end();
		throw new Error(`${options.name} did not start: ${server.log()}`);
	}

	/** What it wrote, for a test that fails. */
	log(): string {
		return this.#said + (this.#options.log?.() ?? '');
	}

	/** Ends it; its ports are free then. */
	async end(): Promise<void> {
		process.removeListener('exit', this.#onExit);
		if (this.#runs) {
			const ended = new Promise((resolve) => this.#child.once('exit', resolve));
			this.#kill(this.#options.endSignal ?? 'SIGKILL');
			const impatient = setTimeout(() => this.#kill('SIGKILL'), PATIENCE);
			await ended;
			clearTimeout(impatient);
		}
		// Children that it leaves to themselves end a moment later.
		const { host, ports } = this.#options;
		for (let waited = 0; waited < PATIENCE; waited += 20) {
			const open = await Promise.all(ports.map(async (port) => await canConnect(host, port)));
			if (!open.some(Boolean)) return;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	get #runs(): boolean {
		return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
	}

	#kill(signal: NodeJS.Signals): void {
		const { pid } = this.#child;
		if (pid === undefined) return;
		try {
			process.kill(-pid, signal);
		} catch {
			// It is gone already.
		}
	}
}

/** Ports that nobody listens on, as the system hands them out. */
export async function freePorts(host: string): Promise<[number, number]> {
	const servers = await Promise.all(
		[0, 1].map(async () => {
			const server = createServer();
			await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
			return server;
		}),
	);
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(servers.map(async (server) => await new Promise((resolve) => server.close(resolve))));
	return [ports[0]!, ports[1]!];
}

async function canConnect(host: string, port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect({ host, port }, () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
}
