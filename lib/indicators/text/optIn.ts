import { asValue, cveValue, macValue, walletValue, type PlainValue } from '../../values';

/** Kinds that are looked for only when asked. */
export interface OptInKinds {
	cve?: boolean;
	asn?: boolean;
	mac?: boolean;
	wallets?: boolean;
}

const ASN = /^ASN?\d{1,10}$/;
const MAC = /[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}(?![\w:])|(?:-[0-9A-Fa-f]{2}){5}(?![\w-]))/y;
const MAC_DOTTED = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i;

/** The value of an opt-in kind that the word at `start..end` is, if it is one. */
export function optInValue(
	text: string,
	start: number,
	end: number,
	wanted: OptInKinds,
): { found: PlainValue; end: number } | undefined {
	const length = end - start;
	if (wanted.mac === true && text[start - 1] !== ':' && text[start - 1] !== '-') {
		MAC.lastIndex = start;
		const written = MAC.exec(text)?.[0];
		const dotted = length === 14 && MAC_DOTTED.test(text.slice(start, end));
		const value = written !== undefined || dotted ? macValue(written ?? text.slice(start, end)) : undefined;
		if (value !== undefined)
			return { found: { type: 'mac-addr', value }, end: written === undefined ? end : start + written.length };
	}
	if (length < 3 || length > 100) return undefined;
	const word = text.slice(start, end);
	const plain = (type: PlainValue['type'], value: string | undefined) =>
		value === undefined ? undefined : { found: { type, value }, end };
	return (
		(wanted.cve === true ? plain('cve', cveValue(word)) : undefined) ??
		(wanted.asn === true && ASN.test(word) ? plain('autonomous-system', asValue(word)) : undefined) ??
		(wanted.wallets === true ? plain('cryptocurrency-wallet', walletValue(word)) : undefined)
	);
}
