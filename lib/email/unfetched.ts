import { WARNING_LIMITS } from '../limits';
import type { EmailWarning } from './email';
import { hasMessageFile, type BinaryReader } from './item';
import { isRecord } from './jsonShape';
import { dateOf } from './json';

/** Why an item stands for a message that is not in it. */
export interface FetchFailure {
	/** As of MailboxError; EMAIL_EMPTY when the mailbox handed over no bytes and no reason. */
	code: string;
	message: string;
	/** When the trigger tries again. Absent when it gave up, or will not. */
	retryAt?: Date;
}

type Json = Record<string, unknown>;

/** What an item of a message has and the record of an empty one has not. */
const CONTENT = ['subject', 'messageId', 'from', 'headers', 'parts', 'text', 'html'];

/**
 * The failure that an item of a mailbox trigger records: of a message that could not be fetched, or that came without a
 * byte. Undefined for every other item, also for one of no email at all: that is an error of whoever made it.
 *
 * Its shape decides: `id` and `source` as of a mailbox, no raw message, and `failure` with code and message, or else
 * nothing of a message. Headers that a mailbox gave in place of the message (Microsoft 365) do not make it one.
 */
export function failureOf(
	json: Json,
	binary: Pick<BinaryReader, 'keys' | 'info'> = { keys: [], info: () => ({}) },
): FetchFailure | undefined {
	const { id, source, failure, truncated } = json;
	if (typeof id !== 'string' || !isRecord(source) || typeof source.kind !== 'string') return undefined;
	if (hasMessageFile(binary)) return undefined;
	if (isRecord(failure)) {
		const { code, message } = failure;
		if (typeof code !== 'string' || typeof message !== 'string') return undefined;
		const retryAt = dateOf(failure.retryAt);
		return { code, message, ...(retryAt === undefined ? {} : { retryAt }) };
	}
	if (failure !== undefined || truncated !== true || CONTENT.some((key) => json[key] !== undefined)) return undefined;
	return { code: 'EMAIL_EMPTY', message: 'The mailbox handed over no bytes' };
}

/**
 * What a node says of such an item: that the message is missing, why, and how to get it.
 *
 * @param how Default: by the Mailbox Reader.
 */
export function failureWarning(
	failure: FetchFailure,
	how = 'Get it with the Mailbox Reader node (Get, From Input Item).',
): EmailWarning {
	const { code, retryAt } = failure;
	const again =
		retryAt === undefined
			? ''
			: ` The trigger tries again after ${retryAt.toISOString()}; the message comes as an item of its own then.`;
	const said = failure.message.slice(0, WARNING_LIMITS.maxQuotedCharacters).trim();
	const reason = said.endsWith('.') ? said.slice(0, -1) : said;
	return {
		code: 'message-not-fetched',
		message: `The message could not be fetched: ${reason} (${code}).${again} ${how}`,
	};
}
