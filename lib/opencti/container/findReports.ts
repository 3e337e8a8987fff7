import { stixId } from '../../stix';
import { nodesOf, REFERENCED, REPORT, type StoredReport } from '../documents';
import { OpenCtiError } from '../platform/errors';
import { reportUrl } from './container';
import type { Session } from '../platform/platform';

export type ReportQuery =
	/** Message-ID of the mail, as in its header. */
	| { messageId: string }
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
	const id = 'id' in query ? query.id : stixId('report', { name: query.name, published: instant(query.published) });
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

function instant(published: Date | string): string {
	const date = new Date(published);
	if (!Number.isNaN(date.getTime())) return date.toISOString();
	throw new OpenCtiError('OPENCTI_INPUT', 'The publication date is not a date', {
		hint: 'Write it as 2025-04-16T10:10:10Z.',
	});
}
