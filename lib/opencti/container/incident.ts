import { stixId } from '../../stix';
import { INCIDENT, INCIDENT_ADD, type IncidentNode, type StoredIncident } from '../documents';
import { answeredTime, type Platform } from '../platform';
import { finish, inputOf, type ContainerKind, type ContainerResult } from './container';
import type { ToWrite, Writer } from './createContainer';
import type { DraftWarning } from './draft';
import type { IncidentDraft } from './incidentFromEmail';
import { locate } from './locate';

/** The incident on the platform, made or completed. */
export interface IncidentResult extends ContainerResult {
	incidentType?: string;
	severity?: string;
	source?: string;
}

export const INCIDENTS: ContainerKind<IncidentDraft, StoredIncident> = {
	entityType: 'Incident',
	typeName: 'Incident',
	pages: 'dashboard/events/incidents',
	isHolder: false,
	read: async (platform, id) => {
		const { incident } = await platform.call(INCIDENT, { id });
		return incident === null ? null : { ...incident, content: null };
	},
	dateOf: ({ created }) => answeredTime(created),
	dateOfDraft: ({ created }) => created,
	renamed: (draft, name) => ({
		...draft,
		name,
		standardId: stixId('incident', { name, created: draft.created }),
	}),
};

/** How an incident is found and written. What belongs to it is related to it afterwards: it holds nothing itself. */
export const INCIDENT_WRITER: Writer<IncidentDraft, StoredIncident, IncidentResult> = {
	locate: (platform, draft, options) => locate(platform, INCIDENTS, draft, options),
	write: writeIncident,
};

/** Makes the incident, or adds what is missing to the one that is there. */
async function writeIncident(
	platform: Platform,
	{ draft, existing, resolved, options }: ToWrite<IncidentDraft, StoredIncident>,
): Promise<IncidentResult> {
	const isUpdate = existing !== null && options.existing === 'update';
	const takesText = existing !== null && draft.description !== '' && (isUpdate || !existing.description);
	const { content: _content, objects: _objects, ...input } = inputOf(draft, { existing, resolved, takesText });
	// What its people chose stays; what they left empty is filled.
	const own = (stored: string | null | undefined, drafted: string) => (isUpdate ? drafted : stored || drafted);
	const source = own(existing?.source, draft.source);
	const { incidentAdd: node } = await platform.call(INCIDENT_ADD, {
		input: {
			...input,
			...(existing === null || takesText ? { description: draft.description } : {}),
			// Its own name and date, for they are its identity, whatever a person made of them.
			name: existing?.name ?? draft.name,
			created: existing?.created ?? draft.created,
			...(existing === null ? { first_seen: draft.created } : {}),
			incident_type: own(existing?.incident_type, draft.incidentType),
			severity: own(existing?.severity, draft.severity),
			...(source === '' ? {} : { source }),
			objectAssignee: draft.assignees,
			objectParticipant: draft.participants,
		},
	});
	const result = await finish(platform, {
		kind: INCIDENTS,
		draft,
		node,
		existing,
		mustCarry: existing === null || takesText,
		writesText: takesText,
		resolved,
		warnings: [...unknownValues(draft, node), ...(existing === null || isUpdate ? [] : keptText(draft, existing))],
		options,
	});
	return {
		...result,
		...(node.incident_type === null ? {} : { incidentType: node.incident_type }),
		...(node.severity === null ? {} : { severity: node.severity }),
		...(node.source ? { source: node.source } : {}),
	};
}

/** What the platform dropped, for its vocabularies do not have it. */
function unknownValues(draft: IncidentDraft, node: IncidentNode): DraftWarning[] {
	const lost = [...(node.incident_type ? [] : [draft.incidentType]), ...(node.severity ? [] : [draft.severity])].filter(
		(value) => value !== '',
	);
	if (lost.length === 0) return [];
	return [{ code: 'vocabulary-unknown', message: `The platform does not know ${lost.join(', ')}: left out.` }];
}

/** Told only where the message would say something else than what stands there. */
function keptText(draft: IncidentDraft, { description }: StoredIncident): DraftWarning[] {
	if (!description || draft.description === '' || description.trim() === draft.description.trim()) return [];
	return [{ code: 'text-kept', message: 'The incident already existed. Its description was not changed.' }];
}
