import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { endsWhenFetched, withoutMessage } from '../../../lib/email';
import { warningsOf } from '../../shared/bundleGaps';

/**
 * The input item with the whole message in place of what it knew of it. What nodes before have added stays, and so do
 * their warnings; what was missing of the message is there now.
 */
export function withMessage(
	context: IExecuteFunctions,
	itemIndex: number,
	message: IDataObject,
	files: IBinaryKeyData,
): INodeExecutionData {
	const { json: before, binary } = context.getInputData()[itemIndex]!;
	const read = warningsOf(message);
	const isRead = ({ code, message: text }: { code: string; message: string }) =>
		read.some((one) => one.code === code && one.message === text);
	const others = warningsOf(before).filter((warning) => !endsWhenFetched(warning) && !isRead(warning));
	const isIncomplete = message.complete === false || (before.complete === false && others.length > 0);
	const added = withoutMessage(before) as IDataObject;
	return {
		json: {
			...message,
			...(others.length > 0 ? { warnings: [...read, ...others] } : {}),
			...(isIncomplete ? { complete: false } : {}),
			...added,
		},
		binary: { ...binary, ...files },
	};
}
