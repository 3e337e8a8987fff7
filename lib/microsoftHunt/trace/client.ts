import {
	costOf,
	readingGaps,
	ReadBudget,
	runPlans,
	type HuntCost,
	type HuntPlan,
	type HuntTarget,
	type ReadOptions,
} from '../../hunt';
import { isError } from '../../errors';
import { MICROSOFT_HUNT_LIMITS } from '../../limits';
import { CLOUDS } from '../../microsoft';
import { MINUTE } from '../../units';
import { Connection, type MicrosoftHuntOptions } from '../connection';
import { MicrosoftHuntError } from '../errors';
import { DeliveryRow, ROWS, type MicrosoftHuntResult, type MicrosoftSearchResult } from '../hunting';
import { TRACE_MEANINGS } from './explain';
import { TRACE_LANGUAGE, type TraceTerm } from './language';
import { paced } from './pace';
import { readTraces } from './read';
import { traceQuery, type TraceFields } from './search';
import { rowLimit } from '../rowLimit';

/**
 * Exchange message trace through Microsoft Graph, app-only, read-only: who was sent what, up to 90 days back, in the global cloud.
 * Never more than 100 requests of one application in five minutes, over this process: the next one waits.
 *
 * @throws MicrosoftHuntError for what Microsoft or the way to it refuses
 */
export class MessageTraceClient {
	readonly #connection: Connection;
	readonly #target: HuntTarget<TraceTerm, DeliveryRow>;

	/** @throws MicrosoftHuntError `M365_CONFIGURATION`, `M365_CLOUD` */
	constructor(options: MicrosoftHuntOptions) {
		const connection: Connection = new Connection(options, {
			name: 'messageTrace',
			meanings: TRACE_MEANINGS,
			beforeEach: async (): Promise<void> =>
				await paced(`${connection.cloud.graphUrl} ${options.tenant} ${options.clientId}`, connection.clock),
		});
		this.#connection = connection;
		const elsewhere = [CLOUDS.usGovL4, CLOUDS.usGovL5, CLOUDS.china].find(
			({ graphUrl }) => graphUrl === connection.cloud.graphUrl,
		);
		if (elsewhere !== undefined)
			throw new MicrosoftHuntError(
				'M365_CLOUD',
				`Microsoft offers message trace in no other cloud than the global one`,
				{
					hint: `The credential names ${elsewhere.name}. Use the resource Defender there, if the cloud has it.`,
				},
			);
		this.#target = {
			...TRACE_LANGUAGE,
			...ROWS,
			parallel: MICROSOFT_HUNT_LIMITS.parallel,
			read: async (query, budget, signal) =>
				(await readTraces(connection, query, budget, signal)).map((row) => new DeliveryRow(row)),
		};
	}

	/** What hunts of these plans cost together. */
	costOf(plans: readonly HuntPlan[]): HuntCost {
		return costOf(TRACE_LANGUAGE, plans);
	}

	/** The messages that match a pattern, and no others: see planMessageTrace. @throws HuntError `HUNT_OPTION_INVALID`, `HUNT_TOO_COSTLY` */
	async hunt(plan: HuntPlan, options: ReadOptions = {}): Promise<MicrosoftHuntResult> {
		const [result] = await this.huntAll([plan], options);
		if (isError(result)) throw result;
		return result!;
	}

	/** Several hunts as one: what they ask alike is asked once. One that failed is an error in the place of its result. */
	async huntAll(plans: readonly HuntPlan[], options: ReadOptions = {}): Promise<Array<MicrosoftHuntResult | Error>> {
		const results = await runPlans(this.#target, plans, options);
		return results.map((result) => {
			if (isError(result)) return result;
			const { matches, ...told } = result;
			return { rows: matches.map(({ row: { row }, matchedBy }) => ({ ...row, matchedBy })), ...told };
		});
	}

	/** Rows by fields, ANDed, as message trace finds them. @throws HuntError `HUNT_VALUE_REFUSED` for what cannot be sent */
	async search(fields: TraceFields, options: ReadOptions = {}): Promise<MicrosoftSearchResult> {
		const maxRows = rowLimit(options.maxRows);
		const budget = new ReadBudget(maxRows);
		const rows = await readTraces(this.#connection, traceQuery(fields), budget, options.signal);
		return { rows, truncated: budget.truncated, warnings: readingGaps(budget, maxRows, TRACE_LANGUAGE.name) };
	}

	/** Asks for one message of the last minute; nothing is missing for it. @throws MicrosoftHuntError */
	async test(): Promise<string[]> {
		const now = this.#connection.clock.now();
		const query = traceQuery({ start: new Date(now - MINUTE), stop: new Date(now) });
		await readTraces(this.#connection, query, new ReadBudget(1));
		return [];
	}

	async close(): Promise<void> {
		await this.#connection.close();
	}
}
