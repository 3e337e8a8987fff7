import { createDecipheriv, createHash, hash } from 'node:crypto';
import type { CompoundEntry } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenFile } from '../contract';

/** What Excel tries itself before it asks for a password: files are sealed with it to hide them from scanners. */
const BUILT_IN = 'VelvetSweatshop';

/** A document that is encrypted as a whole (MS-OFFCRYPTO section 2.3): how a password is tried, and how it is opened. */
interface Sealed {
	/** The key, if the password is the right one. */
	keyOf: (password: string) => Buffer | undefined;
	decrypt: (key: Buffer, data: Buffer) => Buffer;
}

/** How the decryption of a document ended. */
export type Unsealed = { bytes: Buffer } | { notRead: 'bytes' | 'encrypted' | 'password' | 'time' };

/**
 * Opens an encrypted document with a word of the message, or with one that Office knows. A password costs up to a million rounds of a hash,
 * so words are tried for a part of the file's time only; what is behind an unknown cipher, or too many rounds, is told.
 */
export function unseal(file: OpenFile, info: Buffer, content: CompoundEntry): Unsealed {
	const sealed = sealedBy(info);
	if (sealed === undefined) return { notRead: 'encrypted' };
	const until = performance.now() + ATTACHMENT_LIMITS.passwordMs;
	const tried = new Set([BUILT_IN, ...file.passwords]);
	for (const password of tried) {
		if (performance.now() > until) return { notRead: 'time' };
		const key = sealed.keyOf(password);
		if (key === undefined) continue;
		if (password !== BUILT_IN) file.tell({ properties: { password }, flags: ['password-in-message'] });
		const { bytes } = content.read();
		const size = bytes.length < 8 ? 0 : Number(bytes.readBigUInt64LE(0));
		if (bytes.length > file.inflatable) return { notRead: 'bytes' };
		file.inflatable -= bytes.length;
		const body = bytes.subarray(8, 8 + ((bytes.length - 8) & ~15));
		return { bytes: sealed.decrypt(key, body).subarray(0, size) };
	}
	return { notRead: 'password' };
}

/** Versions of EncryptionInfo: major and minor in one number. */
const [AGILE, STANDARD] = [0x0004_0004, new Set([0x0002_0002, 0x0002_0003, 0x0002_0004])] as const;

function sealedBy(info: Buffer): Sealed | undefined {
	if (info.length < 8) return undefined;
	const version = (info.readUInt16LE(2) << 16) | info.readUInt16LE(0);
	try {
		if (version === AGILE) return agile(info.toString('utf8', 8));
		return STANDARD.has(version) ? standard(info) : undefined;
	} catch {
		// An algorithm that is none, a key of no size: nothing that opens.
		return undefined;
	}
}

const number = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value >>> 0);
	return bytes;
};

/** The hash of a password, over and over again. */
function spun(algorithm: string, salt: Buffer, password: string, rounds: number): Buffer {
	let value: Buffer = createHash(algorithm).update(salt).update(Buffer.from(password, 'utf16le')).digest();
	const input = Buffer.alloc(4 + value.length);
	for (let round = 0; round < rounds; round++) {
		input.writeUInt32LE(round, 0);
		value.copy(input, 4);
		value = hash(algorithm, input, 'buffer');
	}
	return value;
}

/** Standard encryption: AES without chaining, SHA-1, 50,000 rounds (section 2.3.4.5 to 2.3.4.9). */
function standard(info: Buffer): Sealed | undefined {
	const headSize = info.readUInt32LE(8);
	const head = info.subarray(12, 12 + headSize);
	const at = 12 + headSize;
	const [algorithm, bits] = [head.readUInt32LE(8), head.readUInt32LE(16)];
	// 0x660e to 0x6610 are AES with 128, 192 and 256 bits; RC4 is told.
	if (algorithm < 0x660e || algorithm > 0x6610 || ![128, 192, 256].includes(bits) || info.length < at + 72)
		return undefined;
	const salt = info.subarray(at + 4, at + 20);
	const [verifier, verifierHash] = [info.subarray(at + 20, at + 36), info.subarray(at + 40, at + 72)];
	const decrypt = (key: Buffer, data: Buffer): Buffer => {
		const cipher = createDecipheriv(`aes-${bits}-ecb`, key, null).setAutoPadding(false);
		return Buffer.concat([cipher.update(data), cipher.final()]);
	};
	const keyOf = (password: string): Buffer | undefined => {
		const last = hash('sha1', Buffer.concat([spun('sha1', salt, password, 50_000), number(0)]), 'buffer');
		const derived = (fill: number): Buffer => {
			const block = Buffer.alloc(64, fill);
			for (let i = 0; i < last.length; i++) block[i] = block[i]! ^ last[i]!;
			return hash('sha1', block, 'buffer');
		};
		const key = Buffer.concat([derived(0x36), derived(0x5c)]).subarray(0, bits / 8);
		const expected = hash('sha1', decrypt(key, verifier), 'buffer');
		return decrypt(key, verifierHash).subarray(0, 20).equals(expected) ? key : undefined;
	};
	return { keyOf, decrypt };
}

/** What a password's hash is mixed with for each of its uses (section 2.3.4.10 to 2.3.4.13). */
const [INPUT_BLOCK, VALUE_BLOCK, KEY_BLOCK] = ['fea7d2763b4b9e79', 'd7aa0f6d3061344e', '146e0be7abacd0d6'].map((hex) =>
	Buffer.from(hex, 'hex'),
) as [Buffer, Buffer, Buffer];
/** Bytes that are encrypted by themselves. */
const SEGMENT = 4_096;

/** Agile encryption: AES in chains of 4,096 bytes, any hash, as many rounds as the file says. */
function agile(xml: string): Sealed | undefined {
	const data = attributesOf(xml, 'keyData');
	const key = attributesOf(xml, 'encryptedKey');
	if (data === undefined || key === undefined) return undefined;
	if (data.chaining !== 'ChainingModeCBC' || key.chaining !== 'ChainingModeCBC') return undefined;
	if (key.spins > ATTACHMENT_LIMITS.maxPasswordRounds) return undefined;
	const keyOf = (password: string): Buffer | undefined => {
		const base = spun(key.hash, key.salt, password, key.spins);
		const open = (block: Buffer, value: Buffer): Buffer => {
			const own = sized(hash(key.hash, Buffer.concat([base, block]), 'buffer'), key.bits / 8);
			return decipher(key.bits, own, sized(key.salt, key.block), value);
		};
		const input = open(INPUT_BLOCK, key.input).subarray(0, key.salt.length);
		const expected = hash(key.hash, input, 'buffer');
		if (!open(VALUE_BLOCK, key.value).subarray(0, expected.length).equals(expected)) return undefined;
		return open(KEY_BLOCK, key.secret).subarray(0, data.bits / 8);
	};
	const decrypt = (secret: Buffer, bytes: Buffer): Buffer => {
		const parts: Buffer[] = [];
		for (let at = 0, i = 0; at < bytes.length; at += SEGMENT, i++) {
			const start = hash(data.hash, Buffer.concat([data.salt, number(i)]), 'buffer');
			parts.push(decipher(data.bits, secret, sized(start, data.block), bytes.subarray(at, at + SEGMENT)));
		}
		return Buffer.concat(parts);
	};
	return { keyOf, decrypt };
}

function decipher(bits: number, key: Buffer, start: Buffer, data: Buffer): Buffer {
	const cipher = createDecipheriv(`aes-${bits}-cbc`, key, start).setAutoPadding(false);
	return Buffer.concat([cipher.update(data.subarray(0, data.length & ~15)), cipher.final()]);
}

/** Cut, or filled up with 0x36. */
const sized = (bytes: Buffer, size: number): Buffer =>
	bytes.length >= size ? bytes.subarray(0, size) : Buffer.concat([bytes, Buffer.alloc(size - bytes.length, 0x36)]);

const HASHES: Readonly<Record<string, string>> = { SHA1: 'sha1', SHA256: 'sha256', SHA384: 'sha384', SHA512: 'sha512' };

/** What an element says of a cipher. Undefined for one that is not AES, or a hash that is not known. */
function attributesOf(xml: string, element: string) {
	const tag = new RegExp(`<(?:\\w{1,20}:)?${element}\\s[^<>]{1,8000}>`).exec(xml)?.[0];
	if (tag === undefined) return undefined;
	const text = (name: string): string => new RegExp(`\\s${name}="([^"]{0,4000})"`).exec(tag)?.[1] ?? '';
	const bytes = (name: string): Buffer => Buffer.from(text(name), 'base64');
	const [bits, block] = [Number(text('keyBits')), Number(text('blockSize'))];
	const algorithm = HASHES[text('hashAlgorithm').toUpperCase().replace('-', '')];
	if (text('cipherAlgorithm') !== 'AES' || ![128, 192, 256].includes(bits) || block !== 16) return undefined;
	if (algorithm === undefined) return undefined;
	return {
		bits,
		block,
		hash: algorithm,
		chaining: text('cipherChaining'),
		salt: bytes('saltValue'),
		spins: Number(text('spinCount') || '0'),
		input: bytes('encryptedVerifierHashInput'),
		value: bytes('encryptedVerifierHashValue'),
		secret: bytes('encryptedKeyValue'),
	};
}
