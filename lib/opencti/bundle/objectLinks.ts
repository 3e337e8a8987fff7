import { OPENCTI_LIMITS } from '../../limits';
import type { AnyStixObject } from '../../stix';
import { OBSERVABLE_PATCH, OBSERVABLE_REFERENCES, type ObservableReferenceType } from '../documents';
import { allPages, OpenCtiError, type Platform } from '../platform';
import { refsIn } from './bundleObjects';

/** One reference of an observable: where STIX has it, and how the platform's edit and the platform's references name it. */
interface LinkRule {
	key: string;
	type: ObservableReferenceType;
	/** The platform takes one. */
	single: boolean;
	/** It says who sent a message: of messages that are one there, each may have another one. */
	isSender?: boolean;
	refs: (object: AnyStixObject) => string[];
}

const one = (property: string) => (object: AnyStixObject) => refsIn(object, property).slice(0, 1);
const all = (property: string) => (object: AnyStixObject) => refsIn(object, property);

/** What an observable refers to that no call takes at its creation, by its type. */
const LINKS: Readonly<Record<string, readonly LinkRule[]>> = {
	'email-message': [
		{ key: 'emailFrom', type: 'from', single: true, isSender: true, refs: one('from_ref') },
		{ key: 'emailSender', type: 'sender', single: true, isSender: true, refs: one('sender_ref') },
		{ key: 'emailTo', type: 'to', single: false, refs: all('to_refs') },
		{ key: 'emailCc', type: 'cc', single: false, refs: all('cc_refs') },
		{ key: 'emailBcc', type: 'bcc', single: false, refs: all('bcc_refs') },
		{ key: 'rawEmail', type: 'raw-email', single: true, refs: one('raw_email_ref') },
		{ key: 'bodyMultipart', type: 'body-multipart', single: false, refs: partsOf },
	],
	file: [
		{ key: 'obsContent', type: 'obs_content', single: true, refs: one('content_ref') },
		{ key: 'containsObservable', type: 'contains', single: false, refs: all('contains_refs') },
	],
};

/** The files that parts of a message are (STIX 2.1 section 6.6.2). */
function partsOf({ body_multipart: parts }: AnyStixObject): string[] {
	if (!Array.isArray(parts)) return [];
	return (parts as unknown[]).flatMap((part) => {
		const ref =
			typeof part === 'object' && part !== null ? (part as Record<string, unknown>)['body_raw_ref'] : undefined;
		return typeof ref === 'string' ? [ref] : [];
	});
}

const rulesOf = (type: string): readonly LinkRule[] => (Object.hasOwn(LINKS, type) ? (LINKS[type] ?? []) : []);

/** STIX ids of what an object has to be linked to. */
export const linkedTo = (object: AnyStixObject): string[] => [
	...new Set(rulesOf(object.type).flatMap(({ refs }) => refs(object))),
];

/** What one object refers to: ids of the platform by the platform's name of the reference, in order. */
export type ObjectLinks = ReadonlyMap<ObservableReferenceType, readonly string[]>;

/** @param idOf The platform's id of an object of the bundle. */
export function linksOf(object: AnyStixObject, idOf: (stixId: string) => string | undefined): ObjectLinks {
	return new Map(
		rulesOf(object.type).map(({ type, refs }) => [type, [...new Set(refs(object).flatMap((id) => idOf(id) ?? []))]]),
	);
}

/** STIX ids of who sent a message, by its own words. */
export const sendersOf = (message: AnyStixObject): string[] =>
	rulesOf(message.type).flatMap(({ isSender, refs }) => (isSender === true ? refs(message) : []));

export interface LinkResult {
	/** A sender that the platform's object does not show, for it shows another one: by place in the list that was given. */
	otherSenders: { at: number; address: string }[];
}

/** What a reference leads to that the user may not see: it is there all the same. */
const HIDDEN = 'hidden';

/**
 * Links an object of the platform to what all objects refer to that it stands for: what is missing is added, in as few requests as can
 * be, and a sender, or a content, that it has stays. What it has is read before and after: another client may be at work on the same
 * object, and the platform ignores an id that it does not know without an error. Of one that was made just now, and by nobody else,
 * neither is needed: it has nothing, and the ids are those that the platform has given itself.
 *
 * @param type STIX type of all of them.
 * @throws OpenCtiError when a reference is not there in the end
 */
export async function linkObject(
	platform: Platform,
	{ id, isOurs }: { id: string; isOurs?: boolean | undefined },
	type: string,
	objects: readonly ObjectLinks[],
): Promise<LinkResult> {
	const rules = rulesOf(type);
	const isNew = isOurs === true && platform.untouched(id);
	const before: References = isNew ? new Map() : await readReferences(platform, id, rules);
	const input = missingLinks(rules, before, objects);
	for (const batch of batchesOf(input)) {
		const { stixCyberObservableEdit } = await platform.call(OBSERVABLE_PATCH, { id, input: batch });
		if (stixCyberObservableEdit.fieldPatch === null) throw unlinkedError(batch);
	}
	if (isNew) return { otherSenders: otherSenders(rules, linkedBy(rules, input), objects) };
	const has = input.length === 0 ? undefined : await readReferences(platform, id, rules);
	const unlinked = has === undefined ? [] : missingLinks(rules, has, objects);
	if (unlinked.length > 0) throw unlinkedError(unlinked);
	return { otherSenders: otherSenders(rules, has ?? before, objects) };
}

function unlinkedError(edits: readonly Edit[]): OpenCtiError {
	const keys = new Set(edits.map(({ key }) => key));
	const count = edits.reduce((sum, { value }) => sum + value.length, 0);
	const what = [...keys].every((key) => key.startsWith('email')) ? 'addresses of a message' : 'references of an object';
	return new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', `${count} ${what} could not be linked to it`, {
		hint: 'Run it again. The log of the platform may show the reason.',
	});
}

/** What an object has after these edits that had nothing. */
function linkedBy(rules: readonly LinkRule[], edits: readonly Edit[]): References {
	const links = new Map<ObservableReferenceType, Set<string>>();
	for (const { key, value } of edits) {
		const type = rules.find((rule) => rule.key === key)?.type;
		if (type !== undefined) links.set(type, new Set([...(links.get(type) ?? []), ...value]));
	}
	return links;
}

type References = ReadonlyMap<ObservableReferenceType, ReadonlySet<string>>;

interface Edit {
	key: string;
	value: string[];
	operation: 'replace' | 'add';
}

/** The edits that add what an object lacks. What can be there once is set only where there is none. */
function missingLinks(rules: readonly LinkRule[], has: References, objects: readonly ObjectLinks[]): Edit[] {
	const input: Edit[] = [];
	for (const { key, type, single } of rules) {
		const known = has.get(type) ?? new Set<string>();
		const wanted = new Set(objects.flatMap((links) => links.get(type) ?? []));
		const missing = [...wanted].filter((id) => !known.has(id));
		const added = single ? (known.size > 0 ? [] : missing.slice(0, 1)) : missing;
		const step = OPENCTI_LIMITS.maxLinksPerPatch;
		for (let at = 0; at < added.length; at += step) {
			input.push({ key, value: added.slice(at, at + step), operation: single ? 'replace' : 'add' });
		}
	}
	return input;
}

function otherSenders(
	rules: readonly LinkRule[],
	has: References,
	objects: readonly ObjectLinks[],
): LinkResult['otherSenders'] {
	const types = rules.flatMap(({ isSender, type }) => (isSender === true ? [type] : []));
	return objects.flatMap((links, at) => {
		const senders = types.flatMap((type) =>
			(links.get(type) ?? []).filter((address) => has.get(type)?.has(address) !== true),
		);
		return [...new Set(senders)].map((address) => ({ at, address }));
	});
}

/** As many edits in one request as the limit on references allows. */
function batchesOf(input: readonly Edit[]): Edit[][] {
	const batches: Edit[][] = [];
	let size = Number.POSITIVE_INFINITY;
	for (const edit of input) {
		if (size + edit.value.length > OPENCTI_LIMITS.maxLinksPerPatch) {
			batches.push([]);
			size = 0;
		}
		batches.at(-1)?.push(edit);
		size += edit.value.length;
	}
	return batches;
}

async function readReferences(
	platform: Platform,
	id: string,
	rules: readonly LinkRule[],
): Promise<Map<ObservableReferenceType, Set<string>>> {
	const types = rules.map(({ type }) => type);
	const nodes = await allPages(
		OPENCTI_LIMITS.maxReferencePages,
		async (page) => (await platform.call(OBSERVABLE_REFERENCES, { id, types, ...page })).stixNestedRefRelationships,
	);
	const found = new Map<ObservableReferenceType, Set<string>>();
	for (const { relationship_type, to } of nodes) {
		const type = types.find((known) => known === relationship_type);
		if (type !== undefined) found.set(type, (found.get(type) ?? new Set()).add(to?.id ?? HIDDEN));
	}
	return found;
}
