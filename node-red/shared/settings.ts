import { isEmpty, megabytes, SettingError, wholeNumber } from '../../lib/settings';
import type { FlowMessage, FlowNode, NodeConfig, Runtime } from './runtime';

/* What the editor stored of a node, and what a typed input gives for a message. */

/** A choice of a list. Empty is the first of them. @throws SettingError `SETTING_INVALID` */
export function choiceOf<const Choices extends readonly [string, ...string[]]>(
	label: string,
	value: unknown,
	choices: Choices,
): Choices[number] {
	if (isEmpty(value)) return choices[0];
	const found = choices.find((choice) => choice === value);
	if (found !== undefined) return found;
	throw new SettingError(label, `'${label}' is not one of its options`, {
		hint: `Open the node and select a value, or write one of ${choices.join(', ')} into the flow.`,
	});
}

/** A whole number, empty its default. @throws SettingError `SETTING_INVALID` */
export const numberOf = <Otherwise>(
	label: string,
	value: unknown,
	range: { least: number; most: number; otherwise: Otherwise },
): number | Otherwise => wholeNumber(label, value, range);

/** Bytes of megabytes. @throws SettingError `SETTING_INVALID` */
export const megabytesOf = (
	label: string,
	value: unknown,
	range: { least: number; most: number; otherwise: number },
): number => megabytes(label, isEmpty(value) ? range.otherwise : value, { ...range, otherwise: undefined }) ?? 0;

/** A text without blanks around it; whatever is none is empty. */
export const textOf = (value: unknown): string =>
	typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';

/** A list, or a text of words with commas. */
export function listOf(value: unknown): string[] {
	const words = Array.isArray(value) ? (value as unknown[]) : textOf(value).split(',');
	return words.map(textOf).filter((word) => word !== '');
}

export const isOn = (value: unknown): boolean => value === true || value === 'true';

/** A typed input of a node: its value, and what kind of value that is, under the name with `Type` behind it. */
export async function typedValue(
	RED: Runtime,
	node: FlowNode,
	config: NodeConfig,
	name: string,
	message: FlowMessage,
): Promise<unknown> {
	const value = config[name];
	const type = textOf(config[`${name}Type`]) || 'str';
	if (type === 'str') return value;
	if (isEmpty(value)) return undefined;
	return await new Promise((resolve, reject) => {
		RED.util.evaluateNodeProperty(String(value), type, node, message, (error, given) =>
			error ? reject(new SettingError(name, `'${name}' cannot be read: ${error.message}`)) : resolve(given),
		);
	});
}

/** The same as a list of words. */
export const typedList = async (...parameters: Parameters<typeof typedValue>): Promise<string[]> =>
	listOf(await typedValue(...parameters));

/** The same as text: of what is neither text nor number, nothing. */
export const typedText = async (...parameters: Parameters<typeof typedValue>): Promise<string> =>
	textOf(await typedValue(...parameters));
