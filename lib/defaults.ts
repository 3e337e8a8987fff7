import { MiB } from './units';

/**
 * What an option means that nobody sets, each value once: options of the public functions, parameters of the nodes and the
 * tables in docs/ read it here. What no option passes is a limit, and in `limits.ts`.
 */

/** Of one poll of a folder, on every kind of mailbox. */
export const POLL_DEFAULTS = {
	/** How far the first poll of a folder looks back, an ISO 8601 duration. */
	firstRunLookBack: 'P30D',
	/** Messages. The rest waits. */
	cap: 50,
	/** Milliseconds: what n8n leaves a poll of its durable scheduler. */
	budgetMs: 36_000,
	/** Bytes of one message. Above: headers only, `truncated`. */
	maxMessageBytes: 25 * MiB,
	/** Bytes of all messages: in an item of n8n each takes a third more, in base64. Above: the poll ends, the rest waits for the next. */
	maxPollBytes: 64 * MiB,
} as const;

/** Of the triggers, besides. Sizes are megabytes (1,000,000 bytes), as users write them. */
export const TRIGGER_DEFAULTS = {
	/** Messages of the look-back, the newest. */
	firstRunCap: 500,
	/** Up to here a message is fetched whole, and travels with the item. */
	messageMegabytes: 25,
	/** Of a custom look-back: what the editor shows before somebody writes another number. */
	lookBackNumber: 14,
	attachmentMegabytes: 10,
	attachments: 20,
} as const;

/** Of searches in a mailbox, and of what names one message or attachment in the Mailbox Reader. */
export const READER_DEFAULTS = {
	/** Results of a list, the newest. */
	limit: 50,
	/** The lowest that exists: what the editor shows before somebody writes another. */
	uid: 1,
	/** The first one. */
	attachmentNumber: 0,
} as const;

/** Of a connection to an IMAP server. Milliseconds. */
export const IMAP_DEFAULTS = {
	/** With TLS from the first byte (RFC 8314). */
	port: 993,
	/** With STARTTLS, or without TLS. */
	plainPort: 143,
	/** Until the connection stands. */
	connectTimeoutMs: 20_000,
	/** Until the server's first words. */
	greetingTimeoutMs: 10_000,
	/** Of silence. */
	socketTimeoutMs: 30_000,
} as const;

/** Of every kind of mailbox. */
export const MAILBOX_DEFAULTS = {
	/** Milliseconds of one action other than a poll. A download from an IMAP server has no such bound. */
	actionTimeoutMs: 120_000,
} as const;

export const GRAPH_DEFAULTS = {
	/** Requests of one application in flight, over all workflows of this process. Exchange Online allows 4 and counts other programs too. */
	concurrency: 3,
} as const;

/** Of every client over HTTP. */
export const HTTP_DEFAULTS = {
	/** Milliseconds for a whole request and its answer. */
	timeoutMs: 60_000,
	/** Bytes of an answer, after decompression. Above: HTTP_ANSWER_TOO_LARGE. */
	maxAnswerBytes: 64 * MiB,
	/** Tries of a request that may be repeated, the first one included. */
	maxTries: 4,
} as const;

export const HUNT_DEFAULTS = {
	/** Days that the node looks back: what people report is often some days old. How long tracking keeps messages is the appliance's. */
	lookBackDays: 7,
	/** Of `planHunt` and `translatePattern`, as of stix-shifter. */
	planMinutes: 5,
	/** Rows that one hunt or search reads of the appliance. Above: it stops there, `truncated`, with a warning. */
	maxRows: 10_000,
	/** Requests that the hunts of one run may need at least. Above: HUNT_TOO_COSTLY, nothing is asked. */
	maxRequests: 10_000,
	/** No MID: the field of a search is there, and asks for none. */
	mid: 0,
} as const;

/** Of hunts in Microsoft 365. */
export const MICROSOFT_HUNT_DEFAULTS = {
	/** Requests that the hunts of one run may need at least: 25 minutes of message trace. Above: HUNT_TOO_COSTLY, nothing is asked. */
	maxRequests: 500,
} as const;

export const PATTERN_DEFAULTS = {
	/** Terms of a built pattern. Above: PATTERN_TOO_MANY_TERMS, or several patterns. */
	maximumTerms: 1_000,
} as const;

/** Sizes of a bundle. */
export const BUNDLE_DEFAULTS = {
	/** Bytes of an attachment that are written into an artifact. Above: the file object stands alone, with a warning. */
	maxArtifactBytes: 5 * MiB,
	/** Bytes of a raw message that are written into an artifact. Above: no raw_email_ref, with a warning. */
	maxRawEmailBytes: 10 * MiB,
	/** Bytes of all artifacts of a bundle. In base64 they stay below the 50 MB that OpenCTI takes in one request. Above: as for one. */
	maxTotalArtifactBytes: 32 * MiB,
	/** Observables made of indicators. Above: left out, with a warning. */
	maxObservables: 100_000,
} as const;

/** Of pictures of a bundle. */
export const PICTURE_DEFAULTS = {
	/** Objects of one type. Of the others, how many there are. */
	maxRows: 12,
} as const;

/** What nobody sets has no confidence; this is what the editor offers to who adds the option. */
export const OFFERED_CONFIDENCE = 50;

/** Of reports that are like a message's. */
export const SIMILAR_DEFAULTS = { limit: 50 } as const;
