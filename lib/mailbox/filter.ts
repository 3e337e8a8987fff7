import type { RE2JSSyntaxException } from 're2js';
import { FILTER_LIMITS } from '../limits';
import { MailboxError } from './errors';
import type { MessageSummary } from './message';

const load = (): typeof import('re2js') => require('re2js') as typeof import('re2js');

/** What a wanted message must look like. All that is given must hold; empty texts ask for nothing. */
export interface MessageFilterRules {
	/** In the address or display name of a From address; upper and lower case are the same. */
	senderContains?: string | undefined;
	/** RE2 expression, sought anywhere in the address, or in `Name <address>`; upper and lower case are the same unless `(?-i)`. */
	senderRegex?: string | undefined;
	subjectContains?: string | undefined;
	/** RE2 expression, sought anywhere in the decoded subject. */
	subjectRegex?: string | undefined;
}

/**
 * The `filter` of a poll for such rules; undefined when they ask for nothing. Expressions run in linear time (RE2: no
 * look-around, no back-references). A message whose texts are beyond `FILTER_LIMITS` is wanted: what cannot be judged
 * must not get lost.
 *
 * @throws MailboxError MAILBOX_CONFIGURATION for an expression that is none, with the position
 */
export function messageFilter(rules: MessageFilterRules): ((message: MessageSummary) => boolean) | undefined {
	const sender = [
		...contains(rules.senderContains).map(
			(test) => (message: MessageSummary) => message.from.some((from) => test(written(from))),
		),
		...matches('Sender Matches Regex', rules.senderRegex).map(
			(test) => (message: MessageSummary) => message.from.some((from) => test(from.address) || test(written(from))),
		),
	];
	const subject = [...contains(rules.subjectContains), ...matches('Subject Matches Regex', rules.subjectRegex)].map(
		(test) => (message: MessageSummary) => test(message.subject),
	);
	const tests = [...sender, ...subject];
	return tests.length === 0 ? undefined : (message) => tests.every((test) => test(message));
}

type TextTest = (text: string) => boolean;

const written = ({ name, address }: MessageSummary['from'][number]) =>
	name === undefined ? address : `${name} <${address}>`;
const folded = (text: string) => text.normalize('NFC').toLowerCase();

function contains(words: string | undefined): TextTest[] {
	const wanted = folded(words ?? '').trim();
	return wanted === '' ? [] : [(text) => folded(text).includes(wanted)];
}

function matches(setting: string, expression: string | undefined): TextTest[] {
	if (expression === undefined || expression === '') return [];
	const { RE2JS } = load();
	const refuse = (problem: string, hint: string, cause?: unknown) =>
		new MailboxError('MAILBOX_CONFIGURATION', `'${setting}' cannot be used: ${problem}`, {
			hint,
			...(cause ? { cause } : {}),
		});
	const simpler = 'Use fewer alternatives and smaller repetition counts.';
	if (expression.length > FILTER_LIMITS.maxExpressionLength) {
		throw refuse(`it has more than ${FILTER_LIMITS.maxExpressionLength} characters`, simpler);
	}
	let regex: InstanceType<typeof RE2JS>;
	try {
		regex = RE2JS.compile(expression.normalize('NFC'), RE2JS.CASE_INSENSITIVE);
	} catch (cause) {
		if (!(cause instanceof load().RE2JSSyntaxException)) throw cause;
		throw refuse(
			`${cause.getDescription()} at position ${positionOf(expression.normalize('NFC'), cause)}`,
			'Expressions use RE2 syntax, which has no look-around and no back-references.',
			cause,
		);
	}
	if (regex.programSize() > FILTER_LIMITS.maxProgramSize)
		throw refuse('its repetition counts make it too large', simpler);
	return [(text) => text.length > FILTER_LIMITS.maxTextLength || regex.test(text.normalize('NFC'))];
}

/** Where an expression goes wrong, counted from 1: RE2 tells the piece, not its place. */
function positionOf(expression: string, error: RE2JSSyntaxException): number {
	const { RE2JS } = load();
	const description = error.getDescription();
	const piece = error.getPattern();
	// Where it names no piece, or all of it: behind the last beginning that can stand alone.
	const namesPiece = piece !== null && !piece.endsWith(expression);
	let standsAlone = 0;
	for (let end = 1; end <= expression.length; end++) {
		try {
			RE2JS.compile(expression.slice(0, end), RE2JS.CASE_INSENSITIVE);
			standsAlone = end;
		} catch (cause) {
			const same = namesPiece && (cause as RE2JSSyntaxException).getPattern() === piece;
			if (same && (cause as RE2JSSyntaxException).getDescription() === description) {
				return expression.slice(0, end).lastIndexOf(piece) + 1;
			}
		}
	}
	return standsAlone + 1;
}
