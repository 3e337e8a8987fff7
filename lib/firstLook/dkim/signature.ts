import { FIRST_LOOK_LIMITS } from '../../limits';

/** How a header or a body is brought into the form that is signed (RFC 6376 section 3.4). */
export type Canonicalization = 'simple' | 'relaxed';

/** What a DKIM-Signature field says (RFC 6376 section 3.5). */
export interface Signature {
	/** `rsa-sha256`, `ed25519-sha256`… in lower case. */
	algorithm: string;
	domain: string;
	selector: string;
	/** Names of the signed fields, in lower case, in the order of signing. */
	fields: string[];
	header: Canonicalization;
	body: Canonicalization;
	/** Hash of the body. */
	bodyHash: Buffer;
	/** The signature itself. */
	bytes: Buffer;
	/** Octets of the body that are signed; all where it is absent. */
	length?: number;
	/** Seconds since the epoch. */
	expires?: number;
}

const CANONICALIZATION = /^(simple|relaxed)(?:\/(simple|relaxed))?$/;

/** Reads the tags of a field or of a key record (RFC 6376 section 3.2): `a=b; c=d`. The first of a name counts. */
export function tagsOf(text: string): Map<string, string> {
	const tags = new Map<string, string>();
	for (const part of text.slice(0, FIRST_LOOK_LIMITS.maxFieldCharacters).split(';')) {
		const equals = part.indexOf('=');
		if (equals === -1) continue;
		const name = part.slice(0, equals).trim();
		if (name !== '' && !tags.has(name)) tags.set(name, part.slice(equals + 1).trim());
	}
	return tags;
}

/** The signature that a field body holds; a text that says what is wrong with it where it holds none. */
export function readSignature(body: string): Signature | string {
	const tags = tagsOf(body);
	const missing = ['v', 'a', 'b', 'bh', 'd', 'h', 's'].filter((name) => !tags.get(name));
	if (missing.length > 0) return `The signature lacks ${missing.map((name) => `${name}=`).join(', ')}`;
	const text = (name: string) => (tags.get(name) ?? '').replace(/\s+/g, '');
	if (text('v') !== '1') return 'The signature has another version than 1';
	const [, header, bodyForm] = CANONICALIZATION.exec(text('c').toLowerCase() || 'simple/simple') ?? [];
	if (header === undefined) return 'The signature names an unknown canonicalization';
	const number = (name: string) => (/^\d{1,15}$/.test(text(name)) ? Number(text(name)) : undefined);
	const length = number('l');
	const expires = number('x');
	const fields = text('h').toLowerCase().split(':');
	if (!fields.includes('from')) return 'The signature does not cover From';
	return {
		algorithm: text('a').toLowerCase(),
		domain: text('d').toLowerCase(),
		selector: text('s').toLowerCase(),
		fields,
		header: header as Canonicalization,
		body: (bodyForm ?? 'simple') as Canonicalization,
		bodyHash: Buffer.from(text('bh'), 'base64'),
		bytes: Buffer.from(text('b'), 'base64'),
		...(length === undefined ? {} : { length }),
		...(expires === undefined ? {} : { expires }),
	};
}
