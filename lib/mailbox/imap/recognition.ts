import { createHash } from 'node:crypto';
import type { FetchMessageObject } from 'imapflow';
import { IMAP_LIMITS, MAILBOX_LIMITS } from '../../limits';
import { MINUTE } from '../../units';
import type { ImapConnection } from './connection';
import { receivedAt } from './messages';
import { rangesOf, sequenceSet } from './ranges';

/*
 * Messages that were handed over are known by what a server cannot give them anew: some header fields and the time of receipt. So
 * they are recognised when UIDs change under them: a folder that was re-created or migrated, and servers whose UIDs do not stick.
 * Not by the size, which Exchange estimates; and the fields are as the server gives them by name, for some servers write them otherwise
 * in the whole message.
 */

/** Bytes of one fingerprint. Two messages of the remembered ones look alike once in a thousand million resets. */
const BYTES = 5;

/** Fields that tell messages apart, asked for by name. */
export const RECOGNISED_BY: string[] = ['message-id', 'date', 'from', 'subject'];

const FIELD = new RegExp(`^(?:${RECOGNISED_BY.join('|')})[ \\t]*:`, 'i');

/** Hex digits; undefined for a row without these fields or without a date: now and then a server leaves one out. */
export function fingerprintOf(row: FetchMessageObject): string | undefined {
	const received = receivedAt(row);
	// NIL is no header either.
	if (!row.headers || received === undefined) return undefined;
	const text = `${fieldsOf(row.headers).join('\n')}\n${Math.floor(received.getTime() / 1000)}`;
	return createHash('sha256')
		.update(text)
		.digest('hex')
		.slice(0, 2 * BYTES);
}

/**
 * The same, read from a message. Undefined for one whose header programs read in different ways, so that the server could give other
 * fields by name: a field that comes twice, bytes that are not ASCII, a name that is none, lines that do not end as they should.
 */
export function fingerprintInBytes(row: FetchMessageObject, raw: Buffer): string | undefined {
	const end = raw.indexOf(END_OF_HEADER);
	// The fields by name are cut at as many bytes.
	if (end < 0 || end + END_OF_HEADER.length > MAILBOX_LIMITS.maxHeaderBytes) return undefined;
	const headers = raw.subarray(0, end + END_OF_HEADER.length);
	return isPlain(headers.toString('latin1')) ? fingerprintOf({ ...row, headers }) : undefined;
}

const END_OF_HEADER = '\r\n\r\n';
/** Line ends that are none, and NUL. */
const ODD = /\0|\r(?!\n)|(?<!\r)\n/;
const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]+(?=:)/;

function isPlain(header: string): boolean {
	if (ODD.test(header)) return false;
	const seen = new Set<string>();
	let name: string | undefined;
	for (const line of linesOf(header)) {
		if (line === '') return name !== undefined;
		if (!/^[ \t]/.test(line)) {
			name = FIELD_NAME.exec(line)?.[0].toLowerCase();
			if (name === undefined || seen.has(name)) return false;
			if (RECOGNISED_BY.includes(name)) seen.add(name);
		} else if (name === undefined || line.trim() === '') return false;
		if (seen.has(name) && /[^\t\x20-\x7e]/.test(line)) return false;
	}
	return false;
}

/** The fields, unfolded and sorted: servers keep neither their order nor their white space. */
function fieldsOf(header: Buffer): string[] {
	const head = header.subarray(0, MAILBOX_LIMITS.maxHeaderBytes).toString('latin1');
	const fields: string[] = [];
	let open = false;
	for (const line of linesOf(head)) {
		if (line === '') break;
		if (/^[ \t]/.test(line)) {
			if (open) fields.push(`${fields.pop()} ${line.trim()}`);
			continue;
		}
		open = FIELD.test(line);
		if (open) fields.push(line);
	}
	return fields.map((field) => field.replace(/\s+/g, ' ').trim().toLowerCase()).sort();
}

function* linesOf(text: string): Generator<string> {
	for (let at = 0; at < text.length;) {
		const end = text.indexOf('\n', at);
		const stop = end < 0 ? text.length : end;
		yield text.slice(at, text[stop - 1] === '\r' ? stop - 1 : stop);
		at = stop + 1;
	}
}

/** All fingerprints in a saved state: of messages that were handed over, and of the last ones that were passed over. */
export function remembered({ known, tips = [] }: { known?: string; tips?: ReadonlyArray<[number, string]> }): string[] {
	const handedOver = knownOf(known);
	const set = new Set(handedOver);
	return [...handedOver, ...tips.flatMap(([, fingerprint]) => (set.has(fingerprint) ? [] : [fingerprint]))];
}

/** The fingerprints in a saved state, oldest first. */
export function knownOf(known: string | undefined): string[] {
	const digits = Buffer.from(known ?? '', 'base64').toString('hex');
	const size = 2 * BYTES;
	return Array.from({ length: Math.floor(digits.length / size) }, (_, at) => digits.slice(at * size, (at + 1) * size));
}

/** The form of a saved state: the newest of them, at most `most`. */
export function packKnown(fingerprints: readonly string[], most: number): string | undefined {
	const kept = most > 0 ? fingerprints.slice(-most) : [];
	return kept.length === 0 ? undefined : Buffer.from(kept.join(''), 'hex').toString('base64');
}

/** How many characters of a state so many fingerprints take. */
export const knownLength = (count: number) => Math.ceil((count * BYTES) / 3) * 4;

/** Fingerprints of messages, by UID; without those that the server does not tell enough of, asked twice. */
export async function fingerprints(connection: ImapConnection, uids: readonly number[]): Promise<Map<number, string>> {
	const rows = await rowsToldOf(connection, uids);
	return new Map([...rows].map(([uid, row]) => [uid, fingerprintOf(row)!]));
}

/** Zones are up to 14 hours from UTC, in quarters of an hour. */
const QUARTER = MINUTE * 15;
const MAX_QUARTERS = 14 * 4;

/**
 * Whether messages are those of these fingerprints but for their time, which is the same number of quarters of an hour off for all of
 * them: a server that keeps local times tells other ones when the clocks are changed, or its zone.
 */
export async function areInAnotherZone(
	connection: ImapConnection,
	tips: ReadonlyArray<[uid: number, fingerprint: string]>,
): Promise<boolean> {
	const rows = await rowsToldOf(
		connection,
		tips.map(([uid]) => uid),
	);
	const isSame = (offset: number) =>
		tips.every(([uid, fingerprint]) => {
			const row = rows.get(uid);
			const received = row && receivedAt(row);
			if (received === undefined) return false;
			return fingerprintOf({ ...row!, internalDate: new Date(received.getTime() + offset) }) === fingerprint;
		});
	for (let quarters = 1; quarters <= MAX_QUARTERS; quarters++)
		if (isSame(quarters * QUARTER) || isSame(-quarters * QUARTER)) return true;
	return false;
}

/** Rows of messages that have a fingerprint, by UID. */
async function rowsToldOf(
	connection: ImapConnection,
	uids: readonly number[],
): Promise<Map<number, FetchMessageObject>> {
	const found = new Map<number, FetchMessageObject>();
	const query = { uid: true, internalDate: true, headers: RECOGNISED_BY };
	for (let at = 0; at < uids.length; at += IMAP_LIMITS.metadataMessages) {
		const window = uids.slice(at, at + IMAP_LIMITS.metadataMessages);
		for (let asked = 0; asked < 2; asked++) {
			const wanted = new Set(window.filter((uid) => !found.has(uid)));
			if (wanted.size === 0) break;
			const rows = await connection.run('recognise messages', () =>
				connection.client.fetchAll(sequenceSet(rangesOf([...wanted])), query, { uid: true }),
			);
			for (const row of rows) {
				if (wanted.has(row.uid) && fingerprintOf(row) !== undefined) found.set(row.uid, row);
			}
		}
	}
	return found;
}

/**
 * Those of the messages that are known, by UID: of two that are alike and one of which was handed over, one.
 */
export function recognised(found: ReadonlyMap<number, string>, known: readonly string[]): Map<number, string> {
	const left = new Map<string, number>();
	for (const fingerprint of known) left.set(fingerprint, (left.get(fingerprint) ?? 0) + 1);
	const result = new Map<number, string>();
	for (const [uid, fingerprint] of [...found].sort(([a], [b]) => a - b)) {
		const count = left.get(fingerprint) ?? 0;
		if (count === 0) continue;
		left.set(fingerprint, count - 1);
		result.set(uid, fingerprint);
	}
	return result;
}
