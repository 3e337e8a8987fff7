import type { HeaderField } from '../email';
import { Lately } from '../lately';

/** Fields that have a property of their own (STIX 2.1 section 6.6.1). */
const OWN_PROPERTY = new Set([
	'date',
	'received',
	'content-type',
	'from',
	'sender',
	'to',
	'cc',
	'bcc',
	'message-id',
	'subject',
]);

// OASIS' schema refuses a dictionary in which every key looks like one of these; in upper case they pass.
const RESERVED_WORD = /^date|received_lines|content_type|from_ref|sender_ref|to_refs|cc_refs|bcc_refs|subject$/g;
const MAX_KEY_LENGTH = 250;

/**
 * `additional_header_fields` of a message: every field without a property of its own, by its name as first written.
 * Names are made legal dictionary keys (STIX 2.1 section 2.4); fields whose names differ in case only are one.
 * @param lists write a list for a field that stands once, too
 * @param hasSender `from_ref` says who the author is; else only the field itself shows what a reader sees
 */
export function additionalHeaderFields(
	fields: readonly HeaderField[],
	lists: boolean,
	hasSender: boolean,
): Record<string, string | string[]> {
	const found = new Map<string, { key: string; values: string[] }>();
	// Only one author has a place in from_ref. Several are rare and a known trick: keep the field itself.
	const own =
		!hasSender || severalAuthors(fields) ? new Set([...OWN_PROPERTY].filter((name) => name !== 'from')) : OWN_PROPERTY;
	for (const { name, value } of fields) {
		if (own.has(name.toLowerCase())) continue;
		const key = legalKeys.get(name, legalKey);
		if (key === '') continue;
		const folded = key.toLowerCase();
		const entry = found.get(folded);
		if (entry === undefined) found.set(folded, { key, values: [value] });
		else entry.values.push(value);
	}
	// No key is `__proto__`: none of them is more than a property.
	const written: Record<string, string | string[]> = {};
	for (const { key, values } of found.values()) written[key] = values.length === 1 && !lists ? values[0]! : values;
	return written;
}

function severalAuthors(fields: readonly HeaderField[]): boolean {
	const authors = fields.filter(({ name }) => name.toLowerCase() === 'from');
	return authors.length > 1 || (authors[0]?.value.match(/@/g)?.length ?? 0) > 1;
}

/** All messages have the same few. */
const legalKeys = new Lately<string>(500, 100);

function legalKey(name: string): string {
	const key = name
		.replace(/[^\w-]/g, '_')
		.slice(0, MAX_KEY_LENGTH)
		.replace(RESERVED_WORD, (word) => word.charAt(0).toUpperCase() + word.slice(1));
	// A key that readers in JavaScript would assign to the prototype.
	return key === '__proto__' ? 'proto' : key;
}
