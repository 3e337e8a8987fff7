import type { EmailWarning } from '../email';
import type { IndicatorFlag, IndicatorType } from './indicator';
import type { LeftOut } from './leaveOut';
import type { WarningList } from './warningList';

/** What is extracted, from where, and what is known about the organisation. Every field is optional. */
export interface ExtractOptions {
	/** URLs. Default true. */
	urls?: boolean | undefined;
	/** Domain names: bare ones, hosts of URLs, domains of addresses. Default true. */
	domains?: boolean | undefined;
	/** IPv4 and IPv6 addresses and networks (CIDR). Default true. */
	ips?: boolean | undefined;
	/** MD5, SHA-1, SHA-256 and SHA-512 written in a text. Default true. */
	hashes?: boolean | undefined;
	/** Hashes of the attachments themselves. Default true. */
	attachments?: boolean | undefined;
	/** E-mail addresses. Default true. */
	emailAddresses?: boolean | undefined;
	/** Header fields: sender addresses, Received, X-Originating-IP, Authentication-Results, List-Unsubscribe. Default true. */
	headers?: boolean | undefined;
	/** CVE identifiers. Default false. */
	cve?: boolean | undefined;
	/** Autonomous system numbers (`AS64500`). Default false. */
	asn?: boolean | undefined;
	/** MAC addresses. Default false. */
	mac?: boolean | undefined;
	/**
	 * Addresses of Bitcoin, Bitcoin Cash, Litecoin, Dogecoin, Dash, Zcash, Ethereum, Tron, Ripple, Monero and Cardano whose checksum is
	 * right. Default false.
	 */
	wallets?: boolean | undefined;
	/** Phone numbers: with a country code, and those of North America. Default false. */
	phones?: boolean | undefined;
	/** Techniques of MITRE ATT&CK (`T1566.001`). Default false. */
	techniques?: boolean | undefined;
	/** Keys of the Windows registry. Default false. */
	registryKeys?: boolean | undefined;
	/** Handles (`@name`) and the accounts of `t.me` links. Default false. */
	handles?: boolean | undefined;
	/** Read text-like attachments (text, HTML, CSV, XML, JSON, calendar…). Default true. */
	textAttachments?: boolean | undefined;
	/** Read attached messages. Default true. */
	attachedMessages?: boolean | undefined;
	/**
	 * Registrable domains or hosts of one's own: they and what is under them are flagged `own-domain`. Default: the domain of the
	 * mailbox that the message was read from (`source.mailbox`), unless it is at a public mail provider. An empty list: none.
	 */
	ownDomains?: string[] | undefined;
	/** Addresses, networks (CIDR) and hosts (exact or `.suffix`) of relays whose Received lines are believed. */
	trustedRelays?: string[] | undefined;
	/** Flagged `allow-listed`: an exact value, `.suffix` of a domain, or a network (CIDR). */
	allowList?: string[] | undefined;
	/**
	 * Domains whose look-alikes are flagged `lookalike-domain`, beside the own ones: brands and partners that are imitated. Default none.
	 */
	protectedDomains?: string[] | undefined;
	/**
	 * Names of people that senders borrow: an address outside of the own domains that is shown under one is flagged `vip-name`. With an
	 * address in angle brackets (`Jane Doe <jane@example.net>`), that one is hers. Default none.
	 */
	vipNames?: string[] | undefined;
	/** Lists of values that are known to be harmless or everybody's: what stands on one is flagged `warning-list`. Default none. */
	warningLists?: readonly WarningList[] | undefined;
	/**
	 * Leaves out values with one of these flags; `LEAVE_OUT_PRESETS` has lists of them. `allow-listed` never leaves out a value that
	 * somebody had defanged. Default none.
	 */
	exclude?: readonly IndicatorFlag[] | undefined;
	/** Most values of one type. Default 2,000, and two fifths of `maxIndicators` where that is more. */
	maxPerType?: number | undefined;
	/** Most values in all. Default 5,000. */
	maxIndicators?: number | undefined;
	/** Most milliseconds. Above: what was found so far is given, with the warning `search-stopped`. Default 60,000. */
	maxMilliseconds?: number | undefined;
	/** Milliseconds of a clock, for tests. Default `Date.now`. */
	now?: (() => number) | undefined;
	/** Told once per type, at the end, how many findings a maximum left out. */
	onOmitted?: ((type: IndicatorType, findings: number) => void) | undefined;
	/** Told once, at the end, how many values `exclude` left out, by flag. Empty when there are none. */
	onLeftOut?: ((leftOut: LeftOut) => void) | undefined;
	/**
	 * Told at the end of what was not searched or not kept because of a limit, once for each of `attachments-omitted`,
	 * `attachments-cut`, `text-cut`, `urls-too-long`, `messages-too-deep`, `search-stopped`
	 * and `indicators-omitted`.
	 */
	onWarning?: ((warning: EmailWarning) => void) | undefined;
}

/** Options of {@link extractIndicatorsAsync}. */
export interface ExtractAsyncOptions extends ExtractOptions {
	/** Ends the work; the promise is rejected with the reason. */
	signal?: AbortSignal | undefined;
}
