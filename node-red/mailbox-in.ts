import { lazy } from '../lib/lazy';
import { codeOf, shownError } from './shared/errors';
import type { MailboxLoop } from './shared/mailboxLoop';
import type { MailboxInNode } from './shared/mailboxIn';
import type { FlowNode, NodeConfig, Runtime } from './shared/runtime';

const mailboxIn = lazy(() => require('./shared/mailboxIn') as typeof import('./shared/mailboxIn'));

export = (RED: Runtime): void => {
	RED.nodes.registerType('email-intel-mailbox-in', function (this: FlowNode, config: NodeConfig) {
		RED.nodes.createNode(this, config);
		// What reads mail is loaded behind Node-RED's start, and once the accounts are there, whatever their place in the flow.
		const loop = new Promise((resolve) => setImmediate(resolve)).then(() => mailboxIn().openLoop(RED, this, config));
		loop.then(
			(opened) => opened.start(),
			(error: unknown) => {
				this.status({ fill: 'red', shape: 'ring', text: codeOf(error) });
				this.error(shownError(error), { topic: 'mailbox in', payload: {} });
			},
		);
		(this as MailboxInNode).loop = loop;
		this.on('close', (_removed, done) => {
			loop
				.then(async (opened) => await opened.close())
				.catch(() => undefined)
				.finally(done);
		});
	});
	RED.httpAdmin.post(
		'/email-intel/mailbox-in/:id/poll',
		RED.auth.needsPermission('flows.write'),
		(request, response) => {
			const { loop } = (RED.nodes.getNode(request.params.id ?? '') ?? {}) as { loop?: Promise<MailboxLoop> };
			if (loop === undefined) return response.status(404).json({ ok: false, message: 'The node is not deployed' });
			loop.then(
				(opened) => {
					opened.pollNow();
					response.json({ ok: true });
				},
				(error: unknown) => response.json({ ok: false, message: shownError(error).message }),
			);
		},
	);
};
