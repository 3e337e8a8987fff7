import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NOBODY = 65_534;

/** True when the lab runs as root, whom many servers refuse to serve. */
const isRoot = () => process.getuid?.() === 0;

/** The command itself; for root, the same as nobody, and ending when this process ends. */
export function unprivileged(command: string[], endSignal = 'TERM'): string[] {
	return isRoot()
		? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--pdeathsig', endSignal, ...command]
		: command;
}

/** A temporary folder that the unprivileged server may write to. */
export function temporaryFolder(prefix: string): string {
	const folder = mkdtempSync(join(tmpdir(), prefix));
	if (isRoot()) chownSync(folder, NOBODY, NOBODY);
	return folder;
}

export interface DaemonOptions {
	/** For error texts, e.g. `Redis`. */
	name: string;
	command: string[];
	folder: string;
	/** True as soon as it serves. Gets what it wrote so far. */
	ready: (log: string) => boolean | Promise<boolean>;
	/** What ends it. Default SIGTERM. */
	endSignal?: NodeJS.Signals;
}

/** A Debian server in a folder of its own, for as long as a test runs. */
export class Daemon {
	readonly #child: ChildProcess;
	readonly #logFile: string;
	readonly #onExit = () => void this.#child.kill(this.#endSignal);

	readonly #options: DaemonOptions;

	private constructor(options: DaemonOptions) {
		this.#options = options;
		this.#logFile = join(options.folder, 'log');
		const log = openSync(this.#logFile, 'a');
		const [program, ...args] = options.command;
		this.#child = spawn(program!, args, { cwd: options.folder, stdio: ['ignore', log, log] });
		closeSync(log);
		process.once('exit', this.#onExit);
	}

	/** Starts it; throws what it said when it does not come up. */
	static async start(options: DaemonOptions): Promise<Daemon> {
		const daemon = new Daemon(options);
		const failed = new Promise<string>((resolve) => {
			daemon.#child.once('error', ({ message }) => resolve(message));
			daemon.#child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
		});
		const deadline = Date.now() + 60_000;
		let trouble = 'it was not ready after a minute';
		while (Date.now() < deadline) {
			if (await options.ready(daemon.#log())) return daemon;
			const reason = await Promise.race([
				failed,
				new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 50)),
			]);
			if (reason === undefined) continue;
			trouble = reason;
			break;
		}
		const log = daemon.#log();
		await daemon.stop();
		throw new Error(`${options.name} did not start: ${trouble}\n${log}`);
	}

	/** Ends it and removes its folder. */
	async stop(): Promise<void> {
		process.removeListener('exit', this.#onExit);
		const child = this.#child;
		if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
			const ended = new Promise((resolve) => child.once('exit', resolve));
			child.kill(this.#endSignal);
			const impatient = setTimeout(() => child.kill('SIGKILL'), 15_000);
			await ended;
			clearTimeout(impatient);
		}
		rmSync(this.#options.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}

	get #endSignal(): NodeJS.Signals {
		return this.#options.endSignal ?? 'SIGTERM';
	}

	#log(): string {
		return readFileSync(this.#logFile, 'utf8');
	}
}
