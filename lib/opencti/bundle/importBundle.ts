import type { AnyBundle, AnyStixObject } from '../../stix';
import type { DraftWarning, ReportDraft } from '../container/draft';
import { readExistingOfTypes } from '../platform/existing';
import {
	checkMarkings,
	importObjects,
	isWhole,
	objectsOf,
	type ImportedObject,
	type ImportOptions,
} from './importObjects';
import { importBundleFile, pushBundle, type FileImportResult, type PushOptions, type PushResult } from './pushBundle';
import { locateReport, resolve, writeReport, type CreateOptions, type ReportResult } from '../container/container';
import type { References } from '../platform/references';
import { reportFromBundle, type ReportFromBundleOptions } from './reportFromBundle';
import type { Session } from '../platform/platform';
import { refsIn } from './stixObjects';

export interface ImportBundleOptions extends PushOptions, CreateOptions {
	/**
	 * `direct`: every object by its own call, with ids and errors at once. `push`: queued as by a connector (CONNECTORAPI,
	 * 6.2 on). `file`: uploaded for the platform's STIX file connector (KNOWLEDGE_KNASKIMPORT). Default `direct`.
	 */
	mode?: 'direct' | 'push' | 'file';
}

export interface DirectImportResult {
	mode: 'direct';
	objects: ImportedObject[];
	/** When the bundle holds a report. */
	report?: ReportResult;
	warnings: DraftWarning[];
	/** False when an object was not imported, or not as it was asked for. */
	complete: boolean;
}

export type ImportBundleResult = DirectImportResult | PushResult | FileImportResult;

export interface BundleReportOptions extends ReportFromBundleOptions, CreateOptions, ImportOptions {
	/** The report, when it is not to be made of the bundle: `reportFromEmail` of the same message, usually. */
	draft?: ReportDraft;
}

export interface BundleReportResult extends ReportResult {
	objects: ImportedObject[];
}

/** See `OpenCtiClient.importBundle`. */
export async function importBundle(
	session: Session,
	references: References,
	bundle: AnyBundle,
	options: ImportBundleOptions,
): Promise<ImportBundleResult> {
	if (options.mode === 'push') return pushBundle(session, references, bundle, options);
	if (options.mode === 'file') return importBundleFile(session, references, bundle);
	if (objectsOf(bundle).some(({ type }) => type === 'report')) {
		const report = await createReportFromBundle(session, references, bundle, options);
		return {
			mode: 'direct',
			objects: report.objects,
			report,
			warnings: report.warnings,
			complete: report.complete,
		};
	}
	return { mode: 'direct', ...(await importObjects(session, references, objectsOf(bundle), options)) };
}

/** The objects first, then the report that holds them: a report never stands there empty. */
export async function createReportFromBundle(
	session: Session,
	references: References,
	bundle: AnyBundle,
	options: BundleReportOptions,
): Promise<BundleReportResult> {
	const given = objectsOf(bundle);
	const draft = options.draft ?? reportFromBundle(bundle, options);
	// Fails here, before anything is made, when a marking, the author or a label cannot be resolved.
	await checkMarkings(references, given);
	const resolved = await resolve(references, draft, options);
	const located = await locateReport(session, draft, options);
	// What is made for a report is marked as the report is, at least: as it is meant to be, and as it stands.
	const atLeast = [...resolved.markings, ...(located.existing?.objectMarking ?? [])];
	const imported = await importObjects(session, references, given, options, atLeast);
	const elsewhere = options.draft === undefined ? await heldElsewhere(session, given) : [];
	const objects = [...imported.objects, ...elsewhere, ...furtherReports(given, options.draft === undefined)];
	const held = objects.flatMap(({ id, type }) => (id === undefined || type === 'identity' ? [] : [id]));
	const report = await writeReport(
		session,
		references,
		{ ...located, draft: { ...located.draft, objects: [...new Set([...located.draft.objects, ...held])] } },
		resolved,
		options,
	);
	return {
		...report,
		objects,
		warnings: [...report.warnings, ...imported.warnings],
		complete: report.complete && imported.complete && objects.every(isWhole),
	};
}

/** Objects that the bundle's report holds and that are not in the bundle: found on the platform, or told. */
async function heldElsewhere(session: Session, objects: readonly AnyStixObject[]): Promise<ImportedObject[]> {
	const report = objects.find(({ type }) => type === 'report');
	const inBundle = new Set(objects.map(({ id }) => id));
	const ids = [...new Set(report === undefined ? [] : refsIn(report, 'object_refs'))].filter((id) => !inBundle.has(id));
	const found = await readExistingOfTypes(
		session,
		ids.map((id) => ({ type: typeOf(id), id })),
	);
	return ids.map((stixId): ImportedObject => {
		const node = found.get(stixId);
		const base = { stixId, type: typeOf(stixId) };
		if (node === undefined) return { ...base, status: 'dangling' };
		return { ...base, id: node.id, standardId: node.standard_id, status: 'imported', existed: true };
	});
}

const typeOf = (id: string) => id.slice(0, Math.max(0, id.indexOf('--')));

/** One call makes one report: what else the bundle says of reports is told. */
function furtherReports(objects: readonly AnyStixObject[], firstIsMade: boolean): ImportedObject[] {
	if (!firstIsMade) return [];
	return objects
		.filter(({ type }) => type === 'report')
		.slice(1)
		.map(({ id, type }) => ({ stixId: id, type, status: 'unsupported' }));
}
