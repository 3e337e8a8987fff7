import { EMAIL_LIMITS } from '../../limits';
import { readCompoundFile, type CompoundEntry } from './compoundFile';
import {
	fileTime,
	keepProperty,
	listAttachments,
	MAPI,
	MAPI_TYPE,
	MapiText,
	READ_PROPERTIES,
	type MapiAttachment,
	type MapiMessage,
	type MapiProperties,
	type MapiReading,
} from './mapi';

/**
 * Reads an Outlook .msg file (MS-OXMSG). Messages inside are read to the given depth.
 *
 * @throws a plain Error when it is none
 */
export function readOutlookMessage(bytes: Buffer, reading: MapiReading, maxDepth: number): MapiMessage {
	return messageOf(readCompoundFile(bytes, reading), 32, reading, maxDepth);
}

/** Whether a compound file holds a message: Word, Excel and installers write such files, too. */
export function isOutlookMessage(bytes: Buffer, reading: MapiReading): boolean {
	return readCompoundFile(bytes, reading).children.some(({ name }) => isPropertyStream(name));
}

/** `headerSize`: bytes before the fixed properties, 32 in the file's own message, 24 in one inside (section 2.4). */
function messageOf(storage: CompoundEntry, headerSize: number, reading: MapiReading, maxDepth: number): MapiMessage {
	// The tree is sorted for look-ups, not for reading: their numbers tell the order.
	const named = (prefix: string): CompoundEntry[] =>
		storage.children
			.map((entry) => ({ entry, key: entry.name.toLowerCase() }))
			.filter(({ key }) => key.startsWith(prefix))
			.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
			.map(({ entry }) => entry);
	const message: MapiMessage = {
		properties: propertiesOf(storage, headerSize, reading),
		recipients: [],
		attachments: [],
	};
	for (const recipient of named('__recip_version1.0_')) {
		if (reading.stopped) break;
		if (message.recipients.length >= EMAIL_LIMITS.maxAddresses) {
			reading.warnings.notice('too-many-addresses');
			break;
		}
		message.recipients.push(propertiesOf(recipient, 8, reading));
	}
	for (const attachment of named('__attach_version1.0_')) {
		if (reading.stopped) break;
		if (!reading.budget.takePart()) {
			reading.warnings.notice('too-many-attachments');
			break;
		}
		message.attachments.push(...attachmentsOf(attachment, reading, maxDepth));
	}
	return message;
}

/** One, as a rule. What holds bytes and a message, or two of either, is listed with each of them. */
function attachmentsOf(storage: CompoundEntry, reading: MapiReading, maxDepth: number): MapiAttachment[] {
	const properties = propertiesOf(storage, 8, reading);
	const contents: Buffer[] = [];
	const messages: MapiMessage[] = [];
	let hasLost = false;
	for (const child of storage.children) {
		const property = propertyOf(child);
		if (property?.id !== MAPI.attachData) continue;
		if (property.type === MAPI_TYPE.binary && !child.isStorage) {
			const { bytes, whole } = child.read();
			// Of a part of the bytes the hashes would be wrong.
			if (whole) contents.push(bytes);
			else hasLost = true;
		} else if (
			property.type === MAPI_TYPE.object &&
			child.isStorage &&
			child.children.some(({ name }) => isPropertyStream(name))
		) {
			// An OLE object lies in a storage, too: it has no properties.
			hasLost = true;
			if (maxDepth > 0) messages.push(messageOf(child, 24, reading, maxDepth - 1));
			else reading.warnings.notice('too-deep');
		} else {
			hasLost = true;
		}
	}
	return listAttachments({ properties, contents, messages, hasLost }, reading);
}

function propertiesOf(storage: CompoundEntry, headerSize: number, reading: MapiReading): MapiProperties {
	const properties: MapiProperties = new Map();
	for (const entry of storage.children) {
		const property = propertyOf(entry);
		// The attachment's bytes are read where they belong.
		if (
			property === undefined ||
			entry.isStorage ||
			property.id === MAPI.attachData ||
			!READ_PROPERTIES.has(property.id)
		)
			continue;
		const { id, type } = property;
		// Of that text nothing is known but whether there is any.
		if (id === MAPI.rtf) keepProperty(properties, id, entry.size, reading);
		else if (type === MAPI_TYPE.string8 || type === MAPI_TYPE.unicode)
			keepProperty(
				properties,
				id,
				new MapiText(entry.read().bytes, type === MAPI_TYPE.unicode ? 'unicode' : '8-bit'),
				reading,
			);
		else if (type === MAPI_TYPE.binary) keepProperty(properties, id, entry.read().bytes, reading);
	}
	const fixed =
		storage.children.find(({ name, isStorage }) => !isStorage && isPropertyStream(name))?.read().bytes ??
		Buffer.alloc(0);
	for (let at = headerSize; at + 16 <= fixed.length; at += 16) {
		const type = fixed.readUInt16LE(at);
		const id = fixed.readUInt16LE(at + 2);
		if (!READ_PROPERTIES.has(id)) continue;
		if (type === MAPI_TYPE.time) {
			const date = fileTime(fixed.readUInt32LE(at + 8), fixed.readUInt32LE(at + 12));
			if (date !== undefined) keepProperty(properties, id, date, reading);
		} else if (type === MAPI_TYPE.long) {
			keepProperty(properties, id, fixed.readInt32LE(at + 8), reading);
		}
	}
	return properties;
}

const isPropertyStream = (name: string): boolean => name.toLowerCase() === '__properties_version1.0';

/** What the name of an entry says of the property in it (section 2.1.3); undefined when it holds none. */
function propertyOf({ name }: CompoundEntry): { id: number; type: number } | undefined {
	const match = /^__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$/i.exec(name);
	return match === null ? undefined : { id: parseInt(match[1]!, 16), type: parseInt(match[2]!, 16) };
}
