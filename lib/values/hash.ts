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
