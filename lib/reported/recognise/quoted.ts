import { quotedMessage, type Email, type EmailWarning } from '../../email';
import type { ReportRule } from '../rules';
import type { Structure } from '../structure';
import { carried } from '../subject';
import type { Found } from './found';

/** What a button put into the text of its mail: the whole header, then the text; an abuse report may hold the header alone (RFC 5965). */
export function quotedIn(email: Email, { text }: Structure, rule: ReportRule | undefined): Found | undefined {
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

/** What stands in a text between two lines, `Begin …` and `End …`; to its end where the second one is missing. */
function between(text: string, what: string): string | undefined {
	const begin = new RegExp(`^-{5,20} {0,2}Begin ${what} {0,2}-{5,20}$`, 'im').exec(text);
	if (begin === null) return undefined;
	const rest = text.slice(begin.index + begin[0].length + 1);
	const end = rest.search(new RegExp(`^-{5,20} {0,2}End ${what} {0,2}-{5,20}$`, 'im'));
	return end === -1 ? rest : rest.slice(0, end);
}

export const QUOTED: EmailWarning = {
	code: 'report-quoted',
	message:
		'The message was forwarded within the text of another one: most of its header is missing, and what is there could be changed. Ask people to forward suspicious messages as attachments.',
};
