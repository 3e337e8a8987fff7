import type { Reported } from '../../reported';
import { reporterNote, type ReportResult } from '../container';
import { attempt, type Platform } from '../platform';
import type { BundleReportResult } from './createReportFromBundle';
import { addNotes } from './addNotes';
import { isWhole } from './importedObject';

const NOTE_TITLE = 'Reported again';
/** `created` of the note of a report that names no time. Never the clock: processed again, it is the same note. */
const UNDATED = '1970-01-01T00:00:00.000Z';

/**
 * A further reporter of a message that has its report already: a note on it, marked as it is. The report's text stays. The note fails
 * alone: the report stands, and that is told.
 */
export async function addReporter(
	platform: Platform,
	report: ReportResult | BundleReportResult,
	reported: Reported | undefined,
): Promise<ReportResult | BundleReportResult> {
	if (reported === undefined || report.reports?.isFurther !== true) return report;
	const content = reporterNote(reported, report.reports.count);
	const note = { title: NOTE_TITLE, content, created: reported.at ?? UNDATED };
	const tried = await attempt(async () => {
		const atLeast = await platform.references.markings(report.markings);
		return addNotes(platform, report, [note], atLeast);
	});
	if (!('value' in tried)) {
		const message = `A note on who reported the message again could not be added: ${tried.failure.message}`;
		return { ...report, warnings: [...report.warnings, { code: 'reporter-not-added', message }], complete: false };
	}
	const { objects, warnings } = tried.value;
	return {
		...report,
		objects: [...('objects' in report ? report.objects : []), ...objects],
		warnings: [...report.warnings, ...warnings],
		complete: report.complete && objects.every(isWhole),
	};
}
