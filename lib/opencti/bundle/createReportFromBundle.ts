import type { AnyBundle, AnyStixObject } from '../../stix';
import {
	locateReport,
	resolve,
	writeReport,
	type CreateOptions,
	type ReportDraft,
	type ReportResult,
} from '../container';
import { readExistingOfTypes, type Platform } from '../platform';
import { checkMarkings, objectsOf, refsIn } from './bundleObjects';
import { isWhole, named, type ImportedObject } from './importedObject';
import { importObjects, type ImportOptions } from './importObjects';
import type { PushResult } from './pushBundle';
import { reportFromBundle, type ReportFromBundleOptions } from './reportFromBundle';

/** Options of `OpenCtiClient.createReportFromBundle`. */
export interface BundleReportOptions extends ReportFromBundleOptions, CreateOptions, ImportOptions {
	/** The report, when it is not to be made of the bundle: `reportFromEmail` of the same message, usually. */
	draft?: ReportDraft | undefined;
}

/** The report on the platform, and what became of each object of the bundle. */
export interface BundleReportResult extends ReportResult {
	objects: ImportedObject[];
	/** Messages that hunts found, when there were too many to be made one by one and the queue was to take them. */
	queued?: PushResult;
}

/** The objects first, then the report that holds them: a report never stands there empty. */
export async function createReportFromBundle(
	platform: Platform,
	bundle: AnyBundle,
	options: BundleReportOptions,
): Promise<BundleReportResult> {
	const given = objectsOf(bundle);
	const draft = options.draft ?? reportFromBundle(bundle, options);
	// Fails here, before anything is made, when a marking, the author or a label cannot be resolved.
	await checkMarkings(platform, given);
	const resolved = await resolve(platform, draft, options);
	const located = await locateReport(platform, draft, options);
	// What is made for a report is marked as the report is, at least: as it is meant to be, and as it stands.
	const atLeast = [...resolved.markings, ...(located.existing?.objectMarking ?? [])];
	const imported = await importObjects(platform, given, options, atLeast);
	const elsewhere = options.draft === undefined ? await heldElsewhere(platform, given) : [];
	const objects = [...imported.objects, ...elsewhere, ...furtherReports(given, options.draft === undefined)];
	const held = objects.flatMap(({ id, type }) => (id === undefined || type === 'identity' ? [] : [id]));
	const whole = { ...located.draft, objects: [...new Set([...located.draft.objects, ...held])] };
	const report = await writeReport(platform, { ...located, draft: whole, resolved, options });
	return {
		...report,
		objects,
		warnings: [...report.warnings, ...imported.warnings],
		complete: report.complete && imported.complete && objects.every(isWhole),
	};
}

/** Objects that the bundle's report holds and that are not in the bundle: found on the platform, or told. */
async function heldElsewhere(platform: Platform, objects: readonly AnyStixObject[]): Promise<ImportedObject[]> {
	const report = objects.find(({ type }) => type === 'report');
	const inBundle = new Set(objects.map(({ id }) => id));
	const ids = [...new Set(report === undefined ? [] : refsIn(report, 'object_refs'))].filter((id) => !inBundle.has(id));
	const found = await readExistingOfTypes(
		platform,
		ids.map((id) => ({ type: typeOf(id), id })),
	);
	return ids.map((stixId): ImportedObject => {
		const node = found.get(stixId);
		const base = { stixId, type: typeOf(stixId) };
		if (node === undefined) return { ...base, status: 'dangling' };
		const held = { ...base, id: node.id, standardId: node.standard_id, status: 'imported', existed: true } as const;
		return named(held, undefined, platform);
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
