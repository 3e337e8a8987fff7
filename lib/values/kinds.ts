import { storableText } from '../storable';
import { asNumber, asValue } from './asNumber';
import { techniqueValue } from './attackTechnique';
import { cveValue } from './cve';
import { domainValue, readDomainName } from './domainName';
import { handleValue } from './handle';
import { algorithmOfLength, hashValue } from './hash';
import { ipv4Value, ipv6Value } from './ipAddress';
import { macValue } from './mac';
import { emailAddrValue, isMailAddress } from './mailAddress';
import { isPhoneNumber } from './phoneNumber';
import { registryKeyValue } from './registryKey';
import { readUrl, urlValue } from './url';
import { walletValue } from './wallet';

/**
 * The kinds of values: types of STIX 2.1's cyber-observables, OpenCTI's own, `attack-pattern`, and `cve`, which is a `vulnerability`. A
 * `user-account` is known by its handle.
 */
export type ValueType =
	| 'ipv4-addr'
	| 'ipv6-addr'
	| 'domain-name'
	| 'url'
	| 'email-addr'
	| 'file'
	| 'autonomous-system'
	| 'mac-addr'
	| 'cryptocurrency-wallet'
	| 'phone-number'
	| 'windows-registry-key'
	| 'user-account'
	| 'attack-pattern'
	| 'cve';

/**
 * What every kind of value knows of itself. A canonical value is its own STIX form, but for URLs, of which RFC 3986 allows less than
 * browsers read, and for names with underscores, which have none.
 */
interface Kind {
	/** Whether it is a value that extraction gives, in its canonical form. */
	isCanonical(value: string): boolean;
	/** The form that STIX asks for, of what anybody wrote: more is taken than extraction finds. Undefined for what has none. */
	stixValue(text: string): string | undefined;
}

const written = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

const KINDS: Readonly<Record<ValueType, Kind>> = {
	'ipv4-addr': { isCanonical: (value) => ipv4Value(value) === value, stixValue: ipv4Value },
	'ipv6-addr': { isCanonical: (value) => ipv6Value(value) === value, stixValue: ipv6Value },
	'domain-name': {
		isCanonical: (value) => {
			const name = readDomainName(value);
			return name?.known === true && name.value === value;
		},
		stixValue: domainValue,
	},
	url: { isCanonical: (value) => readUrl(value)?.value === value, stixValue: urlValue },
	'email-addr': { isCanonical: isMailAddress, stixValue: emailAddrValue },
	file: {
		isCanonical: (value) => hashValue(algorithmOfLength(value.length) ?? '', value) === value,
		stixValue: (text) => hashValue(algorithmOfLength(text.length) ?? '', text),
	},
	'autonomous-system': {
		isCanonical: (value) => asValue(value) === value,
		stixValue: (text) => {
			const number = asNumber(text);
			return number === undefined ? undefined : `AS${number}`;
		},
	},
	'mac-addr': { isCanonical: (value) => macValue(value) === value, stixValue: macValue },
	// Other currencies than those whose checksums are known here are as good.
	'cryptocurrency-wallet': {
		isCanonical: (value) => walletValue(value) === value,
		stixValue: (text) => walletValue(text.trim()) ?? written(text),
	},
	'phone-number': { isCanonical: isPhoneNumber, stixValue: written },
	'windows-registry-key': { isCanonical: (value) => registryKeyValue(value) === value, stixValue: registryKeyValue },
	'user-account': { isCanonical: (value) => handleValue(value) === value, stixValue: written },
	'attack-pattern': { isCanonical: (value) => techniqueValue(value) === value, stixValue: techniqueValue },
	cve: { isCanonical: (value) => cveValue(value) === value, stixValue: cveValue },
};

/** True for a value that extraction gives, in its canonical form: reading it again gives the same. */
export function isCanonicalValue(type: ValueType, value: string): boolean {
	return Object.hasOwn(KINDS, type) && KINDS[type].isCanonical(value);
}

/**
 * The form of a value in STIX 2.1 section 6, in bundles and in patterns. Undefined for what has none: a wrong observable is worse than no
 * observable. Half of a character and NUL, which have no form in UTF-8 and in databases, become U+FFFD in what is taken as it is written.
 */
export function stixValue(type: ValueType, text: string): string | undefined {
	const value = Object.hasOwn(KINDS, type) ? KINDS[type].stixValue(text) : undefined;
	return value === undefined ? undefined : storableText(value);
}
