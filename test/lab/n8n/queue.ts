import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Postgres } from '../postgres';
import { freePort } from '../process/ports';
import { Redis } from '../redis';
import { N8nProcess } from './process';
import type { N8nServer } from './server';

/** What n8n needs besides itself to share its work: a Redis and a PostgreSQL. */
export class QueueServices {
	readonly #redis: Redis;
	readonly #postgres: Postgres;

	private constructor(redis: Redis, postgres: Postgres) {
		this.#redis = redis;
		this.#postgres = postgres;
	}

	static async start(): Promise<QueueServices> {
		const redis = await Redis.start();
		try {
			return new QueueServices(redis, await Postgres.start());
		} catch (error) {
			await redis.stop();
			throw error;
		}
	}

	/** Settings of every n8n process that takes part. */
	get env(): Record<string, string> {
		const redis = this.#redis;
		const postgres = this.#postgres;
		return {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: redis.host,
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: postgres.host,
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: postgres.database,
			DB_POSTGRESDB_USER: postgres.user,
		};
	}

	async stop(): Promise<void> {
		await this.#redis.stop();
		await this.#postgres.stop();
	}
}

/** A worker as if on a machine of its own. In common with the server: queue, database, key and the folder of packages. */
export class N8nWorker extends N8nProcess {
	static async prepare(
		server: N8nServer,
		options: { concurrency: number; env?: Record<string, string> },
	): Promise<N8nWorker> {
		const userFolder = mkdtempSync(join(tmpdir(), 'email-intel-worker-'));
		mkdirSync(join(userFolder, '.n8n'));
		symlinkSync(join(server.userFolder, '.n8n', 'nodes'), join(userFolder, '.n8n', 'nodes'));
		const port = String(await freePort());
		const env = {
			...server.env,
			HOME: userFolder,
			N8N_USER_FOLDER: userFolder,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: port,
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			...options.env,
		};
		return new N8nWorker(
			userFolder,
			server.installation,
			env,
			['worker', `--concurrency=${options.concurrency}`],
			`http://127.0.0.1:${port}`,
		);
	}

	/** Executions that it began, by number, as its log has them. */
	started(): string[] {
		return [...this.log().matchAll(/Worker started execution (\d+)/g)].map(([, id]) => id!);
	}

	/** Executions that it ended. */
	finished(): string[] {
		return [...this.log().matchAll(/Worker finished execution (\d+)/g)].map(([, id]) => id!);
	}

	/** Executions that it began and did not end. */
	running(): string[] {
		const finished = new Set(this.finished());
		return this.started().filter((id) => !finished.has(id));
	}

	async dispose(): Promise<void> {
		await this.stop('SIGKILL');
		rmSync(this.userFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
}
