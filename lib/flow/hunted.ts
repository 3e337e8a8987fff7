import type { EmailWarning } from '../email';
import { EmailIntelError, isError } from '../errors';
import {
	costOf,
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
import { grown, type Json, type Several } from './item';
import { finishInTurns, type Steps } from '../steps';
import { isNothing } from './record';

/** What hunts: a client of Cisco Secure Email, Defender or message trace. */
export interface Hunter<Row, Options extends ReadOptions = ReadOptions> {
	huntAll(plans: readonly HuntPlan[], options: Options): Promise<Array<(HuntOutcome & { rows: Row[] }) | Error>>;
	costOf(plans: readonly HuntPlan[]): HuntCost;
}

/** What a target makes of its rows for people, and for platforms. */
export interface RowView<Row> {
	fieldsOf(row: Row): object;
	/** In steps: there may be thousands of rows. */
	bundleOf(rows: readonly Row[]): Steps<object>;
}

/** How what was found is put out. `summary`: the item with all of it in one field. `messages`: an item for each row. */
export type HuntOutput = 'summary' | 'messages';

/** A run of hunts: what is asked alike, one place is asked once. */
export interface HuntRun<Row, Options extends ReadOptions = ReadOptions> {
	hunter: Hunter<Row, Options>;
	plans: (patterns: readonly string[], options: HuntOptions) => Array<HuntPlan | Error>;
	planning: HuntOptions;
	reading: Options;
	/** Told what the run costs, before anything is asked. */
	onCost?: ((hunts: number, cost: HuntCost) => void) | undefined;
}

/** What came of one pattern of a run. */
export type Hunted<Row> =
	| { kind: 'found'; pattern: string; plan: HuntPlan; cost: HuntCost; result: HuntOutcome & { rows: Row[] } }
	/** Nothing to look for. */
	| { kind: 'nothing' }
	/** Nothing of the pattern can be asked for here. */
	| { kind: 'nothing-left'; pattern: string; error: HuntError }
	/** Its values were refused. They are of the message: whoever wrote that chose them. */
	| { kind: 'refused'; error: EmailIntelError }
	| { kind: 'failed'; error: unknown };

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
 * Hunts for the patterns of items, all in one run. An empty pattern finds nothing. A pattern that its item holds was built of its message:
 * whoever wrote that chose its values, and one that is refused does not stop the others; one that a user typed in is a failure that the
 * user wants to see. Never throws: each item has an answer of its own.
 */
export async function huntTogether<Row, Options extends ReadOptions>(
	items: readonly { json: Json; pattern: string }[],
	{ hunter, plans, planning, reading, onCost }: HuntRun<Row, Options>,
): Promise<Array<Hunted<Row>>> {
	const answers = items.map((): Hunted<Row> => ({ kind: 'nothing' }));
	const failed = (index: number, error: unknown) => {
		const { json, pattern } = items[index]!;
		const isOfMessage = error instanceof EmailIntelError && OF_VALUES.has(error.code) && json.pattern === pattern;
		answers[index] = isOfMessage ? { kind: 'refused', error } : { kind: 'failed', error };
	};
	// Build says so of a message that holds nothing to look for.
	const asked = [...items.keys()].filter((index) => !isNothing(items[index]!.pattern));
	if (asked.length === 0) return answers;
	const hunts: { index: number; plan: HuntPlan }[] = [];
	try {
		const planned = plans(
			asked.map((index) => items[index]!.pattern),
			planning,
		);
		asked.forEach((index, at) => {
			const plan = planned[at]!;
			if (!isError(plan)) hunts.push({ index, plan });
			else if (plan instanceof HuntError && plan.leftOut !== undefined) {
				answers[index] = { kind: 'nothing-left', pattern: items[index]!.pattern, error: plan };
			} else failed(index, plan);
		});
	} catch (error) {
		for (const index of asked) failed(index, error);
	}
	if (hunts.length === 0) return answers;
	try {
		const all = hunts.map(({ plan }) => plan);
		const cost = hunter.costOf(all);
		onCost?.(hunts.length, cost);
		const results = await hunter.huntAll(all, reading);
		hunts.forEach(({ index, plan }, at) => {
			const result = results[at]!;
			if (isError(result)) failed(index, result);
			else answers[index] = { kind: 'found', pattern: items[index]!.pattern, plan, cost, result };
		});
	} catch (error) {
		for (const { index } of hunts) failed(index, error);
	}
	return answers;
}

/** What is to be told of a hunt, besides its items: what is hunted for stays out of it. */
export interface HuntTold extends Several {
	/** Each warning, without values of the message. */
	notes: string[];
}

/**
 * The items of what was found for one.
 *
 * @throws what the hunt failed with
 */
export async function huntedItems<Row>(
	json: Json,
	hunted: Hunted<Row>,
	output: HuntOutput,
	view: RowView<Row>,
): Promise<HuntTold> {
	if (hunted.kind === 'failed') throw hunted.error;
	if (hunted.kind === 'nothing') return { ...nothingHunted(json, output, [], {}), notes: [] };
	if (hunted.kind === 'refused') {
		const { message, hint = '', code } = hunted.error;
		const said = `This message was not searched for: ${message}. ${hint} (${code})`;
		const warnings = [{ code: 'hunt-incomplete', message: said }];
		// What the other side said may quote what was asked.
		return { ...nothingHunted(json, output, warnings, {}), notes: [`A hunt was refused (${code}).`] };
	}
	if (hunted.kind === 'nothing-left') {
		const { pattern, error } = hunted;
		const { message, hint = '', leftOut = [] } = error;
		const warnings = [...new Set(leftOut.map(({ code }) => code))].map((code) => ({
			code,
			message: `${message}. ${hint}`,
		}));
		return { ...nothingHunted(json, output, warnings, { pattern, leftOut }), notes: notesOf(warnings, leftOut) };
	}
	const { plan, cost, result, pattern } = hunted;
	const { rows, warnings, leftOut, truncated, counts, reading } = result;
	const about = {
		...(leftOut.length === 0 ? {} : { leftOut }),
		counts,
		pattern,
		queries: plan.queries,
		truncated,
		reading,
		cost,
	};
	const found = await foundItems(json, output, 'hunt', { rows, warnings, about }, view);
	return { ...found, notes: notesOf(warnings, leftOut) };
}

function notesOf(warnings: readonly EmailWarning[], leftOut: readonly HuntOmission[]): string[] {
	const counts = new Map<string, number>(leftOut.map(({ code, count }) => [code, count]));
	return warnings.map(({ code, message }) => {
		const count = counts.get(code);
		return count === undefined ? message : `${count} alternatives of the pattern were left out (${code}).`;
	});
}

/** What a hunt or a search found, and what it says of that. */
export interface Finding<Row> {
	rows: readonly Row[];
	warnings: readonly EmailWarning[];
	/** What stands behind the rows: queries, counts. */
	about?: object;
}

/** Items of what was found: the item with everything in the field `name`, or an item for each row. */
export async function foundItems<Row>(
	json: Json,
	output: HuntOutput,
	name: 'hunt' | 'search',
	{ rows, warnings, about = {} }: Finding<Row>,
	view: RowView<Row>,
): Promise<Several> {
	const gaps = warnings.filter(({ code }) => code !== NOTE);
	if (output === 'messages') {
		return rowItems(json, await finishInTurns(messagesOf(rows, view)), gaps);
	}
	const complete = gaps.length === 0;
	const found = {
		matches: rows.length,
		complete,
		rows: rows.map((row) => view.fieldsOf(row)),
		warnings,
		...about,
		bundle: await finishInTurns(view.bundleOf(rows)),
	};
	return { items: [grown(json, { [name]: found }, { warnings: gaps, complete })], gaps: [] };
}

/** Each row with a bundle of its own. */
function* messagesOf<Row>(rows: readonly Row[], view: RowView<Row>): Steps<object[]> {
	const messages: object[] = [];
	for (const row of rows) {
		messages.push({ ...view.fieldsOf(row), bundle: yield* view.bundleOf([row]) });
		yield;
	}
	return messages;
}

/** The message goes on: that there was nothing to ask for is no failure. */
function nothingHunted(
	json: Json,
	output: HuntOutput,
	warnings: readonly EmailWarning[],
	about: { pattern?: string; leftOut?: readonly HuntOmission[] },
): Several {
	if (output === 'messages') return rowItems(json, [], warnings);
	const complete = warnings.length === 0;
	const hunt = { matches: 0, complete, rows: [], warnings, ...about, queries: [] };
	return { items: [grown(json, { hunt }, { warnings, complete })], gaps: [] };
}

/** An item a row, with the message to group them by. Each says that there may be more, for none of them is the last. */
export function rowItems(json: Json, rows: readonly object[], gaps: readonly EmailWarning[]): Several {
	const message = messageOf(json);
	const more = {
		...(message === undefined ? {} : { message }),
		...(gaps.length === 0 ? {} : { complete: false, warnings: gaps }),
	};
	return { items: rows.map((row) => ({ ...row, ...more })), gaps: rows.length === 0 ? gaps : [] };
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

/** The item with `translation`: the plan of a pattern and what it would cost. Asks nobody. */
export function translatedItem(
	json: Json,
	pattern: string,
	language: Parameters<typeof costOf>[0],
	planOf: (pattern: string) => HuntPlan,
): Json {
	if (isNothing(pattern)) return grown(json, { translation: { pattern: '', queries: [] } });
	const plan = planOf(pattern);
	return grown(json, { translation: { ...plan, cost: costOf(language, [plan]) } });
}
