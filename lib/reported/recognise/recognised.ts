import type { Email } from '../../email';
import type { AnalyseOptions } from '../reported';
import { senderOf } from '../reporter';
import { fittingRules } from '../rules';
import { structureOf } from '../structure';
import { subject } from '../subject';
import { byMarks } from './byMarks';
import { byStructure } from './byStructure';
import { fromRule, moreIn, type Found, type Refused } from './found';
import { forwardedIn } from './forwarded';
import { quotedIn } from './quoted';

/** What the mail shows by itself. */
export function recognised(email: Email, options: AnalyseOptions): Found | Refused | undefined {
	const structure = structureOf(email);
	const rules = fittingRules(email, structure);
	return rules.length > 0 ? byMarks(email, structure, rules, options) : byStructure(email, structure, options);
}

/** What the user asks for: the first message that is attached, whoever sent it; else the one that is quoted. */
export function asked(email: Email, options: AnalyseOptions): Found | undefined {
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
		const more = moreIn(first);
		return {
			...fromRule(email, structure, rule),
			email: subject(email, first),
			file: first,
			message: 'attached',
			warnings: [...warnings, ...more],
			complete: others.length === 0 && more.length === 0,
		};
	}
	return quotedIn(email, structure, rule) ?? forwardedIn(email, structure, () => senderOf(email, options));
}
