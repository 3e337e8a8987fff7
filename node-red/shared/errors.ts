import { EmailIntelError, messageOf, type ErrorDetails } from '../../lib/errors';

/** What a flow, a node's settings or Node-RED's own can be wrong with. */
export type NodeRedErrorCode =
	/** An account node is not chosen, was deleted or is disabled. */
	| 'NODE_RED_ACCOUNT_MISSING'
	/** A message without what the node needs, or with something else in its place. */
	| 'NODE_RED_INPUT'
	/** There is no store that keeps the position over a restart, or not the one that was chosen. */
	| 'NODE_RED_STORE'
	/** The position could not be read or written. */
	| 'NODE_RED_STORE_FAILED'
	/** An acknowledgement for a node that is gone. */
	| 'NODE_RED_MAILBOX_IN_MISSING'
	/** A message was sent as often as allowed, and never acknowledged. */
	| 'NODE_RED_NOT_ACKNOWLEDGED';

/** What is wrong on Node-RED's side. */
export class NodeRedError extends EmailIntelError {
	declare readonly code: NodeRedErrorCode;

	constructor(code: NodeRedErrorCode, message: string, details: ErrorDetails = {}) {
		super(code, message, { ...details, transient: code === 'NODE_RED_STORE_FAILED' });
	}
}

/**
 * Any error as Catch nodes and the log get it: what happened, what to do, and the stable code, which is also in `error.code` of the
 * message that a Catch node sends. Without a stack: Node-RED would log it.
 */
export function shownError(error: unknown): Error & { code: string } {
	const code = codeOf(error);
	const message = messageOf(error);
	const hint = error instanceof EmailIntelError && error.hint !== undefined ? ` ${error.hint}` : '';
	const shown = new Error(`${message}${/[.!?]$/.test(message) ? '' : '.'}${hint} (${code})`) as Error & {
		code: string;
	};
	shown.code = code;
	delete shown.stack;
	return shown;
}

/** The stable code; what no part of this pack knows is a fault of ours. */
export const codeOf = (error: unknown): string => (error instanceof EmailIntelError ? error.code : 'UNEXPECTED');
