import { attached, html, mixed, phish, plain, REPORTER, wrapper } from './mail';

/** Mail that is no report, and what it may have to be told of it. */
export interface OtherMail {
	name: string;
	raw: string;
	warnings?: string[];
}

const LIST =
	'List-Id: News <news.esp.example>\nList-Unsubscribe: <https://esp.example/u?1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nPrecedence: bulk\nFeedback-ID: 1:2:3:esp\n';
const NEWSLETTER = phish({
	id: 'news',
	from: 'news@vendor.example',
	subject: 'Threat landscape, November',
	to: REPORTER,
	header: LIST,
	text: 'This month in threats. Unsubscribe: https://esp.example/u?1',
}).replaceAll('evil.example', 'vendor.example');
const BOUNCE = (what: string) => `Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"

--dsn
Content-Type: text/plain

${what}
--dsn
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.corp.example

Final-Recipient: rfc822; nobody@else.example
Action: failed
Status: 5.1.1
--dsn
Content-Type: message/rfc822

${phish({ id: 'returned', subject: 'Meeting', from: REPORTER, to: 'nobody@else.example' })}
--dsn--
`;
const DIGEST = `Content-Type: multipart/digest; boundary="dig"

--dig

${phish({ id: 'd1', subject: 'First', to: 'threats@list.example' })}
--dig

${phish({ id: 'd2', subject: 'Second', to: 'threats@list.example' })}
--dig--
`;
const LONG = 'The campaign of this week uses a loader that we have not seen before. '.repeat(60);

interface Given {
	name: string;
	subject: string;
	from?: string;
	to?: string;
	header?: string;
	body: string;
	warnings?: string[];
}

/** A reply, as mail programs quote with the same head as a forward has. */
const reply = (language: string, subject: string, head: string): Given => ({
	name: `a reply of Outlook, ${language}`,
	subject,
	header: 'In-Reply-To: <x@corp.example>\nReferences: <x@corp.example>\n',
	body: plain(`OK.\n\n${head}\n\nShall we meet?`),
});

const PERSON = 'Jane <jane@partner.example>';

const GIVEN: readonly Given[] = [
	// --- machines ---
	{
		name: 'a bounce',
		subject: 'Undelivered Mail Returned to Sender',
		from: 'MAILER-DAEMON@mx.corp.example',
		body: BOUNCE('I am sorry'),
	},
	{
		name: 'a bounce from Exchange',
		subject: 'Undeliverable: Meeting',
		from: 'postmaster@corp.example',
		header: 'Auto-Submitted: auto-replied\nReturn-Path: <>\n',
		body: BOUNCE('Delivery has failed'),
	},
	{
		name: 'a delay',
		subject: 'Warning: message delayed',
		from: 'Mail Delivery System <mailer-daemon@corp.example>',
		header: 'Return-Path: <>\n',
		body: BOUNCE('still trying'),
	},
	{
		name: 'an old bounce with the message attached',
		subject: 'Mail delivery failed',
		from: 'MAILER-DAEMON@corp.example',
		header: 'Return-Path: <>\n',
		body: mixed('Returned', [attached(phish({ id: 'ret', subject: 'Meeting' }))]),
	},
	{
		name: 'a read receipt',
		subject: 'Read: Meeting',
		header: 'Auto-Submitted: auto-replied\n',
		body: `Content-Type: multipart/report; report-type=disposition-notification; boundary="m"

--m
Content-Type: text/plain

Your message was read.
--m
Content-Type: message/disposition-notification

Final-Recipient: rfc822;erika@corp.example
Disposition: manual-action/MDN-sent-manually; displayed
--m
Content-Type: message/rfc822

${phish({ id: 'read', subject: 'Meeting' })}
--m--
`,
	},
	{
		name: 'an absence note with the message',
		subject: 'Out of office',
		header: 'Auto-Submitted: auto-replied (vacation)\n',
		body: mixed('I am away', [attached(phish({ id: 'away', subject: 'Meeting' }))]),
	},
	{
		name: 'an absence note of Exchange',
		subject: 'Automatic reply: Meeting',
		header: 'Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n',
		body: plain('I am away.'),
	},
	{
		name: 'a journal report of Exchange',
		subject: 'Meeting',
		from: 'MicrosoftExchange@corp.example',
		header: 'X-MS-Journal-Report:\n',
		body: mixed('Sender: a@corp.example\nSubject: Meeting', [attached(phish({ id: 'journal', subject: 'Meeting' }))]),
	},
	{
		name: 'what a filter put around spam',
		subject: '[SPAM] Win',
		from: 'win@evil.example',
		header: 'X-Spam-Flag: YES\nX-Spam-Status: Yes, score=12\n',
		body: mixed('Spam detection software has identified this mail.', [attached(phish({ id: 'spam', subject: 'Win' }))]),
	},
	{
		name: 'a held message for the moderator of a list',
		subject: 'threats post from jane requires approval',
		from: 'threats-owner@list.example',
		header: 'Auto-Submitted: auto-generated\nPrecedence: bulk\n',
		body: mixed('As list administrator, your authorization is requested', [
			attached(phish({ id: 'held', subject: 'Held' })),
		]),
	},
	{
		name: 'a report on failed authentication',
		subject: 'DMARC failure',
		from: 'dmarc@provider.example',
		body: `Content-Type: multipart/report; report-type=feedback-report; boundary="f"

--f
Content-Type: text/plain

This is a failure report.
--f
Content-Type: message/feedback-report

Feedback-Type: auth-failure
Auth-Failure: dmarc
--f
Content-Type: message/rfc822

${phish({ id: 'auth', subject: 'x' })}
--f--
`,
	},
	{
		name: 'an aggregate report of DMARC',
		subject: 'Report Domain: corp.example Submitter: provider.example',
		from: 'noreply-dmarc@provider.example',
		body: mixed('', [
			{ type: 'application/gzip', name: 'provider!corp.example!1!2.xml.gz', content: Buffer.from('1f8b', 'hex') },
		]),
	},
	{
		name: 'a ticket',
		subject: '[Ticket 12] New request',
		from: 'noreply@helpdesk.example',
		header: 'Auto-Submitted: auto-generated\n',
		body: plain('From: Jane\nSubject: Printer\nDate: today\n\nIt does not print.'),
	},
	{
		name: 'a digest of a quarantine',
		subject: 'Quarantine digest',
		from: 'quarantine@corp.example',
		header: 'Precedence: bulk\n',
		body: html('<table><tr><td>From: x@evil.example</td><td>Subject: Win</td></tr></table>'),
	},

	// --- lists ---
	{
		name: 'a digest of a list',
		subject: 'Threats Digest, Vol 7',
		from: 'threats-request@list.example',
		to: 'threats@list.example',
		header: 'List-Id: <threats.list.example>\nPrecedence: list\n',
		body: DIGEST,
	},
	{
		name: 'a digest in multipart/mixed',
		subject: 'Threats Digest, Vol 8',
		from: 'threats@list.example',
		to: 'threats@list.example',
		header: 'List-Id: <threats.list.example>\n',
		body: mixed("Today's topics:\n 1. First\n 2. Second", [
			attached(phish({ id: 'm1', subject: 'First' })),
			attached(phish({ id: 'm2', subject: 'Second' })),
		]),
	},
	{
		name: 'a digest in plain text',
		subject: 'Threats Digest, Vol 9',
		from: 'threats@list.example',
		header: 'List-Id: <threats.list.example>\n',
		body: plain(
			'Message: 1\nDate: Fri, 20 Nov 2026 08:00:00 +0000\nFrom: Jane <jane@x.example>\nSubject: First\n\nText\n\nMessage: 2\nDate: Fri, 20 Nov 2026 08:10:00 +0000\nFrom: John <john@x.example>\nSubject: Second\n\nText',
		),
	},
	{
		name: 'a post of a list',
		subject: '[threats] New loader',
		from: PERSON,
		to: 'threats@list.example',
		header: 'List-Id: <threats.list.example>\nList-Post: <mailto:threats@list.example>\n',
		body: plain('See hxxp://evil[.]example/x'),
	},

	// --- newsletters ---
	{
		name: 'a newsletter',
		subject: 'Threat landscape',
		from: 'news@vendor.example',
		header: LIST,
		body: html('<p>News</p>'),
	},
	{
		name: 'a newsletter about phishing, whose subject has the prefix of a button',
		subject: 'Phishing: the state of 2026',
		from: 'news@vendor.example',
		header: LIST,
		body: plain('All about phishing.'),
	},
	{
		name: 'a newsletter about junk',
		subject: 'Junk: how to clear your desk',
		from: 'news@vendor.example',
		body: plain('Tips.'),
	},
	{
		name: 'a newsletter forwarded as attachment',
		subject: 'FW: Threat landscape, November',
		to: 'intel@corp.example',
		body: mixed('FYI', [attached(NEWSLETTER, 'Threat landscape.eml')]),
	},
	{
		name: 'a newsletter forwarded as attachment without a word',
		subject: 'Threat landscape, November',
		to: 'intel@corp.example',
		body: mixed('', [attached(NEWSLETTER)]),
	},
	{
		name: 'a newsletter forwarded as an .eml file',
		subject: 'News',
		to: 'intel@corp.example',
		body: mixed('worth reading', [
			{ type: 'application/octet-stream', name: 'news.eml', content: NEWSLETTER, encoding: 'base64' },
		]),
	},
	{
		name: 'a newsletter forwarded by Gmail',
		subject: 'Fwd: Threat landscape',
		to: 'intel@corp.example',
		body: plain(
			'worth reading\n\n---------- Forwarded message ---------\nFrom: News <news@vendor.example>\nDate: Fri, Nov 20, 2026 at 8:15 AM\nSubject: Threat landscape\nTo: <erika@corp.example>\n\n\nThis month.\nUnsubscribe here',
		),
	},
	{
		name: 'a newsletter forwarded by Outlook, in German',
		subject: 'WG: Lagebild',
		to: 'intel@corp.example',
		body: plain(
			'zur Info\n\nVon: News <news@vendor.example>\nGesendet: Freitag, 20. November 2026 08:15\nAn: Erika Example\nBetreff: Lagebild\n\nDiesen Monat.\nNewsletter abbestellen',
		),
	},
	{
		name: 'a newsletter forwarded by Apple Mail, in French',
		subject: 'Fwd: Menaces',
		to: 'intel@corp.example',
		body: plain(
			'pour info\n\n> Début du message réexpédié :\n> \n> De: News <news@vendor.example>\n> Objet: Menaces\n> Date: 20 novembre 2026 à 08:15:00 UTC+1\n> À: erika@corp.example\n> \n> Ce mois.\n> Se désabonner',
		),
	},
	{
		name: 'a newsletter forwarded by Thunderbird, in Spanish',
		subject: 'Fwd: Amenazas',
		to: 'intel@corp.example',
		body: plain(
			'-------- Mensaje reenviado --------\nAsunto: Amenazas\nFecha: Fri, 20 Nov 2026 08:15:00 +0100\nDe: News <news@vendor.example>\nPara: erika@corp.example\n\n\nEste mes.\nDarse de baja',
		),
	},

	// --- people ---
	reply(
		'English',
		'RE: Meeting',
		'From: Jane <jane@corp.example>\nSent: Friday, November 20, 2026 8:15 AM\nTo: Erika Example <erika@corp.example>\nSubject: Meeting',
	),
	reply(
		'English, on the web',
		'Re: Meeting',
		'________________________________\nFrom: Jane <jane@corp.example>\nSent: Friday, November 20, 2026 8:15 AM\nTo: Erika Example <erika@corp.example>\nSubject: Meeting',
	),
	reply(
		'German',
		'AW: Treffen',
		'Von: Jane <jane@corp.example>\nGesendet: Freitag, 20. November 2026 08:15\nAn: Erika Example\nBetreff: Treffen',
	),
	reply(
		'French',
		'RE: Réunion',
		'De : Jane <jane@corp.example>\nEnvoyé : vendredi 20 novembre 2026 08:15\nÀ : Erika\nObjet : Réunion',
	),
	reply(
		'Spanish',
		'RE: Reunión',
		'De: Jane <jane@corp.example>\nEnviado el: viernes, 20 de noviembre de 2026 8:15\nPara: Erika\nAsunto: Reunión',
	),
	reply(
		'Italian',
		'R: Riunione',
		'Da: Jane <jane@corp.example>\nInviato: venerdì 20 novembre 2026 08:15\nA: Erika\nOggetto: Riunione',
	),
	reply(
		'Finnish, whose prefix is that of a Danish forward',
		'VS: Kokous',
		'Lähettäjä: Jane <jane@corp.example>\nLähetetty: perjantai 20. marraskuuta 2026 8.15\nVastaanottaja: Erika\nAihe: Kokous',
	),
	reply(
		'Russian',
		'RE: Встреча',
		'От: Jane <jane@corp.example>\nОтправлено: 20 ноября 2026 г. 8:15\nКому: Erika\nТема: Встреча',
	),
	reply(
		'plain text',
		'AW: Treffen',
		'-----Ursprüngliche Nachricht-----\nVon: Jane [mailto:jane@corp.example]\nGesendet: Freitag, 20. November 2026 08:15\nAn: Erika\nBetreff: Treffen',
	),
	{ name: 'a message', subject: 'Lunch', body: plain('At noon?') },
	{
		name: 'a message that speaks of forwards',
		subject: 'Fwd: question',
		body: plain(
			'Where does the line "---------- Forwarded message ---------" come from?\nThe docs say:\nFrom: means the sender\nNothing else.',
		),
	},
	{
		name: 'a message with a form in its text',
		subject: 'Form',
		body: plain('From: Berlin\nTo: Hamburg\nDate: Monday\n\nTwo seats, please.'),
	},
	{
		name: 'a report on threats with a sample',
		subject: 'Weekly report',
		from: PERSON,
		body: mixed('Report and a sample attached.', [
			{ type: 'application/pdf', name: 'report.pdf', content: Buffer.from('%PDF-1.7') },
			attached(phish({ id: 'sample', subject: 'Sample' }), 'sample.eml'),
		]),
	},
	{
		name: 'a long analysis with a sample',
		subject: 'Analysis of the loader',
		body: mixed(LONG, [attached(phish({ id: 'sample2', subject: 'Sample' }), 'sample.eml')]),
	},
	{
		name: 'an invitation',
		subject: 'Invitation: Meeting',
		body: mixed('Join', [{ type: 'text/calendar', name: 'invite.ics', content: 'BEGIN:VCALENDAR' }]),
	},
	{
		name: 'mail with pictures',
		subject: 'Photos',
		body: mixed('see', [{ type: 'image/jpeg', name: 'a.jpg', content: Buffer.from('ffd8', 'hex') }]),
	},
	{
		name: 'a phish',
		subject: 'Your invoice',
		from: 'Billing <billing@evil.example>',
		body: plain('Pay at http://login.evil.example/pay'),
	},

	// --- who wants to hide ---
	{
		name: 'a phish from outside that carries a message',
		subject: 'Open the attached mail',
		from: 'Billing <billing@evil.example>',
		body: mixed('See attached.', [
			attached(phish({ id: 'lure', subject: 'Lure', to: 'someone@else.example' }), 'open.eml'),
		]),
		warnings: ['report-doubtful'],
	},
	{
		name: 'a phish with the marks of Microsoft’s format',
		subject: '3|Your invoice',
		from: 'Billing <billing@evil.example>',
		body: mixed('Pay at http://login.evil.example/pay', [
			attached(phish({ id: 'safe', subject: 'Lunch', from: 'jane@corp.example', text: 'At noon?' })),
		]),
		warnings: ['report-doubtful'],
	},
	{
		name: 'a phish with the file of KnowBe4',
		subject: '[Phish Alert] Your invoice',
		from: 'Billing <billing@evil.example>',
		body: mixed('Call us.', [
			attached(phish({ id: 'safe2', subject: 'Lunch', text: 'At noon?' }), 'phish_alert_sp2_2.0.0.0.eml'),
		]),
		warnings: ['report-doubtful'],
	},
	{
		name: 'a phish that imitates a forward in a text',
		subject: 'Fwd: Lunch',
		from: 'Billing <billing@evil.example>',
		body: plain(
			'Pay at http://login.evil.example/pay\n\n---------- Forwarded message ---------\nFrom: Jane <jane@corp.example>\nDate: Fri, 20 Nov 2026 08:15:00 +0000\nSubject: Lunch\nTo: <erika@corp.example>\n\nAt noon?',
		),
		warnings: ['report-doubtful'],
	},
	{
		name: 'a phish in the name of one’s own that failed authentication',
		subject: '3|Your invoice',
		header:
			'Authentication-Results: mx.corp.example; spf=fail smtp.mailfrom=corp.example; dmarc=fail header.from=corp.example\nReceived: from mail.evil.example (mail.evil.example [203.0.113.66]) by mx.corp.example with ESMTP id 1; Fri, 20 Nov 2026 08:00:00 +0000\n',
		body: mixed('', [attached(phish({ id: 'safe3', subject: 'Lunch', text: 'At noon?' }))]),
		warnings: ['report-doubtful'],
	},
	{
		name: 'a phish in the name of one’s own whose text leads elsewhere',
		subject: '3|Your invoice',
		body: mixed('Pay at http://login.evil.example/pay', [
			attached(
				phish({ id: 'safe4', subject: 'Lunch', from: 'jane@corp.example', text: 'At noon?' }).replaceAll(
					'evil.example',
					'corp.example',
				),
			),
		]),
		warnings: ['report-doubtful'],
	},
	{
		name: 'a phish in the name of one’s own that wants its answers elsewhere',
		subject: '3|Your invoice',
		header: 'Reply-To: money@free.example\n',
		body: mixed('', [attached(phish({ id: 'safe5', subject: 'Lunch', text: 'At noon?' }))]),
		warnings: ['report-doubtful'],
	},
	{
		name: 'an abuse report whose text is a phish',
		subject: 'Complaint',
		from: 'legal@evil.example',
		warnings: ['report-doubtful'],
		body: `Content-Type: multipart/report; report-type=feedback-report; boundary="f"

--f
Content-Type: text/plain

Pay the fine at http://fine.elsewhere.example/pay
--f
Content-Type: message/feedback-report

Feedback-Type: abuse
--f
Content-Type: message/rfc822

${phish({ id: 'safe6', subject: 'Lunch', text: 'At noon?' })}
--f--
`,
	},
];

export const OTHERS: readonly OtherMail[] = GIVEN.map(({ name, warnings, ...given }, index) => ({
	name,
	...(warnings === undefined ? {} : { warnings }),
	raw: wrapper({ id: `other-${index}`, ...given }),
}));
