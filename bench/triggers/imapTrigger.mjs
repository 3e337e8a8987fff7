/** The trigger of this pack as it was built, with the smallest context that it runs in. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let workflows = 0;

/** Attachments go into the items, as in the peer's fullest format; the raw message goes there anyway. */
export function imapTrigger({ host, port, ca, user, password, messagesPerPoll }) {
	const { ImapTrigger } = require('../../dist/nodes/ImapTrigger/ImapTrigger.node.js');
	const node = new ImapTrigger();
	const parameters = {
		authentication: 'password',
		folder: 'INBOX',
		output: 'full',
		filters: {},
		options: { attachments: true, messagesPerPoll, firstRunLimit: 1_000_000 },
	};
	return {
		name: 'IMAP Mailbox Trigger',
		async read(count, handOver) {
			let got = 0;
			const staticData = {};
			// The node remembers what a workflow's first poll found.
			const id = `bench${++workflows}`;
			const context = {
				getMode: () => 'trigger',
				getNode: () => ({
					id: 'ours',
					name: 'Ours',
					type: 'imapTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters,
				}),
				getWorkflow: () => ({ id, name: 'Bench', active: true }),
				getPollBudgetMs: () => 300_000,
				getCredentials: async () => ({
					host,
					port,
					user,
					password,
					security: 'tls',
					caCertificate: ca,
					verifyTls: true,
				}),
				getNodeParameter: (name) => parameters[name],
				getWorkflowStaticData: () => staticData,
				logger: { debug() {}, info() {}, warn() {}, error() {} },
				helpers: {},
			};
			while (got < count) {
				const output = await node.poll.call(context);
				if (output === null) break;
				got += output[0].length;
				handOver(output[0]);
			}
			return () => undefined;
		},
	};
}
