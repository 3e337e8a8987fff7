import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../process/ports';
import { N8nApi } from './api';
import { installPackage, type Report } from './install';
import { installWanted } from './newest';
import { N8nProcess } from './process';
import { serverSettings } from './settings';

export { freePort, portIsTaken } from '../process/ports';

export interface N8nOptions {
	/** n8n's user folder; it survives the server. Default: a temporary one, removed with `dispose`. */
	userFolder?: string;
	/** Default: a free one. */
	port?: number;
	/** Further settings of n8n, as environment variables. */
	env?: Record<string, string>;
	report?: Report;
}

/** A whole n8n server in a process of its own, with this package installed as a community package. */
export class N8nServer extends N8nProcess {
	readonly api: N8nApi;

	readonly #temporary: boolean;

	private constructor(
		userFolder: string,
		installation: string,
		readonly port: number,
		env: Record<string, string>,
		temporary: boolean,
	) {
		super(userFolder, installation, env, ['start'], `http://127.0.0.1:${port}`);
		this.#temporary = temporary;
		this.api = new N8nApi(this.url);
	}

	/** Installs what is missing and prepares the user folder; does not start yet. */
	static async prepare(options: N8nOptions = {}): Promise<N8nServer> {
		const report = options.report ?? (() => {});
		const installation = await installWanted(report);
		const temporary = options.userFolder === undefined;
		const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), 'email-intel-server-'));
		mkdirSync(userFolder, { recursive: true });
		await installPackage(userFolder, report);
		const port = options.port ?? (await freePort());
		const env = { ...(await serverSettings(userFolder, port)), ...options.env };
		return new N8nServer(userFolder, installation, port, env, temporary);
	}

	/** Stops, and removes a temporary user folder. A lasting one gets a clean end. */
	async dispose(): Promise<void> {
		await this.stop(this.#temporary ? 'SIGKILL' : 'SIGTERM');
		if (this.#temporary) rmSync(this.userFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}

	/** Runs one of n8n's commands, e.g. `import:workflow`. The server must not run on the same SQLite file meanwhile. */
	run(args: string[]): void {
		const result = spawnSync(process.execPath, [this.binary, ...args], {
			cwd: this.userFolder,
			env: this.env,
			encoding: 'utf8',
		});
		if (result.status !== 0)
			throw new Error(`n8n ${args[0]} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
	}
}
