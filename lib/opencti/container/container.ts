import { createHash } from 'node:crypto';
import { stixId } from '../../stix';
import {
	DOMAIN_OBJECT_DELETE,
	nodesOf,
	REPORT,
	REPORT_ADD,
	type ContainerNode,
	type MarkingNode,
	type StoredContainer,
	type StoredReport,
} from '../documents';
import type { ContainerDraft, DraftWarning, ReportDraft, SkippedFile } from './draft';
import { OpenCtiError } from '../platform/errors';
import { missingMarkings, strictest, type MissingValues, type References } from '../platform/references';
import type { Session } from '../platform/platform';
import { uploadFiles, type UploadedFile, type UploadOptions } from './uploadFiles';

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
	/** False when a file or something of the message is missing. What the platform refused, running it again completes. */
	complete: boolean;
}

export interface ReportResult extends ContainerResult {
	published: string;
	reportTypes: string[];
}

/** Creates or completes the report, then uploads its files one by one. See `OpenCtiClient.createReport`. */
export async function createReport(
	session: Session,
	references: References,
	given: ReportDraft,
	options: CreateOptions,
): Promise<ReportResult> {
	const resolved = await resolve(references, given, options);
	return writeReport(session, references, await locateReport(session, given, options), resolved, options);
}

/** A draft, and the report that it completes. */
export interface LocatedReport {
	draft: ReportDraft;
	existing: StoredReport | null;
}

/** Makes the report, or adds what is missing to the one that is there. */
export async function writeReport(
	session: Session,
	references: References,
	{ draft, existing }: LocatedReport,
	resolved: Resolved,
	options: CreateOptions,
): Promise<ReportResult> {
	const types = await references.vocabulary(
		'report_types_ov',
		uncommon(draft.reportTypes, options),
		options.missingReportTypes ?? 'skip',
	);
	const externalReferences = await references.externalReferences(draft.externalReferences);
	const { reportAdd: node } = await session.call(REPORT_ADD, {
		input: {
			...(existing === null
				? {
						name: draft.name,
						published: draft.published,
						report_types: draft.reportTypes,
						...(draft.reliability === undefined ? {} : { x_opencti_reliability: draft.reliability }),
					}
				: // Its own name and date, for they are its identity, whatever a person made of them.
					{ name: existing.name, published: existing.published }),
			...commonInput(draft, resolved, externalReferences, existing),
		},
	});
	const warnings = [
		...draft.warnings,
		...resolved.warnings,
		...differences(draft, node, resolved, existing),
		...(existing === null ? [] : keptTexts(draft, existing)),
	];
	const lost =
		existing === null
			? [...types.skipped, ...draft.reportTypes.filter((type) => !(node.report_types ?? []).includes(type))]
			: types.skipped;
	if (lost.length > 0) {
		warnings.push({
			code: 'report-type-unknown',
			message: `The platform has no report type ${[...new Set(lost)].join(', ')}: left out.`,
		});
	}
	const result = await finish(session, references, {
		draft,
		node,
		existing,
		mustCarry: existing === null || takesText(draft, existing),
		resolved,
		warnings,
		options,
		urlOf: reportUrl,
		read,
	});
	return { ...result, published: existing?.published ?? draft.published, reportTypes: node.report_types ?? [] };
}

const read = async (session: Session, id: string) => (await session.call(REPORT, { id })).report;

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
export async function locateReport(
	session: Session,
	draft: ReportDraft,
	options: CreateOptions,
): Promise<LocatedReport> {
	const report = await read(session, draft.standardId);
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
	return { draft: separate, existing: await read(session, separate.standardId) };
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

/**
 * What reports and cases are given alike. To one that is there only what adds to it: its text (unless empty), marking, author
 * and confidence are what its people made of them. Its own confidence is sent back, for none would mean the user's highest.
 */
export function commonInput(
	draft: ContainerDraft,
	resolved: Resolved,
	externalReferences: string[],
	existing: StoredContainer | null,
) {
	const added = { objectLabel: resolved.labels, externalReferences, objects: draft.objects };
	const objectMarking = resolved.markings.map(({ id }) => id);
	if (existing !== null) {
		return {
			...added,
			...(existing.description ? {} : { description: draft.description }),
			...(existing.content ? {} : { content: draft.content }),
			// It must be as strict as the text that goes into it.
			...(takesText(draft, existing) ? { objectMarking } : {}),
			...(existing.confidence === null ? {} : { confidence: existing.confidence }),
		};
	}
	return {
		...added,
		description: draft.description,
		content: draft.content,
		...(draft.confidence === undefined ? {} : { confidence: draft.confidence }),
		...(resolved.author === undefined ? {} : { createdBy: resolved.author }),
		objectMarking,
	};
}

/** Whether text of the message goes into a container that is there: where it has none. */
export function takesText(draft: ContainerDraft, existing: StoredContainer): boolean {
	return (!existing.description && draft.description !== '') || (!existing.content && draft.content !== '');
}

/** What the platform made of it otherwise than asked; a marking that a new one lacks is not among them. */
export function differences(
	draft: ContainerDraft,
	node: ContainerNode,
	resolved: Resolved,
	existing: StoredContainer | null,
): DraftWarning[] {
	const warnings: DraftWarning[] = [];
	const standardId = existing?.standard_id ?? draft.standardId;
	if (node.standard_id !== standardId) {
		warnings.push({
			code: 'standard-id-differs',
			message: `The platform gave it the id ${node.standard_id} instead of ${standardId}.`,
		});
	}
	if (resolved.author !== undefined && node.createdBy?.id !== resolved.author) {
		warnings.push({
			code: 'author-kept',
			message: `Its author is ${node.createdBy?.name ?? 'nobody'}: what was there before keeps its author.`,
		});
	}
	const lower = existing === null ? [] : missingMarkings(resolved.markings, node.objectMarking ?? []);
	if (lower.length > 0) {
		const has = (node.objectMarking ?? []).map(nameOfMarking).join(', ') || 'nothing';
		warnings.push({
			code: 'marking-kept',
			message: `It was there before, marked ${has}, and stays so. What was added is marked ${lower.map(nameOfMarking).join(', ')}.`,
		});
	}
	const have = new Set((node.objectLabel ?? []).map(({ id }) => id));
	const lost = resolved.labels.filter((id) => !have.has(id)).length;
	if (lost > 0) warnings.push({ code: 'labels-missing', message: `${lost} label(s) did not arrive.` });
	return warnings;
}

const nameOfMarking = ({ definition, standard_id }: MarkingNode) => definition ?? standard_id;

/** Told only where the message would say something else than what stands there. */
function keptTexts(draft: ReportDraft, existing: StoredReport): DraftWarning[] {
	const differs = (stored: string | null, drafted: string) =>
		Boolean(stored) && drafted !== '' && stored?.trim() !== drafted.trim();
	if (!differs(existing.description, draft.description) && !differs(existing.content, draft.content)) return [];
	return [
		{
			code: 'text-kept',
			message: 'The report was there before: its description and its content stay as they are.',
		},
	];
}

/** A container as the platform answered its creation, and what it was made of. */
export interface Written {
	draft: ContainerDraft;
	node: ContainerNode;
	/** As it stood before. */
	existing: StoredContainer | null;
	/** It must carry the markings that are asked for: it is new, or text goes into it. */
	mustCarry: boolean;
	resolved: Resolved;
	warnings: DraftWarning[];
	options: CreateOptions;
	urlOf: (baseUrl: string, id: string) => string;
	read: (session: Session, id: string) => Promise<ContainerNode | null>;
}

/** Checks the markings of what was made, then uploads the files: marked as asked and as it is, whichever is stricter. */
export async function finish(session: Session, references: References, written: Written): Promise<ContainerResult> {
	const { draft, existing, resolved, warnings, options } = written;
	const url = written.urlOf(session.baseUrl, written.node.id);
	const node = written.mustCarry ? await proved(session, written, url) : written.node;
	const markings = node.objectMarking ?? [];
	const files = await uploadFiles(
		session,
		references,
		node.id,
		draft.files,
		strictest([...resolved.markings, ...markings]),
		nodesOf(existing?.importFiles),
		options,
	);
	return {
		id: node.id,
		standardId: node.standard_id,
		name: node.name,
		url,
		created: existing === null,
		markings: markings.map(nameOfMarking),
		labels: (node.objectLabel ?? []).map(({ value }) => value),
		...(node.createdBy === null ? {} : { author: { id: node.createdBy.id, name: node.createdBy.name } }),
		files,
		skippedFiles: draft.skippedFiles,
		warnings: [...warnings, ...lessMarked(files)],
		complete: draft.incomplete !== true && files.every(({ status }) => status === 'uploaded' || status === 'present'),
	};
}

function lessMarked(files: readonly UploadedFile[]): DraftWarning[] {
	const names = files.filter((file) => file.lessMarked).map(({ name }) => name);
	if (names.length === 0) return [];
	return [
		{
			code: 'file-marking-kept',
			message: `Files that were there before keep markings that are lower than asked: ${names.join(', ')}.`,
		},
	];
}

/** The container with its markings: where the answer to its creation lacks one, a read decides. */
async function proved(
	session: Session,
	{ node, existing, resolved: { markings: asked }, options, read }: Written,
	url: string,
): Promise<ContainerNode> {
	if (missingMarkings(asked, node.objectMarking ?? []).length === 0) return node;
	const stored = (await read(session, node.id)) ?? node;
	const missing = missingMarkings(asked, stored.objectMarking ?? []);
	if (missing.length === 0) return stored;
	const names = missing.map(nameOfMarking).join(', ');
	const remove = existing === null && options.onMarkingMismatch === 'delete';
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
