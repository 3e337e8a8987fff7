import type { Email, EmailWarning } from '../../email';
import type { AnalyseOptions } from '../reported';
import { doubtsAbout, senderOf } from '../reporter';
import type { ReportRule } from '../rules';
import type { Structure } from '../structure';
import { subject } from '../subject';
import { doubtful, fromRule, missing, several, type Found, type Refused } from './found';
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

function ambiguous(rules: readonly ReportRule[]): EmailWarning {
	return {
		code: 'report-ambiguous',
		message: `The message has the marks of several report buttons: ${rules.map(({ name }) => name).join(', ')}. The first one was assumed.`,
	};
}
