import { fileList, type Attachment, type Email, type EmailWarning } from '../../email';
import type { AnalyseOptions } from '../reported';
import { doubtsAbout, isProved, senderOf } from '../reporter';
import type { ReportRule } from '../rules';
import type { Structure } from '../structure';
import { subject } from '../subject';
import { doubtful, fromRule, missing, moreIn, several, type Found, type Refused } from './found';
import { quotedIn } from './quoted';

export function byMarks(
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
	const { files } = structure;
	// A button may add a text with the header. Other files than that beside the message nobody would look at.
	const strange = files.filter(({ contentType }) => contentType !== 'text/plain');
	if (inner !== undefined && strange.length > 0 && !isProved(sender) && rule.isForeign !== true)
		doubts.push(`it contains other files (${namesOf(strange)})`);
	if (doubts.length > 0) return { isRefused: true, warnings: [doubtful(rule.name, doubts)] };
	const warnings = others.length === 0 ? [] : [ambiguous(rules)];
	if (readable.length === 1 && files.length > 0) warnings.push(leftOut(files));
	const base = {
		...fromRule(email, structure, rule),
		...(others.length === 0 ? {} : { alsoFits: others.map(({ way }) => way) }),
	};
	if (readable.length === 1) {
		const [file] = readable as [Attachment];
		const more = moreIn(file);
		return {
			...base,
			email: subject(email, file),
			file,
			message: 'attached',
			warnings: [...warnings, ...more],
			complete: more.length === 0,
		};
	}
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

const namesOf = (files: readonly Attachment[]): string =>
	fileList(files.map(({ fileName = 'without a name', size }) => ({ fileName, size })));

function leftOut(files: readonly Attachment[]): EmailWarning {
	return {
		code: 'report-files-left-out',
		message: `The report contains files besides the reported message, which were not analysed: ${namesOf(files)}. To look at them, set 'Analyse' to The Message Itself.`,
	};
}

function ambiguous(rules: readonly ReportRule[]): EmailWarning {
	return {
		code: 'report-ambiguous',
		message: `The message has the marks of several report buttons: ${rules.map(({ name }) => name).join(', ')}. The first one was assumed.`,
	};
}
