import { stixId } from '../../stix';
import { REPORT, REPORT_ADD, type ReportNode, type StoredReport } from '../documents';
import { answeredTime, type Platform } from '../platform';
import { CAMPAIGN_SOURCE, campaignId, countMessages, isFirstOf, type CampaignCount } from './campaignReport';
import { CREATE_DEFAULTS, finish, inputOf, lacksText, type ContainerKind, type ContainerResult } from './container';
import type { ToWrite, Writer } from './createContainer';
import type { DraftWarning } from './draft';
import { locate, locateCampaign, type Located } from './locate';
import type { ReportDraft } from './reportFromEmail';
import { countReports, type ReportCount } from './reporters';

/** The report on the platform, made or completed. */
export interface ReportResult extends ContainerResult {
	published: string;
	reportTypes: string[];
	reliability?: string;
	/** How often its message was reported, and whether this is a further time. Of a message that nobody reported: absent. */
	reports?: ReportCount;
	/** Of a report for a campaign and day: how many messages it has, and whether this is a further one. */
	campaign?: CampaignCount;
}

export const REPORTS: ContainerKind<ReportDraft, StoredReport> = {
	entityType: 'Report',
	typeName: 'Report',
	pages: 'dashboard/analyses/reports',
	read: async (platform, id) => (await platform.call(REPORT, { id })).report,
	dateOf: ({ published }) => answeredTime(published),
	dateOfDraft: ({ published }) => published,
	renamed: (draft, name) => ({
		...draft,
		name,
		standardId: stixId('report', { name, published: draft.published }),
	}),
};

export type LocatedReport = Located<ReportDraft, StoredReport>;

/** How a report is found and written. */
export const REPORT_WRITER: Writer<ReportDraft, StoredReport, ReportResult> = {
	locate: (platform, draft, options) =>
		draft.campaign === undefined
			? locate(platform, REPORTS, draft, options)
			: locateCampaign(platform, REPORTS, draft, {
					sourceName: CAMPAIGN_SOURCE,
					externalId: campaignId(draft.campaign),
				}),
	write: writeReport,
};

/** Makes the report, or adds what is missing to the one that is there. */
async function writeReport(
	platform: Platform,
	{ draft, existing, resolved, options }: ToWrite<ReportDraft, StoredReport>,
): Promise<ReportResult> {
	const { missingReportTypes = CREATE_DEFAULTS.missingReportTypes } = options;
	const types = await platform.references.vocabulary(
		'report_types_ov',
		// Only an option that must act before the report exists makes the vocabulary worth reading.
		missingReportTypes === 'skip' ? [] : draft.reportTypes,
		missingReportTypes,
	);
	// The text of a campaign's report is that of its first message.
	const isOfAnother = draft.campaign !== undefined && !isFirstOf(existing, draft);
	const isUpdate = existing !== null && !isOfAnother && options.existing === 'update';
	const takesText = existing !== null && !isOfAnother && (isUpdate || lacksText(existing, draft));
	const { reportAdd: node } = await platform.call(REPORT_ADD, {
		input: {
			...(existing === null
				? {
						name: draft.name,
						published: draft.published,
						report_types: draft.reportTypes,
						...(draft.reliability === undefined ? {} : { x_opencti_reliability: draft.reliability }),
					}
				: {
						// Its own name and date, for they are its identity, whatever a person made of them.
						name: existing.name,
						published: existing.published,
						...((existing.description && !isUpdate) || isOfAnother ? {} : { description: draft.description }),
						...((existing.content && !isUpdate) || isOfAnother ? {} : { content: draft.content }),
					}),
			...inputOf(draft, { existing, resolved, takesText }),
		},
	});
	const stored = node.report_types ?? [];
	const lost = [
		...types.skipped,
		...(existing === null ? draft.reportTypes.filter((type) => !stored.includes(type)) : []),
	];
	const result = await finish(platform, {
		kind: REPORTS,
		draft,
		node,
		existing,
		mustCarry: existing === null || takesText,
		writesText: takesText,
		resolved,
		warnings: [
			...(existing === null
				? unknownReliability(draft, node)
				: isUpdate || isOfAnother
					? []
					: keptTexts(draft, existing)),
			...unknownTypes(lost),
		],
		options,
	});
	const campaign = countMessages(existing, draft);
	return {
		...result,
		...(campaign === undefined ? {} : { campaign }),
		published: existing?.published ?? draft.published,
		reportTypes: stored,
		...(draft.reported === undefined ? {} : { reports: countReports(existing, draft.reported) }),
		...(node.x_opencti_reliability ? { reliability: node.x_opencti_reliability } : {}),
	};
}

function unknownTypes(types: readonly string[]): DraftWarning[] {
	if (types.length === 0) return [];
	const message = `The platform has no report type ${[...new Set(types)].join(', ')}: left out.`;
	return [{ code: 'report-type-unknown', message }];
}

/** The platform drops a value that its vocabulary does not have. */
function unknownReliability({ reliability }: ReportDraft, node: ReportNode): DraftWarning[] {
	if (reliability === undefined || node.x_opencti_reliability) return [];
	const message = `The platform has no reliability ${JSON.stringify(reliability.slice(0, 100))}: left out.`;
	return [{ code: 'reliability-unknown', message }];
}

const OTHER_CONTENT: DraftWarning = {
	code: 'message-content-differs',
	message:
		'The platform has a report with this Message-ID, name and date whose content is another one. The Message-ID may be forged to hide a message behind a known report: compare both. The content of the report was not changed.',
};

/** Told only where the message would say something else than what stands there. */
function keptTexts(draft: ReportDraft, existing: StoredReport): DraftWarning[] {
	const differs = (stored: string | null, drafted: string) =>
		Boolean(stored) && drafted !== '' && stored?.trim() !== drafted.trim();
	const isOther = differs(existing.content, draft.content);
	// Each report of a message tells of another reporter: what must be the same is the message.
	if (draft.reported !== undefined) return isOther ? [OTHER_CONTENT] : [];
	if (!differs(existing.description, draft.description) && !isOther) return [];
	return [
		{
			code: 'text-kept',
			message: 'The report already existed. Its description and its content were not changed.',
		},
	];
}
