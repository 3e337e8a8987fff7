import type { AddedFile, FlowItem, GrownItem, Json } from '../../lib/flow';
import { isRecord } from '../../lib/json';
import { NodeRedError } from './errors';
import type { FlowMessage, Runtime } from './runtime';
import { plainText } from './settings';

/*
 * An item of this pack as a message of Node-RED: what n8n calls the JSON of an item is `msg.payload`, its files are in `msg.binary`.
 * `msg.topic` is the subject.
 */

/** A file of `msg.binary`. */
export interface MessageFile {
	data: Buffer;
	fileName?: string;
	mimeType?: string;
}

/** Where a node finds its item in a message. @throws SettingError `SETTING_INVALID` */
export const inputOf = (config: Record<string, unknown>): string => plainText('Property', config.input) || 'payload';

/**
 * The item that a message holds: an object is one of this pack or of another mail node, bytes and text are a raw message.
 *
 * @throws NodeRedError `NODE_RED_INPUT`
 */
export function itemOf(RED: Runtime, message: FlowMessage, property: string): FlowItem {
	const value = valueOf(RED, message, property);
	if (value instanceof Uint8Array) {
		const data = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
		// For the nodes behind, which find fields in the place of the bytes.
		message.binary = { ...storedFiles(message), email: { data, fileName: 'message.eml', mimeType: 'message/rfc822' } };
		return { json: {}, files: filesOf(message) };
	}
	if (typeof value === 'string' && value.trim() !== '') return { json: { raw: value }, files: readerOf({}) };
	if (isRecord(value)) return { json: value, files: filesOf(message) };
	throw new NodeRedError(
		'NODE_RED_INPUT',
		`msg.${property} ${isEmptyValue(value) ? 'is missing' : 'is not a message'}`,
		{
			hint: `It must be the payload of a node of this pack, a raw message (.eml) as Buffer or text, or an object with the fields of a message. Check the property that the node reads.`,
		},
	);
}

/** The JSON that a message holds: what an earlier node made. @throws NodeRedError `NODE_RED_INPUT` */
export function jsonOf(RED: Runtime, message: FlowMessage, property: string): Json {
	const value = valueOf(RED, message, property);
	if (isRecord(value) && !(value instanceof Uint8Array)) return value;
	throw new NodeRedError(
		'NODE_RED_INPUT',
		`msg.${property} ${isEmptyValue(value) ? 'is missing' : 'is not an object'}`,
		{
			hint: 'It must be the payload of a node of this pack. Check the property that the node reads.',
		},
	);
}

/** What a property of a message holds. @throws NodeRedError `NODE_RED_INPUT` when it cannot be read */
export function valueOf(RED: Runtime, message: FlowMessage, property: string): unknown {
	try {
		return RED.util.getMessageProperty(message, property);
	} catch (cause) {
		throw new NodeRedError('NODE_RED_INPUT', `msg.${property} cannot be read`, {
			cause,
			hint: 'Write the property as in payload or payload.email.',
		});
	}
}

const isEmptyValue = (value: unknown): boolean => value === undefined || value === null || value === '';

/** The message with its item in place of the one that it had. */
export function withItem(
	RED: Runtime,
	message: FlowMessage,
	property: string,
	{ json, files }: GrownItem,
): FlowMessage {
	put(RED, message, property, json);
	if (Object.keys(files).length > 0) message.binary = { ...storedFiles(message), ...messageFiles(files) };
	return message;
}

/** Puts a value into a message. A property that cannot be written is an error, and not a message without its result. */
export function put(RED: Runtime, message: FlowMessage, property: string, value: unknown): void {
	if (RED.util.setMessageProperty(message, property, value, true)) return;
	throw new NodeRedError('NODE_RED_INPUT', `msg.${property} cannot be written`, {
		hint: 'An earlier node has put something else in its place. Choose another property.',
	});
}

/** A message of its own for an item. */
export function messageOf({ json, files }: GrownItem): FlowMessage {
	const binary = messageFiles(files);
	return {
		topic: json.subject ?? '',
		payload: json,
		...(Object.keys(binary).length > 0 ? { binary } : {}),
	};
}

/** Files as `msg.binary` has them. */
export function messageFiles(files: Record<string, AddedFile>): Record<string, MessageFile> {
	return Object.fromEntries(
		Object.entries(files).map(([key, { bytes, fileName, mimeType }]) => [key, { data: bytes, fileName, mimeType }]),
	);
}

/** The files of a message, as steps read them. */
export const filesOf = (message: FlowMessage): FlowItem['files'] => readerOf(storedFiles(message));

/** The files of a message; what is none is left out. Bytes in base64, as n8n writes them, are taken as well. */
function storedFiles({ binary }: FlowMessage): Record<string, MessageFile> {
	if (!isRecord(binary)) return {};
	const files: Record<string, MessageFile> = {};
	for (const [key, file] of Object.entries(binary)) {
		if (!isRecord(file)) continue;
		const { data, fileName, mimeType } = file;
		const isBytes = data instanceof Uint8Array;
		if (!isBytes && typeof data !== 'string') continue;
		files[key] = {
			data: isBytes ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data, 'base64'),
			...(typeof fileName === 'string' ? { fileName } : {}),
			...(typeof mimeType === 'string' ? { mimeType } : {}),
		};
	}
	return files;
}

function readerOf(files: Record<string, MessageFile>): FlowItem['files'] {
	const file = (key: string) => (Object.hasOwn(files, key) ? files[key] : undefined);
	return {
		keys: Object.keys(files),
		info: (key) => {
			const { data, ...names } = file(key) ?? {};
			return { ...names, ...(data === undefined ? {} : { size: data.length }) };
		},
		read: (key) => {
			const { data } = file(key) ?? {};
			return data === undefined ? Promise.reject(new Error(`There is no file ${key}`)) : Promise.resolve(data);
		},
	};
}
