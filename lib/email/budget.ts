import { EMAIL_LIMITS, SETTING_LIMITS } from '../limits';
import { wholeNumber } from '../settings';
import { KiB } from '../units';
import type { ParseOptions } from './email';

/** Bytes that are read in one go: between them the clock is asked, and others have their turn. */
export const SLICE = 256 * KiB;

type Cap = keyof typeof EMAIL_LIMITS & keyof ParseOptions;

/** A cap as the options say it, or the pack's own. @throws SettingError `SETTING_INVALID` */
function capOf(options: Partial<Pick<ParseOptions, Cap>>, name: Cap, most: number = SETTING_LIMITS.maxBytes): number {
	return wholeNumber(name, options[name], { least: 0, most, otherwise: EMAIL_LIMITS[name] });
}

/** What a message and all messages inside of it may still use up. */
export class Budget {
	readonly maxBytes: number;
	readonly maxHeaderBytes: number;
	readonly maxDepth: number;
	readonly maxAttachmentBytes: number;
	readonly keepAttachments: boolean;
	readonly deadline: Deadline;
	#parts: number;
	#headerBytes: number;
	#outlookEntries: number = EMAIL_LIMITS.maxOutlookEntries;
	#outlookHeaderBytes: number = EMAIL_LIMITS.maxOutlookHeaderBytes;
	#rtfBytes: number = EMAIL_LIMITS.maxRtfBytes;
	#attachmentBytes: number;
	readonly #text: Record<'text' | 'html', number>;

	/** @throws SettingError `SETTING_INVALID` for a cap that is none */
	constructor(options: ParseOptions) {
		this.deadline = new Deadline(options);
		this.maxBytes = capOf(options, 'maxBytes');
		this.maxHeaderBytes = capOf(options, 'maxHeaderBytes');
		this.maxDepth = capOf(options, 'maxDepth', SETTING_LIMITS.maxCount);
		this.maxAttachmentBytes = capOf(options, 'maxAttachmentBytes');
		this.keepAttachments = options.keepAttachments ?? true;
		this.#headerBytes = Math.max(EMAIL_LIMITS.maxTotalHeaderBytes, this.maxHeaderBytes);
		this.#parts = capOf(options, 'maxParts', SETTING_LIMITS.maxCount);
		this.#attachmentBytes = capOf(options, 'maxTotalAttachmentBytes');
		const maxTextBytes = capOf(options, 'maxTextBytes');
		this.#text = { text: maxTextBytes, html: maxTextBytes };
	}

	/** One MIME entity more; false when there were enough. */
	takePart(): boolean {
		return this.#parts-- > 0;
	}

	/** How many of the `wanted` bytes of an entity's header may be read. Some of each: there are no more entities than parts. */
	takeHeader(wanted: number): number {
		const granted = Math.min(wanted, Math.max(this.#headerBytes, EMAIL_LIMITS.minHeaderBytes));
		this.#headerBytes = Math.max(0, this.#headerBytes - granted);
		return granted;
	}

	/** One entry of an Outlook file more; false when there were enough. */
	takeOutlookEntry(): boolean {
		return this.#outlookEntries-- > 0;
	}

	/** How many of `wanted` bytes of an Outlook message's header, names and addresses may be read. */
	takeOutlookHeader(wanted: number): number {
		const granted = Math.min(wanted, this.#outlookHeaderBytes);
		this.#outlookHeaderBytes -= granted;
		return granted;
	}

	/** How many of `wanted` bytes RTF may become when it is unpacked. */
	takeRtf(wanted: number): number {
		const granted = Math.min(wanted, this.#rtfBytes);
		this.#rtfBytes -= granted;
		return granted;
	}

	/** How much text may be kept, of whatever kind it turns out to be. */
	get textLeft(): number {
		return Math.min(this.#text.text, this.#text.html);
	}

	/** How many of `wanted` bytes of text may be kept. */
	takeText(kind: 'text' | 'html', wanted: number): number {
		const granted = Math.min(wanted, this.#text[kind]);
		this.#text[kind] -= granted;
		return granted;
	}

	/** Whether so many bytes of attachments more may be kept; with `toRead` until they were read, whatever the options say. */
	takeAttachment(bytes: number, toRead = false): boolean {
		if (!(this.keepAttachments || toRead) || bytes > this.#attachmentBytes) return false;
		this.#attachmentBytes -= bytes;
		return true;
	}

	giveBackAttachment(bytes: number): void {
		this.#attachmentBytes += bytes;
	}
}

/** The time that one message may take. Begins when it is made. */
export class Deadline {
	readonly milliseconds: number;
	readonly #now: () => number;
	readonly #end: number;

	constructor(options: Pick<ParseOptions, 'maxMilliseconds' | 'now'>) {
		this.milliseconds = capOf(options, 'maxMilliseconds', SETTING_LIMITS.maxMilliseconds);
		this.#now = options.now ?? Date.now;
		this.#end = this.#now() + this.milliseconds;
	}

	isOver(): boolean {
		return this.#now() > this.#end;
	}
}
