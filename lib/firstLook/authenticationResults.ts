import { FIRST_LOOK_LIMITS } from '../limits';

/** One method's result in an Authentication-Results field. */
export interface AuthenticationResult {
	/** `spf`, `dkim`, `dmarc`, `arc`, `compauth`… in lower case, without its version. */
	method: string;
	/** `pass`, `fail`, `softfail`, `none`… in lower case. */
	result: string;
	reason?: string;
	/** First comment behind the result, where servers tell more: `sender IP is 192.0.2.1`. */
	comment?: string;
	/** `smtp.mailfrom`, `header.d`… in lower case, with their values. Exchange writes some without a type (`action`, `reason`). */
	properties: Record<string, string>;
}

/** An Authentication-Results field (RFC 8601 section 2.2), or the part of an ARC-Authentication-Results that is one. */
export interface AuthenticationResults {
	/** authserv-id, in lower case. Exchange Online writes none. */
	server?: string;
	results: AuthenticationResult[];
}

/** A piece of a field: what stands between semicolons, and what stood there in parentheses. */
interface Clause {
	text: string;
	comments: string[];
}

const METHOD = /^([a-z][\w-]{0,40})(?:\/\d{1,3})?\s{0,8}=\s{0,8}([a-z]{1,20})\b/i;
const PROPERTY = /([a-z][\w-]{0,40}(?:\.[\w-]{1,60})?)\s{0,4}=\s{0,4}(?:"([^"]{0,1000})"|([^\s"]{1,1000}))/gi;

/**
 * Reads the body of an Authentication-Results field: RFC 8601's grammar, and what Exchange Online (no authserv-id) and others make of
 * it. What cannot be read is left out. Linear; of a field only its beginning is read, see `FIRST_LOOK_LIMITS`.
 */
export function readAuthenticationResults(body: string): AuthenticationResults {
	const clauses = clausesOf(body.slice(0, FIRST_LOOK_LIMITS.maxFieldCharacters));
	const found: AuthenticationResults = { results: [] };
	for (const [index, { text, comments }] of clauses.entries()) {
		const method = METHOD.exec(text);
		if (method === null) {
			const server = index === 0 ? /^[^\s;=]{1,253}/.exec(text)?.[0]?.toLowerCase() : undefined;
			if (server !== undefined) found.server = server;
			continue;
		}
		if (found.results.length >= FIRST_LOOK_LIMITS.maxResults) break;
		found.results.push(resultOf(method, text.slice(method[0].length), comments));
	}
	return found;
}

function resultOf(
	[, method, result]: RegExpExecArray,
	rest: string,
	comments: readonly string[],
): AuthenticationResult {
	const properties: Record<string, string> = {};
	let reason: string | undefined;
	for (const [, name, quoted, plain] of rest.matchAll(PROPERTY)) {
		const key = name!.toLowerCase();
		const value = quoted ?? plain!;
		// RFC 8601 has one reason, before all properties; Exchange has a code at the end.
		if (key === 'reason') reason ??= value;
		else if (!Object.hasOwn(properties, key)) properties[key] = value;
	}
	const comment = comments.find((text) => text.trim() !== '')?.trim();
	return {
		method: method!.toLowerCase(),
		result: result!.toLowerCase(),
		...(reason === undefined ? {} : { reason }),
		...(comment === undefined ? {} : { comment }),
		properties,
	};
}

/** Splits at semicolons outside of quotes and comments, and takes the comments out. */
function clausesOf(body: string): Clause[] {
	const clauses: Clause[] = [];
	let text = '';
	let comment = '';
	let comments: string[] = [];
	let depth = 0;
	let isQuoted = false;
	const close = (): void => {
		clauses.push({ text: text.trim(), comments });
		text = '';
		comments = [];
	};
	for (let i = 0; i < body.length; i++) {
		const character = body[i]!;
		if (character === '\\' && (isQuoted || depth > 0)) {
			const escaped = body[++i] ?? '';
			if (depth > 0) comment += escaped;
			else text += escaped;
		} else if (depth > 0) {
			if (character === '(') depth++;
			else if (character === ')') depth--;
			if (depth > 0) comment += character;
			else {
				comments.push(comment);
				comment = '';
				text += ' ';
			}
		} else if (character === '"') {
			isQuoted = !isQuoted;
			text += character;
		} else if (isQuoted) text += character;
		else if (character === '(') depth = 1;
		else if (character === ';') close();
		else text += character;
	}
	close();
	return clauses;
}
