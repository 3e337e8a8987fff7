import { instant } from '../../settings';
import { stixId } from '../../stix';
import { nodesOf, type StoredReport } from '../documents';
import { openCtiSettings, type Platform } from '../platform';
import { summaryOf } from './container';
import { ofMessage } from './locate';
import { REPORTS } from './report';

/** Which report is looked for: that of a message, one by name and date, or one by its id. */
export type ReportQuery =
	/** Message-ID of the mail, as in its header. */
	| { messageId: string }
	| { name: string; published: Date | string }
	/** Internal id, standard id or STIX id. */
	| { id: string };

/** A report that is on the platform. */
export interface FoundReport {
	id: string;
	standardId: string;
	name: string;
	url: string;
	published: string;
	reportTypes: string[];
	markings: string[];
	labels: string[];
	author?: { id: string; name: string };
	files: { id: string; name: string; size?: number }[];
	externalReferences: { sourceName: string; externalId?: string }[];
}

/** Reports by what identifies them; see `OpenCtiClient.findReports`. */
export async function findReports(platform: Platform, query: ReportQuery): Promise<FoundReport[]> {
	if ('messageId' in query) {
		const reports = await ofMessage(platform, REPORTS, query.messageId.trim());
		return reports.map((report) => found(platform, report));
	}
	const id = 'id' in query ? query.id : stixId('report', { name: query.name, published: publishedOf(query.published) });
	const report = await REPORTS.read(platform, id);
	return report === null ? [] : [found(platform, report)];
}

function found(platform: Platform, report: StoredReport): FoundReport {
	return {
		...summaryOf(REPORTS, platform, report),
		published: report.published,
		reportTypes: report.report_types ?? [],
		files: nodesOf(report.importFiles).map(({ id, name, size }) => ({ id, name, ...(size === null ? {} : { size }) })),
		externalReferences: nodesOf(report.externalReferences).map(({ source_name, external_id }) => ({
			sourceName: source_name,
			...(external_id === null ? {} : { externalId: external_id }),
		})),
	};
}

/** @throws OpenCtiError `OPENCTI_INPUT` */
function publishedOf(published: Date | string): string {
	return openCtiSettings(() => instant('published', published)).toISOString();
}
