import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { EmailError, type EmailWarning } from '../../lib/email';
import { grown as grownJson, lacksMore, type Outcome } from '../../lib/flow';
import { FAILURE_LIMITS, WARNING_LIMITS } from '../../lib/limits';
import { Clients, type Closable } from './clients';
import { toNodeError } from './errors';
import { ItemFailures } from './failures';
import { outputJson } from './flowItem';
import { isPassedOn } from './unfetched';

/**
 * Runs an operation for each input item, one after the other, or so many at once. Outputs, in the order of the items, are paired with their input; with "continue on
 * fail" an item that fails becomes an item that holds its error alone, so that n8n can route it. A hint in the output
 * pane tells of items that something is missing of.
 *
 * Without it one bad item stops no other either: all are worked on, then the node ends as failed, so that the failure is seen and
 * n8n's Retry can run it again.
 *
 * @throws NodeOperationError, or NodeApiError, when an item failed; see {@link ItemFailures}
 */
export async function forEachItem(
	context: IExecuteFunctions,
	operation: (itemIndex: number) => Promise<INodeExecutionData | INodeExecutionData[]>,
	atOnce = 1,
): Promise<INodeExecutionData[][]> {
	const { length } = context.getInputData();
	const failures = new ItemFailures(length);
	const cancelled = context.getExecutionCancelSignal?.();
	const outputs = new Map<number, INodeExecutionData[]>();
	const work = async (itemIndex: number): Promise<boolean> => {
		try {
			const items = [await operation(itemIndex)].flat();
			outputs.set(
				itemIndex,
				items.map((item) => ({ ...item, pairedItem: { item: itemIndex } })),
			);
			return true;
		} catch (error) {
			const nodeError = withOrigin(context, itemIndex, error, toNodeError(context.getNode(), error, itemIndex));
			if (!context.continueOnFail()) {
				failures.add(itemIndex, error, nodeError);
				return false;
			}
			const json: IDataObject = {
				error: nodeError.message,
				...(nodeError.description ? { details: nodeError.description } : {}),
			};
			outputs.set(itemIndex, [{ json, pairedItem: { item: itemIndex } }]);
			return false;
		}
	};
	let next = 0;
	// n8n waits for nobody when it is cancelled, and what would be made then nobody would see.
	const goesOn = () => next < length && !failures.areTheServers && !(next > 0 && cancelled?.aborted === true);
	// No more at once, until one is fine, than it takes to see that the trouble is the server's: the others would meet it, too.
	const first = Math.min(atOnce, FAILURE_LIMITS.firstItems);
	let isFine = false;
	let open: () => void = () => {};
	const opened = new Promise<void>((resolve) => (open = resolve));
	const tried = Array.from({ length: first }, async () => {
		if (goesOn() && (await work(next++))) {
			isFine = true;
			open();
		}
	});
	const opening = Promise.all(tried).then(async () => {
		while (!isFine && goesOn()) isFine = await work(next++);
		open();
	});
	const worker = async (before: Promise<void> | undefined) => {
		await Promise.all([before, opened]);
		while (goesOn()) await work(next++);
	};
	await Promise.all([opening, ...Array.from({ length: atOnce }, (_, at) => worker(tried[at]))]);
	const output = [...outputs].sort(([one], [other]) => one - other).flatMap(([, items]) => items);
	failures.sort();
	if (!failures.none) throw failures.error(context, output);
	hintAtGaps(context, output);
	return [output];
}

/** Where an item without a message came from: the node before, or one before that, made another item of it. */
function withOrigin<E extends ReturnType<typeof toNodeError>>(
	context: IExecuteFunctions,
	itemIndex: number,
	thrown: unknown,
	error: E,
): E {
	if (!(thrown instanceof EmailError) || thrown.code !== 'EMAIL_NOT_FOUND') return error;
	const before = nodeBefore(context);
	if (before === undefined) return error;
	const fields = Object.keys(context.getInputData()[itemIndex]!.json).slice(0, WARNING_LIMITS.maxNamedFiles);
	const has =
		fields.length === 0
			? 'no fields'
			: `the fields ${fields.map((name) => name.slice(0, WARNING_LIMITS.maxNameCharacters)).join(', ')}`;
	error.description = `The item comes from '${before}' and has ${has}. ${error.description ?? ''}`.trim();
	return error;
}

function nodeBefore(context: IExecuteFunctions): string | undefined {
	try {
		return context.getInputSourceData().previousNode;
	} catch {
		// n8n throws where nothing was before: a pinned item, a node that runs alone.
		return undefined;
	}
}

/** Tells in the output pane how many items lack something, for nobody opens them all. */
export function hintAtGaps(context: IExecuteFunctions, output: readonly INodeExecutionData[]): void {
	const input = context.getInputData();
	const inputOf = ({ pairedItem }: INodeExecutionData) =>
		typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? input[pairedItem.item] : undefined;
	const records = output.filter(isPassedOn);
	const incomplete = output.filter((item) => !isPassedOn(item) && lacksMore(item.json, inputOf(item)?.json));
	const hint = (message: string) => context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	if (records.length > 0) {
		hint(
			`${records.length} of ${output.length} items contain no message, because it could not be fetched. They are passed on unchanged. The field 'warnings' contains the reason and how to get the message.`,
		);
	}
	if (incomplete.length > 0) {
		hint(
			`${incomplete.length} of ${output.length} items are incomplete. The field 'warnings' contains what is missing and how to get it; 'files' and 'objects' contain what the platform refused.`,
		);
	}
	const nothing = withoutOutput.get(context);
	if (nothing !== undefined) hint(nothingFound(nothing));
	withoutOutput.delete(context);
}

/** Items that gave none, though something of them is missing: there is no item then that could tell. */
const withoutOutput = new WeakMap<IExecuteFunctions, Map<number, readonly EmailWarning[]>>();

/** Remembers such an item for {@link hintAtGaps}: one hint for all of them. */
export function foundNothing(context: IExecuteFunctions, itemIndex: number, gaps: readonly EmailWarning[]): void {
	const known = withoutOutput.get(context) ?? new Map<number, readonly EmailWarning[]>();
	withoutOutput.set(context, known.set(itemIndex, gaps));
}

function nothingFound(items: ReadonlyMap<number, readonly EmailWarning[]>): string {
	const { maxNamedFiles, maxMessageCharacters } = WARNING_LIMITS;
	const few = (list: readonly unknown[]) =>
		`${list.slice(0, maxNamedFiles).join(', ')}${list.length > maxNamedFiles ? ` and ${list.length - maxNamedFiles} more` : ''}`;
	const indices = few([...items.keys()]);
	const why = [...new Set([...items.values()].flat().map(({ message }) => message))].join(' ');
	return `Nothing was found in item ${indices}, but it is incomplete: ${why.slice(0, maxMessageCharacters)}`;
}

/**
 * As {@link forEachItem}, with the client of each item's own connection. A connection that cannot be made is the failure of
 * its item. All clients are closed behind the last one.
 */
export async function forEachItemWith<Client extends Closable>(
	context: IExecuteFunctions,
	connect: (itemIndex: number, clients: Clients<Client>) => Promise<Client>,
	operation: (itemIndex: number, client: Client) => Promise<INodeExecutionData | INodeExecutionData[]>,
	atOnce = 1,
): Promise<INodeExecutionData[][]> {
	const clients = new Clients<Client>();
	try {
		return await forEachItem(
			context,
			async (itemIndex) => {
				const client = await connect(itemIndex, clients);
				return await clients.using(client, async () => await operation(itemIndex, client));
			},
			atOnce,
		);
	} finally {
		await clients.close();
	}
}

/** The input item with fields added: its files travel on, for nodes behind this one. */
export function withInput(context: IExecuteFunctions, itemIndex: number, added: IDataObject): INodeExecutionData {
	const { json, binary } = context.getInputData()[itemIndex]!;
	return { json: { ...json, ...added }, ...(binary ? { binary } : {}) };
}

/** The input item, grown by what a node knows: one message is one item from the trigger to the report. Its files travel on. */
export function grown(
	context: IExecuteFunctions,
	itemIndex: number,
	added: IDataObject,
	outcome?: Outcome,
): INodeExecutionData {
	return outputJson(context, itemIndex, grownJson(context.getInputData()[itemIndex]!.json, added, outcome));
}
