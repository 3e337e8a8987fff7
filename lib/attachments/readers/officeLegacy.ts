import { openCompoundFile, type CompoundEntry, type OpenedLink } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import { utf16Text } from '../../text';
import { MiB } from '../../units';
import { tellText, type OpenFile } from '../contract';
import { readField } from './fields';
import { sourcesIn } from './macros';
import { readOffice } from './office';
import { unseal } from './officeCrypto';
import { oneNoteFiles } from './oneNote';
import { nativeObject } from './oleObject';

/** Bytes of one stream that are searched. */
const MAX_STREAM = 16 * MiB;
const MAX_ENTRIES = 5_000;

/** Reads an older document of Office: the links and fields in its streams, macros, embedded objects. */
export async function readOfficeLegacy(file: OpenFile): Promise<void> {
	const { bytes } = file;
	if (file.type === 'application/onenote') {
		oneNoteFiles(file);
		// What stands on its pages is text in UTF-16 or in bytes.
		readStream(file, bytes.subarray(0, MAX_STREAM), new Set());
		if (bytes.length > MAX_STREAM) file.tell({ notRead: ['size'] });
		return;
	}
	const { root, isDamaged, isCut } = openCompoundFile(bytes, ATTACHMENT_LIMITS.fileMs);
	const entries = allEntries(root);
	const named = (name: string) => entries.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
	const [sealed, info] = [named('EncryptedPackage'), named('EncryptionInfo')];
	if (sealed !== undefined || info !== undefined) {
		file.tell({ flags: ['password-protected'] });
		const unsealed = sealed === undefined || info === undefined ? undefined : unseal(file, info.read().bytes, sealed);
		if (unsealed !== undefined && 'bytes' in unsealed) await readOffice({ ...file, bytes: unsealed.bytes });
		else file.tell({ notRead: [unsealed?.notRead ?? 'encrypted'] });
	}
	if (named('VBA') !== undefined || named('_VBA_PROJECT') !== undefined) file.tell({ flags: ['macro'] });
	const book = named('Workbook') ?? named('Book');
	if (book !== undefined) readWorkbook(file, book);
	const word = named('WordDocument');
	if (word !== undefined && isEncryptedWord(word)) file.tell({ flags: ['password-protected'], notRead: ['encrypted'] });

	const urls = new Set<string>();
	for (const entry of entries) {
		if (entry.isStorage) {
			if (/^ObjectPool$/i.test(entry.name)) file.tell({ flags: ['ole-object'] });
			continue;
		}
		if (entry.size > MAX_STREAM) {
			file.tell({ notRead: ['size'] });
			continue;
		}
		const stream = entry.read().bytes;
		if (/^\u0001ole10native$/i.test(entry.name)) {
			file.tell({ flags: ['ole-object'] });
			const object = nativeObject(stream);
			if (object !== undefined && object.bytes.length <= file.inflatable) {
				file.inflatable -= object.bytes.length;
				file.tell({ files: [object] });
			}
		}
		if (!/^(?:EncryptedPackage|EncryptionInfo|Data|Pictures)$/i.test(entry.name)) readStream(file, stream, urls);
		if (/^WordDocument$/i.test(entry.name)) tellText(file, plainText(stream), entry.name);
	}
	for (const source of sourcesIn(root)) tellText(file, source, 'macro');
	if (isDamaged()) file.tell({ flags: ['damaged'] });
	if (isCut()) file.tell({ notRead: ['time'] });
}

function allEntries(root: CompoundEntry): CompoundEntry[] {
	const entries = [...root.children];
	for (const entry of entries) {
		if (entries.length > MAX_ENTRIES) break;
		if (entry.isStorage) entries.push(...entry.children);
	}
	return entries;
}

/** URLs of hyperlinks, and the instructions of fields, in both forms that texts have in these files. */
export function readStream(file: OpenFile, stream: Buffer, urls: Set<string>): void {
	const tell = (link: OpenedLink): void => {
		if (urls.has(link.url)) return;
		if (urls.size >= ATTACHMENT_LIMITS.maxLinks) {
			file.tell({ notRead: ['links'] });
			return;
		}
		urls.add(link.url);
		file.tell({ links: [link] });
	};
	for (const text of [stream.toString('latin1'), utf16Text(stream), utf16Text(stream, 1)]) {
		// A field's instruction stands between its first mark and the second.
		for (const [, instruction = ''] of text.matchAll(/\x13([^\x13-\x15]{2,9000})[\x14\x15]/g)) {
			const { link, flags } = readField(instruction);
			if (link !== undefined) tell(link);
			if (flags.length > 0) file.tell({ flags });
		}
		for (const [url] of text.matchAll(/(?:https?|ftp):\/\/[\x21-\x7e]{3,2048}/gi))
			tell({ url: url.split(/["'<>\\^`{|}]/)[0]!, field: 'stream' });
	}
}

/** Text of a Word document, where it is in one piece: runs of characters, in bytes or in UTF-16. */
function plainText(stream: Buffer): string {
	const runs: string[] = [];
	const wide = utf16Text(stream, 512);
	for (const [run] of wide.matchAll(/[\r\n\t\x20-\x7e\u00a0-\u024f\u0370-\u04ff\u2010-\u2026]{20,}/g)) runs.push(run);
	if (runs.length === 0)
		for (const [run] of stream.toString('latin1', 512).matchAll(/[\r\n\t\x20-\x7e\xa0-\xff]{20,}/g)) runs.push(run);
	return runs.join('\n').replace(/\r\n?/g, '\n');
}

/** The bit fEncrypted of the FIB (MS-DOC section 2.5.2). */
function isEncryptedWord(entry: CompoundEntry): boolean {
	const { bytes } = entry.read();
	return bytes.length > 12 && (bytes.readUInt16LE(10) & 0x0100) !== 0;
}

/** Records of a workbook (MS-XLS section 2.4): FilePass, BoundSheet8. */
const [FILE_PASS, BOUND_SHEET] = [0x2f, 0x85];

function readWorkbook(file: OpenFile, entry: CompoundEntry): void {
	const { bytes } = entry.read();
	for (let at = 0, count = 0; at + 4 <= bytes.length && count < 100_000; count++) {
		const [type, size] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
		if (type === FILE_PASS) {
			file.tell({ flags: ['password-protected'], notRead: ['encrypted'] });
			return;
		}
		// A sheet of the macro language of Excel 4.
		if (type === BOUND_SHEET && at + 10 <= bytes.length && bytes[at + 9] === 1) file.tell({ flags: ['macro'] });
		at += 4 + size;
	}
}
