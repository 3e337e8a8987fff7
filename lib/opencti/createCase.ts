import { stixId } from '../stix';
import type { CaseDraft } from './caseFromEmail';
import {
	commonInput,
	differences,
	finish,
	isOfAnotherMessage,
	messageMark,
	resolve,
	type ContainerResult,
	type CreateOptions,
} from './createReport';
import { OPENCTI_LIMITS } from '../limits';
import { escapeHtml } from '../text';
import { CASE_INCIDENT, CASE_INCIDENT_ADD, FIELD_PATCH, nodesOf, REFERENCED, type StoredCase } from './documents';
import type { DraftReference } from './draft';
import { OpenCtiError } from './errors';
import type { References } from './references';
import type { Session } from './session';

export interface CaseResult extends ContainerResult {
	severity?: string;
	priority?: string;
	/** The message was added to the case of its conversation. */
	appended: boolean;
}

export const caseUrl = (baseUrl: string, id: string) => `${baseUrl}/dashboard/cases/incidents/${id}`;

/** Opens a case, or adds the message to the case of its conversation. See `OpenCtiClient.createIncidentCase`. */
export async function createCase(
	session: Session,
	references: References,
	given: CaseDraft,
	options: CreateOptions,
): Promise<CaseResult> {
	const resolved = await resolve(references, given, options);
	const { draft, existing } = await locate(session, given, options);
	// The conversation's ids stay with the case, so that a mail that arrives after its answer finds it, too.
	const thread: DraftReference[] = draft.thread.map((externalId) => ({ sourceName: 'email', externalId }));
	const externalReferences = await references.externalReferences([...draft.externalReferences, ...thread]);
	const appended = existing !== null && !holdsMessage(existing, draft);
	const { content, description, objectMarking, ...common } = commonInput(draft, resolved, externalReferences, existing);
	const { caseIncidentAdd: node } = await session.call(CASE_INCIDENT_ADD, {
		input: {
			name: existing?.name ?? draft.name,
			created: existing?.created ?? draft.created,
			severity: existing?.severity ?? draft.severity,
			priority: existing?.priority ?? draft.priority,
			response_types: draft.responseTypes,
			objectAssignee: draft.assignees,
			objectParticipant: draft.participants,
			...common,
			...(existing === null ? { content, description, objectMarking } : {}),
			// A case must be as strict as the text that goes into it.
			...(appended ? { objectMarking: resolved.markings.map(({ id }) => id) } : {}),
		},
	});
	const warnings = [...draft.warnings, ...resolved.warnings, ...differences(draft, node, resolved, existing)];
	const lost = [
		...(node.severity === null ? [draft.severity] : []),
		...(node.priority === null ? [draft.priority] : []),
		...draft.responseTypes.filter((type) => !(node.response_types ?? []).includes(type)),
	];
	if (lost.length > 0)
		warnings.push({ code: 'vocabulary-unknown', message: `The platform does not know ${lost.join(', ')}: left out.` });
	const result = await finish(session, references, {
		draft,
		node,
		existing,
		mustCarry: existing === null || appended,
		resolved,
		warnings,
		options,
		urlOf: caseUrl,
		read,
	});
	if (appended) await append(session, existing.id, draft);
	return {
		...result,
		...(node.severity === null ? {} : { severity: node.severity }),
		...(node.priority === null ? {} : { priority: node.priority }),
		appended,
	};
}

const read = async (session: Session, id: string) => (await session.call(CASE_INCIDENT, { id })).caseIncident;

/** Told by the message's Message-ID in the text, else by its block itself. */
function holdsMessage({ content }: StoredCase, draft: CaseDraft): boolean {
	const mark =
		draft.messageId === undefined ? draft.content : `<strong>Message-ID:</strong> ${escapeHtml(draft.messageId)}<`;
	return content?.includes(mark) === true;
}

/**
 * The mail's block at the end of the content, as it stands at this moment: a person, or another message, may have written since it
 * was found. Read again afterwards, for the platform replaces the whole text and the last writer wins.
 */
async function append(session: Session, id: string, draft: CaseDraft): Promise<void> {
	for (let attempt = 0; attempt < OPENCTI_LIMITS.maxAppendAttempts; attempt++) {
		const stored = await read(session, id);
		if (stored !== null && holdsMessage(stored, draft)) return;
		const value = [(stored?.content ?? '') + draft.content];
		await session.call(FIELD_PATCH, { id, input: [{ key: 'content', value, operation: 'replace' }] });
	}
	const stored = await read(session, id);
	if (stored !== null && holdsMessage(stored, draft)) return;
	throw new OpenCtiError(
		'OPENCTI_LOCKED',
		'The text of the message did not stay in the case: others write to it, too',
		{
			hint: 'Run it again.',
			entityId: id,
		},
	);
}

/** The case that knows the message or one of its conversation; else the one of its own name and date, if there. */
async function locate(
	session: Session,
	draft: CaseDraft,
	options: CreateOptions,
): Promise<{ draft: CaseDraft; existing: StoredCase | null }> {
	const conversation = [...(draft.messageId === undefined ? [] : [draft.messageId]), ...draft.thread];
	for (const messageId of conversation) {
		const id = stixId('external-reference', { source_name: 'email', external_id: messageId });
		const { externalReference } = await session.call(REFERENCED, { id, types: ['Case-Incident'] });
		const found = nodesOf(externalReference?.references).find((node) => node.__typename === 'CaseIncident');
		if (found?.id === undefined) continue;
		const caseIncident = await read(session, found.id);
		if (caseIncident !== null) return { draft, existing: caseIncident };
	}
	const caseIncident = await read(session, draft.standardId);
	if (
		caseIncident === null ||
		options.sameNameAndDate === 'merge' ||
		!isOfAnotherMessage(caseIncident.externalReferences, draft)
	) {
		return { draft, existing: caseIncident };
	}
	const name = `${draft.name} ${messageMark(draft)}`;
	return {
		draft: { ...draft, name, standardId: stixId('case-incident', { name, created: draft.created }) },
		existing: null,
	};
}
