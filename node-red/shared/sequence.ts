import type { Json, Several } from '../../lib/flow';
import { put } from './items';
import type { FlowMessage, Runtime } from './runtime';
import type { StepResult } from './step';

/** Messages of a sequence, as Node-RED's Join node puts them together again: one for each item, with all else that the message had. */
export function itemMessages(
	RED: Runtime,
	message: FlowMessage,
	property: string,
	items: readonly Json[],
): FlowMessage[] {
	const id = RED.util.generateId();
	return items.map((item, index) => {
		const one = RED.util.cloneMessage(message);
		put(RED, one, property, item);
		one.parts = {
			id,
			type: 'array',
			index,
			count: items.length,
			...(message.parts === undefined ? {} : { parts: message.parts }),
		};
		return one;
	});
}

/** The same as what came of a message. Where there are none, and something is missing, no message can tell: the node does. */
export function severalMessages(
	RED: Runtime,
	message: FlowMessage,
	property: string,
	{ items, gaps }: Several,
	what: string,
): StepResult {
	const isIncomplete = gaps.length > 0 || items.some(({ complete }) => complete === false);
	return {
		send: [itemMessages(RED, message, property, items)],
		text: `${items.length} ${what}`,
		isIncomplete,
		warnings: items.length > 0 ? [] : [...new Set(gaps.map(({ message: text }) => text))],
	};
}
