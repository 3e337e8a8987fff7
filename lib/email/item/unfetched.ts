import { isRecord } from '../../json';
import { WARNING_LIMITS } from '../../limits';
import type { EmailWarning } from '../email';
import { mayHoldMessage, NO_BINARY, type BinaryNames } from './files';
import { carriedMessage, firstFormat, RAW_PROPERTIES } from './formats';
import { dateOf, isEmailJson, sourceOf } from './json';
import { isOwnSimple } from './simple';

/** Why an item stands for a message that is not in it. */
export interface FetchFailure {
	/** As of MailboxError; EMAIL_EMPTY when the mailbox handed over no bytes and no reason. */
	code: string;
	message: string;
	/** When the trigger tries again. Absent when it gave up, or will not. */
	retryAt?: Date;
}

type Json = Record<string, unknown>;

/**
 * The failure that an item of a mailbox trigger records: of a message that could not be fetched, or that came without a
 * byte. Undefined for every other item, also for one of no email at all: that is an error of whoever made it.
 *
 * Its shape decides: `id`, and a `source` by which the message can be asked for again; `failure` with code and message, or
 * else nothing of a message. Where anything else may be the message, the item is read: a text, a raw message, a file that
 * was fetched meanwhile. Headers that a mailbox gave in place of the message (Microsoft 365) are none of these.
 */
export function failureOf(json: Json, binary: BinaryNames = NO_BINARY): FetchFailure | undefined {
	return mayHoldMessage(binary) ? undefined : recordedFailure(json);
}

/** The same of the JSON alone, whatever files are beside it. */
export function recordedFailure(json: Json): FetchFailure | undefined {
	const { id, failure, truncated } = json;
	if (typeof id !== 'string' || !canBeAskedFor(json.source)) return undefined;
	if (isRecord(failure)) {
		const { code, message } = failure;
		if (typeof code !== 'string' || typeof message !== 'string' || holdsMessage(json)) return undefined;
		const retryAt = dateOf(failure.retryAt);
		return { code, message, ...(retryAt === undefined ? {} : { retryAt }) };
	}
	if (failure !== undefined || truncated !== true || holdsMessage(json)) return undefined;
	if (HEADER.some((key) => json[key] !== undefined)) return undefined;
	return { code: 'EMAIL_EMPTY', message: 'The mailbox returned no bytes' };
}

/** What an item of a message has and the record of an empty one has not. */
const HEADER = ['subject', 'messageId', 'from', 'headers', 'parts'];
/** Where items of any kind have a text, or a part of one. */
const TEXTS = ['text', 'html', 'body', 'textPlain', 'textHtml', 'textAsHtml', 'bodyPreview', 'snippet', 'outsideText'];

/** By its folder and number, or by its id: nobody else's word, for a trigger writes both. */
function canBeAskedFor(value: unknown): boolean {
	const source = sourceOf(value, false);
	if (source === undefined) return false;
	return source.graphId !== undefined || (source.folder !== undefined && source.uid !== undefined);
}

/** Whether the JSON has more of a message than its headers. */
function holdsMessage(json: Json): boolean {
	if ([...RAW_PROPERTIES, ...TEXTS].some((key) => isRecord(json[key]) || isText(json[key]))) return true;
	if (carriedMessage(json) !== undefined) return true;
	if (isEmailJson(json)) {
		const records = (list: unknown) => (Array.isArray(list) ? list.filter(isRecord) : []);
		return (
			records(json.parts).some(({ text }) => isText(text)) ||
			records(json.attachments).some(({ size }) => typeof size === 'number' && size > 0)
		);
	}
	return !isOwnSimple(json) && firstFormat(json) !== undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/**
 * What a node says of such an item: that the message is missing, why, and how to get it.
 *
 * @param how Default: by the Mailbox Reader.
 */
export function failureWarning(
	failure: FetchFailure,
	how = 'Get it with the Mailbox Reader node (Get, From Input Item).',
): EmailWarning {
	const { retryAt } = failure;
	const code = failure.code.slice(0, WARNING_LIMITS.maxCodeCharacters);
	const again =
		retryAt === undefined
			? ''
			: ` The trigger tries again after ${retryAt.toISOString()}; it then outputs the message as a separate item.`;
	const said = failure.message.slice(0, WARNING_LIMITS.maxQuotedCharacters).trim();
	const reason = said.endsWith('.') ? said.slice(0, -1) : said;
	return {
		code: 'message-not-fetched',
		message: `The message could not be fetched: ${reason} (${code}).${again} ${how}`,
	};
}
