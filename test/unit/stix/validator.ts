import { isIPv4, isIPv6 } from 'node:net';
import { PatternSyntaxError, parsePattern } from '../../../lib/pattern';
import {
	PROPERTY_TABLES,
	TLP_MARKINGS,
	embeddedReferences,
	isObservableType,
	stixId,
	type StixObject,
	type StixProperty,
} from '../../../lib/stix';

/**
 * The rules of STIX 2.1 and of OASIS' validator, as far as they touch what we write; and what that validator does not check:
 * that references lead somewhere, that ids are unique and follow their rule, that an observed-data is connected.
 */

const mediaTypes = require('mime-db') as Record<string, { source?: string }>;

type Properties = Record<string, unknown>;
type Report = (problem: string) => void;

const IDENTIFIER = /^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIMESTAMP = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;
const DICTIONARY_KEY = /^[a-zA-Z0-9_-]{1,250}$/;
const RESERVED_KEY = /^date|received_lines|content_type|from_ref|sender_ref|to_refs|cc_refs|bcc_refs|subject$/;
/** RFC 5322 section 3.4.1; a quoted string may be empty (section 3.2.4). */
const ADDR_SPEC = /^(?:"(?:[^"\\]|\\.)*"|[^\s()<>[\]:;@\\,"]+)@(?:\[(?:ipv6:)?[0-9a-f.:]+\]|[a-z0-9.-]+)$/u;
const URI = /^[a-z][a-z0-9+.-]*:(?:%[0-9a-f]{2}|[\w.~!$&'()*+,;=:@/?#[\]-])+$/i;
const OASIS_TLP = new Set(Object.values(TLP_MARKINGS).map(({ oasis }) => oasis));
const HEX_LENGTH: Record<string, number> = { MD5: 32, 'SHA-1': 40, 'SHA-256': 64, 'SHA-512': 128 };

/** Everything that is wrong with a bundle, one sentence each. Empty: valid. */
export function problemsOf(
	bundle: unknown,
	options: { headerLists?: boolean; fileIdentity?: 'stix' | 'opencti' } = {},
): string[] {
	const problems: string[] = [];
	const { type, id, objects, ...more } = bundle as Properties;
	if (type !== 'bundle' || typeof id !== 'string' || !/^bundle--/.test(id) || !IDENTIFIER.test(id))
		problems.push('bundle: type or id');
	if (Object.keys(more).length > 0) problems.push(`bundle: unknown ${Object.keys(more).join()}`);
	if (!Array.isArray(objects) || objects.length === 0) return [...problems, 'bundle: no objects'];
	const all = new Map<string, StixObject>();
	for (const object of objects as StixObject[]) {
		if (all.has(object.id)) problems.push(`${object.id}: twice in the bundle`);
		all.set(object.id, object);
	}
	for (const object of all.values())
		checkObject(object, all, options, (problem) => problems.push(`${object.id}: ${problem}`));
	return problems;
}

function checkObject(
	object: StixObject,
	all: Map<string, StixObject>,
	options: { headerLists?: boolean; fileIdentity?: 'stix' | 'opencti' },
	report: Report,
): void {
	const table = PROPERTY_TABLES[object.type];
	if (table === undefined) return report('unknown type');
	if (!IDENTIFIER.test(object.id) || !object.id.startsWith(`${object.type}--`)) report('id');
	const properties = object as unknown as Properties;
	for (const name of Object.keys(properties)) if (!Object.hasOwn(table, name)) report(`unknown property ${name}`);
	for (const [name, property] of Object.entries(table)) {
		const value = properties[name];
		if (value === undefined) {
			if (property.required) report(`${name} is missing`);
		} else checkValue(name, value, property, all, options.headerLists === true, report);
	}
	checkTexts(properties, report);
	checkId(object, options.fileIdentity, report);
	RULES[object.type]?.(properties, report, all);
	if ('modified' in object && object.modified < object.created) report('modified before created');
}

function checkValue(
	name: string,
	value: unknown,
	property: StixProperty,
	all: Map<string, StixObject>,
	headerLists: boolean,
	report: Report,
): void {
	const wrong = (): void => report(`${name} is no ${property.kind}: ${JSON.stringify(value)?.slice(0, 80)}`);
	const one = (id: unknown): void => {
		const target = all.get(id as string);
		if (target === undefined) report(`${name} leads nowhere: ${String(id)}`);
		else if (property.to !== undefined && !property.to.includes(target.type)) report(`${name} leads to ${target.type}`);
	};
	const list = (each: (item: unknown) => void): void => {
		if (!Array.isArray(value) || value.length === 0) return wrong();
		value.forEach(each);
	};
	const text = (item: unknown): void => {
		if (typeof item !== 'string') wrong();
		else if (property.values !== undefined && !property.values.includes(item))
			report(`${name} is none of its values: ${item}`);
	};
	switch (property.kind) {
		case 'ref':
			return one(value);
		case 'refs':
			list(one);
			if (new Set(value as string[]).size !== (value as string[]).length) report(`${name} has duplicates`);
			return;
		case 'strings':
			return list(text);
		case 'boolean':
			return typeof value === 'boolean' ? undefined : wrong();
		case 'integer':
			return Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : wrong();
		case 'confidence':
			return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 100 ? undefined : wrong();
		case 'timestamp':
			return TIMESTAMP.test(String(value)) && !Number.isNaN(Date.parse(String(value))) ? undefined : wrong();
		case 'base64':
			return typeof value === 'string' && value !== '' && BASE64.test(value) ? undefined : wrong();
		case 'hex':
			return /^(?:[0-9a-f]{2})+$/.test(String(value)) ? undefined : wrong();
		case 'url':
			return URI.test(String(value)) ? undefined : wrong();
		case 'pattern':
			try {
				parsePattern(String(value));
			} catch (error) {
				if (!(error instanceof PatternSyntaxError)) throw error;
				report(`pattern: ${error.message}`);
			}
			return;
		case 'hashes':
			return dictionary(
				value,
				(key, digest) => {
					if (String(digest).length !== HEX_LENGTH[key] || !/^[0-9a-f]+$/.test(String(digest))) wrong();
				},
				wrong,
			);
		case 'header-fields':
			dictionary(
				value,
				(_key, field) => {
					const strings = Array.isArray(field) && field.every((item) => typeof item === 'string');
					if (
						headerLists ? !(strings && field.length > 0) : typeof field !== 'string' && !(strings && field.length > 1)
					)
						wrong();
				},
				wrong,
			);
			if (Object.keys(value as object).every((key) => RESERVED_KEY.test(key)))
				report('additional_header_fields has reserved keys only');
			return;
		case 'mime-parts':
			return list((part) => checkPart(part as Properties, all, report));
		case 'external-references':
			return list((reference) => {
				const { source_name, description, url, external_id } = reference as Properties;
				if (typeof source_name !== 'string' || (description ?? url ?? external_id) === undefined) wrong();
			});
		case 'extensions':
		case 'marking':
			return dictionary(value, () => undefined, wrong);
		case 'identifier':
		case 'string':
			return text(value);
	}
}

function dictionary(value: unknown, each: (key: string, member: unknown) => void, wrong: () => void): void {
	if (value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length === 0)
		return wrong();
	for (const [key, member] of Object.entries(value)) {
		if (!DICTIONARY_KEY.test(key)) wrong();
		each(key, member);
	}
}

function checkPart(part: Properties, all: Map<string, StixObject>, report: Report): void {
	const { body, body_raw_ref, content_type } = part;
	if ((body === undefined) === (body_raw_ref === undefined))
		report('a MIME part needs exactly one of body and body_raw_ref');
	if (body !== undefined && content_type !== undefined && !/^\s*text\//i.test(content_type as string))
		report('body of a part that is no text');
	if (body_raw_ref !== undefined && !['artifact', 'file'].includes(all.get(body_raw_ref as string)?.type ?? '')) {
		report(`body_raw_ref leads to ${body_raw_ref as string}`);
	}
	for (const value of Object.values(part))
		if (typeof value !== 'string') report('a MIME part has a property that is no text');
}

/** No null, no empty list or dictionary at any depth, no text that JSON or a database would refuse. */
function checkTexts(value: unknown, report: Report): void {
	if (typeof value === 'string') {
		if (/[\0\p{Surrogate}]/u.test(value)) report('lone surrogate or NUL');
	} else if (value === null || value === undefined) report('null or undefined');
	else if (typeof value === 'object') {
		if (Object.keys(value).length === 0) report('empty list or dictionary');
		for (const [key, member] of Object.entries(value)) {
			checkTexts(key, report);
			checkTexts(member, report);
		}
	}
}

/** Ids follow their rule. A multipart message may have the id of its content instead, an author of the same name another. */
function checkId(object: StixObject, fileIdentity: 'stix' | 'opencti' | undefined, report: Report): void {
	if (object.type === 'marking-definition' && OASIS_TLP.has(object.id)) return;
	if (object.type === 'email-message' && object.is_multipart) {
		const isNameless = object.from_ref === undefined && object.subject === undefined;
		if (isNameless && object.id.charAt('email-message--01234567-0123-'.length) !== '4')
			report('nothing contributes to the id, and it is not of version 4');
		return;
	}
	const expected = stixId(object.type, object, { fileIdentity });
	if (object.id !== expected) report(`the rule gives ${expected}`);
}

const RULES: Partial<
	Record<StixObject['type'], (object: Properties, report: Report, all: Map<string, StixObject>) => void>
> = {
	artifact: ({ payload_bin, url, hashes, mime_type, encryption_algorithm, decryption_key }, report) => {
		if ((payload_bin === undefined) === (url === undefined)) report('exactly one of payload_bin and url');
		if (url !== undefined && hashes === undefined) report('url without hashes');
		if (mime_type !== undefined && mediaTypes[mime_type as string]?.source !== 'iana')
			report(`mime_type ${mime_type as string} is not registered`);
		if (decryption_key !== undefined && encryption_algorithm === undefined)
			report('decryption_key without encryption_algorithm');
	},
	'domain-name': ({ value }, report) => {
		const labels = String(value).split('.');
		if (String(value).length > 253 || !labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)))
			report(`value ${String(value)}`);
	},
	'email-addr': ({ value }, report) => {
		if (!ADDR_SPEC.test(String(value))) report(`value ${String(value)}`);
	},
	'ipv4-addr': ({ value }, report) => checkNetwork(String(value), isIPv4, 32, report),
	'ipv6-addr': ({ value }, report) => checkNetwork(String(value), isIPv6, 128, report),
	'mac-addr': ({ value }, report) => {
		if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(String(value))) report(`value ${String(value)}`);
	},
	'email-message': ({ is_multipart, body, body_multipart }, report) => {
		if (is_multipart === true && body !== undefined) report('body of a multipart message');
		if (is_multipart === false && body_multipart !== undefined)
			report('body_multipart of a message that is not multipart');
	},
	file: ({ hashes, name }, report) => {
		if (hashes === undefined && name === undefined) report('neither hashes nor name');
	},
	indicator: ({ valid_from, valid_until, name, description }, report) => {
		if (valid_until !== undefined && (valid_until as string) <= (valid_from as string))
			report('valid_until is not after valid_from');
		if (name === undefined || description === undefined) report('name and description are meant to be there');
	},
	'marking-definition': ({ definition, definition_type, extensions }, report) => {
		if ((definition === undefined || definition_type === undefined) && extensions === undefined)
			report('neither definition nor extension');
	},
	'observed-data': ({ first_observed, last_observed, number_observed, object_refs }, report, all) => {
		if ((first_observed as string) > (last_observed as string)) report('last_observed before first_observed');
		if (!((number_observed as number) >= 1 && (number_observed as number) <= 999_999_999)) report('number_observed');
		const refs = (object_refs as string[]).map((id) => all.get(id)).filter((object) => object !== undefined);
		if (!refs.some(({ type }) => isObservableType(type))) report('object_refs has no observable');
		for (const { type, id } of refs)
			if (!isObservableType(type) && type !== 'relationship') report(`object_refs holds ${id}`);
		checkConnected(refs, report);
	},
	relationship: ({ relationship_type, source_ref, target_ref }, report, all) => {
		if (!/^[a-z0-9-]+$/.test(String(relationship_type))) report('relationship_type');
		for (const id of [source_ref, target_ref] as string[]) {
			if (['relationship', 'marking-definition', 'bundle'].includes(all.get(id)?.type ?? '')) report(`an end at ${id}`);
		}
		if (source_ref === target_ref) report('leads from an object to itself');
	},
};

function checkNetwork(value: string, isAddress: (text: string) => boolean, bits: number, report: Report): void {
	const [address = '', prefix] = value.split('/');
	if (!isAddress(address) || address.includes('%')) report(`value ${value}`);
	if (prefix !== undefined && !(/^\d+$/.test(prefix) && Number(prefix) < bits)) report(`prefix of ${value}`);
}

/** From one root every other object is reached, through references inside of objects or relationships. */
function checkConnected(objects: readonly StixObject[], report: Report): void {
	const listed = new Set(objects.map(({ id }) => id));
	const next = new Map<string, string[]>();
	const edges = (from: string, to: string[]): void => {
		const known = next.get(from);
		if (known === undefined) next.set(from, to);
		else known.push(...to);
	};
	for (const object of objects) {
		if (object.type !== 'relationship') {
			edges(object.id, embeddedReferences(object));
			continue;
		}
		const { id, source_ref, target_ref } = object;
		edges(source_ref, [id, target_ref]);
		for (const end of [source_ref, target_ref]) if (!listed.has(end)) report(`${id} ends outside of object_refs`);
	}
	const connected = objects.some(({ id: root, type }) => {
		if (type !== 'email-message') return false;
		const reached = new Set([root]);
		for (const id of reached) for (const to of next.get(id) ?? []) if (listed.has(to)) reached.add(to);
		return reached.size === listed.size;
	});
	if (!connected) report('object_refs is not one connected graph');
}
