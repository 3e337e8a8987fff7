/**
 * Writers of Outlook's formats for tests: TNEF streams (MS-OXTNEF) and compound files with a message in them (MS-CFB, MS-OXMSG).
 * They write what they are told, so that a test can tell them lies.
 */
import { parseEmail, type Email, type ParseOptions } from '../../../lib/email';

const u16 = (value: number): Buffer => {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16LE(value);
	return bytes;
};
const u32 = (...values: number[]): Buffer => {
	const bytes = Buffer.alloc(values.length * 4);
	values.forEach((value, i) => bytes.writeUInt32LE(value >>> 0, i * 4));
	return bytes;
};
const padded = (bytes: Buffer, to: number): Buffer =>
	Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);

export const utf16 = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le');
export const string8 = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1');

// --- TNEF ---

export const ATTRIBUTE = {
	sentFor: 0x00060001,
	from: 0x00008000,
	dateSent: 0x00038005,
	codePage: 0x00069007,
	recipients: 0x00069004,
	attachmentFileName: 0x00069001,
	subject: 0x00018004,
	body: 0x0002800c,
	properties: 0x00069003,
	attachmentStart: 0x00069002,
	attachmentTitle: 0x00018010,
	attachmentData: 0x0006800f,
	attachmentProperties: 0x00069005,
} as const;

const OF_ATTACHMENTS: ReadonlySet<number> = new Set([
	ATTRIBUTE.attachmentFileName,
	ATTRIBUTE.attachmentStart,
	ATTRIBUTE.attachmentTitle,
	ATTRIBUTE.attachmentData,
	ATTRIBUTE.attachmentProperties,
]);

/** `length` when it shall differ from the bytes that follow. */
export function attribute(id: number, data: Buffer = Buffer.alloc(0), length = data.length): Buffer {
	const level = OF_ATTACHMENTS.has(id) ? 2 : 1;
	const checksum = data.reduce((sum, byte) => (sum + byte) & 0xffff, 0);
	return Buffer.concat([Buffer.from([level]), u32(id, length), data, u16(checksum)]);
}

export const tnef = (...attributes: Buffer[]): Buffer => Buffer.concat([u32(0x223e9f78), u16(1), ...attributes]);

/** One property with its values, of variable length unless `fixed`. */
export function property(
	id: number,
	type: number,
	values: Buffer | Buffer[],
	options: { name?: string | number; set?: Buffer; fixed?: boolean } = {},
): Buffer {
	const { name, set = Buffer.alloc(16, 7), fixed } = options;
	const list = Array.isArray(values) ? values : [values];
	const named =
		name === undefined
			? []
			: [set, ...(typeof name === 'number' ? [u32(0, name)] : [u32(1, utf16(name).length), padded(utf16(name), 4)])];
	const bodies = fixed
		? list.map((value) => padded(value, 4))
		: [u32(list.length), ...list.flatMap((value) => [u32(value.length), padded(value, 4)])];
	return Buffer.concat([u16(type), u16(id), ...named, ...bodies]);
}

/** `count` when it shall differ from their number. */
export const properties = (list: Buffer[], count = list.length): Buffer => Buffer.concat([u32(count), ...list]);

/** The bytes of a set that named properties belong to. */
export const nameSet = (first: number): Buffer =>
	Buffer.concat([u32(first), Buffer.from('0000c000000000000046'.padStart(24, '0'), 'hex')]);
export const APPOINTMENT = nameSet(0x00062002);
export const COMMON = nameSet(0x00062008);
export const ADDRESS = nameSet(0x00062004);

/** The address of somebody whom no directory knows (MS-OXCDATA section 2.2.5.1). */
export function oneOff(name: string, address: string, { type = 'SMTP', wide = true } = {}): Buffer {
	const encode = wide ? utf16 : string8;
	return Buffer.concat([
		u32(0),
		Buffer.from('812b1fa4bea310199d6e00dd010f5402', 'hex'),
		u16(0),
		u16(wide ? 0x9001 : 0x1001),
		encode(name),
		encode(type),
		encode(address),
	]);
}

/** A list of them (section 2.3.3). */
export const oneOffs = (...entries: Buffer[]): Buffer => {
	const bodies = Buffer.concat(entries.map((entry) => Buffer.concat([u32(entry.length), padded(entry, 4)])));
	return Buffer.concat([u32(entries.length, bodies.length), bodies]);
};

/** RTF as Outlook keeps it (MS-OXRTFCP), not made any smaller; `size` when it shall lie about it. */
export const unpackedRtf = (rtf: Buffer, size = rtf.length): Buffer =>
	Buffer.concat([u32(rtf.length + 12, size, 0x414c454d, 0), rtf]);
/** The same in the form that is made smaller, of literal bytes alone. */
export function literalRtf(rtf: Buffer, size = rtf.length): Buffer {
	const runs: Buffer[] = [];
	for (let at = 0; at < rtf.length; at += 8) runs.push(Buffer.from([0]), rtf.subarray(at, at + 8));
	const body = Buffer.concat(runs);
	return Buffer.concat([u32(body.length + 12, size, 0x75465a4c, 0), body]);
}

const interfaceId = (first: number): Buffer =>
	Buffer.concat([u32(first), Buffer.from('00000000c000000000000046', 'hex')]);
/** What stands before the bytes of an object: an attached message, or an OLE object. */
export const MESSAGE_INTERFACE = interfaceId(0x00020307);
export const STORAGE_INTERFACE = interfaceId(0x0000000b);

/** What Outlook shows old programs in place of an attached message. */
export const PLACEHOLDER = Buffer.from(
	'This attachment is a MAPI 1.0 embedded message and is not supported by this mail system.',
);

/** A message with a file in it. */
export const asMail = (bytes: Buffer, type: string, name: string): Buffer =>
	Buffer.from(
		`From: a@example.org\r\nSubject: outer\r\nContent-Type: ${type}; name=${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64')}\r\n`,
	);
export const asWinmail = (bytes: Buffer): Buffer => asMail(bytes, 'application/ms-tnef', 'winmail.dat');
export const winmail = (...attributes: Buffer[]): Buffer => asWinmail(tnef(...attributes));
export const asMsgMail = (bytes: Buffer): Buffer => asMail(bytes, 'application/vnd.ms-outlook', 'a.msg');

// --- compound files ---

export interface Stream {
	name: string;
	data: Buffer;
	/** The size that the directory tells, when it shall differ. */
	size?: number;
	/** The first sector that the directory tells, when it shall differ. */
	start?: number;
}
export interface Storage {
	name: string;
	children: Node[];
}
export type Node = Stream | Storage;

const SECTOR = 512;
const END = 0xfffffffe;
const FREE = 0xffffffff;

/** Where things lie in a file of {@link compoundFile}, for tests that spoil it. */
export interface Layout {
	bytes: Buffer;
	/** Offsets of the allocation table, of the directory and of the table of small sectors. */
	fat: number;
	directory: number;
	miniFat: number;
	entries: number;
}

/** A compound file of version 3, in sectors of 512 bytes; its allocation table fits into its header. */
export function compoundFile(children: Node[]): Layout {
	const entries: { node: Node; right: number; child: number; start: number; size: number }[] = [];
	const mini: Buffer[] = [];
	const miniFat: number[] = [];
	const big: { data: Buffer; entry: number }[] = [];
	const add = (node: Node): number => {
		const index = entries.push({ node, right: FREE, child: FREE, start: 0, size: 0 }) - 1;
		const entry = entries[index]!;
		if ('children' in node) {
			// A tree that leans to one side is a tree.
			let before: number | undefined;
			for (const child of node.children) {
				const at = add(child);
				if (before === undefined) entry.child = at;
				else entries[before]!.right = at;
				before = at;
			}
			return index;
		}
		entry.size = node.size ?? node.data.length;
		entry.start = node.start ?? END;
		if (node.start !== undefined || node.data.length === 0) return index;
		if (node.data.length >= 4096) {
			big.push({ data: node.data, entry: index });
			return index;
		}
		entry.start = miniFat.length;
		const piece = padded(node.data, 64);
		for (let at = 64; at <= piece.length; at += 64) miniFat.push(at < piece.length ? miniFat.length + 1 : END);
		mini.push(piece);
		return index;
	};
	add({ name: 'Root Entry', children });

	const miniStream = padded(Buffer.concat(mini), SECTOR);
	const miniTable = padded(u32(...miniFat), SECTOR);
	const directorySectors = Math.ceil((entries.length * 128) / SECTOR);
	const bodies = [miniTable, miniStream, ...big.map(({ data }) => padded(data, SECTOR))];
	const others = directorySectors + bodies.reduce((sum, body) => sum + body.length / SECTOR, 0);
	const fatSectors = Math.ceil(others / (SECTOR / 4 - 1));
	const fat: number[] = Array.from({ length: fatSectors }, () => 0xfffffffd);
	const chain = (sectors: number): number => {
		const start = fat.length;
		for (let i = 1; i <= sectors; i++) fat.push(i < sectors ? start + i : END);
		return sectors === 0 ? END : start;
	};
	const directoryStart = chain(directorySectors);
	const [miniFatStart, miniStart, ...bigStarts] = bodies.map((body) => chain(body.length / SECTOR));
	big.forEach(({ entry }, i) => (entries[entry]!.start = bigStarts[i]!));
	entries[0]!.start = miniStart!;
	entries[0]!.size = miniFat.length * 64;

	const directory = Buffer.alloc(directorySectors * SECTOR);
	entries.forEach(({ node, right, child, start, size }, i) => {
		const at = i * 128;
		const name = utf16(node.name);
		name.copy(directory, at);
		directory.writeUInt16LE(name.length, at + 64);
		directory[at + 66] = i === 0 ? 5 : 'children' in node ? 1 : 2;
		u32(FREE, right, child).copy(directory, at + 68);
		u32(start, size).copy(directory, at + 116);
	});
	const header = Buffer.alloc(SECTOR, 0xff);
	Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
	header.fill(0, 8, 36);
	Buffer.concat([u16(0x3e), u16(3), u16(0xfffe), u16(9), u16(6)]).copy(header, 24);
	u32(0, 0, fatSectors, directoryStart, 0, 4096, miniFatStart!, miniTable.length / SECTOR, END, 0).copy(header, 36);
	for (let i = 0; i < fatSectors; i++) header.writeUInt32LE(i, 76 + i * 4);
	const table = Buffer.alloc(fatSectors * SECTOR, 0xff);
	u32(...fat).copy(table);
	const offset = (sector: number): number => (sector + 1) * SECTOR;
	return {
		bytes: Buffer.concat([header, table, directory, ...bodies]),
		fat: offset(0),
		directory: offset(directoryStart),
		miniFat: offset(miniFatStart!),
		entries: entries.length,
	};
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
/** A property of variable length, as a stream. */
export const stream = (id: number, type: number, data: Buffer): Stream => ({
	name: `__substg1.0_${hex(id)}${hex(type)}`,
	data,
});
export const text = (id: number, value: string): Stream => stream(id, 0x1f, utf16(value));

/** The stream of the properties of fixed length. `header`: 32 bytes in the message itself, 24 in one inside, 8 elsewhere. */
export function fixedProperties(
	header: 32 | 24 | 8,
	rows: [id: number, type: number, low: number, high?: number][] = [],
): Stream {
	return {
		name: '__properties_version1.0',
		data: Buffer.concat([
			Buffer.alloc(header),
			...rows.map(([id, type, low, high = 0]) => Buffer.concat([u16(type), u16(id), u32(6, low, high)])),
		]),
	};
}

export const recipient = (index: number, nodes: Node[], kind = 1): Storage => ({
	name: `__recip_version1.0_#${hex(index).padStart(8, '0')}`,
	children: [...nodes, fixedProperties(8, [[0x0c15, 3, kind]])],
});
export const attachment = (index: number, nodes: Node[]): Storage => ({
	name: `__attach_version1.0_#${hex(index).padStart(8, '0')}`,
	children: [...nodes, fixedProperties(8)],
});
/** What the numbers of named properties mean, from 0x8000 on, in their order. */
export function names(...list: [set: Buffer, name: number | string][]): Storage {
	const strings: Buffer[] = [];
	let at = 0;
	const entries = list.map(([, name], i) => {
		if (typeof name === 'number') return Buffer.concat([u32(name), u16((i + 3) << 1), u16(i)]);
		const text = Buffer.from(name, 'utf16le');
		const entry = Buffer.concat([u32(at), u16(((i + 3) << 1) | 1), u16(i)]);
		const stored = padded(Buffer.concat([u32(text.length), text]), 4);
		strings.push(stored);
		at += stored.length;
		return entry;
	});
	return {
		name: '__nameid_version1.0',
		children: [
			stream(0x0002, 0x0102, Buffer.concat(list.map(([set]) => set))),
			stream(0x0003, 0x0102, Buffer.concat(entries)),
			stream(0x0004, 0x0102, Buffer.concat(strings)),
		],
	};
}
/** A message inside of an attachment. */
export const embedded = (nodes: Node[]): Storage => ({
	name: '__substg1.0_3701000D',
	children: [...nodes, fixedProperties(24)],
});

export const msg = (...nodes: Node[]): Buffer => compoundFile([...nodes, fixedProperties(32)]).bytes;
/** One with properties of fixed length. */
export const msgWith = (rows: [id: number, type: number, low: number, high?: number][], ...nodes: Node[]): Buffer =>
	compoundFile([...nodes, fixedProperties(32, rows)]).bytes;

/** A script that no mail should bring. */
export const SCRIPT = Buffer.from('WScript.Echo("https://evil.example.net/x")');

/** A text property of TNEF in Unicode. */
export const unicode = (id: number, value: string): Buffer => property(id, 0x1f, utf16(value));

/** Where the next attachment of a winmail.dat begins, with the structure that Outlook writes there. */
export const attachmentStart = attribute(ATTRIBUTE.attachmentStart, Buffer.alloc(14));

/** Properties of the attachment that has begun. */
export const inAttachment = (...list: Buffer[]): Buffer => attribute(ATTRIBUTE.attachmentProperties, properties(list));

/** The message in the first file of a mail. */
export const inner = async (mail: Buffer, options: ParseOptions = {}): Promise<Email> =>
	(await parseEmail(mail, options)).attachments[0]!.email!;
