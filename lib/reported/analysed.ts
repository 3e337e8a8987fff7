import type { Email, EmailWarning } from '../email';
import { withNested } from './nested';
import { asked, isRefused, recognised } from './recognise';
import type { AnalyseOptions, Analysed } from './reported';

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
