import type { HttpResponse } from '../http';
import { isRecord } from '../json';
import type { Secrets } from '../secrets';
import { EsaError } from './errors';

/** An answer of HTTP 200 that is not the API's. */
export function unreadable(call: string, why: string, cause?: unknown): EsaError {
	return new EsaError('ESA_ANSWER_UNREADABLE', `The answer to ${call} cannot be read: ${why}`, {
		status: 200,
		hint: "Check that 'URL' in the credential is the address of the AsyncOS API (port 6443 or 4431) and that no proxy answers instead.",
		...(cause === undefined ? {} : { cause }),
	});
}

/** What a status means here. AsyncOS answers wrong parameters with 404. */
export function refused(response: HttpResponse, call: string, secrets: Secrets): EsaError {
	const { status } = response;
	const said = saidBy(response, secrets);
	const words = said === '' ? '' : `: ${said}`;
	const make = (code: EsaError['code'], message: string, hint: string) => new EsaError(code, message, { status, hint });
	if (call === 'login') {
		if (status === 401 || status === 403) {
			return make(
				'ESA_LOGIN_REFUSED',
				`The appliance refused the login${words}`,
				'Check the user and the passphrase. The account must be allowed to use the AsyncOS API.',
			);
		}
		if (status === 404)
			return make('ESA_NO_API', `There is no AsyncOS API 2.0 at this address (HTTP 404${words})`, NO_API);
	}
	if (status === 401)
		return make(
			'ESA_UNAUTHORIZED',
			`The appliance does not accept its own token for ${call}${words}`,
			'This happens if several clients share the account, or if the clock of the appliance is wrong.',
		);
	if (status === 403)
		return make(
			'ESA_FORBIDDEN',
			`The account is not allowed to call ${call}${words}`,
			'Give the role of the account access to message tracking, and to the details or the quarantine that you request.',
		);
	if (status === 404 && /^not found\.?$/i.test(said))
		return make('ESA_NO_API', `The appliance has no ${call} (HTTP 404)`, NO_API);
	if (status === 400 || status === 404 || status === 406)
		return make(
			'ESA_QUERY_REFUSED',
			`The appliance refused the query to ${call} (HTTP ${status}${words})`,
			'Its AsyncOS version may not support a parameter. Remove the field that the message names from the pattern.',
		);
	if (status === 413 || status === 414)
		return make(
			'ESA_QUERY_REFUSED',
			`The query to ${call} is too long for the appliance (HTTP ${status})`,
			'Use shorter values.',
		);
	if (status >= 500)
		return make(
			'ESA_UNAVAILABLE',
			`The appliance could not answer ${call} (HTTP ${status}${words})`,
			'It may be overloaded. Try again later, or use a shorter time window.',
		);
	return make(
		'ESA_STATUS',
		`The appliance answered ${call} with HTTP ${status}${words}`,
		"Check 'URL' and 'Product' in the credential.",
	);
}

const NO_API =
	'Check the host, the port (6443, 4431 or 443) and the product (ESA or SMA), and that the AsyncOS API is enabled. API version 2.0 requires AsyncOS 12 or 13.';

/** The appliance's own words, without what a page of HTML or a stranger would put there. */
function saidBy(response: HttpResponse, secrets: Secrets): string {
	try {
		const answer = JSON.parse(response.body.subarray(0, 65_536).toString('utf8')) as unknown;
		const error = isRecord(answer) && isRecord(answer.error) ? answer.error.message : undefined;
		return typeof error === 'string'
			? secrets
					.mask(error)
					.replace(/[\u0000-\u001f\u007f]+/g, ' ')
					.slice(0, 200)
					.trim()
			: '';
	} catch {
		return '';
	}
}
