import type { Email } from '../../email';
import { automaticKind } from '../../firstLook';
import { lazy } from '../../lazy';
import type { AnalyseOptions } from '../reported';
import { doubtsAbout, senderOf } from '../reporter';
import type { Structure } from '../structure';
import { subject } from '../subject';
import { isReportingAddress, isSuspicion } from '../words';
import { byText } from './byText';
import { doubtful, fromRule, missing, moreIn, several, type Found, type Refused } from './found';

export function byStructure(email: Email, structure: Structure, options: AnalyseOptions): Found | Refused | undefined {
	if (isMachineMade(email) || structure.isLong) return undefined;
	const { messages, readable, files } = structure;
	const isReport = lazy(
		() =>
			[...email.to, ...email.cc].some(isReportingAddress) || isSuspicion(`${email.subject ?? ''}\n${structure.text}`),
	);
	if (messages.length === 0) return byText(email, structure, isReport, options);
	if (files.length > 0 || /^multipart\/digest/i.test(email.contentType ?? '')) return undefined;
	const sender = senderOf(email, options);
	const base = fromRule(email, structure, undefined);
	if (messages.length > 1) {
		const isOurs = sender.standing === 'own' || sender.standing === 'alike';
		if (
			!isReport() ||
			!isOurs ||
			readable.length < messages.length ||
			doubtsAbout(email, undefined, { text: structure.text, html: email.html }, sender, false).length > 0
		)
			return undefined;
		return several(email, base, readable.length, []);
	}
	const attached = readable[0];
	// Whoever passes on a newsletter does not report it, as a rule.
	if (!isReport() && attached?.email !== undefined && isBulk(attached.email)) return undefined;
	const doubts = doubtsAbout(email, attached?.email, { text: structure.text, html: email.html }, sender, false);
	if (doubts.length > 0) return { isRefused: true, warnings: [doubtful('a forwarded message as attachment', doubts)] };
	if (attached === undefined) return missing(email, base, structure, 'a forwarded message as attachment', []);
	const more = moreIn(attached);
	return {
		...base,
		email: subject(email, attached),
		file: attached,
		message: 'attached',
		warnings: more,
		complete: more.length === 0,
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
