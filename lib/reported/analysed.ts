import {
	gapsOf,
	parseMailDate,
	quotedMessage,
	warningKey,
	type Attachment,
	type Email,
	type EmailWarning,
} from '../email';
import { automaticKind } from '../firstLook';
import { compact, nonEmpty } from '../json';
import { REPORTED_LIMITS } from '../limits';
import { forwardedHtml, headDate, readForward, type Forward } from './inline';
import type { AnalyseOptions, Analysed, Reported, Reporter, ReportWay } from './reported';
import { doubtsAbout, senderOf, type Sender } from './reporter';
import { fittingRules, type ReportRule } from './rules';
import { ownText, structureOf, type Structure } from './structure';
import { reporterAddresses } from './withoutReporter';
import { isNewsletter, isReportingAddress, isSuspicion } from './words';

/** A mail that is a report, and what it is about. */
interface Found {
	isRefused?: never;
	way: ReportWay;
	certainty: Reported['certainty'];
	/** The message that was reported. */
	email: Email;
	message: Reported['message'];
	file?: Attachment;
	category?: Reported['category'] | undefined;
	comment?: string | undefined;
	language?: string | undefined;
	alsoFits?: ReportWay[];
	warnings: EmailWarning[];
	complete: boolean;
}

/** A mail that looked like a report, and is analysed itself. */
interface Refused {
	isRefused: true;
	warnings: EmailWarning[];
}

const isRefused = (found: Found | Refused): found is Refused => 'isRefused' in found;

/**
 * Whose mail is it: the message that a mail reports or forwards, and who reported it; else the mail itself. Recognised by what the mail
 * is made of, by the marks of report buttons, and by what mail programs write above a forwarded text. A report whose sender cannot be
 * believed is no report: it is analysed itself, with all that is attached to it, and that is told. Pure; never throws.
 */
export function analysedMessage(email: Email, options: AnalyseOptions = {}): Analysed {
	const { analyse = 'automatic' } = options;
	const itself = (warnings: EmailWarning[] = [], complete = true): Analysed => ({ email, warnings, complete });
	if (analyse === 'itself') return itself();
	const found = analyse === 'attached' ? asked(email, options) : recognised(email, options);
	if (found === undefined) return analyse === 'attached' ? itself([NOTHING_ATTACHED], false) : itself();
	if (isRefused(found)) return itself(found.warnings);
	return withNested(email, found, options);
}

const NOTHING_ATTACHED: EmailWarning = {
	code: 'reported-message-missing',
	message:
		"'Analyse' is set to The Attached Message, but the message has no attached message that can be read, and no forwarded one in its text. The message itself was analysed.",
};

/** What the user asks for: the first message that is attached, whoever sent it; else the one that is quoted. */
function asked(email: Email, options: AnalyseOptions): Found | undefined {
	const structure = structureOf(email);
	const [first, ...others] = structure.readable;
	const [rule] = fittingRules(email, structure);
	if (first !== undefined) {
		const warnings =
			others.length === 0
				? []
				: [
						{
							code: 'reported-several',
							message: `The message has ${structure.readable.length} attached messages. Only the first one was analysed.`,
						},
					];
		return {
			...fromRule(email, structure, rule),
			email: subject(email, first),
			file: first,
			message: 'attached',
			warnings,
			complete: others.length === 0,
		};
	}
	return quotedIn(email, structure, rule) ?? forwardedIn(email, senderOf(email, options));
}

/** What the mail shows by itself. */
function recognised(email: Email, options: AnalyseOptions): Found | Refused | undefined {
	const structure = structureOf(email);
	const rules = fittingRules(email, structure);
	return rules.length > 0 ? byMarks(email, structure, rules, options) : byStructure(email, structure, options);
}

// --- by the marks of report buttons ---

function byMarks(
	email: Email,
	structure: Structure,
	rules: readonly ReportRule[],
	options: AnalyseOptions,
): Found | Refused {
	const [rule, ...others] = rules as [ReportRule, ...ReportRule[]];
	const sender = senderOf(email, options);
	const { readable } = structure;
	const quoted = readable.length === 0 ? quotedIn(email, structure, rule) : undefined;
	const inner = readable[0]?.email ?? quoted?.email;
	const isAllowed = rule.isForeign === true && sender.standing === 'foreign';
	const doubts = doubtsAbout(
		email,
		inner,
		saidIn(email, structure, rule, quoted !== undefined),
		isAllowed ? { ...sender, standing: 'unknown' } : sender,
		true,
	);
	if (doubts.length > 0) return { isRefused: true, warnings: [doubtful(rule.name, doubts)] };
	const warnings = others.length === 0 ? [] : [ambiguous(rules)];
	const base = {
		...fromRule(email, structure, rule),
		...(others.length === 0 ? {} : { alsoFits: others.map(({ way }) => way) }),
	};
	if (readable.length === 1)
		return {
			...base,
			email: subject(email, readable[0]!),
			file: readable[0]!,
			message: 'attached',
			warnings,
			complete: true,
		};
	if (readable.length > 1) return several(email, base, readable.length, warnings);
	if (quoted !== undefined) return { ...quoted, ...base, warnings: [...warnings, ...quoted.warnings] };
	return missing(email, base, structure, rule.name, warnings);
}

/** The words of a report that nobody looks at when its message is what is analysed. */
function saidIn(
	{ html }: Email,
	{ text, readable }: Structure,
	rule: ReportRule,
	isQuoted: boolean,
): { text: string; html?: string | undefined } {
	// A button that quotes the message in its own mail leaves the reporter his words.
	if (isQuoted) return { text: rule.comment?.(text) ?? '' };
	return readable.length === 1 ? { text, html } : { text: '' };
}

type Base = Pick<Found, 'way' | 'certainty' | 'category' | 'comment' | 'alsoFits' | 'language'>;

function fromRule(email: Email, structure: Structure, rule: ReportRule | undefined): Base {
	const { text } = structure;
	const comment = rule?.comment === undefined ? text : rule.comment(text);
	return {
		way: rule?.way ?? 'attachment',
		certainty: rule === undefined ? 'likely' : 'certain',
		category: rule?.category?.(email, structure),
		comment,
	};
}

function doubtful(what: string, doubts: readonly string[]): EmailWarning {
	return {
		code: 'report-doubtful',
		message: `The message looks like a report (${what}), but ${doubts.join('; ')}. It may imitate one to hide: the message itself was analysed, with everything attached to it. If it is a report, set 'Analyse' to The Attached Message, or add the sender's domain to 'Own Domains'.`,
	};
}

function ambiguous(rules: readonly ReportRule[]): EmailWarning {
	return {
		code: 'report-ambiguous',
		message: `The message has the marks of several report buttons: ${rules.map(({ name }) => name).join(', ')}. The first one was assumed.`,
	};
}

/** Several messages in one report: which one is meant nobody can tell, so all of them are looked at. */
function several(email: Email, base: Base, count: number, warnings: EmailWarning[]): Found {
	const message = `The report has ${count} attached messages. All of them were analysed together, without the mail of the reporter. To have each one analysed separately, let users report one message at a time.`;
	return {
		...base,
		email: withoutHeader(email),
		message: 'several',
		warnings: [...warnings, { code: 'reported-several', message }],
		complete: true,
	};
}

/** A report whose message is not there, or cannot be read: what else is in it is looked at. */
function missing(email: Email, base: Base, { messages }: Structure, what: string, warnings: EmailWarning[]): Found {
	const reason =
		messages.length === 0
			? 'contains no attached message'
			: 'contains an attached message that is damaged, encrypted, too large or nested too deeply';
	const message = `The message is a report (${what}), but ${reason}. Only the text and the files of the report were analysed, without the reporter. Ask the reporter for the message as an attachment.`;
	return {
		...base,
		email: withoutHeader(email),
		message: 'missing',
		warnings: [...warnings, { code: 'reported-message-missing', message }],
		complete: false,
	};
}

// --- by structure ---

function byStructure(email: Email, structure: Structure, options: AnalyseOptions): Found | Refused | undefined {
	if (isMachineMade(email) || structure.isLong) return undefined;
	const { messages, readable, files } = structure;
	const isReport =
		[...email.to, ...email.cc].some(isReportingAddress) || isSuspicion(`${email.subject ?? ''}\n${structure.text}`);
	if (messages.length === 0) return byText(email, isReport, options);
	if (files.length > 0 || /^multipart\/digest/i.test(email.contentType ?? '')) return undefined;
	const sender = senderOf(email, options);
	const base = fromRule(email, structure, undefined);
	if (messages.length > 1) {
		const isOurs = sender.standing === 'own' || sender.standing === 'alike';
		if (
			!isReport ||
			!isOurs ||
			readable.length < messages.length ||
			doubtsAbout(email, undefined, { text: structure.text, html: email.html }, sender, false).length > 0
		)
			return undefined;
		return several(email, base, readable.length, []);
	}
	const attached = readable[0];
	// Whoever passes on a newsletter does not report it, as a rule.
	if (!isReport && attached?.email !== undefined && isBulk(attached.email)) return undefined;
	const doubts = doubtsAbout(email, attached?.email, { text: structure.text, html: email.html }, sender, false);
	if (doubts.length > 0) return { isRefused: true, warnings: [doubtful('a forwarded message as attachment', doubts)] };
	if (attached === undefined) return missing(email, base, structure, 'a forwarded message as attachment', []);
	return {
		...base,
		email: subject(email, attached),
		file: attached,
		message: 'attached',
		warnings: [],
		complete: true,
	};
}

/** Bounces, receipts, journals, and what filters put around spam: a machine attached the message, nobody reported it. */
function isMachineMade(email: Email): boolean {
	// Of the reports in a standard's format, those of people have a rule.
	if (automaticKind(email) !== undefined || /^\s{0,8}multipart\/report/i.test(email.contentType ?? '')) return true;
	return email.headers.some(({ name, value }) => {
		const field = name.toLowerCase();
		return field === 'x-ms-journal-report' || (field === 'x-spam-flag' && /^\s{0,4}yes/i.test(value));
	});
}

/** Mail to many, by its own marks. */
function isBulk({ headers }: Email): boolean {
	const has = (wanted: RegExp) => headers.some(({ name }) => wanted.test(name.toLowerCase()));
	return (
		has(/^list-unsubscribe/) &&
		has(/^(?:list-(?:id|unsubscribe-post)|precedence|feedback-id|x-(?:campaign|mailer-lid|csa-complaints).*)$/)
	);
}

function byText(email: Email, isReport: boolean, options: AnalyseOptions): Found | Refused | undefined {
	const sender = senderOf(email, options);
	const found = forwardedIn(email, sender);
	if (found === undefined) return undefined;
	if (
		!isReport &&
		isNewsletter(`${found.email.text ?? ''}\n${found.email.html ?? ''}`.slice(0, REPORTED_LIMITS.maxSearched))
	)
		return undefined;
	const isOurs = sender.standing === 'own' || sender.standing === 'alike';
	const { authentication } = sender.look;
	if (authentication.verdict === 'fail')
		return {
			isRefused: true,
			warnings: [doubtful('a forwarded message in its text', ['its sender failed authentication (SPF, DKIM, DMARC)'])],
		};
	const wasTheirs = found.email.to.some(
		({ address }) => address.toLowerCase() === email.from[0]?.address.toLowerCase(),
	);
	// The head is text that anybody can write: who is not one of ours is not believed.
	if (!isOurs && !(sender.standing === 'unknown' && wasTheirs)) {
		if (sender.standing === 'unknown') return undefined;
		return {
			isRefused: true,
			warnings: [doubtful('a forwarded message in its text', ['its sender is not of your own domains'])],
		};
	}
	return found;
}

// --- messages within a text ---

/** What stands in a text between two lines, `Begin …` and `End …`; to its end where the second one is missing. */
function between(text: string, what: string): string | undefined {
	const begin = new RegExp(`^-{5,20} {0,2}Begin ${what} {0,2}-{5,20}$`, 'im').exec(text);
	if (begin === null) return undefined;
	const rest = text.slice(begin.index + begin[0].length + 1);
	const end = rest.search(new RegExp(`^-{5,20} {0,2}End ${what} {0,2}-{5,20}$`, 'im'));
	return end === -1 ? rest : rest.slice(0, end);
}

/** What a button put into the text of its mail: the whole header, then the text; an abuse report may hold the header alone (RFC 5965). */
function quotedIn(email: Email, { text }: Structure, rule: ReportRule | undefined): Found | undefined {
	if (rule?.way !== 'phishalarm' && rule?.way !== 'arf') return undefined;
	const said = email.text ?? text;
	const part = email.parts.find(({ contentType }) => contentType === 'text/rfc822-headers');
	const header = rule.way === 'arf' ? part?.text : between(said, 'Email Headers');
	if (header === undefined) return undefined;
	const body = rule.way === 'arf' ? undefined : (between(said, 'Reported Email')?.trim() ?? '');
	const quoted = quotedMessage({ header: header.trim(), text: body, attachments: email.attachments });
	return {
		way: rule.way,
		certainty: 'certain',
		email: carried(email, quoted),
		message: 'quoted',
		warnings: [QUOTED],
		complete: true,
	};
}

const QUOTED: EmailWarning = {
	code: 'report-quoted',
	message:
		'The message was forwarded within the text of another one: most of its header is missing, and what is there could be changed. Ask people to forward suspicious messages as attachments.',
};

const WHOLE_HTML: EmailWarning = {
	code: 'report-html-whole',
	message:
		'Where the forwarded message begins in the HTML is not clear: values of the forwarder may be among those that were found.',
};

/** What a mail program put into the text of a forward. */
function forwardedIn(email: Email, { look }: Sender): Found | undefined {
	const isText = (email.text ?? '').trim() !== '';
	const forward = readForward(isText ? email.text! : ownText({ html: email.html }), email.subject ?? '');
	if (forward === undefined) return undefined;
	const html = email.html === undefined ? undefined : forwardedHtml(email.html, forward.announcement);
	const quoted = quotedMessage({
		header: headerOf(forward, email),
		...(isText || forward.text !== '' ? { text: forward.text } : {}),
		...(html === undefined ? {} : { html: html.html }),
		attachments: email.attachments,
	});
	// Of a message whose own date cannot be read this much is known: it was there when it was forwarded.
	const at = look.origin?.at === undefined ? email.date : new Date(look.origin.at);
	if (quoted.date === undefined && at !== undefined) quoted.receivedAt = email.date ?? at;
	return {
		way: 'inline',
		certainty: 'weak',
		email: carried(email, quoted),
		message: 'quoted',
		comment: forward.comment,
		language: forward.language,
		warnings: [QUOTED, ...(html?.isWhole === true && html.html !== '' ? [WHOLE_HTML] : [])],
		complete: true,
	};
}

/** The head of a forward as a header: its addresses and its date in the forms of mail. */
function headerOf({ head, language }: Forward, email: Email): string {
	const line = (name: string, value: string | undefined) =>
		value === undefined || value === '' ? [] : [`${name}: ${value.replace(/\s+/g, ' ')}`];
	const written = email.headers.find(({ name }) => name.toLowerCase() === 'date')?.value ?? '';
	const [, sign, hours, minutes] = /([+-])(\d{2})(\d{2})\b/.exec(written) ?? [];
	const offset = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
	const date =
		head.date === undefined ? undefined : (headDate(head.date, offset, language) ?? parseMailDate(head.date)?.date);
	return [
		...line('From', head.from && addressesOf(head.from)),
		...line('Subject', head.subject),
		...line('Date', date?.toUTCString().replace('GMT', '+0000')),
		...line('To', head.to && addressesOf(head.to)),
		...line('Cc', head.cc && addressesOf(head.cc)),
		...line('Reply-To', head.replyTo && addressesOf(head.replyTo)),
	].join('\r\n');
}

/**
 * Addresses as mail programs write them in heads: `A [mailto:a@example.org]`, `a@example.org<mailto:a@example.org>`, separated by
 * semicolons in Outlook.
 */
function addressesOf(text: string): string {
	return text
		.replace(/<\s{0,4}mailto:[^<>\s]{1,400}>\s{0,4}(?=>)/gi, '')
		.replace(/\[\s{0,4}mailto:([^[\]\s]{1,400})\]/gi, '<$1>')
		.replace(/<\s{0,4}mailto:([^<>\s]{1,400})>/gi, '<$1>')
		.replace(/(\S{1,300}@\S{1,300}?)\s{0,2}<\1>/g, '<$1>')
		.replace(/;/g, ',');
}

// --- what is analysed ---

/** A message that is attached: with its bytes, and with where the mail around it was read from. */
function subject(wrapper: Email, { email, content, sha256 }: Attachment): Email {
	const inner = email!;
	const raw = inner.raw ?? (inner.partial === true ? undefined : content);
	// Of one that names no time this much is known: it was there when it was reported.
	const isUndated = inner.date === undefined && inner.receivedAt === undefined;
	const at = isUndated ? (wrapper.date ?? wrapper.receivedAt) : undefined;
	return carried(wrapper, {
		...inner,
		...(at === undefined ? {} : { receivedAt: at }),
		...(raw === undefined ? {} : { raw }),
		sha256: inner.sha256 || sha256,
	});
}

/** With the mailbox and the gaps of the mail that it came in: where that was cut, so may this be. */
function carried(wrapper: Email, inner: Email): Email {
	const known = new Set(inner.warnings.map(warningKey));
	const gaps = gapsOf(wrapper).filter((warning) => !known.has(warningKey(warning)));
	return {
		...inner,
		truncated: inner.truncated || wrapper.truncated,
		warnings: [...inner.warnings, ...gaps],
		...(wrapper.source === undefined ? {} : { source: wrapper.source }),
		...(wrapper.id === undefined ? {} : { id: wrapper.id }),
	};
}

/** What is left of a report without its header: nothing in it names the reporter but what he wrote himself. */
function withoutHeader(email: Email): Email {
	const { sender: _sender, returnPath: _returnPath, fromText: _fromText, raw: _raw, ...rest } = email;
	return {
		...rest,
		from: [],
		replyTo: [],
		to: [],
		cc: [],
		bcc: [],
		headers: [],
		receivedLines: [],
		authenticationResults: [],
	};
}

/** Follows a report of a report, where one's own people passed it on; tells of one that is not followed. */
function withNested(wrapper: Email, found: Found, options: AnalyseOptions): Analysed {
	const through: Reporter[] = [];
	const warnings = [...found.warnings];
	let { email, message } = found;
	let innermost = found;
	let { complete } = found;
	for (let depth = 1; message === 'attached'; depth++) {
		const next = recognised(email, { ...options, ownDomains: ownOrAlike(wrapper, options) });
		if (next === undefined || isRefused(next)) {
			if (next !== undefined) warnings.push(NESTED);
			break;
		}
		// A phish may carry a message itself: only one of our own people is known to have passed it on.
		const isOurs = senderOf(email, { ...options, ownDomains: ownOrAlike(wrapper, options) }).standing === 'own';
		if (!isOurs || next.message !== 'attached' || depth > REPORTED_LIMITS.maxDepth) {
			warnings.push(NESTED);
			break;
		}
		through.push(reporterOf(email, next.way));
		warnings.push(...next.warnings);
		complete &&= next.complete;
		({ email, message } = next);
		innermost = next;
	}
	const { way, certainty, category, comment, language, alsoFits } = found;
	const cut = (comment ?? '')
		.trim()
		.slice(0, REPORTED_LIMITS.maxComment)
		.replace(/[\ud800-\udbff]$/, '');
	return {
		email,
		wrapper,
		...(innermost.file === undefined ? {} : { file: innermost.file }),
		warnings,
		complete,
		reported: compact({
			...reporterOf(wrapper, way),
			certainty,
			category: category ?? innermost.category,
			comment: nonEmpty(cut),
			language: language ?? languageOf(wrapper),
			alsoFits,
			through: nonEmpty(through),
			mail: compact({
				messageId: wrapper.messageId,
				subject: wrapper.subject,
				references: nonEmpty(wrapper.references),
				automatic: automaticKind(wrapper) === undefined ? undefined : (true as const),
				addresses: [...reporterAddresses(wrapper)].slice(0, REPORTED_LIMITS.maxAddresses),
			}),
			message,
		}),
	};
}

const NESTED: EmailWarning = {
	code: 'reported-nested',
	message:
		'The reported message contains a message itself. Both were analysed: the inner one as an attachment of the reported one.',
};

/** The domains of our own people: of those who are known, and of the one who reported to us. */
function ownOrAlike(wrapper: Email, options: AnalyseOptions): string[] {
	const { own, standing } = senderOf(wrapper, options);
	const from = wrapper.from[0]?.address;
	return [
		...own,
		...(from !== undefined && (standing === 'alike' || own.size === 0) ? [from.slice(from.lastIndexOf('@') + 1)] : []),
	];
}

function reporterOf({ from, date, receivedAt }: Email, way: ReportWay): Reporter {
	const [first] = from;
	const at = date ?? receivedAt;
	return compact({
		by: first === undefined ? undefined : compact({ address: first.address, name: first.name }),
		at: at?.toISOString(),
		way,
	});
}

/** The language of whoever sent a mail, as Outlook and others say it (RFC 3282). */
function languageOf({ headers }: Email): string | undefined {
	const field = headers.find(({ name }) => /^(?:content|accept)-language$/i.test(name));
	return /^\s{0,8}([a-z]{2})(?:[-,;\s]|$)/i.exec(field?.value ?? '')?.[1]?.toLowerCase();
}
