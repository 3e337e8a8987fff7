import type { HashAlgorithm, IndicatorFlag } from './indicator';

const ALGORITHMS: ReadonlyMap<number, HashAlgorithm> = new Map([
	[32, 'MD5'],
	[40, 'SHA-1'],
	[64, 'SHA-256'],
	[128, 'SHA-512'],
]);

/** Hashes of no bytes at all. */
const EMPTY_FILE: ReadonlySet<string> = new Set([
	'd41d8cd98f00b204e9800998ecf8427e',
	'da39a3ee5e6b4b0d3255bfef95601890afd80709',
	'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
	'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
]);

const LOWER = /^[0-9a-f]+$/;
const UPPER = /^[0-9A-F]+$/;
const BESIDE = /[-_=+/@%]/;

export function hashAlgorithm(hex: string): HashAlgorithm | undefined {
	return LOWER.test(hex) ? ALGORITHMS.get(hex.length) : undefined;
}

/**
 * Reads a word as a hash, alone or as the name of a file (`<hash>.exe`). One case throughout, letters and digits:
 * everything else of that length is an identifier.
 */
export function readHash(
	word: string,
	text: string,
	start: number,
): { value: string; algorithm: HashAlgorithm; flags: IndicatorFlag[] } | undefined {
	const dot = word.indexOf('.');
	const hex = dot < 0 ? word : /^\.[A-Za-z0-9]{1,5}$/.test(word.slice(dot)) ? word.slice(0, dot) : '';
	const algorithm = ALGORITHMS.get(hex.length);
	if (algorithm === undefined || !(LOWER.test(hex) || UPPER.test(hex)) || !/[a-f]/i.test(hex) || !/\d/.test(hex))
		return undefined;
	const before = text[start - 1] ?? ' ';
	const after = text[start + hex.length] ?? ' ';
	// `sha256=<hash>` is one; `boundary_<hex>`, `<hex>==` and `<hex>@host` are not.
	if ((before !== '=' && BESIDE.test(before)) || BESIDE.test(after)) return undefined;
	const value = hex.toLowerCase();
	if (new Set(value).size < 5) return undefined;
	return { value, algorithm, flags: hashFlags(value, text.slice(Math.max(0, start - 16), start)) };
}

export function hashFlags(value: string, before = ''): IndicatorFlag[] {
	if (EMPTY_FILE.has(value)) return ['empty-file'];
	// A version 4 UUID (RFC 9562) without its dashes.
	if (value.length === 32 && value[12] === '4' && /[89ab]/.test(value[16]!)) return ['id-like'];
	return /\b(?:commit|tree|parent|boundary|uuid|guid|id)\W{0,3}$/i.test(before) ? ['id-like'] : [];
}
