import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { binaryOf } from '../n8n/binaries';
import { Daemon, temporaryFolder, unprivileged } from '../process/daemon';
import { freePort } from '../process/ports';

/** A PostgreSQL on loopback with a database of its own, without password. It refuses to run as root, so it does not. */
export class Postgres {
	readonly host = '127.0.0.1';
	readonly user = 'lab';
	readonly database = 'postgres';

	readonly #daemon: Daemon;

	private constructor(
		readonly port: number,
		daemon: Daemon,
	) {
		this.#daemon = daemon;
	}

	static async start(): Promise<Postgres> {
		const server = binaryOf('postgres');
		if (server === undefined) throw new Error('PostgreSQL is not installed (Debian package postgresql)');
		const folder = temporaryFolder('email-intel-postgres-');
		const data = join(folder, 'data');
		const [program, ...args] = unprivileged([
			join(dirname(server), 'initdb'),
			'-D',
			data,
			'-U',
			'lab',
			'--auth=trust',
			'--encoding=UTF8',
			'--locale=C',
			'--no-sync',
		]);
		const { status, stdout, stderr, error } = spawnSync(program!, args, { cwd: folder, encoding: 'utf8' });
		if (status !== 0) {
			rmSync(folder, { recursive: true, force: true });
			throw new Error(`initdb failed: ${error?.message ?? `${stdout}\n${stderr}`}`);
		}
		const port = await freePort();
		const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 50 };
		const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
		const daemon = await Daemon.start({
			name: 'PostgreSQL',
			// SIGINT is its fast end: SIGTERM would wait for the last client.
			command: unprivileged([server, '-D', data, ...flags], 'INT'),
			endSignal: 'SIGINT',
			folder,
			ready: (log) => log.includes('ready to accept connections'),
		});
		return new Postgres(port, daemon);
	}

	async stop(): Promise<void> {
		await this.#daemon.stop();
	}
}
