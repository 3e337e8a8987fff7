import { isError } from '../../errors';
import {
	costOf,
	readingGaps,
	ReadBudget,
	runPlans,
	timeText,
	type HuntCost,
	type HuntPlan,
	type HuntResult,
	type HuntTarget,
	type ReadOptions,
} from '../../hunt';
import { DEFENDER_LIMITS, MICROSOFT_HUNT_LIMITS } from '../../limits';
import { CLOUDS } from '../../microsoft';
import { DAY, HOUR } from '../../units';
import { Connection, type MicrosoftHuntOptions } from '../connection';
import { keyOf } from '../delivery';
import { MicrosoftHuntError } from '../errors';
import { DeliveryRow, ROWS, type MicrosoftHuntResult, type MicrosoftSearchResult } from '../hunting';
import { rowLimit } from '../rowLimit';
import type { KqlTerm } from './columns';
import { addDetails } from './details';
import { DEFENDER_MEANINGS } from './explain';
import { DEFENDER_LANGUAGE } from './language';
import { kqlTime } from './literal';
import { readDeliveries, runQuery } from './read';
import { defenderQuery, type DefenderFields } from './search';

/** What a hunt in Defender reads, and what it tells besides. */
export interface DefenderReadOptions extends ReadOptions {
	/** Whether it is asked who clicked, and what became of the messages that match: two requests a thousand of them. Default true. */
	details?: boolean | undefined;
}

/**
 * Advanced hunting in Microsoft Defender XDR through Microsoft Graph, app-only, read-only: who received what, with which links and
 * files, who clicked, and what became of it. Thirty days back, more where the tenant keeps more. Not in China.
 *
 * @throws MicrosoftHuntError for what Microsoft or the way to it refuses
 */
export class DefenderClient {
	readonly #connection: Connection;

	/** @throws MicrosoftHuntError `M365_CONFIGURATION`, `M365_CLOUD` */
	constructor(options: MicrosoftHuntOptions) {
		const connection = new Connection(options, { name: 'advancedHunting', meanings: DEFENDER_MEANINGS });
		this.#connection = connection;
		if (connection.cloud.graphUrl === CLOUDS.china.graphUrl)
			throw new MicrosoftHuntError('M365_CLOUD', 'Microsoft offers no advanced hunting in China (21Vianet)', {
				hint: "Check 'Cloud' in the credential.",
			});
	}

	/** What hunts of these plans cost together, without who clicked and what became of it. */
	costOf(plans: readonly HuntPlan[]): HuntCost {
		return costOf(DEFENDER_LANGUAGE, plans);
	}

	/** The messages that match a pattern, and no others: see planDefenderHunt. @throws HuntError `HUNT_OPTION_INVALID`, `HUNT_TOO_COSTLY` */
	async hunt(plan: HuntPlan, options: DefenderReadOptions = {}): Promise<MicrosoftHuntResult> {
		const [result] = await this.huntAll([plan], options);
		if (isError(result)) throw result;
		return result!;
	}

	/** Several hunts as one: what they ask alike is asked once. One that failed is an error in the place of its result. */
	async huntAll(
		plans: readonly HuntPlan[],
		options: DefenderReadOptions = {},
	): Promise<Array<MicrosoftHuntResult | Error>> {
		const results = await runPlans(this.#target(), plans, options);
		const found = results.filter((result): result is HuntResult<DeliveryRow> => !isError(result));
		const gaps = await this.#emptiness(plans, found);
		const rows = [...new Set(found.flatMap(({ matches }) => matches.map(({ row }) => row)))];
		if (options.details ?? true) gaps.push(...(await addDetails(this.#connection, rows, options.signal)));
		return results.map((result) => {
			if (isError(result)) return result;
			const { matches, ...told } = result;
			const more = [...gaps, ...unknownHashes(result)].map(
				(message) => ({ code: 'hunt-incomplete', message }) as const,
			);
			return {
				rows: matches.map(({ row, matchedBy }) => ({ ...row.whole, matchedBy })),
				...told,
				...(more.length === 0 ? {} : { complete: false, warnings: [...told.warnings, ...more] }),
			};
		});
	}

	/** Rows by fields, ANDed, as advanced hunting finds them. @throws HuntError `HUNT_VALUE_REFUSED` for what cannot be sent */
	async search(fields: DefenderFields, options: DefenderReadOptions = {}): Promise<MicrosoftSearchResult> {
		const maxRows = rowLimit(options.maxRows);
		const budget = new ReadBudget(maxRows);
		const found = await readDeliveries(this.#connection, defenderQuery(fields), budget, options.signal);
		const rows = found.map((row) => new DeliveryRow(row));
		if (options.details ?? true)
			for (const gap of await addDetails(this.#connection, rows, options.signal)) budget.gaps.add(gap);
		return {
			rows: rows.map(({ whole }) => whole),
			truncated: budget.truncated,
			warnings: readingGaps(budget, maxRows, DEFENDER_LANGUAGE.name),
		};
	}

	/**
	 * Asks what a hunt asks, of the last hour and with no row to answer, and whether there is any message.
	 *
	 * @returns what hunts would find missing, each as a sentence
	 * @throws MicrosoftHuntError
	 */
	async test(): Promise<string[]> {
		const now = this.#connection.clock.now();
		const start = new Date(now - HOUR);
		await readDeliveries(
			this.#connection,
			defenderQuery({ start, stop: new Date(now), networkMessageId: 'none' }),
			new ReadBudget(1),
		);
		return await this.#gapsBetween(now - DEFENDER_LIMITS.days * DAY, now);
	}

	async close(): Promise<void> {
		await this.#connection.close();
	}

	/** For one run: a delivery is one row, whichever of its queries found it. */
	#target(): HuntTarget<KqlTerm, DeliveryRow> {
		const known = new Map<string, DeliveryRow>();
		return {
			...DEFENDER_LANGUAGE,
			...ROWS,
			parallel: MICROSOFT_HUNT_LIMITS.parallel,
			read: async (query, budget, signal) => {
				const rows = await readDeliveries(this.#connection, query, budget, signal);
				return rows.map((row) => {
					const own = new DeliveryRow(row);
					const key = keyOf(own.delivery);
					const same = known.get(key) ?? own;
					known.set(key, same);
					return same;
				});
			},
		};
	}

	/** Where nothing at all was found: whether there is anything to be found. A tenant without the service has empty tables, too. */
	async #emptiness(plans: readonly HuntPlan[], results: ReadonlyArray<HuntResult<unknown>>): Promise<string[]> {
		if (results.length === 0 || results.some(({ reading }) => reading.messages > 0)) return [];
		const windows = plans.flatMap(({ observations }) => observations);
		const start = windows.map((window) => Date.parse(window.start)).reduce((a, b) => Math.min(a, b));
		const stop = windows.map((window) => Date.parse(window.stop)).reduce((a, b) => Math.max(a, b));
		return await this.#gapsBetween(start, stop);
	}

	/** Says so where EmailEvents has no message of these times at all; epoch milliseconds. */
	async #gapsBetween(start: number, stop: number): Promise<string[]> {
		const [from, to] = [timeText(start), timeText(stop)];
		const query = `EmailEvents\n| where Timestamp >= ${kqlTime(from)} and Timestamp < ${kqlTime(to)}\n| take 1\n| project NetworkMessageId`;
		if ((await runQuery(this.#connection, query, start)).length > 0) return [];
		return [
			`EmailEvents holds no message at all from ${from} to ${to}. If mail was received then, Defender for Office 365 is not deployed, or the time window is older than what it keeps (${DEFENDER_LIMITS.days} days).`,
		];
	}
}

/** Microsoft's page says of SHA256 that it is usually not populated: a hash that finds nothing proves nothing. */
function unknownHashes({ counts }: HuntResult<unknown>): string[] {
	const unfound = counts.filter(({ term, matches }) => matches === 0 && /^file:hashes\.'?SHA-256'? /.test(term)).length;
	if (unfound === 0) return [];
	return [
		`${unfound} file hashes found nothing. Defender usually does not know the SHA-256 of attachments, so that messages with these files may be missing.`,
	];
}
