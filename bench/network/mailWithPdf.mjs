import { createHash } from 'node:crypto';

/** The message of a number, with a PDF of its own. */
export function mailWithPdf(at) {
	const content = Buffer.from(`%PDF-1.7\n${`line ${at} of the attachment\n`.repeat(700)}`);
	const hash = (algorithm) => createHash(algorithm).update(content).digest('hex');
	return {
		messageId: `<report-${at}@example.org>`,
		references: [],
		date: new Date(Date.UTC(2026, 0, 1) + at * 60_000),
		subject: `Threat report ${at}`,
		from: [{ address: 'intel@example.org' }],
		replyTo: [],
		to: [{ address: 'soc@example.com' }],
		cc: [],
		bcc: [],
		headers: [],
		receivedLines: [],
		authenticationResults: [],
		isMultipart: true,
		text: 'A paragraph of the report.\n'.repeat(150),
		parts: [],
		attachments: [
			{
				partId: '2',
				fileName: `report ${at}.pdf`,
				contentType: 'application/pdf',
				disposition: 'attachment',
				related: false,
				size: content.length,
				md5: hash('md5'),
				sha1: hash('sha1'),
				sha256: hash('sha256'),
				sha512: hash('sha512'),
				content,
			},
		],
		size: 30_000,
		// Its object has its id of it.
		sha256: createHash('sha256').update(`mail ${at}`).digest('hex'),
		truncated: false,
		warnings: [],
	};
}
