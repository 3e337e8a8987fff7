import type { Email, EmailWarning } from '../../email';
import { indicatorSteps, ownDomainsOf, type Indicator } from '../../indicators';
import { withoutReporter, withoutReporterIndicators } from '../../reported';
import { finish, finishInTurns, type Steps } from '../../steps';
import { bundleSteps, isOmission, TLP_MARKINGS, type AnyBundle, type AnyStixObject, type TlpLevel } from '../../stix';
import {
	createContainer,
	markingsOf,
	REPORT_WRITER,
	reportFromEmail,
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
import { createReportFromBundle, type BundleReportResult } from './createReportFromBundle';
import { huntResults, shownFindings, type HuntResultOptions, type HuntResults } from './huntResults';
import { saidOfReport } from './reportFromBundle';

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
	 * again. `contents` and `ownDomains` mean nothing then; author, labels, markings and confidence of its report hold where no
	 * option says otherwise, its labels in any case. `indicators` are those that it was made of, for the description.
	 */
	bundle?: AnyBundle | undefined;
	/** Domains of one's own: nothing of them becomes an observable. Of hunts default that of the mailbox. */
	ownDomains?: readonly string[] | undefined;
	/** Further STIX objects that the report is to hold. They come first: a person chose them. */
	findings?: readonly AnyStixObject[] | undefined;
	/** What becomes of what `hunts` found. */
	huntResults?: HuntResultOptions | undefined;
}

/** Options of `OpenCtiClient.createReportFromEmail`. */
export interface EmailReportOptions extends ReportFromEmailOptions, EmailObjectOptions {}

/** What {@link EmailReportOptions} mean where nobody sets them. */
export const EMAIL_REPORT_DEFAULTS = { contents: 'none' } as const satisfies EmailReportOptions;

/** What says nothing of an attack, though it stands in the message: it is left out of what a report holds. */
const LEFT_OUT = ['own-domain', 'private', 'schema-url', 'decoy'] as const;

/** What is to be made of a message, and the objects that belong to it. */
export interface EmailContents<Draft extends ContainerDraft> {
	draft: Draft;
	objects: AnyStixObject[];
	/** What hunts found, in its parts: its objects are among the others. */
	found: HuntResults;
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
	return finish(emailSteps(email, options, reportFromEmail));
}

/** How a draft of one kind is made of a message. */
type DraftOf<Draft extends ContainerDraft, Options extends FromEmailOptions> = (
	email: Email,
	options: Options,
) => Draft;

/** The draft of one kind, and what was found in its message and by hunts. */
export function* emailSteps<
	Draft extends ContainerDraft & ({ published: string } | { created: string }),
	Options extends FromEmailOptions,
>(email: Email, options: Options & EmailObjectOptions, draftOf: DraftOf<Draft, Options>): Steps<EmailContents<Draft>> {
	const { findings = [], huntResults: asked = {}, hunts = [], ...rest } = options;
	const shown = shownFindings(hunts, asked);
	const { draft, objects } = yield* messageSteps(email, { ...(rest as unknown as Options), hunts: shown }, draftOf);
	const held = unique([...findings, ...objects]);
	const ownDomains = options.ownDomains?.length ? options.ownDomains : ownDomainsOf(email.source);
	const found = huntResults(hunts, asked, {
		objects: held,
		ownDomains,
		time: timeOf(draft),
		canQueue: 'published' in draft,
	});
	return { draft, objects: unique([...findings, ...found.objects, ...objects]), found };
}

/** The date of a draft: part of its identity. */
const timeOf = (draft: { published: string } | { created: string }): string =>
	'published' in draft ? draft.published : draft.created;

/** The draft of the message alone, and what was found in it. */
function* messageSteps<Draft extends ContainerDraft, Options extends FromEmailOptions>(
	email: Email,
	options: Options & Omit<EmailObjectOptions, 'findings' | 'huntResults'>,
	draftOf: DraftOf<Draft, Options>,
): Steps<Pick<EmailContents<Draft>, 'draft' | 'objects'>> {
	const { contents = EMAIL_REPORT_DEFAULTS.contents, ownDomains = [], bundle, ...others } = options;
	const rest = others as unknown as Options;
	if (bundle !== undefined) {
		return { draft: draftOf(email, { ...rest, ...saidBefore(bundle, rest) }), objects: objectsToMake(bundle) };
	}
	if (contents === 'none') return { draft: draftOf(email, rest), objects: [] };
	const gaps: EmailWarning[] = [...(rest.gaps ?? [])];
	const reporters = new Set(rest.reported?.mail.addresses);
	const found = yield* indicatorsOf(email, ownDomains, gaps);
	const indicators = withoutReporterIndicators(found, reporters);
	const objects = yield* objectsOfMessage(withoutReporter(email, reporters), {
		indicators,
		contents,
		marking: rest.marking,
		gaps,
	});
	return { draft: draftOf(email, { ...rest, indicators, gaps }), objects };
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
	const { draft, objects, found } = await finishInTurns(emailSteps(email, options, reportFromEmail));
	const creation: CreateOptions = options;
	const { stated } = found;
	const report =
		objects.length === 0
			? await createContainer(platform, REPORT_WRITER, draft, creation)
			: await createReportFromBundle(platform, { type: 'bundle', objects }, { ...creation, draft, stated });
	return addFindings(
		platform,
		await addFurther(platform, report, draft),
		{ time: draft.published, markings: draft.markings },
		found,
	);
}

const OMITTED = 'indicators-omitted';

/** Puts what a limit kept out among the gaps. This has no option for the number of indicators: Email to STIX has. */
function* indicatorsOf(email: Email, ownDomains: readonly string[], gaps: EmailWarning[]): Steps<Indicator[]> {
	let omitted = 0;
	const indicators = yield* indicatorSteps(email, {
		ownDomains: [...ownDomains],
		exclude: [...LEFT_OUT],
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
