import type { Email, EmailAddress } from '../../email';
import { OPENCTI_LIMITS } from '../../limits';
import { escapeHtml } from '../../text';
import type { DraftWarning } from './draft';
import { shownTime } from './shownTime';

type Holder = Pick<Email, 'attachments'>;

/**
 * The messages attached to a message, those inside of them included, in their order: a phish comes as the attachment of the mail
 * that reports it. What is above the limit is left out, with a warning.
 */
export function attachedMessages(email: Holder, warnings: DraftWarning[]): Email[] {
	const { maxAttachedMessages } = OPENCTI_LIMITS;
	const found: Email[] = [];
	// Last in, first out: what is inside of a message follows it. A list is no recursion, however deep messages lie.
	const open = attachedTo(email).reverse();
	while (found.length < maxAttachedMessages) {
		const next = open.pop();
		if (next === undefined) break;
		found.push(next);
		open.push(...attachedTo(next).reverse());
	}
	if (open.length > 0) {
		warnings.push({
			code: 'attached-messages-omitted',
			message: `The text of ${maxAttachedMessages} attached messages is in the content, that of more than these is not: they are among the attachments.`,
		});
	}
	return found;
}

const attachedTo = ({ attachments }: Holder): Email[] => attachments.flatMap(({ email }) => email ?? []);

/** What stands above the text of an attached message, so that nobody takes it for that of the mail which it came with. */
export function attachedHead({ subject, from, to, date, receivedAt, messageId }: Email): string {
	const rows: [string, string][] = [
		['From', addresses(from)],
		['To', addresses(to)],
		['Date', shownTime(date ?? receivedAt)],
		['Message-ID', messageId ?? ''],
	];
	const head = rows
		.filter(([, value]) => value !== '')
		.map(([label, value]) => `<strong>${label}:</strong> ${escapeHtml(value)}`);
	return `<hr><h3>Attached message: ${escapeHtml(subject || '(no subject)')}</h3><p>${head.join('<br>')}</p>`;
}

function addresses(list: readonly EmailAddress[]): string {
	const { maxListedAddresses } = OPENCTI_LIMITS;
	const named = list
		.slice(0, maxListedAddresses)
		.map(({ name, address }) => (name === undefined || name === '' ? address : `${name} <${address}>`));
	const more = list.length - named.length;
	return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
