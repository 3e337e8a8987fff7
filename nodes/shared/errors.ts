import { NodeApiError, NodeOperationError, type Failure, type INode } from 'n8n-workflow';
import { EmailIntelError, messageOf, systemCodeOf } from '../../lib/errors';
import { SettingError } from '../../lib/settings';

/** Why a trigger's poll failed, in n8n's words; n8n waits 30 minutes after the first two, and as asked after the timed ones. */
type Cause = Failure['cause'];

// Stable codes of lib's errors. What is not listed is decided by `transient`.
const CAUSES: Record<string, Cause> = {
	MAILBOX_LOGIN_REFUSED: 'credential-invalid',
	MAILBOX_CONFIGURATION: 'configuration-invalid',
	MAILBOX_FOLDER_MISSING: 'configuration-invalid',
	MAILBOX_TLS: 'configuration-invalid',
	MAILBOX_NOT_ALLOWED: 'configuration-invalid',
	MAILBOX_THROTTLED: 'rate-limited',
	MAILBOX_LIMIT: 'rate-limited',
	OPENCTI_TOKEN_REFUSED: 'credential-invalid',
	ESA_LOGIN_REFUSED: 'credential-invalid',
	ESA_TWO_FACTOR: 'credential-invalid',
	ESA_CONFIGURATION: 'configuration-invalid',
	ESA_NO_API: 'configuration-invalid',
	M365_LOGIN_REFUSED: 'credential-invalid',
	M365_CONFIGURATION: 'configuration-invalid',
	M365_NOT_ALLOWED: 'configuration-invalid',
	M365_TABLE_MISSING: 'configuration-invalid',
	M365_CLOUD: 'configuration-invalid',
	M365_TLS: 'configuration-invalid',
	M365_THROTTLED: 'rate-limited',
	M365_LIMIT: 'rate-limited',
	HTTP_CONFIGURATION: 'configuration-invalid',
	SETTING_INVALID: 'configuration-invalid',
};
const TIMED = new Set<Cause>(['rate-limited', 'quota-exhausted', 'temporarily-unavailable']);

/** True for what a later try may find gone: no connection, time-outs, throttling, server faults. */
export function isTransient(error: unknown): boolean {
	return error instanceof EmailIntelError && error.transient;
}

/** True for an option that cannot be used, whichever subject says so. */
export function isSetting(error: unknown): boolean {
	for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
		if (at instanceof SettingError) return true;
	}
	return false;
}

function failureOf(error: EmailIntelError): Failure | undefined {
	const cause = CAUSES[error.code] ?? (error.transient ? 'temporarily-unavailable' : undefined);
	if (cause === undefined) return undefined;
	const { retryAfterMs } = error;
	return TIMED.has(cause) && retryAfterMs !== undefined ? { cause, retryAfterMs } : { cause };
}

/**
 * The n8n error of anything that a node meets. The message says what happened, the description what to do and the
 * stable code to search the docs for.
 */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined) error.context.itemIndex ??= itemIndex;
		return error;
	}
	if (!(error instanceof EmailIntelError)) {
		return new NodeOperationError(
			node,
			error instanceof Error ? error : messageOf(error),
			itemIndex === undefined ? {} : { itemIndex },
		);
	}
	const systemCode = systemCodeOf(error.cause);
	const codes = [error.code, ...(systemCode === undefined || systemCode === error.code ? [] : [systemCode])].join(', ');
	const description = `${error.hint === undefined ? '' : `${error.hint} `}(${codes})`;
	const failure = failureOf(error);
	const options = {
		message: error.message,
		description,
		...(itemIndex === undefined ? {} : { itemIndex }),
		...(failure ? { failure } : {}),
	};
	const nodeError = isRemote(error)
		? new NodeApiError(node, { message: error.message }, options)
		: new NodeOperationError(node, error.message, options);
	// n8n replaces messages that contain an errno name by sentences of its own, which know nothing of the mailbox.
	nodeError.message = error.message;
	return nodeError;
}

/** True for what a server said, or did not say. */
export const isRemote = (error: EmailIntelError) => /^(?:MAILBOX|HTTP|OPENCTI|ESA|M365)_/.test(error.code);
