import type { EmailWarning } from '../email';
import { EmailIntelError, isError } from '../errors';
import {
	HuntError,
	type HuntCost,
	type HuntOmission,
	type HuntOptions,
	type HuntOutcome,
	type HuntPlan,
	type ReadOptions,
} from '../hunt';
import { isRecord } from '../json';
import { NOTE } from './gaps';
import { grown, type Json } from './item';
import { isNothing } from './record';

/** What hunts: a client of Cisco Secure Email, Defender or message trace. */
export interface Hunter<Row> {
	huntAll(plans: readonly HuntPlan[], options: ReadOptions): Promise<Array<(HuntOutcome & { rows: Row[] }) | Error>>;
	costOf(plans: readonly HuntPlan[]): HuntCost;
}

/** How one target is hunted in, and how its rows are shown. */
export interface HuntTargetView<Row> {
	plans(patterns: readonly string[], options: HuntOptions): Array<HuntPlan | Error>;
	fieldsOf(row: Row): object;
	bundleOf(rows: readonly Row[]): object;
}

/** What a hunt asks for. */
export interface HuntItemOptions {
	planning?: HuntOptions | undefined;
	reading?: ReadOptions | undefined;
	/** `summary`: the item with all that was found in `hunt`. `messages`: an item for each message that was found. Default `summary`. */
	output?: 'summary' | 'messages' | undefined;
}

/** What fails a hunt for its values: of the pattern, of the hunt, and of each place that is asked. */
const OF_VALUES: ReadonlySet<string> = new Set([
	'ESA_QUERY_REFUSED',
	'HUNT_TOO_COMPLEX',
	'HUNT_VALUE_REFUSED',
	'M365_QUERY_REFUSED',
	'PATTERN_TOO_COMPLEX',
	'PATTERN_TOO_DEEP',
	'PATTERN_TOO_LONG',
]);

/**
 * The items of what a pattern found. An empty pattern finds nothing. A pattern that the item holds was built of its message: whoever
 * wrote that chose its values, and one that is refused does not stop the flow. One that a user typed in does.
 */
export async function huntedItems<Row>(
	json: Json,
	pattern: string,
	hunter: Hunter<Row>,
	view: HuntTargetView<Row>,
	{ planning = {}, reading = {}, output = 'summary' }: HuntItemOptions = {},
): Promise<Json[]> {
	// Build says so of a message that holds nothing to look for.
	if (isNothing(pattern)) return nothingHunted(json, output, [], {});
	try {
		const [plan] = view.plans([pattern], planning);
		if (plan === undefined || isError(plan)) {
			if (plan instanceof HuntError && plan.leftOut !== undefined) return nothingLeft(json, output, pattern, plan);
			throw plan!;
		}
		const cost = hunter.costOf([plan]);
		const [result] = await hunter.huntAll([plan], reading);
		if (result === undefined || isError(result)) throw result!;
		const { rows, warnings, leftOut, truncated, counts } = result;
		const about = {
			...(leftOut.length === 0 ? {} : { leftOut }),
			counts,
			pattern,
			queries: plan.queries,
			truncated,
			reading: result.reading,
			cost,
		};
		return foundItems(json, output, { rows, warnings, about }, view);
	} catch (error) {
		const isOfMessage = error instanceof EmailIntelError && OF_VALUES.has(error.code) && json.pattern === pattern;
		if (!isOfMessage) throw error;
		const { message, hint = '', code } = error;
		const said = `This message was not searched for: ${message}. ${hint} (${code})`;
		return nothingHunted(json, output, [{ code: 'hunt-incomplete', message: said }], {});
	}
}

function foundItems<Row>(
	json: Json,
	output: 'summary' | 'messages',
	{ rows, warnings, about }: { rows: readonly Row[]; warnings: readonly EmailWarning[]; about: object },
	view: HuntTargetView<Row>,
): Json[] {
	const gaps = warnings.filter(({ code }) => code !== NOTE);
	if (output === 'messages') {
		return rowItems(
			json,
			rows.map((row) => ({ ...view.fieldsOf(row), bundle: view.bundleOf([row]) })),
			gaps,
		);
	}
	const complete = gaps.length === 0;
	const hunt = {
		matches: rows.length,
		complete,
		rows: rows.map((row) => view.fieldsOf(row)),
		warnings,
		...about,
		bundle: view.bundleOf(rows),
	};
	return [grown(json, { hunt }, { warnings: gaps, complete })];
}

function nothingLeft(json: Json, output: 'summary' | 'messages', pattern: string, error: HuntError): Json[] {
	const { message, hint = '', leftOut = [] } = error;
	const warnings = [...new Set(leftOut.map(({ code }) => code))].map((code) => ({
		code,
		message: `${message}. ${hint}`,
	}));
	return nothingHunted(json, output, warnings, { pattern, leftOut });
}

/** The message goes on: that there was nothing to ask for is no failure. */
function nothingHunted(
	json: Json,
	output: 'summary' | 'messages',
	warnings: readonly EmailWarning[],
	about: { pattern?: string; leftOut?: readonly HuntOmission[] },
): Json[] {
	if (output === 'messages') return rowItems(json, [], warnings);
	const complete = warnings.length === 0;
	const hunt = { matches: 0, complete, rows: [], warnings, ...about, queries: [] };
	return [grown(json, { hunt }, { warnings, complete })];
}

/** An item a row, with the message to group them by. Each says that there may be more, for none of them is the last. */
function rowItems(json: Json, rows: readonly object[], gaps: readonly EmailWarning[]): Json[] {
	const message = messageOf(json);
	const more = {
		...(message === undefined ? {} : { message }),
		...(gaps.length === 0 ? {} : { complete: false, warnings: gaps }),
	};
	return rows.map((row) => ({ ...row, ...more }));
}

/** Names of a message's fields by which it is known again. */
const REFERENCE = ['id', 'messageId', 'subject', 'from', 'receivedAt', 'date'] as const;

/** The message that an item is, or is of. */
function messageOf(json: Json): Json | undefined {
	if (isRecord(json.message)) return json.message;
	if (json.messageId === undefined && json.subject === undefined) return undefined;
	const message: Json = {};
	for (const name of REFERENCE) if (json[name] !== undefined) message[name] = json[name];
	return message;
}
