import type { EmailWarning } from './email';

/** What a reader left out or guessed, for the user; with `truncates`, a limit cut the message short. */
const NOTICES = {
	'too-large': { message: 'The message is larger than the limit. The rest was not parsed.', truncates: true },
	'too-slow': { message: 'Parsing the message took longer than the limit. The rest was not read.', truncates: true },
	'header-too-large': { message: 'A header is larger than the limit. Only its beginning was read.', truncates: true },
	'too-many-headers': {
		message: 'The message has more header fields than the limit. The rest was left out.',
		truncates: true,
	},
	'too-many-addresses': {
		message: 'A header field contains more addresses than the limit. The rest was left out.',
		truncates: false,
	},
	'too-many-references': {
		message: 'The message refers to more messages than the limit. The rest was left out.',
		truncates: false,
	},
	'too-many-warnings': {
		message: 'The item has more warnings than the limit. The rest was left out.',
		truncates: false,
	},
	'text-too-large': {
		message: 'The message contains more text than the limit. The rest was left out.',
		truncates: true,
	},
	'too-many-parts': {
		message: 'The message has more MIME parts than the limit. The rest was not read.',
		truncates: true,
	},
	'too-deep': {
		message: 'Attached messages are nested deeper than the limit. The innermost messages were not opened.',
		truncates: false,
	},
	'header-separator-missing': {
		message:
			'No empty line separates a header from its body. The body was assumed to start at the first line that is not a header field.',
		truncates: false,
	},
	'encoding-wrong': {
		message: 'A text does not have the transfer encoding that it declares. It was read in the encoding that it has.',
		truncates: false,
	},
	encrypted: {
		message: 'The message or a part of it is encrypted. Its contents were not read.',
		truncates: false,
	},
	'message-in-pieces': {
		message:
			'A part is one piece of a message that was sent in several (message/partial). The other pieces are not in this message, and it was read as text.',
		truncates: false,
	},
	'smime-unread': {
		message: 'A signed message (S/MIME) is above the limits for attachments, or damaged. Its contents were not read.',
		truncates: false,
	},
	'part-after-end': {
		message: 'A part comes after the end of its multipart body, where most mail programs do not look.',
		truncates: false,
	},
	'multipart-unterminated': {
		message: 'A multipart body has no end. The message may be cut off.',
		truncates: false,
	},
	'splitting-failed': {
		message: 'The message could not be split completely into its parts. The rest was not read.',
		truncates: true,
	},
	'outlook-damaged': {
		message: 'The Outlook message is damaged. The item contains what could be read, and something may be missing.',
		truncates: false,
	},
	'outlook-unread': {
		message:
			'An attached Outlook message or winmail.dat file exceeds the limits for attachments. Its content was not read.',
		truncates: false,
	},
	'outlook-too-large': {
		message: 'The Outlook message contains more entries or bytes than the limits. The rest was not read.',
		truncates: true,
	},
	'too-many-attachments': {
		message: 'The Outlook message has more attachments than the limit. The rest was not read.',
		truncates: true,
	},
	'attachment-unread': {
		message:
			'An attachment of the Outlook message is not a file, or its bytes are damaged. It is listed without size and hashes.',
		truncates: false,
	},
	'attachment-twice': {
		message:
			'An attachment of the Outlook message is stored several times with different content. Each version is listed.',
		truncates: false,
	},
	'outlook-ambiguous': {
		message:
			'The Outlook message contains two different values for the same property. Another program may show the other value.',
		truncates: false,
	},
	'recipient-kind-unknown': {
		message: 'A recipient of the Outlook message is neither To, Cc nor Bcc. It is listed under To.',
		truncates: false,
	},
	'recipient-without-address': {
		message: 'A recipient of the Outlook message has a name but no address. It was left out.',
		truncates: false,
	},
	'rtf-unread': {
		message:
			'The text of the Outlook message is only available as RTF that could not be read completely. Links may be missing.',
		truncates: false,
	},
} as const satisfies Record<string, { message: string; truncates: boolean }>;

export type Notice = keyof typeof NOTICES;

/** Whether a warning says that a limit cut the message short. */
export function truncates(code: string): boolean {
	return Object.hasOwn(NOTICES, code) && NOTICES[code as Notice].truncates;
}

/** Told by the messages around, though nothing was cut: they say where something may hide. */
const UPWARDS: ReadonlySet<string> = new Set<Notice>([
	'too-deep',
	'encrypted',
	'smime-unread',
	'message-in-pieces',
	'outlook-unread',
	'outlook-damaged',
	'attachment-unread',
	'attachment-twice',
	'outlook-ambiguous',
	'rtf-unread',
]);

/** The warnings of one message while it is read: one of a kind. */
export class Warnings {
	/** A limit cut the message short. */
	truncated = false;
	readonly #messages = new Map<string, string>();

	warn(code: string, message: string): void {
		this.#messages.set(code, message);
	}

	notice(what: Notice): void {
		const { message, truncates } = NOTICES[what];
		this.warn(what, message);
		if (truncates) this.truncated = true;
	}

	/** What the reading of a message inside left out concerns the one around it, too. */
	fromInside(email: { warnings: EmailWarning[] }): void {
		for (const { code } of email.warnings) {
			if (truncates(code) || UPWARDS.has(code)) this.notice(code as Notice);
		}
	}

	has(code: string): boolean {
		return this.#messages.has(code);
	}

	forget(code: string): void {
		this.#messages.delete(code);
	}

	list(): EmailWarning[] {
		return [...this.#messages].map(([code, message]) => ({ code, message }));
	}
}

/** By which a warning is known again: two of the same code and message say the same. */
export const warningKey = ({ code, message }: EmailWarning): string => `${code} ${message}`;
