import {
	attachmentsOmitted,
	fileList,
	INCOMPLETE_WARNING,
	isIncomplete,
	type Email,
	type EmailWarning,
} from '../../email';
import type { FirstLook } from '../../firstLook';
import type { HuntFindings } from '../../hunt';
import type { Indicator } from '../../indicators';
import type { Reported } from '../../reported';
import { OPENCTI_LIMITS, STIX_LIMITS } from '../../limits';
import { instant, wholeNumber } from '../../settings';
import { reportName, reportTime } from '../../stix';
import type { Steps } from '../../steps';
import { DAY } from '../../units';
import { OpenCtiError, openCtiSettings, type AuthorKind, type DraftAuthor, type DraftReference } from '../platform';
import { CONTENT_CUTS, CONTENT_DEFAULTS, contentSteps, type ContentOptions } from './content';
import { emailDescription } from './description';
import type { ContainerDraft, DraftWarning, SkippedFile, SkipReason } from './draft';
import { contentOptions } from './phish';
import { reportedReference } from './reporters';
import { FILE_DEFAULTS, selectFiles, type FileSelection } from './selectFiles';

/** What a report, a case and an incident made from a message have in common. */
export interface FromEmailOptions extends ContentOptions, FileSelection {
	/** Where the date comes from: the sender's Date header, the time of reception, or a given date. Default {@link FROM_EMAIL_DEFAULTS}. */
	published?: 'date' | 'received' | Date | undefined;
	/** For a message with neither; without it such a message is an error. Never the clock: a re-run would make another report. */
	publishedFallback?: Date | undefined;
	/**
	 * `amber+strict`, `TLP:AMBER+STRICT`, `PAP:RED`, a marking id; one or several. Default {@link FROM_EMAIL_DEFAULTS}.
	 * An empty list is a report without marking.
	 */
	marking?: string | readonly string[] | undefined;
	/** A name (an organization unless `kind` says otherwise), an id, or null for none. Default {@link FROM_EMAIL_DEFAULTS}. */
	author?: string | { name: string; kind?: AuthorKind } | { id: string } | null | undefined;
	labels?: readonly string[] | undefined;
	/** References besides the one to the Message-ID. */
	externalReferences?: readonly DraftReference[] | undefined;
	/** 0 to 100. Default: the user's maximum, as the platform sets it. */
	confidence?: number | undefined;
	/** Internal or STIX ids of objects that are on the platform already. */
	objects?: readonly string[] | undefined;
	/** Listed, defanged, in the description. */
	indicators?: readonly Indicator[] | undefined;
	/** What hunts for it found: a table of the messages in the description. `huntFindings` reads them of a hunt's result. */
	hunts?: readonly HuntFindings[] | undefined;
	/** Who reported the message, for the description; its file is uploaded then. Nothing else is made of it. */
	reported?: Reported | undefined;
	/** A table of it in the description. */
	firstLook?: FirstLook | undefined;
	/** Markdown put at the end of the description as it is. */
	notes?: string | undefined;
	/** Put before the name. */
	namePrefix?: string | undefined;
	/** What a step before could not read of the message, such as `onWarning` of `extractIndicators` tells: the draft is `incomplete` then. */
	gaps?: readonly EmailWarning[] | undefined;
}

/** What {@link FromEmailOptions} mean where nobody sets them. */
export const FROM_EMAIL_DEFAULTS = {
	...FILE_DEFAULTS,
	...CONTENT_DEFAULTS,
	links: 'auto',
	published: 'date',
	marking: 'TLP:AMBER+STRICT',
	author: 'Email Intel',
} as const satisfies FromEmailOptions;

/** What {@link containerParts} gives. */
type ContainerParts = Omit<ContainerDraft, 'kind' | 'name' | 'standardId' | 'warnings'>;

/**
 * Everything of a draft but its name, date and id, with places where the work may pause.
 *
 * @param text The text of the message as Markdown for the description, where there is no content to hold it.
 */
export function* containerParts(
	email: Email,
	options: FromEmailOptions,
	warnings: DraftWarning[],
	text?: string,
): Steps<ContainerParts> {
	const confidence = openCtiSettings(() =>
		wholeNumber('confidence', options.confidence, { least: 0, most: STIX_LIMITS.maxConfidence, otherwise: undefined }),
	);
	// Who reads the report of a reported message wants the message: the mail that is at hand is another one.
	const isAttached = options.reported?.message === 'attached' && email.raw !== undefined;
	const { files, skippedFiles } = selectFiles(email, isAttached ? { ...options, originalEmail: true } : options);
	const content =
		text === undefined
			? yield* contentSteps(email, contentOptions(options, FROM_EMAIL_DEFAULTS.links))
			: { html: '', warnings: [] };
	const gaps = [
		...(options.gaps ?? []),
		...missingParts(email, skippedFiles),
		...content.warnings.filter(({ code }) => CONTENT_CUTS.has(code)),
	];
	warnings.push(...new Set([...gaps, ...content.warnings]));
	const author = authorOf(options.author);
	const messageId = email.messageId?.trim();
	return {
		description: emailDescription({
			email,
			skippedFiles,
			indicators: options.indicators ?? [],
			hunts: options.hunts ?? [],
			reported: options.reported,
			firstLook: options.firstLook,
			text,
			...(options.notes === undefined ? {} : { notes: options.notes }),
		}),
		content: content.html,
		markings: markingsOf(options.marking),
		...(author === undefined ? {} : { author }),
		labels: [...new Set((options.labels ?? []).map((label) => label.trim()).filter((label) => label !== ''))],
		externalReferences: [
			...(messageId ? [{ sourceName: 'email', externalId: messageId }] : []),
			...(options.reported === undefined ? [] : [reportedReference(options.reported)]),
			...(options.externalReferences ?? []),
		],
		...(confidence === undefined ? {} : { confidence }),
		files,
		skippedFiles,
		objects: [...(options.objects ?? [])],
		...(messageId ? { messageId } : {}),
		...(options.reported === undefined ? {} : { reported: options.reported }),
		...(gaps.length > 0 ? { incomplete: true as const } : {}),
	};
}

/** What a limit kept out of it. Files that the user did not ask for are none of it. */
function missingParts(email: Email, skippedFiles: readonly SkippedFile[]): DraftWarning[] {
	const skipped = (reason: SkipReason) =>
		skippedFiles.filter((file) => file.reason === reason).map(({ name, size }) => ({ fileName: name, size }));
	const omitted = skipped('content-omitted');
	const tooMany = skipped('too-many');
	return [
		...(isIncomplete(email) ? [INCOMPLETE_WARNING] : []),
		...(omitted.length > 0 ? [attachmentsOmitted('Not uploaded', omitted, email)] : []),
		...(tooMany.length > 0 ? [tooManyFiles(tooMany)] : []),
	];
}

function tooManyFiles(files: readonly { fileName: string; size: number }[]): DraftWarning {
	const message = `Not uploaded, because at most ${OPENCTI_LIMITS.maxFiles} files of one message can be uploaded at once: ${fileList(files)}. Get them with the Mailbox Reader node (Get Attachments), and add them with File: Add.`;
	return { code: 'files-too-many', message };
}

/** The subject, or `<no subject> from <address>`; the platform wants 2 characters or more that are not all blank. */
export function nameOf(email: Email, prefix: string | undefined, warnings: DraftWarning[]): string {
	return reportName(email, {
		...(prefix === undefined ? {} : { prefix }),
		onCut: (warning) => warnings.push(warning),
	});
}

/** The date of the report, by choice and never by the clock: it is part of the id. RFC 3339, UTC, milliseconds. */
export function publishedOf(email: Email, options: FromEmailOptions, warnings: DraftWarning[]): string {
	const wanted = options.published ?? FROM_EMAIL_DEFAULTS.published;
	if (wanted !== 'date' && wanted !== 'received') {
		const given = openCtiSettings(() => instant('published', wanted));
		if (usable(given)) return given.toISOString();
		throw new OpenCtiError('OPENCTI_INPUT', 'The publication date is not valid', {
			hint: 'Enter a date from 1970 to 9999.',
		});
	}
	const [first, second] = wanted === 'date' ? [email.date, email.receivedAt] : [email.receivedAt, email.date];
	if (usable(first)) {
		if (wanted === 'date' && usable(email.receivedAt) && first.getTime() - email.receivedAt.getTime() > DAY) {
			warnings.push({
				code: 'date-in-future',
				message: 'The Date header is more than a day after the message was received.',
			});
		}
		return first.toISOString();
	}
	const given = openCtiSettings(() =>
		instant('publishedFallback', options.publishedFallback, { otherwise: undefined }),
	);
	const fallback = usable(second) ? second : given;
	if (usable(fallback)) {
		const missing = wanted === 'date' ? 'no readable Date header' : 'no time of reception';
		const used =
			fallback === second ? (wanted === 'date' ? 'the time of reception' : 'its Date header') : 'the given fallback';
		warnings.push({
			code: 'date-fallback',
			message: `The message has ${missing}. The date of the report is taken from ${used}.`,
		});
		return fallback.toISOString();
	}
	throw new OpenCtiError(
		'OPENCTI_DATE_MISSING',
		'The message has neither a readable Date header nor a time of reception',
		{
			hint: "Set 'Published At' in the options of the node: it is used for messages that have no date. Or put `receivedAt` or `date` (ISO 8601) into the JSON of the item. In code, give `published` or `publishedFallback`.",
		},
	);
}

/** RFC 3339 has four digits for the year, and the platform's own bounds begin in 1970. */
function usable(date: Date | undefined): date is Date {
	return date instanceof Date && reportTime(date) !== undefined;
}

export function markingsOf(marking: string | readonly string[] | undefined): string[] {
	const wanted =
		marking === undefined ? [FROM_EMAIL_DEFAULTS.marking] : typeof marking === 'string' ? [marking] : [...marking];
	return [...new Set(wanted.map(markingName).filter((name) => name !== ''))];
}

/** `amber`, `tlp:white`, `TLP:AMBER+STRICT` as the platform writes them; anything else as it is. */
function markingName(text: string): string {
	const name = text.trim();
	const tlp = /^(?:tlp[: ]?)?(clear|white|green|amber|amber\+strict|red)$/i.exec(name)?.[1]?.toUpperCase();
	return tlp === undefined ? name : `TLP:${tlp === 'WHITE' ? 'CLEAR' : tlp}`;
}

export function authorOf(author: FromEmailOptions['author']): DraftAuthor | undefined {
	if (author === null) return undefined;
	if (author === undefined) return { name: FROM_EMAIL_DEFAULTS.author, kind: 'organization' };
	if (typeof author === 'string') return { name: author.trim(), kind: 'organization' };
	return 'id' in author ? { id: author.id.trim() } : { name: author.name.trim(), kind: author.kind ?? 'organization' };
}
