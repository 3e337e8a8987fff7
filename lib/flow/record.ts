import { failureOf, failureWarning, type EmailWarning, type FetchFailure } from '../email';
import { warningsOf } from './gaps';
import type { FlowItem, Json } from './item';

/** Codes of failures that no later try mends. */
const GONE: Readonly<Record<string, string>> = {
	MAILBOX_MESSAGE_MISSING: 'It was deleted or moved. Search for it in the mailbox.',
};

/** How to get the message of a record, in the words of the host. */
export interface RecordWords {
	/** Default: those of n8n. */
	how?: string | undefined;
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
	{ how }: RecordWords = {},
): Json | undefined {
	const failure = failureOf(json, files);
	if (failure === undefined || (needed.length > 0 && !needed.some(isNothing))) return undefined;
	const warning = warningOf(failure, how);
	const told = warningsOf(json).find(({ code }) => code === warning.code);
	return marked(json, told ?? warning);
}

/** The next try is told while it lies ahead: after that, it has been. */
function warningOf({ retryAt, ...failure }: FetchFailure, how: string | undefined): EmailWarning {
	const gone = Object.hasOwn(GONE, failure.code) ? GONE[failure.code] : undefined;
	const isAhead = gone === undefined && retryAt !== undefined && retryAt.getTime() > Date.now();
	return failureWarning({ ...failure, ...(isAhead ? { retryAt } : {}) }, gone ?? how);
}

function marked(json: Json, warning: EmailWarning): Json {
	const before = (Array.isArray(json.warnings) ? json.warnings : []) as (Partial<EmailWarning> | null)[];
	const warnings = [...before.filter((known) => known?.code !== warning.code), warning];
	return { ...json, warnings, complete: false };
}

/** What stands for nothing: no value, blank text, no number. */
export const isNothing = (value: unknown): boolean =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '') || Number.isNaN(value);
