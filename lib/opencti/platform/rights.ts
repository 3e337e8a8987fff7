import { ABOUT, nodesOf, type AboutData, type MarkingNode } from '../documents';
import { OpenCtiError } from './errors';
import { nameOfMarking } from './markings';
import { capabilityName, GRANT_HINT, holds } from './capabilities';
import type { Call } from './references';

/** What the user of a platform may do, asked before anything is made: half a report is worse than none. */
export class Rights {
	readonly #call: Call;
	readonly #isLive: boolean;
	#asked?: Promise<AboutData['me']> | undefined;

	/** @param isLive Whether the work goes into live data. */
	constructor(call: Call, isLive: boolean) {
		this.#call = call;
		this.#isLive = isLive;
	}

	/**
	 * Within a draft a role may allow more than in live data, which older versions do not tell: there the platform decides itself.
	 *
	 * @param purpose What it is needed for, such as `upload the files of a report`.
	 * @throws OpenCtiError `OPENCTI_FORBIDDEN` that names the capability, before anything is made
	 */
	async require(capability: string, purpose: string, instead = ''): Promise<void> {
		if (!this.#isLive) return;
		const { capabilities } = await this.#me();
		if (
			holds(
				capabilities.map(({ name }) => name),
				capability,
			)
		)
			return;
		throw new OpenCtiError(
			'OPENCTI_FORBIDDEN',
			`The user of this token may not ${purpose}, for want of the capability ${capabilityName(capability)}`,
			{ hint: `Nothing was created. ${GRANT_HINT}${instead}`, missingCapabilities: [capability] },
		);
	}

	/**
	 * Newer platforms show every marking to everybody, and refuse what a user may not use only when something of it is made already.
	 *
	 * @throws OpenCtiError `OPENCTI_MARKING_UNKNOWN`
	 */
	async requireMarkings(markings: readonly MarkingNode[]): Promise<void> {
		if (markings.length === 0) return;
		const { allowed_marking: allowed, capabilities } = await this.#me();
		if (allowed === null || capabilities.some(({ name }) => name === 'BYPASS')) return;
		const ids = new Set(allowed.map(({ standard_id }) => standard_id));
		const refused = markings.find(({ standard_id }) => !ids.has(standard_id));
		if (refused === undefined) return;
		const known = allowed.map(nameOfMarking).sort();
		throw new OpenCtiError(
			'OPENCTI_MARKING_UNKNOWN',
			`The user of this token may not use the marking ${nameOfMarking(refused)}`,
			{
				hint: `Nothing was created. Choose one of: ${known.join(', ') || 'none, the user may use no marking'}; or let an administrator allow it to a group of this user (Settings, Security, Groups).`,
				known,
			},
		);
	}

	/** The confidence above which the platform ignores what the user writes; undefined where it does not tell. */
	async maxConfidence(): Promise<number | undefined> {
		return (await this.#me()).effective_confidence_level?.max_confidence;
	}

	/** Names of the organizations that the user belongs to. */
	async organizations(): Promise<string[]> {
		return nodesOf((await this.#me()).objectOrganization).map(({ name }) => name);
	}

	/** Asked once; a failure is asked for again. */
	async #me(): Promise<AboutData['me']> {
		this.#asked ??= this.#call(ABOUT, {}).then(({ me }) => me);
		try {
			return await this.#asked;
		} catch (error) {
			this.#asked = undefined;
			throw error;
		}
	}
}
