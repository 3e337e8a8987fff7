import { MAILBOX_DEFAULTS, POLL_DEFAULTS, READER_DEFAULTS } from '../defaults';
import { EMAIL_LIMITS, SETTING_LIMITS } from '../limits';
import { instant, lookBack, wholeNumber, type LookBack } from '../settings';
import { mailboxSettings } from './errors';
import type { MailboxSearch } from './mailbox';
import type { PollOptions } from './polling';

/** Numbers of a poll, checked, with their defaults. */
export interface PollSettings {
	cap: number;
	budgetMs: number;
	maxMessageBytes: number;
	maxPollBytes: number;
	lookBack: LookBack;
	/** Undefined: the whole look-back. */
	firstRunCap: number | undefined;
	/** The poll ends then, milliseconds since the epoch. */
	deadline: number;
}

/**
 * Reads the options of a poll, the same for every kind of mailbox. Everything that a poll counts with comes from
 * here: a number that is none would take messages out of the cursor without handing them over.
 *
 * @throws MailboxError `MAILBOX_CONFIGURATION`
 */
export function pollSettings(options: PollOptions, now: number): PollSettings {
	return mailboxSettings(() => {
		const { maxCount, maxBytes } = SETTING_LIMITS;
		const budgetMs = wholeNumber('budgetMs', options.budgetMs, {
			least: 0,
			most: SETTING_LIMITS.maxMilliseconds,
			otherwise: POLL_DEFAULTS.budgetMs,
		});
		const ending = wholeNumber('deadline', options.deadline, {
			least: 0,
			most: Number.MAX_SAFE_INTEGER,
			otherwise: now + budgetMs,
		});
		const deadline = Math.min(now + budgetMs, ending);
		return {
			cap: wholeNumber('cap', options.cap, { least: 1, most: maxCount, otherwise: POLL_DEFAULTS.cap }),
			lookBack: lookBack('firstRunLookBack', options.firstRunLookBack, { otherwise: POLL_DEFAULTS.firstRunLookBack }),
			firstRunCap: wholeNumber('firstRunCap', options.firstRunCap, { least: 0, most: maxCount, otherwise: undefined }),
			maxMessageBytes: messageBytes(options.maxMessageBytes),
			maxPollBytes: wholeNumber('maxPollBytes', options.maxPollBytes, {
				least: 1,
				most: maxBytes,
				otherwise: POLL_DEFAULTS.maxPollBytes,
			}),
			budgetMs: deadline - now,
			deadline,
		};
	});
}

/**
 * Bytes of one message.
 *
 * @throws MailboxError `MAILBOX_CONFIGURATION`
 */
export function messageBytes(value: number | undefined, otherwise: number = POLL_DEFAULTS.maxMessageBytes): number {
	return mailboxSettings(() =>
		wholeNumber('maxMessageBytes', value, { least: 1, most: EMAIL_LIMITS.maxBytes, otherwise }),
	);
}

/**
 * Milliseconds for one action other than a poll.
 *
 * @throws MailboxError `MAILBOX_CONFIGURATION`
 */
export function actionTimeout(value: number | undefined): number {
	return mailboxSettings(() =>
		wholeNumber('actionTimeoutMs', value, {
			least: 1,
			most: SETTING_LIMITS.maxMilliseconds,
			otherwise: MAILBOX_DEFAULTS.actionTimeoutMs,
		}),
	);
}

/**
 * What a search may give and reach to. `limit` is infinite for all.
 *
 * @throws MailboxError `MAILBOX_CONFIGURATION`
 */
export function searchSettings(search: MailboxSearch) {
	return mailboxSettings(() => ({
		limit:
			search.limit === 'all'
				? Number.POSITIVE_INFINITY
				: wholeNumber('limit', search.limit, {
						least: 1,
						most: SETTING_LIMITS.maxCount,
						otherwise: READER_DEFAULTS.limit,
					}),
		since: instant('since', search.since, { otherwise: undefined }),
		before: instant('before', search.before, { otherwise: undefined }),
	}));
}
