import type { Email } from '../../email';
import {
	CASE_WRITER,
	caseSteps,
	createContainer,
	INCIDENT_WRITER,
	incidentSteps,
	type CaseDraft,
	type CaseFromEmailOptions,
	type CaseResult,
	type ContainerDraft,
	type ContainerResult,
	type CreateOptions,
	type IncidentDraft,
	type IncidentFromEmailOptions,
	type IncidentResult,
	type Writer,
} from '../container';
import type { StoredContainer } from '../documents';
import { attempt, type Platform } from '../platform';
import { addFindings, type WithObjects } from './addFindings';
import { createWithObjects } from './createReportFromBundle';
import { emailSteps, type EmailContents, type EmailObjectOptions } from './createReportFromEmail';
import { readExistingObjects } from './importedObject';
import { inOrder } from './inOrder';
import { linkToIncident } from './linkToIncident';

/** Options of `OpenCtiClient.createCaseFromEmail`. */
export interface EmailCaseOptions extends CaseFromEmailOptions, EmailObjectOptions {}

/** Options of `OpenCtiClient.createIncidentFromEmail`. */
export interface EmailIncidentOptions extends IncidentFromEmailOptions, EmailObjectOptions {}

/** A case on the platform, and what became of each object that it is to hold. */
export type EmailCaseResult = WithObjects<CaseResult>;

/** An incident on the platform, what became of each object that belongs to it, and of the relationships between them. */
export type EmailIncidentResult = WithObjects<IncidentResult>;

/** Opens or completes the case of a message. See `OpenCtiClient.createCaseFromEmail`. */
export async function createCaseFromEmail(
	platform: Platform,
	email: Email,
	options: EmailCaseOptions & CreateOptions,
): Promise<EmailCaseResult> {
	const made: EmailContents<CaseDraft> = await inOrder(platform, emailSteps(email, options, caseSteps));
	const { draft, found } = made;
	const created = await create(platform, CASE_WRITER, made, options);
	return addFindings(platform, created, { time: draft.created, markings: draft.markings }, found);
}

/** Makes or completes the incident of a message. See `OpenCtiClient.createIncidentFromEmail`. */
export async function createIncidentFromEmail(
	platform: Platform,
	email: Email,
	options: EmailIncidentOptions & CreateOptions,
): Promise<EmailIncidentResult> {
	const made: EmailContents<IncidentDraft> = await inOrder(platform, emailSteps(email, options, incidentSteps));
	const { draft, found } = made;
	const created = await create(platform, INCIDENT_WRITER, made, options);
	const linked = await link(platform, created, draft);
	return addFindings(platform, linked, { time: draft.created, markings: draft.markings }, found);
}

/** The container with its objects, those of sightings that say what a hunt found now included. */
async function create<Draft extends ContainerDraft, Stored extends StoredContainer, Result extends ContainerResult>(
	platform: Platform,
	writer: Writer<Draft, Stored, Result>,
	{ draft, objects, found, described }: EmailContents<Draft>,
	options: CreateOptions,
): Promise<WithObjects<Result>> {
	if (objects.length === 0) return createContainer(platform, writer, draft, options);
	return createWithObjects(platform, writer, draft, {
		objects,
		options: { ...options, stated: found.stated, described },
	});
}

/** Relates what was made, and what is given by its ids, to the incident. The incident stays when that fails; that is told. */
async function link(
	platform: Platform,
	incident: WithObjects<IncidentResult>,
	draft: IncidentDraft,
): Promise<WithObjects<IncidentResult>> {
	const tried = await attempt(async () => {
		const given = await readExistingObjects(platform, draft.objects);
		const objects = [...(incident.objects ?? []), ...given];
		if (objects.length === 0) return incident;
		const missing = given.filter(({ id }) => id === undefined);
		const atLeast = await platform.references.markings([...draft.markings, ...incident.markings]);
		const whole = { ...incident, objects: [...(incident.objects ?? []), ...missing] };
		return linkToIncident(platform, whole, objects, atLeast);
	});
	if ('value' in tried) return tried.value;
	const message = `The objects could not be related to the incident: ${tried.failure.message}`;
	return { ...incident, warnings: [...incident.warnings, { code: 'objects-not-linked', message }], complete: false };
}
