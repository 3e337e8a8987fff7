import { isRecord } from '../lib/json';
import { NodeRedError } from './shared/errors';
import type { MailboxInNode } from './shared/mailboxIn';
import type { DeliveryToken } from './shared/mailboxLoop';
import type { FlowMessage, Runtime } from './shared/runtime';
import { choiceOf } from './shared/settings';
import { oneByOne, registerStep } from './shared/step';

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-mailbox-ack', (_node, config) => {
		const outcome = choiceOf('Outcome', config.outcome, ['done', 'retry']);
		return {
			doing: 'acknowledging',
			atOnce: Number.POSITIVE_INFINITY,
			together: 1,
			work: oneByOne(async (message) => {
				const token = tokenOf(message);
				const { loop } = (RED.nodes.getNode(token.node) ?? {}) as Partial<MailboxInNode>;
				if (loop === undefined) {
					throw new NodeRedError(
						'NODE_RED_MAILBOX_IN_MISSING',
						"The 'mailbox in' node that sent this message is gone",
						{
							hint: 'It was deleted or disabled meanwhile. Where it is put back, it sends the message again.',
						},
					);
				}
				await (await loop).acknowledge(token, outcome);
				return { send: message, text: outcome === 'done' ? 'acknowledged' : 'comes again' };
			}),
		};
	});
};

/** @throws NodeRedError `NODE_RED_INPUT` */
function tokenOf({ delivery }: FlowMessage): DeliveryToken {
	if (isRecord(delivery) && typeof delivery.node === 'string' && typeof delivery.id === 'string')
		return delivery as unknown as DeliveryToken;
	throw new NodeRedError('NODE_RED_INPUT', 'msg.delivery is missing: this message was not sent by a mailbox in node', {
		hint: 'A node in between must keep msg.delivery. A Function node that makes a new message has to take it over.',
	});
}
