import { EMAIL_LIMITS } from '../limits';
import { readCompoundFile, type CompoundEntry } from './compoundFile';
import { fileTime, MAPI, MAPI_TYPE, MapiText, READ_PROPERTIES, type MapiAttachment, type MapiMessage, type MapiProperties, type MapiReading } from './mapi';

/** Reads an Outlook .msg file (MS-OXMSG). Messages inside are read to the given depth. Throws a plain Error when it is none. */
export function readOutlookMessage(bytes: Buffer, reading: MapiReading, maxDepth: number): MapiMessage {
	return messageOf(readCompoundFile(bytes, reading), 32, reading, maxDepth);
}

/** Whether a compound file holds a message: Word, Excel and installers write such files, too. */
export function isOutlookMessage(bytes: Buffer, reading: MapiReading): boolean {
	return readCompoundFile(bytes, reading).children.some(({ name }) => isPropertyStream(name));
}

/** `headerSize`: bytes before the fixed properties, 32 in the file's own message, 24 in one inside (section 2.4). */
function messageOf(storage: CompoundEntry, headerSize: number, reading: MapiReading, maxDepth: number): MapiMessage {
	const named = (prefix: string): CompoundEntry[] => storage.children.filter(({ name }) => name.toLowerCase().startsWith(prefix));
	const message: MapiMessage = { properties: propertiesOf(storage, headerSize), recipients: [], attachments: [] };
	for (const recipient of named('__recip_version1.0_')) {
		if (reading.stopped) break;
		if (message.recipients.length >= EMAIL_LIMITS.maxAddresses) {
			reading.warnings.notice('too-many-addresses');
			break;
		}
		message.recipients.push(propertiesOf(recipient, 8));
	}
	for (const attachment of named('__attach_version1.0_').sort((a, b) => (a.name < b.name ? -1 : 1))) {
		if (reading.stopped) break;
		if (!reading.budget.takePart()) {
			reading.warnings.notice('too-many-attachments');
			break;
		}
		message.attachments.push(attachmentOf(attachment, reading, maxDepth));
	}
	return message;
}

function attachmentOf(storage: CompoundEntry, reading: MapiReading, maxDepth: number): MapiAttachment {
	const attachment: MapiAttachment = { properties: propertiesOf(storage, 8) };
	for (const child of storage.children) {
		const property = propertyOf(child);
		if (property?.id !== MAPI.attachData) continue;
		if (property.type === MAPI_TYPE.binary && !child.isStorage) {
			const { bytes, whole } = child.read();
			// Of a part of the bytes the hashes would be wrong.
			if (whole) attachment.content = bytes;
		} else if (property.type === MAPI_TYPE.object && child.isStorage && child.children.some(({ name }) => isPropertyStream(name))) {
			// An OLE object lies in a storage, too: it has no properties.
			if (maxDepth > 0) attachment.message = messageOf(child, 24, reading, maxDepth - 1);
			else reading.warnings.notice('too-deep');
		}
	}
	return attachment;
}

function propertiesOf(storage: CompoundEntry, headerSize: number): MapiProperties {
	const properties: MapiProperties = new Map();
	for (const entry of storage.children) {
		const property = propertyOf(entry);
		// The attachment's bytes are read where they belong.
		if (property === undefined || entry.isStorage || property.id === MAPI.attachData || !READ_PROPERTIES.has(property.id)) continue;
		const { id, type } = property;
		if (type === MAPI_TYPE.string8 || type === MAPI_TYPE.unicode) properties.set(id, new MapiText(entry.read().bytes, type === MAPI_TYPE.unicode));
		else if (type === MAPI_TYPE.binary) properties.set(id, entry.read().bytes);
	}
	const fixed = storage.children.find(({ name, isStorage }) => !isStorage && isPropertyStream(name))?.read().bytes ?? Buffer.alloc(0);
	for (let at = headerSize; at + 16 <= fixed.length; at += 16) {
		const type = fixed.readUInt16LE(at);
		const id = fixed.readUInt16LE(at + 2);
		if (!READ_PROPERTIES.has(id)) continue;
		if (type === MAPI_TYPE.time) {
			const date = fileTime(fixed.readUInt32LE(at + 8), fixed.readUInt32LE(at + 12));
			if (date !== undefined) properties.set(id, date);
		} else if (type === MAPI_TYPE.long) {
			properties.set(id, fixed.readInt32LE(at + 8));
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
