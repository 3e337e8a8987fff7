import { createHash } from 'node:crypto';
import { keccak256 } from './keccak';

/**
 * The value of a `cryptocurrency-wallet` (OpenCTI's): an address whose checksum is right, as it is written. Bitcoin, Litecoin, Dogecoin, Dash,
 * Zcash and Tron (base58check), Ripple (its alphabet), Monero (blocks of base58), Bitcoin and Litecoin (bech32, bech32m), Cardano (bech32),
 * Bitcoin Cash (CashAddr), Ethereum (EIP-55). Undefined for what is none: nobody tells those without a checksum from other words.
 */
export function walletValue(word: string): string | undefined {
	return READERS.some(({ form, isRight }) => form.test(word) && isRight(word)) ? word : undefined;
}

/** What each family of addresses looks like, and how its checksum is asked. */
const READERS: readonly { form: RegExp; isRight: (word: string) => boolean }[] = [
	{ form: /^0x[0-9a-fA-F]{40}$/, isRight: isEthereum },
	{ form: /^(?:bc1|ltc1)[02-9ac-hj-np-z]{11,87}$/i, isRight: isSegwit },
	{ form: /^addr1[02-9ac-hj-np-z]{50,103}$/, isRight: (word) => bech32Checksum(word) === 1 },
	{ form: /^[qp][02-9ac-hj-np-z]{41}$/, isRight: isCashAddress },
	{ form: /^[13LMD9AX7T][1-9A-HJ-NP-Za-km-z]{25,34}$/, isRight: (word) => isBase58Check(word, BASE58, VERSIONS) },
	{ form: /^t[13][1-9A-HJ-NP-Za-km-z]{33}$/, isRight: (word) => isBase58Check(word, BASE58, ZCASH_VERSIONS) },
	{ form: /^r[1-9A-HJ-NP-Za-km-z]{24,34}$/, isRight: (word) => isBase58Check(word, RIPPLE, RIPPLE_VERSIONS) },
	{ form: /^[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?$/, isRight: isMonero },
];

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const RIPPLE = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
/** Version bytes in hexadecimal: Bitcoin P2PKH and P2SH, Litecoin, Dogecoin and Dash likewise, Tron. */
const VERSIONS: ReadonlySet<string> = new Set(['00', '05', '30', '32', '1e', '16', '4c', '10', '41']);
/** Transparent addresses of Zcash. */
const ZCASH_VERSIONS: ReadonlySet<string> = new Set(['1cb8', '1cbd']);
const RIPPLE_VERSIONS: ReadonlySet<string> = new Set(['00']);

/** The version, 20 bytes, and the first four bytes of their SHA-256, taken twice. */
function isBase58Check(word: string, alphabet: string, versions: ReadonlySet<string>): boolean {
	const [version = ''] = versions;
	const length = version.length / 2 + 24;
	let number = 0n;
	for (const character of word) number = number * 58n + BigInt(alphabet.indexOf(character));
	const hex = number.toString(16);
	if (hex.length > 2 * length) return false;
	const bytes = Buffer.from(hex.padStart(2 * length, '0'), 'hex');
	if (!versions.has(bytes.toString('hex', 0, version.length / 2))) return false;
	const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
	return sha256(sha256(bytes.subarray(0, -4)))
		.subarray(0, 4)
		.equals(bytes.subarray(-4));
}

/** Each eleven digits are eight bytes; the last seven are five. Then four bytes of Keccak-256. */
function isMonero(word: string): boolean {
	const blocks = (word.match(/.{1,11}/g) ?? []).map((block) => {
		let number = 0n;
		for (const character of block) number = number * 58n + BigInt(BASE58.indexOf(character));
		const length = block.length === 11 ? 8 : 5;
		const hex = number.toString(16).padStart(2 * length, '0');
		return hex.length === 2 * length ? Buffer.from(hex, 'hex') : undefined;
	});
	if (blocks.includes(undefined)) return false;
	const bytes = Buffer.concat(blocks as Buffer[]);
	// Standard, integrated and sub-addresses of the main network.
	if (![0x12, 0x13, 0x2a].includes(bytes[0]!)) return false;
	return keccak256(bytes.subarray(0, -4)).subarray(0, 4).equals(bytes.subarray(-4));
}

/** Polymod of CashAddr over the prefix that nobody writes out. */
function isCashAddress(word: string): boolean {
	const prefix = [...'bitcoincash'].map((character) => character.charCodeAt(0) & 31);
	const data = [...word].map((character) => BECH32.indexOf(character));
	let checksum = 1n;
	for (const value of [...prefix, 0, ...data]) {
		const top = checksum >> 35n;
		checksum = ((checksum & 0x7ffffffffn) << 5n) ^ BigInt(value);
		for (const [bit, constant] of CASH_GENERATOR.entries())
			if (((top >> BigInt(bit)) & 1n) === 1n) checksum ^= constant;
	}
	return checksum === 1n;
}
const CASH_GENERATOR = [0x98f2bc8e61n, 0x79b76d99e2n, 0xf33e5fb3c4n, 0xae2eabe2a8n, 0x1e4f43e470n];

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** BIP 173 and, for witness versions above 0, BIP 350. */
function isSegwit(word: string): boolean {
	const version = BECH32.indexOf(word[word.lastIndexOf('1') + 1]!.toLowerCase());
	return bech32Checksum(word) === (version === 0 ? 1 : 0x2bc830a3);
}

/** What is left of a word of bech32; undefined for what is none. */
function bech32Checksum(word: string): number | undefined {
	const lower = word.toLowerCase();
	if (word !== lower && word !== word.toUpperCase()) return undefined;
	const separator = lower.lastIndexOf('1');
	const prefix = [...lower.slice(0, separator)].map((character) => character.charCodeAt(0));
	const data = [...lower.slice(separator + 1)].map((character) => BECH32.indexOf(character));
	if (data.length < 8 || data.includes(-1)) return undefined;
	let checksum = 1;
	for (const value of [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) {
		const top = checksum >>> 25;
		checksum = ((checksum & 0x1ffffff) << 5) ^ value;
		GENERATOR.forEach((constant, bit) => {
			if (((top >>> bit) & 1) === 1) checksum ^= constant;
		});
	}
	return checksum >>> 0;
}

/** EIP-55: the case of the letters is the checksum; an address in one case has none. */
function isEthereum(word: string): boolean {
	const hex = word.slice(2);
	const lower = hex.toLowerCase();
	if (hex === lower || hex === hex.toUpperCase()) return false;
	const digest = keccak256(Buffer.from(lower, 'ascii')).toString('hex');
	return [...hex].every((character, index) => {
		const expected = parseInt(digest[index]!, 16) >= 8 ? character.toUpperCase() : character.toLowerCase();
		return character === expected;
	});
}
