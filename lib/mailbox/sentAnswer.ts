import { parseEmail } from '../email';
import { REPLY_LIMITS } from '../limits';
import { DAY } from '../units';
import type { Mailbox } from './mailbox';
import type { MailboxHit } from './message';
import { referenceTo } from './reference';

/** An answer that may have been sent. */
export interface SoughtAnswer {
	/** Address of the one who got it. */
	to: string;
	/** Message-ID of what it answers. */
	inReplyTo?: string | undefined;
	/** Of an answer that a program sent without threading it. */
	subject: string;
	/** When what it answers was written: RFC 3339. A day is allowed for wrong clocks. */
	since?: string | undefined;
}

/** What was found among the sent messages. */
export interface SentAnswer {
	/** `unknown`: the mailbox has no folder for sent messages, or too many messages to this address. */
	state: 'sent' | 'not-sent' | 'unknown';
	/** The answer. */
	hit?: MailboxHit;
}

/**
 * Looks for an answer among the messages that a mailbox has sent: one to the same address that refers to the Message-ID, or refers to none,
 * has the same subject and was sent since. What was sent elsewhere, such as over SMTP without a copy, it cannot see.
 *
 * @throws MailboxError
 */
export async function sentAnswer(
	mailbox: Mailbox,
	{ to, inReplyTo, subject, since }: SoughtAnswer,
): Promise<SentAnswer> {
	const folder = await sentFolder(mailbox);
	if (folder === undefined) return { state: 'unknown' };
	const from = since === undefined ? Number.NaN : Date.parse(since) - DAY;
	const limit = REPLY_LIMITS.maxSentMessages;
	const hits = await mailbox.search(
		{ to, limit, ...(Number.isNaN(from) ? {} : { since: new Date(from) }) },
		{ folder },
	);
	const ours = hits.filter((hit) => hit.to.some(({ address }) => address.toLowerCase() === to.toLowerCase()));
	for (const hit of ours) {
		const reference = referenceTo(hit.source);
		if (reference === undefined) continue;
		// The header is at its beginning.
		const { raw } = await mailbox.get(reference, { maxMessageBytes: REPLY_LIMITS.maxSentBytes });
		const { inReplyTo: answered, references } = await parseEmail(raw);
		const refersTo = [...references, ...(answered === undefined ? [] : [answered])];
		if (inReplyTo !== undefined && refersTo.includes(inReplyTo)) return { state: 'sent', hit };
		// Two reports may have one subject: what answers another message, or was sent before the report, is no answer to it.
		const sentAt = (hit.receivedAt ?? hit.date)?.getTime() ?? Number.NaN;
		const isLater = Number.isNaN(from) || sentAt >= from + DAY;
		if (refersTo.length === 0 && isLater && hit.subject.trim() === subject.trim()) return { state: 'sent', hit };
	}
	return { state: hits.length < limit ? 'not-sent' : 'unknown' };
}

const folders = new WeakMap<Mailbox, Promise<string | undefined>>();

/** The folder of sent messages: asked for once. */
function sentFolder(mailbox: Mailbox): Promise<string | undefined> {
	const known = folders.get(mailbox);
	if (known !== undefined) return known;
	const asked = mailbox.listFolders().then((all) => {
		const marked = all.find(({ specialUse = '' }) => /^\\?sent(?:items)?$/i.test(specialUse));
		// Servers without SPECIAL-USE (RFC 6154) mark none.
		return (marked ?? all.find(({ name }) => /^sent(?: (?:items|mail|messages))?$/i.test(name)))?.id;
	});
	folders.set(mailbox, asked);
	asked.catch(() => folders.delete(mailbox));
	return asked;
}
