import { EmailIntelError, isError, systemCodeOf, type ErrorDetails } from '../errors';
import { isTlsCode, tlsHint } from '../tls';

/** Codes of {@link HttpError}: stable, the wording is not. */
export type HttpErrorCode =
	/** DNS, refused, reset, no route: there was no answer. */
	| 'HTTP_UNREACHABLE'
	| 'HTTP_TIMEOUT'
	/** The certificate was not accepted, or the peer does not speak TLS. */
	| 'HTTP_TLS'
	/** The proxy refused or could not be used. */
	| 'HTTP_PROXY'
	/** An answer whose status says no. */
	| 'HTTP_STATUS'
	| 'HTTP_ANSWER_TOO_LARGE'
	/** JSON was due and something else came: usually a proxy's or login page. */
	| 'HTTP_NOT_JSON'
	/** A URL, CA or proxy that cannot be used. */
	| 'HTTP_CONFIGURATION'
	/** The host's egress rules forbid the address. */
	| 'HTTP_FORBIDDEN_ADDRESS'
	| 'HTTP_ABORTED';

/** What an {@link HttpError} is made from. */
export interface HttpErrorDetails extends ErrorDetails {
	/** HTTP status of the answer, where there was one. */
	status?: number | undefined;
}

const TRANSIENT: ReadonlySet<HttpErrorCode> = new Set<HttpErrorCode>([
	'HTTP_UNREACHABLE',
	'HTTP_TIMEOUT',
	'HTTP_PROXY',
]);
/** Time-out of the request, throttling, a fault of the server. */
const isTransientStatus = (status = 0): boolean => status === 408 || status === 429 || status >= 500;

/** An HTTP exchange that did not work out. The message names method, origin and path, never the query. */
export class HttpError extends EmailIntelError {
	declare readonly code: HttpErrorCode;
	readonly status?: number;

	constructor(code: HttpErrorCode, message: string, details: HttpErrorDetails = {}) {
		const { status } = details;
		const isTransient = TRANSIENT.has(code) || (code === 'HTTP_STATUS' && isTransientStatus(status));
		super(code, message, { ...details, transient: details.transient ?? isTransient });
		if (status !== undefined) this.status = status;
	}
}

const TIMEOUT_CODES = new Set([
	'UND_ERR_CONNECT_TIMEOUT',
	'UND_ERR_HEADERS_TIMEOUT',
	'UND_ERR_BODY_TIMEOUT',
	'ETIMEDOUT',
]);

const NOT_TLS_HINT = 'Check the port and whether the URL should start with http://.';

/** Turns what undici or Node threw into an {@link HttpError}. `where` is `POST https://host/path`. */
export function toHttpError(error: unknown, where: string): Error {
	if (error instanceof HttpError) return error;
	const code = systemCodeOf(error) ?? '';
	const name = isError(error) ? error.name : '';
	// A fault of our own is no fault of the network.
	if (code === '' && (name === 'TypeError' || name === 'RangeError' || name === 'ReferenceError'))
		return error as Error;
	if (name === 'TimeoutError' || TIMEOUT_CODES.has(code)) {
		return new HttpError('HTTP_TIMEOUT', `${where}: no answer within the time limit`, {
			cause: error,
			hint: 'Check that the host can be reached from n8n and is not overloaded.',
		});
	}
	if (isError(error) && /proxy/i.test(error.message)) {
		return new HttpError('HTTP_PROXY', `${where}: the proxy did not connect`, {
			cause: error,
			hint: 'Check the proxy URL with its user and password, and that the proxy allows this host.',
		});
	}
	if (name === 'AbortError' || code === 'UND_ERR_ABORTED') {
		return new HttpError('HTTP_ABORTED', `${where}: stopped before the answer was complete`, { cause: error });
	}
	if (isTlsCode(code)) {
		return new HttpError('HTTP_TLS', `${where}: the TLS connection failed (${code})`, {
			cause: error,
			hint: tlsHint(code, NOT_TLS_HINT),
		});
	}
	const detail = code === '' ? '' : ` (${code})`;
	return new HttpError('HTTP_UNREACHABLE', `${where}: no connection${detail}`, {
		cause: error,
		hint: 'Check the host name, the port, the firewall and the proxy.',
	});
}
