export type FaultKind =
	/** HTTP 429 with the rate limiter's JSON. */
	| 'rate-limit'
	/** HTTP 502 with a proxy's page. */
	| 'bad-gateway'
	| 'unavailable'
	/** HTTP 413 with a proxy's page. */
	| 'payload-too-large'
	/** HTTP 200 with the front page, as a wrong path gives it. */
	| 'page'
	| 'unauthorized'
	| 'proxy-forbidden'
	| 'redirect'
	/** The connection ends before anything happened. */
	| 'reset'
	/** The work is done, then the connection ends before the answer. */
	| 'reset-after'
	/** No answer, ever. */
	| 'hang'
	/** HTTP 200, JSON cut in the middle. */
	| 'cut-json'
	| 'null-data'
	/** GraphQL errors. */
	| 'LOCK_ERROR'
	| 'DATABASE_ERROR'
	| 'FILESYSTEM_ERROR'
	| 'FORBIDDEN_ACCESS'
	| 'FUNCTIONAL_ERROR'
	| 'UNSUPPORTED_ERROR'
	| 'VALIDATION_ERROR'
	| 'UNKNOWN_ERROR';

export interface Fault {
	kind: FaultKind;
	/** How many requests meet it. Default 1. */
	times?: number;
	/** Only requests of this operation name. */
	operation?: string;
	/** Requests that pass before. Default 0. */
	skip?: number;
	headers?: Record<string, string>;
}

const PAGES: Partial<Record<FaultKind, [status: number, type: string, body: string]>> = {
	'rate-limit': [429, 'application/json', '{"message":"Too many requests, please try again later."}'],
	'bad-gateway': [502, 'text/html', '<html><body><h1>502 Bad Gateway</h1></body></html>'],
	unavailable: [503, 'text/plain', 'upstream connect error'],
	'payload-too-large': [413, 'text/html', '<html><body><h1>413 Request Entity Too Large</h1></body></html>'],
	page: [200, 'text/html', '<!doctype html><html><head><title>OpenCTI</title></head><body></body></html>'],
	unauthorized: [401, 'text/html', '<html><body>Login</body></html>'],
	'proxy-forbidden': [403, 'text/html', '<html><body>Blocked</body></html>'],
	redirect: [302, 'text/html', ''],
	'cut-json': [200, 'application/json', '{"data":{"reportAdd":{"id":"'],
	'null-data': [200, 'application/json', '{"data":null}'],
};

/** Faults that wait for their request. */
export class Faults {
	readonly #waiting: Required<Fault>[] = [];

	add(fault: Fault): void {
		this.#waiting.push({ times: 1, operation: '', skip: 0, headers: {}, ...fault });
	}

	clear(): void {
		this.#waiting.length = 0;
	}

	take(operation: string): Required<Fault> | undefined {
		for (const fault of this.#waiting) {
			if (fault.operation !== '' && fault.operation !== operation) continue;
			if (fault.skip > 0) {
				fault.skip--;
				continue;
			}
			if (--fault.times === 0) this.#waiting.splice(this.#waiting.indexOf(fault), 1);
			return fault;
		}
		return undefined;
	}
}

/** An error that the platform answers, within GraphQL. */
export const isOfPlatform = (kind: FaultKind): boolean => /^[A-Z_]+$/.test(kind);

export function pageOf(kind: FaultKind): [status: number, type: string, body: string] | undefined {
	return PAGES[kind];
}
