import type { Email } from '../email';
import { domainOf, firstLook, organisationOf, type FirstLook } from '../firstLook';
import { extractIndicators, ownDomainsOf } from '../indicators';
import { readDomainName } from '../values';
import type { AnalyseOptions } from './reported';

/** Whether the one who sent a report is one of ours. `alike`: of the same organisation as those whom it was sent to. */
export type Standing = 'own' | 'alike' | 'foreign' | 'unknown';

/** The one who sent a mail that may be a report. */
export interface Sender {
	standing: Standing;
	look: FirstLook;
	/** Organisations whose people report. */
	own: ReadonlySet<string>;
}

/** Looks at who sent a mail. */
export function senderOf(email: Email, options: AnalyseOptions): Sender {
	const look = firstLook(email, options);
	const from = domainOf(email.from[0]?.address);
	const own = new Set(ownOrganisations(email, look, options));
	const organisation = from === undefined ? undefined : organisationOf(from);
	if (organisation === undefined) return { standing: 'unknown', look, own };
	if (own.size > 0) return { standing: own.has(organisation) ? 'own' : 'foreign', look, own };
	const recipients = [...email.to, ...email.cc].flatMap(({ address }) => ownDomainsOf({ mailbox: address }));
	return { standing: recipients.includes(organisation) ? 'alike' : 'unknown', look, own };
}

/** Those that the user names, else that of the mailbox, else those of whom our own servers delivered to. */
function ownOrganisations(email: Email, { origin }: FirstLook, { ownDomains = [] }: AnalyseOptions): string[] {
	const named = ownDomains
		.map((domain) => domainOf(domain.replace(/^\.|^@/, '')))
		.filter((domain) => domain !== undefined);
	if (named.length > 0) return named.map(organisationOf);
	const ofMailbox = ownDomainsOf(email.source);
	if (ofMailbox.length > 0) return ofMailbox;
	const received = email.headers.findIndex(({ name }) => name.toLowerCase() === 'received');
	const delivered = email.headers.find(
		({ name }, index) => /^(?:delivered-to|x-original-to)$/i.test(name) && (received === -1 || index < received),
	)?.value;
	return [delivered?.trim(), origin?.recipient].flatMap((mailbox) =>
		mailbox === undefined ? [] : ownDomainsOf({ mailbox }),
	);
}

/**
 * Why a mail that looks like a report may be none, each as the end of a sentence; none where it may be believed. Who wants to hide a
 * phish puts a harmless mail into it and makes it look like a report.
 *
 * @param said Its own words, in which nothing may lead elsewhere.
 * @param marked It has the marks of a button.
 */
export function doubtsAbout(
	email: Email,
	inner: Email | undefined,
	said: { text: string; html?: string | undefined },
	{ standing, look, own }: Sender,
	marked: boolean,
): string[] {
	const doubts: string[] = [];
	const { authentication, senders } = look;
	const isOurs = standing === 'own' || standing === 'alike';
	if (authentication.verdict === 'fail') doubts.push('its sender failed authentication (SPF, DKIM, DMARC)');
	if (marked && standing === 'foreign') doubts.push('its sender is not of your own domains');
	if (!marked && !isOurs && (inner === undefined || !wasDeliveredTo(inner, email.from[0]?.address))) {
		doubts.push('its sender is not of your own domains, and nothing shows that the attached message was sent to them');
	}
	if (senders.differences.some(({ code }) => code === 'reply-to-elsewhere' || code === 'several-from')) {
		doubts.push('replies to it go elsewhere, or it has several senders');
	}
	const stranger = strangerIn(email, inner, said, { standing, look, own });
	if (stranger !== undefined) doubts.push(`its own text leads to ${stranger}`);
	return doubts;
}

/** One of our own people, as our own servers found: what he writes himself hides nothing. */
export const isProved = ({ standing, look }: Pick<Sender, 'standing' | 'look'>): boolean =>
	standing === 'own' && look.authentication.verdict === 'pass';

/**
 * A host, defanged, that the words of a report lead to, and neither its message nor our own people have. Undefined where there is none, or
 * whoever wrote it is proved to be one of us.
 */
export function strangerIn(
	email: Email,
	inner: Email | undefined,
	said: { text: string; html?: string | undefined },
	sender: Sender,
): string | undefined {
	if (isProved(sender)) return undefined;
	const { standing, own } = sender;
	const from = domainOf(email.from[0]?.address);
	const known = new Set([...own, ...(from !== undefined && standing !== 'foreign' ? [organisationOf(from)] : [])]);
	return strangeHost(said, known, inner)?.replaceAll('.', '[.]');
}

/** Whether somebody is among those whom a message was sent to, by its header. */
function wasDeliveredTo(inner: Email, address: string | undefined): boolean {
	if (address === undefined) return false;
	const wanted = address.toLowerCase();
	const named = [...inner.to, ...inner.cc, ...inner.bcc].some((one) => one.address.toLowerCase() === wanted);
	if (named) return true;
	const fields = inner.headers.filter(({ name }) =>
		/^(?:delivered-to|x-original-to|envelope-to|x-rcpt-to|x-delivered-to)$/i.test(name),
	);
	return (
		fields.some(({ value }) => value.toLowerCase().includes(wanted)) ||
		inner.receivedLines.some((line) => line.toLowerCase().includes(`for <${wanted}>`))
	);
}

/** A host that a mail's own text leads to, of an organisation that is neither known nor in the message that it carries. */
function strangeHost(
	said: { text: string; html?: string | undefined },
	known: ReadonlySet<string>,
	inner: Email | undefined,
): string | undefined {
	const found = extractIndicators(said, { emailAddresses: false, hashes: false, ips: true, urls: true, domains: true });
	const people = inner === undefined ? [] : [...inner.from, ...inner.replyTo].map(({ address }) => address);
	const carried = [inner?.text, inner?.html, inner?.subject, inner?.returnPath, ...people].join('\n').toLowerCase();
	for (const { type, value, flags } of found) {
		if (flags.includes('schema-url') || flags.includes('file-name-like') || flags.includes('version-like')) continue;
		const host = type === 'url' ? hostOf(value) : value;
		if (host === undefined || known.has(organisationOf(host)) || carried.includes(host)) continue;
		return host;
	}
	return undefined;
}

function hostOf(url: string): string | undefined {
	const host = URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
	return host === undefined || host === '' ? undefined : (readDomainName(host)?.value ?? host);
}
