import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { EmailIntelError, isError } from '../../lib/errors';
import {
	HuntError,
	type HuntCost,
	type HuntOmission,
	type HuntOptions,
	type HuntOutcome,
	type HuntPlan,
	type HuntWarning,
	type ReadOptions,
} from '../../lib/hunt';
import { Clients, type Closable } from './clients';
import { patternProperty } from './huntParameters';
import { resultItems, rowItems, type Output, type RowView } from './huntResult';
import { forEachItem, grown } from './items';
import { isNothing, textParameter } from './jsonParameter';
import { passedOn } from './unfetched';

/** What hunts: a client of Cisco Secure Email, Defender or message trace. */
export interface Hunter<Row, Options extends ReadOptions = ReadOptions> extends Closable {
	huntAll(plans: readonly HuntPlan[], options: Options): Promise<Array<(HuntOutcome & { rows: Row[] }) | Error>>;
	costOf(plans: readonly HuntPlan[]): HuntCost;
}

/** What an item asks for besides its pattern, plain JSON, and how its rows are shown. */
export interface HuntSettings<Row, Options extends ReadOptions> {
	planning: HuntOptions;
	reading: Options;
	output: Output;
	view: RowView<Row>;
}

/** The hunts of one node. */
export interface HuntManner<Row, Client, Options extends ReadOptions> {
	connect(context: IExecuteFunctions, itemIndex: number, clients: Clients<Client & Closable>): Promise<Client>;
	/** @throws SettingError that names the parameter */
	settings(context: IExecuteFunctions, itemIndex: number): HuntSettings<Row, Options>;
	plans(patterns: readonly string[], options: HuntOptions): Array<HuntPlan | Error>;
}

/** What was made of an item. */
type Answer<Row, Options extends ReadOptions> =
	| { kind: 'record'; record: INodeExecutionData }
	| { kind: 'failed'; error: unknown }
	| { kind: 'hunt'; pattern: string; settings: HuntSettings<Row, Options>; hunted?: Hunted<Row> };

type Hunted<Row> =
	| { plan: HuntPlan; cost: HuntCost; result: HuntOutcome & { rows: Row[] } }
	| { nothingLeft: HuntError }
	| { refusal: EmailIntelError };

/**
 * Hunts for the patterns of all items. Those that ask the same place the same way are one run: what they ask alike is asked once, side
 * by side as far as the place bears it. Then each item gets its own.
 */
export async function forEachHunt<Row, Client extends Hunter<Row, Options>, Options extends ReadOptions>(
	context: IExecuteFunctions,
	manner: HuntManner<Row, Client, Options>,
): Promise<INodeExecutionData[][]> {
	// All items are asked for together: none of their clients rests.
	const clients = new Clients<Client & Closable>(Infinity);
	try {
		const runs = new Map<string, { client: Client; members: Array<Answer<Row, Options> & { kind: 'hunt' }> }>();
		const numbers = new Map<Client, number>();
		const answers: Array<Answer<Row, Options>> = [];
		for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
			const answer = asked(context, itemIndex, manner);
			answers.push(answer);
			if (answer.kind !== 'hunt' || isNothing(answer.pattern)) continue;
			try {
				const client = await manner.connect(context, itemIndex, clients);
				const number = numbers.get(client) ?? numbers.size;
				numbers.set(client, number);
				const { planning, reading } = answer.settings;
				const key = JSON.stringify([number, planning, reading]);
				const run = runs.get(key) ?? { client, members: [] };
				runs.set(key, run);
				run.members.push(answer);
			} catch (error) {
				answers[itemIndex] = { kind: 'failed', error };
			}
		}
		const signal = context.getExecutionCancelSignal?.();
		for (const { client, members } of runs.values()) {
			const failed = await runTogether(context, manner, client, members, signal);
			for (const [member, error] of failed) {
				const itemIndex = answers.indexOf(member);
				if (isOfItsValues(context, itemIndex, member.pattern, error))
					member.hunted = { refusal: error as EmailIntelError };
				else answers[itemIndex] = { kind: 'failed', error };
			}
		}
		return await forEachItem(context, (itemIndex) => Promise.resolve(itemsOf(context, itemIndex, answers[itemIndex]!)));
	} finally {
		await clients.close();
	}
}

function asked<Row, Client, Options extends ReadOptions>(
	context: IExecuteFunctions,
	itemIndex: number,
	manner: HuntManner<Row, Client, Options>,
): Answer<Row, Options> {
	try {
		const record = passedOn(context, itemIndex, context.getNodeParameter(patternProperty.name, itemIndex));
		if (record !== undefined) return { kind: 'record', record };
		const settings = manner.settings(context, itemIndex);
		return { kind: 'hunt', pattern: textParameter(context, patternProperty, itemIndex), settings };
	} catch (error) {
		return { kind: 'failed', error };
	}
}

/** Hunts for all members. The result says which of them failed, and why. */
async function runTogether<Row, Client extends Hunter<Row, Options>, Options extends ReadOptions>(
	context: IExecuteFunctions,
	manner: HuntManner<Row, Client, Options>,
	client: Client,
	members: ReadonlyArray<Answer<Row, Options> & { kind: 'hunt' }>,
	signal: AbortSignal | undefined,
): Promise<Map<Answer<Row, Options> & { kind: 'hunt' }, unknown>> {
	const failed = new Map<Answer<Row, Options> & { kind: 'hunt' }, unknown>();
	const { planning, reading } = members[0]!.settings;
	const plans = manner.plans(
		members.map(({ pattern }) => pattern),
		planning,
	);
	const hunts: Array<{ member: Answer<Row, Options> & { kind: 'hunt' }; plan: HuntPlan }> = [];
	members.forEach((member, index) => {
		const plan = plans[index]!;
		if (!isError(plan)) hunts.push({ member, plan });
		else if (plan instanceof HuntError && plan.leftOut !== undefined) member.hunted = { nothingLeft: plan };
		else failed.set(member, plan);
	});
	if (hunts.length === 0) return failed;
	try {
		const all = hunts.map(({ plan }) => plan);
		const cost = client.costOf(all);
		logCost(context, hunts.length, cost);
		const results = await client.huntAll(all, { ...reading, signal });
		hunts.forEach(({ member, plan }, index) => {
			const result = results[index]!;
			if (isError(result)) failed.set(member, result);
			else member.hunted = { plan, cost, result };
		});
	} catch (error) {
		for (const { member } of hunts) failed.set(member, error);
	}
	return failed;
}

function logCost(context: IExecuteFunctions, count: number, { queries, requests, minutes }: HuntCost): void {
	const long = minutes === 0 ? '' : `, ${minutes} minutes at least`;
	const message = `${context.getNode().name}: ${count} hunts ask ${queries} queries: ${requests} requests at least${long}.`;
	if (minutes === 0) context.logger.debug(message);
	else context.logger.info(message);
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
 * What a pattern that was built from a message is refused for. Whoever wrote the message chose its values, and must not stop the hunts
 * for others; a pattern that a user typed in is an error that the user wants to see.
 */
function isOfItsValues(context: IExecuteFunctions, itemIndex: number, pattern: string, error: unknown): boolean {
	const isKnown = error instanceof EmailIntelError && OF_VALUES.has(error.code);
	return isKnown && context.getInputData()[itemIndex]!.json.pattern === pattern;
}

/** The message goes on, and says that it was not hunted for, and why. */
function refused(
	context: IExecuteFunctions,
	itemIndex: number,
	output: Output,
	{ message, hint = '', code }: EmailIntelError,
): INodeExecutionData[] {
	// What the other side said may quote what was asked.
	context.logger.warn(`${context.getNode().name}: the hunt for item ${itemIndex} was refused (${code}).`);
	const said = `This message was not searched for: ${message}. ${hint} (${code})`;
	return nothingHunted(context, itemIndex, output, { warnings: [{ code: 'hunt-incomplete', message: said }] });
}

/** @throws what the item failed with */
function itemsOf<Row, Options extends ReadOptions>(
	context: IExecuteFunctions,
	itemIndex: number,
	answer: Answer<Row, Options>,
): INodeExecutionData[] {
	if (answer.kind === 'record') return [answer.record];
	if (answer.kind === 'failed') throw answer.error;
	const { pattern, settings, hunted } = answer;
	const { output, view } = settings;
	if (hunted !== undefined && 'refusal' in hunted) return refused(context, itemIndex, output, hunted.refusal);
	// Build says so of a message that holds nothing to look for.
	if (hunted === undefined) return nothingHunted(context, itemIndex, output, { warnings: [] });
	if ('nothingLeft' in hunted) {
		const { message, hint = '', leftOut = [] } = hunted.nothingLeft;
		const warnings = [...new Set(leftOut.map(({ code }) => code))].map((code) => ({
			code,
			message: `${message}. ${hint}`,
		}));
		log(context, warnings, leftOut);
		return nothingHunted(context, itemIndex, output, { warnings, pattern, leftOut });
	}
	const { plan, cost, result } = hunted;
	const { rows, warnings, leftOut, truncated, counts, reading } = result;
	log(context, warnings, leftOut);
	const about = {
		...(leftOut.length === 0 ? {} : { leftOut }),
		counts,
		pattern,
		queries: plan.queries,
		truncated,
		reading,
		cost,
	} as unknown as IDataObject;
	return resultItems(context, itemIndex, output, 'hunt', { rows, warnings, about }, view);
}

interface NothingHunted {
	warnings: HuntWarning[];
	pattern?: string;
	leftOut?: readonly HuntOmission[];
}

/** The message goes on: that there was nothing to ask for is no failure. */
function nothingHunted(
	context: IExecuteFunctions,
	itemIndex: number,
	output: Output,
	{ warnings, ...about }: NothingHunted,
): INodeExecutionData[] {
	if (output === 'messages') return rowItems(context, itemIndex, [], warnings);
	const complete = warnings.length === 0;
	const hunt = { matches: 0, complete, rows: [], warnings, ...about, queries: [] };
	return [grown(context, itemIndex, { hunt: hunt }, { warnings, complete })];
}

/** What is hunted for stays out of n8n's log. */
function log(context: IExecuteFunctions, warnings: readonly HuntWarning[], leftOut: readonly HuntOmission[]): void {
	const counts = new Map<string, number>(leftOut.map(({ code, count }) => [code, count]));
	for (const { code, message } of warnings) {
		const count = counts.get(code);
		const said = count === undefined ? message : `${count} alternatives of the pattern were left out (${code}).`;
		context.logger.warn(`${context.getNode().name}: ${said}`);
	}
}
