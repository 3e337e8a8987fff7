/** The algorithms that attachments are hashed with and texts are searched for, by their names in STIX. */
export type HashAlgorithm = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-512';

/** A file, known by its digests. */
export interface FileValue {
	type: 'file';
	/** SHA-256, else the strongest there is; lower-case hexadecimal, as all of them. */
	value: string;
	hashes: Partial<Record<HashAlgorithm, string>>;
	name?: string | undefined;
}

/** Digests of one file by the name of their algorithm. */
export type HashDictionary = Readonly<Record<string, string | undefined>>;

/** In the order in which they decide the id of a file (STIX 2.1 section 2.9). */
export const HASH_ALGORITHMS: readonly HashAlgorithm[] = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512'];
/** The one that a file is named by comes first: what threat intelligence is exchanged by. */
const NAMED_BY: readonly HashAlgorithm[] = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5'];

/** Hexadecimal digits of a digest: the algorithms of STIX 2.1 section 10.7 that have a fixed length. */
const DIGITS: ReadonlyMap<string, number> = new Map(
	Object.entries({
		MD5: 32,
		'SHA-1': 40,
		'SHA-224': 56,
		'SHA-256': 64,
		'SHA-384': 96,
		'SHA-512': 128,
		'SHA3-224': 56,
		'SHA3-256': 64,
		'SHA3-384': 96,
		'SHA3-512': 128,
	}).map(([name, digits]) => [plainName(name), digits]),
);
const BY_DIGITS: ReadonlyMap<number, HashAlgorithm> = new Map(
	HASH_ALGORITHMS.map((name) => [DIGITS.get(plainName(name))!, name]),
);

/** Senders and platforms write `sha256`, `SHA256` and `SHA-256`. */
function plainName(algorithm: string): string {
	return algorithm.toLowerCase().replaceAll('-', '');
}

/** How many hexadecimal digits a digest has; undefined for an algorithm that is not known. Case and hyphens of the name do not count. */
export function hashDigits(algorithm: string): number | undefined {
	return DIGITS.get(plainName(algorithm));
}

/** Which algorithm a digest of that many hexadecimal digits is of: one of the four. */
export function algorithmOfLength(digits: number): HashAlgorithm | undefined {
	return BY_DIGITS.get(digits);
}

/** Lower-case hexadecimal digest of the right length for its algorithm. Undefined for what is none. */
export function hashValue(algorithm: string, digest: string | undefined): string | undefined {
	return digest !== undefined && digest.length === hashDigits(algorithm) && /^[0-9a-f]+$/i.test(digest)
		? digest.toLowerCase()
		: undefined;
}

/** The digest that names a file: SHA-256, else the strongest there is. */
export function fileValue(hashes: HashDictionary): string | undefined {
	return NAMED_BY.map((algorithm) => hashes[algorithm]).find((digest) => digest !== undefined);
}

/**
 * All that is known of a file: the digests by name, and the value by its length. Each in its canonical form where it has one, those that
 * decide ids first, in their order.
 */
export function fileHashes(value: string, hashes: HashDictionary = {}): Record<string, string> {
	const byLength = algorithmOfLength(value.length);
	const all: HashDictionary = { ...(byLength === undefined ? {} : { [byLength]: value }), ...hashes };
	const names = new Set<string>([...HASH_ALGORITHMS, ...Object.keys(all)]);
	const known: Record<string, string> = {};
	for (const name of names) {
		const digest = all[name];
		if (typeof digest === 'string' && digest !== '') known[name] = hashValue(name, digest) ?? digest;
	}
	return known;
}

/** Digests of no bytes at all, by every algorithm of {@link hashDigits}: they name no file. */
const OF_NOTHING: ReadonlySet<string> = new Set([
	'd41d8cd98f00b204e9800998ecf8427e',
	'da39a3ee5e6b4b0d3255bfef95601890afd80709',
	'd14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f',
	'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
	'38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
	'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
	'6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7',
	'a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a',
	'0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004',
	'a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26',
]);

/** True for the digest of an empty file, whatever the case of its digits. */
export function isHashOfNothing(digest: string): boolean {
	return OF_NOTHING.has(digest.toLowerCase());
}

/**
 * What of a file is looked for: SHA-256 alone where it is known, for it names the file, and gateways and sensors search it; else
 * every digest that there is.
 */
export function searchedHashes(hashes: HashDictionary): HashDictionary {
	const { 'SHA-256': sha256 } = hashes;
	return typeof sha256 === 'string' && sha256 !== '' ? { 'SHA-256': sha256 } : hashes;
}
