import type { Email } from '../../email';
import { readHtml } from '../../indicators';
import { OPENCTI_LIMITS } from '../../limits';
import { finish, type Steps } from '../../steps';
import { stixId } from '../../stix';
import { storable } from '../../storable';
import { defangText } from './defang';
import { containerParts, nameOf, publishedOf, type FromEmailOptions } from './containerFromEmail';
import type { ContainerDraft, DraftWarning } from './draft';
import { escapeMarkdown } from './markdown';

/** An incident before it is on the platform; {@link incidentFromEmail} makes it. */
export interface IncidentDraft extends ContainerDraft {
	kind: 'incident';
	/** RFC 3339 in UTC with milliseconds. Part of the incident's id, as the name is. */
	created: string;
	/** A value of incident_type_ov. */
	incidentType: string;
	/** A value of incident_severity_ov. */
	severity: string;
	/** Where it is known from; empty for nothing. */
	source: string;
	/** Ids of users. */
	assignees: string[];
	/** Ids of users. */
	participants: string[];
}

/** Options of {@link incidentFromEmail}. */
export interface IncidentFromEmailOptions extends FromEmailOptions {
	/** A value of incident_type_ov. Default {@link INCIDENT_DEFAULTS}. */
	incidentType?: string | undefined;
	/** A value of incident_severity_ov. Default {@link INCIDENT_DEFAULTS}. */
	severity?: string | undefined;
	/** Where it is known from. Default {@link INCIDENT_DEFAULTS}. */
	source?: string | undefined;
	assignees?: readonly string[] | undefined;
	participants?: readonly string[] | undefined;
}

/** What an incident is where nobody says otherwise. */
export const INCIDENT_DEFAULTS = { incidentType: 'phishing', severity: 'medium', source: 'Email' } as const;

/**
 * What a message becomes as an incident. The platform gives incidents no content: the text of the message is at the end of the
 * description, quoted, its links defanged. Pure.
 *
 * @throws as `reportFromEmail`
 */
export function incidentFromEmail(email: Email, options: IncidentFromEmailOptions = {}): IncidentDraft {
	return finish(incidentSteps(email, options));
}

/** {@link incidentFromEmail}, with places where it may pause. */
export function* incidentSteps(email: Email, options: IncidentFromEmailOptions): Steps<IncidentDraft> {
	const warnings: DraftWarning[] = [];
	const name = nameOf(email, options.namePrefix, warnings);
	const created = publishedOf(email, options, warnings);
	const { text, isCut } = quoted(email);
	const parts = yield* containerParts(email, options, warnings, text);
	if (isCut) warnings.push(TEXT_CUT);
	return storable({
		kind: 'incident' as const,
		...parts,
		content: '',
		...(isCut || warnings.some(({ code }) => code === 'name-cut') ? { incomplete: true as const } : {}),
		name,
		created,
		incidentType: options.incidentType ?? INCIDENT_DEFAULTS.incidentType,
		severity: options.severity ?? INCIDENT_DEFAULTS.severity,
		source: options.source ?? INCIDENT_DEFAULTS.source,
		assignees: [...(options.assignees ?? [])],
		participants: [...(options.participants ?? [])],
		standardId: stixId('incident', { name, created }),
		warnings,
	});
}

const { maxIncidentTextCharacters } = OPENCTI_LIMITS;

const TEXT_CUT: DraftWarning = {
	code: 'content-cut',
	message: `The text of the message is longer than ${maxIncidentTextCharacters} characters. The description of the incident contains only its beginning. To keep all of it, upload the original message.`,
};

/** The text of a message as a quotation in Markdown: what it says is shown, and does nothing. */
function quoted(email: Email): { text: string; isCut: boolean } {
	const whole = (email.text?.trim() || (email.html === undefined ? '' : readHtml(email.html).text)).trim();
	if (whole === '') return { text: 'The message has no text.', isCut: false };
	const isCut = whole.length > maxIncidentTextCharacters;
	const lines = defangText(whole.slice(0, maxIncidentTextCharacters)).split(/\r\n|\r|\n/);
	// Two blanks at the end of a line keep it a line.
	const shown = lines.map((line) => `> ${escapeMarkdown(line, maxIncidentTextCharacters * 2)}`.trimEnd());
	return { text: ['**Text of the message**', '', shown.join('  \n')].join('\n'), isCut };
}
