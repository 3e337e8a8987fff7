import { OPENCTI_LIMITS } from '../limits';
import { MESSAGE_PATCH, MESSAGE_REFERENCES, nodesOf, type MessageReferenceType } from './documents';
import { OpenCtiError } from './errors';
import type { Session } from './session';

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
	/** The sender that the platform has, where it is not this message's: by place in the list that was given. */
	otherSenders: { at: number; address: string }[];
}

/**
 * Links an object of the platform to the addresses of all messages that it stands for: what is missing is added, in as few
 * requests as can be, and a sender that it has stays. Throws {@link OpenCtiError} when the platform refuses, or does nothing.
 */
export async function linkMessage(
	session: Session,
	id: string,
	/** Whether it was there before, and so may have addresses. */
	existed: boolean,
	messages: readonly MessageAddresses[],
): Promise<LinkResult> {
	const has = existed ? await readReferences(session, id) : new Map<MessageReferenceType, Set<string>>();
	const otherSenders: LinkResult['otherSenders'] = [];
	const input: { key: string; value: string[]; operation: 'replace' | 'add' }[] = [];
	for (const { property, key, type, single } of ADDRESSES) {
		const known = has.get(type) ?? new Set<string>();
		const added: string[] = [];
		for (const [at, addresses] of messages.entries()) {
			for (const address of addresses.get(property) ?? []) {
				if (known.has(address)) continue;
				if (single && known.size > 0) {
					if (!otherSenders.some((other) => other.at === at && other.address === address)) {
						otherSenders.push({ at, address });
					}
					continue;
				}
				known.add(address);
				added.push(address);
			}
		}
		const step = OPENCTI_LIMITS.maxLinksPerPatch;
		for (let at = 0; at < added.length; at += step) {
			input.push({ key, value: added.slice(at, at + step), operation: single ? 'replace' : 'add' });
		}
	}
	for (const batch of batchesOf(input)) {
		const { stixCyberObservableEdit } = await session.call(MESSAGE_PATCH, { id, input: batch });
		if (stixCyberObservableEdit.fieldPatch?.id === id) continue;
		throw new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', 'The platform linked the addresses of a message to nothing', {
			hint: 'Run it again; the platform log may name the reason.',
		});
	}
	return { otherSenders };
}

/** As many edits in one request as the limit on addresses allows. */
function batchesOf<T extends { value: string[] }>(input: readonly T[]): T[][] {
	const batches: T[][] = [];
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

async function readReferences(session: Session, id: string): Promise<Map<MessageReferenceType, Set<string>>> {
	const found = new Map<MessageReferenceType, Set<string>>();
	let after: string | undefined;
	for (let page = 0; page < OPENCTI_LIMITS.maxReferencePages; page++) {
		const { stixNestedRefRelationships: connection } = await session.call(MESSAGE_REFERENCES, {
			id,
			types: ADDRESSES.map(({ type }) => type),
			first: 500,
			...(after === undefined ? {} : { after }),
		});
		for (const { relationship_type, to } of nodesOf(connection)) {
			const type = ADDRESSES.find((address) => address.type === relationship_type)?.type;
			if (type === undefined || typeof to?.id !== 'string') continue;
			found.set(type, (found.get(type) ?? new Set()).add(to.id));
		}
		after = connection?.pageInfo?.endCursor ?? undefined;
		if (connection?.pageInfo?.hasNextPage !== true || after === undefined) break;
	}
	return found;
}
