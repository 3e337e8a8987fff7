import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Report } from '../n8n/install';
import { freePort } from '../process/ports';
import { installNodeRed, installPackage } from './install';

export interface NodeRedOptions {
	/** It survives the server. Default: a temporary one, removed with `dispose`. */
	userFolder?: string;
	/** Default: a free one. */
	port?: number;
	/** `contextStorage` of settings.js; null: none, as it is in a fresh Node-RED. Default: files, written each second. */
	contextStorage?: object | null;
	/** Where Node-RED is installed. Default: the release that the package is tested with. */
	installation?: string;
	/** False: Node-RED alone. */
	withPackage?: boolean;
	report?: Report;
}

/** A node of a flow as Node-RED stores it. Secrets go with it under `credentials`. */
export type FlowEntry = { id: string; type: string } & Record<string, unknown>;

const FILES = { default: { module: 'localfilesystem', config: { flushInterval: 1 } } };

/** A whole Node-RED in a process of its own, with the packed package installed in its user folder. */
export class NodeRedServer {
	readonly url: string;
	readonly logFile: string;
	/** Milliseconds of the last start, until Node-RED says that its flows run. */
	startedInMs = 0;
	#child: ChildProcess | undefined;

	private constructor(
		readonly userFolder: string,
		readonly installation: string,
		readonly port: number,
		readonly isTemporary: boolean,
	) {
		this.url = `http://127.0.0.1:${port}`;
		this.logFile = join(userFolder, 'node-red.log');
	}

	/** Installs what is missing and prepares the user folder; does not start yet. */
	static async prepare(options: NodeRedOptions = {}): Promise<NodeRedServer> {
		const report = options.report ?? (() => {});
		const installation = options.installation ?? (await installNodeRed(report));
		const isTemporary = options.userFolder === undefined;
		const userFolder = options.userFolder ?? mkdtempSync(join(tmpdir(), 'email-intel-node-red-'));
		mkdirSync(userFolder, { recursive: true });
		if (options.withPackage !== false) await installPackage(userFolder, report);
		const port = options.port ?? (await freePort());
		const contextStorage = options.contextStorage === undefined ? FILES : options.contextStorage;
		const settings = {
			uiHost: '127.0.0.1',
			uiPort: port,
			flowFile: 'flows.json',
			credentialSecret: 'only-for-this-lab',
			editorTheme: { tours: false, projects: { enabled: false } },
			telemetry: { enabled: false, updateNotification: false },
			diagnostics: { enabled: false, ui: false },
			logging: { console: { level: 'info', metrics: false, audit: false } },
			...(contextStorage === null ? {} : { contextStorage }),
		};
		writeFileSync(join(userFolder, 'settings.js'), `module.exports = ${JSON.stringify(settings, null, '\t')};\n`);
		return new NodeRedServer(userFolder, installation, port, isTemporary);
	}

	/** Starts Node-RED and waits until its flows run. */
	async start(): Promise<void> {
		const begin = performance.now();
		const before = this.#logLength();
		const log = openSync(this.logFile, 'a');
		const program = join(this.installation, 'node_modules', 'node-red', 'red.js');
		const child = spawn(process.execPath, [program, '--userDir', this.userFolder], {
			cwd: this.userFolder,
			env: { HOME: this.userFolder, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` },
			stdio: ['ignore', log, log],
		});
		closeSync(log);
		this.#child = child;
		const deadline = Date.now() + 120_000;
		while (Date.now() < deadline) {
			if (child.exitCode !== null || child.signalCode !== null)
				throw new Error(`Node-RED ended at its start:\n${this.logTail()}`);
			if (this.log().slice(before).includes('Started flows')) {
				this.startedInMs = performance.now() - begin;
				return;
			}
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		throw new Error(`Node-RED was not ready after two minutes:\n${this.logTail()}`);
	}

	/** Ends Node-RED: SIGKILL is the power cut. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = new Promise((resolve) => child.once('exit', resolve));
		child.kill(signal);
		const impatient = setTimeout(() => child.kill('SIGKILL'), 30_000);
		await ended;
		clearTimeout(impatient);
	}

	/** Stops, and removes a temporary user folder. */
	async dispose(): Promise<void> {
		await this.stop(this.isTemporary ? 'SIGKILL' : 'SIGTERM');
		if (this.isTemporary) rmSync(this.userFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}

	/** Calls when the running Node-RED ends, for whatever reason. */
	onExit(listener: () => void): void {
		this.#child?.once('exit', listener);
	}

	/** Deploys flows in place of those that are there. */
	async deploy(flows: readonly FlowEntry[]): Promise<void> {
		const answer = await fetch(`${this.url}/flows`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'full' },
			body: JSON.stringify(flows),
		});
		if (!answer.ok) throw new Error(`Node-RED refused the flows: ${answer.status} ${await answer.text()}`);
	}

	/** What the editor asks: JSON, parsed. */
	async ask<T>(path: string, body?: unknown): Promise<T> {
		const answer = await fetch(`${this.url}/${path}`, {
			...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
			headers: { accept: 'application/json', 'content-type': 'application/json' },
		});
		return (await answer.json()) as T;
	}

	/** What it wrote since its first start. */
	log(): string {
		try {
			return readFileSync(this.logFile, 'utf8');
		} catch {
			return '';
		}
	}

	logTail(lines = 40): string {
		return this.log().split('\n').slice(-lines).join('\n');
	}

	#logLength(): number {
		return this.log().length;
	}
}
