import { parseMailDate, quotedMessage, type Email, type EmailWarning } from '../../email';
import { forwardedHtml, headDate, readForward, type Forward } from '../inline';
import { strangerIn, type Sender } from '../reporter';
import type { Structure } from '../structure';
import { carried } from '../subject';
import type { Found } from './found';
import { QUOTED } from './quoted';

/** What a mail program put into the text of a forward. Who sent the mail is asked only where there is one. */
export function forwardedIn(email: Email, structure: Structure, senderOfIt: () => Sender): Found | undefined {
	const isText = (email.text ?? '').trim() !== '';
	const forward = readForward(isText ? email.text! : structure.text, email.subject ?? '');
	if (forward === undefined) return undefined;
	const sender = senderOfIt();
	const html = email.html === undefined ? undefined : forwardedHtml(email.html, forward.announcement);
	const quotation = (text: string, page: string | undefined) =>
		quotedMessage({
			header: headerOf(forward, email),
			...(isText || text !== '' ? { text } : {}),
			...(page === undefined ? {} : { html: page }),
			attachments: email.attachments,
		});
	let quoted = quotation(forward.text, html?.html);
	// A phish may end with a harmless forward: what stands above it is looked at, too, unless its writer is known.
	const above = { text: forward.comment, ...(html === undefined ? {} : { html: html.before }) };
	const stranger = strangerIn(email, quoted, above, sender);
	if (stranger !== undefined) quoted = quotation(isText ? email.text! : forward.text, email.html);
	// Of a message whose own date cannot be read this much is known: it was there when it was forwarded.
	const { origin } = sender.look;
	const at = origin?.at === undefined ? email.date : new Date(origin.at);
	if (quoted.date === undefined && at !== undefined) quoted.receivedAt = email.date ?? at;
	return {
		way: 'inline',
		certainty: 'weak',
		email: carried(email, quoted),
		message: 'quoted',
		comment: forward.comment,
		language: forward.language,
		...(stranger === undefined ? {} : { isWhole: true as const }),
		warnings: [
			QUOTED,
			...(stranger !== undefined
				? [wholeText(stranger)]
				: html?.isWhole === true && html.html !== ''
					? [WHOLE_HTML]
					: []),
		],
		complete: true,
	};
}

const WHOLE_HTML: EmailWarning = {
	code: 'report-html-whole',
	message:
		'Where the forwarded message begins in the HTML is not clear: values of the forwarder may be among those that were found.',
};

const wholeText = (stranger: string): EmailWarning => ({
	code: 'report-text-whole',
	message: `What stands above the forwarded message leads to ${stranger}, which the forwarded message does not: all of the text was analysed. Values of the forwarder may be among those that were found.`,
});

/** The head of a forward as a header: its addresses and its date in the forms of mail. */
function headerOf({ head, language }: Forward, email: Email): string {
	const line = (name: string, value: string | undefined) =>
		value === undefined || value === '' ? [] : [`${name}: ${value.replace(/\s+/g, ' ')}`];
	const written = email.headers.find(({ name }) => name.toLowerCase() === 'date')?.value ?? '';
	const [, sign, hours, minutes] = /([+-])(\d{2})(\d{2})\b/.exec(written) ?? [];
	const offset = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
	const date =
		head.date === undefined ? undefined : (headDate(head.date, offset, language) ?? parseMailDate(head.date)?.date);
	return [
		...line('From', head.from && addressesOf(head.from)),
		...line('Subject', head.subject),
		...line('Date', date?.toUTCString().replace('GMT', '+0000')),
		...line('To', head.to && addressesOf(head.to)),
		...line('Cc', head.cc && addressesOf(head.cc)),
		...line('Reply-To', head.replyTo && addressesOf(head.replyTo)),
	].join('\r\n');
}

/**
 * Addresses as mail programs write them in heads: `A [mailto:a@example.org]`, `a@example.org<mailto:a@example.org>`, separated by
 * semicolons in Outlook.
 */
function addressesOf(text: string): string {
	return text
		.replace(/<\s{0,4}mailto:[^<>\s]{1,400}>\s{0,4}(?=>)/gi, '')
		.replace(/\[\s{0,4}mailto:([^[\]\s]{1,400})\]/gi, '<$1>')
		.replace(/<\s{0,4}mailto:([^<>\s]{1,400})>/gi, '<$1>')
		.replace(/(\S{1,300}@\S{1,300}?)\s{0,2}<\1>/g, '<$1>')
		.replace(/;/g, ',');
}
