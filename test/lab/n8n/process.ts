import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One process of n8n: the server, or a worker. */
export class N8nProcess {
	readonly logFile: string;
	#child: ChildProcess | undefined;
	#awaited = false;

	readonly #command: string[];

	constructor(
		/** n8n's user folder; it survives the process. */
		readonly userFolder: string,
		/** Where n8n is installed. */
		readonly installation: string,
		readonly env: Record<string, string>,
		command: string[],
		/** Where it says whether it is ready. */
		readonly url: string,
	) {
		this.#command = command;
		this.logFile = join(userFolder, 'n8n.log');
	}

	/** Starts n8n and waits until it is ready. `extra` adds to the environment, for this start only. */
	async start(extra: Record<string, string> = {}): Promise<void> {
		const log = openSync(this.logFile, 'a');
		// A clean environment: leftovers of the caller's shell would change what n8n does.
		const child = spawn(process.execPath, [this.binary, ...this.#command], {
			cwd: this.userFolder,
			env: { ...this.env, ...extra },
			stdio: ['ignore', log, log],
			detached: true,
		});
		closeSync(log);
		this.#child = child;
		this.#awaited = false;
		child.once('exit', (code, signal) => {
			if (this.#child === child && !this.#awaited)
				process.stdout.write(`n8n ended by itself (${signal ?? code}):\n${this.logTail()}\n`);
		});
		const deadline = Date.now() + 180_000;
		while (Date.now() < deadline) {
			if (child.exitCode !== null || child.signalCode !== null)
				throw new Error(`n8n ended at its start:\n${this.logTail()}`);
			if (
				await fetch(`${this.url}/healthz/readiness`).then(
					(answer) => answer.ok,
					() => false,
				)
			)
				return;
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
		throw new Error(`n8n was not ready after three minutes:\n${this.logTail()}`);
	}

	/** Ends n8n: SIGTERM waits for running executions, SIGKILL is the power cut. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
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

	/** Of the running process. */
	get pid(): number | undefined {
		return this.#child?.pid;
	}

	/** Calls when the running n8n ends, for whatever reason. */
	onExit(listener: (signal: NodeJS.Signals | null) => void): void {
		this.#awaited = true;
		this.#child?.once('exit', (_code, signal) => listener(signal));
	}

	/** What it wrote since its first start. */
	log(): string {
		return readFileSync(this.logFile, 'utf8');
	}

	/** The last lines of n8n's log, for error texts. */
	logTail(lines = 40): string {
		return this.log().split('\n').slice(-lines).join('\n');
	}

	protected get binary(): string {
		return join(this.installation, 'node_modules', 'n8n', 'bin', 'n8n');
	}
}
