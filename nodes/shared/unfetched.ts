import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { failureOf, failureWarning, type EmailWarning } from '../../lib/email';
import type { EmailIntelError } from '../../lib/errors';
import { binaryNames } from './emailItem';

/**
 * The input item as it came in, with a warning and `complete: false`, when it is the record of a message that a mailbox
 * trigger could not fetch: one bad message stops no other. Undefined for every other item.
 *
 * @param needed What the operation takes from elsewhere than the message. Given and not empty, the record is worked on
 * like any other item: a pattern that is typed in is hunted for whatever comes in.
 */
export function passedOn(
	context: IExecuteFunctions,
	itemIndex: number,
	...needed: unknown[]
): INodeExecutionData | undefined {
	const item = context.getInputData()[itemIndex]!;
	const failure = failureOf(item.json, binaryNames(item.binary));
	if (failure === undefined || (needed.length > 0 && !needed.some(isEmpty))) return undefined;
	return marked(item, failureWarning(failure));
}

/** The same where the message was asked for once more: what the mailbox said now counts. */
export function passedOnAgain(
	context: IExecuteFunctions,
	itemIndex: number,
	{ code, message }: EmailIntelError,
): INodeExecutionData | undefined {
	const item = context.getInputData()[itemIndex]!;
	const failure = failureOf(item.json, binaryNames(item.binary));
	return failure && marked(item, failureWarning({ ...failure, code, message }, 'Try it again later.'));
}

/** True for an item that {@link passedOn} made. */
export function isPassedOn({ json, binary }: INodeExecutionData): boolean {
	return json.complete === false && failureOf(json, binaryNames(binary)) !== undefined;
}

function marked({ json, binary }: INodeExecutionData, warning: EmailWarning): INodeExecutionData {
	const before = (Array.isArray(json.warnings) ? json.warnings : []) as (Partial<EmailWarning> | null)[];
	// The node before said so already.
	const warnings = [...before.filter((known) => known?.code !== warning.code), warning];
	return { json: { ...json, warnings, complete: false }, ...(binary ? { binary } : {}) };
}

const isEmpty = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '') || Number.isNaN(value);
