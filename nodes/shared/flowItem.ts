import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { BinaryReader } from '../../lib/email';
import type { AddedFile, FlowItem, GrownItem } from '../../lib/flow';

/** An input item of n8n as the steps of `lib/flow` take it. Its files are read when a step asks for them. */
export function flowItem(context: IExecuteFunctions, itemIndex: number): FlowItem {
	const { json, binary } = context.getInputData()[itemIndex]!;
	const read = async (key: string) => await context.helpers.getBinaryDataBuffer(itemIndex, key);
	return { json, files: { ...binaryNames(binary), read } };
}

/** The binary properties of an item, without their bytes. */
export function binaryNames(binary: IBinaryKeyData = {}): Pick<BinaryReader, 'keys' | 'info'> {
	return {
		keys: Object.keys(binary),
		info: (key) => ({
			fileName: binary[key]?.fileName,
			mimeType: binary[key]?.mimeType,
			size: binary[key]?.bytes,
		}),
	};
}

/** An item that a step is done with, as an output item: the files of the input item travel on, for nodes behind this one. */
export async function outputItem(
	context: IExecuteFunctions,
	itemIndex: number,
	{ json, files }: GrownItem,
): Promise<INodeExecutionData> {
	const { binary: before } = context.getInputData()[itemIndex]!;
	const binary = { ...before, ...(await storedFiles(context, files)) };
	return { json: json as IDataObject, ...(Object.keys(binary).length > 0 ? { binary } : {}) };
}

/** The same for a step that makes no files. */
export function outputJson(context: IExecuteFunctions, itemIndex: number, json: object): INodeExecutionData {
	const { binary } = context.getInputData()[itemIndex]!;
	return { json: json as IDataObject, ...(binary ? { binary } : {}) };
}

/** Files in n8n's store. */
export async function storedFiles(
	context: IExecuteFunctions,
	files: Readonly<Record<string, AddedFile>>,
): Promise<IBinaryKeyData> {
	const binary: IBinaryKeyData = {};
	for (const [key, { bytes, fileName, mimeType }] of Object.entries(files)) {
		binary[key] = await context.helpers.prepareBinaryData(bytes, fileName, mimeType);
	}
	return binary;
}
