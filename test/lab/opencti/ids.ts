import { createHash } from 'node:crypto';

/**
 * Identifiers as the platform computes them, written apart from the library's so that a wrong id there is seen here.
 * UUIDv5 (RFC 9562 section 5.5) over sorted-key JSON.
 */
const STIX_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';

function uuid5(name: string): string {
	const hash = createHash('sha1')
		.update(Buffer.from(STIX_NAMESPACE.replaceAll('-', ''), 'hex'))
		.update(name, 'utf8')
		.digest();
	hash[6] = (hash[6]! & 0x0f) | 0x50;
	hash[8] = (hash[8]! & 0x3f) | 0x80;
	const hex = hash.toString('hex').slice(0, 32);
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function jcs(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
	if (typeof value === 'object' && value !== null) {
		const keys = Object.keys(value).sort();
		return `{${keys.map((key) => `${JSON.stringify(key)}:${jcs((value as Record<string, unknown>)[key])}`).join(',')}}`;
	}
	return JSON.stringify(value);
}

const fold = (text: unknown) => String(text).trim().toLowerCase();
const iso = (date: unknown) => (date instanceof Date ? date : new Date(String(date))).toISOString();

type Row = Record<string, unknown>;

function fileInputs(row: Row): Row {
	const hashes = (row['hashes'] ?? []) as { algorithm: string; hash: string }[];
	for (const algorithm of ['MD5', 'SHA-1', 'SHA-256', 'SHA-512']) {
		const found = hashes.find((entry) => entry.algorithm.toUpperCase() === algorithm);
		// In lower case, whatever came in: the platform's own normalisation of hashes.
		if (found !== undefined) return { hashes: { [algorithm]: found.hash.trim().toLowerCase() } };
	}
	return { name: row['name'] };
}

const given = (row: Row, ...keys: string[]): Row =>
	Object.fromEntries(
		keys.filter((key) => row[key] !== undefined && row[key] !== null && row[key] !== '').map((key) => [key, row[key]]),
	);

/** By entity type: the STIX prefix and what enters the name. */
const RULES: Record<string, [prefix: string, inputs: (row: Row) => Row]> = {
	Report: ['report', (row) => ({ name: fold(row['name']), published: iso(row['published']) })],
	'Case-Incident': ['case-incident', (row) => ({ name: fold(row['name']), created: iso(row['created']) })],
	Incident: ['incident', (row) => ({ name: fold(row['name']), created: iso(row['created']) })],
	Organization: ['identity', (row) => ({ name: fold(row['name']), identity_class: 'organization' })],
	Individual: ['identity', (row) => ({ name: fold(row['name']), identity_class: 'individual' })],
	System: ['identity', (row) => ({ name: fold(row['name']), identity_class: 'system' })],
	Sector: ['identity', (row) => ({ name: fold(row['name']), identity_class: 'class' })],
	Label: ['label', (row) => ({ value: fold(row['value']) })],
	'Marking-Definition': [
		'marking-definition',
		(row) => ({
			definition_type: String(row['definition_type']).toUpperCase(),
			definition: String(row['definition']).toUpperCase(),
		}),
	],
	'External-Reference': [
		'external-reference',
		(row) =>
			typeof row['url'] === 'string' && row['url'] !== ''
				? { url: row['url'].trim() }
				: {
						source_name: String(row['source_name']).trim(),
						...(row['external_id'] ? { external_id: (row['external_id'] as string).trim() } : {}),
					},
	],
	Vocabulary: ['vocabulary', (row) => ({ name: fold(row['name']), category: row['category'] })],
	Indicator: ['indicator', (row) => ({ pattern: String(row['pattern']).trim() })],
	Note: [
		'note',
		(row) => ({
			content: String(row['content']).trim(),
			...(row['created'] ? { created: iso(row['created']) } : {}),
			...given(row, 'attribute_abstract'),
		}),
	],
	'Observed-Data': ['observed-data', (row) => ({ objects: [...(row['objects'] as string[])].sort() })],
	relationship: [
		'relationship',
		(row) => ({
			relationship_type: row['relationship_type'],
			source_ref: row['source_ref'],
			target_ref: row['target_ref'],
			...(row['start_time'] ? { start_time: iso(row['start_time']) } : {}),
			...(row['stop_time'] ? { stop_time: iso(row['stop_time']) } : {}),
		}),
	],
	StixFile: ['file', fileInputs],
	Artifact: ['artifact', (row) => (row['hashes'] ? fileInputs(row) : given(row, 'url'))],
	'Email-Message': ['email-message', (row) => given(row, 'from_ref', 'subject', 'body')],
	'Autonomous-System': ['autonomous-system', (row) => ({ number: row['number'] })],
	Vulnerability: ['vulnerability', (row) => ({ name: fold(row['name']) })],
	sighting: [
		'sighting',
		(row) => ({
			type: 'sighting',
			sighting_of_ref: row['sighting_of_ref'],
			where_sighted_refs: row['where_sighted_refs'],
			...(row['first_seen'] ? { first_seen: iso(row['first_seen']) } : {}),
			...(row['last_seen'] ? { last_seen: iso(row['last_seen']) } : {}),
		}),
	],
	// By its ATT&CK id where it has one, else by its name (`schema/identifier.js` of the platform's source).
	'Attack-Pattern': [
		'attack-pattern',
		(row) => (row['x_mitre_id'] ? { x_mitre_id: String(row['x_mitre_id']).trim() } : { name: fold(row['name']) }),
	],
	'User-Account': ['user-account', (row) => given(row, 'account_type', 'user_id', 'account_login')],
	'Windows-Registry-Key': ['windows-registry-key', (row) => ({ key: row['attribute_key'] })],
	Directory: ['directory', (row) => ({ path: row['path'] })],
	Mutex: ['mutex', (row) => ({ name: row['name'] })],
	Software: ['software', (row) => ({ ...given(row, 'cpe', 'vendor', 'version'), name: fold(row['name']) })],
};

const VALUE_TYPES: Record<string, string> = {
	'IPv4-Addr': 'ipv4-addr',
	'IPv6-Addr': 'ipv6-addr',
	'Domain-Name': 'domain-name',
	Url: 'url',
	'Email-Addr': 'email-addr',
	'Mac-Addr': 'mac-addr',
	Hostname: 'hostname',
	Text: 'text',
	'Phone-Number': 'phone-number',
	'Cryptocurrency-Wallet': 'cryptocurrency-wallet',
	'User-Agent': 'user-agent',
};

/** `standard_id` of an object of this entity type. */
export function standardId(entityType: string, row: Row): string {
	const valued = VALUE_TYPES[entityType];
	if (valued !== undefined) return `${valued}--${uuid5(jcs({ value: String(row['value']).trim() }))}`;
	const rule = RULES[entityType];
	if (rule === undefined) throw new Error(`The lab has no id rule for ${entityType}`);
	return `${rule[0]}--${uuid5(jcs(rule[1](row)))}`;
}
