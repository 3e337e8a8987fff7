import { createHash } from 'node:crypto';
import { isRecord } from '../../lib/json';
import { DELIVERY_LIMITS } from '../../lib/limits';
import { NodeRedError } from './errors';
import type { ContextScope, FlowNode, Runtime } from './runtime';

/** Which store keeps a position. */
export interface StoreChoice {
	/** Its name in settings.js. Empty: the first one that keeps files, the default store before others. */
	name: string;
	/** The user accepts that a restart forgets the position. */
	memoryOnly: boolean;
}

const SETTING = "contextStorage: { default: { module: 'localfilesystem' } }";

/**
 * The store that a position is kept in.
 *
 * @param contextStorage As settings.js has it; without it, Node-RED has nothing but memory.
 * @throws NodeRedError `NODE_RED_STORE` when it would forget the position at a restart, and the user did not choose that
 */
export function storeName(contextStorage: unknown, { name, memoryOnly }: StoreChoice): string | undefined {
	const stores = isRecord(contextStorage) ? contextStorage : {};
	// Node-RED's `default` may stand for another store by its name.
	const entryOf = (one: string): unknown => {
		const entry = stores[one];
		return one === 'default' && typeof entry === 'string' ? stores[entry] : entry;
	};
	const lasts = (one: string): boolean => {
		const entry = entryOf(one);
		return isRecord(entry) && entry.module !== undefined && entry.module !== 'memory';
	};
	if (name !== '') {
		if (!Object.hasOwn(stores, name) && !(name === 'memory' && memoryOnly)) {
			throw new NodeRedError('NODE_RED_STORE', `There is no context store '${name}'`, {
				hint: `Open the node and select another store for the position, or add it to contextStorage in settings.js.`,
			});
		}
		if (lasts(name) || memoryOnly) return Object.hasOwn(stores, name) ? name : undefined;
	} else {
		const found = ['default', ...Object.keys(stores)].find((one) => Object.hasOwn(stores, one) && lasts(one));
		if (found !== undefined) return typeof stores[found] === 'string' ? stores[found] : found;
		if (memoryOnly) return undefined;
	}
	const what = name === '' ? 'Node-RED has no context store that keeps' : `The context store '${name}' does not keep`;
	throw new NodeRedError('NODE_RED_STORE', `${what} the position over a restart`, {
		hint: `Add ${SETTING} to settings.js and restart Node-RED. Or open the node and turn on 'Keep in memory only': a restart then reads the mailbox as at the first start.`,
	});
}

/**
 * The positions of one node, each of a mailbox and folder, in Node-RED's global context: it outlives deploys, and the node's own way to
 * another tab. Changed settings lose nothing: who chooses the old folder again finds its position.
 */
export class PositionStore {
	readonly #scope: ContextScope;
	readonly #store: string | undefined;
	readonly #key: string;
	#writing: Promise<void> = Promise.resolve();
	#next: { place: string; record: unknown; now: number } | undefined;

	constructor(RED: Runtime, node: FlowNode, choice: StoreChoice) {
		this.#store = storeName(RED.settings.contextStorage, choice);
		this.#scope = node.context().global;
		// A name: Node-RED reads anything else as a path.
		this.#key = `emailIntelMailbox_${node.id.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
	}

	/** The record of a place, as it was stored; undefined where there is none. @throws NodeRedError `NODE_RED_STORE_FAILED` */
	async read(place: string): Promise<unknown> {
		const found = (await this.#places())[digestOf(place)];
		// The store may hand out the object that it keeps.
		return found === undefined ? undefined : structuredClone(found.record);
	}

	/**
	 * Stores the record of a place. While one is written, only the newest of those that follow is kept.
	 *
	 * @throws NodeRedError `NODE_RED_STORE_FAILED`
	 */
	async write(place: string, record: unknown, now: number): Promise<void> {
		const isAlone = this.#next === undefined;
		this.#next = { place, record, now };
		if (isAlone) {
			this.#writing = this.#writing
				.catch(() => undefined)
				.then(async () => {
					const next = this.#next!;
					this.#next = undefined;
					await this.#put(next);
				});
		}
		await this.#writing;
	}

	async #put({ place, record, now }: { place: string; record: unknown; now: number }): Promise<void> {
		const places = { ...(await this.#places()), [digestOf(place)]: { at: now, record: structuredClone(record) } };
		const kept = Object.entries(places)
			.sort(([, a], [, b]) => b.at - a.at)
			.slice(0, DELIVERY_LIMITS.maxPlaces);
		await new Promise<void>((resolve, reject) => {
			this.#scope.set(this.#key, { v: 1, places: Object.fromEntries(kept) }, this.#store, (error) =>
				error ? reject(failed('written', error)) : resolve(),
			);
		});
	}

	async #places(): Promise<Record<string, { at: number; record: unknown }>> {
		const saved = await new Promise<unknown>((resolve, reject) => {
			this.#scope.get(this.#key, this.#store, (error, value) =>
				error ? reject(failed('read', error)) : resolve(value),
			);
		});
		const places = isRecord(saved) && isRecord(saved.places) ? Object.entries(saved.places) : [];
		return Object.fromEntries(
			places.flatMap(([name, entry]) =>
				isRecord(entry) ? [[name, { at: typeof entry.at === 'number' ? entry.at : 0, record: entry.record }]] : [],
			),
		);
	}
}

const failed = (what: string, cause: unknown): NodeRedError =>
	new NodeRedError('NODE_RED_STORE_FAILED', `The position could not be ${what}`, {
		cause,
		hint: 'Check the context store in settings.js, and the disk that it writes to. It is tried again.',
	});

/** Addresses and folders stay out of what the editor shows of the context. */
const digestOf = (place: string): string => createHash('sha256').update(place).digest('hex').slice(0, 16);
