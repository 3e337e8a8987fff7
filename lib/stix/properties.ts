import type { PropertyKind } from './dataTypes';

/** One line of a property table of the specification. */
export type StixProperty = {
	kind: PropertyKind;
	required?: true;
	/** Types that a reference may point to. Any when absent. */
	to?: readonly string[];
	/** Every allowed value (closed), or the suggested ones of an open vocabulary. */
	values?: readonly string[];
	/** True when `values` is an open vocabulary: others are legal, but meant to be avoided. */
	open?: true;
};

/** Properties by name, in the order in which they are written. */
export type PropertyTable = Readonly<Record<string, StixProperty>>;

const string = { kind: 'string' } as const;
const required = <const Property extends StixProperty>(property: Property) =>
	({ ...property, required: true }) as const;
const to = <const Kind extends 'ref' | 'refs'>(kind: Kind, ...types: string[]) => ({ kind, to: types });
const vocabulary = <const Kind extends 'string' | 'strings'>(kind: Kind, ...values: string[]) =>
	({ kind, values, open: true }) as const;
const version = { kind: 'string', required: true, values: ['2.1'] } as const;
const time = { kind: 'timestamp' } as const;
const markings = to('refs', 'marking-definition');

/** What every object begins with. */
const HEAD = { type: required(string), spec_version: version, id: required({ kind: 'identifier' }) };

/** Common properties of cyber-observables (STIX 2.1 section 3.2) around those of one type. */
const observable = <const Table extends PropertyTable>(table: Table) => ({
	...HEAD,
	...table,
	object_marking_refs: markings,
	defanged: { kind: 'boolean' } as const,
	extensions: { kind: 'extensions' } as const,
});

/** Common properties of domain and relationship objects (STIX 2.1 section 3.2) around those of one type. */
const versioned = <const Table extends PropertyTable>(table: Table) => ({
	...HEAD,
	created_by_ref: to('ref', 'identity'),
	created: required(time),
	modified: required(time),
	...table,
	revoked: { kind: 'boolean' } as const,
	labels: { kind: 'strings' } as const,
	confidence: { kind: 'confidence' } as const,
	lang: string,
	external_references: { kind: 'external-references' } as const,
	object_marking_refs: markings,
	extensions: { kind: 'extensions' } as const,
});

const value = { value: required(string) };
const address = {
	...value,
	resolves_to_refs: to('refs', 'mac-addr'),
	belongs_to_refs: to('refs', 'autonomous-system'),
};

/** Cyber-observables (STIX 2.1 section 6). */
const OBSERVABLES = {
	artifact: observable({
		mime_type: string,
		/** The bytes. */
		payload_bin: { kind: 'base64' },
		url: { kind: 'url' },
		hashes: { kind: 'hashes' },
		encryption_algorithm: { kind: 'string', values: ['AES-256-GCM', 'ChaCha20-Poly1305', 'mime-type-indicated'] },
		decryption_key: string,
	}),
	'autonomous-system': observable({ number: required({ kind: 'integer' }), name: string, rir: string }),
	/** OpenCTI's observable, in its extension. */
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
		/** Only when `is_multipart` is false. */
		body: string,
		/** Only when `is_multipart` is true. */
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
	/** OpenCTI's observable, in its extension. */
	'phone-number': observable(value),
	url: observable({ value: required({ kind: 'url' }) }),
	'user-account': observable({ account_login: string }),
	'windows-registry-key': observable({ key: string }),
} satisfies PropertyTables;

/** Domain and relationship objects (STIX 2.1 sections 4 and 5). */
const VERSIONED = {
	/** `x_mitre_id` is OpenCTI's, which computes ids from it. */
	'attack-pattern': versioned({ name: required(string), description: string, x_mitre_id: string }),
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
} satisfies PropertyTables;

/** Meta objects (STIX 2.1 section 7), which are dated but never change. */
const META = {
	'marking-definition': {
		...HEAD,
		created_by_ref: to('ref', 'identity'),
		created: required(time),
		name: string,
		definition_type: string,
		definition: { kind: 'marking' },
		extensions: { kind: 'extensions' },
		x_opencti_definition_type: string,
		x_opencti_definition: string,
	},
} satisfies PropertyTables;

type PropertyTables = Readonly<Record<string, PropertyTable>>;

/**
 * Property tables of every object that this pack writes: one line a property, as in STIX 2.1 sections 4 to 7.
 * They are the one place that a property is listed in: the types of the objects follow from them, the order of the keys in
 * the output, and the rules of the tests' validator.
 */
export const PROPERTY_TABLES = { ...OBSERVABLES, ...VERSIONED, ...META } as const;

/** Types of the observables that this pack writes. */
export type ObservableType = keyof typeof OBSERVABLES;
/** Types of the domain and relationship objects that it writes. */
export type VersionedType = keyof typeof VERSIONED;
/** Types of everything that it writes. */
export type StixType = keyof typeof PROPERTY_TABLES;

/** Whether an object that this pack wrote is a cyber-observable. */
export function isOwnObservable(type: StixType): type is ObservableType {
	return Object.hasOwn(OBSERVABLES, type);
}
