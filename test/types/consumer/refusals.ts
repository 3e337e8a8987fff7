// A user's program: what is wrong does not compile.
import { emailToBundle, stixObject, type Email, type EmailMessageObject } from 'n8n-nodes-email-intel';

export function refused(email: Email, message: EmailMessageObject): unknown[] {
	return [
		// @ts-expect-error is a property of no table
		stixObject('email-message', { is_multipart: false, x_spam: true }),
		// @ts-expect-error is a property of no table
		message.x_spam,
		// @ts-expect-error is required
		stixObject('url', {}),
		// @ts-expect-error is not a level
		emailToBundle(email, { markings: { tlp: 'purple' } }),
		// @ts-expect-error is not an option
		emailToBundle(email, { marking: { tlp: 'red' } }),
	];
}
