import { failureOf, failureWarning, type BinaryReader, type EmailWarning, type FetchFailure } from '../email';
import type { MailboxErrorCode } from '../mailbox';
import { warningsOf } from './gaps';
import type { FlowItem, Json } from './item';

/** How to get the message of a record, in the words of the host. Default: those of n8n. */
export interface RecordWords {
	/** Of a message that could not be fetched so far. */
	how?: string | undefined;
	/** Of one that is not in its place any more: no later try mends that. */
	gone?: string | undefined;
}

/**
 * The item as it came in, with a warning and `complete: false`, when it is the record of a message that a mailbox could not deliver:
 * one bad message stops no other. Undefined for every other item.
 *
 * @param needed What the step takes from elsewhere than the message. Given and not empty, the record is worked on like any other item.
 */
export function passedOn(
	{ json, files }: FlowItem,
	needed: readonly unknown[] = [],
	words: RecordWords = {},
): Json | undefined {
	const failure = failureOf(json, files);
	if (failure === undefined || (needed.length > 0 && !needed.some(isNothing))) return undefined;
	const warning = warningOf(failure, words);
	// The step before said so already. Who has asked the mailbox once more knows more than a record tells.
	const told = warningsOf(json).find(({ code }) => code === warning.code);
	return marked(json, told ?? warning);
}

/** The same where the message was asked for once more: what the mailbox said now counts, for the steps behind as well. */
export function passedOnAgain(
	{ json, files }: FlowItem,
	{ code, message }: Pick<FetchFailure, 'code' | 'message'>,
	words: RecordWords = {},
): Json | undefined {
	if (failureOf(json, files) === undefined) return undefined;
	const failure = { code, message };
	return marked({ ...json, failure }, warningOf(failure, { ...words, how: 'Try it again later.' }));
}

/** True for an item that {@link passedOn} made. */
export const isPassedOn = (json: Json, files: Pick<BinaryReader, 'keys' | 'info'>): boolean =>
	json.complete === false && failureOf(json, files) !== undefined;

const GONE: MailboxErrorCode = 'MAILBOX_MESSAGE_MISSING';

/** The next try is told while it lies ahead: after that, it has been. */
function warningOf({ retryAt, ...failure }: FetchFailure, { how, gone }: RecordWords): EmailWarning {
	const isGone = failure.code === GONE;
	const isAhead = !isGone && retryAt !== undefined && retryAt.getTime() > Date.now();
	const search = gone ?? 'It was deleted or moved. Search for it with the Mailbox Reader node.';
	return failureWarning({ ...failure, ...(isAhead ? { retryAt } : {}) }, isGone ? search : how);
}

function marked(json: Json, warning: EmailWarning): Json {
	const before = (Array.isArray(json.warnings) ? json.warnings : []) as (Partial<EmailWarning> | null)[];
	const warnings = [...before.filter((known) => known?.code !== warning.code), warning];
	return { ...json, warnings, complete: false };
}

/** What stands for nothing: no value, blank text, no number. */
export const isNothing = (value: unknown): boolean =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '') || Number.isNaN(value);
