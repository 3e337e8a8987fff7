import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import * as flow from '../../lib/flow';
import { toNodeError } from './errors';
import { binaryNames, flowItem, outputJson } from './flowItem';

/**
 * The input item as it came in, with a warning and `complete: false`, when it is the record of a message that a mailbox
 * trigger could not fetch: one bad message stops no other. Undefined for every other item.
 *
 * @param needed What the operation takes from elsewhere than the message. Given and not empty, the record is worked on
 * like any other item: a pattern that is typed in is hunted for whatever comes in.
 */
export function passedOn(
	context: IExecuteFunctions,
	itemIndex: number,
	...needed: unknown[]
): INodeExecutionData | undefined {
	const record = flow.passedOn(flowItem(context, itemIndex), needed);
	return record === undefined ? undefined : outputJson(context, itemIndex, record);
}

/** Asks once more for a message that a trigger could not fetch. One that still cannot be had passes through and stops no other. */
export async function orStillMissing<Result>(
	context: IExecuteFunctions,
	itemIndex: number,
	ask: () => Promise<Result>,
): Promise<Result | INodeExecutionData> {
	try {
		return await ask();
	} catch (error) {
		const record = flow.stillMissing(flowItem(context, itemIndex), error);
		if (record === undefined) throw toNodeError(context.getNode(), error, itemIndex);
		return outputJson(context, itemIndex, record);
	}
}

/** True for an item that {@link passedOn} made. */
export const isPassedOn = ({ json, binary }: INodeExecutionData): boolean => flow.isPassedOn(json, binaryNames(binary));
