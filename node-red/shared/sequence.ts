import type { Json } from '../../lib/flow';
import type { FlowMessage, Runtime } from './runtime';

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
		RED.util.setMessageProperty(one, property, item, true);
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
