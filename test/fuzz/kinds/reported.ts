import { campaignFrom, campaignKeys, campaignLabels, textDistance, type CampaignKeys } from '../../../lib/campaign';
import { parseEmail, type Email } from '../../../lib/email';
import { firstLook, readAuthenticationResults, type FirstLook } from '../../../lib/firstLook';
import { extractIndicators, type Indicator } from '../../../lib/indicators';
import { EMAIL_LIMITS } from '../../../lib/limits';
import { readReceived } from '../../../lib/received';
import {
	analysedMessage,
	draftReply,
	replyMessage,
	reportedFrom,
	reporterAddresses,
	withoutReporter,
	withoutReporterIndicators,
	type Analysed,
	type Verdict,
} from '../../../lib/reported';
import { FORWARDS } from '../../unit/reported/corpus/forwards';
import { bytes as bytesOf, MAILBOX } from '../../unit/reported/corpus/mail';
import { REPORTS } from '../../unit/reported/corpus/reports';
import { makesSoundBundle, survivesJson, withoutBytes } from '../emails';
import { spoilBytes } from '../inputs/bytes';
import { knownMails } from '../inputs/mails';
import { grammarMessage, MIME_WORDS } from '../inputs/mime';
import { CHARACTERS, soup } from '../inputs/text';
import { isSame, isTrue, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

const MAILS = knownMails();
/** What buttons and mail programs make of a mail that somebody reports. */
const REPORTED = [...REPORTS, ...FORWARDS].map(({ raw }) => bytesOf(raw));

/** What readers of reports, of the way and of the proofs look for. */
const WORDS = [
	...MIME_WORDS,
	'\r\nX-PhishAlarm-ID: 1\r\n', '\r\nX-Microsoft-Antispam-Message-Info: x\r\n', '\r\nX-Cofense-Reporter: 1\r\n', '\r\nFeedback-Type: abuse\r\n', '\r\nX-MS-Exchange-ParentMessageId: <a@b>\r\n',
	'\r\nAuto-Submitted: auto-replied\r\n', '\r\nFrom: soc@corp.example\r\n', '\r\nTo: phishing@corp.example\r\n', '\r\nDelivered-To: phishing@corp.example\r\n', '\r\nSubject: Fwd: WG: TR: Fwd: x\r\n',
	'---------- Forwarded message ---------\r\n', '-----Original Message-----\r\n', '\r\nVon: ', '\r\nGesendet: ', '\r\nDe : ', '\r\nEnvoy\xc3\xa9 : ', '\r\n> ', '\r\n>> From: ', '\r\n________________________________\r\n',
	'\r\nReceived: from x (y [192.0.2.1]) by z with ESMTPSA id 1 for <a@corp.example>; Tue, 5 May 2026 10:11:12 +0200\r\n', '\r\nReceived: from [IPv6:2001:db8::1] (unknown [203.0.113.9]) by mx.corp.example; 31 Feb 99999 99:99:99 +9999\r\n',
	'\r\nAuthentication-Results: mx.corp.example; dkim=pass (ok) header.d=evil.example; spf=fail smtp.mailfrom="a b"; dmarc=none action=none\r\n', '\r\nARC-Seal: i=1; cv=none\r\n', '\r\nARC-Authentication-Results: i=99999; x; dkim=pass\r\n',
	'\r\nDKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=x; h=From:From; b=AA==; bh=AA==\r\n', '\r\nReply-To: "a" <x@evil.example>, y@z\r\n', '\r\nList-Unsubscribe: <mailto:x@y>\r\n', '\r\nReturn-Path: <>\r\n', '\r\nX-Originating-IP: [192.0.2.7]\r\n',
	'<div class="gmail_quote">', '<blockquote type="cite">', '<hr style="display:inline-block;width:98%">', '<b>From:</b> ', '<div id="divRplyFwdMsg">',
]; // prettier-ignore

interface Looked {
	email: Email;
	analysed: Analysed;
	look: FirstLook;
	indicators: Indicator[];
	campaign: CampaignKeys;
}

const VERDICTS: readonly Verdict[] = ['phishing', 'junk', 'harmless', 'undecided'];
const source = { kind: 'imap', mailbox: MAILBOX } as const;

async function look(input: Buffer): Promise<Looked> {
	const email = await parseEmail(input, { source });
	const analysed = analysedMessage(email, { trustedRelays: ['192.0.2.0/24'], trustedServers: ['mx.corp.example'] });
	const indicators = extractIndicators(analysed.email);
	return {
		email,
		analysed,
		indicators,
		look: firstLook(analysed.email),
		campaign: campaignKeys(analysed.email, indicators),
	};
}

/** A message that is a report in some way, in most cases. */
function make(random: Random): Buffer {
	const message = (): Buffer => random.choose([2, () => random.pick(MAILS)], [1, () => grammarMessage(random)]);
	return random.choose(
		[8, () => spoilBytes(random.pick(REPORTED), random, WORDS, random.between(0, 5))],
		[1, () => spoilBytes(message(), random, WORDS)],
		[2, () => wrapped(message(), random)],
	);
}

/** Forwarded as an attachment, once or again and again. */
function wrapped(message: Buffer, random: Random): Buffer {
	let inner = message;
	for (let i = random.choose([6, () => 1], [3, () => 3], [1, () => 40]); i > 0; i--) {
		const words = random.choose(
			[1, () => soup(random, 5)],
			[1, () => random.list(0, 4, () => random.pick(CHARACTERS)).join('')],
		);
		const head = `From: erika@corp.example\r\nTo: ${MAILBOX}\r\nSubject: ${random.pick(['Fwd: ', 'WG: ', '[Phish Alert] ', ''])}${words}\r\nMessage-ID: <${i}@corp.example>\r\nContent-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n\r\n${words}\r\n--b${i}\r\nContent-Type: ${random.pick(['message/rfc822', 'message/rfc822', 'application/octet-stream; name=a.eml'])}\r\n\r\n`;
		inner = Buffer.concat([Buffer.from(head), inner, Buffer.from(`\r\n--b${i}--\r\n`)]);
	}
	return inner;
}

export const kind: Kind<Buffer, Looked> = {
	subject:
		'reports of people and forwarded mail, the first look, the way of a message, keys of campaigns, answers to reporters',
	form: 'bytes',
	make,
	run: look,
	refusals: ['EMAIL_EMPTY'],
	isRead: ({ analysed }) => analysed.reported !== undefined,
	invariants: {
		'all of it is JSON': ({ analysed, look: looked, campaign }) => {
			jsonOf([analysed.reported ?? null, analysed.warnings, looked, campaign]);
		},
		'the same message gives the same': async ({ analysed, look: looked, campaign }, input) => {
			const again = await look(input);
			isSame(jsonOf([again.look, again.campaign]), jsonOf([looked, campaign]), 'look and keys');
			isSame(jsonOf(again.analysed.reported ?? null), jsonOf(analysed.reported ?? null), 'the report');
			isSame(jsonOf(withoutBytes(again.analysed.email)), jsonOf(withoutBytes(analysed.email)), 'its message');
		},
		'what it is as JSON is read back': ({ analysed: { reported }, campaign }) => {
			const json = JSON.parse(jsonOf([reported ?? null, campaign])) as [unknown, unknown];
			const back = reportedFrom(json[0]);
			isTrue((back === undefined) === (reported === undefined), 'the report is gone');
			// Once cut to what an item may hold, it stays so.
			isSame(jsonOf(reportedFrom(JSON.parse(jsonOf(back ?? null))) ?? null), jsonOf(back ?? null), 'the report');
			isSame(jsonOf(campaignFrom(json[1]) ?? {}), jsonOf(campaign), 'the campaign');
		},
		'a report has its mail, and a message that is missing is told': ({ email, analysed }) => {
			const { reported, wrapper, complete, warnings } = analysed;
			isTrue((reported === undefined) === (wrapper === undefined), 'a report without its mail');
			if (wrapper !== undefined) isTrue(wrapper.sha256 === email.sha256, 'the mail of the report is another one');
			if (!complete) isTrue(warnings.length > 0, 'incomplete in silence');
		},
		'nothing is looked for by who reported': ({ analysed: { wrapper, email }, indicators }) => {
			if (wrapper === undefined) return;
			const addresses = reporterAddresses(wrapper);
			const left = withoutReporterIndicators(indicators, addresses);
			isTrue(
				left.every(({ type, value }) => type !== 'email-addr' || !addresses.has(value)),
				'an address of the report',
			);
			makesSoundBundle(withoutReporter(email, addresses));
		},
		'the analysed message comes back from JSON as it was': ({ analysed }) => survivesJson(analysed.email),
		'an answer is one message to one reporter, and nothing in it can be opened': async ({ analysed, indicators }) => {
			for (const verdict of VERDICTS) {
				const reply = draftReply(analysed.reported, { verdict, message: analysed.email, indicators });
				if (typeof reply === 'string') continue;
				isTrue(!/(?:https?|ftp):\/\//i.test(reply.text.replace(/hxxps?/gi, '')), 'a link in the answer');
				isTrue(!/[\r\n]/.test(reply.subject + reply.to), 'a line end in a field');
				const sent = await parseEmail(replyMessage(reply));
				isTrue(sent.to.length === 1 && sent.cc.length === 0 && sent.bcc.length === 0, `${sent.to.length} addressees`);
				isTrue(sent.headers.length <= 10, `${sent.headers.length} header fields`);
			}
		},
		'hops, proofs and labels keep to their limits': ({ email, look: looked, campaign, analysed }) => {
			isTrue(looked.hops.length <= EMAIL_LIMITS.maxHeaderFields, `${looked.hops.length} hops`);
			for (const { at } of looked.hops) isTrue(at === undefined || !Number.isNaN(Date.parse(at)), `time ${at}`);
			for (const line of email.receivedLines) {
				const { at } = readReceived(line);
				isTrue(at === undefined || !Number.isNaN(at.getTime()), 'a time that is none');
			}
			for (const { value } of email.headers.slice(0, 200)) jsonOf(readAuthenticationResults(value));
			for (const label of campaignLabels(campaign)) isTrue(/^campaign[\w-]*:[0-9a-f]{12,16}$/.test(label), label);
			if (campaign.text !== undefined) isTrue(textDistance(campaign.text, campaign.text) === 0, 'its own distance');
			const { address } = analysed.reported?.by ?? {};
			isTrue(address === undefined || typeof address === 'string', 'an address that is no text');
		},
	},
};
