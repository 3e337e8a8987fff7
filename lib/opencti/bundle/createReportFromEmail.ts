import type { Email, EmailWarning } from '../../email';
import { indicatorSteps, LEAVE_OUT_PRESETS, ownDomainsOf, type Indicator, type IndicatorFlag } from '../../indicators';
import { withoutReporter, withoutReporterIndicators } from '../../reported';
import { finish, type Steps } from '../../steps';
import { bundleSteps, isOmission, TLP_MARKINGS, type AnyBundle, type AnyStixObject, type TlpLevel } from '../../stix';
import {
	createContainer,
	markingsOf,
	REPORT_WRITER,
	reportSteps,
	type ContainerDraft,
	type CreateOptions,
	type FromEmailOptions,
	type ReportDraft,
	type ReportFromEmailOptions,
	type ReportResult,
} from '../container';
import type { Platform } from '../platform';
import { objectsToMake } from './bundleObjects';
import { addFindings } from './addFindings';
import { addFurther } from './addFurther';
import { describeObjects, type ObjectDescription } from './describeObjects';
import { createReportFromBundle, type BundleReportResult } from './createReportFromBundle';
import { huntResults, shownFindings, type HuntResultOptions, type HuntResults } from './huntResults';
import { inOrder } from './inOrder';
import { saidOfReport } from './reportFromBundle';
import { withoutRecipients } from './withoutRecipients';

/**
 * What a report holds besides the text and the files of its message: nothing, what was found in the message as observables, or
 * an indicator too for each value that a person had defanged.
 */
export type ReportContents = 'none' | 'observables' | 'indicators';

/** What a report, a case or an incident made of a message holds besides its text and files. */
export interface EmailObjectOptions {
	/** Default {@link EMAIL_REPORT_DEFAULTS}. */
	contents?: ReportContents | undefined;
	/**
	 * The bundle that a step before made of the message: its objects are put in as they are, and the message is not searched
	 * again. `contents` means nothing then; author, labels, markings and confidence of its report hold where no
	 * option says otherwise, its labels in any case. `indicators` are those that it was made of, for the description.
	 */
	bundle?: AnyBundle | undefined;
	/** Domains of one's own: nothing of them becomes an observable. Default that of the mailbox. */
	ownDomains?: readonly string[] | undefined;
	/**
	 * Flags of what does not become an observable. Recipients of the message do not either, where `recipient` is among them, and those in
	 * own domains, where `own-domain` is; whoever sent it does. Of a `bundle` only recipients are left out, unless they are among
	 * `indicators`: what else is in it was chosen. Default {@link EMAIL_REPORT_DEFAULTS}.
	 */
	leaveOut?: readonly IndicatorFlag[] | undefined;
	/**
	 * Say of new observables and indicators what is known of them: what they are in the message and by which trick they stand there as
	 * labels and in the description, and a score where something speaks for or against them. What is there already stays as it is.
	 * Default {@link EMAIL_REPORT_DEFAULTS}.
	 */
	roles?: boolean | undefined;
	/** Further STIX objects that the report is to hold. They come first: a person chose them. */
	findings?: readonly AnyStixObject[] | undefined;
	/** What becomes of what `hunts` found. */
	huntResults?: HuntResultOptions | undefined;
}

/** Options of `OpenCtiClient.createReportFromEmail`. */
export interface EmailReportOptions extends ReportFromEmailOptions, EmailObjectOptions {}

/** What {@link EmailReportOptions} mean where nobody sets them. */
export const EMAIL_REPORT_DEFAULTS = {
	contents: 'none',
	leaveOut: LEAVE_OUT_PRESETS.phishingTriage,
	roles: true,
} as const satisfies EmailReportOptions;

/** What is to be made of a message, and the objects that belong to it. */
export interface EmailContents<Draft extends ContainerDraft> {
	draft: Draft;
	objects: AnyStixObject[];
	/** What hunts found, in its parts: its objects are among the others. */
	found: HuntResults;
	/** What is known of objects of the message, by their STIX ids. */
	described: ReadonlyMap<string, ObjectDescription>;
}

/** The report of a message, and the objects that it is to hold. */
export type EmailReport = EmailContents<ReportDraft>;

/**
 * A message as a report with what was found in it. Pure: same message, same options, same report. What a limit kept out makes
 * the draft `incomplete` and is among its warnings.
 *
 * @throws as `reportFromEmail`
 */
export function emailReport(email: Email, options: EmailReportOptions = {}): EmailReport {
	return finish(emailSteps(email, options, reportSteps));
}

/** How a draft of one kind is made of a message. */
type DraftOf<Draft extends ContainerDraft, Options extends FromEmailOptions> = (
	email: Email,
	options: Options,
) => Steps<Draft>;

/** The draft of one kind, and what was found in its message and by hunts. */
export function* emailSteps<
	Draft extends ContainerDraft & ({ published: string } | { created: string }),
	Options extends FromEmailOptions,
>(email: Email, options: Options & EmailObjectOptions, draftOf: DraftOf<Draft, Options>): Steps<EmailContents<Draft>> {
	const { findings = [], huntResults: asked = {}, hunts = [], roles = EMAIL_REPORT_DEFAULTS.roles, ...rest } = options;
	const shown = shownFindings(hunts, asked);
	const { draft, objects, indicators } = yield* messageSteps(
		email,
		{ ...(rest as unknown as Options), hunts: shown },
		draftOf,
	);
	const held = unique([...findings, ...objects]);
	const ownDomains = options.ownDomains?.length ? options.ownDomains : ownDomainsOf(email.source);
	const found = huntResults(hunts, asked, {
		objects: held,
		ownDomains,
		time: timeOf(draft),
		canQueue: 'published' in draft,
		messageId: draft.messageId,
	});
	const described = roles ? describeObjects(objects, indicators, draft.files) : new Map<string, ObjectDescription>();
	// The message before what was found for it, which is related to it; of what both have, the message's own.
	const own = new Set(objects.map(({ id }) => id));
	const further = found.objects.filter(({ id }) => !own.has(id));
	return { draft, objects: unique([...findings, ...objects, ...further]), found, described };
}

/** The date of a draft: part of its identity. */
const timeOf = (draft: { published: string } | { created: string }): string =>
	'published' in draft ? draft.published : draft.created;

/** The draft of the message alone, and what was found in it. */
function* messageSteps<Draft extends ContainerDraft, Options extends FromEmailOptions>(
	email: Email,
	options: Options & Omit<EmailObjectOptions, 'findings' | 'huntResults' | 'roles'>,
	draftOf: DraftOf<Draft, Options>,
): Steps<Pick<EmailContents<Draft>, 'draft' | 'objects'> & { indicators: readonly Indicator[] }> {
	const {
		contents = EMAIL_REPORT_DEFAULTS.contents,
		leaveOut = EMAIL_REPORT_DEFAULTS.leaveOut,
		ownDomains: given = [],
		bundle,
		...others
	} = options;
	const rest = others as unknown as Options;
	const ownDomains = given.length > 0 ? given : ownDomainsOf(email.source);
	if (bundle !== undefined) {
		const { indicators = [] } = rest;
		return {
			draft: yield* draftOf(email, { ...rest, ...saidBefore(bundle, rest) }),
			objects: withoutRecipients(objectsToMake(bundle), { leaveOut, ownDomains, indicators }),
			indicators,
		};
	}
	if (contents === 'none') return { draft: yield* draftOf(email, rest), objects: [], indicators: [] };
	const gaps: EmailWarning[] = [...(rest.gaps ?? [])];
	const reporters = new Set(rest.reported?.mail.addresses);
	const found = yield* indicatorsOf(email, { ownDomains, leaveOut }, gaps);
	const indicators = withoutReporterIndicators(found, reporters);
	const objects = yield* objectsOfMessage(withoutReporter(email, reporters), {
		indicators,
		contents,
		marking: rest.marking,
		gaps,
	});
	return {
		draft: yield* draftOf(email, { ...rest, indicators, gaps }),
		objects: withoutRecipients(objects, { leaveOut, ownDomains, indicators }),
		indicators,
	};
}

/** What was said when the bundle was made, where nothing is said now. */
function saidBefore(bundle: AnyBundle, given: FromEmailOptions): FromEmailOptions {
	const said = saidOfReport(bundle);
	return {
		...(given.author === undefined && said.author !== undefined ? { author: said.author } : {}),
		...(given.confidence === undefined && said.confidence !== undefined ? { confidence: said.confidence } : {}),
		...(given.marking === undefined && said.marking !== undefined ? { marking: said.marking } : {}),
		labels: [...(said.labels ?? []), ...(given.labels ?? [])],
	};
}

/** Each object once: what a hunt found may be in the message's own bundle, too. */
function unique(objects: readonly AnyStixObject[]): AnyStixObject[] {
	const byId = new Map(objects.map((object) => [object.id || object, object]));
	return byId.size === objects.length ? [...objects] : [...byId.values()];
}

/** Creates or completes the report of a message. See `OpenCtiClient.createReportFromEmail`. */
export async function createReportFromEmail(
	platform: Platform,
	email: Email,
	options: EmailReportOptions & CreateOptions,
): Promise<ReportResult | BundleReportResult> {
	const { draft, objects, found, described } = await inOrder(platform, emailSteps(email, options, reportSteps));
	const creation: CreateOptions = options;
	const { stated } = found;
	const report =
		objects.length === 0
			? await createContainer(platform, REPORT_WRITER, draft, creation)
			: await createReportFromBundle(platform, { type: 'bundle', objects }, { ...creation, draft, stated, described });
	return addFindings(
		platform,
		await addFurther(platform, report, draft),
		{ time: draft.published, markings: draft.markings },
		found,
	);
}

const OMITTED = 'indicators-omitted';

/** Puts what a limit kept out among the gaps. This has no option for the number of indicators: Email to STIX has. */
function* indicatorsOf(
	email: Email,
	{ ownDomains, leaveOut }: { ownDomains: readonly string[]; leaveOut: readonly IndicatorFlag[] },
	gaps: EmailWarning[],
): Steps<Indicator[]> {
	let omitted = 0;
	const indicators = yield* indicatorSteps(email, {
		ownDomains: [...ownDomains],
		exclude: [...leaveOut],
		onOmitted: (_type, findings) => (omitted += findings),
		onWarning: (warning) => {
			if (isOmission(warning) && warning.code !== OMITTED) gaps.push(warning);
		},
	});
	if (omitted > 0) {
		gaps.push({
			code: OMITTED,
			message: `${omitted} finding(s) exceed the maximum number of indicators and were left out. Convert the message with Email to STIX, where 'Max Indicators' can be increased, and use Create From Bundle.`,
		});
	}
	return indicators;
}

interface Conversion {
	indicators: Indicator[];
	contents: Exclude<ReportContents, 'none'>;
	marking: EmailReportOptions['marking'];
	gaps: EmailWarning[];
}

/** The objects alone: the report is made of the draft. Their ids are those that the platform computes. */
function* objectsOfMessage(email: Email, { indicators, contents, marking, gaps }: Conversion): Steps<AnyStixObject[]> {
	const bundle = yield* bundleSteps(email, {
		indicators,
		markings: { tlp: tlpOf(marking) },
		include: { report: false },
		patterns: { policy: contents === 'indicators' ? 'defanged' : 'never' },
		ids: { fileIdentity: 'opencti' },
		onWarning: (warning) => {
			if (isOmission(warning)) gaps.push(warning);
		},
	});
	return bundle.objects;
}

/** The level that the report is marked with. Other markings of its get onto what is made for it at its import. */
function tlpOf(marking: EmailReportOptions['marking']): TlpLevel | 'none' {
	const names = new Set(markingsOf(marking));
	const levels = Object.entries(TLP_MARKINGS) as [TlpLevel, { name: string; order: number }][];
	const wanted = levels.filter(([, { name }]) => names.has(name)).sort(([, one], [, other]) => other.order - one.order);
	return wanted[0]?.[0] ?? 'none';
}
