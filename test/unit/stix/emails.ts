import { createHash } from 'node:crypto';
import type { Attachment, Email } from '../../../lib/email';
import type { Indicator } from '../../../lib/indicators';

const digest = (algorithm: string, content: Buffer | string): string =>
	createHash(algorithm).update(content).digest('hex');

/** An attachment of these bytes, hashed as the parser would. */
export function attachment(content: string | Buffer, rest: Partial<Attachment> = {}): Attachment {
	const bytes = Buffer.from(content);
	return {
		partId: '2',
		fileName: 'invoice.pdf',
		contentType: 'application/pdf',
		disposition: 'attachment',
		related: false,
		size: bytes.length,
		md5: digest('md5', bytes),
		sha1: digest('sha1', bytes),
		sha256: digest('sha256', bytes),
		sha512: digest('sha512', bytes),
		content: bytes,
		...rest,
	};
}

/** A message from Jane to Bob with one line of text; what a test is about goes into `rest`. */
export function message(rest: Partial<Email> = {}): Email {
	return {
		messageId: '<m1@example.com>',
		references: [],
		date: new Date('2025-04-16T10:10:10Z'),
		receivedAt: new Date('2025-04-16T10:11:00Z'),
		subject: 'Your invoice',
		from: [{ address: 'Jane@Example.com', name: 'Jane Doe' }],
		replyTo: [],
		to: [{ address: 'bob@example.org' }],
		cc: [],
		bcc: [],
		headers: [
			{ name: 'From', value: 'Jane Doe <Jane@Example.com>' },
			{ name: 'X-Mailer', value: 'Mutt' },
		],
		receivedLines: ['from mail.example.com by mx.example.org; Wed, 16 Apr 2025 10:11:00 +0000'],
		authenticationResults: [],
		contentType: 'text/plain; charset=utf-8',
		isMultipart: false,
		text: 'Pay here: hxxp://evil[.]example/x\r\n',
		parts: [
			{
				partId: '1',
				contentType: 'text/plain',
				contentTypeHeader: 'text/plain; charset=utf-8',
				size: 35,
				text: 'Pay here: hxxp://evil[.]example/x\r\n',
			},
		],
		attachments: [],
		size: 400,
		sha256: digest('sha256', JSON.stringify(rest.subject ?? '')),
		truncated: false,
		warnings: [],
		...rest,
	};
}

/** A multipart message with a text and one attachment. */
export function multipart(rest: Partial<Email> = {}, file: Attachment = attachment('%PDF-1.7')): Email {
	return message({
		isMultipart: true,
		contentType: 'multipart/mixed; boundary=x',
		parts: [
			{ partId: '1', contentType: 'text/plain', contentTypeHeader: 'text/plain', size: 6, text: 'Hello\n' },
			{
				partId: '2',
				contentType: file.contentType,
				contentTypeHeader: `${file.contentType}; name=x`,
				dispositionHeader: 'attachment; filename=x',
				disposition: 'attachment',
				size: file.size,
				attachment: 0,
			},
		],
		attachments: [file],
		...rest,
	});
}

export function indicator(type: Indicator['type'], value: string, rest: Partial<Indicator> = {}): Indicator {
	return { type, value, original: value, defanged: false, sources: [{ part: 'text', offset: 0 }], flags: [], ...rest };
}
