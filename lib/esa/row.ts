import { compact, isRecord } from '../json';
import { parseTimestamp } from './timestamp';

/** A row of `message-tracking/messages` as the appliance sent it: `{ attributes: { … } }`. */
export interface EsaRow {
	attributes: Readonly<Record<string, unknown>>;
}

/** A row read: every field optional, because versions and products differ. Texts are as the appliance wrote them. */
export interface TrackedMessage {
	/** Several after splintering. */
	mids: number[];
	icid?: number;
	serialNumber?: string;
	/** Only on Secure Email and Web Manager. */
	hostName?: string;
	/** Epoch milliseconds. */
	time?: number;
	/** Envelope sender. */
	sender?: string;
	/** Header From. */
	from: string[];
	/** Envelope recipients of all MIDs. */
	recipients: string[];
	recipientsByMid: ReadonlyMap<number, string[]>;
	replyTo?: string;
	/** Absent when the appliance shows its placeholder `(No Subject)`. */
	subject?: string;
	finalSubjects: ReadonlyMap<number, string>;
	senderIp?: string;
	senderDomain?: string;
	senderGroup?: string;
	direction?: string;
	/** Reputation of the sender's address, as text. */
	sbrs?: string;
	messageIds: ReadonlyMap<number, string>;
	/** By MID. */
	statuses: ReadonlyMap<number, string>;
	/** Where the row has one status for all its MIDs (AsyncOS 12 and 13). */
	status?: string;
	mailPolicies: string[];
	/** Why the connection was refused; only in rows of rejected connections. */
	rejected?: string;
}

/** A row of a hunt; read when somebody asks what it says. */
export class TrackedRow {
	readonly row: EsaRow;
	#message?: TrackedMessage;

	constructor(row: EsaRow) {
		this.row = row;
	}

	get message(): TrackedMessage {
		this.#message ??= readRow(this.row);
		return this.#message;
	}
}

/** Where AsyncOS has nothing to show. */
const NOTHING = new Set(['', 'N/A']);
const NO_SUBJECT = '(No Subject)';

/** Reads a row; what has another type than the API's is left out. */
export function readRow(row: EsaRow): TrackedMessage {
	const fields = row.attributes;
	const message: TrackedMessage = {
		mids: integers(fields.mid),
		from: textsOf(fields.friendly_from),
		recipients: [],
		recipientsByMid: byMid(fields.recipientMap, textsOf),
		finalSubjects: byMid(fields.finalSubject, shown),
		messageIds: byMid(fields.messageID, shown),
		statuses: byMid(fields.messageStatus, shown),
		mailPolicies: textsOf(fields.mailPolicy),
	};
	// A MID that only a map names is a MID of the message all the same.
	const named = [...message.messageIds.keys(), ...message.statuses.keys(), ...message.recipientsByMid.keys()];
	message.mids = [...new Set([...message.mids, ...named])];
	message.recipients = [...new Set([...textsOf(fields.recipient), ...[...message.recipientsByMid.values()].flat()])];
	const subject = text(fields.subject);
	const optional = {
		icid: integers(fields.icid)[0],
		serialNumber: shown(fields.serialNumber),
		hostName: shown(fields.hostName),
		time: parseTimestamp(fields.timestamp),
		sender: shown(fields.sender),
		replyTo: shown(fields.replyTo),
		subject: subject === NO_SUBJECT ? undefined : subject,
		senderIp: shown(fields.senderIp),
		senderDomain: shown(fields.senderDomain),
		senderGroup: shown(fields.senderGroup),
		direction: shown(fields.direction),
		sbrs: fields.sbrs === 'None' ? undefined : shown(fields.sbrs),
		status: shown(fields.messageStatus),
		rejected: shown(fields.rejected),
	};
	return { ...message, ...compact(optional) };
}

/** The address of `Name <address>` or of a bare address; undefined when there is none. */
export function addressOf(raw: string | undefined): string | undefined {
	if (raw === undefined) return undefined;
	const open = raw.endsWith('>') ? raw.lastIndexOf('<') : -1;
	const address = open < 0 ? raw : raw.slice(open + 1, -1);
	const at = address.lastIndexOf('@');
	if (at < 1 || at === address.length - 1 || address.length > 320) return undefined;
	return /[\s<>\u0000-\u001f]/.test(address) ? undefined : address;
}

/** Whether a sender domain can stand as a domain-name. */
export function isDomain(value: string | undefined): value is string {
	return value !== undefined && value.length <= 253 && !/[\s@<>/:\u0000-\u001f]/.test(value);
}

/** Every address that the row shows: envelope, header From, Reply-To. */
export function addressesOf(message: TrackedMessage): string[] {
	const raw = [message.sender, message.replyTo, ...message.from, ...message.recipients];
	return [...new Set(raw.map(addressOf).filter((one) => one !== undefined))];
}

/** The address of the header From, or the first of several. */
export function fromOf(message: TrackedMessage): string | undefined {
	return message.from.map(addressOf).find((one) => one !== undefined);
}

/** Whether it looks like a row at all. */
export function isRow(value: unknown): value is EsaRow {
	return isRecord(value) && isRecord(value.attributes);
}

/** The same for the same message whatever query found it; what a row without MID is, its whole text says. */
export function keysOf(row: EsaRow): string[] {
	const mids = integers(row.attributes.mid);
	if (mids.length === 0) return [JSON.stringify(row.attributes)];
	const serial = text(row.attributes.serialNumber) ?? '';
	return mids.map((mid) => `${serial} ${mid}`);
}

function text(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

function shown(value: unknown): string | undefined {
	return typeof value === 'string' && !NOTHING.has(value) ? value : undefined;
}

/** Texts of a list, or the one that stands in place of it, without placeholders. */
export function textsOf(value: unknown): string[] {
	const list = Array.isArray(value) ? (value as unknown[]) : [value];
	return list.map(shown).filter((one) => one !== undefined);
}

function integers(value: unknown): number[] {
	const list = Array.isArray(value) ? (value as unknown[]) : [value];
	return list
		.map((one) => (typeof one === 'string' && /^\d{1,15}$/.test(one) ? Number(one) : one))
		.filter((one): one is number => Number.isSafeInteger(one));
}

/** `{ "1757": … }`. */
function byMid<T>(value: unknown, read: (one: unknown) => T | undefined): Map<number, T> {
	const map = new Map<number, T>();
	if (!isRecord(value)) return map;
	for (const [mid, one] of Object.entries(value)) {
		const content = read(one);
		if (content !== undefined && /^\d{1,15}$/.test(mid)) map.set(Number(mid), content);
	}
	return map;
}
