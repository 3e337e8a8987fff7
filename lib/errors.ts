/** What an error class of this pack is made from. */
export interface ErrorDetails {
	/** What the user can do about it, one or two sentences. */
	hint?: string | undefined;
	/** The error that led to this one. */
	cause?: unknown;
	/** Whether the same may work a moment later, without anybody doing something. Default: what the code says. */
	transient?: boolean | undefined;
	/** Milliseconds that the peer asked to wait. */
	retryAfterMs?: number | undefined;
}

/**
 * Base of every error that `lib` throws.
 *
 * `code` is the contract: it is stable, the wording is not. `message` says what happened and where,
 * `hint` what to do. Neither ever holds a secret, a token or the text of a message.
 */
export abstract class EmailIntelError extends Error {
	readonly code: string;
	readonly hint?: string;
	/**
	 * True for what may be gone a moment later without anybody doing something: no connection, a time-out, throttling, a fault of the
	 * server. Each subject has one table of such codes.
	 */
	readonly transient: boolean;
	/** Milliseconds that the peer asked to wait before the next try. Absent when it named none. */
	readonly retryAfterMs?: number;

	/** `details.transient` is what the subject's table says of the code, unless the thrower knows better. */
	protected constructor(code: string, message: string, details: ErrorDetails = {}) {
		super(message, details.cause === undefined ? undefined : { cause: details.cause });
		this.name = new.target.name;
		this.code = code;
		if (details.hint !== undefined) this.hint = details.hint;
		this.transient = details.transient ?? false;
		if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
	}
}

/** True for errors of any realm: n8n, Jest and worker threads have an `Error` class of their own each. */
export function isError(value: unknown): value is Error {
	if (value instanceof Error) return true;
	const { message, name } = (value ?? {}) as { message?: unknown; name?: unknown };
	return typeof message === 'string' && typeof name === 'string';
}

/** Message of anything that was thrown, without its stack. */
export function messageOf(error: unknown): string {
	return isError(error) ? error.message : String(error);
}

/** The `code` of a Node or library error (`ECONNREFUSED`, `ERR_TLS_CERT_ALTNAME_INVALID`…), searched along the cause chain. */
export function systemCodeOf(error: unknown): string | undefined {
	for (let current: unknown = error, depth = 0; isError(current) && depth < 8; current = current.cause, depth++) {
		const { code, errors } = current as { code?: unknown; errors?: unknown };
		if (typeof code === 'string' && code !== '') return code;
		// AggregateError: one inner error for each address that was tried.
		const inner = Array.isArray(errors) ? systemCodeOf(errors[0]) : undefined;
		if (inner !== undefined) return inner;
	}
	return undefined;
}
