import { createHash } from 'node:crypto';
import type { Attachment, Email } from '../../../lib/email';

const hash = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('hex');

/** An attachment as the parser gives it. */
export function attachment(
	fileName: string | undefined,
	contentType: string,
	content: Buffer | string,
	more: Partial<Attachment> = {},
): Attachment {
	const bytes = Buffer.from(content);
	return {
		partId: '2',
		...(fileName === undefined ? {} : { fileName }),
		contentType,
		disposition: 'attachment',
		related: false,
		size: bytes.length,
		md5: hash('md5', bytes),
		sha1: hash('sha1', bytes),
		sha256: hash('sha256', bytes),
		sha512: hash('sha512', bytes),
		content: bytes,
		...more,
	};
}

/** A message as the parser gives it. */
export function email(more: Partial<Email> = {}): Email {
	const raw = Buffer.from('From: intel@example.org\r\nSubject: Weekly threat report\r\n\r\nSee the attached file.\r\n');
	return {
		messageId: '<weekly-1@example.org>',
		references: [],
		date: new Date('2025-04-16T10:10:10Z'),
		receivedAt: new Date('2025-04-16T10:10:42Z'),
		subject: 'Weekly threat report',
		from: [{ address: 'intel@example.org', name: 'Intel team' }],
		replyTo: [],
		to: [{ address: 'soc@example.com' }],
		cc: [],
		bcc: [],
		headers: [],
		receivedLines: [],
		authenticationResults: [],
		isMultipart: false,
		text: 'See the attached file.\nIt is <important>.',
		parts: [],
		attachments: [],
		size: raw.length,
		sha256: hash('sha256', raw),
		raw,
		truncated: false,
		warnings: [],
		...more,
	};
}
