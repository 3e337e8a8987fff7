import type { EmailWarning } from '../email';
import { firstLook } from '../firstLook';
import type { HuntFindings, HuntOmissionCode } from '../hunt';
import type { Indicator } from '../indicators';
import { isRecord } from '../json';
import { INDICATOR_LIMITS, OPENCTI_LIMITS } from '../limits';
import {
	FROM_EMAIL_DEFAULTS,
	huntFindings,
	saidOfReport,
	type CreateOptions,
	type FromEmailOptions,
	type HuntResultOptions,
	type OpenCtiClient,
	type ReportContents,
	type ReportFromEmailOptions,
} from '../opencti';
import type { AnyBundle, AnyStixObject } from '../stix';
import { readAnalysed, type ReadingOptions } from './analysed';
import { NOTE, warningsOf, withBundleGaps } from './gaps';
import { grown, type FlowItem, type Json } from './item';

/** How an item becomes a report. What is not said here, the item's bundle says. */
export interface ReportItemOptions
	extends Pick<ReadingOptions, 'analyse' | 'opening'>, Omit<FromEmailOptions, 'marking' | 'labels'>, CreateOptions {
	/** A level, or `auto`: that of the bundle. Default `auto`. */
	tlp?: string | undefined;
	markings?: readonly string[] | undefined;
	labels?: readonly string[] | undefined;
	/** `auto`: the bundle of the item where it has one, else the observables of the message. Default `auto`. */
	contents?: 'auto' | ReportContents | undefined;
	huntResults?: HuntResultOptions | undefined;
	ownDomains?: readonly string[] | undefined;
	notes?: string | undefined;
	reportTypes?: readonly string[] | undefined;
	reliability?: string | undefined;
	/** More objects for the report. */
	findings?: readonly AnyStixObject[] | undefined;
}

/** The item with `report`: its message as a report, with the bundle and the results of hunts that the item holds. */
export async function reportedItem(
	item: FlowItem,
	client: OpenCtiClient,
	options: ReportItemOptions = {},
): Promise<Json> {
	const { json } = item;
	const { analyse, opening, contents = 'auto', ownDomains = [], huntResults, findings = [], ...given } = options;
	const bundle = contents === 'auto' ? await bundleOf(item) : undefined;
	const hunts = huntsOf(json);
	const { analysed, email } = await readAnalysed(item, { analyse, opening, ownDomains });
	const { reported, file } = analysed;
	const created = await client.createReportFromEmail(email, {
		...containerOptions(given, bundle),
		...(bundle === undefined
			? { contents: contents === 'auto' ? ('observables' as const) : contents }
			: { bundle, indicators: indicatorsOf(json) }),
		findings: [...findings],
		reported,
		messageFile: file,
		firstLook: firstLook(email),
		hunts: hunts.flatMap((hunt): HuntFindings[] => {
			const found = huntFindings(hunt);
			return found === undefined ? [] : [found];
		}),
		...(huntResults === undefined ? {} : { huntResults }),
		ownDomains: [...ownDomains],
	});
	const warnings = [...email.warnings, ...analysed.warnings, ...created.warnings];
	const complete = created.complete && analysed.complete;
	const report = { ...created, messageId: email.messageId, warnings, complete };
	const grownJson = withResult(json, report, [bundle, ...hunts]);
	if (reported !== undefined) grownJson.reported = reported;
	return grownJson;
}

/** What was said when the bundle was made holds where nothing is said here. */
function containerOptions(
	options: Omit<ReportItemOptions, 'analyse' | 'opening' | 'contents' | 'ownDomains' | 'huntResults' | 'findings'>,
	bundle: AnyBundle | undefined,
): ReportFromEmailOptions & CreateOptions {
	const { tlp = 'auto', markings = [], labels = [], reportTypes, ...more } = options;
	const said = bundle === undefined ? {} : saidOfReport(bundle);
	const author = options.author ?? said.author;
	const confidence = options.confidence ?? said.confidence;
	return {
		...more,
		marking: [...(tlp === 'auto' ? (said.marking ?? [FROM_EMAIL_DEFAULTS.marking]) : [tlp]), ...markings],
		labels: [...(said.labels ?? []), ...labels],
		...(author === undefined ? {} : { author }),
		...(confidence === undefined ? {} : { confidence }),
		...(reportTypes === undefined ? {} : { reportTypes: [...reportTypes] }),
	};
}

/** The bundle that a step before made of the item's message: a field, or the file of Email to STIX. */
async function bundleOf({ json, files }: FlowItem): Promise<AnyBundle | undefined> {
	if (isBundle(json.bundle)) return json.bundle;
	if (!files.keys.includes('bundle') || files.info('bundle').mimeType !== 'application/stix+json') return undefined;
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

/** The item with its report, whose warnings are the item's, too; what was made of something incomplete is incomplete. */
function withResult(json: Json, report: Json, sources: readonly unknown[]): Json {
	let known = report;
	for (const source of sources) {
		if (source === undefined) continue;
		const isHunt = isRecord(source) && 'matches' in source;
		if (isHunt && isAllThatCanBeFound(source)) continue;
		known = withBundleGaps(json, isHunt ? source.bundle : source, known);
		if (isHunt && source.complete === false) known = { ...known, complete: false };
	}
	const { warnings, complete } = known as { warnings?: EmailWarning[]; complete?: boolean };
	return grown(json, { report: known }, { warnings, complete });
}

const NOT_SEARCHABLE: HuntOmissionCode = 'hunt-terms-not-searchable';

/** Whether a hunt found all that its system can be asked for: what no system can search is said in the report all the same. */
function isAllThatCanBeFound(hunt: Record<string, unknown>): boolean {
	if (hunt.complete !== false) return true;
	const gaps = warningsOf(hunt).filter(({ code }) => code !== NOTE);
	return gaps.length > 0 && gaps.every(({ code }) => code === NOT_SEARCHABLE);
}
