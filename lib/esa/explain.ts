import type { HttpResponse } from '../http';
import { isRecord } from '../json';
import { EsaError } from './errors';

/** An answer of HTTP 200 that is not the API's. */
export function unreadable(call: string, why: string, cause?: unknown): EsaError {
	return new EsaError('ESA_ANSWER_UNREADABLE', `The answer to ${call} cannot be read: ${why}`, {
		status: 200,
		hint: 'Check that the address is that of the AsyncOS API (port 6443 or 4431) and that no proxy answers in its place.',
		...(cause === undefined ? {} : { cause }),
	});
}

/** What a status means here. AsyncOS answers wrong parameters with 404. */
export function refused(response: HttpResponse, call: string): EsaError {
	const { status } = response;
	const said = saidBy(response);
	const words = said === '' ? '' : `: ${said}`;
	const make = (code: EsaError['code'], message: string, hint: string) => new EsaError(code, message, { status, hint });
	if (call === 'login') {
		if (status === 401 || status === 403) {
			return make(
				'ESA_LOGIN_REFUSED',
				`The appliance refused the login${words}`,
				'Check user and passphrase; the account has to be allowed to use the AsyncOS API.',
			);
		}
		if (status === 404)
			return make('ESA_NO_API', `There is no AsyncOS API 2.0 at this address (HTTP 404${words})`, NO_API);
	}
	if (status === 401)
		return make(
			'ESA_UNAUTHORIZED',
			`The appliance does not accept its own token for ${call}${words}`,
			'If several clients share the account, or the clock of the appliance is wrong, tokens are refused.',
		);
	if (status === 403)
		return make(
			'ESA_FORBIDDEN',
			`The account may not call ${call}${words}`,
			'Give its role the right to message tracking (and to the details or quarantine that are asked for).',
		);
	if (status === 404 && /^not found\.?$/i.test(said))
		return make('ESA_NO_API', `The appliance has no ${call} (HTTP 404)`, NO_API);
	if (status === 400 || status === 404 || status === 406)
		return make(
			'ESA_QUERY_REFUSED',
			`The appliance refused the query to ${call} (HTTP ${status}${words})`,
			'Its version may not know a parameter: take the column that the message names out of the pattern.',
		);
	if (status === 413 || status === 414)
		return make(
			'ESA_QUERY_REFUSED',
			`The query to ${call} is too long for the appliance (HTTP ${status})`,
			'Shorten the values.',
		);
	if (status >= 500)
		return make(
			'ESA_UNAVAILABLE',
			`The appliance could not answer ${call} (HTTP ${status}${words})`,
			'It may be overloaded: try later, or a shorter window.',
		);
	return make(
		'ESA_STATUS',
		`The appliance answered ${call} with HTTP ${status}${words}`,
		'Check the address and the product.',
	);
}

const NO_API =
	'Check host, port (6443, 4431 or 443), the product (ESA or SMA) and that the AsyncOS API is switched on. Version 2.0 came with AsyncOS 12 and 13.';

/** The appliance's own words, without what a page of HTML or a stranger would put there. */
function saidBy(response: HttpResponse): string {
	try {
		const answer = JSON.parse(response.body.subarray(0, 65_536).toString('utf8')) as unknown;
		const error = isRecord(answer) && isRecord(answer.error) ? answer.error.message : undefined;
		return typeof error === 'string'
			? error
					.replace(/[\u0000-\u001f\u007f]+/g, ' ')
					.slice(0, 200)
					.trim()
			: '';
	} catch {
		return '';
	}
}
