import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { parseEmail, type Email, type ParseOptions } from '../../../lib/email';
import { extractIndicators, isValidIndicator } from '../../../lib/indicators';
import { emailToBundle } from '../../../lib/stix';
import {
	hasTrueHashes,
	isWithinLimits,
	makesReport,
	makesSoundBundle,
	messagesIn,
	survivesJson,
	tellsWhatWasCut,
	withoutBytes,
} from '../emails';
import { spoilBytes } from '../inputs/bytes';
import { knownMails } from '../inputs/mails';
import { grammarMessage, MIME_WORDS } from '../inputs/mime';
import { isBounded, isSame, isTrue, jsonOf } from '../invariants';
import type { Kind } from '../kind';

const MAILS = knownMails();

/** As a mailbox hands it over: in pieces of whatever length. */
async function streamed(bytes: Buffer): Promise<Email> {
	const pieces: Buffer[] = [];
	// The bytes themselves say where they are cut, so that the same input is the same case.
	const cuts = Buffer.from(hash('sha512', bytes), 'hex');
	for (let at = 0, i = 0; at < bytes.length; i++) {
		const length = 1 + (cuts[i % cuts.length]! ** 2 % Math.max(1, bytes.length));
		pieces.push(bytes.subarray(at, at + length));
		at += length;
	}
	return await parseEmail(Readable.from(pieces, { objectMode: false }), { keepRawBytes: bytes.length });
}

/** What takes long is asked of some inputs only. Their bytes say of which, so that the same input is the same case. */
const HALF = '89abcdef';
const FEW = '01';
const isOneOf = (sha256: string, digits: string): boolean => digits.includes(sha256[0]!);

const SMALL = {
	maxParts: 4,
	maxDepth: 1,
	maxTextBytes: 200,
	maxHeaderBytes: 2_000,
	maxAttachmentBytes: 100,
	maxTotalAttachmentBytes: 150,
} satisfies ParseOptions;

export const kind: Kind<Buffer, Email> = {
	subject: 'parseEmail on messages, and what is made of them',
	form: 'bytes',
	make: (random) =>
		random.choose(
			[5, () => spoilBytes(random.pick(MAILS), random, MIME_WORDS)],
			[4, () => grammarMessage(random)],
			[2, () => spoilBytes(grammarMessage(random), random, MIME_WORDS)],
		),
	run: async (input) => await parseEmail(input),
	refusals: ['EMAIL_EMPTY'],
	isRead: ({ headers, text, html, attachments }) =>
		headers.length > 0 && (text !== undefined || html !== undefined || attachments.length > 0),
	invariants: {
		'size and hash are those of the bytes': (email, input) => {
			isTrue(email.size === input.length, `size ${email.size} of ${input.length}`);
			isSame(email.sha256, hash('sha256', input), 'sha256');
		},
		'it is JSON, no longer than its input lets it be': (email, input) => {
			isBounded(jsonOf(withoutBytes(email)), input.length, 64, 20_000);
		},
		'it keeps to the limits': isWithinLimits,
		'it tells what was cut': tellsWhatWasCut,
		'attachments have the hashes of their bytes': hasTrueHashes,
		'it comes back from JSON as it was': survivesJson,
		'small limits hold, and what they cut is told': async ({ sha256 }, input) => {
			if (!isOneOf(sha256, HALF)) return;
			const email = await parseEmail(input, SMALL);
			const messages = messagesIn(email);
			const { length } = messages.flatMap(({ parts }) => parts);
			isTrue(length <= SMALL.maxParts + 1, `${length} parts`);
			const text = messages.reduce(
				(sum, { parts }) => sum + parts.reduce((all, part) => all + (part.text?.length ?? 0), 0),
				0,
			);
			isTrue(text <= 2 * SMALL.maxTextBytes, `${text} characters of text`);
			const kept = messages
				.flatMap(({ attachments }) => attachments)
				.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
			isTrue(kept <= SMALL.maxTotalAttachmentBytes, `${kept} bytes of attachments`);
			tellsWhatWasCut(email);
		},
		'as a stream it is the same message, and makes the same bundle': async (email, input) => {
			if (isOneOf(email.sha256, HALF)) return;
			const copy = await streamed(input);
			isSame(jsonOf(withoutBytes(copy)), jsonOf(withoutBytes(email)), 'the message of the stream');
			if (isOneOf(email.sha256, FEW)) isSame(jsonOf(emailToBundle(copy)), jsonOf(emailToBundle(email)), 'its bundle');
		},
		'it makes a sound bundle': makesSoundBundle,
		'its indicators are valid': (email) => {
			if (!isOneOf(email.sha256, HALF)) return;
			const bad = extractIndicators(email).filter((one) => !isValidIndicator(one));
			isTrue(bad.length === 0, bad.map(({ type, value }) => `${type} ${value}`).join(', '));
		},
		'it makes a report': makesReport,
	},
};
