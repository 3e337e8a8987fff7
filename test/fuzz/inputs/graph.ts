import type { Random } from '../random';
import type { Trouble } from './imap';
import { soup, spoilText } from './text';
import { anyValue, oddValue, spoilValue } from './values';

/** What becomes of an answer of Graph. */

/** As it is sent. `cut`: the connection ends within the body. */
export interface GraphAnswer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
	cut?: boolean;
}

/** Another host: nobody may follow a link to it. */
export const ELSEWHERE = 'https://evil.example/v1.0/';

const CODES = [
	'ErrorItemNotFound', 'ErrorInvalidIdMalformed', 'SyncStateNotFound', 'resyncRequired', 'ErrorMimeContentConversionFailed', 'ErrorQuotaExceeded', 'ErrorAccessDenied',
	'MailboxNotEnabledForRESTAPI', 'ErrorInvalidUser', 'ApplicationThrottled', 'InvalidAuthenticationToken', 'BadRequest', 'generalException', '', '__proto__', 'constructor',
]; // prettier-ignore

/** `authorization`: what the request brought, which some servers and what stands before them quote. */
export function spoiltGraphAnswer(
	trouble: Trouble,
	answer: GraphAnswer,
	authorization: string,
	random: Random,
): GraphAnswer {
	return trouble === 'fault' ? fault(answer, authorization, random) : lie(answer, authorization, random);
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? 'null');

function fault(answer: GraphAnswer, authorization: string, random: Random): GraphAnswer {
	const says = random.chance(0.4) ? `not now: ${authorization}` : 'not now';
	const refused = (status: number, code: string, headers: Record<string, string> = {}): GraphAnswer => ({
		status,
		headers: { 'content-type': 'application/json', ...headers },
		body: json({ error: { code, message: says } }),
	});
	return random.choose<GraphAnswer>(
		[3, () => ({ ...answer, body: answer.body.subarray(0, random.below(answer.body.length)), cut: true })],
		[3, () => refused(random.pick([429, 503, 504]), 'ApplicationThrottled', random.chance(0.5) ? { 'retry-after': random.pick(['0', '1', '20', 'x', '-1', '99999999999']) } : {})],
		[2, () => refused(random.pick([500, 502, 509]), random.pick(['generalException', 'ErrorInternalServerTransientError']))],
		[1, () => refused(random.pick([401, 403]), random.pick(['InvalidAuthenticationToken', 'ErrorAccessDenied']))],
		[1, () => ({ status: random.pick([502, 503]), headers: { 'content-type': 'text/html' }, body: Buffer.from(`<html>${says}`) })],
		[1, () => refused(410, 'syncStateNotFound')],
	); // prettier-ignore
}

function lie(answer: GraphAnswer, authorization: string, random: Random): GraphAnswer {
	const isJson = (answer.headers['content-type'] ?? '').includes('json');
	let value: unknown;
	try {
		value = isJson ? JSON.parse(answer.body.toString()) : undefined;
	} catch {
		value = undefined;
	}
	const withLink = (link: string): Buffer =>
		json({ ...(value as object), [random.pick(['@odata.nextLink', '@odata.deltaLink'])]: link });
	return random.choose<GraphAnswer>(
		[10, () => ({ ...answer, body: isJson ? json(oddValue(JSON.stringify(spoilValue(value ?? null, random, 'json') ?? null))) : Buffer.from(spoilText(answer.body.toString('latin1'), random, ['\r\n', 'From: ', '\0']), 'latin1') })],
		[2, () => ({ ...answer, body: answer.body.subarray(0, random.below(answer.body.length + 1)) })],
		[2, () => ({ ...answer, body: Buffer.from(random.pick(['', 'null', '[]', '{}', '"x"', '7', '{"value":null}', '{"value":[null]}', '{"error":null}', '{"value":[{}]}', '<html>'])) })],
		[2, () => ({ ...answer, body: withLink(random.pick([ELSEWHERE, '//evil.example/', 'http:evil', '', 'x', '../../x', soup(random, 3)])) })],
		[1, () => ({ ...answer, body: json({ value: anyValue(random, 'json') }) })],
		[2, () => ({ ...answer, status: random.pick([200, 201, 202, 204, 206, 301, 302, 304, 400, 404, 405, 409, 412, 416, 451]), headers: { ...answer.headers, location: ELSEWHERE } })],
		[2, () => ({ ...answer, status: random.pick([400, 403, 404, 410, 429, 500]), body: json({ error: { code: random.pick(CODES), message: random.pick(['', authorization, soup(random, 4)]), innerError: random.pick([null, [], { code: random.pick(CODES) }]) } }) })],
		[1, () => ({ ...answer, headers: { ...answer.headers, 'content-type': random.pick(['text/html', 'application/octet-stream', '', 'multipart/mixed; boundary=x']) } })],
		[1, () => ({ ...answer, headers: { ...answer.headers, 'content-encoding': random.pick(['gzip', 'br', 'deflate', 'zstd', 'x, y']) } })],
	); // prettier-ignore
}
