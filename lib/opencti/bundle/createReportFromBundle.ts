import type { AnyBundle, AnyStixObject } from '../../stix';
import {
	keysOf,
	prepare,
	REPORT_WRITER,
	resolve,
	type ContainerDraft,
	type ContainerResult,
	type CreateOptions,
	type ReportDraft,
	type ReportResult,
	type Writer,
} from '../container';
import type { StoredContainer } from '../documents';
import { authorId, together, type Platform } from '../platform';
import { objectsToMake, refsIn } from './bundleObjects';
import { rolesIn, type RoleOptions } from './bundleRoles';
import { isWhole, readExistingObjects, type ImportedObject } from './importedObject';
import { prepareImport, type ImportOptions } from './importObjects';
import type { PushResult } from './pushBundle';
import { reportFromBundle, type ReportFromBundleOptions } from './reportFromBundle';

/** Options of `OpenCtiClient.createReportFromBundle`. */
export interface BundleReportOptions extends ReportFromBundleOptions, CreateOptions, ImportOptions, RoleOptions {
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
	const given = objectsToMake(bundle);
	const draft = options.draft ?? reportFromBundle(bundle, options);
	const isOfBundle = options.draft === undefined;
	const further = isOfBundle ? () => heldElsewhere(platform, given) : undefined;
	const { described = rolesIn(given, options, draft.files) } = options;
	const made = await createWithObjects(platform, REPORT_WRITER, draft, {
		objects: given,
		options: { ...options, described },
		further,
	});
	const objects = [...made.objects, ...furtherReports(given, isOfBundle)];
	return { ...made, objects, complete: made.complete && objects.every(isWhole) };
}

/** What a container is to hold. */
export interface Contents {
	objects: readonly AnyStixObject[];
	options: CreateOptions & ImportOptions;
	/** What is there already and belongs into it. */
	further?: (() => Promise<readonly ImportedObject[]>) | undefined;
}

/**
 * A container with objects: everything is looked up at once and before anything is made, then the objects are made and, at last, the
 * container that holds them. What is made for it is marked as it is, at least: as it is meant to be, and as it stands.
 */
export async function createWithObjects<
	Draft extends ContainerDraft,
	Stored extends StoredContainer,
	Result extends ContainerResult,
>(
	platform: Platform,
	writer: Writer<Draft, Stored, Result>,
	draft: Draft,
	{ objects, options, further }: Contents,
): Promise<Result & { objects: ImportedObject[] }> {
	return platform.exclusive.run(keysOf(draft), () =>
		together(async (begun) => {
			const preparing = begun(prepare(platform, writer, draft, options, begun));
			const importing = begun(prepareImport(platform, objects, options));
			const elsewhereRead = begun(further?.() ?? Promise.resolve([]));
			// Fails here, before anything is made, when something cannot be resolved.
			const { checked, located } = await preparing;
			const prepared = await importing;
			const resolving = begun(resolve(platform, located.draft, checked, options, begun));
			if (options.missingLabels === 'error') await resolving;
			const { author } = draft;
			const madeAuthor =
				author === undefined
					? undefined
					: { standardId: authorId(author), id: begun(platform.references.author(author)) };
			await prepared.make([...checked.markings, ...(located.existing?.objectMarking ?? [])], madeAuthor);
			const resolved = await resolving;
			const elsewhere = await elsewhereRead;
			const held = [
				...prepared.held(),
				...elsewhere.flatMap(({ id, type }) => (id && type !== 'identity' ? [id] : [])),
			];
			const whole = { ...located.draft, objects: [...new Set([...located.draft.objects, ...held])] };
			const proved = begun(prepared.results());
			const written = await writer.write(platform, { ...located, draft: whole, resolved, options });
			const imported = await proved;
			const all = [...imported.objects, ...elsewhere];
			return {
				...written,
				objects: all,
				warnings: [...written.warnings, ...imported.warnings],
				complete: written.complete && imported.complete && all.every(isWhole),
			};
		}),
	);
}

/** Objects that the bundle's report holds and that are not in the bundle: found on the platform, or told. */
async function heldElsewhere(platform: Platform, objects: readonly AnyStixObject[]): Promise<ImportedObject[]> {
	const report = objects.find(({ type }) => type === 'report');
	const inBundle = new Set(objects.map(({ id }) => id));
	const ids = [...new Set(report === undefined ? [] : refsIn(report, 'object_refs'))].filter((id) => !inBundle.has(id));
	return readExistingObjects(platform, ids);
}

/** One call makes one report: what else the bundle says of reports is told. */
function furtherReports(objects: readonly AnyStixObject[], firstIsMade: boolean): ImportedObject[] {
	if (!firstIsMade) return [];
	return objects
		.filter(({ type }) => type === 'report')
		.slice(1)
		.map(({ id, type }) => ({ stixId: id, type, status: 'unsupported' }));
}
