/**
 * n8n's own Email Trigger (IMAP), the code of an installed n8n, in the format that gives most ("resolved"), with the
 * smallest context that it runs in. What n8n adds around a trigger is left out, to its advantage.
 *
 * The node itself waits for the server to announce a new message and then does what is called here: it connects, and
 * getNewEmails() reads all that the search finds, 20 messages at a time.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** `n8n` is the folder that n8n is installed in. */
export function emailReadImap({ n8n, host, port, user, password }) {
	const require = createRequire(join(n8n, 'node_modules', 'n8n-nodes-base', 'package.json'));
	const { EmailReadImap } = require('./dist/nodes/EmailReadImap/EmailReadImap.node.js');
	const { toImapCredentials } = require('./dist/nodes/EmailReadImap/credentials.js');
	const { getNewEmails } = require('./dist/nodes/EmailReadImap/v2/utils.js');
	const { ImapSimple } = require('@n8n/imap');
	const typeVersion = new EmailReadImap().currentVersion;
	const parameters = { format: 'resolved', dataPropertyAttachmentsPrefixName: 'attachment_' };
	const prepareBinaryData = async (content, fileName, mimeType) => ({
		data: content.toString('base64'),
		fileName,
		mimeType,
		bytes: content.length,
	});
	return {
		name: `Email Trigger (IMAP) ${typeVersion} of n8n`,
		async read(count, handOver) {
			const staticData = {};
			const context = {
				getNode: () => ({
					id: 'peer',
					name: 'Peer',
					type: 'n8n-nodes-base.emailReadImap',
					typeVersion,
					position: [0, 0],
					parameters,
				}),
				getNodeParameter: (name) => parameters[name],
				getWorkflowStaticData: () => staticData,
				logger: { debug() {}, info() {}, warn() {}, error() {} },
				helpers: { prepareBinaryData },
			};
			// The server's certificate is from an authority of its own, which this node cannot be told.
			const credentials = toImapCredentials({ host, port, user, password, secure: true, allowUnauthorizedCerts: true });
			const imapConnection = await ImapSimple.connect(credentials, { mailbox: 'INBOX' });
			await getNewEmails.call(context, {
				imapConnection,
				searchCriteria: ['UNSEEN'],
				// Marking messages as read would leave nothing for the next round.
				postProcessAction: 'nothing',
				onEmailBatch: async (batch) => handOver(batch),
			});
			return () => imapConnection.end();
		},
	};
}
