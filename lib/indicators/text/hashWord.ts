import { algorithmOfLength, hashValue, type FileValue } from '../../values';
import type { IndicatorFlag } from '../indicator';

const ONE_CASE = /^(?:[0-9a-f]+|[0-9A-F]+)$/;
const BESIDE = /[-_=+/@%]/;
const IDENTIFIER_BEFORE = /\b(?:commit|tree|parent|boundary|uuid|guid|id)\W{0,3}$/i;

/**
 * Reads a word as a hash, alone or as the name of a file (`<hash>.exe`). One case throughout, letters and digits:
 * everything else of that length is an identifier.
 */
export function hashOfWord(
	word: string,
	text: string,
	start: number,
): { found: FileValue; flags: IndicatorFlag[] } | undefined {
	const dot = word.indexOf('.');
	const hex = dot < 0 ? word : /^\.[A-Za-z0-9]{1,5}$/.test(word.slice(dot)) ? word.slice(0, dot) : '';
	const algorithm = algorithmOfLength(hex.length);
	if (algorithm === undefined || !ONE_CASE.test(hex) || !/[a-f]/i.test(hex) || !/\d/.test(hex)) return undefined;
	const before = text[start - 1] ?? ' ';
	const after = text[start + hex.length] ?? ' ';
	// `sha256=<hash>` is one; `boundary_<hex>`, `<hex>==` and `<hex>@host` are not.
	if ((before !== '=' && BESIDE.test(before)) || BESIDE.test(after)) return undefined;
	const value = hashValue(algorithm, hex);
	if (value === undefined || new Set(value).size < 5) return undefined;
	const isIdentifier = isUuid(value) || IDENTIFIER_BEFORE.test(text.slice(Math.max(0, start - 16), start));
	return { found: { type: 'file', value, hashes: { [algorithm]: value } }, flags: isIdentifier ? ['id-like'] : [] };
}

/** A version 4 UUID (RFC 9562) without its dashes. */
function isUuid(value: string): boolean {
	return value.length === 32 && value[12] === '4' && /[89ab]/.test(value[16]!);
}
