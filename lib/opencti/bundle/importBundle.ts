import type { AnyBundle } from '../../stix';
import { storable } from '../../storable';
import { FROM_EMAIL_DEFAULTS, type CreateOptions, type DraftWarning, type ReportResult } from '../container';
import type { Platform } from '../platform';
import { objectsOf, objectsToMake } from './bundleObjects';
import { rolesIn, withRoles, type RoleOptions } from './bundleRoles';
import { counted, countsOf, type Counted, type ObjectCounts } from './counts';
import { createReportFromBundle } from './createReportFromBundle';
import { importBundleFile, type FileImportResult } from './importBundleFile';
import type { ImportedObject } from './importedObject';
import { importObjects } from './importObjects';
import { markedWhereNot } from './markedBundle';
import { pushBundle, requireLiveData, type PushOptions, type PushResult } from './pushBundle';

/** Options of `OpenCtiClient.importBundle`. */
export interface ImportBundleOptions extends PushOptions, CreateOptions, RoleOptions {
	/**
	 * `direct`: every object by its own call, with ids and errors at once. `push`: queued as by a connector (CONNECTORAPI,
	 * 6.2.6 on). `file`: uploaded for the platform's STIX file connector (KNOWLEDGE_KNASKIMPORT). Default {@link IMPORT_DEFAULTS}.
	 */
	mode?: 'direct' | 'push' | 'file' | undefined;
	/**
	 * Markings of what carries none: of the bundle's reports, and with them of all that it holds, and in a bundle without a report of
	 * each object. An empty list for none. Default {@link IMPORT_DEFAULTS}.
	 */
	marking?: string | readonly string[] | undefined;
}

/** Which way a bundle takes, and how what has no marking is marked, where nobody says so. */
export const IMPORT_DEFAULTS = { mode: 'direct', marking: FROM_EMAIL_DEFAULTS.marking } as const;

/** What an import in mode `direct` did: each object was made, or found, by a request of its own. */
export interface DirectImportResult {
	mode: 'direct';
	objects: ImportedObject[];
	/** When the bundle holds a report. */
	report?: Counted<ReportResult>;
	/** What became of the objects, by type, the report among them. */
	counts: ObjectCounts;
	warnings: DraftWarning[];
	/** False when an object was not imported, or not as it was asked for. */
	complete: boolean;
}

/** What an import did; `mode` tells which of the three ways it went. */
export type ImportBundleResult = DirectImportResult | PushResult | FileImportResult;

/** See `OpenCtiClient.importBundle`. */
export async function importBundle(
	platform: Platform,
	given: AnyBundle,
	{ mode = IMPORT_DEFAULTS.mode, marking = IMPORT_DEFAULTS.marking, ...options }: ImportBundleOptions,
): Promise<ImportBundleResult> {
	// Before anything is sent.
	if (mode === 'push') requireLiveData(platform);
	const bundle = await markedWhereNot(platform, storable(given), marking);
	if (mode !== 'direct') {
		const { objects, warnings } = await withRoles(platform, objectsOf(bundle), options);
		const described = { ...bundle, objects: [...objects] };
		const queued =
			mode === 'push' ? await pushBundle(platform, described, options) : await importBundleFile(platform, described);
		return { ...queued, warnings: [...warnings, ...queued.warnings] };
	}
	if (objectsOf(bundle).some(({ type }) => type === 'report')) {
		const report = counted(await createReportFromBundle(platform, bundle, options));
		const { objects, counts, warnings, complete } = report;
		return { mode, objects, counts, report, warnings, complete };
	}
	const objects = objectsToMake(bundle);
	const imported = await importObjects(platform, objects, { ...options, described: rolesIn(objects, options) });
	return { mode, ...imported, counts: countsOf(imported.objects) };
}
