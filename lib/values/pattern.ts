import { storableText } from '../storable';
import { asNumber } from './asNumber';
import { fileHashes, type HashDictionary } from './hash';
import { stixValue, type ValueType } from './kinds';

/** String literal of STIX 2.1 section 9.6: only the backslash and the apostrophe are escaped. */
export function patternString(text: string): string {
	return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}

/** Names that need no quotes in a path, and are no keyword: `MD5`. Quotes are never wrong. */
const PLAIN_NAME = /^[A-Za-z]+\d+$/;

/** `file:hashes.MD5 = '…' OR file:hashes.'SHA-256' = '…'`: any of the digests. Undefined when there is none. */
export function hashComparison(objectType: string, hashes: Readonly<Record<string, unknown>>): string | undefined {
	const comparisons = Object.entries(hashes)
		.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
		.map(
			([name, digest]) =>
				`${objectType}:hashes.${PLAIN_NAME.test(name) ? name : patternString(name)} = ${patternString(storableText(digest))}`,
		);
	return comparisons.length === 0 ? undefined : comparisons.join(' OR ');
}

/**
 * The comparison expression (STIX 2.1 section 9.6) that finds a value: in the form that a bundle has it in, or as written where STIX
 * has no form for it. Networks by ISSUBSET, files by any of their hashes. Undefined for what STIX has no observable for.
 *
 * @param hashes Of a `file`; by default what `value` is by its length.
 */
export function valueComparison(type: ValueType, value: string, hashes?: HashDictionary): string | undefined {
	if (type === 'cve' || type === 'attack-pattern') return undefined;
	if (type === 'file') return hashComparison('file', hashes ?? fileHashes(value));
	if (type === 'autonomous-system') {
		const number = asNumber(value);
		return number === undefined ? undefined : `autonomous-system:number = ${number}`;
	}
	return formComparison(type, stixValue(type, value) ?? storableText(value));
}

/** What a value is called in its object, where it is not `value`. */
const PROPERTIES: ReadonlyMap<string, string> = new Map([
	['user-account', 'account_login'],
	['windows-registry-key', 'key'],
]);

/** `url:value = '…'`, of a value as an object has it; a network is compared by ISSUBSET. */
export function formComparison(objectType: string, form: string): string {
	const isNetwork = (objectType === 'ipv4-addr' || objectType === 'ipv6-addr') && form.includes('/');
	return `${objectType}:${PROPERTIES.get(objectType) ?? 'value'} ${isNetwork ? 'ISSUBSET' : '='} ${patternString(form)}`;
}
