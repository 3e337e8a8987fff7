/*
 * Types of this folder are aliases, not interfaces: only an alias fits a type with an index signature, so that a bundle of
 * ours goes wherever a bundle of any origin is taken, without a cast (test/unit/types/composition.test.ts).
 */

/** `type--UUID` (STIX 2.1 section 2.9). */
export type Identifier = string;

/** RFC 3339, UTC, milliseconds: `2025-04-16T10:10:10.000Z` (STIX 2.1 section 2.13). */
export type Timestamp = string;

/** Hashes by STIX algorithm name (`MD5`, `SHA-1`, `SHA-256`, `SHA-512`…), lower-case hex (STIX 2.1 section 2.7). */
export type Hashes = Record<string, string>;

/** Extensions by the id of their definition (STIX 2.1 section 7.3). */
export type Extensions = Record<string, Record<string, unknown>>;

/** Where else an object is known, such as under a CVE id (STIX 2.1 section 2.5). */
export type ExternalReference = {
	source_name: string;
	description?: string | undefined;
	url?: string | undefined;
	hashes?: Hashes | undefined;
	external_id?: string | undefined;
};

/** One leaf of the MIME tree; exactly one of `body` and `body_raw_ref` (STIX 2.1 section 6.6.2). */
export type EmailMimePart = {
	/** Text of the leaf; for `text/…` only. */
	body?: string | undefined;
	/** Id of the file or artifact that holds its bytes. */
	body_raw_ref?: Identifier | undefined;
	content_type?: string | undefined;
	content_disposition?: string | undefined;
};

/** The data types of STIX 2.1 section 2, as far as our objects need them, and what each is in TypeScript. */
export type DataTypes = {
	/** In one line; never empty. */
	base64: string;
	boolean: boolean;
	/** A whole number from 0 to 100. */
	confidence: number;
	extensions: Extensions;
	'external-references': ExternalReference[];
	hashes: Hashes;
	/** A text for a field that stands once, a list for one that is repeated. */
	'header-fields': Record<string, string | string[]>;
	hex: string;
	identifier: Identifier;
	integer: number;
	/** `{tlp: 'amber'}`, `{statement: '…'}`. */
	marking: Record<string, string>;
	'mime-parts': EmailMimePart[];
	/** A text in the language that `pattern_type` names. */
	pattern: string;
	ref: Identifier;
	refs: Identifier[];
	string: string;
	strings: string[];
	timestamp: Timestamp;
	url: string;
};

/** Name of a data type. */
export type PropertyKind = keyof DataTypes;
