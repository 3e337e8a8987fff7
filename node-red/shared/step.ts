import { isError } from '../../lib/errors';
import { codeOf, shownError } from './errors';
import type { Done, FlowMessage, FlowNode, NodeConfig, Runtime, Send, Sent } from './runtime';

/** What came of a message. */
export interface StepResult {
	/** What to send; undefined: nothing. */
	send?: Sent | undefined;
	/** What the node shows below itself. */
	text: string;
	/** Something is missing: shown in yellow. */
	isIncomplete?: boolean;
	/** For the log, and the editor's debug pane: what no message that is sent can tell. */
	warnings?: readonly string[];
}

/** A node that does something with each message. */
export interface Step {
	/**
	 * What it does with messages that came one behind the other; a result for each, in their order. It may change them, and ends early when
	 * `signal` is aborted. What it throws is the error of all of them.
	 */
	work(messages: readonly FlowMessage[], signal: AbortSignal): Promise<(StepResult | Failed)[]>;
	/** Shown while it works. */
	doing: string;
	/** Pieces of work at the same time. The other messages wait in their order. */
	atOnce: number;
	/** Messages of one piece of work. */
	together: number;
	/** When the node ends. */
	close?(): Promise<void>;
}

/** What fails one of several messages. */
export interface Failed {
	error: unknown;
}

/** The work of a node that takes each message by itself. */
export const oneByOne =
	(work: (message: FlowMessage, signal: AbortSignal) => Promise<StepResult>): Step['work'] =>
	async (messages, signal) =>
		await Promise.all(messages.map(async (message) => await work(message, signal)));

/**
 * Registers a type of nodes that work on messages. Whatever fails is handed to `done`, with the pack's code, and shown in red; the next
 * message has its turn all the same. A setting that cannot be used fails each message, not the start.
 */
export function registerStep(RED: Runtime, type: string, make: (node: FlowNode, config: NodeConfig) => Step): void {
	RED.nodes.registerType(type, function (this: FlowNode, config: NodeConfig) {
		RED.nodes.createNode(this, config);
		const turns = new Turns(this, () => make(this, config));
		this.on('input', (message, send, done) => turns.add(message, send, done));
		this.on('close', (_removed, done) => void turns.close().finally(done));
		this.status({});
	});
}

interface Waiting {
	message: FlowMessage;
	send: Send;
	done: Done;
}

/** The messages of one node, so many at once. */
class Turns {
	#step: Step | undefined;
	readonly #waiting: Waiting[] = [];
	#working = 0;
	readonly #ending = new AbortController();

	readonly #node: FlowNode;
	readonly #make: () => Step;

	constructor(node: FlowNode, make: () => Step) {
		this.#node = node;
		this.#make = make;
	}

	add(message: FlowMessage, send: Send, done: Done): void {
		this.#waiting.push({ message, send, done });
		this.#next();
	}

	/** What waits is dropped: whoever sent it sends it again, as it was not acknowledged. */
	async close(): Promise<void> {
		this.#waiting.length = 0;
		this.#ending.abort(new Error('The node was stopped'));
		await this.#step?.close?.().catch((error: unknown) => this.#node.debug(shownError(error).message));
	}

	#next(): void {
		let step: Step;
		try {
			step = this.#step ??= this.#make();
		} catch (error) {
			for (const { done } of this.#waiting.splice(0)) this.#fail(error, done);
			return;
		}
		while (this.#working < step.atOnce && this.#waiting.length > 0) {
			const turn = this.#waiting.splice(0, step.together);
			this.#working++;
			this.#show(step);
			void this.#work(step, turn).finally(() => {
				this.#working--;
				this.#next();
			});
		}
		if (this.#waiting.length > 0) this.#show(step);
	}

	async #work(step: Step, turn: readonly Waiting[]): Promise<void> {
		const { signal } = this.#ending;
		let results: (StepResult | Failed)[];
		try {
			results = await step.work(
				turn.map(({ message }) => message),
				signal,
			);
		} catch (error) {
			results = turn.map(() => ({ error }));
		}
		if (signal.aborted) return;
		turn.forEach(({ send, done }, index) => {
			const result = results[index] ?? { error: new Error('A message without a result') };
			if ('error' in result) return this.#fail(result.error, done);
			const { send: sent, text, isIncomplete = false, warnings = [] } = result;
			this.#node.status({ fill: isIncomplete ? 'yellow' : 'green', shape: 'dot', text });
			for (const warning of warnings) this.#node.warn(warning);
			if (sent !== undefined) send(sent);
			done();
		});
	}

	#fail(error: unknown, done: Done): void {
		this.#node.status({ fill: 'red', shape: 'ring', text: codeOf(error) });
		if (codeOf(error) === 'UNEXPECTED' && isError(error)) this.#node.debug(error.stack ?? error.message);
		done(shownError(error));
	}

	#show(step: Step): void {
		const waiting = this.#waiting.length === 0 ? '' : `, ${this.#waiting.length} waiting`;
		this.#node.status({ fill: 'blue', shape: 'dot', text: `${step.doing}${waiting}` });
	}
}
