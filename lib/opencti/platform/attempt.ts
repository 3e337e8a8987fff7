import { EmailIntelError } from '../../errors';
import { HttpError } from '../../http';
import { OpenCtiError } from './errors';

/** What went wrong with one of several things, as a result tells it. */
export interface Failure {
	code: string;
	message: string;
	hint?: string;
}

/** What came of one of several things: a value, or what went wrong with it. */
export type Attempt<T> = { value: T } | FailedAttempt;

export interface FailedAttempt {
	failure: Failure;
	error: Error;
	/** Whether every other one would meet the same cause: the caller goes no further then. */
	isShared: boolean;
}

/** A refused token, a wrong address, a platform that is gone: nothing else works after one of them either. */
const SHARED_CAUSES: ReadonlySet<string> = new Set([
	'OPENCTI_TOKEN_REFUSED',
	'OPENCTI_URL_WRONG',
	'OPENCTI_UNAVAILABLE',
	'OPENCTI_DRAFT_CLOSED',
]);

/**
 * Tries one of several things: objects, links, files, pushes. What goes wrong concerns the one, or all of them (`isShared`).
 *
 * @param explain What is told of an error that is not one of this pack: a value of an odd form can make any code stumble.
 * Without it such an error is thrown.
 */
export async function attempt<T>(work: () => Promise<T>, explain?: (error: unknown) => Failure): Promise<Attempt<T>> {
	try {
		return { value: await work() };
	} catch (error) {
		if (error instanceof EmailIntelError) return { failure: failureOf(error), error, isShared: isShared(error) };
		if (explain === undefined) throw error;
		return { failure: explain(error), error: error as Error, isShared: false };
	}
}

/** An error as a result tells it. */
export function failureOf({ code, message, hint }: EmailIntelError): Failure {
	return { code, message, ...(hint === undefined ? {} : { hint }) };
}

function isShared(error: EmailIntelError): boolean {
	if (error instanceof OpenCtiError) return SHARED_CAUSES.has(error.code);
	// TLS, proxy, address: the way to the platform. An answer that is too large is one of one question.
	return error instanceof HttpError && error.code !== 'HTTP_ANSWER_TOO_LARGE';
}
