import type { CampaignKeys } from '../campaign';
import type { Email } from '../email';
import type { AnyBundle } from '../stix';
import {
	addToExisting,
	bundleWork,
	counted,
	createCaseFromEmail,
	createIncidentFromEmail,
	createReportFromBundle,
	createReportFromEmail,
	importBundle,
	type AddedResult,
	type Additions,
	type AddOptions,
	type BundleReportOptions,
	type BundleReportResult,
	type Counted,
	type EmailCaseOptions,
	type EmailCaseResult,
	type EmailIncidentOptions,
	type EmailIncidentResult,
	type EmailReportOptions,
	type ImportBundleOptions,
	type ImportBundleResult,
} from './bundle';
import {
	addFiles,
	CASE_WRITER,
	createContainer,
	findReports,
	pageOf,
	REPORT_WRITER,
	REPORTS,
	similarReports,
	type AddFilesOptions,
	type CaseDraft,
	type CaseResult,
	type CreateOptions,
	type DraftFile,
	type FoundReport,
	type ReportDraft,
	type ReportQuery,
	type ReportResult,
	type SimilarOptions,
	type SimilarReports,
	type UploadedFile,
} from './container';
import { ABOUT, DRAFT_WORKSPACE_ADD, nodesOf } from './documents';
import { holds, nameOfMarking, Platform, understood, type Choices, type PlatformOptions } from './platform';

/** The answer of {@link OpenCtiClient.test}. */
export interface PlatformInfo {
	version: string;
	user: { id: string; name: string; email: string };
	capabilities: string[];
	/** Of {@link NEEDED_CAPABILITIES}, those that the user lacks. */
	missingCapabilities: string[];
	/** Markings that the user may use; empty when the platform does not tell. */
	allowedMarkings: string[];
	maxConfidence?: number;
	/** Names of the organizations that the user belongs to: a platform that is segregated by them shows only what is shared with one. */
	organizations: string[];
}

/** What whoever makes reports and cases needs: the second for their files. */
export const NEEDED_CAPABILITIES = ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD'] as const;

/** An OpenCTI platform, 6.1 to 7.x, over its GraphQL API. */
export class OpenCtiClient {
	readonly #platform: Platform;

	/**
	 * @throws HttpError `HTTP_CONFIGURATION` for an unusable URL; OpenCtiError `OPENCTI_TOKEN_REFUSED` for an unusable token,
	 * `OPENCTI_INPUT` for the id of a draft workspace that is not one: what is meant for approval must not go live
	 */
	constructor(options: PlatformOptions) {
		this.#platform = new Platform(options);
	}

	/** What the platform offers to choose from: markings, labels, authors, values of its vocabularies, draft workspaces. */
	get choices(): Choices {
		const { choices } = this.#platform;
		return {
			markings: () => understood(choices.markings()),
			labels: (search) => understood(choices.labels(search)),
			vocabulary: (category) => understood(choices.vocabulary(category)),
			authors: (search) => understood(choices.authors(search)),
			drafts: (search) => understood(choices.drafts(search)),
			reports: (search) => understood(choices.reports(search)),
		};
	}

	/** Base address as it is used, without a slash at the end. */
	get baseUrl(): string {
		return this.#platform.baseUrl;
	}

	/**
	 * Logs in, and says what the user may do.
	 *
	 * @throws OpenCtiError for a wrong token or URL
	 */
	test(): Promise<PlatformInfo> {
		return understood(this.#test());
	}

	async #test(): Promise<PlatformInfo> {
		const { about, me } = await this.#platform.call(ABOUT, {});
		const capabilities = me.capabilities.map(({ name }) => name);
		return {
			version: about.version,
			user: { id: me.id, name: me.name, email: me.user_email },
			capabilities,
			missingCapabilities: NEEDED_CAPABILITIES.filter((needed) => !holds(capabilities, needed)),
			allowedMarkings: (me.allowed_marking ?? []).map(nameOfMarking),
			organizations: nodesOf(me.objectOrganization).map(({ name }) => name),
			...(me.effective_confidence_level === null
				? {}
				: { maxConfidence: me.effective_confidence_level.max_confidence }),
		};
	}

	/**
	 * Creates the report with its files, or completes the one that is there: running it again duplicates nothing, and
	 * leaves text, marking, author and confidence as its people made them.
	 *
	 * Markings, author and labels are resolved first; what is missing ends the call before anything is created. A file
	 * that fails does not throw: `complete` is false and `files` says which.
	 *
	 * @throws OpenCtiError
	 */
	async createReport(draft: ReportDraft, options: CreateOptions = {}): Promise<Counted<ReportResult>> {
		return understood(createContainer(this.#platform, REPORT_WRITER, draft, options).then(counted));
	}

	/**
	 * The report of a message, with what was found in it (`contents`) and what is given (`findings`): {@link createReport} of the
	 * draft that `reportFromEmail` makes, or {@link createReportFromBundle} when it is to hold objects.
	 *
	 * @throws OpenCtiError
	 */
	async createReportFromEmail(
		email: Email,
		options: EmailReportOptions & CreateOptions = {},
	): Promise<Counted<ReportResult | BundleReportResult>> {
		return understood(createReportFromEmail(this.#platform, email, options).then(counted));
	}

	/**
	 * Opens an incident case, or adds the message to the case of its conversation: found by the Message-IDs that it answers,
	 * never by its subject. Files, markings and errors as for reports.
	 */
	async createIncidentCase(draft: CaseDraft, options: CreateOptions = {}): Promise<Counted<CaseResult>> {
		return understood(createContainer(this.#platform, CASE_WRITER, draft, options).then(counted));
	}

	/** {@link createIncidentCase} of a message, with what was found in it, as {@link createReportFromEmail} does for reports. */
	async createCaseFromEmail(
		email: Email,
		options: EmailCaseOptions & CreateOptions = {},
	): Promise<Counted<EmailCaseResult>> {
		return understood(createCaseFromEmail(this.#platform, email, options).then(counted));
	}

	/**
	 * Makes the incident of a message, or completes the one that is there. The platform gives incidents neither content nor objects: the
	 * text is at the end of the description, and what was found in the message is related to the incident, which indicators indicate.
	 * Files, markings and errors as for reports.
	 */
	async createIncidentFromEmail(
		email: Email,
		options: EmailIncidentOptions & CreateOptions = {},
	): Promise<Counted<EmailIncidentResult>> {
		return understood(createIncidentFromEmail(this.#platform, email, options).then(counted));
	}

	/**
	 * Makes the observables, indicators and relationships of a bundle that are not there, marked as the report at least, and a
	 * report that holds them all. The report is the bundle's own, or `draft`. What could not be imported is in `objects`, and
	 * `complete` is false.
	 */
	async createReportFromBundle(
		bundle: AnyBundle,
		options: BundleReportOptions = {},
	): Promise<Counted<BundleReportResult>> {
		return understood(createReportFromBundle(this.#platform, bundle, options).then(counted));
	}

	/** Imports a bundle: object by object, through the platform's queue, or as a file. */
	importBundle(bundle: AnyBundle, options: ImportBundleOptions = {}): Promise<ImportBundleResult> {
		return understood(importBundle(this.#platform, bundle, options));
	}

	/** How far a pushed bundle is, and what went wrong in it. Needs MODULES. */
	bundleWork(workId: string): Promise<{ status: string; errors: string[] }> {
		return understood(bundleWork(this.#platform, workId));
	}

	/**
	 * Adds notes, what hunts found, and files to a report, a case or an incident that is there, by its internal id or standard id. What it
	 * says is not changed; what is added is marked as it is at least. Adding the same again adds nothing: a note is known by its title and
	 * text, a sighting by what was seen where, a file by its name and bytes.
	 */
	addTo(id: string, additions: Additions, options: AddOptions = {}): Promise<AddedResult> {
		return understood(addToExisting(this.#platform, id, additions, options));
	}

	/** Uploads files to a report, case or other object. Their markings are the object's, unless given. */
	addFiles(entityId: string, files: readonly DraftFile[], options: AddFilesOptions = {}): Promise<UploadedFile[]> {
		return understood(addFiles(this.#platform, entityId, files, options));
	}

	/** The reports that a message gave, the report of a name and date, or the one of an id; none is an empty list. */
	findReports(query: ReportQuery): Promise<FoundReport[]> {
		return understood(findReports(this.#platform, query));
	}

	/** The first of {@link findReports}. */
	async findReport(query: ReportQuery): Promise<FoundReport | undefined> {
		return (await this.findReports(query))[0];
	}

	/**
	 * Reports of messages of the same campaign: those that have labels of its keys, as `campaignLabels` gives them. The best first, then
	 * the newest.
	 */
	similarReports(campaign: CampaignKeys, options: SimilarOptions = {}): Promise<SimilarReports> {
		return understood(similarReports(this.#platform, campaign, options));
	}

	/** A new draft workspace (OpenCTI 6.6 on; 6.4 and 6.5 have it behind a switch), for `workspace: {id}` of another client. */
	async createDraftWorkspace(name: string): Promise<{ id: string; url: string }> {
		// Beside all drafts, wherever the user or this client works.
		const { draftWorkspaceAdd } = await this.#platform.callLive(DRAFT_WORKSPACE_ADD, { input: { name } });
		return { id: draftWorkspaceAdd.id, url: `${this.baseUrl}/dashboard/data/import/draft/${draftWorkspaceAdd.id}` };
	}

	/** The report's page. */
	reportUrl(id: string): string {
		return pageOf(REPORTS, this.baseUrl, id);
	}

	/** Closes the connections. */
	async close(): Promise<void> {
		await this.#platform.close();
	}
}
