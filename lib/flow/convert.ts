import { isPartlyOpened, NOT_OPENED } from '../attachments';
import { campaignKeys, campaignLabels } from '../campaign';
import {
	declaredMessage,
	emailToJson,
	INCOMPLETE_WARNING,
	isEmailJson,
	isIncomplete,
	MESSAGE_KEY,
	withOpenedOf,
	type Email,
	type EmailWarning,
	type ItemMessage,
} from '../email';
import { checkDkim, firstLook, textRecord } from '../firstLook';
import { defang, extractIndicatorsAsync, type ExtractOptions, type Indicator, type LeftOut } from '../indicators';
import { compact } from '../json';
import { reporterLabels, withoutReporter, withoutReporterIndicators } from '../reported';
import {
	bundleToHtml,
	bundleToSvg,
	emailToBundleAsync,
	indicatorPattern,
	isOmission,
	type Bundle,
	type BundleOptions,
} from '../stix';
import { giveWay } from '../steps';
import { searchedHashes } from '../values';
import { readAnalysed, type ReadingOptions } from './analysed';
import { BUNDLE_TYPE, grown, type AddedFile, type FlowItem, type GrownItem, type Json, type Several } from './item';
import { rawFile } from './message';

const PICTURES = {
	html: { draw: bundleToHtml, fileName: 'bundle.html', mimeType: 'text/html' },
	svg: { draw: bundleToSvg, fileName: 'bundle.svg', mimeType: 'image/svg+xml' },
} as const;

/** How an item's message becomes a bundle. */
export interface ConvertOptions extends Pick<ReadingOptions, 'analyse' | 'opening'> {
	extraction?: ExtractOptions | undefined;
	bundle?: Omit<BundleOptions, 'indicators' | 'onWarning'> | undefined;
	/** Adds the labels `reported:<way>` and `reported-by:<address>`. Default false. */
	reporterLabel?: boolean | undefined;
	/** Adds labels with the keys of the campaign. Default false. */
	campaignLabel?: boolean | undefined;
	/** Checks signatures with the keys of the domains, over DNS. Default false. */
	checkDkim?: boolean | undefined;
	/** Where the bundle is put: into the field `bundle`, the file `bundle`, or both. Default `json`. */
	output?: 'json' | 'binary' | 'both' | undefined;
	/** A drawing of the bundle in the file `picture`. Default `none`. */
	picture?: keyof typeof PICTURES | 'none' | undefined;
	signal?: AbortSignal | undefined;
}

/** An item's message as a STIX bundle: the item with `bundle`, `indicators`, `firstLook`, `campaign`, `objects` and more. */
export async function convertItem(item: FlowItem, options: ConvertOptions): Promise<GrownItem> {
	const { extraction = {}, analyse, signal } = options;
	const { message, analysed, email, reporters } = await readAnalysed(item, { ...extraction, ...options });
	const { reported } = analysed;
	const told: EmailWarning[] = [...analysed.warnings, ...(isIncomplete(email) ? [INCOMPLETE_WARNING] : [])];
	const onWarning = (warning: EmailWarning) => told.push(warning);
	let leftOut: LeftOut = {};
	const onLeftOut = (counts: LeftOut) => (leftOut = counts);
	const found = await extractIndicatorsAsync(email, { ...extraction, onWarning, onLeftOut, signal });
	const indicators = withoutReporterIndicators(found, reporters);
	await giveWay();
	const campaign = campaignKeys(email, indicators, extraction);
	const labels = [
		...(options.bundle?.labels ?? []),
		...(options.campaignLabel === true ? campaignLabels(campaign) : []),
		...(options.reporterLabel === true ? reporterLabels(reported) : []),
	];
	const bundle = await emailToBundleAsync(withoutReporter(email, reporters), {
		...options.bundle,
		labels,
		indicators,
		onWarning,
		signal,
	});
	await giveWay();
	const look = {
		...firstLook(email, extraction),
		...(options.checkDkim === true ? await signaturesOf(email, onWarning) : {}),
	};
	await giveWay();
	const { fields, files } = readableAs(item, message, email);
	const added = {
		...fields,
		reported,
		firstLook: look,
		campaign,
		indicators,
		leftOut,
		objects: countsOf(bundle),
		bundle,
	};
	const json = grown(item.json, added, {
		warnings: [...email.warnings, ...told],
		complete: analysed.complete && !isIncomplete(email) && !told.some(isOmission) && !isPartlyOpened(email),
	});
	json.warnings ??= [];
	// What a step before may have put there is not of this message.
	if (Object.keys(leftOut).length === 0) delete json.leftOut;
	if (reported === undefined) delete json.reported;
	// The steps behind do as this one was told.
	if (analyse === 'itself') json.analysed = analyse;
	else delete json.analysed;
	const { output = 'json', picture = 'none' } = options;
	if (output === 'binary') delete json.bundle;
	if (output !== 'json') {
		await giveWay();
		files.bundle = bundleFile(bundle);
	}
	if (picture !== 'none') {
		await giveWay();
		const { draw, fileName, mimeType } = PICTURES[picture];
		files.picture = { bytes: Buffer.from(draw(bundle, { indicators }), 'utf8'), fileName, mimeType };
	}
	return { json, files };
}

const bundleFile = (bundle: Bundle): AddedFile => ({
	bytes: Buffer.from(JSON.stringify(bundle, null, '\t'), 'utf8'),
	fileName: 'bundle.json',
	mimeType: BUNDLE_TYPE,
});

/** An item's message as its indicators: each with the message that it is of. */
export async function extractFromItem(item: FlowItem, options: ConvertOptions): Promise<Several> {
	const { extraction = {}, signal } = options;
	const { analysed, email, reporters } = await readAnalysed(item, { ...extraction, ...options });
	const { reported } = analysed;
	const gaps: EmailWarning[] = [
		...(analysed.complete ? [] : analysed.warnings),
		...(isIncomplete(email) ? [INCOMPLETE_WARNING] : []),
		...email.warnings.filter(({ code }) => code === NOT_OPENED),
	];
	const notes = analysed.complete ? analysed.warnings : [];
	const onWarning = (warning: EmailWarning) => gaps.push(warning);
	let leftOut: LeftOut = {};
	const onLeftOut = (counts: LeftOut) => (leftOut = counts);
	const found = await extractIndicatorsAsync(email, { ...extraction, onWarning, onLeftOut, signal });
	const indicators = withoutReporterIndicators(found, reporters);
	const warnings = [...new Set([...(gaps.length === 0 ? [] : email.warnings), ...notes, ...gaps])];
	const ofMessage = {
		message: messageReference(email),
		...(Object.keys(leftOut).length === 0 ? {} : { leftOut }),
		...(reported === undefined ? {} : { reported }),
		...(gaps.length === 0 ? {} : { complete: false }),
		...(warnings.length === 0 ? {} : { warnings }),
	};
	const items = indicators.map((indicator) => ({ ...fieldsOfIndicator(indicator), ...ofMessage }));
	const missed = [...new Set(gaps.length > 0 ? [...email.warnings, ...gaps] : []), ...leftOutWarning(leftOut)];
	return { items, gaps: items.length > 0 ? [] : missed };
}

/** There is no indicator then that could tell. */
function leftOutWarning(leftOut: LeftOut): EmailWarning[] {
	const counts = Object.entries(leftOut).map(([flag, count]) => `${flag} ${count}`);
	if (counts.length === 0) return [];
	return [{ code: 'left-out', message: `'Leave Out' removed all values that were found (${counts.join(', ')}).` }];
}

/** First what people look at: the value, as they may paste it without harm, what is thought of it, and the pattern that finds it. */
function fieldsOfIndicator(indicator: Indicator): Json {
	const { type, value, flags, defanged, ...rest } = indicator;
	const pattern = indicatorPattern(indicator, indicator.hashes && searchedHashes(indicator.hashes));
	const display = defang(value);
	return compact({ type, value, display, flags, defanged, pattern, ...rest });
}

/**
 * What is put on an item so that it is the message for people and steps alike: its fields, and the bytes as a file where they came in
 * base64. The step behind this one sees other fields than this one did, and must read the same message all the same.
 *
 * @param email The one that is analysed: its fields are those that people see.
 */
function readableAs(
	{ json, files }: FlowItem,
	{ email: whole, key }: ItemMessage,
	email: Email,
): { fields: Json; files: Record<string, AddedFile> } {
	const added: Record<string, AddedFile> = {};
	const { raw } = whole;
	if (key === undefined && raw !== undefined && !files.keys.includes(MESSAGE_KEY)) added[MESSAGE_KEY] = rawFile(raw);
	const here = key ?? (MESSAGE_KEY in added ? MESSAGE_KEY : undefined);
	const names = {
		keys: [...files.keys, ...Object.keys(added)],
		info: (name: string) => {
			const file = added[name];
			return file === undefined ? files.info(name) : { fileName: file.fileName, mimeType: file.mimeType };
		},
	};
	// With a text beside them, fewer files count as the message than without.
	const isFoundBesideText = here !== undefined && here === declaredMessage(names, true);
	const isFound = isFoundBesideText || (here !== undefined && here === declaredMessage(names, false));
	return {
		fields: {
			...messageFields(email, json, isFoundBesideText || !isFound),
			...openedFields(email, whole, json),
			...(isFound || isEmailJson(json) ? {} : { email: emailToJson(withOpenedOf(whole, email)) }),
		},
		files: added,
	};
}

/** What one's own check of the signatures gives. Of a message whose bytes were changed on the way it says nothing. */
async function signaturesOf(email: Email, onWarning: (warning: EmailWarning) => void): Promise<object> {
	if (email.raw === undefined) {
		const message = 'The DKIM signatures were not checked, because the item does not contain the raw message.';
		onWarning({ code: 'dkim-unchecked', message });
		return {};
	}
	const { signatures, warnings } = await checkDkim(email.raw, { resolve: textRecord });
	warnings.forEach(onWarning);
	if (email.source?.kind === 'graph' && signatures.some(({ result }) => result === 'fail')) {
		const message =
			'A DKIM signature does not fit the message. Microsoft Graph builds the raw message anew, which breaks good signatures as well.';
		onWarning({ code: 'dkim-bytes-changed', message });
	}
	return { signatures };
}

/** How many objects of each type there are, for who does not open the bundle. */
function countsOf({ objects }: Bundle): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { type } of objects) counts[type] = (counts[type] ?? 0) + 1;
	return counts;
}

/** The fields of a message that every item has, for one that came as raw message or from elsewhere. An item of ours has them already. */
function messageFields(email: Email, json: Json, withContent: boolean): Json {
	if (isEmailJson(json)) return {};
	const { subject, from, to, text, html, messageId } = email;
	const { date, receivedAt } = timesOf(email);
	const hasText = ['text', 'html', 'body'].some((name) => json[name] !== undefined);
	const attachments = email.attachments.map(({ partId, fileName, contentType, size, sha256 }) =>
		compact({ partId, fileName, contentType, size, sha256: sha256 === '' ? undefined : sha256 }),
	);
	return compact({
		subject,
		from,
		to,
		date,
		receivedAt,
		...(withContent && !hasText ? (text === undefined ? { html } : { text }) : {}),
		...(withContent && json.attachments === undefined ? { attachments } : {}),
		messageId,
		id: email.id,
		source: email.source,
	});
}

/** What was found inside of the attachments, for an item whose message was opened. */
function openedFields(email: Email, whole: Email, json: Json): Json {
	if (email.opened === undefined && email.attachments.every(({ opened }) => opened === undefined)) return {};
	const shown = isEmailJson(json) ? withOpenedOf(whole, email) : email;
	const { attachments } = emailToJson({ ...shown, parts: [] });
	const { opened } = emailToJson({ ...email, parts: [], attachments: [] });
	return compact({ attachments, opened });
}

/** What an item that is not the message itself says of it, so that such items can be grouped again. */
function messageReference(email: Email): Json {
	const { id, messageId, subject, from, source } = email;
	return compact({ id, messageId, subject, from, ...timesOf(email), source });
}

function timesOf(email: Email): { date?: unknown; receivedAt?: unknown } {
	// Bytes do not tell when a mailbox received them.
	const { date, receivedAt } = emailToJson({ ...email, parts: [], attachments: [] });
	return compact({ date, receivedAt });
}
