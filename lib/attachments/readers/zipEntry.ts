import { createCipheriv, pbkdf2Sync } from 'node:crypto';
import { constants, crc32, inflateRawSync } from 'node:zlib';
import type { NotRead } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import { extraField, type ZipEntry } from './zipDirectory';

/** Bytes of an entry, or why there are none. `whole` is false for what is cut or has another CRC. */
export type EntryBytes = { bytes: Buffer; whole: boolean } | { notRead: NotRead };

const [STORED, DEFLATED, AES] = [0, 8, 99];

/** Takes an entry out. `password` is for one that is encrypted. */
export function readEntry(zip: Buffer, entry: ZipEntry, inflatable: number, password?: string): EntryBytes {
	const raw = zip.subarray(entry.dataAt, entry.dataAt + entry.compressedSize);
	let data = raw;
	let method = entry.method;
	let hasCrc = true;
	if (entry.isEncrypted) {
		if (password === undefined) return { notRead: 'password' };
		const opened = method === AES ? decryptAes(raw, entry, password) : decryptClassic(raw, entry, password);
		if (opened === undefined) return { notRead: 'password' };
		({ data, method, hasCrc } = opened);
	}
	const bytes = unpack(data, method, inflatable);
	if (!Buffer.isBuffer(bytes)) return bytes;
	// What a program streamed out has its CRC behind it: in the directory it stands all the same.
	const whole = raw.length === entry.compressedSize && (!hasCrc || crc32(bytes) === entry.crc);
	if (entry.isEncrypted && !whole) return { notRead: 'password' };
	return { bytes, whole };
}

function unpack(data: Buffer, method: number, inflatable: number): Buffer | { notRead: NotRead } {
	if (method === STORED) return data.length <= inflatable ? data : { notRead: 'bytes' };
	if (method !== DEFLATED) return { notRead: 'method' };
	const byRatio = Math.max(ATTACHMENT_LIMITS.freeInflatedBytes, data.length * ATTACHMENT_LIMITS.maxRatio);
	const maxOutputLength = Math.max(1, Math.min(inflatable, byRatio));
	try {
		// What ends early gives what came before.
		return inflateRawSync(data, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
	} catch (error) {
		const isTooLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
		if (!isTooLarge) return { notRead: 'unreadable' };
		return { notRead: byRatio < inflatable ? 'ratio' : 'bytes' };
	}
}

interface Decrypted {
	data: Buffer;
	method: number;
	/** The CRC of the bytes is told. */
	hasCrc: boolean;
}

/** The cipher of PKWARE (APPNOTE section 6.1). Undefined when its check byte says that the password is another. */
function decryptClassic(raw: Buffer, { flags, crc, time, method }: ZipEntry, password: string): Decrypted | undefined {
	if (raw.length < 12) return undefined;
	let [first, second, third] = [0x12345678, 0x23456789, 0x34567890];
	const update = (byte: number): void => {
		first = step(first, byte);
		second = (Math.imul(second + (first & 0xff), 134_775_813) + 1) | 0;
		third = step(third, second >>> 24);
	};
	for (const byte of Buffer.from(password, 'utf8')) update(byte);
	const next = (encrypted: number): number => {
		const seed = (third & 0xffff) | 2;
		const byte = encrypted ^ ((Math.imul(seed, seed ^ 1) >>> 8) & 0xff);
		update(byte);
		return byte;
	};
	let check = 0;
	for (let i = 0; i < 12; i++) check = next(raw[i]!);
	if (check !== ((flags & 8) !== 0 ? time >>> 8 : crc >>> 24)) return undefined;
	const data = Buffer.allocUnsafe(raw.length - 12);
	for (let i = 12; i < raw.length; i++) data[i - 12] = next(raw[i]!);
	return { data, method, hasCrc: true };
}

/** One step of CRC-32. */
const step = (value: number, byte: number): number => (TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8)) | 0;
const TABLE = Array.from({ length: 256 }, (_, i) => {
	let value = i;
	for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : 0xedb88320 ^ (value >>> 1);
	return value;
});

/** AES as WinZip has it: AE-1 and AE-2. Its counter begins with the low byte, so each block is made here. */
function decryptAes(raw: Buffer, { extra }: ZipEntry, password: string): Decrypted | undefined {
	const field = extraField(extra, 0x9901);
	if (field === undefined || field.length < 7) return undefined;
	const strength = field[4]!;
	if (strength < 1 || strength > 3) return undefined;
	const [saltSize, keySize] = [4 + 4 * strength, 8 + 8 * strength];
	if (raw.length < saltSize + 12) return undefined;
	const keys = pbkdf2Sync(password, raw.subarray(0, saltSize), 1_000, 2 * keySize + 2, 'sha1');
	if (!keys.subarray(2 * keySize).equals(raw.subarray(saltSize, saltSize + 2))) return undefined;
	const data = Buffer.from(raw.subarray(saltSize + 2, raw.length - 10));
	const counters = Buffer.alloc(Math.ceil(data.length / 16) * 16);
	for (let i = 0; i * 16 < counters.length; i++) counters.writeUInt32LE(i + 1, i * 16);
	const cipher = createCipheriv(`aes-${keySize * 8}-ecb`, keys.subarray(0, keySize), null).setAutoPadding(false);
	const stream = cipher.update(counters);
	for (let i = 0; i < data.length; i++) data[i] = data[i]! ^ stream[i]!;
	return { data, method: field.readUInt16LE(5), hasCrc: field.readUInt16LE(0) === 1 };
}
