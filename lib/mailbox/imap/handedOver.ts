import type { FetchMessageObject } from 'imapflow';
import { IMAP_LIMITS } from '../../limits';
import { spread } from './ranges';
import { fingerprintInBytes, fingerprintOf } from './recognition';

/** What a cursor remembers of the messages that one poll hands over. */
export interface Remembered {
	/** Fingerprints, in the order in which the messages were handed over. */
	known: string[];
	/** Those of the highest UIDs, as the server gives them by name, of messages that are not wanted too. */
	tips: Array<[uid: number, fingerprint: string]>;
}

/** Asks the server for the fields by which messages are recognised, by name; undefined when it does not answer. */
type AskByName = (uids: readonly number[]) => Promise<ReadonlyMap<number, string> | undefined>;

/**
 * Messages that a poll hands over. Only of the last of many is a fingerprint kept, and to ask for its fields by name would cost a server
 * as much as the whole message does: they are read from the bytes, and some are asked for to see whether these say the same.
 */
export class HandedOver {
	readonly #messages: Array<{ row: FetchMessageObject; raw: Buffer }> = [];
	readonly #passedOver: number[] = [];

	/** `row` has the header fields where they were asked for by name, and the date. */
	add(row: FetchMessageObject, raw: Buffer): void {
		this.#messages.push({ row, raw });
	}

	/** A message that is not wanted: whether its UID goes on naming it tells whether UIDs stay as they are. */
	passOver(uid: number): void {
		this.#passedOver.push(uid);
	}

	async remember(askByName: AskByName): Promise<Remembered> {
		const highest = [...this.#passedOver, ...this.#messages.map(({ row }) => row.uid)]
			.sort((a, b) => a - b)
			.slice(-IMAP_LIMITS.maxTips);
		const last = this.#messages.slice(-IMAP_LIMITS.maxKnown);
		const named = new Map<number, string>();
		const inBytes = new Map<number, string>();
		const unclear = new Set<number>();
		const isTip = new Set(highest);
		for (const { row, raw } of new Set([...this.#messages.filter(({ row }) => isTip.has(row.uid)), ...last])) {
			const byName = fingerprintOf(row);
			const read = byName === undefined ? fingerprintInBytes(row, raw) : undefined;
			if (byName !== undefined) named.set(row.uid, byName);
			else if (read !== undefined) inBytes.set(row.uid, read);
			else unclear.add(row.uid);
		}
		const ask = async (uids: Iterable<number>): Promise<void> => {
			const wanted = [...new Set(uids)].filter((uid) => !named.has(uid)).sort((a, b) => a - b);
			const told = wanted.length === 0 ? undefined : await askByName(wanted);
			for (const [uid, fingerprint] of told ?? []) named.set(uid, fingerprint);
		};
		const compared = spread([...inBytes.keys()], IMAP_LIMITS.maxCompared);
		await ask([...highest, ...unclear, ...compared]);
		const isOtherwise = [...inBytes].some(([uid, read]) => (named.get(uid) ?? read) !== read);
		if (isOtherwise) await ask(inBytes.keys());
		return {
			known: last.flatMap(({ row }) => named.get(row.uid) ?? (isOtherwise ? undefined : inBytes.get(row.uid)) ?? []),
			tips: highest.flatMap((uid): Remembered['tips'] => {
				const fingerprint = named.get(uid);
				return fingerprint === undefined ? [] : [[uid, fingerprint]];
			}),
		};
	}
}
