import { EMAIL_LIMITS } from '../../limits';
import { utf16Text } from '../../text';
import { readCompoundFile, type CompoundEntry } from './compoundFile';
import {
	FIRST_NAMED,
	fileTime,
	keepProperty,
	listAttachments,
	MAPI,
	MAPI_TYPE,
	MapiText,
	namedProperty,
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
	const root = readCompoundFile(bytes, reading);
	return new MessageReader(namesOf(root), reading).message(root, 32, maxDepth);
}

/** Whether a compound file holds a message: Word, Excel and installers write such files, too. */
export function isOutlookMessage(bytes: Buffer, reading: MapiReading): boolean {
	return readCompoundFile(bytes, reading).children.some(({ name }) => isPropertyStream(name));
}

/** Numbers of named properties in one file, and the ones of ours that they stand for. */
type Names = ReadonlyMap<number, number>;

const SET_SIZE = 16;
const NAME_SIZE = 8;
const PUBLIC_STRINGS = Buffer.from('2903020000000000c000000000000046', 'hex');
/** Sets that a file does not write out: none, PS_MAPI, PS_PUBLIC_STRINGS. */
const KNOWN_SETS: readonly (Buffer | undefined)[] = [undefined, undefined, PUBLIC_STRINGS];

/** What the numbers from 0x8000 on mean in this file (section 2.2.3), as far as it is read. */
function namesOf(root: CompoundEntry): Names {
	const names = new Map<number, number>();
	const storage = root.children.find(({ name }) => name.toLowerCase() === '__nameid_version1.0');
	const streamOf = (tag: string): Buffer =>
		storage?.children
			.find(({ name, isStorage }) => !isStorage && name.toLowerCase() === `__substg1.0_${tag}0102`)
			?.read().bytes ?? Buffer.alloc(0);
	const [sets, entries, strings] = [streamOf('0002'), streamOf('0003'), streamOf('0004')];
	for (let at = 0; at + NAME_SIZE <= entries.length; at += NAME_SIZE) {
		const identifier = entries.readUInt32LE(at);
		const kind = entries.readUInt16LE(at + 4);
		const index = kind >> 1;
		const from = (index - KNOWN_SETS.length) * SET_SIZE;
		const set = index < KNOWN_SETS.length ? KNOWN_SETS[index] : sets.subarray(from, from + SET_SIZE);
		if (set === undefined) continue;
		const name = (kind & 1) === 0 ? identifier : stringAt(strings, identifier);
		const known = name === undefined ? undefined : namedProperty(set, name);
		if (known !== undefined) names.set(FIRST_NAMED + entries.readUInt16LE(at + 6), known);
	}
	return names;
}

/** A name: its length in bytes, and UTF-16. */
function stringAt(strings: Buffer, at: number): string | undefined {
	if (at + 4 > strings.length) return undefined;
	const length = strings.readUInt32LE(at);
	// No name that is read is longer.
	return length > 200 ? undefined : utf16Text(strings, at + 4, at + 4 + length);
}

/** Reads the messages of one file. */
class MessageReader {
	readonly #names: Names;
	readonly #reading: MapiReading;

	constructor(names: Names, reading: MapiReading) {
		this.#names = names;
		this.#reading = reading;
	}

	/** `headerSize`: bytes before the fixed properties, 32 in the file's own message, 24 in one inside (section 2.4). */
	message(storage: CompoundEntry, headerSize: number, maxDepth: number): MapiMessage {
		const reading = this.#reading;
		// The tree is sorted for look-ups, not for reading: their numbers tell the order.
		const named = (prefix: string): CompoundEntry[] =>
			storage.children
				.map((entry) => ({ entry, key: entry.name.toLowerCase() }))
				.filter(({ key }) => key.startsWith(prefix))
				.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
				.map(({ entry }) => entry);
		const message: MapiMessage = {
			properties: this.#properties(storage, headerSize),
			recipients: [],
			attachments: [],
		};
		for (const recipient of named('__recip_version1.0_')) {
			if (reading.stopped) break;
			if (message.recipients.length >= EMAIL_LIMITS.maxAddresses) {
				reading.warnings.notice('too-many-addresses');
				break;
			}
			message.recipients.push(this.#properties(recipient, 8));
		}
		for (const attachment of named('__attach_version1.0_')) {
			if (reading.stopped) break;
			if (!reading.budget.takePart()) {
				reading.warnings.notice('too-many-attachments');
				break;
			}
			message.attachments.push(...this.#attachments(attachment, maxDepth));
		}
		return message;
	}

	/** One, as a rule. What holds bytes and a message, or two of either, is listed with each of them. */
	#attachments(storage: CompoundEntry, maxDepth: number): MapiAttachment[] {
		const reading = this.#reading;
		const properties = this.#properties(storage, 8);
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
				if (maxDepth > 0) messages.push(this.message(child, 24, maxDepth - 1));
				else reading.warnings.notice('too-deep');
			} else {
				hasLost = true;
			}
		}
		return listAttachments({ properties, contents, messages, hasLost }, reading);
	}

	#properties(storage: CompoundEntry, headerSize: number): MapiProperties {
		const reading = this.#reading;
		const properties: MapiProperties = new Map();
		for (const entry of storage.children) {
			const property = propertyOf(entry);
			if (property === undefined || entry.isStorage) continue;
			const { type } = property;
			const id = this.#names.get(property.id) ?? property.id;
			// The attachment's bytes are read where they belong.
			if (id === MAPI.attachData || !READ_PROPERTIES.has(id)) continue;
			if (type === MAPI_TYPE.string8 || type === MAPI_TYPE.unicode)
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
			const number = fixed.readUInt16LE(at + 2);
			const id = this.#names.get(number) ?? number;
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
}

const isPropertyStream = (name: string): boolean => name.toLowerCase() === '__properties_version1.0';

/** What the name of an entry says of the property in it (section 2.1.3); undefined when it holds none. */
function propertyOf({ name }: CompoundEntry): { id: number; type: number } | undefined {
	const match = /^__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$/i.exec(name);
	return match === null ? undefined : { id: parseInt(match[1]!, 16), type: parseInt(match[2]!, 16) };
}
