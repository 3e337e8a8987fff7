import { campaignLabels, type CampaignKeys } from '../../campaign';
import type { Email } from '../../email';
import { finish, type Steps } from '../../steps';
import { stixId } from '../../stix';
import { campaignLine, campaignParts, WITHOUT_KEY, type CampaignDay, type CampaignParts } from './campaignReport';
import { containerParts, nameOf, publishedOf, type FromEmailOptions } from './containerFromEmail';
import type { ContainerDraft, DraftWarning } from './draft';
import { storable } from '../../storable';

/** A report before it is on the platform; {@link reportFromEmail} makes it. */
export interface ReportDraft extends ContainerDraft {
	kind: 'report';
	/** RFC 3339 in UTC with milliseconds. Part of the report's id, as the name is. */
	published: string;
	reportTypes: string[];
	/** A value of the platform's reliability_ov, such as `B - Usually reliable`. */
	reliability?: string | undefined;
	/** The report is that of a campaign and a day, and this is one of its messages. */
	campaign?: CampaignDay | undefined;
}

/** Options of {@link reportFromEmail}. */
export interface ReportFromEmailOptions extends FromEmailOptions {
	/** Values of the platform's report_types_ov. Default {@link REPORT_DEFAULTS}. */
	reportTypes?: readonly string[] | undefined;
	/** A value of the platform's reliability_ov. Default none. */
	reliability?: string | undefined;
	/**
	 * One report for all messages of a campaign on one day, and not one for each: its name and date follow from `key` and the day of
	 * `published`. The first message makes its text, each further one adds its objects, its file and a note. Default: one for each.
	 */
	campaign?: CampaignKeys | undefined;
}

/** What a report is where nobody says otherwise. */
export const REPORT_DEFAULTS = { reportTypes: ['threat-report'] } as const;

/**
 * What a message becomes as an OpenCTI report. Pure: same message, same options, same draft.
 *
 * @throws OpenCtiError `OPENCTI_DATE_MISSING` when there is no usable date, `OPENCTI_INPUT` for options that make no
 * sense
 */
export function reportFromEmail(email: Email, options: ReportFromEmailOptions = {}): ReportDraft {
	return finish(reportSteps(email, options));
}

/** {@link reportFromEmail}, with places where it may pause. */
export function* reportSteps(email: Email, options: ReportFromEmailOptions): Steps<ReportDraft> {
	const warnings: DraftWarning[] = [];
	const ofDay = options.campaign === undefined ? undefined : dayOf(email, options.campaign, options, warnings);
	const name = ofDay?.name ?? nameOf(email, options.namePrefix, warnings);
	const published = ofDay?.published ?? publishedOf(email, options, warnings);
	// The text of a report for many is that of one of them: each is among its files.
	const isFile = ofDay !== undefined && email.raw !== undefined;
	const parts = yield* containerParts(email, isFile ? { ...options, originalEmail: true } : options, warnings);
	const isKnownByBytes = parts.messageId === undefined && (options.reported !== undefined || ofDay !== undefined);
	const bytesId = isKnownByBytes ? bytesIdOf(email) : undefined;
	return storable({
		kind: 'report' as const,
		...parts,
		...(ofDay === undefined
			? {}
			: {
					campaign: ofDay.campaign,
					description: `${parts.description}\n\n${campaignLine(ofDay.campaign)}`,
					labels: [...new Set([...parts.labels, ...campaignLabels(options.campaign!)])],
				}),
		...(bytesId === undefined ? {} : { bytesId }),
		externalReferences: [
			...(bytesId === undefined ? [] : [{ sourceName: 'email', externalId: bytesId }]),
			...(ofDay === undefined ? [] : [ofDay.reference]),
			...parts.externalReferences,
		],
		// The whole subject stands nowhere else in a report.
		...(warnings.some(({ code }) => code === 'name-cut') ? { incomplete: true as const } : {}),
		name,
		published,
		reportTypes: [...(options.reportTypes ?? REPORT_DEFAULTS.reportTypes)],
		...(options.reliability === undefined ? {} : { reliability: options.reliability }),
		standardId: stixId('report', { name, published }),
		warnings,
	});
}

function dayOf(
	email: Email,
	campaign: CampaignKeys,
	options: ReportFromEmailOptions,
	warnings: DraftWarning[],
): CampaignParts | undefined {
	if (campaign.key === undefined) {
		warnings.push(WITHOUT_KEY);
		return undefined;
	}
	const published = publishedOf(email, options, warnings);
	return campaignParts(email, campaign, { published, prefix: options.namePrefix });
}

/** Of a message that two people report the mails around it differ, its own bytes do not. */
const bytesIdOf = ({ sha256 }: Email): string | undefined =>
	/^[0-9a-f]{64}$/.test(sha256) ? `sha256:${sha256}` : undefined;
