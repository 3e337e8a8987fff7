import type { ServerResponse } from 'node:http';
import { LabRefusal } from './odata';

/** How a request goes wrong. */
export interface GraphFault {
	kind:
		| 'throttled'
		| 'unavailable'
		| 'timeout'
		| 'reset'
		| 'reset-in-body'
		| 'html'
		| 'unauthorized'
		| 'bandwidth'
		/** No answer, ever. */
		| 'hang'
		/** With `status` and `code`. */
		| 'refused'
		| AnswerFault;
	/** Part of the path, e.g. `/delta` or `/$value`. Default: any. */
	path?: string;
	/** What the path does not contain: `/$value` for a message's fields alone. */
	not?: string;
	/** What the request is about: `delta`, `list`, `message`, `value`, `attachments`, `folder`. */
	about?: string;
	status?: number;
	code?: string;
	/** Default 1. */
	times?: number;
	/** Seconds; without it there is no Retry-After. */
	retryAfter?: number;
}

/** What Graph answers with HTTP 200, but not as it should: no bytes, a page called text, a list without rows, rows without an id, an object without fields, no links, links that lead back, no list, no object. */
export type AnswerFault =
	| 'empty'
	| 'page'
	| 'rowless'
	| 'nameless'
	| 'fieldless'
	| 'fieldless rows'
	| 'no-links'
	| 'circle'
	| 'no-list'
	| 'null';

const ANSWERS: ReadonlySet<string> = new Set<AnswerFault>([
	'empty',
	'page',
	'rowless',
	'nameless',
	'fieldless',
	'fieldless rows',
	'no-links',
	'circle',
	'no-list',
	'null',
]);

export const answerFault = (fault: GraphFault | undefined): AnswerFault | undefined =>
	fault !== undefined && ANSWERS.has(fault.kind) ? (fault.kind as AnswerFault) : undefined;

/** A JSON answer as the fault makes it. */
export function spoilt(kind: AnswerFault | undefined, body: unknown, address: string): unknown {
	const page = body as { value?: { id?: string }[]; '@odata.nextLink'?: string; '@odata.deltaLink'?: string };
	const { '@odata.nextLink': next, '@odata.deltaLink': _delta, value, ...rest } = page;
	switch (kind) {
		case 'null':
			return null;
		case 'no-list':
			return rest;
		case 'rowless':
			return { ...rest, value: [] };
		case 'fieldless':
			return { id: (body as { id?: string }).id };
		case 'fieldless rows':
			return { ...page, value: value?.map(({ id }) => ({ id })) };
		case 'no-links':
			return { ...rest, value };
		case 'circle':
			return { ...page, ...(next === undefined ? {} : { '@odata.nextLink': address }) };
		case 'nameless':
			return {
				...page,
				value: value?.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'id'))),
			};
		case 'empty':
		case 'page':
		case undefined:
			return body;
	}
}

/** Answered in place of Graph, with HTTP 200. */
export class HtmlPage extends Error {}

/** A fault that is no answer. */
export type Refusal = GraphFault & { kind: Exclude<GraphFault['kind'], AnswerFault> };

export const isRefusal = (fault: GraphFault): fault is Refusal => answerFault(fault) === undefined;

/** Throws the answer that the fault stands for. */
export function refuseAs(fault: Refusal, response: ServerResponse): void {
	const headers: Record<string, string> =
		fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
	switch (fault.kind) {
		case 'throttled':
			throw new LabRefusal(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', headers);
		case 'unavailable':
			throw new LabRefusal(503, 'serviceNotAvailable', 'The service is not available.', headers);
		case 'timeout':
			throw new LabRefusal(504, 'UnknownError', '', headers);
		case 'bandwidth':
			throw new LabRefusal(509, 'BandwidthLimitExceeded', 'The bandwidth is used up.', headers);
		case 'unauthorized':
			throw new LabRefusal(
				401,
				'InvalidAuthenticationToken',
				'Lifetime validation failed, the token is expired.',
				headers,
			);
		case 'html':
			throw new HtmlPage();
		case 'refused':
			throw new LabRefusal(fault.status ?? 500, fault.code ?? 'UnknownError', 'As the fault says.', headers);
		case 'hang':
		case 'reset':
		case 'reset-in-body':
			response.destroy();
	}
}
