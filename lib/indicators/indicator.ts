/** Types of {@link Indicator}: STIX 2.1 SCO types, and the opt-in ones that STIX has no SCO for. */
export type IndicatorType =
	| 'ipv4-addr'
	| 'ipv6-addr'
	| 'domain-name'
	| 'url'
	| 'email-addr'
	| 'file'
	| 'autonomous-system'
	| 'mac-addr'
	| 'cryptocurrency-wallet'
	| 'phone-number'
	| 'cve';

/** Judgements about a value. A flag never deletes: what becomes of a flagged value is the user's policy. */
export type IndicatorFlag =
	| 'private'
	| 'documentation'
	| 'resolver'
	| 'schema-url'
	| 'tracking'
	| 'rewritten'
	| 'own-domain'
	| 'allow-listed'
	| 'punycode'
	| 'confusable'
	| 'href-mismatch'
	| 'userinfo'
	| 'shortener'
	| 'empty-file'
	| 'unsubscribe'
	| 'version-like'
	| 'file-name-like';

export type HashAlgorithm = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-512';

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
	/** Normalised: lower-case domain in A-labels, RFC 5952 address, refanged URL, lower-case hex. For `file`: the strongest hash. */
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
	/** Registrable domain by the public suffix list, for domains and URLs with one. */
	registrableDomain?: string;
	flags: IndicatorFlag[];
}
