import { OPENCTI_LIMITS } from '../../limits';
import { MESSAGE_PATCH, MESSAGE_REFERENCES, type MessageReferenceType } from '../documents';
import { allPages, OpenCtiError, type Platform } from '../platform';

/** How STIX, the platform's edit of a message and the platform's references name its addresses. */
const ADDRESSES: readonly {
	property: string;
	key: string;
	type: MessageReferenceType;
	single: boolean;
}[] = [
	{ property: 'from_ref', key: 'emailFrom', type: 'from', single: true },
	{ property: 'sender_ref', key: 'emailSender', type: 'sender', single: true },
	{ property: 'to_refs', key: 'emailTo', type: 'to', single: false },
	{ property: 'cc_refs', key: 'emailCc', type: 'cc', single: false },
	{ property: 'bcc_refs', key: 'emailBcc', type: 'bcc', single: false },
];

/** What one message says of its addresses: ids of the platform by STIX property, in order. */
export type MessageAddresses = ReadonlyMap<string, readonly string[]>;

/** The properties of an e-mail message that name addresses. */
export const ADDRESS_PROPERTIES = ADDRESSES.map(({ property }) => property);

export interface LinkResult {
	/** A sender that the platform's object does not show, for it shows another one: by place in the list that was given. */
	otherSenders: { at: number; address: string }[];
}

/** What a reference leads to that the user may not see: it is there all the same. */
const HIDDEN = 'hidden';

/**
 * Links an object of the platform to the addresses of all messages that it stands for: what is missing is added, in
 * as few requests as can be, and a sender that it has stays. What it has is read before and after: another client
 * may be at work on the same object, and the platform ignores an id that it does not know without an error. Of one that was made just
 * now, and by nobody else, neither is needed: it has nothing, and the ids are those that the platform has given itself.
 *
 * @throws OpenCtiError when an address is not there in the end
 */
export async function linkMessage(
	platform: Platform,
	{ id, isOurs }: { id: string; isOurs?: boolean | undefined },
	messages: readonly MessageAddresses[],
): Promise<LinkResult> {
	const isNew = isOurs === true && platform.untouched(id);
	const before: References = isNew ? new Map() : await readReferences(platform, id);
	const input = missingLinks(before, messages);
	for (const batch of batchesOf(input)) {
		const { stixCyberObservableEdit } = await platform.call(MESSAGE_PATCH, { id, input: batch });
		if (stixCyberObservableEdit.fieldPatch === null) throw unlinkedError(batch);
	}
	if (isNew) return { otherSenders: otherSenders(linksOf(input), messages) };
	const has = input.length === 0 ? undefined : await readReferences(platform, id);
	const unlinked = has === undefined ? [] : missingLinks(has, messages);
	if (unlinked.length > 0) throw unlinkedError(unlinked);
	return { otherSenders: otherSenders(has ?? before, messages) };
}

function unlinkedError(edits: readonly Edit[]): OpenCtiError {
	const count = edits.reduce((sum, { value }) => sum + value.length, 0);
	return new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', `${count} addresses of a message could not be linked to it`, {
		hint: 'Run it again. The log of the platform may show the reason.',
	});
}

/** What a message has after these edits that had nothing. */
function linksOf(edits: readonly Edit[]): References {
	const links = new Map<MessageReferenceType, Set<string>>();
	for (const { key, value } of edits) {
		const type = ADDRESSES.find((address) => address.key === key)?.type;
		if (type !== undefined) links.set(type, new Set([...(links.get(type) ?? []), ...value]));
	}
	return links;
}

type References = ReadonlyMap<MessageReferenceType, ReadonlySet<string>>;

interface Edit {
	key: string;
	value: string[];
	operation: 'replace' | 'add';
}

/** The edits that add what a message lacks. A sender is set only where there is none. */
function missingLinks(has: References, messages: readonly MessageAddresses[]): Edit[] {
	const input: Edit[] = [];
	for (const { property, key, type, single } of ADDRESSES) {
		const known = has.get(type) ?? new Set<string>();
		const wanted = new Set(messages.flatMap((addresses) => addresses.get(property) ?? []));
		const missing = [...wanted].filter((address) => !known.has(address));
		const added = single ? (known.size > 0 ? [] : missing.slice(0, 1)) : missing;
		const step = OPENCTI_LIMITS.maxLinksPerPatch;
		for (let at = 0; at < added.length; at += step) {
			input.push({ key, value: added.slice(at, at + step), operation: single ? 'replace' : 'add' });
		}
	}
	return input;
}

function otherSenders(has: References, messages: readonly MessageAddresses[]): LinkResult['otherSenders'] {
	return messages.flatMap((addresses, at) => {
		const others = new Set<string>();
		for (const { property, type, single } of ADDRESSES) {
			if (!single) continue;
			for (const address of addresses.get(property) ?? []) if (!has.get(type)?.has(address)) others.add(address);
		}
		return [...others].map((address) => ({ at, address }));
	});
}

/** As many edits in one request as the limit on addresses allows. */
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

async function readReferences(platform: Platform, id: string): Promise<Map<MessageReferenceType, Set<string>>> {
	const types = ADDRESSES.map(({ type }) => type);
	const nodes = await allPages(
		OPENCTI_LIMITS.maxReferencePages,
		async (page) => (await platform.call(MESSAGE_REFERENCES, { id, types, ...page })).stixNestedRefRelationships,
	);
	const found = new Map<MessageReferenceType, Set<string>>();
	for (const { relationship_type, to } of nodes) {
		const type = types.find((known) => known === relationship_type);
		if (type !== undefined) found.set(type, (found.get(type) ?? new Set()).add(to?.id ?? HIDDEN));
	}
	return found;
}
