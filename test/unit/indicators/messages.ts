import { createHash } from 'node:crypto';
import type { Attachment, Email } from '../../../lib/email';

/** A parsed message with nothing in it but what is given. */
export function message(parts: Partial<Email> = {}): Email {
	return {
		references: [],
		from: [],
		replyTo: [],
		to: [],
		cc: [],
		bcc: [],
		headers: [],
		receivedLines: [],
		authenticationResults: [],
		isMultipart: false,
		parts: [],
		attachments: [],
		size: 0,
		sha256: '',
		truncated: false,
		warnings: [],
		...parts,
	};
}

/** An attachment of these bytes, hashed as the parser hashes it. */
export function attachment(content: string | Buffer, parts: Partial<Attachment> = {}): Attachment {
	const bytes = Buffer.from(content);
	const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
	return {
		partId: '2',
		contentType: 'application/octet-stream',
		related: false,
		size: bytes.length,
		md5: hash('md5'),
		sha1: hash('sha1'),
		sha256: hash('sha256'),
		sha512: hash('sha512'),
		content: bytes,
		...parts,
	};
}
