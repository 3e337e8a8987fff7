import type { StixType } from './objects';

/** The data types of STIX 2.1 section 2, as far as our objects need them. */
export type PropertyKind =
	| 'base64'
	| 'boolean'
	| 'confidence'
	| 'dictionary'
	| 'extensions'
	| 'external-references'
	| 'hashes'
	| 'header-fields'
	| 'hex'
	| 'identifier'
	| 'integer'
	| 'marking'
	| 'mime-parts'
	| 'pattern'
	| 'ref'
	| 'refs'
	| 'string'
	| 'strings'
	| 'timestamp'
	| 'url';

/** One line of a property table of the specification. */
export interface StixProperty {
	kind: PropertyKind;
	required?: true;
	/** Types that a reference may point to. Any when absent. */
	to?: readonly string[];
	/** Every allowed value (closed), or the suggested ones of an open vocabulary. */
	values?: readonly string[];
	/** True when `values` is an open vocabulary: others are legal, but meant to be avoided. */
	open?: true;
}

/** Properties by name, in the order in which they are written. */
export type PropertyTable = Readonly<Record<string, StixProperty>>;

const string: StixProperty = { kind: 'string' };
const required = (property: StixProperty): StixProperty => ({ ...property, required: true });
const to = (kind: 'ref' | 'refs', ...types: string[]): StixProperty => ({ kind, to: types });
const vocabulary = (kind: 'string' | 'strings', ...values: string[]): StixProperty => ({ kind, values, open: true });
const version: StixProperty = { kind: 'string', required: true, values: ['2.1'] };
const time: StixProperty = { kind: 'timestamp' };
const markings = to('refs', 'marking-definition');

const observable = (table: PropertyTable): PropertyTable => ({
	type: required(string),
	spec_version: version,
	id: required({ kind: 'identifier' }),
	...table,
	object_marking_refs: markings,
	defanged: { kind: 'boolean' },
	extensions: { kind: 'extensions' },
});

const versioned = (table: PropertyTable): PropertyTable => ({
	type: required(string),
	spec_version: version,
	id: required({ kind: 'identifier' }),
	created_by_ref: to('ref', 'identity'),
	created: required(time),
	modified: required(time),
	...table,
	revoked: { kind: 'boolean' },
	labels: { kind: 'strings' },
	confidence: { kind: 'confidence' },
	lang: string,
	external_references: { kind: 'external-references' },
	object_marking_refs: markings,
	extensions: { kind: 'extensions' },
});

const value: PropertyTable = { value: required(string) };
const address: PropertyTable = {
	...value,
	resolves_to_refs: to('refs', 'mac-addr'),
	belongs_to_refs: to('refs', 'autonomous-system'),
};

/**
 * Property tables of every object that this pack writes: one line a property, as in STIX 2.1 sections 4 to 7.
 * They give the order of the keys in the output, and the tests' validator its rules.
 */
export const PROPERTY_TABLES: Readonly<Record<StixType, PropertyTable>> = {
	artifact: observable({
		mime_type: string,
		payload_bin: { kind: 'base64' },
		url: { kind: 'url' },
		hashes: { kind: 'hashes' },
		encryption_algorithm: { kind: 'string', values: ['AES-256-GCM', 'ChaCha20-Poly1305', 'mime-type-indicated'] },
		decryption_key: string,
	}),
	'autonomous-system': observable({ number: required({ kind: 'integer' }), name: string, rir: string }),
	'cryptocurrency-wallet': observable(value),
	'domain-name': observable({ ...value, resolves_to_refs: to('refs', 'ipv4-addr', 'ipv6-addr', 'domain-name') }),
	'email-addr': observable({ ...value, display_name: string, belongs_to_ref: to('ref', 'user-account') }),
	'email-message': observable({
		is_multipart: required({ kind: 'boolean' }),
		date: time,
		content_type: string,
		from_ref: to('ref', 'email-addr'),
		sender_ref: to('ref', 'email-addr'),
		to_refs: to('refs', 'email-addr'),
		cc_refs: to('refs', 'email-addr'),
		bcc_refs: to('refs', 'email-addr'),
		message_id: string,
		subject: string,
		received_lines: { kind: 'strings' },
		additional_header_fields: { kind: 'header-fields' },
		body: string,
		body_multipart: { kind: 'mime-parts' },
		raw_email_ref: to('ref', 'artifact'),
	}),
	file: observable({
		hashes: { kind: 'hashes' },
		size: { kind: 'integer' },
		name: string,
		name_enc: string,
		magic_number_hex: { kind: 'hex' },
		mime_type: string,
		ctime: time,
		mtime: time,
		atime: time,
		parent_directory_ref: to('ref', 'directory'),
		contains_refs: { kind: 'refs' },
		content_ref: to('ref', 'artifact'),
	}),
	'ipv4-addr': observable(address),
	'ipv6-addr': observable(address),
	'mac-addr': observable(value),
	'phone-number': observable(value),
	url: observable({ value: required({ kind: 'url' }) }),
	identity: versioned({
		name: required(string),
		description: string,
		roles: { kind: 'strings' },
		identity_class: vocabulary('string', 'individual', 'group', 'system', 'organization', 'class', 'unknown'),
		sectors: { kind: 'strings' },
		contact_information: string,
	}),
	indicator: versioned({
		name: string,
		description: string,
		indicator_types: vocabulary(
			'strings',
			'anomalous-activity',
			'anonymization',
			'benign',
			'compromised',
			'malicious-activity',
			'attribution',
			'unknown',
		),
		pattern: required({ kind: 'pattern' }),
		pattern_type: required(vocabulary('string', 'stix', 'pcre', 'sigma', 'snort', 'suricata', 'yara')),
		pattern_version: string,
		valid_from: required(time),
		valid_until: time,
	}),
	'observed-data': versioned({
		first_observed: required(time),
		last_observed: required(time),
		number_observed: required({ kind: 'integer' }),
		object_refs: required({ kind: 'refs' }),
	}),
	relationship: versioned({
		relationship_type: required(string),
		description: string,
		source_ref: required({ kind: 'ref' }),
		target_ref: required({ kind: 'ref' }),
		start_time: time,
		stop_time: time,
	}),
	report: versioned({
		name: required(string),
		description: string,
		report_types: vocabulary(
			'strings',
			'attack-pattern',
			'campaign',
			'identity',
			'indicator',
			'intrusion-set',
			'malware',
			'observed-data',
			'threat-actor',
			'threat-report',
			'tool',
			'vulnerability',
		),
		published: required(time),
		object_refs: required({ kind: 'refs' }),
	}),
	vulnerability: versioned({ name: required(string), description: string }),
	'marking-definition': {
		type: required(string),
		spec_version: version,
		id: required({ kind: 'identifier' }),
		created_by_ref: to('ref', 'identity'),
		created: required(time),
		name: string,
		definition_type: string,
		definition: { kind: 'marking' },
		extensions: { kind: 'extensions' },
		x_opencti_definition_type: string,
		x_opencti_definition: string,
	},
};
