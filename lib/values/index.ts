/** One value, one place: what each kind of value is, its canonical form, its form in STIX, and the pattern that finds it. */
export { asNumber, asValue } from './asNumber';
export { techniqueValue } from './attackTechnique';
export { cveValue } from './cve';
export { domainValue, isPublicSuffix, readDomainName, SPECIAL_SUFFIXES, type DomainName } from './domainName';
export { handleValue } from './handle';
export {
	algorithmOfLength,
	fileHashes,
	fileValue,
	HASH_ALGORITHMS,
	hashDigits,
	hashValue,
	isHashOfNothing,
	searchedHashes,
	type FileValue,
	type HashAlgorithm,
	type HashDictionary,
} from './hash';
export {
	hasHostBits,
	ipv4Value,
	ipv6Value,
	isSubset,
	readIpAddress,
	readNetwork,
	unmapped,
	type IpAddress,
	type IpNetwork,
} from './ipAddress';
export { isCanonicalValue, stixValue, type ValueType } from './kinds';
export { macValue } from './mac';
export { emailAddrValue, mailAddress, readMailAddress, type MailAddress } from './mailAddress';
export { mediaTypeValue, registeredMediaType } from './mediaType';
export { phoneNumberValue } from './phoneNumber';
export { registryKeyValue } from './registryKey';
export { formComparison, hashComparison, patternString, valueComparison } from './pattern';
export { parseUrl, readUrl, URL_SCHEMES, urlValue, type Url } from './url';
export type { PlainValue, Value } from './value';
export { walletValue } from './wallet';
