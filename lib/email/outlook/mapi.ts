import { hash } from 'node:crypto';
import { utf16Text } from '../../text';
import type { Budget } from '../budget';
import { decodeCharset, withoutHalfCharacter } from '../header';
import { Warnings, type Notice } from '../warnings';

/** Properties of a MAPI object by their id (MS-OXPROPS). Binary values are bytes, times dates, whole numbers numbers. */
export type MapiProperties = Map<number, MapiValue>;
export type MapiValue = MapiText | Buffer | Date | number;

/** A message or attachment as .msg files and TNEF streams hold them. */
export interface MapiMessage {
	properties: MapiProperties;
	/** Windows code page of 8-bit strings, where the file names it apart from the properties. */
	codePage?: number;
	recipients: MapiProperties[];
	attachments: MapiAttachment[];
}

export interface MapiAttachment {
	properties: MapiProperties;
	/** The bytes of a file. Absent when it is none (an attached message, an OLE object), and when they are not whole. */
	content?: Buffer;
	message?: MapiMessage | undefined;
}

/**
 * Reads one of Outlook's formats; messages inside to the given depth.
 *
 * @throws a plain Error when the bytes are not of that format
 */
export type MapiReader = (bytes: Buffer, reading: MapiReading, maxDepth: number) => MapiMessage;

/** The properties that are read (MS-OXPROPS section 2). */
export const MAPI = {
	messageClass: 0x001a,
	subject: 0x0037,
	clientSubmitTime: 0x0039,
	representingName: 0x0042,
	replyEntries: 0x004f,
	replyNames: 0x0050,
	representingEntry: 0x0041,
	startDate: 0x0060,
	endDate: 0x0061,
	representingAddress: 0x0065,
	transportHeaders: 0x007d,
	recipientType: 0x0c15,
	senderEntry: 0x0c19,
	senderName: 0x0c1a,
	senderAddress: 0x0c1f,
	displayBcc: 0x0e02,
	displayCc: 0x0e03,
	displayTo: 0x0e04,
	deliveryTime: 0x0e06,
	entryId: 0x0fff,
	body: 0x1000,
	rtf: 0x1009,
	html: 0x1013,
	messageId: 0x1035,
	references: 0x1039,
	inReplyTo: 0x1042,
	displayName: 0x3001,
	emailAddress: 0x3003,
	attachData: 0x3701,
	attachShortName: 0x3704,
	attachMethod: 0x3705,
	attachLongName: 0x3707,
	attachPath: 0x3708,
	attachLongPath: 0x370d,
	attachMimeTag: 0x370e,
	attachContentId: 0x3712,
	attachDisposition: 0x3716,
	smtpAddress: 0x39fe,
	businessPhone: 0x3a08,
	homePhone: 0x3a09,
	companyName: 0x3a16,
	jobTitle: 0x3a17,
	mobilePhone: 0x3a1c,
	personalPage: 0x3a50,
	businessPage: 0x3a51,
	internetCodePage: 0x3fde,
	locale: 0x3ff1,
	creatorName: 0x3ff8,
	codePage: 0x3ffd,
	senderSmtpAddress: 0x5d01,
	representingSmtpAddress: 0x5d02,
	creatorSmtpAddress: 0x5d0a,
	recipientName: 0x5ff6,
	// Named properties: numbers of ours, above all of theirs (see NAMED).
	location: 0x1_0000,
	start: 0x1_0001,
	end: 0x1_0002,
	attendees: 0x1_0003,
	netShowUrl: 0x1_0004,
	collaborateDocument: 0x1_0005,
	conferenceServer: 0x1_0006,
	reminderFile: 0x1_0007,
	meetingLink: 0x1_0008,
	teamsLink: 0x1_0009,
	email1: 0x1_000a,
	email2: 0x1_000b,
	email3: 0x1_000c,
	contactPage: 0x1_000d,
	messenger: 0x1_000e,
	freeBusy: 0x1_000f,
} as const;

/** What is not in {@link MAPI} costs no reading. */
export const READ_PROPERTIES: ReadonlySet<number> = new Set(Object.values(MAPI));

/** Properties from here on are named: a file says for each which name its number stands for. */
export const FIRST_NAMED = 0x8000;

/** Sets that named properties belong to (MS-OXPROPS section 1.3.2), as a file has their bytes. */
const NAMED_SETS = {
	appointment: '0220060000000000c000000000000046',
	common: '0820060000000000c000000000000046',
	address: '0420060000000000c000000000000046',
	publicStrings: '2903020000000000c000000000000046',
} as const;
const ofSet = (set: keyof typeof NAMED_SETS, names: Record<string | number, number>): [string, number][] =>
	Object.entries(names).map(([name, id]) => [`${NAMED_SETS[set]}:${name.toLowerCase()}`, id]);
const NAMED: ReadonlyMap<string, number> = new Map([
	...ofSet('appointment', {
		0x8208: MAPI.location,
		0x820d: MAPI.start,
		0x820e: MAPI.end,
		0x8238: MAPI.attendees,
		0x8242: MAPI.conferenceServer,
		0x8247: MAPI.collaborateDocument,
		0x8248: MAPI.netShowUrl,
	}),
	...ofSet('common', { 0x851f: MAPI.reminderFile }),
	...ofSet('address', {
		0x8083: MAPI.email1,
		0x8093: MAPI.email2,
		0x80a3: MAPI.email3,
		0x802b: MAPI.contactPage,
		0x8062: MAPI.messenger,
		0x80d8: MAPI.freeBusy,
	}),
	...ofSet('publicStrings', {
		OnlineMeetingExternalLink: MAPI.meetingLink,
		SkypeTeamsMeetingUrl: MAPI.teamsLink,
	}),
]);

/** The number of ours for a named property; `set` are the bytes of its set. Undefined when it is none that is read. */
export function namedProperty(set: Buffer, name: number | string): number | undefined {
	return NAMED.get(`${set.toString('hex')}:${typeof name === 'number' ? name : name.toLowerCase()}`);
}

/** Types of properties (MS-OXCDATA section 2.11.1). */
export const MAPI_TYPE = {
	long: 0x0003,
	object: 0x000d,
	string8: 0x001e,
	unicode: 0x001f,
	time: 0x0040,
	binary: 0x0102,
} as const;

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

/** Where a text stands: as UTF-16 (PT_UNICODE), in a code page that is rarely told (PT_STRING8), in such a one as an attribute of TNEF. */
export type MapiTextForm = 'unicode' | '8-bit' | 'attribute';
/** Which form is read when there are several: the one that loses nothing. */
const RANK: Readonly<Record<MapiTextForm, number>> = { unicode: 2, '8-bit': 1, attribute: 0 };

/** Text of a property as it stands in the file: decoded when somebody asks for it, and no further than asked. */
export class MapiText {
	readonly #bytes: Buffer;
	readonly #isUnicode: boolean;
	readonly rank: number;

	constructor(bytes: Buffer, form: MapiTextForm) {
		this.#isUnicode = form === 'unicode';
		this.rank = RANK[form];
		// The zeros that end it are no text.
		let end = this.#isUnicode ? bytes.length & ~1 : bytes.length;
		while (end > 0 && bytes[end - 1] === 0 && (!this.#isUnicode || bytes[end - 2] === 0))
			end -= this.#isUnicode ? 2 : 1;
		this.#bytes = bytes.subarray(0, end);
	}

	/** Bytes, of UTF-16 code units. */
	get length(): number {
		return this.#isUnicode ? this.#bytes.length >> 1 : this.#bytes.length;
	}

	/** The text of the first `max` of them; `charset` is that of 8-bit strings, where it is known. */
	read(max = this.length, charset?: string): string {
		const head = this.#bytes.subarray(0, this.#isUnicode ? max * 2 : max);
		const whole = head.length < this.#bytes.length ? withoutHalfCharacter(head, this.#isUnicode) : head;
		return this.#isUnicode ? utf16Text(whole) : decodeCharset(whole, charset);
	}

	/**
	 * Whether both say the same, as far as that can be told: in a code page it may hold question marks and other bytes in place of
	 * what it cannot say. In time proportional to the shorter of them.
	 */
	saysTheSame(other: MapiText): boolean {
		if (this.#isUnicode === other.#isUnicode) return this.#bytes.equals(other.#bytes);
		const [wide, narrow] = this.#isUnicode ? [this.#bytes, other.#bytes] : [other.#bytes, this.#bytes];
		const isPlain = wide.length === narrow.length * 2;
		for (let i = 0; i < narrow.length; i++) {
			const byte = narrow[i]!;
			// In Shift-JIS and its like nothing can be told of what follows.
			if (byte >= 0x80) return true;
			if (isPlain && wide[i * 2 + 1] === 0 && wide[i * 2]! < 0x80 && wide[i * 2] !== byte) return false;
		}
		return isPlain;
	}
}

/**
 * Keeps a value of a property. When there are several, the form that loses nothing, of one form the first; that they differ is
 * told, for which of them a reader shows is its own affair.
 */
export function keepProperty(properties: MapiProperties, id: number, value: MapiValue, reading: MapiReading): void {
	const kept = properties.get(id);
	if (kept === undefined || isEmpty(kept)) {
		properties.set(id, value);
		return;
	}
	if (isEmpty(value)) return;
	if (!reading.stopped && !areSame(kept, value)) reading.warnings.notice('outlook-ambiguous');
	if (rankOf(value) > rankOf(kept)) properties.set(id, value);
}

const isEmpty = (value: MapiValue): boolean =>
	(value instanceof MapiText || Buffer.isBuffer(value)) && value.length === 0;
/** Bytes are the usual form of HTML. */
const rankOf = (value: MapiValue): number => (value instanceof MapiText ? value.rank : RANK.unicode + 1);

function areSame(one: MapiValue, other: MapiValue): boolean {
	if (one instanceof MapiText) return other instanceof MapiText && one.saysTheSame(other);
	if (Buffer.isBuffer(one)) return Buffer.isBuffer(other) && one.equals(other);
	return one.valueOf() === other.valueOf();
}

/** What a file holds for one attachment. */
export interface StoredAttachment {
	properties: MapiProperties;
	contents: Buffer[];
	messages: MapiMessage[];
	/** There is, or was, something else than whole bytes of a file. */
	hasLost: boolean;
}

/**
 * Bytes that are there twice are the same, as a rule. When they are not, which of them a reader shows is its own affair: all are
 * listed, in the given order.
 */
export function listAttachments(
	{ properties, contents, messages, hasLost }: StoredAttachment,
	reading: MapiReading,
): MapiAttachment[] {
	const distinct = new Distinct();
	const files = contents.filter((bytes) => bytes.length > 0 && distinct.add(bytes));
	// What is empty beside something else was left so.
	if (files.length === 0 && contents.length > 0 && !hasLost && isByValue(properties)) files.push(contents[0]!);
	const listed: MapiAttachment[] = [];
	for (let i = 0; i < Math.max(1, files.length, messages.length); i++) {
		if (i > 0) {
			reading.warnings.notice('attachment-twice');
			if (!reading.budget.takePart()) {
				reading.warnings.notice('too-many-attachments');
				break;
			}
		}
		const [content, message] = [files[i], messages[i]];
		listed.push({
			properties,
			...(content === undefined ? {} : { content }),
			...(message === undefined ? {} : { message }),
		});
	}
	return listed;
}

/** Tells contents apart, in time proportional to their bytes. */
export class Distinct {
	#first: Buffer | undefined;
	#digests: Set<string> | undefined;

	/** False when the same bytes were there before. */
	add(bytes: Buffer): boolean {
		if (this.#first === undefined) {
			this.#first = bytes;
			return true;
		}
		this.#digests ??= new Set([hash('sha256', this.#first)]);
		const digest = hash('sha256', bytes);
		if (this.#digests.has(digest)) return false;
		this.#digests.add(digest);
		return true;
	}
}

/** Whether an attachment is the bytes that are stored, as far as it tells: a link or an object has none (PidTagAttachMethod). */
function isByValue(properties: MapiProperties): boolean {
	return (properties.get(MAPI.attachMethod) ?? BY_VALUE) === BY_VALUE;
}
const BY_VALUE = 1;

/** Windows FILETIME: 100 nanoseconds since 1601. Undefined when it is none: Outlook's "none" is in 4501, and what is near zero no date. */
export function fileTime(low: number, high: number): Date | undefined {
	const time = (high * 2 ** 32 + low) / 10_000 - 11_644_473_600_000;
	return time < FIRST_TIME || time > LAST_TIME || time === NO_TIME ? undefined : new Date(time);
}
const FIRST_TIME = Date.UTC(1602, 0);
/** ISO 8601, and all that read it, have years of four digits. */
const LAST_TIME = Date.UTC(10_000, 0) - 1;
const NO_TIME = Date.UTC(4501, 0);
