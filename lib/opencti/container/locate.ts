import { createHash } from 'node:crypto';
import { stixId } from '../../stix';
import { nodesOf, REFERENCED, type StoredContainer } from '../documents';
import type { Platform } from '../platform';
import { CREATE_DEFAULTS, type ContainerKind, type CreateOptions } from './container';
import type { ContainerDraft } from './draft';

/** A draft, and the container of the platform that it completes. */
export interface Located<Draft extends ContainerDraft, Stored extends StoredContainer> {
	draft: Draft;
	existing: Stored | null;
}

/** The container as it may stand already. One of the same name and date that another message gave is not this one. */
export async function locate<Draft extends ContainerDraft, Stored extends StoredContainer>(
	platform: Platform,
	kind: ContainerKind<Draft, Stored>,
	draft: Draft,
	{ sameNameAndDate = CREATE_DEFAULTS.sameNameAndDate }: CreateOptions,
): Promise<Located<Draft, Stored>> {
	const [existing, ofMessages] = await Promise.all([
		kind.read(platform, draft.standardId),
		draft.messageId === undefined ? [] : ofMessage(platform, kind, draft.messageId),
	]);
	const renamed = ofMessages.find((found) => isSameMessage(kind, found, draft));
	const isOther = existing === null || isOfAnotherMessage(existing, draft);
	if (isOther && renamed !== undefined && (existing === null || sameNameAndDate === 'separate')) {
		return { draft, existing: renamed };
	}
	if (existing === null || sameNameAndDate === 'merge' || !isOfAnotherMessage(existing, draft)) {
		return { draft, existing };
	}
	const named = kind.renamed(draft, `${draft.name} ${messageMark(draft)}`);
	const warning = {
		code: 'same-name-and-date',
		message:
			'Another message already created an object with this name and date. A suffix was added to the name of this one.',
	};
	const separate = { ...named, warnings: [...draft.warnings, warning] };
	return { draft: separate, existing: await kind.read(platform, separate.standardId) };
}

/** The containers of a kind that refer to a message. The reference's id follows from its content: no search, no near misses. */
export async function ofMessage<Stored extends StoredContainer>(
	platform: Platform,
	{
		entityType,
		typeName,
	}: { entityType: string; typeName: string; read: (...args: never[]) => Promise<Stored | null> },
	messageId: string,
): Promise<Stored[]> {
	const id = stixId('external-reference', { source_name: 'email', external_id: messageId });
	const { externalReference } = await platform.call(REFERENCED, { id, types: [entityType] });
	return nodesOf(externalReference?.references).flatMap((node) =>
		node.__typename === typeName && node.id !== undefined ? [node as unknown as Stored] : [],
	);
}

/**
 * Whether one that refers to the Message-ID was made of this message, and its people have renamed it since, or dated it otherwise. Anybody
 * can write any Message-ID: what says that it was made of other bytes is of another message.
 */
function isSameMessage<Draft extends ContainerDraft, Stored extends StoredContainer>(
	kind: ContainerKind<Draft, Stored>,
	found: Stored,
	draft: Draft,
): boolean {
	const [theirs, ours] = [hashIn(found.description), hashIn(draft.description)];
	if (theirs !== undefined && ours !== undefined && theirs !== ours) return false;
	return found.name === draft.name || kind.dateOf(found) === kind.dateOfDraft(draft);
}

/** The hash of the message, as the description of a report says it. */
const hashIn = (description: string | null) => /Email SHA-256\W{1,10}([0-9a-f]{64})/.exec(description ?? '')?.[1];

/** Tells messages of the same subject and date apart, in a name: the same on every run. */
function messageMark({ messageId = '' }: ContainerDraft): string {
	return `[${createHash('sha256').update(messageId).digest('hex').slice(0, 8)}]`;
}

function isOfAnotherMessage({ externalReferences }: StoredContainer, { messageId }: ContainerDraft): boolean {
	if (messageId === undefined) return false;
	const mails = nodesOf(externalReferences).filter(
		(reference) => reference.source_name === 'email' && reference.external_id !== null,
	);
	return mails.length > 0 && !mails.some((reference) => reference.external_id === messageId);
}
