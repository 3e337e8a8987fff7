import { EMAIL_LIMITS } from '../../limits';
import {
	Distinct,
	FIRST_NAMED,
	fileTime,
	keepProperty,
	listAttachments,
	MAPI,
	MAPI_TYPE,
	MapiText,
	namedProperty,
	READ_PROPERTIES,
	type MapiMessage,
	type MapiProperties,
	type MapiReading,
} from './mapi';

const SIGNATURE = 0x223e9f78;
/** Whether bytes begin as those of a TNEF stream. */
export const isTnef = (bytes: Buffer): boolean => bytes.length >= 6 && bytes.readUInt32LE(0) === SIGNATURE;

/** Attributes (MS-OXTNEF section 2.1.3.2) by their name. The type before it says nothing more, and old writers leave it out. */
const ATTRIBUTE = {
	sentFor: 0x0001,
	from: 0x8000,
	subject: 0x8004,
	dateSent: 0x8005,
	messageClass: 0x8008,
	body: 0x800c,
	attachmentData: 0x800f,
	attachmentTitle: 0x8010,
	attachmentFileName: 0x9001,
	attachmentStart: 0x9002,
	messageProperties: 0x9003,
	recipients: 0x9004,
	attachmentProperties: 0x9005,
	codePage: 0x9007,
} as const;

/** An attachment while its attributes come in. */
interface OpenAttachment {
	properties: MapiProperties;
	/** From attributes of old. */
	old: MapiProperties;
	/** Bytes of PidTagAttachDataBinary and PidTagAttachDataObject among its properties, and of attAttachData. */
	inProperties: Buffer[];
	data: Buffer[];
	messages: MapiMessage[];
	/** Of the messages, what they were read from. */
	messageBytes: Distinct;
	/** An object is among its properties: attAttachData is shown to those who do not know such. */
	hasObject: boolean;
	/** It has content among its properties that is no file, or not whole. */
	hasLost: boolean;
}

const newAttachment = (): OpenAttachment => ({
	properties: new Map(),
	old: new Map(),
	inProperties: [],
	data: [],
	messages: [],
	messageBytes: new Distinct(),
	hasObject: false,
	hasLost: false,
});

/**
 * Reads a TNEF stream (MS-OXTNEF), what Outlook sends as winmail.dat. One pass; every length is checked against the
 * bytes that are there, and a stream that is cut short gives what came before.
 *
 * @throws a plain Error when it is no TNEF
 */
export function readTnef(bytes: Buffer, reading: MapiReading, maxDepth: number): MapiMessage {
	if (!isTnef(bytes)) throw new Error('no TNEF stream');
	const properties: MapiProperties = new Map();
	/** What stands in attributes of old, and as a rule among the properties, too: those count. */
	const old: MapiProperties = new Map();
	const recipients: MapiProperties[] = [];
	let codePage: number | undefined;
	const attachments: OpenAttachment[] = [];
	/** What an attachment's attributes belong to; undefined when it is beyond the limit. */
	let attachment: OpenAttachment | undefined;
	const begin = (): void => {
		attachment = reading.budget.takePart() ? newAttachment() : undefined;
		if (attachment === undefined) reading.warnings.notice('too-many-attachments');
		else attachments.push(attachment);
	};
	let at = 6;
	while (at + 9 <= bytes.length && reading.mayGoOn()) {
		const attribute = bytes.readUInt16LE(at + 1);
		const length = bytes.readUInt32LE(at + 5);
		const data = bytes.subarray(at + 9, at + 9 + length);
		const whole = data.length === length;
		if (!whole) reading.warnings.notice('outlook-damaged');
		// What comes before the first beginning belongs to an attachment as well.
		if (OF_ATTACHMENT.has(attribute) && attachments.length === 0 && attachment === undefined) begin();
		switch (attribute) {
			case ATTRIBUTE.subject:
				keepProperty(properties, MAPI.subject, new MapiText(data, 'attribute'), reading);
				break;
			case ATTRIBUTE.body:
				keepProperty(properties, MAPI.body, new MapiText(data, 'attribute'), reading);
				break;
			case ATTRIBUTE.from:
				readTriple(data, old);
				break;
			case ATTRIBUTE.sentFor:
				readCounted(data, old);
				break;
			case ATTRIBUTE.dateSent: {
				const date = dateAt(data);
				if (date !== undefined) old.set(MAPI.clientSubmitTime, date);
				break;
			}
			case ATTRIBUTE.messageClass:
				old.set(MAPI.messageClass, new MapiText(data, 'attribute'));
				break;
			case ATTRIBUTE.codePage:
				if (data.length >= 4) codePage = data.readUInt32LE(0);
				break;
			case ATTRIBUTE.recipients:
				readRecipients(data, recipients, reading);
				break;
			case ATTRIBUTE.messageProperties:
				walkProperties(data, reading, (id, type, value, valueIsWhole) =>
					keepValue(properties, id, type, value, valueIsWhole, reading),
				);
				break;
			case ATTRIBUTE.attachmentStart:
				begin();
				break;
			case ATTRIBUTE.attachmentTitle:
				if (attachment !== undefined)
					keepProperty(attachment.properties, MAPI.attachShortName, new MapiText(data, 'attribute'), reading);
				break;
			case ATTRIBUTE.attachmentFileName:
				attachment?.old.set(MAPI.attachLongName, new MapiText(data, 'attribute'));
				break;
			case ATTRIBUTE.attachmentData:
				if (attachment !== undefined && whole) attachment.data.push(data);
				break;
			case ATTRIBUTE.attachmentProperties:
				if (attachment !== undefined) readAttachmentProperties(data, attachment, reading, maxDepth);
				break;
		}
		// A checksum of two bytes follows.
		at += 9 + length + 2;
	}
	if (!reading.stopped && at !== bytes.length) reading.warnings.notice('outlook-damaged');
	fillIn(properties, old);
	for (const one of attachments) fillIn(one.properties, one.old);
	return {
		properties,
		...(codePage === undefined ? {} : { codePage }),
		recipients,
		attachments: attachments.flatMap((one) => listAttachments({ ...one, contents: contentsOf(one) }, reading)),
	};
}

/** What the first has not, out of the second. */
function fillIn(properties: MapiProperties, old: MapiProperties): void {
	for (const [id, value] of old) if (!properties.has(id)) properties.set(id, value);
}

/** attFrom (section 2.1.3.3.5.1): lengths, a name, and an address with its type before it. */
function readTriple(data: Buffer, properties: MapiProperties): void {
	if (data.length < 8) return;
	const [nameLength, addressLength] = [data.readUInt16LE(4), data.readUInt16LE(6)];
	keepAddress(
		data.subarray(8, 8 + nameLength),
		data.subarray(8 + nameLength, 8 + nameLength + addressLength),
		[MAPI.senderName, MAPI.senderAddress],
		properties,
	);
}

/** attSentFor (section 2.1.3.3.7): a name and an address, each behind its length. */
function readCounted(data: Buffer, properties: MapiProperties): void {
	if (data.length < 4) return;
	const nameLength = data.readUInt16LE(0);
	const at = 2 + nameLength;
	if (at + 2 > data.length) return;
	const addressLength = data.readUInt16LE(at);
	keepAddress(
		data.subarray(2, at),
		data.subarray(at + 2, at + 2 + addressLength),
		[MAPI.representingName, MAPI.representingAddress],
		properties,
	);
}

function keepAddress(name: Buffer, address: Buffer, ids: [number, number], properties: MapiProperties): void {
	const type = /^[A-Za-z]{1,16}:/.exec(address.toString('latin1', 0, 17))?.[0].length ?? 0;
	if (name.length > 0) properties.set(ids[0], new MapiText(name, 'attribute'));
	if (address.length > type) properties.set(ids[1], new MapiText(address.subarray(type), 'attribute'));
}

/** A date of attributes (section 2.1.3.3.4): year, month, day, hour, minute, second. Undefined when it is none. */
function dateAt(data: Buffer): Date | undefined {
	if (data.length < 12) return undefined;
	const [year, month, day, hour, minute, second] = [0, 2, 4, 6, 8, 10].map((at) => data.readUInt16LE(at)) as [
		number, number, number, number, number, number,
	]; // prettier-ignore
	if (year < 1602 || year > 9999 || hour > 23 || minute > 59 || second > 59) return undefined;
	const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
	return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : undefined;
}

/** attRecipTable (section 2.1.3.3.9): a list of properties for each recipient. */
function readRecipients(data: Buffer, recipients: MapiProperties[], reading: MapiReading): void {
	const table = new Cursor(data);
	const count = table.u32();
	for (let i = 0; i < count && !table.ended && reading.mayGoOn(); i++) {
		if (recipients.length >= EMAIL_LIMITS.maxAddresses) {
			reading.warnings.notice('too-many-addresses');
			return;
		}
		const properties: MapiProperties = new Map();
		walkList(table, reading, (id, type, value, whole) => keepValue(properties, id, type, value, whole, reading));
		recipients.push(properties);
	}
	if (table.ended) reading.warnings.notice('outlook-damaged');
}

const OF_ATTACHMENT: ReadonlySet<number> = new Set([
	ATTRIBUTE.attachmentFileName,
	ATTRIBUTE.attachmentTitle,
	ATTRIBUTE.attachmentData,
	ATTRIBUTE.attachmentProperties,
]);

/** Bytes of a value of fixed length, padded to four (MS-OXTNEF section 2.1.3.4). Types that are not here have a length of their own. */
const FIXED: Record<number, number> = {
	0x00: 0,
	0x01: 0,
	0x02: 4,
	0x03: 4,
	0x04: 4,
	0x05: 8,
	0x06: 8,
	0x07: 8,
	0x0a: 4,
	0x0b: 4,
	0x14: 8,
	0x40: 8,
	0x48: 16,
};
const MULTIPLE = 0x1000;

/** One value of a property. `whole` when none of its bytes is missing. */
type Keep = (id: number, type: number, value: Buffer, whole: boolean) => void;

/** Gives the first value of each property that is read, and all of an attachment's bytes; others are passed over. Told as damaged when the list ends too early. */
function walkProperties(data: Buffer, reading: MapiReading, keep: Keep): void {
	walkList(new Cursor(data), reading, keep);
}

function walkList(list: Cursor, reading: MapiReading, keep: Keep): void {
	const count = list.u32();
	for (let i = 0; i < count && !list.ended && reading.mayGoOn(); i++) {
		const tag = list.u32();
		const type = tag & 0xffff & ~MULTIPLE;
		let id = tag >>> 16;
		if (id >= FIRST_NAMED) {
			// Behind the tag: a set, and a number or a name in it.
			const set = list.take(16);
			const name = list.u32() === 0 ? list.u32() : textOfName(list.take(list.u32()));
			id = namedProperty(set, name) ?? id;
		}
		const size = FIXED[type];
		const values = size === undefined || (tag & MULTIPLE) !== 0 ? list.u32() : 1;
		for (let v = 0; v < values && !list.ended && reading.mayGoOn(); v++) {
			const length = size ?? list.u32();
			const value = list.take(length);
			if ((v === 0 || id === MAPI.attachData) && READ_PROPERTIES.has(id))
				keep(id, type, value, value.length === length);
			// Nothing is kept of the others, and there may be 2^32 of them.
			if (size !== undefined) {
				list.skip(size * (values - 1));
				break;
			}
		}
	}
	if (list.ended) reading.warnings.notice('outlook-damaged');
}

/** No name that is read is longer. */
const textOfName = (bytes: Buffer): string => new MapiText(bytes.subarray(0, 200), 'unicode').read();

function keepValue(
	properties: MapiProperties,
	id: number,
	type: number,
	value: Buffer,
	whole: boolean,
	reading: MapiReading,
): void {
	if (type === MAPI_TYPE.string8 || type === MAPI_TYPE.unicode)
		keepProperty(properties, id, new MapiText(value, type === MAPI_TYPE.unicode ? 'unicode' : '8-bit'), reading);
	else if (type === MAPI_TYPE.binary) keepProperty(properties, id, value, reading);
	else if (type === MAPI_TYPE.long && whole) keepProperty(properties, id, value.readInt32LE(0), reading);
	else if (type === MAPI_TYPE.time && whole) {
		const date = fileTime(value.readUInt32LE(0), value.readUInt32LE(4));
		if (date !== undefined) keepProperty(properties, id, date, reading);
	}
}

/** Goes through bytes forwards only. What is asked for beyond their end is 0 or cut short, and `ended` is set. */
class Cursor {
	ended = false;
	#at = 0;

	readonly #bytes: Buffer;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	u32(): number {
		const at = this.#at;
		this.skip(4);
		return this.ended ? 0 : this.#bytes.readUInt32LE(at);
	}

	/** A value; the bytes that fill it up to a multiple of four are passed over. */
	take(length: number): Buffer {
		const value = this.#bytes.subarray(this.#at, this.#at + length);
		this.skip(length);
		// The padding of the last value may be missing.
		if (!this.ended) this.#at = Math.min(Math.ceil(this.#at / 4) * 4, this.#bytes.length);
		return value;
	}

	skip(length: number): void {
		// Numbers, no 32-bit arithmetic: a length of nearly 2^32 must not come out as a step back.
		if (length > this.#bytes.length - this.#at) this.ended = true;
		this.#at = Math.min(this.#at + length, this.#bytes.length);
	}
}

// --- attachments ---

/** Interface of an attached message (MS-OXTNEF section 2.1.3.4): a TNEF stream follows. Behind others, the bytes of an object. */
const MESSAGE_INTERFACE = Buffer.from('0703020000000000c000000000000046', 'hex');
const INTERFACE_SIZE = 16;
/** What old programs are shown in place of an object: these words and no others, or a file could hide behind them. */
const PLACEHOLDER = 'This attachment is a MAPI 1.0 embedded message and is not supported by this mail system.';

function readAttachmentProperties(
	data: Buffer,
	attachment: OpenAttachment,
	reading: MapiReading,
	maxDepth: number,
): void {
	walkProperties(data, reading, (id, type, value, whole) => {
		if (id !== MAPI.attachData) {
			keepValue(attachment.properties, id, type, value, whole, reading);
			return;
		}
		const isObject = type === MAPI_TYPE.object;
		if (isObject) attachment.hasObject = true;
		if (isObject && value.subarray(0, INTERFACE_SIZE).equals(MESSAGE_INTERFACE)) {
			const stored = value.subarray(INTERFACE_SIZE);
			if (attachment.messageBytes.add(stored)) readAttached(stored, attachment, reading, maxDepth);
		} else if (whole && (type === MAPI_TYPE.binary || (isObject && value.length > INTERFACE_SIZE))) {
			// Of a part of the bytes the hashes would be wrong.
			attachment.inProperties.push(isObject ? value.subarray(INTERFACE_SIZE) : value);
		} else {
			attachment.hasLost = true;
		}
	});
}

/** An attached message, as far as it can be read. */
function readAttached(bytes: Buffer, attachment: OpenAttachment, reading: MapiReading, maxDepth: number): void {
	attachment.hasLost = true;
	if (maxDepth === 0) {
		reading.warnings.notice('too-deep');
		return;
	}
	try {
		attachment.messages.push(readTnef(bytes, reading, maxDepth - 1));
	} catch {
		reading.warnings.notice('outlook-damaged');
	}
}

function contentsOf({ inProperties, data, hasObject }: OpenAttachment): Buffer[] {
	return [...inProperties, ...data.filter((bytes) => !(hasObject && isPlaceholder(bytes)))];
}

function isPlaceholder(bytes: Buffer): boolean {
	const end = bytes.at(-1) === 0 ? bytes.length - 1 : bytes.length;
	return end === PLACEHOLDER.length && bytes.toString('latin1', 0, end) === PLACEHOLDER;
}
