import { EmailError } from '../../../../lib/email';
import { textKind } from '../textKind';

/** An error of the pack, but not one that belongs here. */
export const kind = textKind({
	refusals: ['EMAIL_EMPTY'],
	run: () => {
		throw new EmailError('EMAIL_INPUT', 'it cannot be read', { hint: 'Try another one.' });
	},
});
