import { createHash } from 'node:crypto';
import { stixId } from '../stix';
import {
	DOMAIN_OBJECT_DELETE,
	nodesOf,
	REPORT,
	REPORT_ADD,
	type ContainerNode,
	type MarkingNode,
	type StoredFile,
	type StoredReport,
} from './documents';
import type { ContainerDraft, DraftWarning, ReportDraft, SkippedFile } from './draft';
import { OpenCtiError } from './errors';
import { missingMarkings, type MissingValues, type References } from './references';
import type { Session } from './session';
import { uploadFiles, type UploadedFile, type UploadOptions } from './upload';

export interface CreateOptions extends UploadOptions {
	/** Labels that the platform does not have. Making them needs SETTINGS_SETLABELS. Default `create`. */
	missingLabels?: MissingValues;
	/** Report types that the platform does not have. Making them needs SETTINGS_SETVOCABULARIES. Default `skip`, with a warning. */
	missingReportTypes?: MissingValues;
	/**
	 * Another message already gave a report of the same name and date, which are all of a report's identity:
	 * `separate` adds a mark of the Message-ID to the name, `merge` adds to the report that is there. Default `separate`.
	 */
	sameNameAndDate?: 'separate' | 'merge';
	/** A report that this call made and that came out less marked than asked is kept, or deleted. Default `keep`. */
	onMarkingMismatch?: 'keep' | 'delete';
}

/** What a creation did. */
export interface ContainerResult {
	/** Internal id on the platform. */
	id: string;
	standardId: string;
	name: string;
	/** Its page on the platform. */
	url: string;
	/** False when it was there before. */
	created: boolean;
	/** Definitions, such as `TLP:AMBER+STRICT`. */
	markings: string[];
	labels: string[];
	author?: { id: string; name: string };
	files: UploadedFile[];
	skippedFiles: SkippedFile[];
	warnings: DraftWarning[];
	/** False when a file is missing; running it again completes it. */
	complete: boolean;
}

export interface ReportResult extends ContainerResult {
	published: string;
	reportTypes: string[];
}

/** Creates or updates the report, then uploads its files one by one. See `OpenCtiClient.createReport`. */
export async function createReport(
	session: Session,
	references: References,
	given: ReportDraft,
	options: CreateOptions,
): Promise<ReportResult> {
	const resolved = await resolve(references, given, options);
	const types = await references.vocabulary(
		'report_types_ov',
		uncommon(given.reportTypes, options),
		options.missingReportTypes ?? 'skip',
	);
	const { draft, existing } = await locate(session, given, options);
	const { reportAdd: node } = await session.call(REPORT_ADD, {
		input: {
			name: draft.name,
			published: draft.published,
			report_types: draft.reportTypes,
			...(draft.reliability === undefined ? {} : { x_opencti_reliability: draft.reliability }),
			...commonInput(draft, resolved, await references.externalReferences(draft.externalReferences)),
		},
	});
	const warnings = [...draft.warnings, ...resolved.warnings, ...differences(draft, node, resolved)];
	const lost = [...types.skipped, ...draft.reportTypes.filter((type) => !(node.report_types ?? []).includes(type))];
	if (lost.length > 0) {
		warnings.push({
			code: 'report-type-unknown',
			message: `The platform has no report type ${[...new Set(lost)].join(', ')}: left out.`,
		});
	}
	const stored = nodesOf(existing?.importFiles);
	const result = await finish(
		session,
		draft,
		node,
		resolved.markings,
		stored,
		existing === null,
		warnings,
		options,
		reportUrl,
	);
	return { ...result, published: draft.published, reportTypes: node.report_types ?? [] };
}

export const reportUrl = (baseUrl: string, id: string) => `${baseUrl}/dashboard/analyses/reports/${id}`;

/** Only an option that must act before the report exists makes the vocabulary worth reading. */
const uncommon = (types: readonly string[], options: CreateOptions) =>
	(options.missingReportTypes ?? 'skip') === 'skip' ? [] : types;

export interface Resolved {
	markings: MarkingNode[];
	author?: string;
	labels: string[];
	warnings: DraftWarning[];
}

/** Everything that the container refers to, before anything is created. */
export async function resolve(
	references: References,
	draft: ContainerDraft,
	options: CreateOptions,
): Promise<Resolved> {
	const markings = await references.markings(draft.markings);
	const author = draft.author === undefined ? undefined : await references.author(draft.author);
	const labels = await references.labels(draft.labels, options.missingLabels ?? 'create');
	const warnings = labels.skipped.map((label) => ({
		code: 'label-unknown',
		message: `The platform has no label ${JSON.stringify(label)}: left out.`,
	}));
	return { markings, ...(author === undefined ? {} : { author }), labels: labels.ids, warnings };
}

/** The report as it may stand already. A report of the same name and date that another message gave is not this one. */
async function locate(
	session: Session,
	draft: ReportDraft,
	options: CreateOptions,
): Promise<{ draft: ReportDraft; existing: StoredReport | null }> {
	const { report } = await session.call(REPORT, { id: draft.standardId });
	if (report === null || options.sameNameAndDate === 'merge' || !isOfAnotherMessage(report.externalReferences, draft)) {
		return { draft, existing: report };
	}
	const name = `${draft.name} ${messageMark(draft)}`;
	const warning = {
		code: 'same-name-and-date',
		message: 'Another message already gave a report of this name and date: this one carries a mark in its name.',
	};
	const separate: ReportDraft = {
		...draft,
		name,
		standardId: stixId('report', { name, published: draft.published }),
		warnings: [...draft.warnings, warning],
	};
	const second = await session.call(REPORT, { id: separate.standardId });
	return { draft: separate, existing: second.report };
}

/** Tells messages of the same subject and date apart, in a name: the same on every run. */
export function messageMark({ messageId = '' }: ContainerDraft): string {
	return `[${createHash('sha256').update(messageId).digest('hex').slice(0, 8)}]`;
}

export function isOfAnotherMessage(stored: StoredReport['externalReferences'], draft: ContainerDraft): boolean {
	if (draft.messageId === undefined) return false;
	const mails = nodesOf(stored).filter(
		(reference) => reference.source_name === 'email' && reference.external_id !== null,
	);
	return mails.length > 0 && !mails.some((reference) => reference.external_id === draft.messageId);
}

export function commonInput(draft: ContainerDraft, resolved: Resolved, externalReferences: string[]) {
	return {
		description: draft.description,
		content: draft.content,
		...(draft.confidence === undefined ? {} : { confidence: draft.confidence }),
		...(resolved.author === undefined ? {} : { createdBy: resolved.author }),
		objectMarking: resolved.markings.map(({ id }) => id),
		objectLabel: resolved.labels,
		externalReferences,
		objects: draft.objects,
	};
}

/** What the platform made of it otherwise than asked, markings apart. */
export function differences(draft: ContainerDraft, node: ContainerNode, resolved: Resolved): DraftWarning[] {
	const warnings: DraftWarning[] = [];
	if (node.standard_id !== draft.standardId) {
		warnings.push({
			code: 'standard-id-differs',
			message: `The platform gave it the id ${node.standard_id} instead of ${draft.standardId}.`,
		});
	}
	if (resolved.author !== undefined && node.createdBy?.id !== resolved.author) {
		warnings.push({
			code: 'author-kept',
			message: `Its author is ${node.createdBy?.name ?? 'nobody'}: the platform keeps the author of what was there before.`,
		});
	}
	const have = new Set((node.objectLabel ?? []).map(({ id }) => id));
	const lost = resolved.labels.filter((id) => !have.has(id)).length;
	if (lost > 0) warnings.push({ code: 'labels-missing', message: `${lost} label(s) did not arrive.` });
	return warnings;
}

/** Checks the markings, then uploads the files under the same ones. */
export async function finish(
	session: Session,
	draft: ContainerDraft,
	node: ContainerNode,
	asked: readonly MarkingNode[],
	stored: readonly StoredFile[],
	created: boolean,
	warnings: DraftWarning[],
	options: CreateOptions,
	urlOf: (baseUrl: string, id: string) => string,
): Promise<ContainerResult> {
	const url = urlOf(session.baseUrl, node.id);
	await checkMarkings(session, node, asked, created, url, options);
	const markings = node.objectMarking ?? [];
	const files = await uploadFiles(
		session,
		node.id,
		draft.files,
		markings.map(({ id }) => id),
		stored,
		options,
	);
	return {
		id: node.id,
		standardId: node.standard_id,
		name: node.name,
		url,
		created,
		markings: markings.map(({ definition, standard_id }) => definition ?? standard_id),
		labels: (node.objectLabel ?? []).map(({ value }) => value),
		...(node.createdBy === null ? {} : { author: { id: node.createdBy.id, name: node.createdBy.name } }),
		files,
		skippedFiles: draft.skippedFiles,
		warnings,
		complete: files.every(({ status }) => status === 'uploaded' || status === 'present'),
	};
}

async function checkMarkings(
	session: Session,
	node: ContainerNode,
	asked: readonly MarkingNode[],
	created: boolean,
	url: string,
	options: CreateOptions,
): Promise<void> {
	const missing = missingMarkings(asked, node.objectMarking ?? []);
	if (missing.length === 0) return;
	const names = missing.map(({ definition, standard_id }) => definition ?? standard_id).join(', ');
	const remove = created && options.onMarkingMismatch === 'delete';
	if (remove) await session.call(DOMAIN_OBJECT_DELETE, { id: node.id });
	throw new OpenCtiError(
		'OPENCTI_MARKING_MISMATCH',
		`${node.entity_type} ${JSON.stringify(node.name.slice(0, 100))} came out without ${names}; no file was uploaded`,
		{
			hint: remove ? 'It was deleted again.' : `Mark it by hand or delete it: ${url}`,
			...(remove ? {} : { entityId: node.id, entityUrl: url }),
		},
	);
}
