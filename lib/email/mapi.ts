import type { Budget } from './budget';
import { decodeCharset, withoutHalfCharacter } from './charset';
import { Warnings, type Notice } from './warnings';

/** Properties of a MAPI object by their id (MS-OXPROPS). Binary values are bytes, times dates, whole numbers numbers. */
export type MapiProperties = Map<number, MapiText | Buffer | Date | number>;

/** A message or attachment as .msg files and TNEF streams hold them. */
export interface MapiMessage {
	properties: MapiProperties;
	recipients: MapiProperties[];
	attachments: MapiAttachment[];
}

export interface MapiAttachment {
	properties: MapiProperties;
	/** The bytes of a file. Absent when it is none (an attached message, an OLE object), and when they are not whole. */
	content?: Buffer;
	message?: MapiMessage | undefined;
}

/** Reads one of Outlook's formats; messages inside to the given depth. Throws a plain Error when the bytes are not of that format. */
export type MapiReader = (bytes: Buffer, reading: MapiReading, maxDepth: number) => MapiMessage;

/** The properties that are read (MS-OXPROPS section 2). */
export const MAPI = {
	subject: 0x0037,
	clientSubmitTime: 0x0039,
	transportHeaders: 0x007d,
	recipientType: 0x0c15,
	senderName: 0x0c1a,
	senderAddress: 0x0c1f,
	deliveryTime: 0x0e06,
	body: 0x1000,
	html: 0x1013,
	messageId: 0x1035,
	displayName: 0x3001,
	emailAddress: 0x3003,
	attachData: 0x3701,
	attachShortName: 0x3704,
	attachLongName: 0x3707,
	attachMimeTag: 0x370e,
	attachContentId: 0x3712,
	smtpAddress: 0x39fe,
	senderSmtpAddress: 0x5d01,
} as const;

/** What is not in {@link MAPI} costs no reading. */
export const READ_PROPERTIES: ReadonlySet<number> = new Set(Object.values(MAPI));

/** Types of properties (MS-OXCDATA section 2.11.1). */
export const MAPI_TYPE = { long: 0x0003, object: 0x000d, string8: 0x001e, unicode: 0x001f, time: 0x0040, binary: 0x0102 } as const;

/**
 * What a reader of Outlook's formats asks before each step, and where it tells what it left out. One for a file and all
 * messages inside of it.
 */
export class MapiReading {
	readonly warnings = new Warnings();
	#stopped = false;

	constructor(readonly budget: Budget) {}

	/** Nothing more is read. */
	get stopped(): boolean {
		return this.#stopped;
	}

	/** One entry more. False when there were enough, or the time is over: the reader stops there and keeps what it has. */
	mayGoOn(): boolean {
		if (this.#stopped) return false;
		if (this.budget.deadline.isOver()) this.stop('too-slow');
		else if (!this.budget.takeOutlookEntry()) this.stop('outlook-too-large');
		return !this.#stopped;
	}

	stop(why: Notice): void {
		this.#stopped = true;
		this.warnings.notice(why);
	}
}

/** Text of a property as it stands in the file: decoded when somebody asks for it, and no further than asked. */
export class MapiText {
	/** PT_UNICODE is UTF-16, PT_STRING8 in a code page that is rarely told. */
	constructor(
		private readonly bytes: Buffer,
		private readonly unicode: boolean,
	) {}

	/** Bytes, of UTF-16 code units. */
	get length(): number {
		return this.unicode ? this.bytes.length >> 1 : this.bytes.length;
	}

	/** The text of the first `max` of them, without the zeros that end it. */
	read(max = this.length): string {
		const head = this.bytes.subarray(0, this.unicode ? max * 2 : max);
		const whole = head.length < this.bytes.length ? withoutHalfCharacter(head, this.unicode) : head;
		const text = this.unicode ? whole.toString('utf16le', 0, whole.length & ~1) : decodeCharset(whole);
		let end = text.length;
		while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
		return text.slice(0, end);
	}
}

/** Windows FILETIME: 100 nanoseconds since 1601. Undefined when out of range. */
export function fileTime(low: number, high: number): Date | undefined {
	const date = new Date((high * 2 ** 32 + low) / 10_000 - 11_644_473_600_000);
	return Number.isNaN(date.getTime()) || (low === 0 && high === 0) ? undefined : date;
}
