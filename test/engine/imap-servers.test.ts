import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { asClient, mail, type RealImap } from '../lab/imap';
import { courier, cyrus, describeWith, imap4d, prefixedDovecot, type ServerKind } from '../lab/imap/withServers';
import { FakeCredentials, node, poller } from './engine';

const TYPE = 'n8n-nodes-email-intel.imapTrigger';
const KINDS: ServerKind[] = [prefixedDovecot, cyrus, courier, imap4d];

for (const kind of KINDS) {
	describeWith(kind, `a published workflow on a real ${kind.name}`, () => {
		let server: RealImap | undefined;
		afterEach(async () => await server?.stop());

		it('takes each message exactly once, and marks none as read', async () => {
			server = await kind.start();
			const { host, port, user, password } = server;
			const trigger = poller({
				types: { [TYPE]: new ImapTrigger() },
				workflowId: `real-${kind.name}`,
				credentials: new FakeCredentials({
					emailIntelImapApi: { host, port, user, password, security: 'none', verifyTls: true },
				}),
				pollNode: node(
					'Mail',
					TYPE,
					{ folder: { __rl: true, mode: 'path', value: 'INBOX' } },
					{ credentials: { emailIntelImapApi: { id: '1', name: 'imap' } } },
				),
			});
			await server.deliver(mail({ subject: 'first' }));
			await trigger.activate();
			await trigger.tick();
			for (const subject of ['second', 'third']) {
				await server.deliver(mail({ subject }));
				await trigger.tick();
				await trigger.tick();
			}
			expect(trigger.errors).toEqual([]);
			expect(trigger.emitted.map((items) => items.map(({ json }) => json.subject))).toEqual([
				['first'],
				['second'],
				['third'],
			]);
			const flags = await asClient(server, async (client) => {
				await client.mailboxOpen('INBOX', { readOnly: true });
				return await client.fetchAll('1:*', { flags: true });
			});
			expect(flags.filter((row) => row.flags?.has('\\Seen'))).toEqual([]);
			expect(flags).toHaveLength(3);
		});
	});
}
