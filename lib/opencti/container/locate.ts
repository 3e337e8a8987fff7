import { createHash } from 'node:crypto';
import { stixId } from '../../stix';
import { nodesOf, REFERENCED, type StoredContainer } from '../documents';
import type { Platform } from '../platform';
import { CREATE_DEFAULTS, type ContainerKind, type CreateOptions } from './container';
import type { ContainerDraft, DraftWarning } from './draft';

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
	const known = draft.messageId ?? draft.bytesId;
	const [existing, ofMessages] = await Promise.all([
		kind.read(platform, draft.standardId),
		known === undefined ? [] : ofMessage(platform, kind, known),
	]);
	const renamed = ofMessages.find((found) => isSameMessage(kind, found, draft));
	const isOther = existing === null || isOfAnotherMessage(existing, draft);
	const told = (found: Stored | null, of: Draft = draft): Located<Draft, Stored> => {
		const others = draft.reported === undefined ? [] : ofMessages.filter(({ id }) => id !== found?.id);
		const forged = others.filter((other) => !isSameMessage(kind, other, draft));
		return { draft: forged.length === 0 ? of : withWarning(of, otherContent(forged)), existing: found };
	};
	if (isOther && renamed !== undefined && (existing === null || sameNameAndDate === 'separate')) return told(renamed);
	if (existing === null || sameNameAndDate === 'merge' || !isOfAnotherMessage(existing, draft)) return told(existing);
	const separate = withWarning(kind.renamed(draft, `${draft.name} ${messageMark(draft)}`), SAME_NAME_AND_DATE);
	return told(await kind.read(platform, separate.standardId), separate);
}

const SAME_NAME_AND_DATE: DraftWarning = {
	code: 'same-name-and-date',
	message:
		'Another message already created an object with this name and date. A suffix was added to the name of this one.',
};

/** A sender may give a message the Message-ID of a known one, so that it is taken for that one. */
function otherContent(others: readonly StoredContainer[]): DraftWarning {
	const [{ name, id } = { name: '', id: '' }] = others;
	return {
		code: 'message-content-differs',
		message: `The platform has a report with this Message-ID whose message is another one: ${JSON.stringify(name.slice(0, 200))} (${id}). The Message-ID may be forged to hide a message behind a known report: compare both. This message has a report of its own.`,
	};
}

const withWarning = <Draft extends ContainerDraft>(draft: Draft, warning: DraftWarning): Draft => ({
	...draft,
	warnings: [...draft.warnings, warning],
});

/** The report for a campaign and day: by its id, else, where its people have renamed it, by its reference. */
export async function locateCampaign<Draft extends ContainerDraft, Stored extends StoredContainer>(
	platform: Platform,
	kind: ContainerKind<Draft, Stored>,
	draft: Draft,
	{ sourceName, externalId }: { sourceName: string; externalId: string },
): Promise<Located<Draft, Stored>> {
	const [existing, referring] = await Promise.all([
		kind.read(platform, draft.standardId),
		ofReference(platform, kind, sourceName, externalId),
	]);
	return { draft, existing: existing ?? referring[0] ?? null };
}

/** The containers of a kind that refer to a message. */
export const ofMessage = <Stored extends StoredContainer>(
	platform: Platform,
	kind: { entityType: string; typeName: string; read: (...args: never[]) => Promise<Stored | null> },
	messageId: string,
): Promise<Stored[]> => ofReference(platform, kind, 'email', messageId);

/** The containers of a kind that refer to something. The reference's id follows from its content: no search, no near misses. */
async function ofReference<Stored extends StoredContainer>(
	platform: Platform,
	{
		entityType,
		typeName,
	}: { entityType: string; typeName: string; read: (...args: never[]) => Promise<Stored | null> },
	sourceName: string,
	externalId: string,
): Promise<Stored[]> {
	const id = stixId('external-reference', { source_name: sourceName, external_id: externalId });
	const { externalReference } = await platform.call(REFERENCED, { id, types: [entityType] });
	return nodesOf(externalReference?.references).flatMap((node) =>
		node.__typename === typeName && node.id !== undefined ? [node as unknown as Stored] : [],
	);
}

/**
 * Whether one that refers to the Message-ID was made of this message, and its people have renamed it since, or dated it otherwise. Anybody
 * can write any Message-ID: what says that it was made of other bytes is of another message, unless it shows the same text (each recipient
 * gets other header lines). The hash of the bytes nobody can write.
 */
function isSameMessage<Draft extends ContainerDraft, Stored extends StoredContainer>(
	kind: ContainerKind<Draft, Stored>,
	found: Stored,
	draft: Draft,
): boolean {
	if (draft.messageId === undefined) return true;
	const [theirs, ours] = [hashIn(found.description), hashIn(draft.description)];
	const isSameText = Boolean(found.content) && found.content?.trim() === draft.content.trim();
	if (theirs !== undefined && ours !== undefined && theirs !== ours && !isSameText) return false;
	return found.name === draft.name || kind.dateOf(found) === kind.dateOfDraft(draft);
}

/** The hash of the message, as the description of a report says it. */
export const hashIn = (description: string | null) =>
	/Email SHA-256\W{1,10}([0-9a-f]{64})/.exec(description ?? '')?.[1];

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
