import { campaignNote, reporterNote, type ReportDraft, type ReportResult } from '../container';
import { attempt, type Platform } from '../platform';
import { addNotes } from './addNotes';
import type { BundleReportResult } from './createReportFromBundle';
import { isWhole } from './importedObject';

/** `created` of the note of a message that names no time. Never the clock: processed again, it is the same note. */
const UNDATED = '1970-01-01T00:00:00.000Z';

/**
 * What is new of a report that was there already: a further message of its campaign, or a further reporter of its message. Each is a note
 * on it, marked as the report is and was meant to be, whichever is stricter. The report's text stays. The note fails alone: the report
 * stands, and that is told.
 */
export async function addFurther(
	platform: Platform,
	report: ReportResult | BundleReportResult,
	draft: ReportDraft,
): Promise<ReportResult | BundleReportResult> {
	const further = furtherOf(report, draft);
	if (further === undefined) return report;
	const { abstract, content, what, code } = further;
	const note = { title: abstract, content, created: draft.reported?.at ?? draft.campaign?.sentAt ?? UNDATED };
	const tried = await attempt(async () => {
		const atLeast = await platform.references.markings([...draft.markings, ...report.markings]);
		return addNotes(platform, report, [note], atLeast);
	});
	if (!('value' in tried)) {
		const message = `A note on ${what} could not be added: ${tried.failure.message}`;
		return { ...report, warnings: [...report.warnings, { code, message }], complete: false };
	}
	const { objects, warnings } = tried.value;
	return {
		...report,
		objects: [...('objects' in report ? report.objects : []), ...objects],
		warnings: [...report.warnings, ...warnings],
		complete: report.complete && objects.every(isWhole),
	};
}

/** What the note says; undefined where nothing is new. */
function furtherOf({ reports, campaign }: ReportResult, draft: ReportDraft) {
	const { reported } = draft;
	const of = draft.campaign === undefined ? 'message' : 'campaign';
	const lines = reported === undefined || reports === undefined ? '' : reporterNote(reported, reports.count, of);
	if (draft.campaign !== undefined && campaign?.isFurther === true) {
		const message = campaignNote(draft.campaign, campaign.count);
		return {
			abstract: 'Further message of the campaign',
			content: lines === '' ? message : `${message}\n\n${lines}`,
			what: 'a further message of the campaign',
			code: 'campaign-message-not-added',
		};
	}
	if (reports?.isFurther !== true) return undefined;
	return {
		abstract: 'Reported again',
		content: lines,
		what: 'who reported the message again',
		code: 'reporter-not-added',
	};
}
