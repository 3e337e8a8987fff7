/** `type--UUID`. */
export type Identifier = string;
/** RFC 3339, UTC, milliseconds: `2025-04-16T10:10:10.000Z`. */
export type Timestamp = string;
/** Hashes by STIX algorithm name (`MD5`, `SHA-1`, `SHA-256`, `SHA-512`…), lower-case hex. */
export type Hashes = Record<string, string>;
export type Extensions = Record<string, Record<string, unknown>>;

/** Common properties of cyber-observables (STIX 2.1 section 3.2). */
interface Observable<Type extends string> {
	type: Type;
	spec_version: '2.1';
	id: Identifier;
	object_marking_refs?: Identifier[];
	defanged?: boolean;
	extensions?: Extensions;
}

/** Common properties of domain and relationship objects (STIX 2.1 section 3.2). */
interface Versioned<Type extends string> {
	type: Type;
	spec_version: '2.1';
	id: Identifier;
	created_by_ref?: Identifier;
	created: Timestamp;
	modified: Timestamp;
	revoked?: boolean;
	labels?: string[];
	/** 0 to 100. */
	confidence?: number;
	lang?: string;
	external_references?: ExternalReference[];
	object_marking_refs?: Identifier[];
	extensions?: Extensions;
}

export interface ExternalReference {
	source_name: string;
	description?: string;
	url?: string;
	hashes?: Hashes;
	external_id?: string;
}

export interface ArtifactObject extends Observable<'artifact'> {
	mime_type?: string;
	/** Base64 in one line; never empty. */
	payload_bin?: string;
	url?: string;
	hashes?: Hashes;
	encryption_algorithm?: 'AES-256-GCM' | 'ChaCha20-Poly1305' | 'mime-type-indicated';
	decryption_key?: string;
}

export interface AutonomousSystemObject extends Observable<'autonomous-system'> {
	number: number;
	name?: string;
	rir?: string;
}

export interface DomainNameObject extends Observable<'domain-name'> {
	value: string;
	resolves_to_refs?: Identifier[];
}

export interface EmailAddrObject extends Observable<'email-addr'> {
	value: string;
	display_name?: string;
	belongs_to_ref?: Identifier;
}

/** One leaf of the MIME tree; exactly one of `body` and `body_raw_ref` (STIX 2.1 section 6.6.2). */
export interface EmailMimePart {
	body?: string;
	body_raw_ref?: Identifier;
	content_type?: string;
	content_disposition?: string;
}

export interface EmailMessageObject extends Observable<'email-message'> {
	is_multipart: boolean;
	date?: Timestamp;
	content_type?: string;
	from_ref?: Identifier;
	sender_ref?: Identifier;
	to_refs?: Identifier[];
	cc_refs?: Identifier[];
	bcc_refs?: Identifier[];
	message_id?: string;
	subject?: string;
	received_lines?: string[];
	additional_header_fields?: Record<string, string | string[]>;
	/** Only when `is_multipart` is false. */
	body?: string;
	/** Only when `is_multipart` is true. */
	body_multipart?: EmailMimePart[];
	raw_email_ref?: Identifier;
}

export interface FileObject extends Observable<'file'> {
	hashes?: Hashes;
	size?: number;
	name?: string;
	name_enc?: string;
	magic_number_hex?: string;
	mime_type?: string;
	ctime?: Timestamp;
	mtime?: Timestamp;
	atime?: Timestamp;
	parent_directory_ref?: Identifier;
	contains_refs?: Identifier[];
	content_ref?: Identifier;
}

export interface Ipv4AddrObject extends Observable<'ipv4-addr'> {
	value: string;
	resolves_to_refs?: Identifier[];
	belongs_to_refs?: Identifier[];
}

export interface Ipv6AddrObject extends Observable<'ipv6-addr'> {
	value: string;
	resolves_to_refs?: Identifier[];
	belongs_to_refs?: Identifier[];
}

export interface MacAddrObject extends Observable<'mac-addr'> {
	value: string;
}

export interface UrlObject extends Observable<'url'> {
	value: string;
}

/** OpenCTI's observable, in its extension. */
export interface CryptocurrencyWalletObject extends Observable<'cryptocurrency-wallet'> {
	value: string;
}

/** OpenCTI's observable, in its extension. */
export interface PhoneNumberObject extends Observable<'phone-number'> {
	value: string;
}

export interface IdentityObject extends Versioned<'identity'> {
	name: string;
	description?: string;
	roles?: string[];
	identity_class?: string;
	sectors?: string[];
	contact_information?: string;
}

export interface IndicatorObject extends Versioned<'indicator'> {
	name?: string;
	description?: string;
	indicator_types?: string[];
	pattern: string;
	pattern_type: string;
	pattern_version?: string;
	valid_from: Timestamp;
	valid_until?: Timestamp;
}

export interface ObservedDataObject extends Versioned<'observed-data'> {
	first_observed: Timestamp;
	last_observed: Timestamp;
	number_observed: number;
	object_refs: Identifier[];
}

export interface ReportObject extends Versioned<'report'> {
	name: string;
	description?: string;
	report_types?: string[];
	published: Timestamp;
	object_refs: Identifier[];
}

export interface VulnerabilityObject extends Versioned<'vulnerability'> {
	name: string;
	description?: string;
}

export interface RelationshipObject extends Versioned<'relationship'> {
	relationship_type: string;
	description?: string;
	source_ref: Identifier;
	target_ref: Identifier;
	start_time?: Timestamp;
	stop_time?: Timestamp;
}

export interface MarkingDefinition {
	type: 'marking-definition';
	spec_version: '2.1';
	id: Identifier;
	created_by_ref?: Identifier;
	created: Timestamp;
	name?: string;
	definition_type?: string;
	definition?: Record<string, string>;
	extensions?: Extensions;
	x_opencti_definition_type?: string;
	x_opencti_definition?: string;
}

/** Every observable that this pack writes. */
export type ObservableObject =
	| ArtifactObject
	| AutonomousSystemObject
	| CryptocurrencyWalletObject
	| DomainNameObject
	| EmailAddrObject
	| EmailMessageObject
	| FileObject
	| Ipv4AddrObject
	| Ipv6AddrObject
	| MacAddrObject
	| PhoneNumberObject
	| UrlObject;

/** Every STIX object that this pack writes. */
export type StixObject =
	| ObservableObject
	| IdentityObject
	| IndicatorObject
	| MarkingDefinition
	| ObservedDataObject
	| RelationshipObject
	| ReportObject
	| VulnerabilityObject;

export type StixType = StixObject['type'];
export type StixObjectOf<Type extends StixType> = Extract<StixObject, { type: Type }>;

/** STIX 2.1 section 8. */
export interface Bundle {
	type: 'bundle';
	id: Identifier;
	objects: StixObject[];
}
