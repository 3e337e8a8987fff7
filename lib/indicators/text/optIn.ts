import type { IndicatorType } from '../indicator';
import { isWalletAddress } from '../wallet';

/** Kinds that are looked for only when asked. */
export interface RareKinds {
	cve?: boolean;
	asn?: boolean;
	mac?: boolean;
	wallets?: boolean;
}

const CVE = /^CVE-(?:19|20)\d{2}-\d{4,7}$/i;
const ASN = /^ASN?(\d{1,10})$/;
const MAC = /[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}(?![\w:])|(?:-[0-9A-Fa-f]{2}){5}(?![\w-]))/y;
const MAC_DOTTED = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i;

/** The rare value that the word at `start..end` is, if it is one. */
export function findRare(
	text: string,
	start: number,
	end: number,
	wanted: RareKinds,
): { type: IndicatorType; value: string; end: number } | undefined {
	const length = end - start;
	if (wanted.mac === true && text[start - 1] !== ':' && text[start - 1] !== '-') {
		MAC.lastIndex = start;
		const mac = MAC.exec(text)?.[0];
		if (mac !== undefined)
			return { type: 'mac-addr', value: mac.toLowerCase().replaceAll('-', ':'), end: start + mac.length };
		const word = length === 14 ? text.slice(start, end) : '';
		if (MAC_DOTTED.test(word)) {
			const hex = word.replaceAll('.', '').toLowerCase();
			return { type: 'mac-addr', value: (hex.match(/../g) ?? []).join(':'), end };
		}
	}
	if (length < 3 || length > 100) return undefined;
	const word = text.slice(start, end);
	if (wanted.cve === true && CVE.test(word)) return { type: 'cve', value: word.toUpperCase(), end };
	if (wanted.asn === true) {
		const number = Number(ASN.exec(word)?.[1] ?? 0);
		if (number > 0 && number <= 4_294_967_295) return { type: 'autonomous-system', value: `AS${number}`, end };
	}
	if (wanted.wallets === true && isWalletAddress(word)) {
		return { type: 'cryptocurrency-wallet', value: word, end };
	}
	return undefined;
}
