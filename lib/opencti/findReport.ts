import { stixId } from '../stix';
import { nodesOf, REFERENCED, REPORT, type StoredReport } from './documents';
import { instant } from '../settings';
import { openCtiSettings } from './errors';
import { reportUrl } from './createReport';
import type { Session } from './session';

export type ReportQuery =
	/** Message-ID of the mail, as in its header. */
	| { messageId: string }
	/** A text without a zone is UTC. */
	| { name: string; published: Date | string }
	/** Internal id, standard id or STIX id. */
	| { id: string };

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
export async function findReports(session: Session, query: ReportQuery): Promise<FoundReport[]> {
	if ('messageId' in query) return reportsOfMessage(session, query.messageId);
	const id = 'id' in query ? query.id : stixId('report', { name: query.name, published: publishedOf(query.published) });
	const { report } = await session.call(REPORT, { id });
	return report === null ? [] : [found(session, report)];
}

async function reportsOfMessage(session: Session, messageId: string): Promise<FoundReport[]> {
	// The reference's id follows from its content: no search, and no near misses.
	const id = stixId('external-reference', { source_name: 'email', external_id: messageId.trim() });
	const { externalReference } = await session.call(REFERENCED, { id, types: ['Report'] });
	const reports: FoundReport[] = [];
	for (const node of nodesOf(externalReference?.references)) {
		if (node.__typename !== 'Report' || node.id === undefined) continue;
		const { report } = await session.call(REPORT, { id: node.id });
		if (report !== null) reports.push(found(session, report));
	}
	return reports;
}

function found(session: Session, report: StoredReport): FoundReport {
	return {
		id: report.id,
		standardId: report.standard_id,
		name: report.name,
		url: reportUrl(session.baseUrl, report.id),
		published: report.published,
		reportTypes: report.report_types ?? [],
		markings: (report.objectMarking ?? []).map(({ definition, standard_id }) => definition ?? standard_id),
		labels: (report.objectLabel ?? []).map(({ value }) => value),
		...(report.createdBy === null ? {} : { author: { id: report.createdBy.id, name: report.createdBy.name } }),
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
