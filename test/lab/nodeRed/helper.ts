import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FlowMessage, FlowNode, Runtime } from '../../../node-red/shared/runtime';
import { describeIf } from '../describeIf';
import { nodeRedFolder } from './install';
import type { FlowEntry } from './server';

/** The part of node-red-node-test-helper that the suites use. */
interface TestHelper {
	init(runtime: string, settings?: object): void;
	settings(settings: object): void;
	load(nodes: ((RED: Runtime) => unknown)[], flow: unknown[], credentials: object): Promise<void>;
	unload(): Promise<void>;
	setFlows(flow: unknown[], type: 'full' | 'flows' | 'nodes', credentials: object): Promise<void>;
	getNode(id: string): FlowNode & { receive(message: FlowMessage): void };
	request(): { post(path: string): { send(body: object): Promise<{ body: Record<string, unknown>; status: number }> } };
	startServer(done: () => void): void;
	stopServer(done: () => void): void;
	_context: { load(): Promise<void>; close(): Promise<void> };
}

const NODES = [
	...['imap-account', 'gmail-account', 'microsoft-account', 'cisco-account', 'opencti-account'],
	...['mailbox-in', 'mailbox-ack', 'mailbox-read', 'email-to-stix', 'stix-pattern', 'hunt', 'opencti-report'],
];

/** `describe` for suites in Node-RED's own runtime. Without it the suite is skipped, visibly; in CI that is a failure. */
export function describeNodeRed(name: string, tests: () => void): void {
	const reason = 'Node-RED is not installed: node scripts/toolchain.mjs install-node-red';
	describeIf(nodeRedFolder() === undefined ? { reason, failsInCi: 'in CI it must be there' } : undefined, name, tests);
}

/** Nodes of this package in Node-RED's runtime, inside of this process. */
export class NodeRed {
	readonly #helper: TestHelper;
	readonly #received = new Map<string, FlowMessage[]>();
	readonly #told: (() => void)[] = [];
	readonly #watched = new WeakSet<object>();
	readonly statuses: { id: string; fill?: string; text?: string }[] = [];
	readonly errors: { id: string; text: string; message: FlowMessage | undefined }[] = [];
	readonly warnings: string[] = [];

	constructor() {
		const installed = createRequire(join(nodeRedFolder()!, 'package.json'));
		this.#helper = require(installed.resolve('node-red-node-test-helper')) as TestHelper;
		this.#helper.init(installed.resolve('node-red'));
	}

	/** Starts a flow. What comes to its nodes of the type `helper` is kept. */
	async load(flow: readonly FlowEntry[], { contextStorage }: { contextStorage?: object } = {}): Promise<void> {
		this.#helper.settings({ contextStorage, logging: { console: { level: 'off' } } });
		const nodes = NODES.map((name) => require(join(__dirname, '../../../node-red', name)) as (RED: Runtime) => void);
		// Stores are opened before the flows start, as Node-RED does.
		const withStores = async () => {
			if (contextStorage !== undefined) await this.#helper._context.load();
		};
		await this.#helper.load([withStores, ...nodes], ...split(flow));
		this.#watch(flow);
	}

	/** Deploys another flow in place of it, as the editor does. */
	async deploy(flow: readonly FlowEntry[], type: 'full' | 'nodes' = 'full'): Promise<void> {
		const [entries, credentials] = split(flow);
		await this.#helper.setFlows(entries, type, credentials);
		this.#watch(flow);
	}

	async unload(): Promise<void> {
		await this.#helper.unload();
		await this.#helper._context.close();
	}

	send(id: string, message: FlowMessage): void {
		this.#helper.getNode(id).receive(message);
	}

	/** What came to a helper node so far. */
	received = (id: string): FlowMessage[] => this.#received.get(id) ?? [];

	/** Waits until something is true, looked at whenever a node says something. */
	async until(what: string, isTrue: () => boolean, ms = 20_000): Promise<void> {
		if (isTrue()) return;
		await new Promise<void>((resolve, reject) => {
			const look = () => {
				if (!isTrue()) return;
				clearTimeout(timer);
				this.#told.splice(this.#told.indexOf(look), 1);
				resolve();
			};
			const timer = setTimeout(
				() =>
					reject(
						new Error(
							`Not seen: ${what}. ${JSON.stringify({ statuses: this.statuses.slice(-5), errors: this.errors, warnings: this.warnings })}`,
						),
					),
				ms,
			);
			this.#told.push(look);
		});
	}

	/** Sends a message to a node and waits for what comes out of it, or for its error. */
	async run(id: string, message: FlowMessage, out = 'out'): Promise<FlowMessage> {
		const [count, faults] = [this.received(out).length, this.errors.length];
		this.send(id, message);
		await this.until(`a result of ${id}`, () => this.received(out).length > count || this.errors.length > faults);
		if (this.errors.length > faults) throw new Error(this.errors.at(-1)!.text);
		return this.received(out)[count]!;
	}

	async ask(path: string, body: object = {}): Promise<Record<string, unknown>> {
		return (await this.#helper.request().post(path).send(body)).body;
	}

	#watch(flow: readonly FlowEntry[]): void {
		const tell = () => [...this.#told].forEach((told) => told());
		for (const { id, type } of flow) {
			const node = this.#helper.getNode(id) as ReturnType<TestHelper['getNode']> | undefined;
			// A deploy of what was changed leaves the others running.
			if (node === undefined || node === null || type === 'tab' || this.#watched.has(node)) continue;
			this.#watched.add(node);
			if (type === 'helper') {
				node.on('input', (message, _send, done) => {
					this.#received.set(id, [...this.received(id), message]);
					done();
					tell();
				});
			}
			const listen = (event: string, listener: (argument: never, message?: FlowMessage) => void) =>
				(node.on as (event: string, listener: unknown) => void)(event, (call: { args: [never, FlowMessage?] }) => {
					listener(...call.args);
					tell();
				});
			listen('call:status', (status: { fill?: string; text?: string }) => this.statuses.push({ id, ...status }));
			listen('call:error', (error: unknown, message) => this.errors.push({ id, text: String(error), message }));
			listen('call:warn', (text: string) => this.warnings.push(text));
		}
	}
}

/** Secrets lie apart from the flow. */
function split(flow: readonly FlowEntry[]): [unknown[], Record<string, unknown>] {
	const credentials = Object.fromEntries(
		flow.flatMap(({ id, credentials: own }) => (own === undefined ? [] : [[id, own]])),
	);
	return [flow.map(({ credentials: _apart, ...entry }) => entry), credentials];
}
