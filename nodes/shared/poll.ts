import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { messageOf } from '../../lib/errors';
import { MINUTE } from '../../lib/units';
import { isSetting, isTransient, toNodeError } from './errors';

/** n8n's default poll budget: in-memory ticks and every registration poll have it; ticks of its scheduler have less. */
const DEFAULT_BUDGET_MS = 300_000;
/** Share of the budget for fetching; the rest is for parsing, hand-over and closing. */
const FETCH_SHARE = 0.7;
/** A poll that hangs must not block its trigger for ever. */
const BUSY_LIMIT_MS = 10 * MINUTE;

/** What the adapter of a mailbox gives to {@link runPoll}. `C` is its cursor, plain JSON. */
export interface PollSource<C> {
	/** The newest message as an item, or undefined when there is none. Touches no cursor. */
	sample(): Promise<INodeExecutionData | undefined>;
	/** Everything new since the cursor, within the budget; `cursor` covers exactly what `items` hand over. */
	changes(
		cursor: C | undefined,
		budgetMs: number,
	): Promise<{ items: INodeExecutionData[]; cursor: C; warnings?: string[] }>;
	close(): Promise<void>;
}

const registered = new WeakSet<object>();
const busySince = new Map<string, number>();
/** Cursors found by registration polls of this process: n8n's scheduler drops what such a poll stores. */
const baselines = new Map<string, unknown>();

/** True for the poll that n8n makes when a workflow is activated or n8n starts. */
function isRegistration(context: IPollFunctions, budgetMs: number): boolean {
	const first = !registered.has(context);
	registered.add(context);
	return first && budgetMs === DEFAULT_BUDGET_MS;
}

/** True when n8n itself registers an active workflow, with nobody there to read an error: it would give the trigger up for good. */
function isStart(context: IPollFunctions): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}

/**
 * The manners of a polling trigger, the same for every mailbox:
 * a Test step shows one message and moves nothing; overlapping polls are refused; a registration poll survives a dead
 * server, and at n8n's start an option that cannot be used, for n8n would stop the trigger for good; scheduled polls throw, so
 * that users see it; all input and output comes first and the cursor moves last.
 */
export async function runPoll<C>(
	context: IPollFunctions,
	open: () => Promise<PollSource<C>>,
	now: () => number = Date.now,
): Promise<INodeExecutionData[][] | null> {
	if (context.getMode() === 'manual') return [[await sampleOf(context, open)]];

	const key = `${context.getWorkflow().id ?? ''}:${context.getNode().id}`;
	const budgetMs = context.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;
	const registering = isRegistration(context, budgetMs);
	if (now() - (busySince.get(key) ?? Number.NEGATIVE_INFINITY) < BUSY_LIMIT_MS) return null;
	const entered = now();
	busySince.set(key, entered);
	let source: PollSource<C> | undefined;
	try {
		const state = context.getWorkflowStaticData('node');
		source = await open();
		const cursor = (state.cursor === undefined ? baselines.get(key) : plain(state.cursor)) as C | undefined;
		const batch = await source.changes(cursor, Math.floor(budgetMs * FETCH_SHARE));
		for (const warning of batch.warnings ?? []) context.logger.warn(`${context.getNode().name}: ${warning}`);
		// n8n's scheduler commits a cursor together with items, but forgets the one of a registration poll that found none.
		if (registering) baselines.set(key, structuredClone(batch.cursor));
		else baselines.delete(key);
		state.cursor = batch.cursor as IDataObject;
		return batch.items.length > 0 ? [batch.items] : null;
	} catch (error) {
		if (registering && (isTransient(error) || (isStart(context) && isSetting(error)))) {
			context.logger.warn(
				`${context.getNode().name}: the first poll failed and will be repeated at the next interval: ${messageOf(error)}`,
			);
			return null;
		}
		throw toNodeError(context.getNode(), error);
	} finally {
		if (busySince.get(key) === entered) busySince.delete(key);
		await source?.close();
	}
}

/** n8n hands out observed proxies of stored JSON; the domain gets the JSON itself. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

async function sampleOf<C>(context: IPollFunctions, open: () => Promise<PollSource<C>>): Promise<INodeExecutionData> {
	let source: PollSource<C> | undefined;
	let item: INodeExecutionData | undefined;
	try {
		source = await open();
		item = await source.sample();
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	} finally {
		await source?.close();
	}
	if (item === undefined) {
		throw new NodeApiError(
			context.getNode(),
			{},
			{
				message: 'No message that matches the filters was found',
				description: 'Send a message to the folder, choose another folder or change the filters.',
			},
		);
	}
	return item;
}
