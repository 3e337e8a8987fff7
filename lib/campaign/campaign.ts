import { createHash } from 'node:crypto';
import type { Email } from '../email';
import { domainOf, firstLook, organisationOf, type FirstLookOptions } from '../firstLook';
import { readHtml, type Indicator } from '../indicators';
import { compact } from '../json';
import { CAMPAIGN_LIMITS } from '../limits';
import { readIpAddress } from '../values';
import { normalisedSubject, visibleWords } from './words';

/**
 * By what messages of one campaign are alike. Deterministic: equal messages have equal keys, on every machine. Absent where a message has
 * nothing to make a key of.
 */
export interface CampaignKeys {
	/** The subject without prefixes, tags, numbers and addresses. */
	subject?: string;
	/** Fuzzy hash of the visible text: 64 bits in hex. Texts that differ a little differ in few bits: see `textDistance`. */
	text?: string;
	/** Shapes of the URLs: what stays when hosts, numbers and tokens change. In order, each once. */
	urls?: string[];
	/** Where it came from: organisations and networks. */
	sender?: string[];
	/** Subject and shapes of URLs in one word of 16 hex digits, what a workflow groups by; the text's hash where there are neither. */
	key?: string;
}

/** The keys of a message, and of what was found in it. Pure and linear. */
export function campaignKeys(
	email: Email,
	indicators: readonly Indicator[],
	options: FirstLookOptions = {},
): CampaignKeys {
	const subject = normalisedSubject(email.subject ?? '', email);
	const words = visibleWords(textOf(email), email);
	const text = words.length < CAMPAIGN_LIMITS.minWords ? undefined : fuzzyHash(words);
	const urls = urlShapes(indicators);
	const sender = senderOf(email, options);
	// Texts of one campaign differ in some bits: they are compared, not grouped.
	const parts = [subject, ...urls];
	const key = parts.every((part) => part === '') ? text : hashOf(parts.join('\n')).slice(0, 16);
	return compact({
		subject: subject === '' ? undefined : subject,
		text,
		urls: urls.length === 0 ? undefined : urls,
		sender: sender.length === 0 ? undefined : sender,
		key,
	});
}

/** In how many of 64 bits two fuzzy hashes differ; up to 6 are the same text with small changes, as a rule. Undefined for what is none. */
export function textDistance(one: string, other: string): number | undefined {
	if (!isCampaignHash(one) || !isCampaignHash(other)) return undefined;
	let difference = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
	let bits = 0;
	for (; difference > 0n; difference >>= 1n) bits += Number(difference & 1n);
	return bits;
}

/** Whether a text is of the form of `key` and `text`. */
export const isCampaignHash = (text: string): boolean => /^[0-9a-f]{16}$/.test(text);

/** Which key of a campaign a label tells. */
export type CampaignLabelKind = 'key' | 'subject' | 'urls' | 'text';

/** Labels for what is made of a message: its keys, each short enough for a label. */
export function campaignLabels(keys: CampaignKeys): string[] {
	return [...labelledKeys(keys).values()];
}

/** The same, by which key each of them tells. */
export function labelledKeys({ subject, text, urls, key }: CampaignKeys): Map<CampaignLabelKind, string> {
	const labels = new Map<CampaignLabelKind, string>();
	const short = (value: string) => hashOf(value).slice(0, 12);
	if (key !== undefined) labels.set('key', `campaign:${key}`);
	if (subject !== undefined) labels.set('subject', `campaign-subject:${short(subject)}`);
	if (urls !== undefined) labels.set('urls', `campaign-urls:${short(urls.join('\n'))}`);
	if (text !== undefined) labels.set('text', `campaign-text:${text}`);
	return labels;
}

/** The fuzzy hash of a text, as a label tells it. Undefined where none does. */
export function labelledText(labels: readonly string[]): string | undefined {
	const prefix = 'campaign-text:';
	const hash = labels.find((label) => label.startsWith(prefix))?.slice(prefix.length);
	return hash !== undefined && isCampaignHash(hash) ? hash : undefined;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function textOf({ text, html }: Pick<Email, 'text' | 'html'>): string {
	const { maxCharacters } = CAMPAIGN_LIMITS;
	// Phishing mail shows its HTML; its text part, where there is one, says something else or nothing.
	if (html !== undefined && html.trim() !== '') return readHtml(html.slice(0, maxCharacters)).text;
	return (text ?? '').slice(0, maxCharacters);
}

/** SimHash (Charikar 2002) over runs of three words: each run votes for the bits of its own hash. */
function fuzzyHash(words: readonly string[]): string {
	const votes = new Int32Array(64);
	for (let i = 0; i + 3 <= words.length; i++) {
		const digest = createHash('sha256')
			.update(words.slice(i, i + 3).join(' '))
			.digest();
		for (let bit = 0; bit < 64; bit++) votes[bit]! += (digest[bit >> 3]! >> (bit & 7)) & 1 ? 1 : -1;
	}
	let hash = 0n;
	for (let bit = 0; bit < 64; bit++) if (votes[bit]! > 0) hash |= 1n << BigInt(bit);
	return hash.toString(16).padStart(16, '0');
}

/** What stays of a URL when hosts, numbers and tokens change: the forms of its path and the names of its parameters. */
function urlShapes(indicators: readonly Indicator[]): string[] {
	const shapes = new Set<string>();
	for (const { type, value, flags } of indicators) {
		if (type !== 'url' || flags.some((flag) => UNTELLING.has(flag)) || !URL.canParse(value)) continue;
		const { protocol, pathname, searchParams } = new URL(value);
		const path = pathname.split('/').map(segmentShape).join('/');
		const names = [...new Set(searchParams.keys())].map(segmentShape).sort();
		shapes.add(
			`${protocol}//*${path}${names.length === 0 ? '' : `?${names.join('&')}`}`.slice(0, CAMPAIGN_LIMITS.maxShape),
		);
		if (shapes.size >= CAMPAIGN_LIMITS.maxShapes) break;
	}
	return [...shapes].sort();
}

/** Links that every newsletter and every program has. */
const UNTELLING: ReadonlySet<string> = new Set([
	'schema-url',
	'unsubscribe',
	'own-domain',
	'allow-listed',
	'rewritten',
]);

/** A word of a path: tokens and numbers change with each recipient, names stay. */
function segmentShape(segment: string): string {
	const text = segment.toLowerCase();
	if (/^[0-9a-f-]{8,}$/.test(text) || (text.length >= 16 && /\d/.test(text)) || text.length > 40) return '*';
	return text.replace(/\d+/g, '#');
}

/** Organisations and networks of the sender's side, as one's own servers saw them. */
function senderOf(email: Email, options: FirstLookOptions): string[] {
	const { origin, authentication } = firstLook(email, options);
	const network = networkOf(origin?.address);
	const helo = domainOf(origin?.helo);
	const from = domainOf(email.from[0]?.address);
	const signed = authentication.dkim.filter(({ result }) => result === 'pass').flatMap(({ domain }) => domain ?? []);
	const names = [
		...(network === undefined ? [] : [`network:${network}`]),
		...(helo === undefined ? [] : [`helo:${organisationOf(helo)}`]),
		...(from === undefined ? [] : [`from:${organisationOf(from)}`]),
		...[...new Set(signed.map(organisationOf))].sort().map((domain) => `signed:${domain}`),
	];
	// No more than what is read of an item again.
	return names.filter((name) => name.length <= CAMPAIGN_LIMITS.maxShape).slice(0, CAMPAIGN_LIMITS.maxShapes);
}

/** The network that an address is rented in, as a rule: /24 and /48. */
function networkOf(text: string | undefined): string | undefined {
	const address = text === undefined ? undefined : readIpAddress(text);
	if (address === undefined) return undefined;
	const { bytes } = address.network;
	if (bytes.length === 4) return `${bytes.slice(0, 3).join('.')}.0/24`;
	return `${Buffer.from(bytes.slice(0, 6))
		.toString('hex')
		.replace(/(.{4})(?=.)/g, '$1:')}::/48`;
}
