import { importObjects, objectsOf, type AnyBundle, type ImportedObject, type ImportOptions } from './importObjects';
import { importBundleFile, pushBundle, type FileImportResult, type PushOptions, type PushResult } from './pushBundle';
import { createReport, type CreateOptions, type ReportResult } from './createReport';
import { resolve } from './createReport';
import type { ReportDraft } from './draft';
import type { References } from './references';
import { reportFromBundle, type ReportFromBundleOptions } from './reportFromBundle';
import type { Session } from './session';

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
	/** False when an object was not imported. */
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
		return { mode: 'direct', objects: report.objects, report, complete: report.complete };
	}
	const objects = await importObjects(session, references, objectsOf(bundle), options);
	return { mode: 'direct', objects, complete: objects.every(({ status }) => status === 'imported') };
}

/** The objects first, then the report that holds them: a report never stands there empty. */
export async function createReportFromBundle(
	session: Session,
	references: References,
	bundle: AnyBundle,
	options: BundleReportOptions,
): Promise<BundleReportResult> {
	const draft = options.draft ?? reportFromBundle(bundle, options);
	// Fails here, before any object is made, when a marking, the author or a label cannot be resolved.
	await resolve(references, draft, options);
	const objects = await importObjects(session, references, objectsOf(bundle), options);
	const held = objects.flatMap(({ id, type }) => (id === undefined || type === 'identity' ? [] : [id]));
	const report = await createReport(
		session,
		references,
		{ ...draft, objects: [...new Set([...draft.objects, ...held])] },
		options,
	);
	return { ...report, objects, complete: report.complete && objects.every(({ status }) => status === 'imported') };
}
