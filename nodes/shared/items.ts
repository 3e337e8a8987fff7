import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toNodeError } from './errors';

/**
 * Runs an operation for each input item, one after the other. Outputs are paired with their input; with "continue on
 * fail" an item that fails becomes an item that holds its error alone, so that n8n can route it.
 */
export async function forEachItem(
	context: IExecuteFunctions,
	operation: (itemIndex: number) => Promise<INodeExecutionData | INodeExecutionData[]>,
): Promise<INodeExecutionData[][]> {
	const output: INodeExecutionData[] = [];
	const { length } = context.getInputData();
	for (let itemIndex = 0; itemIndex < length; itemIndex++) {
		try {
			for (const item of [await operation(itemIndex)].flat()) {
				output.push({ ...item, pairedItem: { item: itemIndex } });
			}
		} catch (error) {
			const nodeError = toNodeError(context.getNode(), error, itemIndex);
			if (!context.continueOnFail()) throw nodeError;
			const json: IDataObject = {
				error: nodeError.message,
				...(nodeError.description ? { details: nodeError.description } : {}),
			};
			output.push({ json, pairedItem: { item: itemIndex } });
		}
	}
	return [output];
}

/** As {@link forEachItem}, with a client that is opened once for all items and closed behind the last. */
export async function forEachItemWith<Client extends { close(): Promise<void> } | undefined>(
	context: IExecuteFunctions,
	open: () => Promise<Client>,
	operation: (itemIndex: number, client: Client) => Promise<INodeExecutionData | INodeExecutionData[]>,
): Promise<INodeExecutionData[][]> {
	let client: Client;
	try {
		client = await open();
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
	try {
		return await forEachItem(context, async (itemIndex) => await operation(itemIndex, client));
	} finally {
		await client?.close();
	}
}

/** The input item with fields added: its files travel on, for nodes behind this one. */
export function withInput(context: IExecuteFunctions, itemIndex: number, added: IDataObject): INodeExecutionData {
	const { json, binary } = context.getInputData()[itemIndex]!;
	return { json: { ...json, ...added }, ...(binary ? { binary } : {}) };
}
