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
	type HuntWarning,
	type HuntWindow,
	type ReadOptions,
} from '../../hunt';
import { DEFENDER_LIMITS, MICROSOFT_HUNT_LIMITS } from '../../limits';
import { CLOUDS } from '../../microsoft';
import { parsePattern } from '../../pattern';
import { DAY, HOUR } from '../../units';
import { Connection, type MicrosoftHuntOptions } from '../connection';
import { keyOf, timeOf } from '../delivery';
import { MicrosoftHuntError, unreadable } from '../errors';
import { DeliveryRow, ROWS, type MicrosoftHuntResult, type MicrosoftSearchResult } from '../hunting';
import { rowLimit } from '../rowLimit';
import type { KqlTerm } from './columns';
import { addDetails } from './details';
import { DEFENDER_MEANINGS } from './explain';
import { DEFENDER_LANGUAGE, windowOf } from './language';
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
		const gaps = await this.#emptiness(plans, found, options.signal);
		const windows = plans.map(windowsOf);
		const kept = gaps.length > 0 ? undefined : await this.#keptSince(windows.flat(), options.signal);
		const rows = [...new Set(found.flatMap(({ matches }) => matches.map(({ row }) => row)))];
		if (options.details ?? true) gaps.push(...(await addDetails(this.#connection, rows, options.signal)));
		return results.map((result, index) => {
			if (isError(result)) return result;
			const { matches, ...told } = result;
			const terms = told.counts.map(({ term }) => term);
			const unknown = [
				...agedOut(windows[index]!, kept),
				...unknownHashes(
					hashesIn(terms),
					matches.map(({ row }) => row),
				),
			];
			const more = incomplete([...gaps, ...unknown]);
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
		const query = defenderQuery(fields);
		const window = windowOf(query);
		const found = await readDeliveries(this.#connection, query, budget, options.signal);
		const rows = found.map((row) => new DeliveryRow(row));
		const gaps = budget.counts.read > 0 ? [] : await this.#gapsBetween(window.start, window.stop, options.signal);
		if (gaps.length === 0) gaps.push(...agedOut([window], await this.#keptSince([window], options.signal)));
		if (fields.sha256 !== undefined && fields.sha256 !== '') gaps.push(...unknownHashes([fields.sha256], rows));
		for (const gap of gaps) budget.gaps.add(gap);
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
					same.takeEarlier(own);
					return same;
				});
			},
		};
	}

	/** Where nothing at all was found: whether there is anything to be found. A tenant without the service has empty tables, too. */
	async #emptiness(
		plans: readonly HuntPlan[],
		results: ReadonlyArray<HuntResult<unknown>>,
		signal: AbortSignal | undefined,
	): Promise<string[]> {
		if (results.length === 0 || results.some(({ reading }) => reading.messages > 0)) return [];
		const { start, stop } = around(plans.flatMap(windowsOf));
		return await this.#gapsBetween(start, stop, signal);
	}

	/**
	 * Since when there are messages, where a window begins before what every tenant keeps: the time of the first one. Epoch milliseconds;
	 * undefined where no window begins so early.
	 */
	async #keptSince(windows: readonly Window[], signal?: AbortSignal): Promise<number | undefined> {
		const oldest = this.#connection.clock.now() - DEFENDER_LIMITS.days * DAY;
		const old = windows.filter(({ start }) => start < oldest);
		if (old.length === 0) return undefined;
		const { start, stop } = around(old);
		const query = `EmailEvents\n| where Timestamp >= ${kqlTime(start)} and Timestamp < ${kqlTime(stop)}\n| order by Timestamp asc\n| take 1\n| project Timestamp`;
		const [first] = await runQuery(this.#connection, query, start, signal);
		if (first === undefined) return stop;
		const time = timeOf(first.Timestamp);
		if (time === undefined) throw unreadable('advanced hunting', 'the time of a row is none');
		return time;
	}

	/** Says so where EmailEvents has no message of these times at all; epoch milliseconds. */
	async #gapsBetween(start: number, stop: number, signal?: AbortSignal): Promise<string[]> {
		const query = `EmailEvents\n| where Timestamp >= ${kqlTime(start)} and Timestamp < ${kqlTime(stop)}\n| take 1\n| project NetworkMessageId`;
		if ((await runQuery(this.#connection, query, start, signal)).length > 0) return [];
		return [
			`EmailEvents holds no message at all from ${timeText(start)} to ${timeText(stop)}. If mail was received then, Defender for Office 365 is not deployed, or the time window is older than what it keeps (${DEFENDER_LIMITS.days} days).`,
		];
	}
}

/** Epoch milliseconds: start ≤ t < stop. */
type Window = Pick<HuntWindow, 'start' | 'stop'>;

const windowsOf = ({ observations }: HuntPlan): Window[] =>
	observations.map(({ start, stop }) => ({ start: Date.parse(start), stop: Date.parse(stop) }));

const around = (windows: readonly Window[]): Window => ({
	start: windows.reduce((first, { start }) => Math.min(first, start), Infinity),
	stop: windows.reduce((last, { stop }) => Math.max(last, stop), -Infinity),
});

const incomplete = (messages: readonly string[]): HuntWarning[] =>
	messages.map((message) => ({ code: 'hunt-incomplete', message }));

/** Windows that begin long before the first message that is kept: what was received before it is not known. */
function agedOut(windows: readonly Window[], kept: number | undefined): string[] {
	const quiet = DEFENDER_LIMITS.quietHours * HOUR;
	if (kept === undefined || !windows.some(({ start }) => start + quiet < kept)) return [];
	return [
		`EmailEvents holds no message from before ${timeText(kept)}: Defender keeps ${DEFENDER_LIMITS.days} days, unless the tenant streams its events to Sentinel. Messages that were received earlier are not found. Message trace reaches back further.`,
	];
}

/** The SHA-256 values that terms of a plan look for; one that asks for none by its value counts as one. */
function hashesIn(terms: readonly string[]): string[] {
	const values = terms.filter((term) => /^file:hashes\.'?SHA-256'? /.test(term)).map(constantsIn);
	return [...new Set(values.flat())];
}

/** The texts of a comparison; the comparison where it has none. */
function constantsIn(term: string): string[] {
	const { expression } = parsePattern(`[${term}]`);
	const test = expression.kind === 'observation' ? expression.expression : undefined;
	if (test?.kind === 'in' && !test.negated) return test.values.map(({ value }) => String(value));
	return test?.kind === 'comparison' && test.operator === '=' && !test.negated ? [String(test.value.value)] : [term];
}

/** Microsoft's page says of SHA256 that it is usually not populated: a hash that finds nothing proves nothing. */
function unknownHashes(hashes: readonly string[], rows: readonly DeliveryRow[]): string[] {
	if (hashes.length === 0) return [];
	const seen = new Set(rows.flatMap(({ delivery }) => delivery.files.map(({ sha256 }) => sha256?.toLowerCase())));
	const unfound = hashes.filter((hash) => !seen.has(hash.toLowerCase())).length;
	if (unfound === 0) return [];
	return [
		`${unfound} file hashes were found on no message. Defender usually does not know the SHA-256 of attachments, so that messages with these files may be missing.`,
	];
}
