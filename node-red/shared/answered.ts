import { lazy } from '../../lib/lazy';
import type { AnsweredKeys } from '../../lib/flow';
import { NodeRedError } from './errors';
import type { FlowNode } from './runtime';

const flow = lazy(() => require('../../lib/flow') as typeof import('../../lib/flow'));

const KEY = 'emailIntelAnswered';

/** Keys of answers that a node has drafted, in its context: where Node-RED's default store writes files, they outlive a restart. */
export class AnsweredStore {
	readonly #node: FlowNode;

	constructor(node: FlowNode) {
		this.#node = node;
	}

	/**
	 * Works with the keys that are known, and keeps those that came to them.
	 *
	 * @param isOnce False: what was answered before is answered again.
	 * @throws NodeRedError `NODE_RED_STORE_FAILED`
	 */
	async with<T>(isOnce: boolean, work: (keys: AnsweredKeys) => Promise<T>): Promise<T> {
		const before = await this.#read();
		let kept: unknown = before;
		const list = new (flow().AnsweredList)(
			() => kept,
			(keys) => (kept = keys),
		);
		const result = await work({ has: (key) => isOnce && list.has(key), add: (key) => list.add(key) });
		if (kept !== before) await this.#write(kept);
		return result;
	}

	#read(): Promise<unknown> {
		return new Promise((resolve, reject) => {
			this.#node
				.context()
				.get(KEY, undefined, (error, value) => (error ? reject(failed('read', error)) : resolve(value)));
		});
	}

	#write(keys: unknown): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#node.context().set(KEY, keys, undefined, (error) => (error ? reject(failed('written', error)) : resolve()));
		});
	}
}

const failed = (what: string, cause: unknown): NodeRedError =>
	new NodeRedError('NODE_RED_STORE_FAILED', `The answers of this node could not be ${what}`, {
		cause,
		hint: 'Check the context store in settings.js, and the disk that it writes to.',
	});
