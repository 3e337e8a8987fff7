import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
	huntedItems,
	huntTogether,
	isNothing,
	type Hunted,
	type Hunter as FlowHunter,
	type HuntOutput,
	type RowView,
} from '../../lib/flow';
import type { HuntCost, HuntOptions, HuntPlan, ReadOptions } from '../../lib/hunt';
import { Clients, type Closable } from './clients';
import { patternProperty } from './huntParameters';
import { severalItems } from './huntResult';
import { forEachItem } from './items';
import { textParameter } from './jsonParameter';
import { passedOn } from './unfetched';

/** What hunts: a client of Cisco Secure Email, Defender or message trace. */
export interface Hunter<Row, Options extends ReadOptions = ReadOptions> extends Closable, FlowHunter<Row, Options> {}

/** What an item asks for besides its pattern, plain JSON, and how its rows are shown. */
export interface HuntSettings<Row, Options extends ReadOptions> {
	planning: HuntOptions;
	reading: Options;
	output: HuntOutput;
	view: RowView<Row>;
}

/** The hunts of one node. */
export interface HuntManner<Row, Client, Options extends ReadOptions> {
	connect(context: IExecuteFunctions, itemIndex: number, clients: Clients<Client & Closable>): Promise<Client>;
	/** @throws SettingError that names the parameter */
	settings(context: IExecuteFunctions, itemIndex: number): HuntSettings<Row, Options>;
	plans: (patterns: readonly string[], options: HuntOptions) => Array<HuntPlan | Error>;
}

/** What was made of an item. */
type Answer<Row, Options extends ReadOptions> =
	| { kind: 'record'; record: INodeExecutionData }
	| { kind: 'failed'; error: unknown }
	| { kind: 'hunt'; pattern: string; settings: HuntSettings<Row, Options>; hunted: Hunted<Row> };

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
		const runs = new Map<string, { client: Client; members: { itemIndex: number; answer: Asked<Row, Options> }[] }>();
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
				run.members.push({ itemIndex, answer });
			} catch (error) {
				answers[itemIndex] = { kind: 'failed', error };
			}
		}
		const signal = context.getExecutionCancelSignal?.();
		for (const { client, members } of runs.values()) {
			const { planning, reading } = members[0]!.answer.settings;
			const items = members.map(({ itemIndex, answer: { pattern } }) => ({
				json: context.getInputData()[itemIndex]!.json,
				pattern,
			}));
			const hunted = await huntTogether<Row, Options>(items, {
				hunter: client,
				plans: manner.plans,
				planning,
				reading: { ...reading, signal },
				onCost: (count, cost) => logCost(context, count, cost),
			});
			members.forEach(({ answer }, index) => (answer.hunted = hunted[index]!));
		}
		return await forEachItem(context, (itemIndex) => itemsOf(context, itemIndex, answers[itemIndex]!));
	} finally {
		await clients.close();
	}
}

type Asked<Row, Options extends ReadOptions> = Extract<Answer<Row, Options>, { kind: 'hunt' }>;

function asked<Row, Client, Options extends ReadOptions>(
	context: IExecuteFunctions,
	itemIndex: number,
	manner: HuntManner<Row, Client, Options>,
): Answer<Row, Options> {
	try {
		const record = passedOn(context, itemIndex, context.getNodeParameter(patternProperty.name, itemIndex));
		if (record !== undefined) return { kind: 'record', record };
		const settings = manner.settings(context, itemIndex);
		const pattern = textParameter(context, patternProperty, itemIndex);
		return { kind: 'hunt', pattern, settings, hunted: { kind: 'nothing' } };
	} catch (error) {
		return { kind: 'failed', error };
	}
}

function logCost(context: IExecuteFunctions, count: number, { queries, requests, minutes }: HuntCost): void {
	const long = minutes === 0 ? '' : `, ${minutes} minutes at least`;
	const message = `${context.getNode().name}: ${count} hunts ask ${queries} queries: ${requests} requests at least${long}.`;
	if (minutes === 0) context.logger.debug(message);
	else context.logger.info(message);
}

/** @throws what the item failed with */
async function itemsOf<Row, Options extends ReadOptions>(
	context: IExecuteFunctions,
	itemIndex: number,
	answer: Answer<Row, Options>,
): Promise<INodeExecutionData[]> {
	if (answer.kind === 'record') return [answer.record];
	if (answer.kind === 'failed') throw answer.error;
	const { settings, hunted } = answer;
	const { output, view } = settings;
	const { json } = context.getInputData()[itemIndex]!;
	const { notes, ...several } = await huntedItems(json, hunted, output, view);
	const { name } = context.getNode();
	for (const note of notes) {
		const isRefusal = hunted.kind === 'refused';
		context.logger.warn(
			isRefusal ? `${name}: the hunt for item ${itemIndex} was refused (${hunted.error.code}).` : `${name}: ${note}`,
		);
	}
	return severalItems(context, itemIndex, several, output);
}
