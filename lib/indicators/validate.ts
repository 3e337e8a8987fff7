import { INDICATOR_LIMITS } from '../limits';
import { readAddress } from './address';
import { hashAlgorithm } from './hash';
import { readHost } from './host';
import type { Indicator } from './indicator';
import { isMailAddress } from './mailAddress';
import { readUrl } from './url';
import { isWalletAddress } from './wallet';

/** True when the value is what its type promises, in its normal form: reading it again gives the same. */
export function isValidIndicator(indicator: Indicator): boolean {
	const { sources, flags } = indicator;
	return (
		isValidValue(indicator) &&
		sources.length > 0 &&
		sources.length <= INDICATOR_LIMITS.maxSources &&
		new Set(flags).size === flags.length
	);
}

function isValidValue({ type, value, hashes }: Indicator): boolean {
	switch (type) {
		case 'ipv4-addr':
		case 'ipv6-addr': {
			const address = readAddress(value);
			return address?.type === type && address.value === value;
		}
		case 'domain-name': {
			const host = readHost(value);
			return host?.known === true && host.name === value;
		}
		case 'url': {
			const url = readUrl(value);
			return (
				url?.value === value &&
				(url.host !== undefined || url.address !== undefined || /:\/\/(?:[^/@]*@)?localhost(?:[:/?#]|$)/.test(value))
			);
		}
		case 'email-addr':
			return isMailAddress(value);
		case 'file': {
			const known = Object.entries(hashes ?? {});
			return (
				known.length > 0 &&
				known.some(([, hash]) => hash === value) &&
				known.every(([algorithm, hash]) => hashAlgorithm(hash) === algorithm)
			);
		}
		case 'autonomous-system':
			return /^AS[1-9]\d{0,9}$/.test(value) && Number(value.slice(2)) <= 4_294_967_295;
		case 'mac-addr':
			return /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(value);
		case 'cryptocurrency-wallet':
			return isWalletAddress(value);
		case 'cve':
			return /^CVE-\d{4}-\d{4,7}$/.test(value);
		case 'phone-number':
			return /^\+[1-9]\d{6,14}$/.test(value);
	}
}
