import type { FirstLook, SenderDifferenceCode } from '../../firstLook';
import { OPENCTI_LIMITS } from '../../limits';
import type { ReportCategory, Reported, ReportWay } from '../../reported';
import { defang, defangText } from './defang';
import { escapeMarkdown, markdownTable } from './markdown';

const WAYS: Readonly<Record<ReportWay, string>> = {
	microsoft: "report button in Microsoft's format",
	knowbe4: 'KnowBe4 Phish Alert Button',
	phishalarm: 'Proofpoint PhishAlarm',
	usecure: 'usecure Phish Alert',
	hoxhunt: 'Hoxhunt',
	cofense: 'Cofense Reporter',
	google: 'Google Workspace',
	fortiphish: 'FortiPhish',
	arf: 'abuse report (ARF)',
	attachment: 'forwarded as attachment',
	inline: 'forwarded in the text: most of the header is missing',
};

const CATEGORIES: Readonly<Record<ReportCategory, string>> = {
	phishing: 'phishing',
	junk: 'junk',
	'not-junk': 'not junk',
	unknown: 'unknown',
};

/** Who reported the message: lines of the description. The reporter's words are shown, never linked. */
export function reportedLines({ by, at, way, category, comment, through = [] }: Reported): string {
	const who = (address: string | undefined, name: string | undefined) =>
		name === undefined ? (address ?? 'unknown') : `${name} <${address ?? 'unknown'}>`;
	const lines: [string, string][] = [['Reported By', who(by?.address, by?.name)]];
	if (at !== undefined) lines.push(['Reported At', at]);
	lines.push(['Reported With', WAYS[way]]);
	if (category !== undefined) lines.push(['Reported As', CATEGORIES[category]]);
	if (through.length > 0)
		lines.push(['Passed On By', through.map((one) => who(one.by?.address, one.by?.name)).join(', ')]);
	if (comment !== undefined) lines.push(["Reporter's Comment", defangText(comment.replace(/\s+/g, ' '))]);
	return lines.map(([label, text]) => `**${label}**: ${value(text)}`).join('  \n');
}

const DIFFERENCES: Readonly<Record<SenderDifferenceCode, string>> = {
	'reply-to-elsewhere': 'replies go to',
	'return-path-elsewhere': 'bounces go to',
	'sender-elsewhere': 'Sender is',
	'name-is-other-address': 'the display name shows',
	'name-is-other-domain': 'the display name shows',
	'message-id-elsewhere': 'the Message-ID was made by',
	'several-from': 'From also names',
	'from-missing': 'From contains no address',
	'from-misplaced': 'the address in From stands where mail servers do not read it',
};

const VERDICTS = {
	pass: 'the domain in From stands behind it',
	fail: 'the domain in From does not stand behind it',
	none: 'the domain in From is not proved',
	unknown: 'no result of a trusted server',
} as const;

/** A table of what a first look at a message shows. What a sender wrote is shown, never linked. */
export function firstLookSection({ authentication, senders, hops, origin, seconds, marks }: FirstLook): string[] {
	const { verdict, spf, dkim, dmarc, arc, composite, server } = authentication;
	const domainOf = (domain: string | undefined) => (domain === undefined ? '' : ` (${defang(domain)})`);
	const rows: [string, string][] = [
		['Authentication', `${verdict}: ${VERDICTS[verdict]}${server === undefined ? '' : `, by ${defang(server)}`}`],
	];
	if (spf !== undefined) rows.push(['SPF', `${spf.result}${domainOf(spf.domain)}${aligned(spf.alignment)}`]);
	for (const { result, domain, alignment } of dkim.slice(0, MAX_ROWS)) {
		rows.push(['DKIM', `${result}${domainOf(domain)}${aligned(alignment)}`]);
	}
	if (dmarc !== undefined) {
		const policy = dmarc.policy === undefined ? '' : `, policy ${dmarc.policy}`;
		rows.push(['DMARC', `${dmarc.result}${domainOf(dmarc.domain)}${policy}`]);
	}
	if (arc !== undefined) rows.push(['ARC', `${arc.result ?? 'not checked'}, ${arc.seals} seals`]);
	if (composite !== undefined) {
		const { result, reason, category, spamLevel } = composite;
		const parts = [
			result,
			reason && `reason ${reason}`,
			category,
			spamLevel === undefined ? undefined : `SCL ${spamLevel}`,
		];
		rows.push(['Composite', parts.filter((part) => part !== undefined).join(', ')]);
	}
	if (authentication.notBelieved > 0) {
		rows.push(['Not believed', `${authentication.notBelieved} results that the sender may have written`]);
	}
	for (const { code, other } of senders.differences) {
		rows.push(['Sender', `${DIFFERENCES[code]}${other === undefined ? '' : ` ${defang(other)}`}`]);
	}
	if (origin !== undefined) {
		const from = [origin.from, origin.address]
			.filter((part) => part !== undefined)
			.map(defang)
			.join(' ');
		rows.push(['Came in from', `${from}${origin.at === undefined ? '' : ` at ${origin.at}`}`]);
	}
	if (hops.length > 0) rows.push(['Hops', `${hops.length}${seconds === undefined ? '' : `, ${seconds} s`}`]);
	if (marks.automatic !== undefined) rows.push(['Sent by a machine', marks.automatic]);
	if (marks.listId !== undefined) rows.push(['Mailing list', defang(marks.listId)]);
	const table = markdownTable(
		['First look', 'Result'],
		rows.map(([label, text]) => [label, value(text)]),
	);
	return ['**First look**', table];
}

/** A message may have a hundred signatures: who reads a description looks at the first. */
const MAX_ROWS = 5;

const aligned = (alignment: string | undefined): string =>
	alignment === undefined ? '' : alignment === 'none' ? ', another domain than in From' : ', as in From';

const value = (text: string): string => escapeMarkdown(text, OPENCTI_LIMITS.maxDescriptionValueCharacters);
