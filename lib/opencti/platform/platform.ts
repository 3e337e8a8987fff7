import { OPENCTI_LIMITS } from '../../limits';
import type { Logger } from '../../logger';
import type { OpenCtiDocument } from '../documents';
import { attempt } from './attempt';
import { OpenCtiError, type OpenCtiErrorCode } from './errors';
import { organizationsText } from './organizations';
import { PlatformChoices, type Choices } from './choices';
import { Exclusive } from './exclusive';
import { References, type Call } from './references';
import { Rights } from './rights';
import { OpenCtiTransport, type TransportOptions, type UploadFile } from './transport';

/** Which OpenCTI is used, as whom, and how it is reached. */
export interface PlatformOptions extends TransportOptions {
	/**
	 * Where the work goes: `live` data, the draft workspace of this `id`, or wherever the `user`'s own settings say.
	 * Draft workspaces are there from OpenCTI 6.6 on; 6.4 and 6.5 have them behind a switch. Default `live`.
	 */
	workspace?: 'live' | 'user' | { id: string } | undefined;
}

/** What can be there and not be seen. */
const HIDES_FROM_OTHERS: ReadonlySet<OpenCtiErrorCode> = new Set(['OPENCTI_RESTRICTED', 'OPENCTI_REFERENCE_MISSING']);

/** The header that means live data, even for a user who last worked in a draft. */
const LIVE = '';

/**
 * One OpenCTI platform as one user works on it: its calls, all in one workspace, and what was looked up on it. All that is done
 * to a platform takes this one object.
 */
export class Platform {
	/** Ids of markings, authors, labels, vocabularies: looked up once. */
	readonly references: References;
	/** What the user may do. */
	readonly rights: Rights;
	/** What the platform offers to choose from. */
	readonly choices: Choices;
	readonly logger: Logger | undefined;
	/** Work on one thing of the platform, one after the other. */
	readonly exclusive = new Exclusive();
	/** What results of this client have told, that is the same for all of them. */
	readonly #told = new Set<string>();
	/** Messages that this client has linked. */
	readonly #touched = new Set<string>();
	readonly #transport: OpenCtiTransport;
	/** '' is live data; undefined leaves it to the user's settings. */
	readonly #draftId: string | undefined;

	/**
	 * @throws HttpError `HTTP_CONFIGURATION` for an unusable URL; OpenCtiError `OPENCTI_TOKEN_REFUSED` for an unusable token,
	 * `OPENCTI_INPUT` for the id of a draft workspace that is not one: what is meant for approval must not go live
	 */
	constructor({ workspace = 'live', ...transport }: PlatformOptions) {
		this.#transport = new OpenCtiTransport(transport);
		this.#draftId = draftIdOf(workspace);
		this.logger = transport.logger;
		const call: Call = (document, variables) => this.call(document, variables);
		this.rights = new Rights(call, this.workspace === 'live');
		this.choices = new PlatformChoices(call, (document, variables) => this.callLive(document, variables));
		this.references = new References(call);
	}

	/** Base address as it is used, without a slash at the end. */
	get baseUrl(): string {
		return this.#transport.baseUrl;
	}

	/** Which data it works on, as far as that is known here. */
	get workspace(): 'live' | 'user' | 'draft' {
		if (this.#draftId === undefined) return 'user';
		return this.#draftId === LIVE ? 'live' : 'draft';
	}

	/** Those of a few names that no result of this client has told of yet. Once they are asked for, they have. */
	untold(about: string, names: readonly string[]): string[] {
		const fresh = names.filter((name) => !this.#told.has(`${about} ${name}`));
		for (const name of fresh) this.#told.add(`${about} ${name}`);
		return fresh;
	}

	/** Whether nobody has asked this of an object of the platform yet. Once it was asked, it is not so any more. */
	untouched(id: string): boolean {
		if (this.#touched.has(id)) return false;
		if (this.#touched.size >= OPENCTI_LIMITS.maxRememberedMessages) this.#touched.clear();
		this.#touched.add(id);
		return true;
	}

	/** One operation in the workspace. See {@link OpenCtiTransport.call}. */
	async call<V, D>(document: OpenCtiDocument<V, D>, variables: V, file?: UploadFile): Promise<D> {
		try {
			return await this.#transport.call(document, variables, {
				...(file === undefined ? {} : { file }),
				...(this.#draftId === undefined ? {} : { draftId: this.#draftId }),
			});
		} catch (error) {
			if (error instanceof OpenCtiError && HIDES_FROM_OTHERS.has(error.code))
				throw await this.namingOrganizations(error);
			throw error;
		}
	}

	/** What is hidden from a user may be so because of who he belongs to: whoever has to share it must know with whom. */
	async namingOrganizations(error: OpenCtiError): Promise<OpenCtiError> {
		const asked = await attempt(() => this.rights.organizations());
		const names = 'value' in asked ? asked.value : [];
		if (names.length === 0) return error;
		const { code, message, hint = '', platformCode, docCode, status } = error;
		const who = organizationsText(names);
		return new OpenCtiError(code, `${message} (the user belongs to ${who})`, {
			hint: `${hint} If the platform is segregated by organizations, the object must be shared with ${who}.`.trim(),
			platformCode,
			docCode,
			status,
			cause: error,
		});
	}

	/** One operation on live data, wherever the work goes otherwise. */
	callLive<V, D>(document: OpenCtiDocument<V, D>, variables: V): Promise<D> {
		return this.#transport.call(document, variables, { draftId: LIVE });
	}

	/** Closes the connections. */
	async close(): Promise<void> {
		await this.#transport.close();
	}
}

function draftIdOf(workspace: NonNullable<PlatformOptions['workspace']>): string | undefined {
	if (workspace === 'live') return LIVE;
	if (workspace === 'user') return undefined;
	const id: unknown = (workspace as { id?: unknown } | null)?.id;
	if (typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id)) return id;
	throw new OpenCtiError('OPENCTI_INPUT', 'The draft workspace ID is not valid', {
		hint: 'Copy it from the address of the draft in OpenCTI, or leave it empty to write into live data.',
	});
}
