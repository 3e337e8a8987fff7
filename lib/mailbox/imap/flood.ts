import type { ImapFlow, ImapFlowOptions } from 'imapflow';
import { IMAP_LIMITS } from '../../limits';

/** What imapflow itself bounds of one response. */
export function responseBounds(
	maxLiteralBytes: number,
): Pick<ImapFlowOptions, 'maxLiteralSize' | 'maxLineLength' | 'maxResponseSize' | 'maxResponseTokens'> {
	const { maxLineBytes, maxTokens } = IMAP_LIMITS;
	return {
		maxLiteralSize: maxLiteralBytes,
		maxLineLength: maxLineBytes,
		maxResponseSize: maxLiteralBytes + maxLineBytes,
		maxResponseTokens: maxTokens,
	};
}

/** What is used of imapflow's stream of responses. */
interface Responses {
	literals: Buffer[];
	checkLiteralMarker(line: Buffer): boolean;
	push(response: { payload: Buffer; literals: Buffer[] } | null): boolean;
	failStream(error: Error): false;
}

/**
 * Ends the connection when a server answers one command with more than any needs. imapflow bounds a response; here its literals are
 * counted (of a million empty ones each costs a buffer), and the responses and bytes up to the next tagged one: rows and lists are
 * kept, and a server that does not stop would fill the memory until the time is over.
 */
export function endFloods(client: ImapFlow, maxLiteralBytes: number): void {
	const { streamer, requestTagMap: asked } = client as unknown as {
		streamer: Responses;
		requestTagMap: Map<string, unknown>;
	};
	const { maxLiterals, maxResponses, maxCommandBytes } = IMAP_LIMITS;
	const isMarker = streamer.checkLiteralMarker.bind(streamer);
	streamer.checkLiteralMarker = (line) => {
		if (!isMarker(line)) return false;
		return streamer.literals.length < maxLiterals || streamer.failStream(flood(`${maxLiterals} literals`));
	};
	const push = streamer.push.bind(streamer);
	let responses = 0;
	let bytes = 0;
	streamer.push = (response) => {
		if (response === null) return push(response);
		const { payload, literals } = response;
		responses++;
		bytes += payload.length + literals.reduce((sum, { length }) => sum + length, 0);
		// Only the end of a command that was given: a line with any other tag is one line more.
		if (asked.has(payload.toString('latin1', 0, payload.indexOf(' ')))) responses = bytes = 0;
		if (responses > maxResponses) return streamer.failStream(flood(`${maxResponses} responses`));
		if (bytes > maxCommandBytes + maxLiteralBytes) return streamer.failStream(flood(`${bytes} bytes`));
		return push(response);
	};
}

const flood = (what: string) =>
	Object.assign(new Error(`More than ${what} in answer to one command`), { code: 'ResponseTooLarge' });
