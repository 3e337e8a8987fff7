import type { Attachment, Email, EmailAddress, EmailWarning } from '../email';

/** Whose mail is analysed: recognised, the message as it came, or the one attached to it. */
export type Analyse = 'automatic' | 'itself' | 'attached';

/** How a mail was reported: by which button, or by what a mail program makes of a forward. */
export type ReportWay =
	| 'microsoft'
	| 'knowbe4'
	| 'phishalarm'
	| 'usecure'
	| 'hoxhunt'
	| 'cofense'
	| 'google'
	| 'fortiphish'
	| 'arf'
	/** Forwarded as an attachment. */
	| 'attachment'
	/** Forwarded within the text. */
	| 'inline';

/** What the reporter took it for. */
export type ReportCategory = 'phishing' | 'junk' | 'not-junk' | 'unknown';

/** One step by which a report came: who passed it on. */
export interface Reporter {
	by?: EmailAddress;
	/** RFC 3339, UTC. */
	at?: string;
	way: ReportWay;
}

/** Who reported a mail, and how. Plain data, as in JSON. */
export interface Reported extends Reporter {
	/** `certain`: by the marks of a button, or in the format of a standard; `likely`: by its structure; `weak`: by what a text quotes. */
	certainty: 'certain' | 'likely' | 'weak';
	category?: ReportCategory;
	/** The reporter's own words. */
	comment?: string;
	/** Language in which the reporter's mail program wrote: an ISO 639-1 code. */
	language?: string;
	/** Other ways whose marks it has, too. */
	alsoFits?: ReportWay[];
	/** Who had reported it before the reporter, the last one first. */
	through?: Reporter[];
	/** The mail that reported it, for an answer to it. */
	mail: {
		messageId?: string;
		subject?: string;
		references?: string[];
		/** A machine sent it: nobody answers that. */
		automatic?: true;
		/** Its people, as values of `email-addr`: nothing is looked for by them. */
		addresses: string[];
	};
	/** What the analysed message is made of: the attached one, a quotation, or what is left of a report whose message is missing. */
	message: 'attached' | 'quoted' | 'missing' | 'several';
}

/** Whose mail it is. */
export interface Analysed {
	/** What indicators, bundle, pattern, hunt and report are made of. */
	email: Email;
	/** Absent when the mail is no report. */
	reported?: Reported;
	/** Set of a report: the mail that reported it. */
	wrapper?: Email;
	/** The attached file that the analysed message is. */
	file?: Attachment;
	/** What the user must know: a report that is weak, doubtful, ambiguous, or without its message. */
	warnings: EmailWarning[];
	/** False when the message that was reported could not be read. */
	complete: boolean;
}

/** Options of {@link analysedMessage}. */
export interface AnalyseOptions {
	/** Default `automatic`. */
	analyse?: Analyse | undefined;
	/** One's own domains: their people report. Default: that of the mailbox, else of whom the mail was delivered to. */
	ownDomains?: readonly string[] | undefined;
	/** One's own mail relays, for the trust boundary. See `firstLook`. */
	trustedRelays?: readonly string[] | undefined;
	/** See `firstLook`. */
	trustedServers?: readonly string[] | undefined;
}
