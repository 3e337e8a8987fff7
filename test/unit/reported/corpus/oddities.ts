import { attribute, ATTRIBUTE, tnef } from '../../email/outlookFiles';
import { attached, html, mixed, phish, plain, REPORTER, wrapper, type File } from './mail';

/** What people, buttons and gateways make of reports besides the plain forms. */
export interface Oddity {
	name: string;
	raw: string;
	/** Subject and sender of the message that is analysed; absent where it is the mail itself. */
	subject?: string;
	from?: string;
	warnings?: string[];
	/** False where something could not be read. Default true. */
	complete?: false;
	/** Values that must be found. */
	finds?: string[];
}

const FROM = 'billing@evil.example';
const SUBJECT = 'Invoice 4711';
const LINK = 'http://login.evil.example/pay';
const PHISH = phish({ id: 'odd', subject: SUBJECT });
const eml = (content: string, name = 'mail.eml', type = 'application/octet-stream'): File => ({
	type,
	name,
	content,
	encoding: 'base64',
});
let count = 0;
const mail = (subject: string, body: string, more: object = {}) =>
	wrapper({ id: `odd-${++count}`, subject, body, ...more });
const found = { subject: SUBJECT, from: FROM };

const HEADS: Record<string, [subject: string, head: string]> = {
	en: [
		'Fwd: Invoice',
		`-----Original Message-----\nFrom: Billing <${FROM}>\nSent: Friday, November 20, 2026 8:15 AM\nTo: Erika\nSubject: ${SUBJECT}`,
	],
	de: [
		'WG: Rechnung',
		`Von: Billing <${FROM}>\nGesendet am: Freitag, 20. November 2026 08:15\nAn: Erika\nBetreff: ${SUBJECT}`,
	],
	fr: [
		'TR: Facture',
		`De : Billing <${FROM}>\nEnvoyé : vendredi 20 novembre 2026 08:15\nÀ : Erika\nObjet : ${SUBJECT}`,
	],
	es: [
		'RV: Factura',
		`De: Billing <${FROM}>\nEnviado el: viernes, 20 de noviembre de 2026 8:15\nPara: Erika\nAsunto: ${SUBJECT}`,
	],
	it: ['I: Fattura', `Da: Billing <${FROM}>\nInviato: venerdì 20 novembre 2026 08:15\nA: Erika\nOggetto: ${SUBJECT}`],
	nl: [
		'FW: Factuur',
		`Van: Billing <${FROM}>\nVerzonden: vrijdag 20 november 2026 08:15\nAan: Erika\nOnderwerp: ${SUBJECT}`,
	],
	pt: [
		'ENC: Fatura',
		`De: Billing <${FROM}>\nEnviada em: sexta-feira, 20 de novembro de 2026 08:15\nPara: Erika\nAssunto: ${SUBJECT}`,
	],
	pl: ['PD: Faktura', `Od: Billing <${FROM}>\nWysłano: piątek, 20 listopada 2026 08:15\nDo: Erika\nTemat: ${SUBJECT}`],
	sv: ['VB: Faktura', `Från: Billing <${FROM}>\nSkickat: den 20 november 2026 08:15\nTill: Erika\nÄmne: ${SUBJECT}`],
	ru: ['Fwd: Счёт', `От: Billing <${FROM}>\nОтправлено: 20 ноября 2026 г. 8:15\nКому: Erika\nТема: ${SUBJECT}`],
	tr: ['İLT: Fatura', `Kimden: Billing <${FROM}>\nGönderilen: 20 Kasım 2026 Cuma 08:15\nKime: Erika\nKonu: ${SUBJECT}`],
	cs: [
		'FW: Faktura',
		`Od: Billing <${FROM}>\nOdesláno: pátek 20. listopadu 2026 8:15\nKomu: Erika\nPředmět: ${SUBJECT}`,
	],
};
const head = (language: string) => HEADS[language]![1];
const text = `Pay at ${LINK} today.`;

/** How people change what their mail program wrote above a forward. */
const EDITS: Record<string, (head: string) => string> = {
	'without the line of recipients': (given) =>
		given
			.split('\n')
			.filter((_, index) => index !== given.split('\n').length - 2)
			.join('\n'),
	'all lines quoted twice': (given) => given.replace(/^/gm, '> > '),
	'with bold labels': (given) => given.replace(/^([^:\n]{1,20}?)( ?:)/gm, '*$1$2*'),
	'indented with tabs': (given) => given.replace(/^/gm, '\t'),
	'with an empty line between any two': (given) => given.replace(/\n/g, '\n\n'),
	'with no-break spaces': (given) => given.replace(/: /g, ':\u00a0'),
};

const EDITED: Oddity[] = Object.keys(HEADS).flatMap((language, index) => {
	const names = Object.keys(EDITS);
	const edit = names[index % names.length]!;
	return [
		{
			name: `a forward in ${language}, its head ${edit}`,
			...found,
			warnings: ['report-quoted'],
			finds: [LINK],
			raw: mail(
				HEADS[language]![0],
				plain(`Ist das echt?\n\n-- \nErika\nCorp\n\n${EDITS[edit]!(head(language))}\n\n${text}`),
			),
		},
	];
});

export const ODDITIES: readonly Oddity[] = [
	// --- buttons whose mail was changed on its way ---
	{
		name: 'a button whose mail a gateway marked',
		...found,
		raw: mail('[EXTERNAL] 3|Invoice', mixed('', [attached(PHISH)])),
	},
	{ name: 'a button whose mail was forwarded', ...found, raw: mail('FW: 3|Invoice', mixed('', [attached(PHISH)])) },
	{
		name: 'a prefix in small encoded words',
		...found,
		raw: mail('x', mixed('', [attached(PHISH)])).replace(
			'Subject: x',
			'Subject: =?utf-8?q?3=7C?=\n =?utf-8?q?Invoice?=',
		),
	},
	{
		name: 'KnowBe4 without the name of its file',
		...found,
		raw: mail('[Phish Alert] FWD: Invoice', mixed('', [attached(PHISH)])),
	},
	{
		name: 'KnowBe4 with the header in a file of its own',
		...found,
		warnings: ['report-files-left-out'],
		raw: mail(
			'[Phish Alert] Invoice',
			mixed('', [
				eml(PHISH, 'phish_alert_sp2_2.0.0.0.eml'),
				{ type: 'text/plain', name: 'headers.txt', content: 'Received: by x' },
			]),
		),
	},
	{
		name: 'PhishAlarm whose file is called after its subject',
		...found,
		raw: mail('Potential Phish: Invoice', mixed('', [eml(PHISH, 'Potential Phish_ Invoice 4711.eml')])),
	},
	{
		name: 'header fields of a button in odd case, folded',
		...found,
		raw: mail('Invoice', mixed('', [attached(PHISH)]), { header: 'X-PHISHALARM-Format:\n\tmime\n' }),
	},
	{
		name: 'a button behind a list',
		...found,
		raw: mail('[soc-list] 3|Invoice', mixed('', [attached(PHISH)]), {
			header: 'List-Id: <soc.corp.example>\nPrecedence: list\n',
		}),
	},
	{
		name: 'two fields Subject',
		...found,
		raw: mail('3|Invoice', mixed('', [attached(PHISH)]), { header: 'Subject: hello\n' }),
	},

	// --- forms of the attached message ---
	{
		name: 'message/global',
		...found,
		raw: mail('suspicious', mixed('', [{ type: 'message/global', content: PHISH }])),
	},
	{
		name: 'an .eml with an mbox line before its header',
		...found,
		raw: mail('suspicious', mixed('', [eml(`From billing@evil.example Thu Nov 19 22:00:00 2026\n${PHISH}`)])),
	},
	{ name: 'an .eml that begins with empty lines', ...found, raw: mail('suspicious', mixed('', [eml(`\n\n${PHISH}`)])) },
	{ name: 'an .eml with a byte order mark', ...found, raw: mail('suspicious', mixed('', [eml(`\ufeff${PHISH}`)])) },
	{ name: 'an .EML in capitals', ...found, raw: mail('suspicious', mixed('', [eml(PHISH, 'INVOICE.EML')])) },
	{
		name: 'an .eml whose name has a blank at its end',
		...found,
		raw: mail('suspicious', mixed('', [eml(PHISH, 'invoice.eml ')])),
	},
	{
		name: 'an .eml of a type for mail programs',
		...found,
		raw: mail('suspicious', mixed('', [eml(PHISH, 'invoice.eml', 'message/x-emlx')])),
	},
	{
		name: 'a message without any line end but LF',
		...found,
		raw: mail(
			'suspicious',
			mixed('', [{ type: 'application/octet-stream', name: 'a.eml', content: Buffer.from(PHISH) }]),
		),
	},
	{
		name: 'an attached message in a multipart/mixed in a multipart/mixed',
		...found,
		raw: mail(
			'suspicious',
			`Content-Type: multipart/mixed; boundary="out"\n\n--out\n${mixed('look', [attached(PHISH)])}\n--out--\n`,
		),
	},
	{
		name: 'text above and below the attached message',
		...found,
		raw: mail(
			'suspicious',
			`Content-Type: multipart/mixed; boundary="q"\n\n--q\nContent-Type: text/plain\n\nabove\n--q\nContent-Type: message/rfc822\n\n${PHISH}\n--q\nContent-Type: text/plain\n\nSent from my phone\n--q--\n`,
		),
	},
	{
		name: 'signed with S/MIME',
		...found,
		raw: mail(
			'suspicious',
			`Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="s"\n\n--s\n${mixed('look', [attached(PHISH)])}\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIAG\n--s--\n`,
		),
	},
	{
		name: 'signed with PGP',
		...found,
		raw: mail(
			'suspicious',
			`Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="s"\n\n--s\n${mixed('look', [attached(PHISH)])}\n--s\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n--s--\n`,
		),
	},
	{
		name: 'a message in a winmail.dat',
		...found,
		raw: mail(
			'suspicious',
			mixed('', [
				{
					type: 'application/ms-tnef',
					name: 'winmail.dat',
					content: tnef(
						attribute(ATTRIBUTE.attachmentStart, Buffer.alloc(14)),
						attribute(ATTRIBUTE.attachmentTitle, Buffer.from('mail.eml\0')),
						attribute(ATTRIBUTE.attachmentData, Buffer.from(PHISH.replace(/\n/g, '\r\n'))),
					),
				},
			]),
		),
	},
	{
		name: 'an mbox of one message',
		...found,
		raw: mail(
			'suspicious',
			mixed('', [
				{
					type: 'application/mbox',
					name: 'mail.mbox',
					content: `From x Thu Nov 19 22:00:00 2026\n${PHISH}`,
					encoding: 'base64',
				},
			]),
		),
	},
	{
		name: 'an mbox of two messages',
		...found,
		complete: false,
		raw: mail(
			'suspicious',
			mixed('two', [
				{
					type: 'application/mbox',
					name: 'mail.mbox',
					content: `From x Thu Nov 19 22:00:00 2026\n${PHISH}\nFrom y Thu Nov 19 23:00:00 2026\n${phish({ id: 'odd2', subject: 'Second', from: 'other@evil.example' })}`,
					encoding: 'base64',
				},
			]),
		),
		warnings: ['reported-several'],
		finds: [LINK, 'other@evil.example'],
	},

	// --- several, nested, mixed up ---
	{
		name: 'two attached messages',
		warnings: ['reported-several'],
		finds: [FROM, 'b@evil.example'],
		raw: mail(
			'two phishes',
			mixed('', [attached(PHISH), attached(phish({ id: 'b', subject: 'B', from: 'b@evil.example' }))]),
		),
	},
	{ name: 'one message attached twice', ...found, raw: mail('3|Invoice', mixed('', [attached(PHISH), eml(PHISH)])) },
	{
		name: 'an attached message and the same forwarded in the text',
		...found,
		raw: mail('Fwd: Invoice', mixed(`please check\n\n${head('en')}\n\n${text}`, [attached(PHISH)])),
	},
	{
		name: 'a forward within the text of a forward within the text',
		...found,
		warnings: ['report-quoted'],
		finds: [LINK],
		raw: mail(
			'Fwd: Fwd: Invoice',
			plain(
				`fyi\n\n---------- Forwarded message ---------\nFrom: Jo <jo@corp.example>\nDate: Fri, Nov 20, 2026 at 8:30 AM\nSubject: Fwd: Invoice\nTo: <${REPORTER}>\n\nis it real?\n\n---------- Forwarded message ---------\nFrom: Billing <${FROM}>\nDate: Fri, Nov 20, 2026 at 8:15 AM\nSubject: ${SUBJECT}\nTo: <jo@corp.example>\n\n${text}`,
			),
		),
	},
	{
		name: 'an attached message that is a forward within a text',
		...found,
		warnings: ['report-quoted'],
		finds: [LINK],
		raw: mail(
			'suspicious',
			mixed('see', [
				attached(
					phish({
						id: 'colleague',
						from: 'jo@corp.example',
						subject: 'Fwd: Invoice',
						text: `odd\n\n---------- Forwarded message ---------\nFrom: Billing <${FROM}>\nDate: Fri, Nov 20, 2026 at 8:15 AM\nSubject: ${SUBJECT}\nTo: <jo@corp.example>\n\n${text}`,
					}),
				),
			]),
		),
	},
	{
		name: 'a forward of a report of a button',
		...found,
		raw: mail(
			'Fwd: 3|Invoice',
			mixed('', [
				attached(
					wrapper({ id: 'inner', subject: '3|Invoice', from: 'jo@corp.example', body: mixed('', [attached(PHISH)]) }),
				),
			]),
		),
	},

	// --- words around it ---
	{
		name: 'a signature above the forward and a disclaimer below',
		...found,
		warnings: ['report-quoted'],
		finds: [LINK],
		raw: mail(
			'WG: Rechnung',
			plain(
				`Bitte prüfen\n\n-- \nErika Example\nwww.corp.example\n\n${head('de')}\n\n${text}\n\n-- \nThis message is confidential.`,
			),
		),
	},
	{
		name: 'HTML whose labels have stray tags',
		...found,
		warnings: ['report-quoted', 'report-html-whole'],
		finds: [LINK],
		raw: mail(
			'WG: Rechnung',
			html(
				`<p>Bitte prüfen</p><p><b><span>Von</span>:</b> Billing &lt;<a href="mailto:${FROM}">${FROM}</a>&gt;<br><b>Gesendet:</b> Freitag, 20. November 2026 08:15<br><b>An:</b> Erika<br><b>Betreff:</b> ${SUBJECT}</p><p><a href="${LINK}">pay</a></p>`,
			),
		),
	},
	{
		name: 'the banner of a gateway above the text',
		...found,
		raw: mail(
			'suspicious',
			mixed('CAUTION: This email originated from outside of the organization.\n\nis this real?', [attached(PHISH)]),
		),
	},
	{ name: 'a subject and nothing else', ...found, raw: mail('', mixed('', [attached(PHISH)])) },

	// --- what is no report ---
	{
		name: 'a digest of a list with reported words',
		raw: mail(
			'phishing digest',
			`Content-Type: multipart/digest; boundary="d"\n\n--d\n\n${PHISH}\n--d\n\n${phish({ id: 'd2', subject: 'D2' })}\n--d--\n`,
		),
	},
	{
		name: 'a bounce without the type of one',
		raw: mail('Undelivered Mail Returned to Sender', mixed('could not be delivered', [attached(PHISH)]), {
			from: 'Mail Delivery System <MAILER-DAEMON@corp.example>',
		}),
	},
	{
		name: 'an automatic reply with the message',
		raw: mail('Automatic reply: Invoice', mixed('I am away', [attached(PHISH)]), {
			header: 'Auto-Submitted: auto-replied\n',
		}),
	},
	{
		name: 'an invitation that a message is attached to',
		raw: mail(
			'Invitation: review of phishing',
			mixed('agenda', [
				attached(PHISH),
				{ type: 'text/calendar', name: 'invite.ics', content: 'BEGIN:VCALENDAR\nEND:VCALENDAR' },
			]),
		),
	},
	{
		name: 'a reply that quotes with the head of Outlook',
		raw: mail('AW: Rechnung', plain(`Danke!\n\n${head('de')}\n\n${text}`)),
	},
	{
		name: 'a delivery report of Exchange with the message',
		raw: mail(
			'Undeliverable: Invoice',
			`Content-Type: multipart/report; report-type=delivery-status; boundary="r"\n\n--r\nContent-Type: text/plain\n\nfailed\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;mx\n\nFinal-Recipient: rfc822;a@b.example\nAction: failed\n\n--r\nContent-Type: message/rfc822\n\n${PHISH}\n--r--\n`,
		),
	},

	// --- who wants to hide ---
	{
		name: 'a phish that hides behind a harmless message, in the name of one’s own, with a link in small letters',
		warnings: ['report-doubtful'],
		finds: ['http://steal.example/x'],
		raw: mail(
			'3|Invoice',
			mixed(
				'<p>see</p><span style="font-size:1px">http://steal.example/x</span>',
				[attached(phish({ id: 'ham', subject: 'Lunch', from: 'jo@corp.example', text: 'noon?' }))],
				{ textType: 'text/html' },
			),
		),
	},
	{
		name: 'a phish with a file beside a harmless message, in the name of one’s own',
		finds: ['jo@corp.example'],
		warnings: ['report-doubtful'],
		raw: mail(
			'3|Invoice',
			mixed('', [
				attached(phish({ id: 'ham2', subject: 'Lunch', from: 'jo@corp.example', text: 'noon?' })),
				{ type: 'application/pdf', name: 'invoice.pdf', content: Buffer.from('%PDF-1.7') },
			]),
		),
	},
	{
		name: 'a foreign sender with the marks of two buttons',
		warnings: ['report-doubtful'],
		finds: ['x@evil.example'],
		raw: mail('3|[Phish Alert] Potential Phish: x', mixed('', [attached(PHISH)]), {
			from: 'x@evil.example',
			header: 'X-PhishAlarm-Format: mime\n',
		}),
	},
	{
		name: 'a phish in the name of one’s own that ends with a harmless forward',
		subject: 'Lunch',
		from: 'jo@corp.example',
		warnings: ['report-quoted', 'report-text-whole'],
		finds: ['http://steal.example/x'],
		raw: mail(
			'Fwd: Lunch',
			plain(
				`Pay at http://steal.example/x today\n\n---------- Forwarded message ---------\nFrom: Jo <jo@corp.example>\nDate: Fri, Nov 20, 2026 at 8:15 AM\nSubject: Lunch\nTo: <${REPORTER}>\n\nnoon?`,
			),
		),
	},
	{
		name: 'the same in HTML, where the text says nothing of it',
		subject: 'Lunch',
		from: 'jo@corp.example',
		warnings: ['report-quoted', 'report-text-whole'],
		finds: ['http://steal.example/x'],
		raw: mail(
			'Fwd: Lunch',
			`Content-Type: multipart/alternative; boundary="alt"\n\n--alt\n${plain(`---------- Forwarded message ---------\nFrom: Jo <jo@corp.example>\nDate: Fri, Nov 20, 2026 at 8:15 AM\nSubject: Lunch\nTo: <${REPORTER}>\n\nnoon?`)}\n--alt\n${html(`<p><a href="http://steal.example/x">pay</a></p><div class="gmail_quote">---------- Forwarded message ---------<br>From: Jo<br>Subject: Lunch<br>To: Erika<br><br>noon?</div>`)}\n--alt--\n`,
		),
	},
	{
		name: 'a forward whose writer signs with a link of his own',
		...found,
		warnings: ['report-quoted'],
		finds: [LINK],
		raw: mail(
			'WG: Rechnung',
			plain(`Bitte prüfen\n\nErika Example\nhttps://www.corp.example/team\n\n${head('de')}\n\n${text}`),
		),
	},
	...EDITED,
];
