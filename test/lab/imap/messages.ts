/** A small message as a mail program writes it. */
export function mail(options: {
	subject: string;
	from?: string;
	to?: string;
	messageId?: string;
	body?: string;
	date?: Date;
	bytes?: number;
}): string {
	const head = [
		`From: ${options.from ?? 'Sender <sender@example.org>'}`,
		`To: ${options.to ?? 'Analyst <analyst@example.com>'}`,
		`Subject: ${options.subject}`,
		`Message-ID: ${options.messageId ?? `<${options.subject.replace(/[^A-Za-z0-9]+/g, '-')}@example.org>`}`,
		`Date: ${(options.date ?? new Date('2026-11-20T10:00:00Z')).toUTCString().replace('GMT', '+0000')}`,
		'MIME-Version: 1.0',
		'Content-Type: text/plain; charset=utf-8',
		'Content-Transfer-Encoding: 8bit',
	].join('\r\n');
	const text = options.body ?? `This is ${options.subject}.\r\nGrüße\r\n`;
	const start = `${head}\r\n\r\n${text}`;
	const missing = Math.max(0, (options.bytes ?? 0) - Buffer.byteLength(start));
	const line = `${'x'.repeat(74)}\r\n`;
	return start + line.repeat(Math.ceil(missing / line.length)).slice(0, missing);
}
