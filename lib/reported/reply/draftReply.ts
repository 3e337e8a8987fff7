import { createHash } from 'node:crypto';
import { defang, type Indicator } from '../../indicators';
import { compact } from '../../json';
import { REPLY_LIMITS } from '../../limits';
import { emailAddrValue } from '../../values';
import type { Reported } from '../reported';
import { REPLY_TEMPLATES, type Verdict } from './templates';

/** An answer to the one who reported a message. Nobody has sent it. */
export interface Reply {
	/** Address of the reporter. */
	to: string;
	subject: string;
	/** Plain text, LF line ends. */
	text: string;
	/** Message-ID of the report, and of what it refers to: mail programs show the answer below it. */
	inReplyTo?: string;
	references?: string[];
	/** An ISO 639-1 code. */
	language: string;
	verdict: Verdict;
	/** By which it is known again: the same for the same reporter and phish. */
	key: string;
}

/** Why there is no answer. */
export type NoReply =
	/** Nobody reported the message, or without an address. */
	| 'no-reporter'
	/** A machine sent the report (RFC 3834). */
	| 'automatic'
	/** The reporter has an answer on this message. */
	| 'answered';

/** Options of {@link draftReply}. */
export interface ReplyOptions {
	verdict: Verdict;
	/** Message-ID of the reported message; its subject and hash stand for one without. */
	message: { messageId?: string | undefined; subject?: string | undefined; sha256?: string | undefined };
	/** Language of the answer. Default: that of the reporter's mail program, else `en`. */
	language?: string | undefined;
	/** Used where the reporter's language is not known, or has no template. Default `en`. */
	otherwise?: string | undefined;
	/** What was found: listed, defanged. Default none. */
	indicators?: readonly Indicator[] | undefined;
	/** A text of one's own: `{name}`, `{subject}`, `{verdict}` and `{found}` are filled in. Default: the template of the language. */
	template?: string | undefined;
	/** Whether an answer with a key was drafted before. */
	isKnown?: ((key: string) => boolean) | undefined;
}

/**
 * Drafts the answer to whoever reported a message; says why there is none otherwise. Pure. Nothing in it can be opened: values and the
 * subject, which the sender of the phish wrote, are defanged.
 */
export function draftReply(reported: Reported | undefined, options: ReplyOptions): Reply | NoReply {
	const to = emailAddrValue(reported?.by?.address ?? '');
	if (reported === undefined || to === undefined) return 'no-reporter';
	if (reported.mail.automatic === true) return 'automatic';
	const { verdict, message, indicators = [], isKnown } = options;
	const decided = createHash('sha256')
		.update(`${to}\n${message.messageId?.trim() || message.sha256 || message.subject || ''}`)
		.digest('hex')
		.slice(0, 32);
	// "We are still looking at it" is not the last word.
	const key = verdict === 'undecided' ? `${decided}-undecided` : decided;
	if (isKnown?.(key) === true || isKnown?.(decided) === true) return 'answered';
	const language = languageOf(reported, options);
	const words = REPLY_TEMPLATES[language]!;
	const name = oneLine(reported.by?.name ?? '');
	const subject = withoutLinks(oneLine(message.subject ?? ''));
	const found = foundLines(indicators);
	const template =
		options.template?.trim() ||
		[
			name === '' ? words.anonymous : words.greeting,
			words.thanks,
			'{verdict}',
			...(found === '' ? [] : [`${words.found}\n{found}`]),
			words.closing,
		].join('\n\n');
	const { messageId, references = [], subject: ofReport = '' } = reported.mail;
	const chain = [...references, ...(messageId === undefined ? [] : [messageId])].slice(-REPLY_LIMITS.maxReferences);
	return {
		to,
		subject: `Re: ${oneLine(ofReport).replace(/^(?:re|aw|sv|antw|odp)\s?:\s{0,4}/i, '') || subject}`,
		text: filled(template, { name, subject, verdict: words.verdict[verdict], found }),
		...compact({ inReplyTo: messageId, references: chain.length === 0 ? undefined : chain }),
		language,
		verdict,
		key,
	};
}

function languageOf({ language: ofReporter }: Reported, { language, otherwise }: ReplyOptions): string {
	const known = (code: string | undefined) =>
		code !== undefined && Object.hasOwn(REPLY_TEMPLATES, code) ? code : undefined;
	return known(language) ?? known(ofReporter) ?? known(otherwise) ?? 'en';
}

/** Fills in what stands in braces, once: what is filled in may hold braces, too. */
function filled(template: string, values: Readonly<Record<string, string>>): string {
	return template.replace(/\{(name|subject|verdict|found)\}/g, (_, name: string) => values[name]!);
}

/** Hosts, addresses and files that speak against the message, no more than a reader looks at. */
function foundLines(indicators: readonly Indicator[]): string {
	const { maxFound, maxCharacters } = REPLY_LIMITS;
	// Behind the host of a redirector another link may stand.
	const written = (value: string): string => withoutLinks(oneLine(defang(value))).slice(0, maxCharacters);
	const values = [...new Set(indicators.map(({ value }) => written(value)))];
	const lines = values.slice(0, maxFound).map((value) => `- ${value}`);
	return [...lines, ...(values.length > maxFound ? [`- … (+${values.length - maxFound})`] : [])].join('\n');
}

/** A text in which mail programs find nothing that they make a link of. */
function withoutLinks(text: string): string {
	// Also where a scheme is glued to a word: mail programs look for it within words.
	const schemes = text.replace(/http(?=s?:)/gi, 'hxxp').replace(/ftp(?=s?:)/gi, 'fxp');
	return schemes.replace(/([\p{L}\p{N}])\.(?=[\p{L}\p{N}])/gu, '$1[.]');
}

/** A text that the sender of a phish may have written: in one line, without what is not shown. */
function oneLine(text: string): string {
	return text
		.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, REPLY_LIMITS.maxCharacters)
		.replace(/[\ud800-\udbff]$/, '');
}

/** The answer as an .eml file that mail programs open as a draft, from whoever it is to be from. */
export function replyMessage({ to, subject, text, inReplyTo, references }: Reply, from?: string): Buffer {
	const word = (value: string) =>
		/^[\x20-\x7e]*$/.test(value) ? value : `=?utf-8?B?${Buffer.from(value).toString('base64')}?=`;
	// A Message-ID is what a stranger wrote.
	const ids = (list: readonly string[]) => list.map((id) => id.replace(/[^\x21-\x7e]/g, '')).join('\r\n ');
	const header = [
		...(from === undefined || from === '' ? [] : [`From: ${from}`]),
		`To: ${to}`,
		`Subject: ${foldedWords(subject).map(word).join('\r\n ')}`,
		...(inReplyTo === undefined ? [] : [`In-Reply-To: ${ids([inReplyTo])}`]),
		...(references === undefined ? [] : [`References: ${ids(references)}`]),
		// RFC 3834 section 5: no machine answers this.
		'Auto-Submitted: auto-replied',
		'X-Unsent: 1',
		'MIME-Version: 1.0',
		'Content-Type: text/plain; charset=utf-8',
		'Content-Transfer-Encoding: base64',
	];
	const body = Buffer.from(text.replace(/\n/g, '\r\n')).toString('base64').replace(/.{76}/g, '$&\r\n');
	return Buffer.from(`${header.join('\r\n')}\r\n\r\n${body}\r\n`);
}

/** A subject in pieces that fit into encoded words (RFC 2047 section 2). */
function foldedWords(subject: string): string[] {
	if (/^[\x20-\x7e]*$/.test(subject)) return [subject];
	const pieces: string[] = [];
	let piece = '';
	for (const character of subject) {
		if (Buffer.byteLength(piece + character) > 42) {
			pieces.push(piece);
			piece = '';
		}
		piece += character;
	}
	return [...pieces, piece];
}
