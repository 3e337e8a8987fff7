import type { Reported } from '../../../../lib/reported';
import { attachment, msg, text } from '../../email/outlookFiles';
import { attached, mixed, phish, plain, REPORTER, wrapper, type File } from './mail';

/** A report with its message, and what is to be read of it. */
export interface AttachedReport {
	name: string;
	raw: string;
	way: Reported['way'];
	subject: string;
	/** Address in From of the message; absent where an Outlook file has none. */
	from?: string;
	category?: Reported['category'];
	comment?: string;
	certainty?: Reported['certainty'];
	message?: Reported['message'];
	alsoFits?: Reported['way'][];
	/** Those who had it before the reporter. */
	through?: string[];
	/** The reporter, where it is another one. */
	by?: string;
	warnings?: string[];
}

const FROM = 'billing@evil.example';
const SUBJECT = 'Invoice 4711';
const MICROSOFT_HEADER = `X-Microsoft-Antispam-Message-Info: q9Yq1
X-MS-Exchange-Organization-Network-Message-Id: 3bd2b1f8-1111-4222-8333-08de27a0c001
X-MS-Exchange-CrossTenant-Id: 72f988bf-1111-4222-8333-2d7cd011db47
`;
const PHISH = phish({ id: 'bad-1', subject: SUBJECT });
const OUTLOOK = msg(
	text(0x37, SUBJECT),
	text(0x0c1a, 'Billing'),
	text(0x0c1f, FROM),
	text(0x5d01, FROM),
	text(0x1035, '<bad-2@evil.example>'),
	text(0x1000, 'Pay at http://login.evil.example/pay today.'),
	attachment(0, []),
);
const PNG: File = {
	type: 'image/png',
	name: 'image001.png',
	content: Buffer.from('89504e470d0a1a0a', 'hex'),
	disposition: 'inline',
};

interface Given extends Omit<AttachedReport, 'raw' | 'subject' | 'from'> {
	/** Of the report. */
	title?: string;
	header?: string;
	body: string;
	subject?: string;
	from?: string;
	to?: string;
}

const report = (
	{ title = 'Suspicious mail', header, body, subject = SUBJECT, from = FROM, to, ...expected }: Given,
	index: number,
): AttachedReport => ({
	...expected,
	subject,
	from,
	raw: wrapper({
		id: `report-${index}`,
		subject: title,
		body,
		...(header === undefined ? {} : { header }),
		...(to === undefined ? {} : { to }),
	}),
});

const GIVEN: Given[] = [
	// --- by structure ---
	{
		name: 'forwarded as attachment by Outlook',
		way: 'attachment',
		certainty: 'likely',
		title: 'FW: Invoice 4711',
		comment: 'see attachment',
		body: mixed('see attachment', [attached(PHISH, 'Invoice 4711.eml')]),
	},
	{
		name: 'forwarded as attachment by Thunderbird',
		way: 'attachment',
		title: 'Fwd: Invoice 4711',
		body: mixed('', [{ ...attached(PHISH, 'Invoice 4711.eml'), disposition: 'attachment' }]),
	},
	{
		name: 'forwarded as attachment by Gmail',
		way: 'attachment',
		title: 'Invoice',
		body: mixed('is it real?', [{ ...attached(PHISH, 'Invoice 4711.eml') }]),
	},
	{
		name: 'forwarded as attachment by Apple Mail, without a name',
		way: 'attachment',
		body: mixed('hm', [{ ...attached(PHISH), disposition: 'inline' }]),
	},
	{
		name: 'an .eml file as octet-stream in base64',
		way: 'attachment',
		body: mixed('please check', [
			{ type: 'application/octet-stream', name: 'mail.eml', content: PHISH, encoding: 'base64' },
		]),
	},
	{
		name: 'message/rfc822 in base64',
		way: 'attachment',
		body: mixed('please check', [{ type: 'message/rfc822', content: PHISH, encoding: 'base64' }]),
	},
	{
		name: 'an .eml file as text',
		way: 'attachment',
		body: mixed('please check', [{ type: 'text/plain', name: 'mail.eml', content: PHISH }]),
	},
	{
		name: 'a file of an Outlook message',
		way: 'attachment',
		body: mixed('dragged from Outlook', [
			{ type: 'application/vnd.ms-outlook', name: 'Invoice.msg', content: OUTLOOK },
		]),
	},
	{
		name: 'a file of an Outlook message as octet-stream',
		way: 'attachment',
		body: mixed('dragged', [{ type: 'application/octet-stream', name: 'Invoice.msg', content: OUTLOOK }]),
	},
	{
		name: 'with pictures of a signature',
		way: 'attachment',
		body: mixed('<p>check this</p><img src="cid:1">', [PNG, attached(PHISH, 'a.eml'), { ...PNG, name: 'logo.png' }], {
			textType: 'text/html',
		}),
	},
	{
		name: 'with an address card and a signature of S/MIME',
		way: 'attachment',
		body: mixed('check', [
			attached(PHISH, 'a.eml'),
			{ type: 'text/x-vcard', name: 'erika.vcf', content: 'BEGIN:VCARD' },
			{ type: 'application/pkcs7-signature', name: 'smime.p7s', content: Buffer.from('00', 'hex') },
		]),
	},
	{
		name: 'with a signature of text',
		way: 'attachment',
		comment: 'strange mail',
		body: mixed(`strange mail\n-- \nErika Example\nhttps://www.corp.example\n${'Lorem ipsum. '.repeat(300)}`, [
			attached(PHISH, 'a.eml'),
		]),
	},
	{
		name: 'from a subdomain of one’s own',
		way: 'attachment',
		body: mixed('x', [attached(PHISH, 'a.eml')]),
		by: 'erika@sales.corp.example',
	},
	{
		name: 'of a self-addressed phish',
		way: 'attachment',
		from: REPORTER,
		body: mixed('x', [attached(phish({ id: 'self', subject: SUBJECT, from: REPORTER }), 'a.eml')]),
	},
	{
		name: 'of a phish that came with no recipient in its header',
		way: 'attachment',
		body: mixed('x', [attached(PHISH.replace(`To: ${REPORTER}\n`, 'To: undisclosed-recipients:;\n'), 'a.eml')]),
	},
	{
		name: 'of a bulk phish, to an address for reports',
		way: 'attachment',
		body: mixed('', [
			attached(
				phish({
					id: 'bulk',
					subject: SUBJECT,
					header: 'List-Unsubscribe: <https://esp.example/u>\nList-Id: <x.esp.example>\nPrecedence: bulk\n',
				}),
				'a.eml',
			),
		]),
	},
	{
		name: 'of a bulk phish, to an analyst, with a word of doubt',
		way: 'attachment',
		to: 'intel@corp.example',
		title: 'phishing?',
		body: mixed('', [
			attached(
				phish({
					id: 'bulk2',
					subject: SUBJECT,
					header: 'List-Unsubscribe: <https://esp.example/u>\nList-Id: <x.esp.example>\n',
				}),
				'a.eml',
			),
		]),
	},
	{
		name: 'in multipart/related',
		way: 'attachment',
		body: mixed('<p>x</p>', [attached(PHISH, 'a.eml')], { type: 'multipart/related', textType: 'text/html' }),
	},
	{
		name: 'that passed authentication',
		way: 'attachment',
		header: `Authentication-Results: mx.corp.example; dmarc=pass header.from=corp.example\nReceived: from smtp.corp.example (smtp.corp.example [192.0.2.4]) by mx.corp.example with ESMTPS id 1; Fri, 20 Nov 2026 08:00:00 +0000\n`,
		body: mixed('see http://login.evil.example/pay', [attached(PHISH, 'a.eml')]),
	},
	{
		name: 'through a Google group',
		way: 'attachment',
		header: 'List-Id: <phishing.corp.example>\nList-Post: <mailto:phishing@corp.example>\nPrecedence: list\n',
		body: mixed('x', [attached(PHISH, 'a.eml')]),
	},

	// --- Microsoft ---
	{
		name: 'in Microsoft’s format: phishing',
		way: 'microsoft',
		category: 'phishing',
		certainty: 'certain',
		title: '3|Invoice 4711',
		body: mixed('', [attached(phish({ id: 'ms-1', subject: SUBJECT, header: MICROSOFT_HEADER }), 'Invoice 4711.eml')]),
	},
	{
		name: 'in Microsoft’s format: junk',
		way: 'microsoft',
		category: 'junk',
		title: '1|Invoice 4711',
		body: mixed('', [attached(phish({ id: 'ms-2', subject: SUBJECT, header: MICROSOFT_HEADER }))]),
	},
	{
		name: 'in Microsoft’s format: not junk',
		way: 'microsoft',
		category: 'not-junk',
		title: '2| text that is ignored',
		body: mixed('', [attached(phish({ id: 'ms-3', subject: SUBJECT, header: MICROSOFT_HEADER }))]),
	},
	{
		name: 'in Microsoft’s format, in words',
		way: 'microsoft',
		category: 'phishing',
		title: 'Phishing: Invoice',
		body: mixed('', [attached(phish({ id: 'ms-4', subject: SUBJECT, header: MICROSOFT_HEADER }))]),
	},
	{
		name: 'in Microsoft’s format: not junk, in words',
		way: 'microsoft',
		category: 'not-junk',
		title: 'Not Junk:Invoice',
		body: mixed('', [attached(phish({ id: 'ms-5', subject: SUBJECT, header: MICROSOFT_HEADER }))]),
	},
	{
		name: 'in Microsoft’s format, as an Outlook file',
		way: 'microsoft',
		category: 'phishing',
		title: '3|Invoice',
		body: mixed('', [{ type: 'application/vnd.ms-outlook', name: 'x.msg', content: OUTLOOK }]),
	},

	// --- other buttons ---
	{
		name: 'by KnowBe4, with a comment and what it was taken for',
		way: 'knowbe4',
		category: 'phishing',
		comment: 'I did not click.',
		title: '[Phish Alert] Invoice 4711',
		body: mixed(
			`Reporter: Erika Example <${REPORTER}>\nDisposition: Phish/Suspicious\nUser Comments: I did not click.`,
			[attached(PHISH, 'phish_alert_sp2_2.0.0.0.eml')],
		),
	},
	{
		name: 'by KnowBe4, known by its file alone',
		way: 'knowbe4',
		title: 'Invoice 4711',
		body: mixed('', [
			{ type: 'application/octet-stream', name: 'phish_alert_sp2_2.0.0.0.eml', content: PHISH, encoding: 'base64' },
		]),
	},
	{
		name: 'by KnowBe4, taken for spam',
		way: 'knowbe4',
		category: 'junk',
		title: '[Phish Alert] x',
		body: mixed('Disposition: Spam/Junk\nUser Comments:', [attached(PHISH, 'phish_alert_sp1_1.0.0.eml')]),
	},
	{
		name: 'by KnowBe4, as an Outlook file',
		way: 'knowbe4',
		title: '[Phish Alert] x',
		body: mixed('', [{ type: 'application/vnd.ms-outlook', name: 'phish_alert_sp2_2.0.0.0.msg', content: OUTLOOK }]),
	},
	{
		name: 'by PhishAlarm, with an attachment',
		way: 'phishalarm',
		category: 'phishing',
		title: 'Potential Phish: Invoice 4711',
		header: 'X-PhishAlarm-Format: EML\n',
		body: mixed('', [attached(PHISH, 'Invoice.eml')]),
	},
	{
		name: 'by PhishAlarm, in its text',
		way: 'phishalarm',
		category: 'phishing',
		message: 'quoted',
		title: 'Potential Phish: Invoice 4711',
		body: plain(
			`---------- Begin Email Headers ----------\n${PHISH.split('\n\n')[0]}\n---------- End Email Headers ----------\n\n---------- Begin Reported Email ----------\nPay at http://login.evil.example/pay today.\n---------- End Reported Email ----------`,
		),
		warnings: ['report-quoted'],
	},
	{
		name: 'by usecure',
		way: 'usecure',
		title: 'Suspected phishing email reported',
		body: mixed(
			`Recipient: ${REPORTER}\nSender: ${FROM}\nSubject: ${SUBJECT}\nReceived At: 2026-11-19 22:00\nMessage ID: <bad-1@evil.example>\nNetwork Message ID: 3bd2b1f8-1111-4222-8333-08de27a0c001`,
			[attached(PHISH, 'suspect.eml')],
		),
	},
	{
		name: 'by FortiPhish, which has the prefix of another button, too',
		way: 'knowbe4',
		alsoFits: ['fortiphish'],
		category: undefined,
		title: '[Phish Alert] Reported Phishing Email',
		body: mixed('I would like to report the email enclosed as a phishing email.', [attached(PHISH, 'reported.eml')]),
		warnings: ['report-ambiguous'],
	},
	{
		name: 'by Hoxhunt, as it is believed',
		way: 'hoxhunt',
		title: 'Threat report',
		body: mixed('Reported with Hoxhunt by Erika', [attached(PHISH, 'report.eml')]),
	},
	{
		name: 'by Cofense, as it is believed',
		way: 'cofense',
		title: 'Reported mail',
		body: mixed('Sent by Cofense Reporter', [attached(PHISH, 'report.eml')]),
	},
	{
		name: 'as an abuse report of a standard',
		way: 'arf',
		category: 'junk',
		by: 'fbl@provider.example',
		title: 'abuse report',
		body: `Content-Type: multipart/report; report-type=feedback-report; boundary="b0"

--b0
Content-Type: text/plain

This is an email abuse report.
--b0
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1.0
Version: 1
--b0
Content-Type: message/rfc822

${PHISH}
--b0--
`,
	},
	{
		name: 'as a fraud report of a standard',
		way: 'arf',
		category: 'phishing',
		title: 'fraud',
		body: `Content-Type: multipart/report; boundary="b0";
	report-type="feedback-report"

--b0
Content-Type: text/plain

x
--b0
Content-Type: message/feedback-report

Feedback-Type: fraud
--b0
Content-Type: message/rfc822

${PHISH}
--b0--
`,
	},

	{
		name: 'as an abuse report that holds the header alone',
		way: 'arf',
		category: 'junk',
		message: 'quoted',
		title: 'abuse report',
		warnings: ['report-quoted'],
		body: `Content-Type: multipart/report; report-type=feedback-report; boundary="b0"

--b0
Content-Type: text/plain

This is an email abuse report.
--b0
Content-Type: message/feedback-report

Feedback-Type: abuse
--b0
Content-Type: text/rfc822-headers

${PHISH.split('\n\n')[0]}

--b0--
`,
	},

	// --- reports of reports ---
	{
		name: 'passed on by a colleague',
		way: 'attachment',
		through: ['jane@corp.example'],
		body: mixed('from Jane', [
			attached(
				wrapper({
					id: 'jane',
					subject: 'Fwd: look',
					from: 'Jane <jane@corp.example>',
					to: REPORTER,
					body: mixed('look', [attached(PHISH, 'a.eml')]),
				}),
				'look.eml',
			),
		]),
	},
	{
		name: 'by a button, of what a colleague forwarded',
		way: 'microsoft',
		category: 'phishing',
		through: ['jane@corp.example'],
		title: '3|look',
		body: mixed('', [
			attached(
				wrapper({
					id: 'jane2',
					subject: 'Fwd: look',
					from: 'Jane <jane@corp.example>',
					to: REPORTER,
					body: mixed('look', [attached(PHISH, 'a.eml')]),
				}),
			),
		]),
	},
	{
		name: 'of a phish that carries a message itself',
		way: 'microsoft',
		category: 'phishing',
		title: '3|x',
		body: mixed('', [
			attached(
				`${PHISH.split('MIME-Version')[0]}MIME-Version: 1.0\n${mixed('open it', [attached(phish({ id: 'lure', subject: 'Harmless', from: 'a@harmless.example', to: 'someone@else.example' }), 'open.eml')])}`,
			),
		]),
		warnings: ['reported-nested'],
	},
	{
		name: 'of HTML mail',
		way: 'attachment',
		body: mixed('x', [
			attached(phish({ id: 'html', subject: SUBJECT, html: '<a href="http://login.evil.example/h">x</a>' }), 'a.eml'),
		]),
	},
];

const withBy = (raw: string, by: string | undefined) =>
	by === undefined ? raw : raw.replace(`<${REPORTER}>`, `<${by}>`);

export const REPORTS: readonly AttachedReport[] = GIVEN.map(report).map((one) => ({
	...one,
	raw: withBy(one.raw, one.by),
}));
