import { campaignFrom, campaignKeys, type CampaignKeys } from '../campaign';
import type { EmailWarning } from '../email';
import { firstLook } from '../firstLook';
import type { HuntFindings, HuntOmissionCode } from '../hunt';
import { extractIndicatorsAsync, type Indicator } from '../indicators';
import { isRecord } from '../json';
import { INDICATOR_LIMITS, OPENCTI_LIMITS } from '../limits';
import {
	draftFile,
	FROM_EMAIL_DEFAULTS,
	huntFindings,
	saidOfReport,
	type AddedNote,
	type AddFilesOptions,
	type AddOptions,
	type BundleReportOptions,
	type CaseFromEmailOptions,
	type CreateOptions,
	type EmailObjectOptions,
	type FoundReport,
	type FromEmailOptions,
	type ImportBundleOptions,
	type IncidentFromEmailOptions,
	type OpenCtiClient,
	type ReportContents,
	type ReportFromEmailOptions,
	type UploadedFile,
} from '../opencti';
import { withoutReporterIndicators } from '../reported';
import type { AnyBundle, AnyStixObject } from '../stix';
import { readAnalysed, type ReadingOptions } from './analysed';
import { NOTE, warningsOf, withBundleGaps } from './gaps';
import { BUNDLE_TYPE, grown, type FlowItem, type Json } from './item';
import { isNothing } from './record';

/** What a message becomes on the platform. */
export type ContainerKind = 'report' | 'case' | 'incident';

/** `auto`: the bundle of the item where it has one, else the observables of the message. `bundle`: the item's, and nothing else. */
export type ContentsChoice = 'auto' | 'bundle' | ReportContents;

/** What a message becomes, and what only that kind has. */
export type ContainerChoice =
	| ({
			kind: 'report';
			/** Messages of one campaign and day go into one report. Default false. */
			campaignDay?: boolean | undefined;
	  } & Pick<ReportFromEmailOptions, 'reliability' | 'reportTypes'>)
	| ({ kind: 'case' } & Pick<CaseFromEmailOptions, 'priority' | 'responseTypes' | 'severity'>)
	| ({ kind: 'incident' } & Pick<IncidentFromEmailOptions, 'incidentType' | 'severity' | 'source'>);

/** How an item becomes a report, a case or an incident. What is not said here, the item's bundle says. */
export interface ContainerOptions
	extends
		Pick<ReadingOptions, 'analyse' | 'opening'>,
		Pick<EmailObjectOptions, 'findings' | 'huntResults' | 'leaveOut' | 'ownDomains' | 'roles'>,
		Omit<FromEmailOptions, 'marking'>,
		CreateOptions {
	/** A level, or `auto`: that of the bundle. Default `auto`. */
	tlp?: string | undefined;
	/** Further markings. */
	markings?: readonly string[] | undefined;
	/** Default `auto`. */
	contents?: ContentsChoice | undefined;
	/** Where `findings` are from: what is known to be missing there is missing here. */
	findingsSource?: unknown;
	signal?: AbortSignal | undefined;
}

/**
 * The item with `report`, `case` or `incident`: its message on the platform, with the bundle and the results of hunts that the item
 * holds.
 *
 * @throws OpenCtiError; EmailError
 */
export async function containerOfItem(
	item: FlowItem,
	client: OpenCtiClient,
	choice: ContainerChoice,
	options: ContainerOptions = {},
): Promise<Json> {
	const { json } = item;
	const {
		analyse,
		opening,
		contents = 'auto',
		ownDomains = [],
		findings = [],
		findingsSource,
		signal,
		...given
	} = options;
	const bundle = contents === 'auto' || contents === 'bundle' ? await bundleOfItem(item) : undefined;
	const hunts = huntsOf(json);
	const { analysed, email } = await readAnalysed(item, { analyse, opening, ownDomains });
	const { reported, file } = analysed;
	const common = {
		...commonOptions(given, bundle),
		...(bundle === undefined
			? { contents: contents === 'auto' || contents === 'bundle' ? ('observables' as const) : contents }
			: { bundle, indicators: indicatorsOf(json) }),
		findings,
		reported,
		messageFile: file,
		firstLook: firstLook(email),
		hunts: findingsOfHunts(hunts),
		ownDomains,
	};
	const { kind } = choice;
	const created =
		kind === 'report'
			? await client.createReportFromEmail(email, { ...common, ...(await reportOptions(item, choice, signal)) })
			: kind === 'case'
				? await client.createCaseFromEmail(email, { ...common, ...withoutKind(choice) })
				: await client.createIncidentFromEmail(email, { ...common, ...withoutKind(choice) });
	const warnings = [...email.warnings, ...analysed.warnings, ...created.warnings];
	const complete = created.complete && analysed.complete;
	const made = { ...created, messageId: email.messageId, warnings, complete };
	const grownJson = withResult(json, kind, made, [bundle, findingsSource, ...hunts]);
	if (reported !== undefined) grownJson.reported = reported;
	return grownJson;
}

async function reportOptions(
	item: FlowItem,
	{ campaignDay = false, kind: _kind, ...options }: Extract<ContainerChoice, { kind: 'report' }>,
	signal: AbortSignal | undefined,
): Promise<ReportFromEmailOptions> {
	return { ...options, ...(campaignDay ? { campaign: (await campaignOfItem(item, signal)).keys } : {}) };
}

function withoutKind<Choice extends { kind: ContainerKind }>({
	kind: _kind,
	...options
}: Choice): Omit<Choice, 'kind'> {
	return options;
}

/** What was said when the bundle was made holds where nothing is said here. */
function commonOptions(
	options: Omit<
		ContainerOptions,
		'analyse' | 'opening' | 'contents' | 'ownDomains' | 'findings' | 'findingsSource' | 'signal'
	>,
	bundle: AnyBundle | undefined,
): FromEmailOptions & CreateOptions {
	const { tlp = 'auto', markings = [], labels = [], ...more } = options;
	const said = bundle === undefined ? {} : saidOfReport(bundle);
	const author = options.author ?? said.author;
	const confidence = options.confidence ?? said.confidence;
	return {
		...more,
		marking: [...(tlp === 'auto' ? (said.marking ?? [FROM_EMAIL_DEFAULTS.marking]) : [tlp]), ...markings],
		labels: [...(said.labels ?? []), ...labels],
		...(author === undefined ? {} : { author }),
		...(confidence === undefined ? {} : { confidence }),
	};
}

/** The campaign of an item's message. */
export interface ItemCampaign {
	keys: CampaignKeys;
	/** Of the message that the keys are of. */
	messageId?: string | undefined;
}

/** The keys of the item's message: those that a step before has found, else what the message itself shows. */
export async function campaignOfItem(item: FlowItem, signal?: AbortSignal): Promise<ItemCampaign> {
	const { json } = item;
	const known = campaignFrom(json.campaign);
	if (known !== undefined) {
		return { keys: known, messageId: typeof json.messageId === 'string' ? json.messageId : undefined };
	}
	const { email, reporters } = await readAnalysed(item, {});
	const found = await extractIndicatorsAsync(email, { signal });
	return { keys: campaignKeys(email, withoutReporterIndicators(found, reporters)), messageId: email.messageId };
}

/** The item with `similar`: reports of messages of the same campaign. Its own report is none of them. */
export async function similarItem(
	item: FlowItem,
	client: OpenCtiClient,
	{ limit, signal }: { limit: number; signal?: AbortSignal | undefined },
): Promise<Json> {
	const { report } = item.json;
	const id = isRecord(report) && typeof report.id === 'string' ? report.id : undefined;
	const { keys, messageId } = await campaignOfItem(item, signal);
	return withResult(item.json, 'similar', await client.similarReports(keys, { except: { id, messageId }, limit }));
}

/** An item for each report that was found, with `found` and `report`; a single one when there is none. */
export function foundReportItems(json: Json, reports: readonly FoundReport[]): Json[] {
	if (reports.length > 0) return reports.map((report) => ({ ...json, found: true, report: { ...report } }));
	// What a step before found is not what this one did.
	const { report: _before, ...rest } = json;
	return [{ ...rest, found: false }];
}

/** The item with `report`, that of a bundle and all its objects. */
export async function bundleReportItem(
	json: Json,
	client: OpenCtiClient,
	bundle: AnyBundle,
	options: BundleReportOptions = {},
): Promise<Json> {
	const indicators = indicatorsOf(json);
	return withResult(json, 'report', await client.createReportFromBundle(bundle, { indicators, ...options }), [bundle]);
}

/** The item with `imported`: what became of each object of a bundle. */
export async function importedItem(
	json: Json,
	client: OpenCtiClient,
	bundle: AnyBundle,
	options: ImportBundleOptions = {},
): Promise<Json> {
	const indicators = indicatorsOf(json);
	return withResult(json, 'imported', await client.importBundle(bundle, { indicators, ...options }), [bundle]);
}

/** Id of the report, case or incident that a step before has made or found, or that somebody wrote into the item. */
export function madeBefore({ report, case: itsCase, incident, reportId }: Json): string | undefined {
	const made = report ?? itsCase ?? incident;
	const id = isRecord(made) && made.id !== undefined && made.id !== null ? made.id : reportId;
	return typeof id === 'string' && id.trim() !== '' ? id.trim() : undefined;
}

/** The item with `added`: a note on an existing report, case or incident. The same note is not added twice. */
export async function notedItem(
	json: Json,
	client: OpenCtiClient,
	target: string,
	note: AddedNote,
	options: Pick<AddOptions, 'markings'> = {},
): Promise<Json> {
	return withResult(json, 'added', await client.addTo(target, { notes: [note] }, options));
}

/** The item with `added`: what hunts found, on an existing report, case or incident. Nothing is added twice. */
export async function findingsItem(
	item: FlowItem,
	client: OpenCtiClient,
	target: string,
	options: Pick<AddOptions, 'huntResults' | 'markings' | 'ownDomains'> = {},
): Promise<Json> {
	const hunts = huntsOf(item.json);
	const bundle = await bundleOfItem(item);
	const added = await client.addTo(
		target,
		{ hunts: findingsOfHunts(hunts) },
		{ ...options, ...(bundle === undefined ? {} : { bundle }) },
	);
	return withResult(item.json, 'added', added, hunts);
}

/** Whether an item has results of hunts that a report can show. */
export const hasHunts = (json: Json): boolean => findingsOfHunts(huntsOf(json)).length > 0;

/** The item with `added`: files of it, on an existing report, case, incident or other object. */
export async function filesItem(
	item: FlowItem,
	client: OpenCtiClient,
	target: string,
	{ names, noFiles, ...options }: AddFilesOptions & { names: readonly string[]; noFiles: string },
): Promise<Json> {
	const { json, files } = item;
	const drafts = [];
	for (const name of names) {
		const { fileName, mimeType = 'application/octet-stream' } = files.info(name);
		drafts.push(draftFile({ content: await files.read(name), contentType: mimeType, fileName }));
	}
	const uploaded: UploadedFile[] = await client.addFiles(target, drafts, options);
	const warnings = drafts.length > 0 ? [] : [{ code: 'no-files', message: noFiles }];
	const complete = drafts.length > 0 && uploaded.every(({ status }) => status === 'uploaded' || status === 'present');
	return withResult(json, 'added', { id: target, complete, files: uploaded, warnings });
}

/**
 * The objects of a bundle, of several, or of a list; nothing, and a hunt without a hit, give none. Undefined for something else, which
 * must not be left out in silence.
 */
export function stixObjectsOf(given: unknown): AnyStixObject[] | undefined {
	if (isNothing(given)) return [];
	const objects = (Array.isArray(given) ? (given as unknown[]) : [given]).flatMap((entry) => {
		if (!isRecord(entry) || typeof entry.type !== 'string') return undefined;
		if (entry.type !== 'bundle') return entry as AnyStixObject;
		return entry.objects === undefined
			? []
			: Array.isArray(entry.objects)
				? (entry.objects as AnyStixObject[])
				: undefined;
	});
	return objects.every((object) => object !== undefined) ? objects : undefined;
}

/** The bundle that a step before made of the item's message: a field, or the file of Email to STIX. */
export async function bundleOfItem({ json, files }: FlowItem): Promise<AnyBundle | undefined> {
	if (isBundle(json.bundle)) return json.bundle;
	if (!files.keys.includes('bundle') || files.info('bundle').mimeType !== BUNDLE_TYPE) return undefined;
	try {
		const given = JSON.parse((await files.read('bundle')).toString('utf8')) as unknown;
		return isBundle(given) ? given : undefined;
	} catch {
		return undefined;
	}
}

const isBundle = (value: unknown): value is AnyBundle =>
	isRecord(value) && value.type === 'bundle' && Array.isArray(value.objects) && value.objects.length > 0;

/** What hunts for the item's message put out: one, or those of several targets in a list. */
function huntsOf({ hunt }: Json): Record<string, unknown>[] {
	return (Array.isArray(hunt) ? (hunt as unknown[]) : [hunt]).filter(isRecord).slice(0, OPENCTI_LIMITS.maxHunts);
}

/** The same as the description of a report tells it. */
const findingsOfHunts = (hunts: readonly unknown[]): HuntFindings[] =>
	hunts.flatMap((hunt) => huntFindings(hunt) ?? []);

/** The indicators that the item's bundle was made of, as far as they have the form of ours. */
function indicatorsOf({ indicators }: Json): Indicator[] {
	const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
	return listIn(indicators)
		.slice(0, INDICATOR_LIMITS.maxIndicators)
		.flatMap((entry) => {
			if (!isRecord(entry) || typeof entry.type !== 'string' || typeof entry.value !== 'string') return [];
			const sources = listIn(entry.sources).filter((source) => isRecord(source) && typeof source.part === 'string');
			const flags = listIn(entry.flags).filter((flag) => typeof flag === 'string');
			return [{ ...entry, sources, flags } as unknown as Indicator];
		});
}

/**
 * The item with what a step made in a field of its own. Its warnings are those of the item, too; what was made of something incomplete is
 * incomplete.
 *
 * @param sources What it was made of, besides the message: bundles, lists of objects, results of hunts.
 */
function withResult(json: Json, field: string, result: object, sources: readonly unknown[] = []): Json {
	let known = result as Json;
	for (const source of sources) {
		if (source === undefined) continue;
		const isHunt = isRecord(source) && 'matches' in source;
		if (isHunt && isAllThatCanBeFound(source)) continue;
		known = withBundleGaps(json, isHunt ? source.bundle : source, known);
		if (isHunt && source.complete === false) known = { ...known, complete: false };
	}
	const { warnings, complete } = known as { warnings?: EmailWarning[]; complete?: boolean };
	return grown(json, { [field]: known }, { warnings, complete });
}

const NOT_SEARCHABLE: HuntOmissionCode = 'hunt-terms-not-searchable';

/** Whether a hunt found all that its system can be asked for: what no system can search is said in the report all the same. */
function isAllThatCanBeFound(hunt: Record<string, unknown>): boolean {
	if (hunt.complete !== false) return true;
	const gaps = warningsOf(hunt).filter(({ code }) => code !== NOTE);
	return gaps.length > 0 && gaps.every(({ code }) => code === NOT_SEARCHABLE);
}
