import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { SETTING_LIMITS } from '../limits';
import { instant, wholeNumber } from '../settings';
import { MiB } from '../units';
import { MessageAssembler, openSignedFiles } from './assembler';
import { Budget, SLICE } from './budget';
import type { Email, EmailInput, ParseOptions } from './email';
import { EmailError } from './errors';
import { readOutlookFile, readOutlookMessage } from './outlook';

/** Bytes behind a limit that are hashed in one go. */
const HASH_SLICE = 16 * MiB;

/**
 * Reads a message (RFC 5322, MIME) from its bytes. Linear, bounded by {@link ParseOptions} and `EMAIL_LIMITS`; a stream
 * is read in constant memory when `keepAttachments` is false: bytes of Outlook's files alone are kept until they are read.
 *
 * A broken message never throws: it comes back with what could be read and with `warnings`; one over a limit is
 * `truncated`. `size` and `sha256` are over all bytes received, whatever was parsed (only `maxMilliseconds` ends that
 * too).
 *
 * @throws EmailError EMAIL_EMPTY when there are no bytes; EMAIL_INPUT when the input is no bytes, or the stream fails.
 * @throws SettingError `SETTING_INVALID` for an option that is none
 */
export async function parseEmail(input: EmailInput, options: ParseOptions = {}): Promise<Email> {
	const receivedAt = instant('receivedAt', options.receivedAt, { otherwise: undefined });
	const email =
		input instanceof Uint8Array
			? await parseBytes(asBuffer(input), options)
			: await parseStream(asStream(input), options);
	if (receivedAt !== undefined) email.receivedAt = receivedAt;
	if (options.source !== undefined) email.source = options.source;
	if (options.id !== undefined) email.id = options.id;
	return email;
}

/**
 * The message of an Outlook .msg file, and what is signed in it.
 *
 * @throws a plain Error when it is none
 * @throws SettingError `SETTING_INVALID` for an option that is none
 */
export async function parseOutlookMessage(bytes: Buffer, options: ParseOptions): Promise<Email> {
	const budget = new Budget(options);
	const email = readOutlookFile(bytes, readOutlookMessage, budget, budget.maxDepth);
	await openSignedFiles(email, budget, 0);
	return email;
}

/** How large a message's raw bytes may be to be kept. @throws SettingError `SETTING_INVALID` */
function keptBytes({ keepRawBytes }: ParseOptions, otherwise: number): number {
	return wholeNumber('keepRawBytes', keepRawBytes, { least: 0, most: SETTING_LIMITS.maxBytes, otherwise });
}

async function parseBytes(bytes: Buffer, options: ParseOptions): Promise<Email> {
	if (bytes.length === 0) throw emptyInput();
	const budget = new Budget(options);
	const kept = keptBytes(options, budget.maxBytes);
	const assembler = new MessageAssembler(budget, 0);
	const end = Math.min(bytes.length, budget.maxBytes);
	// Hashed as it is read: all at once would keep the process from everything else.
	const sha256 = createHash('sha256');
	let hashed = 0;
	for (let at = 0; at < end && !assembler.stopped; at += SLICE) {
		if (budget.deadline.isOver()) {
			assembler.notice('too-slow');
			break;
		}
		const slice = bytes.subarray(at, Math.min(at + SLICE, end));
		sha256.update(slice);
		hashed = at + slice.length;
		await assembler.push(slice);
	}
	for (; hashed < bytes.length; hashed += HASH_SLICE) {
		sha256.update(bytes.subarray(hashed, hashed + HASH_SLICE));
		await setImmediate();
	}
	if (end < bytes.length) assembler.notice('too-large');
	const keep = bytes.length <= kept;
	return assembler.end({ size: bytes.length, sha256: sha256.digest('hex'), ...(keep ? { raw: bytes } : {}) });
}

async function parseStream(stream: Readable, options: ParseOptions): Promise<Email> {
	const budget = new Budget(options);
	const assembler = new MessageAssembler(budget, 0);
	const sha256 = createHash('sha256');
	const keepRawBytes = keptBytes(options, 0);
	let raw: Buffer[] | undefined = keepRawBytes > 0 ? [] : undefined;
	let size = 0;
	// A source that says nothing more is given up as well: its silence would outlast any check between chunks.
	let overdue = false;
	const timer = setTimeout(() => {
		overdue = true;
		stream.destroy();
	}, budget.deadline.milliseconds);
	try {
		for await (const chunk of stream as AsyncIterable<unknown>) {
			if (!(chunk instanceof Uint8Array)) {
				throw new EmailError('EMAIL_INPUT', 'The stream returns text or objects instead of bytes', {
					hint: 'Pass the raw bytes of the message. Converting it to text damages 8-bit mail.',
				});
			}
			const bytes = asBuffer(chunk);
			sha256.update(bytes);
			if (size + bytes.length > keepRawBytes) raw = undefined;
			raw?.push(bytes);
			const room = budget.maxBytes - size;
			size += bytes.length;
			for (let at = 0; at < Math.min(bytes.length, room); at += SLICE) {
				await assembler.push(bytes.subarray(at, Math.min(at + SLICE, room, bytes.length)));
			}
			if (budget.deadline.isOver()) {
				overdue = true;
				break;
			}
		}
	} catch (cause) {
		if (cause instanceof EmailError) throw cause;
		if (!overdue) {
			throw new EmailError('EMAIL_INPUT', 'The message could not be read to the end', {
				cause,
				hint: 'The connection or file failed. Read the message again.',
			});
		}
	} finally {
		clearTimeout(timer);
	}
	if (size === 0 && !overdue) throw emptyInput();
	if (overdue) assembler.notice('too-slow');
	if (size > budget.maxBytes) assembler.notice('too-large');
	return assembler.end({
		size,
		sha256: sha256.digest('hex'),
		...(raw === undefined ? {} : { raw: Buffer.concat(raw) }),
	});
}

function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asStream(input: unknown): Readable {
	if (typeof input === 'object' && input !== null && Symbol.asyncIterator in input && 'destroy' in input)
		return input as Readable;
	throw new EmailError('EMAIL_INPUT', 'The message must be a Buffer or a stream of bytes', {
		hint: 'Pass the raw bytes, because converting them to text damages 8-bit mail. Decode base64 first.',
	});
}

function emptyInput(): EmailError {
	return new EmailError('EMAIL_EMPTY', 'The message is empty', {
		hint: 'Check the output of the mailbox or of the previous node.',
	});
}
