import type { Email } from '../../email';
import { OPENCTI_LIMITS } from '../../limits';
import { finish, type Steps } from '../../steps';
import { stixId } from '../../stix';
import { escapeHtml } from '../../text';
import type { ContainerDraft, DraftWarning } from './draft';
import { containerParts, nameOf, publishedOf, type FromEmailOptions } from './containerFromEmail';
import { storable } from '../../storable';
import { shownTime } from './shownTime';

/** An incident case before it is on the platform; {@link caseFromEmail} makes it. */
export interface CaseDraft extends ContainerDraft {
	kind: 'case';
	/** RFC 3339 in UTC with milliseconds. Part of the case's id, as the name is. */
	created: string;
	/** A value of case_severity_ov. */
	severity: string;
	/** A value of case_priority_ov. */
	priority: string;
	/** Values of incident_response_types_ov. */
	responseTypes: string[];
	/** Ids of users. */
	assignees: string[];
	/** Ids of users. */
	participants: string[];
	/** Message-IDs of the conversation that it belongs to, nearest first, its own excepted. */
	thread: string[];
}

/** Options of {@link caseFromEmail}. */
export interface CaseFromEmailOptions extends FromEmailOptions {
	/** A value of case_severity_ov. Default {@link CASE_DEFAULTS}. */
	severity?: string | undefined;
	/** A value of case_priority_ov. Default {@link CASE_DEFAULTS}. */
	priority?: string | undefined;
	responseTypes?: readonly string[] | undefined;
	assignees?: readonly string[] | undefined;
	participants?: readonly string[] | undefined;
}

/** What a case is where nobody says otherwise. */
export const CASE_DEFAULTS = { severity: 'medium', priority: 'P3' } as const;

/**
 * What a message becomes as an incident case. Replies find the case of the mail that they answer by their Message-ID
 * references. Pure.
 *
 * @throws as `reportFromEmail`
 */
export function caseFromEmail(email: Email, options: CaseFromEmailOptions = {}): CaseDraft {
	return finish(caseSteps(email, options));
}

/** {@link caseFromEmail}, with places where it may pause. */
export function* caseSteps(email: Email, options: CaseFromEmailOptions): Steps<CaseDraft> {
	const warnings: DraftWarning[] = [];
	const name = nameOf(email, options.namePrefix, warnings);
	const created = publishedOf(email, options, warnings);
	const parts = yield* containerParts(email, options, warnings);
	const thread = [email.inReplyTo, ...[...email.references].reverse()].flatMap((id) => id?.trim() || []);
	return storable({
		kind: 'case' as const,
		...parts,
		name,
		created,
		content: messageBlock(
			email,
			parts.content,
			parts.files.map((file) => file.originalName ?? file.name),
		),
		severity: options.severity ?? CASE_DEFAULTS.severity,
		priority: options.priority ?? CASE_DEFAULTS.priority,
		responseTypes: [...(options.responseTypes ?? [])],
		assignees: [...(options.assignees ?? [])],
		participants: [...(options.participants ?? [])],
		thread: [...new Set(thread)].filter((id) => id !== parts.messageId).slice(0, OPENCTI_LIMITS.maxThreadMessages),
		standardId: stixId('case-incident', { name, created }),
		warnings,
	});
}

/** One mail of the conversation as it stands in the case's content. */
function messageBlock(email: Email, content: string, files: readonly string[]): string {
	const addresses = (list: Email['to']) =>
		list.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ');
	const rows: [string, string][] = [
		['Date', shownTime(email.date ?? email.receivedAt)],
		['From', addresses(email.from)],
		['To', addresses(email.to)],
		['Cc', addresses(email.cc)],
		['Message-ID', email.messageId ?? ''],
		['Files', files.join(', ')],
	];
	const head = rows
		.filter(([, value]) => value !== '')
		.map(([label, value]) => `<strong>${label}:</strong> ${escapeHtml(value)}`);
	return `<hr><h2>${escapeHtml(email.subject ?? '(no subject)')}</h2><p>${head.join('<br>')}</p><blockquote>${content}</blockquote>`;
}
