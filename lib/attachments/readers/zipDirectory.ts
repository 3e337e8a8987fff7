import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';

/** One entry of a zip file. */
export interface ZipEntry {
	/** As it stands there: it may hold a path, whichever way its slashes lean. */
	name: string;
	/** What its own head calls it, where the directory calls it something else: programs differ in which one they take. */
	otherName?: string;
	isFolder: boolean;
	isEncrypted: boolean;
	/** As compressed: 0 stored, 8 deflated, 99 encrypted with AES. */
	method: number;
	crc: number;
	compressedSize: number;
	size: number;
	/** Time of day, which is the check byte of a password where the CRC is not known yet. */
	time: number;
	flags: number;
	extra: Buffer;
	/** Where its own head stands, and where its bytes do. */
	localAt: number;
	dataAt: number;
}

export interface ZipDirectory {
	entries: ZipEntry[];
	comment: string;
	/** There is no directory, or it is broken, or it leaves entries out: those that were found are listed. */
	isDamaged: boolean;
}

const [LOCAL, CENTRAL, END, END64, LOCATOR64] = [0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50];
const END_SIZE = 22;
/** Entries that are listed. */
const MAX_ENTRIES = 20_000;

/** Whether a file holds a zip, which may begin with something else. */
export function hasZipDirectory(bytes: Buffer): boolean {
	return findEnd(bytes) !== undefined;
}

/**
 * Lists the entries of a zip file: by its directory at the end; where there is none, by the heads of the entries, one after the
 * other. Every offset is checked against the bytes that are there.
 */
export function readZipDirectory(bytes: Buffer): ZipDirectory {
	const end = findEnd(bytes);
	if (end !== undefined) {
		const entries = central(bytes, end);
		if (entries !== undefined) {
			const unlisted = locals(bytes, entries);
			const isDamaged = unlisted.length > 0 || entries.some(({ otherName }) => otherName !== undefined);
			return { entries: [...entries, ...unlisted], comment: comment(bytes, end), isDamaged };
		}
	}
	return { entries: locals(bytes), comment: end === undefined ? '' : comment(bytes, end), isDamaged: true };
}

function findEnd(bytes: Buffer): number | undefined {
	const lowest = Math.max(0, bytes.length - END_SIZE - 0xffff);
	let last: number | undefined;
	for (let at = bytes.length - END_SIZE; at >= lowest; at--) {
		if (bytes[at] !== 0x50 || bytes.readUInt32LE(at) !== END) continue;
		last ??= at;
		// A comment may hold what looks like the end: there is a directory before the real one.
		const directory = directoryOf(bytes, at).at;
		if (directory >= 0 && directory + 46 <= at && bytes.readUInt32LE(directory) === CENTRAL) return at;
	}
	return last;
}

const comment = (bytes: Buffer, end: number): string =>
	bytes.toString('utf8', end + END_SIZE, end + END_SIZE + bytes.readUInt16LE(end + 20)).trim();

/** Where the directory begins, and how many bytes stand before the zip. */
function directoryOf(bytes: Buffer, end: number): { at: number; shift: number } {
	let size = bytes.readUInt32LE(end + 12);
	let offset = bytes.readUInt32LE(end + 16);
	let stop = end;
	if ((offset === 0xffffffff || size === 0xffffffff) && end >= 20 && bytes.readUInt32LE(end - 20) === LOCATOR64) {
		const locator = Number(bytes.readBigUInt64LE(end - 12));
		if (locator + 56 <= end && bytes.readUInt32LE(locator) === END64) {
			size = Number(bytes.readBigUInt64LE(locator + 40));
			offset = Number(bytes.readBigUInt64LE(locator + 48));
			stop = locator;
		}
	}
	const at = stop - size;
	return { at: at >= 0 ? at : offset, shift: at >= 0 ? at - offset : 0 };
}

function central(bytes: Buffer, end: number): ZipEntry[] | undefined {
	const directory = directoryOf(bytes, end);
	const entries: ZipEntry[] = [];
	let { at } = directory;
	while (entries.length < MAX_ENTRIES && at >= 0 && at + 46 <= end && bytes.readUInt32LE(at) === CENTRAL) {
		const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
			number,
			number,
			number,
		];
		const extra = bytes.subarray(at + 46 + nameSize, at + 46 + nameSize + extraSize);
		const wide = wideSizes(extra, bytes, at);
		const local = wide.offset + directory.shift;
		const dataAt = dataOf(bytes, local);
		if (dataAt !== undefined) {
			const rawName = bytes.subarray(at + 46, at + 46 + nameSize);
			const own = bytes.subarray(local + 30, local + 30 + bytes.readUInt16LE(local + 26));
			const entry = entryOf(bytes, at + 8, rawName, extra);
			entries.push({
				...entry,
				...(own.equals(rawName) ? {} : otherName(entry.name, entryOf(bytes, local + 6, own).name)),
				compressedSize: wide.compressedSize,
				size: wide.size,
				extra,
				localAt: local,
				dataAt,
			});
		}
		at += 46 + nameSize + extraSize + commentSize;
	}
	return entries.length > 0 || bytes.readUInt16LE(end + 10) === 0 ? entries : undefined;
}

/** Two names count as two where they end in another type: some programs write letters beyond ASCII in two ways. */
function otherName(name: string, other: string): { otherName?: string } {
	const typeOf = (one: string): string => /\.\w{1,10}$/.exec(one)?.[0].toLowerCase() ?? '';
	return typeOf(name) === typeOf(other) ? {} : { otherName: other };
}

/** Letters of code page 437 from 0x80 on, in which old programs write names (APPNOTE appendix D). */
const CODE_PAGE_437 =
	'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** A name: in UTF-8, where it is that, or in an extra field (0x7075); else in code page 437. */
function nameOf(rawName: Buffer, extra: Buffer | undefined): string {
	const field = extra === undefined ? undefined : extraField(extra, 0x7075);
	if (field !== undefined && field.length > 5 && field.readUInt32LE(1) === crc32(rawName))
		return field.toString('utf8', 5);
	if (isUtf8(rawName)) return rawName.toString('utf8');
	return rawName.toString('latin1').replace(/[\x80-\xff]/g, (letter) => CODE_PAGE_437[letter.charCodeAt(0) - 0x80]!);
}

/** What stands in both kinds of heads: flags, method, time, date, CRC. */
function entryOf(
	bytes: Buffer,
	at: number,
	rawName: Buffer,
	extra?: Buffer,
): Omit<ZipEntry, 'compressedSize' | 'size' | 'extra' | 'dataAt' | 'localAt'> {
	const flags = bytes.readUInt16LE(at);
	const name = nameOf(rawName, extra);
	return {
		name,
		isFolder: /[/\\]$/.test(name),
		flags,
		isEncrypted: (flags & 1) !== 0,
		method: bytes.readUInt16LE(at + 2),
		time: bytes.readUInt16LE(at + 4),
		crc: bytes.readUInt32LE(at + 8),
	};
}

/** Sizes and offset of a directory's entry; those of 64 bits stand in an extra field (APPNOTE section 4.5.3). */
function wideSizes(extra: Buffer, bytes: Buffer, at: number): { compressedSize: number; size: number; offset: number } {
	const sizes = {
		compressedSize: bytes.readUInt32LE(at + 20),
		size: bytes.readUInt32LE(at + 24),
		offset: bytes.readUInt32LE(at + 42),
	};
	let field = extraField(extra, 1);
	for (const name of ['size', 'compressedSize', 'offset'] as const) {
		if (sizes[name] !== 0xffffffff || field === undefined || field.length < 8) continue;
		sizes[name] = Number(field.readBigUInt64LE(0));
		field = field.subarray(8);
	}
	return sizes;
}

/** The extra field of a number, without its head. */
export function extraField(extra: Buffer, id: number): Buffer | undefined {
	for (let at = 0; at + 4 <= extra.length;) {
		const size = extra.readUInt16LE(at + 2);
		if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + size);
		at += 4 + size;
	}
	return undefined;
}

/** Where the bytes of an entry stand: behind its own head. */
function dataOf(bytes: Buffer, local: number): number | undefined {
	if (!Number.isSafeInteger(local) || local < 0 || local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL)
		return undefined;
	const at = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
	return at <= bytes.length ? at : undefined;
}

const LOCAL_MARK = Buffer.from('504b0304', 'hex');

/**
 * Entries by their own heads, those left out that are known already. One that does not tell its size reaches to the next head. What lies
 * in the bytes of a known one, such as the entries of a zip that is stored in it, is its own affair.
 */
function locals(bytes: Buffer, known: readonly ZipEntry[] = []): ZipEntry[] {
	const entries: ZipEntry[] = [];
	const covered = known
		.map(({ localAt, dataAt, compressedSize }) => ({
			from: localAt,
			to: Math.min(dataAt + compressedSize, bytes.length),
		}))
		.toSorted((a, b) => a.from - b.from);
	let passed = 0;
	/** Behind the known entry that lies there; there is one at most to pass for each step. */
	const beyond = (from: number): number => {
		let at = from;
		for (; passed < covered.length && covered[passed]!.from <= at; passed++) at = Math.max(at, covered[passed]!.to);
		return at;
	};
	const next = (from: number): number => {
		for (let at = bytes.indexOf(LOCAL_MARK, from); at >= 0;) {
			const behind = beyond(at);
			if (behind === at) return at;
			at = bytes.indexOf(LOCAL_MARK, behind);
		}
		return -1;
	};
	let at = next(0);
	while (at >= 0 && entries.length < MAX_ENTRIES) {
		const dataAt = dataOf(bytes, at);
		if (dataAt === undefined) break;
		const nameSize = bytes.readUInt16LE(at + 26);
		const told = bytes.readUInt32LE(at + 18);
		const isUntold = (bytes.readUInt16LE(at + 6) & 8) !== 0 || told === 0xffffffff;
		const following = next(isUntold ? dataAt : Math.min(dataAt + told, bytes.length));
		const stop = following < 0 ? bytes.length : following;
		const compressedSize = isUntold ? stop - dataAt : Math.min(told, bytes.length - dataAt);
		entries.push({
			...entryOf(bytes, at + 6, bytes.subarray(at + 30, at + 30 + nameSize)),
			compressedSize,
			size: bytes.readUInt32LE(at + 22),
			extra: bytes.subarray(at + 30 + nameSize, dataAt),
			localAt: at,
			dataAt,
		});
		at = following;
	}
	return entries;
}
