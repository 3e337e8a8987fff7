import { isError } from '../errors';
import {
	costOf,
	readingGaps,
	ReadBudget,
	runPlans,
	type HuntCost,
	type HuntOutcome,
	type HuntPlan,
	type HuntWarning,
	type ReadOptions,
} from '../hunt';
import { isRecord } from '../json';
import { EsaError, midOf } from './errors';
import { unreadable } from './explain';
import { ESA_LANGUAGE, huntTarget } from './huntTarget';
import { Login, type EsaClientOptions } from './login';
import * as quarantine from './quarantine';
import { encodeValue } from './query';
import type { EsaRow } from './row';
import { searchQuery, type SearchFields } from './search';
import { readRows, rowsOf } from './tracking';

/** A message on one appliance, as rows name it. */
export interface EsaMessageReference {
	serialNumber: string;
	mids: number[];
	icid?: number | undefined;
	/** Where the manager wants it (SMA). */
	dcid?: number | undefined;
	/** Full minutes, `YYYY-MM-DDThh:mm:00.000Z`; both or none. */
	startDate?: string | undefined;
	endDate?: string | undefined;
}

/** A row that a hunt found. */
export interface HuntedRow extends EsaRow {
	/** The comparisons of the pattern that hold for it, as the plan's `terms` write them. */
	matchedBy: string[];
}

/** What `EsaClient.hunt` found. */
export interface EsaHuntResult extends HuntOutcome {
	/** Messages that match, oldest first, each once. */
	rows: HuntedRow[];
}

/** What `EsaClient.search` found. */
export interface SearchResult {
	/** As the appliance found them: it ignores case and looks at full minutes. */
	rows: EsaRow[];
	truncated: boolean;
	/** What may be missing of the rows. */
	warnings: HuntWarning[];
}

/** The kinds of details that the appliance keeps of a message. */
export type DetailCall = 'details' | 'amp-details' | 'dlp-details' | 'url-details';

/**
 * Cisco Secure Email: the AsyncOS API 2.0 of a gateway (ESA) or a manager (SMA). Logs in when first asked.
 *
 * Reads only, but for {@link releaseQuarantined} and {@link deleteQuarantined}.
 *
 * @throws EsaError for what the appliance refuses and HttpError for what the way to it refuses
 */
export class EsaClient {
	readonly #login: Login;

	/** @throws EsaError `ESA_CONFIGURATION`; HttpError `HTTP_CONFIGURATION` */
	constructor(options: EsaClientOptions) {
		this.#login = new Login(options);
	}

	async login(): Promise<void> {
		await this.#login.login();
	}

	/** What the account may call, `e_message_tracking_messages` and so on. */
	async privileges(signal?: AbortSignal): Promise<string[]> {
		const { data } = await this.#login.call({ path: 'login/privileges', ...(signal ? { signal } : {}) });
		if (!Array.isArray(data)) throw unreadable('login/privileges', 'data is not a list');
		return data.filter((one) => typeof one === 'string');
	}

	/** Logs in and checks that the account may search messages. @throws EsaError in the user's words */
	async test(): Promise<{ privileges: string[] }> {
		await this.#login.login();
		const privileges = await this.privileges();
		if (privileges.length > 0 && !privileges.includes('e_message_tracking_messages')) {
			throw new EsaError('ESA_FORBIDDEN', 'The login works, but the account is not allowed to search messages', {
				hint: 'Give the role of the account access to message tracking.',
			});
		}
		return { privileges };
	}

	/** The messages that match a pattern, and no others: see planHunt. @throws HuntError `HUNT_OPTION_INVALID` */
	async hunt(plan: HuntPlan, options: ReadOptions = {}): Promise<EsaHuntResult> {
		const [result] = await this.huntAll([plan], options);
		if (isError(result)) throw result;
		return result!;
	}

	/** Several hunts as one: what they ask alike is asked once. One that failed is an error in the place of its result. */
	async huntAll(plans: readonly HuntPlan[], options: ReadOptions = {}): Promise<Array<EsaHuntResult | Error>> {
		const results = await runPlans(huntTarget(this.#login), plans, options);
		return results.map((result) => {
			if (isError(result)) return result;
			const { matches, ...told } = result;
			return { rows: matches.map(({ row: { row }, matchedBy }) => ({ ...row, matchedBy })), ...told };
		});
	}

	/** What hunts of these plans cost together. */
	costOf(plans: readonly HuntPlan[]): HuntCost {
		return costOf(ESA_LANGUAGE, plans);
	}

	/** Rows by fields, ANDed, as the appliance finds them. @throws HuntError `HUNT_VALUE_REFUSED` for what cannot be sent */
	async search(fields: SearchFields, options: ReadOptions = {}): Promise<SearchResult> {
		const maxRows = rowsOf(options.maxRows);
		const budget = new ReadBudget(maxRows);
		const rows = await readRows(this.#login, searchQuery(fields), budget, options.signal);
		return { rows, truncated: budget.truncated, warnings: readingGaps(budget, maxRows, ESA_LANGUAGE.name) };
	}

	/** Envelope, verdicts and history of a message. @throws EsaError `ESA_NOT_FOUND` */
	async messageDetails(message: EsaMessageReference): Promise<Record<string, unknown>> {
		return this.#details('details', message);
	}

	/** Advanced Malware Protection: what happened to attachments. @throws EsaError `ESA_NOT_FOUND` */
	async ampDetails(message: EsaMessageReference): Promise<Record<string, unknown>> {
		return this.#details('amp-details', message);
	}

	/** Data loss prevention. The matched content needs a privilege of its own. @throws EsaError `ESA_NOT_FOUND` */
	async dlpDetails(message: EsaMessageReference): Promise<Record<string, unknown>> {
		return this.#details('dlp-details', message);
	}

	/** What URLs were found and how they were judged. @throws EsaError `ESA_NOT_FOUND` */
	async urlDetails(message: EsaMessageReference): Promise<Record<string, unknown>> {
		return this.#details('url-details', message);
	}

	/** The connection that a message came by: `sbrs`, `senderGroup`, `messages`. */
	async connectionDetails(connection: { serialNumber: string; icid: number }): Promise<Record<string, unknown>> {
		const query = detailQuery({ ...connection, mids: [] });
		return this.#login.call({ path: `message-tracking/connection-details?${query}` });
	}

	/** Messages in quarantine. */
	async searchQuarantine(
		search: quarantine.QuarantineSearch,
		options: ReadOptions = {},
	): Promise<quarantine.QuarantineResult> {
		return quarantine.search(this.#login, search, options);
	}

	/** One message in quarantine, headers and parts included. */
	async quarantinedDetails(type: quarantine.QuarantineType, mid: number): Promise<Record<string, unknown>> {
		return quarantine.details(this.#login, type, mid);
	}

	/** Delivers messages out of quarantine. Never done unless called. Returns how many were released. */
	async releaseQuarantined(selection: quarantine.QuarantineSelection): Promise<number> {
		return quarantine.release(this.#login, selection);
	}

	/** Deletes messages in quarantine, for good. Never done unless called. Returns how many were deleted. */
	async deleteQuarantined(selection: quarantine.QuarantineSelection): Promise<number> {
		return quarantine.remove(this.#login, selection);
	}

	async close(): Promise<void> {
		await this.#login.close();
	}

	async #details(call: DetailCall, message: EsaMessageReference): Promise<Record<string, unknown>> {
		if (message.mids.length === 0)
			throw new EsaError('ESA_CONFIGURATION', 'The MID of the message is missing', {
				hint: "Fill in 'MIDs' and 'Serial Number' with the fields 'mid' and 'serialNumber' of an item from Hunt or Search.",
			});
		const path = `message-tracking/${call}?${detailQuery(message)}`;
		const { data } = await this.#login.call({ path });
		const messages = isRecord(data) ? data.messages : undefined;
		if (!isRecord(messages)) throw unreadable(`message-tracking/${call}`, 'data.messages is missing');
		// An unknown message is answered with HTTP 200.
		const mids = Array.isArray(messages.mid) ? messages.mid : [messages.mid];
		if (mids.includes('N/A')) {
			throw new EsaError(
				'ESA_NOT_FOUND',
				`The appliance has no message ${message.mids.join(', ')} of ${message.serialNumber}`,
				{
					hint: "Tracking data expires. Take 'MIDs' and 'Serial Number' from the same row of Hunt or Search.",
				},
			);
		}
		return messages;
	}
}

function detailQuery({ serialNumber, mids, icid, dcid, startDate, endDate }: EsaMessageReference): string {
	const pairs: Array<[string, string | number | undefined]> = [
		...mids.map((mid): [string, number] => ['mid', midOf('mids', mid)]),
		['icid', icid === undefined ? undefined : midOf('icid', icid)],
		['dcid', dcid === undefined ? undefined : midOf('dcid', dcid)],
		['serialNumber', serialNumber],
		['startDate', startDate],
		['endDate', endDate],
	];
	return pairs
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${name}=${encodeValue(String(value)) ?? ''}`)
		.join('&');
}
