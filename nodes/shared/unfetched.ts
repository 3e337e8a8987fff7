import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { failureOf, failureWarning, type EmailWarning, type FetchFailure } from '../../lib/email';
import type { EmailIntelError } from '../../lib/errors';
import { warningsOf } from './bundleGaps';
import { binaryNames } from './emailItem';
import { isNothing } from './jsonParameter';

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
	const failure = recordedIn(item);
	if (failure === undefined || (needed.length > 0 && !needed.some(isNothing))) return undefined;
	const warning = warningOf(failure);
	// The node before said so already. The Mailbox Reader knows more than a record tells: it has asked once more.
	const told = warningsOf(item.json).find(({ code }) => code === warning.code);
	return marked(item, told ?? warning);
}

/** The same where the message was asked for once more: what the mailbox said now counts, for the nodes behind as well. */
export function passedOnAgain(
	context: IExecuteFunctions,
	itemIndex: number,
	{ code, message }: EmailIntelError,
): INodeExecutionData | undefined {
	const item = context.getInputData()[itemIndex]!;
	if (recordedIn(item) === undefined) return undefined;
	const failure = { code, message };
	return marked({ ...item, json: { ...item.json, failure } }, warningOf(failure, 'Try it again later.'));
}

/** True for an item that {@link passedOn} made. */
export function isPassedOn(item: INodeExecutionData): boolean {
	return item.json.complete === false && recordedIn(item) !== undefined;
}

const recordedIn = ({ json, binary }: INodeExecutionData) => failureOf(json, binaryNames(binary));

/** Codes of failures that no later try mends. */
const GONE: Readonly<Record<string, string>> = {
	MAILBOX_MESSAGE_MISSING: 'It was deleted or moved. Search for it with the Mailbox Reader node.',
};

/** The trigger's next try is told while it lies ahead: after that, it has been. */
function warningOf({ retryAt, ...failure }: FetchFailure, how?: string): EmailWarning {
	const gone = Object.hasOwn(GONE, failure.code) ? GONE[failure.code] : undefined;
	const isAhead = gone === undefined && retryAt !== undefined && retryAt.getTime() > Date.now();
	return failureWarning({ ...failure, ...(isAhead ? { retryAt } : {}) }, gone ?? how);
}

function marked({ json, binary }: INodeExecutionData, warning: EmailWarning): INodeExecutionData {
	const before = (Array.isArray(json.warnings) ? json.warnings : []) as (Partial<EmailWarning> | null)[];
	const warnings = [...before.filter((known) => known?.code !== warning.code), warning];
	return { json: { ...json, warnings, complete: false }, ...(binary ? { binary } : {}) };
}
