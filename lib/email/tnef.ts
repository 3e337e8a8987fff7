import { fileTime, MAPI, MAPI_TYPE, MapiText, READ_PROPERTIES, type MapiAttachment, type MapiMessage, type MapiProperties, type MapiReading } from './mapi';

const SIGNATURE = 0x223e9f78;
/** Whether bytes begin as those of a TNEF stream. */
export const isTnef = (bytes: Buffer): boolean => bytes.length >= 6 && bytes.readUInt32LE(0) === SIGNATURE;

/** Attributes (MS-OXTNEF section 2.1.3.2), type and name. */
const ATTRIBUTE = {
	subject: 0x00018004,
	body: 0x0002800c,
	messageProperties: 0x00069003,
	attachmentStart: 0x00069002,
	attachmentTitle: 0x00018010,
	attachmentData: 0x0006800f,
	attachmentProperties: 0x00069005,
} as const;

/** An attachment while its attributes come in. */
interface OpenAttachment extends MapiAttachment {
	/** Bytes of attAttachData. */
	data?: Buffer;
	/** Bytes of PidTagAttachDataBinary or PidTagAttachDataObject among its properties. */
	inProperties?: Buffer;
}

/**
 * Reads a TNEF stream (MS-OXTNEF), what Outlook sends as winmail.dat. One pass; every length is checked against the
 * bytes that are there, and a stream that is cut short gives what came before. Throws a plain Error when it is no TNEF.
 */
export function readTnef(bytes: Buffer, reading: MapiReading, maxDepth: number): MapiMessage {
	if (!isTnef(bytes)) throw new Error('no TNEF stream');
	const properties: MapiProperties = new Map();
	const attachments: OpenAttachment[] = [];
	/** What an attachment's attributes belong to; undefined when it is beyond the limit. */
	let attachment: OpenAttachment | undefined;
	let at = 6;
	while (at + 9 <= bytes.length && reading.mayGoOn()) {
		const attribute = bytes.readUInt32LE(at + 1);
		const length = bytes.readUInt32LE(at + 5);
		const data = bytes.subarray(at + 9, at + 9 + length);
		const whole = data.length === length;
		if (!whole) reading.warnings.notice('outlook-damaged');
		switch (attribute) {
			case ATTRIBUTE.subject:
				properties.set(MAPI.subject, new MapiText(data, false));
				break;
			case ATTRIBUTE.body:
				properties.set(MAPI.body, new MapiText(data, false));
				break;
			case ATTRIBUTE.messageProperties:
				readProperties(data, properties, reading);
				break;
			case ATTRIBUTE.attachmentStart:
				attachment = reading.budget.takePart() ? { properties: new Map() } : undefined;
				if (attachment === undefined) reading.warnings.notice('too-many-attachments');
				else attachments.push(attachment);
				break;
			case ATTRIBUTE.attachmentTitle:
				attachment?.properties.set(MAPI.attachShortName, new MapiText(data, false));
				break;
			case ATTRIBUTE.attachmentData:
				if (attachment !== undefined && whole) attachment.data = data;
				break;
			case ATTRIBUTE.attachmentProperties:
				if (attachment !== undefined) readAttachmentProperties(data, attachment, reading, maxDepth);
				break;
		}
		// A checksum of two bytes follows.
		at += 9 + length + 2;
	}
	if (!reading.stopped && at !== bytes.length) reading.warnings.notice('outlook-damaged');
	return { properties, recipients: [], attachments: attachments.flatMap((one) => withContent(one, reading)) };
}

/** Bytes of a value of fixed length, padded to four (MS-OXTNEF section 2.1.3.4). Types that are not here have a length of their own. */
const FIXED: Record<number, number> = { 0x00: 0, 0x01: 0, 0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0a: 4, 0x0b: 4, 0x14: 8, 0x40: 8, 0x48: 16 };
const MULTIPLE = 0x1000;
/** Properties from here on are named: their tag is followed by a name space and a number or a name. */
const FIRST_NAMED = 0x8000;

/** One value of a property. `whole` when none of its bytes is missing. */
type Keep = (id: number, type: number, value: Buffer, whole: boolean) => void;

function readProperties(data: Buffer, properties: MapiProperties, reading: MapiReading): void {
	walkProperties(data, reading, (id, type, value, whole) => keepProperty(properties, id, type, value, whole));
}

/** Gives the first value of each property that is read; the others are passed over. Told as damaged when the list ends too early. */
function walkProperties(data: Buffer, reading: MapiReading, keep: Keep): void {
	const list = new Cursor(data);
	const count = list.u32();
	for (let i = 0; i < count && !list.ended && reading.mayGoOn(); i++) {
		const tag = list.u32();
		const id = tag >>> 16;
		const type = tag & 0xffff & ~MULTIPLE;
		if (id >= FIRST_NAMED) {
			list.skip(16);
			const kind = list.u32();
			if (kind === 0) list.skip(4);
			else list.take(list.u32());
		}
		const size = FIXED[type];
		const values = size === undefined || (tag & MULTIPLE) !== 0 ? list.u32() : 1;
		for (let v = 0; v < values && !list.ended && reading.mayGoOn(); v++) {
			const length = size ?? list.u32();
			const value = list.take(length);
			if (v === 0 && READ_PROPERTIES.has(id)) keep(id, type, value, value.length === length);
			// Nothing is kept of the others, and there may be 2^32 of them.
			if (size !== undefined) {
				list.skip(size * (values - 1));
				break;
			}
		}
	}
	if (list.ended) reading.warnings.notice('outlook-damaged');
}

function keepProperty(properties: MapiProperties, id: number, type: number, value: Buffer, whole: boolean): void {
	if (type === MAPI_TYPE.string8 || type === MAPI_TYPE.unicode) properties.set(id, new MapiText(value, type === MAPI_TYPE.unicode));
	else if (type === MAPI_TYPE.binary) properties.set(id, value);
	else if (type === MAPI_TYPE.time && whole) {
		const date = fileTime(value.readUInt32LE(0), value.readUInt32LE(4));
		if (date !== undefined) properties.set(id, date);
	}
}

/** Goes through bytes forwards only. What is asked for beyond their end is 0 or cut short, and `ended` is set. */
class Cursor {
	ended = false;
	#at = 0;

	constructor(private readonly bytes: Buffer) {}

	u32(): number {
		const at = this.#at;
		this.skip(4);
		return this.ended ? 0 : this.bytes.readUInt32LE(at);
	}

	/** A value; the bytes that fill it up to a multiple of four are passed over. */
	take(length: number): Buffer {
		const value = this.bytes.subarray(this.#at, this.#at + length);
		this.skip(length);
		// The padding of the last value may be missing.
		if (!this.ended) this.#at = Math.min(Math.ceil(this.#at / 4) * 4, this.bytes.length);
		return value;
	}

	skip(length: number): void {
		// Numbers, no 32-bit arithmetic: a length of nearly 2^32 must not come out as a step back.
		if (length > this.bytes.length - this.#at) this.ended = true;
		this.#at = Math.min(this.#at + length, this.bytes.length);
	}
}

// --- attachments ---

/** Interface of an attached message (MS-OXTNEF section 2.1.3.4): a TNEF stream follows. Behind others, the bytes of an object. */
const MESSAGE_INTERFACE = Buffer.from('0703020000000000c000000000000046', 'hex');
const INTERFACE_SIZE = 16;
/** What old programs are shown in place of an attached message. */
const PLACEHOLDER = 'This attachment is a MAPI 1.0 embedded message';

function readAttachmentProperties(data: Buffer, attachment: OpenAttachment, reading: MapiReading, maxDepth: number): void {
	walkProperties(data, reading, (id, type, value, whole) => {
		if (id !== MAPI.attachData) {
			keepProperty(attachment.properties, id, type, value, whole);
		} else if (type === MAPI_TYPE.object && value.subarray(0, INTERFACE_SIZE).equals(MESSAGE_INTERFACE)) {
			attachment.message = readAttached(value.subarray(INTERFACE_SIZE), reading, maxDepth);
		} else if (whole && (type === MAPI_TYPE.binary || type === MAPI_TYPE.object)) {
			// Of a part of the bytes the hashes would be wrong.
			attachment.inProperties = type === MAPI_TYPE.object ? value.subarray(INTERFACE_SIZE) : value;
		}
	});
}

/** An attached message, as far as it can be read. */
function readAttached(bytes: Buffer, reading: MapiReading, maxDepth: number): MapiMessage | undefined {
	if (maxDepth === 0) {
		reading.warnings.notice('too-deep');
		return undefined;
	}
	try {
		return readTnef(bytes, reading, maxDepth - 1);
	} catch {
		reading.warnings.notice('outlook-damaged');
		return undefined;
	}
}

/** Bytes in both places are the same, as a rule. When they are not, which of them a reader shows is its own affair: both are listed. */
function withContent({ data, inProperties, ...attachment }: OpenAttachment, reading: MapiReading): MapiAttachment[] {
	const isPlaceholder = data?.toString('latin1', 0, PLACEHOLDER.length) === PLACEHOLDER;
	const found = [isPlaceholder ? undefined : data, inProperties].filter((content) => content !== undefined);
	// One that is empty beside the other was left so.
	const contents = found.some((content) => content.length > 0) ? found.filter((content) => content.length > 0) : found.slice(0, 1);
	const [first, second] = contents;
	if (first === undefined) return [attachment];
	if (second === undefined || first.equals(second)) return [{ ...attachment, content: first }];
	reading.warnings.notice('attachment-twice');
	return [{ ...attachment, content: second }, { properties: attachment.properties, content: first }];
}
