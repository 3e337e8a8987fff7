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
	const existing = await kind.read(platform, draft.standardId);
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
	{ entityType, typeName, read }: Pick<ContainerKind<ContainerDraft, Stored>, 'entityType' | 'typeName' | 'read'>,
	messageId: string,
	most = Number.POSITIVE_INFINITY,
): Promise<Stored[]> {
	const id = stixId('external-reference', { source_name: 'email', external_id: messageId });
	const { externalReference } = await platform.call(REFERENCED, { id, types: [entityType] });
	const found: Stored[] = [];
	for (const node of nodesOf(externalReference?.references)) {
		if (found.length >= most) break;
		if (node.__typename !== typeName || node.id === undefined) continue;
		const stored = await read(platform, node.id);
		if (stored !== null) found.push(stored);
	}
	return found;
}

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
