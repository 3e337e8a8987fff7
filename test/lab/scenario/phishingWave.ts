/** Who wrote them; the traffic of {@link huntTraffic} knows three of the four. */
const SENDERS = [
	'accounts@supplier.example.com',
	'payments@invoice-portal.example.net',
	'it-service@examp1e.example.net',
	'nobody@new.example.org',
];

/** One in so many has an attachment. */
const ATTACHMENT_EVERY = 5;

export interface WaveMail {
	subject: string;
	raw: string;
	attachment?: { name: string; content: string };
}

/** A wave of phishing mails that users forwarded, no two of them alike; `first` continues an earlier wave. */
export function phishingWave(count: number, first = 0): WaveMail[] {
	return Array.from({ length: count }, (_, offset) => {
		const index = first + offset;
		const number = String(index + 1).padStart(4, '0');
		const subject = `Phishing report ${number}`;
		const sender = SENDERS[index % SENDERS.length]!;
		const text = [
			`Somebody got this from ${sender.replace('@', '[@]').replaceAll('.', '[.]')}.`,
			`The link goes to hxxps://login-${number}[.]bad[.]example[.]net/session?id=${index},`,
			`the server is 203[.]0[.]113[.]${index % 250}.`,
			'Grüße',
		];
		const head = [
			'From: Reporter <reporter@soc.example.org>',
			'To: Triage <triage@soc.example.org>',
			`Subject: ${subject}`,
			`Message-ID: <wave-${number}@soc.example.org>`,
			`Date: ${new Date(Date.UTC(2026, 10, 20, 8, 0, index)).toUTCString().replace('GMT', '+0000')}`,
			'MIME-Version: 1.0',
		];
		const body = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', ...text, ''];
		if (index % ATTACHMENT_EVERY !== 0) return { subject, raw: [...head, ...body].join('\r\n') };
		const name = `invoice-${number}.pdf`;
		const attachment = { name, content: `The document ${name}\n`.repeat(200) };
		return { subject, raw: [...head, ...withAttachment(body, attachment)].join('\r\n'), attachment };
	});
}

function withAttachment(body: string[], { name, content }: { name: string; content: string }): string[] {
	return [
		'Content-Type: multipart/mixed; boundary="wave"',
		'',
		'--wave',
		...body,
		'--wave',
		'Content-Type: application/pdf',
		`Content-Disposition: attachment; filename="${name}"`,
		'Content-Transfer-Encoding: base64',
		'',
		...(Buffer.from(content)
			.toString('base64')
			.match(/.{1,76}/g) ?? []),
		'--wave--',
		'',
	];
}
