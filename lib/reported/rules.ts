import { reportFields, type Email } from '../email';
import type { ReportCategory, ReportWay } from './reported';
import type { Structure } from './structure';

/**
 * One way in which mail is reported, and how it is known again. The format of most buttons is not published, and administrators change
 * it: so a rule says how well it is known, and structure is asked first.
 */
export interface ReportRule {
	way: ReportWay;
	/** For people. */
	name: string;
	/** `documented` by who made it; `observed` in what others publish of it; `believed`: nobody has shown it. */
	evidence: 'documented' | 'observed' | 'believed';
	/** Where it is said or was seen. */
	source: string;
	/** Marks that nothing else has: a mail with one of them is a report, with its message or without. */
	marks: Marks;
	/** Marks that other mail may have as well: they count where a message is attached. */
	hints?: Marks;
	/** What the reporter took it for. */
	category?: (email: Email, structure: Structure) => ReportCategory | undefined;
	/** The reporter's words among those of the button. */
	comment?: (text: string) => string | undefined;
	/** It comes from other organisations by its nature. */
	isForeign?: true;
}

/** What is looked for, and where. One of them is enough. */
export interface Marks {
	subject?: RegExp;
	/** Name of a header field, in lower case. */
	field?: RegExp;
	/** Name of the attached file. */
	file?: RegExp;
	/** In its own text. */
	text?: RegExp;
	/** Content-Type of the mail. */
	type?: RegExp;
}

/** The digits and words of Microsoft's format. */
const MICROSOFT_CATEGORIES: Readonly<Record<string, ReportCategory>> = {
	'1': 'junk',
	junk: 'junk',
	'2': 'not-junk',
	'not junk': 'not-junk',
	'3': 'phishing',
	phishing: 'phishing',
};
const MICROSOFT_WORD = /^\s{0,8}(?:([123])\s{0,2}\||(junk|not junk|phishing):)/i;

/** What users choose in a button's form, in the words of KnowBe4's and others'. */
function disposition(text: string): ReportCategory | undefined {
	const said = /^\s{0,8}(?:email )?disposition:\s{0,8}([^\n]{1,100})$/im.exec(text)?.[1]?.toLowerCase();
	if (said === undefined) return undefined;
	if (/phish|suspicious/.test(said)) return 'phishing';
	return /spam|junk/.test(said) ? 'junk' : 'unknown';
}

/** The first rule that fits gives the way; the others are told. */
export const REPORT_RULES: readonly ReportRule[] = [
	{
		way: 'arf',
		name: 'an abuse report (ARF)',
		evidence: 'documented',
		source: 'RFC 5965',
		marks: { type: /^\s{0,8}multipart\/report\b.{1,1000}\breport-type\s{0,4}=\s{0,4}"?feedback-report/is },
		category: (email) => feedbackCategory(email),
		comment: () => undefined,
		isForeign: true,
	},
	{
		way: 'microsoft',
		name: "Microsoft's format for report buttons",
		evidence: 'documented',
		source:
			'learn.microsoft.com, User reported settings, Message submission format for third-party reporting tools (2024-05)',
		marks: { subject: /^\s{0,8}[123]\s{0,2}\|/ },
		hints: { subject: /^\s{0,8}(?:junk|not junk|phishing):/i },
		category: ({ subject = '' }) => {
			const [, digit, word] = MICROSOFT_WORD.exec(subject) ?? [];
			return MICROSOFT_CATEGORIES[digit ?? word?.toLowerCase() ?? ''];
		},
	},
	{
		way: 'knowbe4',
		name: 'the KnowBe4 Phish Alert Button',
		evidence: 'observed',
		source:
			'file names phish_alert_sp2_2.0.0.0.eml in public sandbox reports; Reporter, Disposition and User Comments in a public parser of its mail; dispositions in support.knowbe4.com 4410882366611',
		marks: { file: /^phish_alert[\w. -]{0,60}\.(?:eml|msg)$/i, subject: /^\s{0,8}(?:fwd?: )?\[phish alert\]/i },
		hints: { text: /^\s{0,8}user comments:/im },
		category: (_email, { text }) => disposition(text),
		comment: (text) => {
			const at = /^\s{0,8}user comments:/im.exec(text);
			return at === null ? undefined : text.slice(at.index + at[0].length);
		},
	},
	{
		way: 'phishalarm',
		name: 'Proofpoint PhishAlarm',
		evidence: 'observed',
		source:
			'subject "Potential Phish:" and the lines "Begin Reported Email" in public parsers of its mail; field X-PhishAlarm-Format in a public list of seen header fields',
		marks: {
			subject: /^\s{0,8}(?:fwd?: )?potential phish:/i,
			field: /^x-phishalarm-/,
			text: /^-{5,20} {0,2}Begin Reported Email {0,2}-{5,20}$/im,
		},
		category: () => 'phishing',
		comment: (text) => text.split(/^-{5,20} {0,2}Begin (?:Email Headers|Reported Email)/im, 1)[0],
	},
	{
		way: 'usecure',
		name: 'the usecure Phish Alert Report',
		evidence: 'documented',
		source:
			'help.usecure.io 5907921: Recipient, Sender, Subject, Received At, Message ID and Network Message ID, and an EML file',
		marks: {},
		hints: { text: /^\s{0,8}network message id:?\s/im },
		comment: () => undefined,
	},
	{
		way: 'fortiphish',
		name: 'the FortiPhish button',
		evidence: 'observed',
		source: 'a public copy of the add-in: subject prefix "[Phish Alert]" and its sentence',
		marks: { text: /i would like to report the email enclosed as a phishing email/i },
		category: () => 'phishing',
		comment: () => undefined,
	},
	{
		way: 'hoxhunt',
		name: 'Hoxhunt',
		evidence: 'believed',
		source:
			'support.hoxhunt.com 5087888044700 says that reports are forwarded from the user’s mailbox in a format that admins choose; not which',
		marks: { field: /^x-hoxhunt-/ },
		hints: { text: /\breported (?:with|via|using|through) hoxhunt\b/i },
	},
	{
		way: 'cofense',
		name: 'Cofense Reporter',
		evidence: 'believed',
		source: 'no public sample was found; simulations of the vendor carry X-PhishMe',
		marks: { field: /^x-(?:cofense|phishme)-report/ },
		hints: { text: /\b(?:cofense|phishme) reporter\b/i, subject: /^\s{0,8}\[?(?:cofense|phishme)\b/i },
	},
	{
		way: 'google',
		name: "Google Workspace's alert on reported mail",
		evidence: 'believed',
		source: 'developers.google.com, Alert Center: user reported phishing; the mail about it was not seen',
		marks: { subject: /^\s{0,8}alert:\s{0,4}user[- ]reported (?:phishing|spam)/i },
		category: ({ subject = '' }) => (/spam/i.test(subject) ? 'junk' : 'phishing'),
		isForeign: true,
	},
];

/** Kinds of feedback that people gave (RFC 5965 section 7.3); a failed authentication (RFC 6591) is what a machine tells. */
const FEEDBACK: Readonly<Record<string, ReportCategory>> = {
	abuse: 'junk',
	fraud: 'phishing',
	virus: 'phishing',
	'not-spam': 'not-junk',
	other: 'unknown',
};

function feedbackType({ parts }: Email): string | undefined {
	const text = parts.find(({ contentType }) => contentType === 'message/feedback-report')?.text;
	const fields = text === undefined ? [] : (reportFields(text)[0] ?? []);
	return fields
		.find(({ name }) => name.toLowerCase() === 'feedback-type')
		?.value.trim()
		.toLowerCase();
}

function feedbackCategory(email: Email): ReportCategory | undefined {
	return FEEDBACK[feedbackType(email) ?? ''];
}

/** The rules that a mail fits, in their order. */
export function fittingRules(email: Email, structure: Structure): ReportRule[] {
	return REPORT_RULES.filter((rule) => {
		// A report by a machine, on what it could not prove, is none by a person.
		if (rule.way === 'arf' && feedbackCategory(email) === undefined) return false;
		const { marks, hints } = rule;
		return (
			hasMark(marks, email, structure) ||
			(hints !== undefined && structure.messages.length > 0 && hasMark(hints, email, structure))
		);
	});
}

function hasMark(
	{ subject, field, file, text, type }: Marks,
	email: Email,
	{ messages, text: own }: Structure,
): boolean {
	return (
		subject?.test(email.subject?.slice(0, 1_000) ?? '') === true ||
		(field !== undefined && email.headers.some(({ name }) => field.test(name.toLowerCase()))) ||
		(file !== undefined && messages.some(({ fileName }) => file.test(fileName ?? ''))) ||
		text?.test(own) === true ||
		type?.test(email.contentType ?? '') === true
	);
}
