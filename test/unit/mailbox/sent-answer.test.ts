import { REPLY_LIMITS } from '../../../lib/limits';
import { GraphMailbox, ImapMailbox, sentAnswer } from '../../../lib/mailbox';
import { forgetTokens } from '../../../lib/microsoft';
import { MicrosoftLab } from '../../lab/graph';
import { EmbeddedImap, mail } from '../../lab/imap';

/** Whether a mailbox has sent an answer, as far as its sent messages show it. */

const SOUGHT = { to: 'erika@corp.example', inReplyTo: '<r1@corp.example>', subject: 'Re: Invoice' };
const HOUR = 3_600_000;

const closing: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
	for (const part of closing.splice(0).reverse()) await part.close();
});

const raw = (header: string) =>
	Buffer.from(`From: soc@corp.example\r\nTo: erika@corp.example\r\n${header}\r\n\r\nThanks\r\n`);

async function imap(folder: string) {
	const server = await EmbeddedImap.start({ folders: [folder] });
	const { host, port, user, password } = server;
	const mailbox = new ImapMailbox({ host, port, user, password, security: 'none' });
	closing.push(server, mailbox);
	return { server, mailbox };
}

it('Microsoft 365: it is found in its folder of sent messages, whatever that is called', async () => {
	forgetTokens();
	const lab = await MicrosoftLab.start();
	const box = lab.graph.mailbox('soc@example.com');
	const mailbox = new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com' });
	closing.push(lab, mailbox);
	const bytes = raw('Subject: Danke\r\nIn-Reply-To: <r1@corp.example>\r\nMessage-ID: <s@corp.example>');
	box.deliver(box.folder('inbox'), {
		subject: 'Danke',
		raw: bytes,
		to: ['erika@corp.example'],
		receivedAt: Date.now() - HOUR,
	});
	expect(await sentAnswer(mailbox, SOUGHT)).toEqual({ state: 'not-sent' });
	box.deliver(box.folder('sentitems'), {
		subject: 'Danke',
		raw: bytes,
		to: ['erika@corp.example'],
		receivedAt: Date.now() - HOUR,
	});
	expect(await sentAnswer(mailbox, SOUGHT)).toMatchObject({ state: 'sent', hit: { subject: 'Danke' } });
});

it('IMAP: a server that marks no folder has one by its name', async () => {
	const { server, mailbox } = await imap('Sent Items');
	server.append({ raw: raw('Subject: Danke\r\nReferences: <r1@corp.example>'), folder: 'Sent Items' });
	expect(await sentAnswer(mailbox, SOUGHT)).toMatchObject({ state: 'sent' });
});

it('nobody knows it without such a folder, and where more was sent than is looked at', async () => {
	const { mailbox } = await imap('Archive');
	expect(await sentAnswer(mailbox, SOUGHT)).toEqual({ state: 'unknown' });
	const { server, mailbox: busy } = await imap('Sent');
	for (let n = 0; n < REPLY_LIMITS.maxSentMessages; n++) {
		server.append({ raw: mail({ to: SOUGHT.to, subject: `Other ${n}` }), folder: 'Sent' });
	}
	expect(await sentAnswer(busy, SOUGHT)).toEqual({ state: 'unknown' });
});

it('what was sent long before the report is no answer to it', async () => {
	const { server, mailbox } = await imap('Sent');
	server.append({ raw: raw('Subject: Re: Invoice'), folder: 'Sent', date: new Date('2026-11-01T00:00:00Z') });
	expect(await sentAnswer(mailbox, { ...SOUGHT, since: '2026-11-20T08:00:00Z' })).toEqual({ state: 'not-sent' });
	expect(await sentAnswer(mailbox, { ...SOUGHT, since: 'no date' })).toMatchObject({ state: 'sent' });
});

it('two reports of one subject are two: the answer to the other one is none', async () => {
	const { server, mailbox } = await imap('Sent');
	const since = '2026-11-20T08:00:00Z';
	const put = (header: string, date: string) =>
		server.append({ raw: raw(header), folder: 'Sent', date: new Date(date) });
	put('Subject: Re: Invoice\r\nIn-Reply-To: <r0@corp.example>', '2026-11-20T09:00:00Z');
	put('Subject: Re: Invoice', '2026-11-20T07:00:00Z');
	expect(await sentAnswer(mailbox, { ...SOUGHT, since })).toEqual({ state: 'not-sent' });
	put('Subject: Re: Invoice', '2026-11-20T09:30:00Z');
	expect(await sentAnswer(mailbox, { ...SOUGHT, since })).toMatchObject({ state: 'sent' });
});
