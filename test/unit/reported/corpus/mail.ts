import { createHash } from 'node:crypto';

/** Mail written for this project, as programs and buttons write it. Nobody in it exists. */

/** The one who reports, and the mailbox that he reports to. */
export const REPORTER = 'erika@corp.example';
export const MAILBOX = 'phishing@corp.example';

/** Bytes of a message, UTF-8, with CRLF line ends. */
export const bytes = (text: string): Buffer => Buffer.from(text.replace(/^\n/, '').replace(/\r?\n/g, '\r\n'));

/** A header field, in encoded words where it must be. */
export const field = (text: string): string =>
	/^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

export interface Phish {
	id: string;
	from?: string;
	subject: string;
	to?: string;
	/** More header fields, each with its line end. */
	header?: string;
	text?: string;
	html?: string;
}

/** A phish as it was delivered. */
export function phish({
	id,
	from = 'billing@evil.example',
	subject,
	to = REPORTER,
	header = '',
	text,
	html,
}: Phish): string {
	const body = html ?? text ?? 'Pay at http://login.evil.example/pay today.';
	return `Delivered-To: ${to}
Received: from mail.evil.example (mail.evil.example [203.0.113.66])
	by mx.corp.example (Postfix) with ESMTP id 77 for <${to}>; Thu, 19 Nov 2026 22:00:00 +0000
From: Billing <${from}>
To: ${to}
Subject: ${field(subject)}
Date: Thu, 19 Nov 2026 21:59:00 +0000
Message-ID: <${id}@evil.example>
${header}MIME-Version: 1.0
Content-Type: ${html === undefined ? 'text/plain' : 'text/html'}; charset=utf-8
Content-Transfer-Encoding: 8bit

${body}
`;
}

export interface Wrapper {
	id: string;
	subject: string;
	from?: string;
	to?: string;
	header?: string;
	/** Content-Type and what follows it. */
	body: string;
}

/** The mail around it. */
export function wrapper({
	id,
	subject,
	from = `Erika Example <${REPORTER}>`,
	to = MAILBOX,
	header = '',
	body,
}: Wrapper): string {
	return `${header}From: ${from}
To: ${to}
Subject: ${field(subject)}
Date: Fri, 20 Nov 2026 09:00:00 +0100
Message-ID: <${id}@corp.example>
MIME-Version: 1.0
${body}`;
}

export interface File {
	type: string;
	name?: string;
	content: string | Buffer;
	encoding?: 'base64' | '8bit';
	disposition?: 'attachment' | 'inline';
}

/** A multipart/mixed of a text and files. */
export function mixed(
	text: string,
	files: readonly File[],
	{ type = 'multipart/mixed', textType = 'text/plain' } = {},
): string {
	// Messages inside of messages have boundaries of their own.
	const contents = files
		.map(({ content }) => (typeof content === 'string' ? content : content.toString('latin1')))
		.join('');
	const boundary = `b${createHash('sha256').update(text).update(contents).digest('hex').slice(0, 12)}`;
	const parts = files.map(({ type: of, name, content, encoding, disposition = 'attachment' }) => {
		const raw = typeof content === 'string' ? Buffer.from(content.replace(/\r?\n/g, '\r\n')) : content;
		const isBase64 = encoding === 'base64' || typeof content !== 'string';
		const encoded = isBase64 ? raw.toString('base64').replace(/.{76}/g, '$&\n') : raw.toString('utf8');
		return `--${boundary}
Content-Type: ${of}${name === undefined ? '' : `; name="${field(name)}"`}
Content-Disposition: ${disposition}${name === undefined ? '' : `; filename="${field(name)}"`}
${isBase64 ? 'Content-Transfer-Encoding: base64\n' : ''}
${encoded}
`;
	});
	return `Content-Type: ${type}; boundary="${boundary}"

--${boundary}
Content-Type: ${textType}; charset=utf-8
Content-Transfer-Encoding: 8bit

${text}

${parts.join('\n')}
--${boundary}--
`;
}

/** A message as an attachment of the type that the standard has for it. */
export const attached = (content: string, name?: string): File => ({
	type: 'message/rfc822',
	content,
	...(name === undefined ? {} : { name }),
});

export const plain = (text: string): string => `Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

${text}
`;
export const html = (text: string): string => `Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

${text}
`;
