import { isRecord } from '../json';
import {
	formComparison,
	hashComparison,
	patternString,
	readIpAddress,
	searchedHashes,
	type HashDictionary,
} from '../values';
import type { StixRecord } from './observations';

/** Properties that identify an observable: the first line whose properties are all there makes the pattern, joined by AND. */
const IDENTIFYING: Readonly<Record<string, ReadonlyArray<readonly string[]>>> = {
	artifact: [['hashes'], ['url']],
	'autonomous-system': [['number']],
	'cryptocurrency-wallet': [['value']],
	directory: [['path']],
	'domain-name': [['value']],
	'email-addr': [['value']],
	'email-message': [['message_id'], ['from_ref.value', 'subject'], ['subject']],
	file: [['hashes'], ['name']],
	hostname: [['value']],
	'ipv4-addr': [['value']],
	'ipv6-addr': [['value']],
	'mac-addr': [['value']],
	mutex: [['name']],
	'phone-number': [['value']],
	process: [['command_line']],
	software: [['cpe'], ['name', 'vendor', 'version'], ['name', 'version'], ['name']],
	url: [['value']],
	'user-account': [['user_id'], ['account_login', 'account_type'], ['account_login']],
	'windows-registry-key': [['key']],
	'x509-certificate': [['hashes'], ['serial_number', 'issuer'], ['serial_number']],
};

/**
 * The pattern that finds one cyber-observable: by its value, its hashes (any of them; of a file SHA-256 alone, where it is there), or
 * what else identifies it. A message is
 * known by its Message-ID, else by From and subject, when `resolve` finds the object of `from_ref`.
 * Undefined for what has nothing that identifies it.
 */
export function patternForObservable(
	observable: object,
	resolve?: (id: string) => object | undefined,
): string | undefined {
	const object = observable as StixRecord;
	const type = typeof object.type === 'string' ? object.type : '';
	const lines = Object.hasOwn(IDENTIFYING, type) ? IDENTIFYING[type]! : [];
	for (const properties of lines) {
		const comparisons = properties.map((property) => comparisonOf(type, property, object, resolve));
		if (comparisons.every((comparison) => comparison !== undefined)) return `[${comparisons.join(' AND ')}]`;
	}
	return undefined;
}

function comparisonOf(
	type: string,
	property: string,
	object: StixRecord,
	resolve: (id: string) => object | undefined = () => undefined,
): string | undefined {
	const [name = '', behind] = property.split('.');
	const own = object[name];
	const value =
		behind === undefined || typeof own !== 'string' ? own : (resolve(own) as StixRecord | undefined)?.[behind];
	if (property === 'hashes') {
		const hashes = isRecord(value) ? value : {};
		return hashComparison(type, type === 'file' ? searchedHashes(hashes as HashDictionary) : hashes);
	}
	if (typeof value === 'number' && Number.isSafeInteger(value)) return `${type}:${property} = ${value}`;
	if (typeof value !== 'string' || value === '') return undefined;
	if (property === 'value') return formComparison(type, isIp(type) ? networkForm(value) : value);
	return `${type}:${property} = ${patternString(value)}`;
}

const isIp = (type: string): boolean => type === 'ipv4-addr' || type === 'ipv6-addr';

/** A network without its host bits; an address as the object has it, so that the pattern finds the object. */
function networkForm(value: string): string {
	return value.includes('/') ? (readIpAddress(value)?.value ?? value) : value;
}
