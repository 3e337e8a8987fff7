import type { Indicator } from '../indicators';
import { cleanText } from './stixObject';
import { asNumber } from './values';

/** STIX pattern of one indicator; undefined for what STIX has no observable for. `hashes` are those of a `file`. */
export function indicatorPattern(
	indicator: Pick<Indicator, 'type' | 'value'>,
	hashes: Readonly<Record<string, string>> = {},
): string | undefined {
	const { type, value } = indicator;
	if (type === 'cve') return undefined;
	if (type === 'autonomous-system') {
		const number = asNumber(value);
		return number === undefined ? undefined : `[autonomous-system:number = ${number}]`;
	}
	if (type === 'file') {
		const comparisons = Object.entries(hashes).map(
			([algorithm, digest]) =>
				`file:hashes.${/^\w+$/.test(algorithm) ? algorithm : `'${algorithm}'`} = ${literal(digest)}`,
		);
		return comparisons.length === 0 ? undefined : `[${comparisons.join(' OR ')}]`;
	}
	const isNetwork = (type === 'ipv4-addr' || type === 'ipv6-addr') && value.includes('/');
	return `[${type}:value ${isNetwork ? 'ISSUBSET' : '='} ${literal(value)}]`;
}

/** String literal of STIX 2.1 section 9.6: only the backslash and the apostrophe are escaped. */
function literal(text: string): string {
	return `'${cleanText(text).replace(/[\\']/g, String.raw`\$&`)}'`;
}
