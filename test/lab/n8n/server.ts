import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { N8nApi } from './api';
import { installN8n, installPackage, type Report } from './install';

export interface N8nOptions {
	/** n8n's user folder; it survives the server. Default: a temporary one, removed with `dispose`. */
	userFolder?: string;
	/** Default: a free one. */
	port?: number;
	/** Further settings of n8n, as environment variables. */
	env?: Record<string, string>;
	report?: Report;
}

const QUIET = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_ENCRYPTION_KEY: 'only-for-this-lab',
	N8N_SECURE_COOKIE: 'false',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_DISABLED_MODULES: 'mcp-registry,instance-ai,chat-hub,mcp,insights',
	N8N_RUNNERS_MODE: 'internal',
	GENERIC_TIMEZONE: 'UTC',
	NODE_ENV: 'production',
};

/** A whole n8n server in a process of its own, with this package installed as a community package. */
export class N8nServer {
	readonly url: string;
	readonly api: N8nApi;
	readonly logFile: string;
	private child: ChildProcess | undefined;
	private awaited = false;

	private constructor(
		readonly userFolder: string,
		private readonly installation: string,
		readonly port: number,
		private readonly env: Record<string, string>,
		private readonly temporary: boolean,
	) {
		this.url = `http://127.0.0.1:${port}`;
		this.api = new N8nApi(this.url);
		this.logFile = join(userFolder, 'n8n.log');
	}

	/** Installs what is missing and prepares the user folder; does not start yet. */
	static async prepare(options: N8nOptions = {}): Promise<N8nServer> {
		const report = options.report ?? (() => {});
		const installation = await installN8n(report);
		const temporary = options.userFolder === undefined;
		const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), 'email-intel-server-'));
		mkdirSync(userFolder, { recursive: true });
		await installPackage(userFolder, report);
		const port = options.port ?? (await freePort());
		const env = {
			HOME: userFolder,
			PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
			...QUIET,
			N8N_USER_FOLDER: userFolder,
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			...options.env,
		};
		return new N8nServer(userFolder, installation, port, env, temporary);
	}

	/** Starts n8n and waits until it is ready. `extra` adds to the environment, for this start only. */
	async start(extra: Record<string, string> = {}): Promise<void> {
		const log = openSync(this.logFile, 'a');
		// A clean environment: leftovers of the caller's shell would change what n8n does.
		const child = spawn(process.execPath, [this.binary, 'start'], { cwd: this.userFolder, env: { ...this.env, ...extra }, stdio: ['ignore', log, log], detached: true });
		closeSync(log);
		this.child = child;
		this.awaited = false;
		child.once('exit', (code, signal) => {
			if (this.child === child && !this.awaited) process.stdout.write(`n8n ended by itself (${signal ?? code}):\n${this.logTail()}\n`);
		});
		const deadline = Date.now() + 180_000;
		while (Date.now() < deadline) {
			if (child.exitCode !== null || child.signalCode !== null) throw new Error(`n8n ended at its start:\n${this.logTail()}`);
			if (await fetch(`${this.url}/healthz/readiness`).then((answer) => answer.ok, () => false)) return;
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
		throw new Error(`n8n was not ready after three minutes:\n${this.logTail()}`);
	}

	/** Ends n8n: SIGTERM waits for running executions, SIGKILL is the power cut. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		const { child } = this;
		this.child = undefined;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = new Promise((resolve) => child.once('exit', resolve));
		try {
			// The group: task runners are children of n8n.
			process.kill(-child.pid!, signal);
		} catch {
			child.kill(signal);
		}
		const impatient = setTimeout(() => child.kill('SIGKILL'), 30_000);
		await ended;
		clearTimeout(impatient);
	}

	/** Calls when the running n8n ends, for whatever reason. */
	onExit(listener: (signal: NodeJS.Signals | null) => void): void {
		this.awaited = true;
		this.child?.once('exit', (_code, signal) => listener(signal));
	}

	/** Stops, and removes a temporary user folder. A lasting one gets a clean end. */
	async dispose(): Promise<void> {
		await this.stop(this.temporary ? 'SIGKILL' : 'SIGTERM');
		if (this.temporary) rmSync(this.userFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}

	/** Runs one of n8n's commands, e.g. `import:workflow`. The server must not run on the same SQLite file meanwhile. */
	run(args: string[]): void {
		const result = spawnSync(process.execPath, [this.binary, ...args], { cwd: this.userFolder, env: this.env, encoding: 'utf8' });
		if (result.status !== 0) throw new Error(`n8n ${args[0]} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
	}

	/** The last lines of n8n's log, for error texts. */
	logTail(lines = 40): string {
		return readFileSync(this.logFile, 'utf8').split('\n').slice(-lines).join('\n');
	}

	private get binary(): string {
		return join(this.installation, 'node_modules', 'n8n', 'bin', 'n8n');
	}
}

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
