import { stixId } from '../../stix';
import { REPORT, REPORT_ADD, type ReportNode, type StoredReport } from '../documents';
import type { Platform } from '../platform';
import {
	CREATE_DEFAULTS,
	finish,
	inputOf,
	resolve,
	type ContainerKind,
	type ContainerResult,
	type CreateOptions,
	type Resolved,
} from './container';
import type { DraftWarning } from './draft';
import { locate, type Located } from './locate';
import type { ReportDraft } from './reportFromEmail';

/** The report on the platform, made or completed. */
export interface ReportResult extends ContainerResult {
	published: string;
	reportTypes: string[];
	reliability?: string;
}

export const REPORTS: ContainerKind<ReportDraft, StoredReport> = {
	entityType: 'Report',
	typeName: 'Report',
	pages: 'dashboard/analyses/reports',
	read: async (platform, id) => (await platform.call(REPORT, { id })).report,
	dateOf: ({ published }) => new Date(published).toISOString(),
	dateOfDraft: ({ published }) => published,
	renamed: (draft, name) => ({
		...draft,
		name,
		standardId: stixId('report', { name, published: draft.published }),
	}),
};

/** Creates or completes the report, then uploads its files one by one. See `OpenCtiClient.createReport`. */
export async function createReport(
	platform: Platform,
	draft: ReportDraft,
	options: CreateOptions,
): Promise<ReportResult> {
	const resolved = await resolve(platform, draft, options);
	return writeReport(platform, { ...(await locateReport(platform, draft, options)), resolved, options });
}

export type LocatedReport = Located<ReportDraft, StoredReport>;

/** The report as it may stand already. */
export const locateReport = (platform: Platform, draft: ReportDraft, options: CreateOptions): Promise<LocatedReport> =>
	locate(platform, REPORTS, draft, options);

/** Makes the report, or adds what is missing to the one that is there. */
export async function writeReport(
	platform: Platform,
	{ draft, existing, resolved, options }: LocatedReport & { resolved: Resolved; options: CreateOptions },
): Promise<ReportResult> {
	const { missingReportTypes = CREATE_DEFAULTS.missingReportTypes } = options;
	const types = await platform.references.vocabulary(
		'report_types_ov',
		// Only an option that must act before the report exists makes the vocabulary worth reading.
		missingReportTypes === 'skip' ? [] : draft.reportTypes,
		missingReportTypes,
	);
	const externalReferences = await platform.references.externalReferences(draft.externalReferences);
	const takesText = existing !== null && lacksText(existing, draft);
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
						...(existing.description ? {} : { description: draft.description }),
						...(existing.content ? {} : { content: draft.content }),
					}),
			...inputOf(draft, { existing, resolved, externalReferences, takesText }),
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
		resolved,
		warnings: [
			...(existing === null ? unknownReliability(draft, node) : keptTexts(draft, existing)),
			...unknownTypes(lost),
		],
		options,
	});
	return {
		...result,
		published: existing?.published ?? draft.published,
		reportTypes: stored,
		...(node.x_opencti_reliability ? { reliability: node.x_opencti_reliability } : {}),
	};
}

/** Whether text of the message goes into a report that is there: where it has none. */
function lacksText(existing: StoredReport, draft: ReportDraft): boolean {
	return (!existing.description && draft.description !== '') || (!existing.content && draft.content !== '');
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

/** Told only where the message would say something else than what stands there. */
function keptTexts(draft: ReportDraft, existing: StoredReport): DraftWarning[] {
	const differs = (stored: string | null, drafted: string) =>
		Boolean(stored) && drafted !== '' && stored?.trim() !== drafted.trim();
	if (!differs(existing.description, draft.description) && !differs(existing.content, draft.content)) return [];
	return [
		{
			code: 'text-kept',
			message: 'The report already existed. Its description and its content were not changed.',
		},
	];
}
