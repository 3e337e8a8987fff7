import type { INode } from 'n8n-workflow';
import { EmailError, EsaError, HttpError, MailboxError, OpenCtiError, type EmailIntelError } from '../../lib';
import { isTransient, toNodeError } from '../../nodes/shared/errors';

const node = { id: '1', name: 'N', type: 't', typeVersion: 1, position: [0, 0], parameters: {} } as INode;
const failureOf = (error: EmailIntelError) => (toNodeError(node, error) as { failure?: unknown }).failure;

describe('an error that may be gone a moment later', () => {
	it.each<[string, EmailIntelError[]]>([
		['no connection', [new HttpError('HTTP_UNREACHABLE', 'x'), new MailboxError('MAILBOX_UNREACHABLE', 'x')]],
		['a proxy that is down', [new HttpError('HTTP_PROXY', 'x'), new MailboxError('MAILBOX_PROXY', 'x')]],
		['no answer in time', [new HttpError('HTTP_TIMEOUT', 'x'), new MailboxError('MAILBOX_TIMEOUT', 'x')]],
		['throttling', [new HttpError('HTTP_STATUS', 'x', { status: 429 }), new MailboxError('MAILBOX_THROTTLED', 'x')]],
		[
			'a server out of order',
			[
				new HttpError('HTTP_STATUS', 'x', { status: 503 }),
				new MailboxError('MAILBOX_UNAVAILABLE', 'x'),
				new OpenCtiError('OPENCTI_UNAVAILABLE', 'x'),
				new EsaError('ESA_UNAVAILABLE', 'x'),
			],
		],
	])('is one whoever met it: %s', (_, errors) => {
		for (const error of errors) {
			expect([error.code, error.transient, isTransient(error)]).toEqual([error.code, true, true]);
			// A trigger's failure is timed: n8n tries again by itself.
			expect(failureOf(error)).toEqual({ cause: expect.stringMatching(/^(?:temporarily-unavailable|rate-limited)$/) });
		}
	});

	it('says when to try again, when the peer named a time', () => {
		for (const error of [
			new HttpError('HTTP_STATUS', 'x', { status: 429, retryAfterMs: 90_000 }),
			new MailboxError('MAILBOX_THROTTLED', 'x', { retryAfterMs: 90_000 }),
			new EsaError('ESA_UNAVAILABLE', 'x', { retryAfterMs: 90_000 }),
			new OpenCtiError('OPENCTI_UNAVAILABLE', 'x', { retryAfterMs: 90_000 }),
		]) {
			expect(error.retryAfterMs).toBe(90_000);
			expect(failureOf(error)).toMatchObject({ retryAfterMs: 90_000 });
		}
	});

	it.each<[string, EmailIntelError]>([
		['a certificate', new HttpError('HTTP_TLS', 'x')],
		['a status that says no', new HttpError('HTTP_STATUS', 'x', { status: 404 })],
		['a password', new MailboxError('MAILBOX_LOGIN_REFUSED', 'x')],
		['a right', new OpenCtiError('OPENCTI_FORBIDDEN', 'x')],
		['an account', new EsaError('ESA_LOGIN_REFUSED', 'x')],
		['a message', new EmailError('EMAIL_EMPTY', 'x')],
	])('is not one when somebody has to act: %s', (_, error) => {
		expect([error.transient, isTransient(error)]).toEqual([false, false]);
		expect(error.retryAfterMs).toBeUndefined();
	});

	it('whoever throws it may know better than the code', () => {
		expect(new MailboxError('MAILBOX_PROTOCOL', 'x', { transient: true }).transient).toBe(true);
		expect(new MailboxError('MAILBOX_TIMEOUT', 'x', { transient: false }).transient).toBe(false);
		expect(new OpenCtiError('OPENCTI_LOCKED', 'x', { transient: false }).transient).toBe(false);
	});

	it('is not what somebody else threw', () => {
		expect([isTransient(new Error('x')), isTransient('x'), isTransient(undefined)]).toEqual([false, false, false]);
	});
});
