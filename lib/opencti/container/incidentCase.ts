import { OPENCTI_LIMITS } from '../../limits';
import { stixId } from '../../stix';
import { CASE_INCIDENT, CASE_INCIDENT_ADD, FIELD_PATCH, type CaseNode, type StoredCase } from '../documents';
import { answeredTime, OpenCtiError, sideBySide, type Platform } from '../platform';
import type { CaseDraft } from './caseFromEmail';
import { finish, inputOf, type ContainerKind, type ContainerResult, type CreateOptions } from './container';
import type { ToWrite, Writer } from './createContainer';
import { escapeHtml } from '../../text';
import type { DraftWarning } from './draft';
import { locate, ofMessage, type Located } from './locate';

/** The case on the platform, made or added to. */
export interface CaseResult extends ContainerResult {
	severity?: string;
	priority?: string;
	/** The message was added to the case of its conversation. */
	appended: boolean;
}

export const CASES: ContainerKind<CaseDraft, StoredCase> = {
	entityType: 'Case-Incident',
	typeName: 'CaseIncident',
	pages: 'dashboard/cases/incidents',
	read: async (platform, id) => (await platform.call(CASE_INCIDENT, { id })).caseIncident,
	dateOf: ({ created }) => answeredTime(created),
	dateOfDraft: ({ created }) => created,
	renamed: (draft, name) => ({
		...draft,
		name,
		standardId: stixId('case-incident', { name, created: draft.created }),
	}),
};

/** How a case is found and written. */
export const CASE_WRITER: Writer<CaseDraft, StoredCase, CaseResult> = {
	// The conversation's ids stay with the case, so that a mail that arrives after its answer finds it, too.
	complete: (draft) => ({
		...draft,
		externalReferences: [
			...draft.externalReferences,
			...draft.thread.map((externalId) => ({ sourceName: 'email', externalId })),
		],
	}),
	locate: locateCase,
	write: writeCase,
};

/** Opens a case, or adds the message to the case of its conversation. */
async function writeCase(
	platform: Platform,
	{ draft, existing, resolved, options }: ToWrite<CaseDraft, StoredCase>,
): Promise<CaseResult> {
	const appended = existing !== null && !holdsMessage(existing, draft);
	const { caseIncidentAdd: node } = await platform.call(CASE_INCIDENT_ADD, {
		input: {
			name: existing?.name ?? draft.name,
			created: existing?.created ?? draft.created,
			severity: existing?.severity ?? draft.severity,
			priority: existing?.priority ?? draft.priority,
			response_types: draft.responseTypes,
			objectAssignee: draft.assignees,
			objectParticipant: draft.participants,
			...inputOf(draft, { existing, resolved, takesText: appended }),
		},
	});
	const result = await finish(platform, {
		kind: CASES,
		draft,
		node,
		existing,
		mustCarry: existing === null || appended,
		resolved,
		warnings: unknownValues(draft, node),
		options,
	});
	if (appended) await append(platform, existing.id, draft);
	return {
		...result,
		...(node.severity === null ? {} : { severity: node.severity }),
		...(node.priority === null ? {} : { priority: node.priority }),
		appended,
	};
}

/** What the platform dropped, for its vocabularies do not have it. */
function unknownValues(draft: CaseDraft, node: CaseNode): DraftWarning[] {
	const lost = [
		...(node.severity === null ? [draft.severity] : []),
		...(node.priority === null ? [draft.priority] : []),
		...draft.responseTypes.filter((type) => !(node.response_types ?? []).includes(type)),
	];
	if (lost.length === 0) return [];
	return [{ code: 'vocabulary-unknown', message: `The platform does not know ${lost.join(', ')}: left out.` }];
}

/** Told by the message's Message-ID in the text, else by its block itself. */
function holdsMessage({ content }: StoredCase, draft: CaseDraft): boolean {
	// What is added without a message has nothing to say.
	if (draft.content === '') return true;
	const mark =
		draft.messageId === undefined ? draft.content : `<strong>Message-ID:</strong> ${escapeHtml(draft.messageId)}<`;
	return content?.includes(mark) === true;
}

/**
 * The mail's block at the end of the content, as it stands at this moment: a person, or another message, may have written since it
 * was found. Read again afterwards, for the platform replaces the whole text and the last writer wins.
 */
async function append(platform: Platform, id: string, draft: CaseDraft): Promise<void> {
	for (let attempt = 0; attempt < OPENCTI_LIMITS.maxAppendAttempts; attempt++) {
		const stored = await CASES.read(platform, id);
		if (stored !== null && holdsMessage(stored, draft)) return;
		const value = [(stored?.content ?? '') + draft.content];
		await platform.call(FIELD_PATCH, { id, input: [{ key: 'content', value, operation: 'replace' }] });
	}
	const stored = await CASES.read(platform, id);
	if (stored !== null && holdsMessage(stored, draft)) return;
	throw new OpenCtiError(
		'OPENCTI_LOCKED',
		'The text of the message was overwritten in the case, because others write to it at the same time',
		{
			hint: 'Run it again.',
			entityId: id,
		},
	);
}

/** The case that knows the message or one of its conversation; else the one of its own name and date, if there. */
async function locateCase(
	platform: Platform,
	draft: CaseDraft,
	options: CreateOptions,
): Promise<Located<CaseDraft, StoredCase>> {
	const conversation = [...(draft.messageId === undefined ? [] : [draft.messageId]), ...draft.thread];
	const found = await sideBySide(conversation, OPENCTI_LIMITS.maxRequestsAtOnce, (messageId) =>
		ofMessage(platform, CASES, messageId),
	);
	const [existing] = found.flat();
	if (existing !== undefined) return { draft, existing };
	return locate(platform, CASES, draft, options);
}
