import { readCompoundFile, type CompoundEntry } from './compoundFile';
import { fileTime, mapiText, type MapiMessage, type MapiProperties } from './mapi';

/** Property types (MS-OXCDATA section 2.11.1). */
const LONG = 0x0003;
const TIME = 0x0040;
const STRING8 = 0x001e;
const UNICODE = 0x001f;
const BINARY = 0x0102;
/** Recipients or attachments of one message that are read. */
const MAX_OBJECTS = 1_000;

/** Reads an Outlook .msg file (MS-OXMSG). Messages inside are read to the given depth. Throws a plain Error on a broken one. */
export function readOutlookMessage(bytes: Buffer, maxDepth: number): MapiMessage {
	return messageOf(readCompoundFile(bytes), 32, maxDepth);
}

/** `headerSize`: bytes before the fixed properties, 32 in the file's own message, 24 in one inside (section 2.4). */
function messageOf(storage: CompoundEntry, headerSize: number, maxDepth: number): MapiMessage {
	const named = (prefix: string): CompoundEntry[] => storage.children.filter(({ name }) => name.startsWith(prefix)).slice(0, MAX_OBJECTS);
	return {
		properties: propertiesOf(storage, headerSize),
		recipients: named('__recip_version1.0_').map((recipient) => propertiesOf(recipient, 8)),
		attachments: named('__attach_version1.0_')
			.sort((a, b) => (a.name < b.name ? -1 : 1))
			.map((attachment) => {
				const properties = propertiesOf(attachment, 8);
				const content = attachment.children.find(({ name }) => name === '__substg1.0_37010102')?.read();
				const inner = attachment.children.find(({ name }) => name === '__substg1.0_3701000D');
				return {
					properties,
					...(content === undefined ? {} : { content }),
					...(inner !== undefined && maxDepth > 0 ? { message: messageOf(inner, 24, maxDepth - 1) } : {}),
				};
			}),
	};
}

function propertiesOf(storage: CompoundEntry, headerSize: number): MapiProperties {
	const properties: MapiProperties = new Map();
	for (const entry of storage.children) {
		const match = /^__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$/i.exec(entry.name);
		const id = parseInt(match?.[1] ?? '', 16);
		const type = parseInt(match?.[2] ?? '', 16);
		// The attachment's bytes are read where they belong.
		if (id === 0x3701) continue;
		if (type === STRING8 || type === UNICODE) properties.set(id, mapiText(entry.read(), type === UNICODE));
		else if (type === BINARY) properties.set(id, entry.read());
	}
	const fixed = storage.children.find(({ name }) => name === '__properties_version1.0')?.read() ?? Buffer.alloc(0);
	for (let at = headerSize; at + 16 <= fixed.length; at += 16) {
		const type = fixed.readUInt16LE(at);
		const id = fixed.readUInt16LE(at + 2);
		if (type === TIME) {
			const date = fileTime(fixed.readUInt32LE(at + 8), fixed.readUInt32LE(at + 12));
			if (date !== undefined) properties.set(id, date);
		} else if (type === LONG) {
			properties.set(id, String(fixed.readInt32LE(at + 8)));
		}
	}
	return properties;
}
