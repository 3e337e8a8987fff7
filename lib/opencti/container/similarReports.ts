import { labelledKeys, labelledText, textDistance, type CampaignKeys, type CampaignLabelKind } from '../../campaign';
import { SIMILAR_DEFAULTS } from '../../defaults';
import { OPENCTI_LIMITS, SETTING_LIMITS } from '../../limits';
import { wholeNumber } from '../../settings';
import { anyOf, nodesOf, REPORTS_BY_FILTERS, type ListedReport } from '../documents';
import { answeredTime, openCtiSettings, pagesUpTo, type Platform } from '../platform';
import { summaryOf } from './container';
import type { DraftWarning } from './draft';
import { REPORTS } from './report';

/** A report of a message that is like another one. */
export interface SimilarReport {
	id: string;
	standardId: string;
	name: string;
	url: string;
	published: string;
	markings: string[];
	labels: string[];
	author?: { id: string; name: string };
	/** Which keys it shares: `key` is the campaign's own, the others are parts of it. */
	matches: CampaignLabelKind[];
	/** How many of them. */
	matching: number;
	/** In how many of 64 bits the visible texts differ, where both have a hash: see `textDistance`. */
	textDistance?: number;
}

/** What was found of a campaign. */
export interface SimilarReports {
	/** Those with the most keys first, then the newest. */
	reports: SimilarReport[];
	/** How many there are, those that `limit` left out included. */
	count: number;
	/** The labels that were looked for. */
	labels: string[];
	/** Why there may be more. */
	warnings: DraftWarning[];
	/** False when there are more than were looked at. What `limit` leaves out is not missing. */
	complete: boolean;
}

/** Options of `OpenCtiClient.similarReports`. */
export interface SimilarOptions {
	/** The message's own report is not similar to it: its id, or the Message-ID that it refers to. */
	except?: { id?: string | undefined; messageId?: string | undefined } | undefined;
	/** Most reports. Default 50. */
	limit?: number | undefined;
}

/**
 * Reports of messages of the same campaign; see `OpenCtiClient.similarReports`. The platform filters by the internal ids of labels: what
 * it has of them is asked for first.
 *
 * @throws OpenCtiError `OPENCTI_INPUT` for a limit that is no number
 */
export async function similarReports(
	platform: Platform,
	campaign: CampaignKeys,
	{ except = {}, limit }: SimilarOptions,
): Promise<SimilarReports> {
	const most = openCtiSettings(() =>
		wholeNumber('limit', limit, { least: 1, most: SETTING_LIMITS.maxCount, otherwise: SIMILAR_DEFAULTS.limit }),
	);
	const keys = labelledKeys(campaign);
	const labels = [...keys.values()];
	const known = labels.length === 0 ? new Map<string, string>() : await platform.references.knownLabels(labels);
	if (known.size === 0) return { reports: [], count: 0, labels, warnings: [], complete: true };
	const { nodes, isWhole } = await pagesUpTo(OPENCTI_LIMITS.maxSimilarPages, async (page) => {
		const filters = anyOf('objectLabel', [...known.values()]);
		return (await platform.call(REPORTS_BY_FILTERS, { ...page, filters })).reports;
	});
	const ids = new Map([...keys].flatMap(([kind, label]) => (known.has(label) ? [[known.get(label)!, kind]] : [])));
	const found = nodes
		.filter((report) => !isExcepted(report, except))
		.map((report) => similar(platform, report, ids, campaign))
		.sort((one, other) => other.matching - one.matching || other.published.localeCompare(one.published));
	return {
		reports: found.slice(0, most),
		count: found.length,
		labels,
		warnings: isWhole ? [] : [more(nodes.length)],
		complete: isWhole,
	};
}

function isExcepted(report: ListedReport, { id, messageId }: NonNullable<SimilarOptions['except']>): boolean {
	if (id !== undefined && (report.id === id || report.standard_id === id)) return true;
	return nodesOf(report.externalReferences).some(
		({ source_name: source, external_id: of }) => source === 'email' && of !== null && of === messageId?.trim(),
	);
}

function similar(
	platform: Platform,
	report: ListedReport,
	ids: ReadonlyMap<string, CampaignLabelKind>,
	{ text }: CampaignKeys,
): SimilarReport {
	const summary = summaryOf(REPORTS, platform, report);
	const matches = (report.objectLabel ?? []).flatMap((label) => ids.get(label.id) ?? []);
	const theirs = labelledText(summary.labels);
	const distance = text === undefined || theirs === undefined ? undefined : textDistance(text, theirs);
	return {
		...summary,
		published: answeredTime(report.published),
		matches: ORDER.filter((kind) => matches.includes(kind)),
		matching: matches.length,
		...(distance === undefined ? {} : { textDistance: distance }),
	};
}

/** The most telling first. */
const ORDER: readonly CampaignLabelKind[] = ['key', 'subject', 'urls', 'text'];

const more = (seen: number): DraftWarning => ({
	code: 'similar-reports-omitted',
	message: `More reports share a key with the message than the newest ${seen}, which were looked at.`,
});
