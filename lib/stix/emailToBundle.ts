import type { Email, EmailWarning } from '../email';
import { indicatorSteps, type Indicator } from '../indicators';
import { OPENCTI_LIMITS } from '../limits';
import { finish, finishInTurns, type Steps } from '../steps';
import { emailAddrValue } from '../values';
import { BundleBuilder } from './bundleBuilder';
import { papMarking, tlpMarking } from './markings';
import { addMessage, type MessageRecord } from './message';
import type { Bundle, MarkingDefinition } from './objects';
import { addIndicators, addObservables } from './observables';
import { resolveOptions, type BundleOptions, type ResolvedOptions } from './options';
import { stixObject } from './stixObject';
import { FALLBACK_TIME, reportTime, timestampOf } from './timestamp';
import { ownUuid } from './identifier';

/** `created` of the author. Its id is the same in every bundle, so its date must be, too (STIX 2.1 section 3.6). */
const AUTHOR_CREATED = '2025-01-01T00:00:00.000Z';

/**
 * A STIX 2.1 bundle of a message: the email-message object with its addresses, files and attached messages, observables of what was
 * found in it, and, as the options have it, an observed-data, a report, indicators, relationships, an author and markings.
 *
 * Pure: equal messages and options give equal bytes. `created`, `modified`, `published` and `valid_from` are the message's Date, else the
 * time of its receipt, both from 1970 to 9999, else 1970-01-01T00:00:00.000Z; all ids are derived. Values that have no legal form (an address that is none, a hash of
 * the wrong length) are left out and told to `onWarning`; nothing refers to what is not there.
 *
 * @throws StixError `STIX_OPTION_INVALID`
 */
export function emailToBundle(email: Email, options: BundleOptions = {}): Bundle {
	return finish(bundleSteps(email, options));
}

/**
 * As {@link emailToBundle}, and the same bundle byte for byte, in turns of some 10 milliseconds: between them the process
 * serves others. For messages of many values or megabytes.
 *
 * @throws StixError `STIX_OPTION_INVALID`
 * @throws whatever `options.signal` was aborted with
 */
export async function emailToBundleAsync(email: Email, options: BundleAsyncOptions = {}): Promise<Bundle> {
	return await finishInTurns(bundleSteps(email, options), options.signal);
}

/** Options of {@link emailToBundleAsync}. */
export interface BundleAsyncOptions extends BundleOptions {
	/** Ends the work; the promise is rejected with the reason. */
	signal?: AbortSignal | undefined;
}

/** {@link emailToBundle} in steps, for work that it is a part of. */
export function* bundleSteps(email: Email, options: BundleOptions): Steps<Bundle> {
	const resolved = resolveOptions(options);
	const indicators =
		options.indicators ??
		(resolved.include.observables === 'none' ? [] : yield* indicatorSteps(email, { onWarning: resolved.warn }));
	const time = reportTime(email.date) ?? reportTime(email.receivedAt) ?? FALLBACK_TIME;
	const markings = markingDefinitions(resolved);
	const author = authorOf(resolved);
	const builder = new BundleBuilder(resolved, {
		time,
		createdBy: author?.id,
		markings: [...new Set(markings.map(({ id }) => id))],
	});
	for (const object of [...markings, ...(author === undefined ? [] : [author])]) builder.add(object);

	const record: MessageRecord = {
		messages: [],
		filesByHash: new Map(),
		budget: { left: resolved.sizes.maxTotalArtifactBytes },
	};
	const message = yield* addMessage(builder, resolved, email, record);
	const found = yield* addObservables(builder, resolved, indicators, record);
	const observedData = resolved.include.observedData
		? yield* addObservedData(builder, message, email, time)
		: undefined;
	const patterns = yield* addIndicators(builder, resolved, found, observedData, new Date(time));
	if (resolved.include.report) {
		addReport(builder, resolved, email, { time, message, indicators, patterns: patterns.length });
	}
	const { objects } = builder;
	const name = { type: 'bundle', message, objects: objects.map(({ id }) => id) };
	return { type: 'bundle', id: `bundle--${yield* ownUuid(name)}`, objects };
}

function markingDefinitions({ markings }: ResolvedOptions): MarkingDefinition[] {
	return [
		...(markings.tlp === 'none' ? [] : [tlpMarking(markings.tlp, markings.ids)]),
		...(markings.pap === 'none' ? [] : [papMarking(markings.pap)]),
		...markings.definitions,
	];
}

function authorOf({ identity }: ResolvedOptions): ReturnType<typeof stixObject<'identity'>> | undefined {
	return (
		identity &&
		stixObject('identity', {
			created: AUTHOR_CREATED,
			modified: AUTHOR_CREATED,
			name: identity.name.trim(),
			description: identity.description,
			identity_class: identity.identityClass,
		})
	);
}

function* addObservedData(builder: BundleBuilder, message: string, email: Email, time: string): Steps<string> {
	const seen = timestampOf(email.receivedAt) ?? time;
	return yield* builder.observedData({
		first_observed: seen,
		last_observed: seen,
		number_observed: 1,
		object_refs: yield* builder.connected(message),
	});
}

function addReport(
	builder: BundleBuilder,
	options: ResolvedOptions,
	email: Email,
	about: { time: string; message: string; indicators: readonly Indicator[]; patterns: number },
): void {
	const { report, labels } = options;
	const contents = builder.objects.filter(({ type }) => type !== 'marking-definition' && type !== 'identity');
	builder.versioned('report', {
		name: report.name?.trim() || reportName(email, { onCut: options.warn }),
		description: report.description ?? describe(email, about),
		report_types: report.types,
		published: about.time,
		object_refs: contents.map(({ id }) => id),
		labels,
		external_references: email.messageId
			? [{ source_name: 'email', description: 'Message-ID', external_id: email.messageId }]
			: undefined,
	});
}

/**
 * Name of the report of a message: its subject with all its blanks, or `<no subject> from <address>`. OpenCTI refuses names of fewer than two characters, so
 * a subject of one gets the sender, too. A name above OpenCTI's limit is cut, here already: the report's id follows from it.
 *
 * @param about.prefix Put before it.
 * @param about.onCut Told `name-cut` when the end of it is left out.
 */
export function reportName(
	email: Pick<Email, 'subject' | 'from'>,
	{ prefix = '', onCut }: { prefix?: string | undefined; onCut?: ((warning: EmailWarning) => void) | undefined } = {},
): string {
	const name = `${prefix}${wholeName(email)}`.trim();
	const { maxNameCharacters } = OPENCTI_LIMITS;
	if (name.length <= maxNameCharacters) return name;
	const message = `The subject is longer than ${maxNameCharacters} characters. The name only contains its beginning.`;
	onCut?.({ code: 'name-cut', message });
	return `${name
		.slice(0, maxNameCharacters - 1)
		.replace(/[\ud800-\udbff]$/, '')
		.trimEnd()}…`;
}

function wholeName(email: Pick<Email, 'subject' | 'from'>): string {
	const subject = onOneLine(email.subject ?? '').trim();
	if ([...subject].length >= 2) return subject;
	const from = email.from.map(({ address }) => emailAddrValue(address)).find((value) => value !== undefined);
	return `${subject || '<no subject>'} from ${from ?? 'unknown sender'}`;
}

/** A folded line is one (RFC 5322 section 2.2.3), and no other character ends it. Blanks stay: OpenCTI's id of a report tells them apart. */
const onOneLine = (text: string) => text.replace(/\r?\n[ \t]/g, ' ').replace(/\r\n|[^\P{Cc}\t]/gu, ' ');

function describe(email: Email, about: { time: string; indicators: readonly Indicator[]; patterns: number }): string {
	const from = email.from.map(({ address }) => emailAddrValue(address)).find((value) => value !== undefined);
	const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
	const held = [
		count(email.attachments.length, 'attachment'),
		count(about.indicators.length, 'value') + ' of interest',
		...(about.patterns > 0 ? [count(about.patterns, 'indicator')] : []),
	];
	return `Email from ${from ?? 'unknown sender'} of ${about.time}: ${held.join(', ')}.`;
}
