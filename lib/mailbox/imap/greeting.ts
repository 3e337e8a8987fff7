import { connect } from 'node:net';
import { IMAP_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { CheckedImapOptions } from './options';

/** How servers of other protocols greet: RFC 5321 section 4.2, RFC 1939 section 3, RFC 4253 section 4.2, RFC 9112 section 4. */
const OTHERS: ReadonlyArray<readonly [greeting: RegExp, name: string]> = [
	[/^220[ -]/, 'an SMTP server'],
	[/^\+OK/, 'a POP3 server'],
	[/^SSH-/, 'an SSH server'],
	[/^HTTP\//, 'a web server'],
];

/**
 * What is wrong when the peer is no IMAP server: its greeting is looked at in clear text, for imapflow waits for one of IMAP and TLS
 * sees no TLS. Undefined when that tells nothing. Never through a proxy.
 */
export async function otherServer(options: CheckedImapOptions, cause: unknown): Promise<MailboxError | undefined> {
	if (options.proxy) return undefined;
	const greeting = await greetingOf(options);
	const other = OTHERS.find(([form]) => form.test(greeting));
	if (other === undefined) return undefined;
	return new MailboxError(
		'MAILBOX_CONFIGURATION',
		`${options.host}:${options.port} is not an IMAP server: it greets like ${other[1]} ('${greeting.slice(0, 80)}')`,
		{
			cause,
			hint: "Set 'Port' in the credential to that of the IMAP server: TLS usually uses port 993, STARTTLS port 143.",
		},
	);
}

/** The first line, or nothing. */
async function greetingOf({ host, port, lookup }: CheckedImapOptions): Promise<string> {
	return await new Promise((resolve) => {
		let text = '';
		const socket = connect({ host, port, ...(lookup ? { lookup } : {}) });
		const done = () => {
			socket.destroy();
			resolve(/^[\x20-\x7E]*/.exec(text)![0]);
		};
		socket.setTimeout(IMAP_LIMITS.greetingProbeMs, done);
		socket.on('error', done);
		socket.on('close', done);
		socket.on('data', (chunk: Buffer) => {
			text += chunk.toString('latin1');
			if (text.includes('\n') || text.length > 500) done();
		});
	});
}
