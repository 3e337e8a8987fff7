import type { ServerResponse } from 'node:http';
import { LabRefusal } from './odata';

/** How a request goes wrong. */
export interface GraphFault {
	kind: 'throttled' | 'unavailable' | 'timeout' | 'reset' | 'reset-in-body' | 'html' | 'unauthorized' | 'bandwidth';
	/** Part of the path, e.g. `/delta` or `/$value`. Default: any. */
	path?: string;
	/** Default 1. */
	times?: number;
	/** Seconds; without it there is no Retry-After. */
	retryAfter?: number;
}

/** Answered in place of Graph, with HTTP 200. */
export class HtmlPage extends Error {}

/** Throws the answer that the fault stands for. */
export function refuseAs(fault: GraphFault, response: ServerResponse): void {
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
		case 'reset':
		case 'reset-in-body':
			response.destroy();
	}
}
