import type { Attachment, Email, EmailWarning } from '../../email';
import type { Reported, ReportWay } from '../reported';
import type { ReportRule } from '../rules';
import { holdsMore, type Structure } from '../structure';
import { withoutHeader } from '../subject';

/** A mail that is a report, and what it is about. */
export interface Found {
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
	/** Nothing was cut off a text that quotes it: the quotation is in it still. */
	isWhole?: true;
	warnings: EmailWarning[];
	complete: boolean;
}

/** A mail that looked like a report, and is analysed itself. */
export interface Refused {
	isRefused: true;
	warnings: EmailWarning[];
}

export type Base = Pick<Found, 'way' | 'certainty' | 'category' | 'comment' | 'alsoFits' | 'language'>;

export const isRefused = (found: Found | Refused): found is Refused => 'isRefused' in found;

export function fromRule(email: Email, structure: Structure, rule: ReportRule | undefined): Base {
	const { text } = structure;
	const comment = rule?.comment === undefined ? text : rule.comment(text);
	return {
		way: rule?.way ?? 'attachment',
		certainty: rule === undefined ? 'likely' : 'certain',
		category: rule?.category?.(email, structure),
		comment,
	};
}

export function doubtful(what: string, doubts: readonly string[]): EmailWarning {
	return {
		code: 'report-doubtful',
		message: `The message looks like a report (${what}), but ${doubts.join('; ')}. It may imitate one to hide: the message itself was analysed, with everything attached to it. If it is a report, set 'Analyse' to The Attached Message, or add the sender's domain to 'Own Domains'.`,
	};
}

/** Several messages in one report: which one is meant nobody can tell, so all of them are looked at. */
export function several(email: Email, base: Base, count: number, warnings: EmailWarning[]): Found {
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
export function missing(
	email: Email,
	base: Base,
	{ messages }: Structure,
	what: string,
	warnings: EmailWarning[],
): Found {
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

/** Of a file of several messages, one is read. */
export function moreIn(file: Attachment): EmailWarning[] {
	if (!holdsMore(file)) return [];
	const message =
		'The attached file (mbox) holds several messages. Only the first one was analysed. Ask the reporter for one message at a time.';
	return [{ code: 'reported-several', message }];
}
