import type { HashAlgorithm, ValueType } from '../values';

export type { HashAlgorithm } from '../values';

/** Types of {@link Indicator}: STIX 2.1 SCO types, and the opt-in ones that STIX has no SCO for. */
export type IndicatorType = ValueType;

/** Judgements about a value. A flag never deletes: what becomes of a flagged value is the user's policy. */
export const INDICATOR_FLAGS = [
	'private',
	'documentation',
	'resolver',
	'schema-url',
	'tracking',
	'rewritten',
	'own-domain',
	'allow-listed',
	'punycode',
	'confusable',
	'href-mismatch',
	'userinfo',
	'shortener',
	'empty-file',
	'unsubscribe',
	'version-like',
	'file-name-like',
	/** Hexadecimal that is rather an identifier than a file's hash: a UUID without dashes, a commit. */
	'id-like',
	/** Stands only as the visible text of a link that leads elsewhere: the lure, not the target. */
	'link-text',
	/** The message, or one attached to it, is addressed to it (To, Cc, Bcc, Delivered-To); a domain that stands there as part of such an address alone. */
	'recipient',
	/** A domain under which anybody has an address: `gmail.com`. Addresses under it do not have the flag. */
	'mail-provider',
	/** A relay inside one organisation: sender and receiver of the hop share a registrable domain. */
	'relay',
	/** A picture of the HTML body: a logo, usually. */
	'inline-image',
	/** Stands inside of another URL (`derivedFrom`): the target of a redirect, usually. */
	'embedded',
	/** Stands in HTML where its style hides it from the reader. */
	'hidden-text',
	/** A link of a PDF: what opens when a reader clicks. */
	'pdf-link',
	/** A link of an Office document, or what it loads itself. */
	'office-link',
	/** Stands in a code that a camera reads. */
	'qr-code',
	/** Stands in a code that is drawn with characters. */
	'text-qr',
	/** One of many small links of a PDF to many hosts, beside a large one: there to keep scanners busy. */
	'decoy',
	/** Stands in a file that lies in an archive. */
	'from-archive',
	/** Stands in a file that a password of the message opened. */
	'from-encrypted',
	/** Stands only in the display name of an address that is another one. */
	'display-name',
	/** An address whose display name holds another address or domain. */
	'name-mismatch',
	/** A sender's address that stands where none belongs: mail programs show it, mail servers do not read it. */
	'misplaced',
	/** A domain that is made to look like one of those to be protected (`resembles`). */
	'lookalike-domain',
	/** A sender whose display name is that of a VIP, whose address it is not (`resembles`). */
	'vip-name',
	/** Stands on a warning list (`warningLists`). */
	'warning-list',
	/** Written without a scheme; `http` is what a mail client would open. */
	'scheme-assumed',
] as const;
/** One of {@link INDICATOR_FLAGS}. */
export type IndicatorFlag = (typeof INDICATOR_FLAGS)[number];

/** One place where a value was found. */
export interface IndicatorSource {
	/** `header`, `subject`, `text`, `html`, `attachment`, or a part id of an attached message such as `2/text`. */
	part: string;
	/** Header field name, HTML attribute (`a[href]`), attachment file name… */
	field?: string;
	/** Character offset in that text, where there is one. */
	offset?: number;
	/** Visible text of the HTML link. */
	text?: string;
}

/** A value found in a message. */
export interface Indicator {
	type: IndicatorType;
	/** Normalised: lower-case domain in A-labels, RFC 5952 address, refanged URL, lower-case hex. For `file`: SHA-256, else the strongest hash. */
	value: string;
	/** For `file`: every known hash by STIX algorithm name. */
	hashes?: Partial<Record<HashAlgorithm, string>>;
	/** For `file`: the attachment's name. */
	fileName?: string;
	/** As it stood in the message, at its first place. */
	original: string;
	/** A person had marked it as hostile: it was defanged at one place or more. */
	defanged: boolean;
	sources: IndicatorSource[];
	/** The rewriter URL that it was unwrapped from, the URL whose host it is… */
	derivedFrom?: string;
	/** Of `lookalike-domain` and `vip-name`: the domain or the name that it looks like. */
	resembles?: string;
	/** Names of the warning lists that it stands on. */
	warningLists?: string[];
	/** Registrable domain by the public suffix list, for domains and URLs with one. */
	registrableDomain?: string;
	flags: IndicatorFlag[];
}
