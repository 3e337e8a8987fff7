import { compact, isRecord, nonEmpty } from '../../json';
import { instant } from '../../settings';
import { storable } from '../../storable';
import { stixId, timestampOf, type AnyBundle, type AnyStixObject } from '../../stix';
import { draftFile, markingsOf, REPORT_DEFAULTS, textToHtml, type DraftFile, type ReportDraft } from '../container';
import { OpenCtiError, openCtiSettings, type AuthorKind, type DraftAuthor, type DraftReference } from '../platform';
import { markingRefs, objectsOf } from './bundleObjects';

/** Options of {@link reportFromBundle}: what the bundle does not say, or says otherwise. */
export interface ReportFromBundleOptions {
	/** Default: the name of the bundle's report. */
	name?: string | undefined;
	/** Default: the date of the bundle's report. A text without a zone is UTC. */
	published?: Date | string | undefined;
	/** Default: the markings of the bundle's report, else `amber+strict`. */
	marking?: string | readonly string[] | undefined;
	labels?: readonly string[] | undefined;
	reportTypes?: readonly string[] | undefined;
	/** Markdown. */
	description?: string | undefined;
}

/**
 * The report of a bundle as a draft: the first `report` object, or one made of the options when there is none. Pure.
 *
 * @throws OpenCtiError `OPENCTI_INPUT` when name or date is known from neither
 */
export function reportFromBundle(bundle: AnyBundle, options: ReportFromBundleOptions = {}): ReportDraft {
	const objects = objectsOf(bundle);
	const report = reportIn(objects);
	const name = storable((options.name ?? text(report['name']) ?? '').trim());
	const given = openCtiSettings(() => instant('published', options.published, { otherwise: undefined }));
	const published = timestampOf(given ?? report['published']);
	if (name.length < 2 || published === undefined) {
		throw new OpenCtiError('OPENCTI_INPUT', 'The bundle contains no report with a name and a publication date', {
			hint: "Set 'Name' (at least 2 characters) and 'Published' in the options.",
		});
	}
	const content = text(report['x_opencti_content']);
	const author = authorOf(report, objects);
	const references = externalReferences(report);
	const messageId = references.find(({ sourceName }) => sourceName === 'email')?.externalId;
	const refs = markingRefs(report);
	return storable({
		kind: 'report' as const,
		name,
		published,
		description: options.description ?? text(report['description']) ?? '',
		content: content === undefined ? '' : content.trimStart().startsWith('<') ? content : textToHtml(content),
		markings: markingsOf(options.marking ?? (refs.length > 0 ? refs : undefined)),
		...(author === undefined ? {} : { author }),
		labels: [...new Set([...list(report['labels']), ...(options.labels ?? [])])],
		externalReferences: references,
		...(typeof report['confidence'] === 'number' ? { confidence: report['confidence'] } : {}),
		reportTypes: [
			...(options.reportTypes ??
				(list(report['report_types']).length > 0 ? list(report['report_types']) : REPORT_DEFAULTS.reportTypes)),
		],
		files: filesOf(report),
		skippedFiles: [],
		objects: [],
		standardId: stixId('report', { name, published }),
		...(messageId === undefined ? {} : { messageId }),
		warnings: [],
	});
}

const reportIn = (objects: readonly AnyStixObject[]): AnyStixObject =>
	objects.find(({ type }) => type === 'report') ?? { type: 'report', id: '' };

/**
 * What whoever made a bundle said of its report: author, labels, markings, confidence, report types. What is said nowhere is absent.
 *
 * @throws OpenCtiError `OPENCTI_INPUT` for what is not a bundle
 */
export function saidOfReport(bundle: AnyBundle): Pick<Partial<ReportDraft>, 'author' | 'confidence' | 'labels'> & {
	marking?: string[];
	reportTypes?: string[];
} {
	const objects = objectsOf(bundle);
	const report = reportIn(objects);
	const { confidence } = report;
	const [labels, reportTypes] = ['labels', 'report_types'].map((key) => nonEmpty(list(report[key])));
	const marking = nonEmpty(markingRefs(report));
	return compact({
		author: authorOf(report, objects),
		confidence: typeof confidence === 'number' ? confidence : undefined,
		labels,
		marking,
		reportTypes,
	});
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const list = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];

const records = (value: unknown) => (Array.isArray(value) ? (value as unknown[]).filter(isRecord) : []);

const KINDS: ReadonlyMap<string, AuthorKind> = new Map([
	['individual', 'individual'],
	['system', 'system'],
]);

function authorOf(report: AnyStixObject, objects: readonly AnyStixObject[]): DraftAuthor | undefined {
	const id = text(report['created_by_ref']);
	if (id === undefined) return undefined;
	const name = text(objects.find((object) => object.id === id)?.['name']);
	const kind = KINDS.get(text(objects.find((object) => object.id === id)?.['identity_class']) ?? '') ?? 'organization';
	return name === undefined ? { id } : { name, kind };
}

function externalReferences(report: AnyStixObject): DraftReference[] {
	return records(report['external_references']).flatMap((reference) => {
		const sourceName = text(reference['source_name']);
		const [externalId, url, description] = ['external_id', 'url', 'description'].map((key) => text(reference[key]));
		if (sourceName === undefined || (externalId === undefined && url === undefined)) return [];
		return [
			{
				sourceName,
				...(externalId === undefined ? {} : { externalId }),
				...(url === undefined ? {} : { url }),
				...(description === undefined ? {} : { description }),
			},
		];
	});
}

/** `x_opencti_files`: bytes in base64, encoded once; an entry without data is what the platform has already. */
function filesOf(report: AnyStixObject): DraftFile[] {
	return records(report['x_opencti_files']).flatMap((file) => {
		const data = text(file['data']);
		if (data === undefined) return [];
		const contentType = text(file['mime_type']) ?? 'application/octet-stream';
		return [draftFile({ content: Buffer.from(data, 'base64'), contentType, fileName: text(file['name']) })];
	});
}
