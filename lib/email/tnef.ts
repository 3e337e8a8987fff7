import { fileTime, MAPI, mapiText, type MapiMessage, type MapiProperties } from './mapi';

const SIGNATURE = 0x223e9f78;
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
const MAX_ATTACHMENTS = 1_000;
const MAX_PROPERTIES = 10_000;

/**
 * Reads a TNEF stream (MS-OXTNEF), what Outlook sends as winmail.dat. One pass; every length is checked against the
 * bytes that are there, and a stream that is cut short gives what came before. Throws a plain Error when it is no TNEF.
 */
export function readTnef(bytes: Buffer): MapiMessage {
	if (bytes.length < 6 || bytes.readUInt32LE(0) !== SIGNATURE) throw new Error('no TNEF stream');
	const message: MapiMessage = { properties: new Map(), recipients: [], attachments: [] };
	for (let at = 6; at + 9 <= bytes.length; ) {
		const attribute = bytes.readUInt32LE(at + 1);
		const length = bytes.readUInt32LE(at + 5);
		const from = at + 9;
		if (from + length > bytes.length) break;
		readAttribute(message, attribute, bytes.subarray(from, from + length));
		// A checksum of two bytes follows.
		at = from + length + 2;
	}
	return message;
}

function readAttribute(message: MapiMessage, attribute: number, data: Buffer): void {
	const attachment = message.attachments.at(-1);
	switch (attribute) {
		case ATTRIBUTE.subject:
			message.properties.set(MAPI.subject, mapiText(data, false));
			break;
		case ATTRIBUTE.body:
			message.properties.set(MAPI.body, mapiText(data, false));
			break;
		case ATTRIBUTE.messageProperties:
			readProperties(data, message.properties);
			break;
		case ATTRIBUTE.attachmentStart:
			if (message.attachments.length < MAX_ATTACHMENTS) message.attachments.push({ properties: new Map() });
			break;
		case ATTRIBUTE.attachmentTitle:
			attachment?.properties.set(MAPI.attachShortName, mapiText(data, false));
			break;
		case ATTRIBUTE.attachmentData:
			if (attachment !== undefined) attachment.content = data;
			break;
		case ATTRIBUTE.attachmentProperties:
			if (attachment !== undefined) readProperties(data, attachment.properties);
			break;
	}
}

/** Bytes of a value of fixed length, padded to four (MS-OXTNEF section 2.1.3.4). Types that are not here have a length of their own. */
const FIXED: Record<number, number> = { 0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0a: 4, 0x0b: 4, 0x14: 8, 0x40: 8, 0x48: 16 };
const MULTIPLE = 0x1000;

function readProperties(data: Buffer, into: MapiProperties): void {
	let at = 0;
	const u32 = (): number => {
		at += 4;
		return data.readUInt32LE(at - 4);
	};
	try {
		const count = Math.min(u32(), MAX_PROPERTIES);
		for (let i = 0; i < count; i++) {
			const tag = u32();
			const id = tag >>> 16;
			const type = tag & 0xffff & ~MULTIPLE;
			if (id >= 0x8000) {
				at += 16;
				if (u32() === 0) at += 4;
				else at += padded(u32());
			}
			const size = FIXED[type];
			const values = size === undefined || (tag & MULTIPLE) !== 0 ? u32() : 1;
			for (let v = 0; v < values; v++) {
				const length = size ?? u32();
				const value = data.subarray(at, at + length);
				at += size ?? padded(length);
				if (at > data.length + 3) return;
				if (v === 0) keep(into, id, type, value);
			}
		}
	} catch {
		// Read beyond the end: the list was cut short, what was read stands.
	}
}

function keep(into: MapiProperties, id: number, type: number, value: Buffer): void {
	if (type === 0x1e || type === 0x1f) into.set(id, mapiText(value, type === 0x1f));
	else if (type === 0x102) into.set(id, value);
	else if (type === 0x40) {
		const date = fileTime(value.readUInt32LE(0), value.readUInt32LE(4));
		if (date !== undefined) into.set(id, date);
	}
}

const padded = (length: number): number => (length + 3) & ~3;
