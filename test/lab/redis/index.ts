import { binaryOf } from '../n8n/binaries';
import { Daemon, temporaryFolder, unprivileged } from '../process/daemon';
import { freePort } from '../process/ports';

/** A Redis on loopback that keeps nothing on disk. */
export class Redis {
	readonly host = '127.0.0.1';

	readonly #daemon: Daemon;

	private constructor(
		readonly port: number,
		daemon: Daemon,
	) {
		this.#daemon = daemon;
	}

	static async start(): Promise<Redis> {
		const binary = binaryOf('redis-server');
		if (binary === undefined) throw new Error('redis-server is not installed (Debian package redis-server)');
		const folder = temporaryFolder('email-intel-redis-');
		const port = await freePort();
		const settings = [
			'--port',
			String(port),
			'--bind',
			'127.0.0.1',
			'--dir',
			folder,
			'--save',
			'',
			'--appendonly',
			'no',
			'--daemonize',
			'no',
		];
		const daemon = await Daemon.start({
			name: 'Redis',
			command: unprivileged([binary, ...settings]),
			folder,
			ready: (log) => log.includes('Ready to accept connections'),
		});
		return new Redis(port, daemon);
	}

	async stop(): Promise<void> {
		await this.#daemon.stop();
	}
}
