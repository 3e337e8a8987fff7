import { createHash } from 'node:crypto';
import { keccak256 } from './keccak';

/**
 * The value of a `cryptocurrency-wallet` (OpenCTI's): a Bitcoin or Litecoin (base58check, bech32, bech32m) or Ethereum (EIP-55) address
 * whose checksum is right, as it is written. Undefined for what is none.
 */
export function walletValue(word: string): string | undefined {
	if (/^0x[0-9a-fA-F]{40}$/.test(word)) return isEthereum(word) ? word : undefined;
	if (/^(?:bc1|ltc1)[02-9ac-hj-np-z]{11,87}$/i.test(word)) return isBech32(word) ? word : undefined;
	return /^[13LM][1-9A-HJ-NP-Za-km-z]{25,34}$/.test(word) && isBase58Check(word) ? word : undefined;
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Version bytes: Bitcoin P2PKH and P2SH, Litecoin P2PKH and P2SH. */
const VERSIONS: ReadonlySet<number> = new Set([0x00, 0x05, 0x30, 0x32]);

function isBase58Check(word: string): boolean {
	let number = 0n;
	for (const character of word) number = number * 58n + BigInt(BASE58.indexOf(character));
	const hex = number.toString(16);
	if (hex.length > 50) return false;
	const bytes = Buffer.from(hex.padStart(50, '0'), 'hex');
	if (!VERSIONS.has(bytes[0]!)) return false;
	const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
	return sha256(sha256(bytes.subarray(0, 21)))
		.subarray(0, 4)
		.equals(bytes.subarray(21));
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** BIP 173 and, for witness versions above 0, BIP 350. */
function isBech32(word: string): boolean {
	const lower = word.toLowerCase();
	if (word !== lower && word !== word.toUpperCase()) return false;
	const separator = lower.lastIndexOf('1');
	const prefix = [...lower.slice(0, separator)].map((character) => character.charCodeAt(0));
	const data = [...lower.slice(separator + 1)].map((character) => BECH32.indexOf(character));
	if (data.length < 8 || data.includes(-1)) return false;
	let checksum = 1;
	for (const value of [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) {
		const top = checksum >>> 25;
		checksum = ((checksum & 0x1ffffff) << 5) ^ value;
		GENERATOR.forEach((constant, bit) => {
			if (((top >>> bit) & 1) === 1) checksum ^= constant;
		});
	}
	return checksum >>> 0 === (data[0] === 0 ? 1 : 0x2bc830a3);
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
