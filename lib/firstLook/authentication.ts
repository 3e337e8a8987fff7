import type { Email, HeaderField } from '../email';
import { compact } from '../json';
import { FIRST_LOOK_LIMITS } from '../limits';
import {
	readAuthenticationResults,
	type AuthenticationResult,
	type AuthenticationResults,
} from './authenticationResults';
import { alignmentOf, domainOf, organisationOf, type Alignment } from './domains';

/** What a server found when it checked who may send for a domain (RFC 7208). */
export interface SpfVerdict {
	/** `pass`, `fail`, `softfail`, `neutral`, `none`, `temperror`, `permerror`, or what the server wrote. */
	result: string;
	/** Domain of the envelope's sender, else of HELO. */
	domain?: string;
	/** Address of the client that was checked. */
	address?: string;
	/** With the domain in From. */
	alignment?: Alignment;
	reason?: string;
}

/** What a server found of one signature (RFC 6376). */
export interface DkimVerdict {
	result: string;
	/** The domain that signed. */
	domain?: string;
	selector?: string;
	algorithm?: string;
	alignment?: Alignment;
	reason?: string;
}

/** What a server made of both for the domain in From (RFC 7489). */
export interface DmarcVerdict {
	result: string;
	/** The domain in From. */
	domain?: string;
	/** What the domain asks for: `none`, `quarantine`, `reject`. */
	policy?: string;
	/** What the server did about it. */
	action?: string;
	reason?: string;
}

/** The seals of those who passed a message on (RFC 8617). */
export interface ArcVerdict {
	/** As one's own server found the chain. Absent where it did not say. */
	result?: string;
	/** Seals in the message. */
	seals: number;
	/** Whose they are, the first one first. */
	sealers: string[];
	/** What the first of them had found. To be believed when the chain passes and its sealers are. */
	original?: { server?: string; spf?: string; dkim?: string; dmarc?: string };
}

/** Verdict of a provider over all methods: Microsoft's composite authentication and what its filter made of the message. */
export interface CompositeVerdict {
	result?: string;
	/** Microsoft's code of three digits. */
	reason?: string;
	/** What the filter took it for: `PHSH`, `SPM`, `BULK`, `NONE`… */
	category?: string;
	/** Spam confidence level, -1 to 9. */
	spamLevel?: number;
}

/** Whether a message is from whom it says, as far as a server of one's own has checked it. */
export interface Authentication {
	/**
	 * `pass`: the domain in From stands behind it; `fail`: it does not; `none`: it says nothing about it; `unknown`: nobody who can be
	 * believed has looked.
	 */
	verdict: 'pass' | 'fail' | 'none' | 'unknown';
	/** Whose results these are: authserv-id, or the server that wrote the Received field above. */
	server?: string;
	/** The domain in From. */
	domain?: string;
	spf?: SpfVerdict;
	dkim: DkimVerdict[];
	dmarc?: DmarcVerdict;
	arc?: ArcVerdict;
	composite?: CompositeVerdict;
	/** Fields that stand where their sender could have written them: they count for nothing. */
	notBelieved: number;
}

/** Options of {@link authenticationOf}. */
export interface AuthenticationOptions {
	/**
	 * authserv-ids of one's own servers that remove forged fields of their name (RFC 8601 section 5). Only they are believed then. Default:
	 * whoever wrote above the Received field by which the message came in.
	 */
	trustedServers?: readonly string[] | undefined;
}

/** Servers that put their results below their own Received field, and remove what pretends to be theirs. */
const WRITES_BELOW: ReadonlySet<string> = new Set(['mx.google.com']);

const FIELD = 'authentication-results';
/** What came along from elsewhere, under a name of its own. */
const RENAMED: ReadonlySet<string> = new Set([
	'authentication-results-original',
	'x-ms-exchange-authentication-results',
]);

interface Found {
	results: AuthenticationResults;
	isBelieved: boolean;
}

/**
 * Reads what servers found out about a message's sender. Believed is only what one's own servers wrote: a field above the Received
 * field by which the message came in from outside. Whatever stands below may be the sender's own invention.
 *
 * @param boundary Index of that Received field, from the top; undefined when none tells.
 */
export function authenticationOf(
	email: Pick<Email, 'headers' | 'from' | 'receivedLines' | 'authenticationResults'>,
	boundary: number | undefined,
	options: AuthenticationOptions = {},
): Authentication {
	const domain = domainOf(email.from[0]?.address);
	const fields = fieldsOf(email, boundary, options);
	const believed = fields.filter(({ isBelieved }) => isBelieved).map(({ results }) => results);
	// The lowest is of the server that saw the message first: SPF means something there only.
	const first = believed.at(-1);
	const all = believed.toReversed().flatMap(({ results }) => results);
	const byMethod = (method: string) => all.find((result) => result.method === method);
	const spf = spfVerdict(byMethod('spf'), domain) ?? receivedSpf(email, boundary, domain);
	const dkim = dkimVerdicts(all, domain);
	const dmarc = dmarcVerdict(byMethod('dmarc'), domain);
	const arc = arcVerdict(email.headers, byMethod('arc')?.result);
	const composite = compositeVerdict(email, boundary, byMethod('compauth'));
	const isKnown = believed.length > 0 || spf !== undefined;
	return {
		verdict: isKnown ? verdictOf(spf, dkim, dmarc) : 'unknown',
		...compact({ server: first?.server ?? byOf(email, boundary, isKnown), domain, spf, dmarc, arc, composite }),
		dkim,
		notBelieved: fields.length - believed.length,
	};
}

function byOf({ receivedLines }: Pick<Email, 'receivedLines'>, boundary: number | undefined, isKnown: boolean) {
	const line = isKnown && boundary !== undefined ? receivedLines[boundary] : undefined;
	return line === undefined
		? undefined
		: /(?:^|\s)by\s{1,8}([a-z0-9][\w.-]{0,252})/i.exec(line.slice(0, 4_000))?.[1]?.toLowerCase();
}

/** Index in the header of the n-th Received field from the top. */
function positionOf(headers: readonly HeaderField[], received: number): number {
	let seen = -1;
	return headers.findIndex(({ name }) => name.toLowerCase() === 'received' && ++seen === received);
}

/** The fields of the message, and whether one's own servers wrote them. */
function fieldsOf(
	{ headers, receivedLines, authenticationResults }: Parameters<typeof authenticationOf>[0],
	boundary: number | undefined,
	{ trustedServers }: AuthenticationOptions,
): Found[] {
	const trusted =
		trustedServers === undefined || trustedServers.length === 0
			? undefined
			: new Set(trustedServers.map((name) => name.trim().toLowerCase()));
	const { maxAuthenticationFields } = FIRST_LOOK_LIMITS;
	// An item of another node may tell the fields and not their places.
	const isPlaced = headers.some(({ name }) => name.toLowerCase() === FIELD);
	if (!isPlaced) {
		return authenticationResults.slice(0, maxAuthenticationFields).map((body) => {
			const results = readAuthenticationResults(body);
			return { results, isBelieved: trusted?.has(results.server ?? '') === true };
		});
	}
	const last = boundary ?? receivedLines.length - 1;
	const entry = last < 0 ? -1 : positionOf(headers, last);
	const next = boundary === undefined ? -1 : positionOf(headers, boundary + 1);
	const end = next === -1 ? headers.length : next;
	const found: Found[] = [];
	const below = new Set<string>();
	for (const [index, { name, value }] of headers.entries()) {
		const field = name.toLowerCase();
		if ((field !== FIELD && !RENAMED.has(field)) || found.length >= maxAuthenticationFields) continue;
		const results = readAuthenticationResults(value);
		const server = results.server ?? '';
		const isAbove = index < entry;
		const mayBeBelow = (WRITES_BELOW.has(server) || trusted?.has(server) === true) && index < end && !below.has(server);
		if (!isAbove && mayBeBelow) below.add(server);
		const isOurs = isAbove || (entry !== -1 && mayBeBelow && isOf(server, receivedLines[last] ?? ''));
		found.push({ results, isBelieved: field === FIELD && isOurs && (trusted === undefined || trusted.has(server)) });
	}
	return found;
}

/** Whether a server, or one of its organisation, wrote a Received line. */
function isOf(server: string, line: string): boolean {
	const by = /(?:^|\s)by\s{1,8}([a-z0-9][\w.-]{0,252})/i.exec(line.slice(0, 4_000))?.[1]?.toLowerCase();
	return by !== undefined && (by === server || organisationOf(by) === organisationOf(server));
}

function spfVerdict(found: AuthenticationResult | undefined, from: string | undefined): SpfVerdict | undefined {
	if (found === undefined) return undefined;
	const { result, reason, comment, properties } = found;
	const domain = domainOf(properties['smtp.mailfrom']) ?? domainOf(properties['smtp.helo']);
	const address =
		/(?:sender ip is|client-ip=|designates)\s{0,4}([0-9a-f:.]{3,45})/i.exec(comment ?? '')?.[1]?.replace(/\.$/, '') ??
		properties['smtp.remote-ip'];
	return { result, ...compact({ domain, address, alignment: alignmentOf(from, domain), reason }) };
}

/** Received-SPF (RFC 7208 section 9.1), where no Authentication-Results tells of SPF. */
function receivedSpf(
	{ headers, receivedLines }: Pick<Email, 'headers' | 'receivedLines'>,
	boundary: number | undefined,
	from: string | undefined,
): SpfVerdict | undefined {
	const last = boundary ?? receivedLines.length - 1;
	const entry = last < 0 ? -1 : positionOf(headers, last);
	const field = headers.find(({ name }, index) => index < entry && name.toLowerCase() === 'received-spf')?.value;
	const result = /^\s{0,8}([a-z]{4,9})\b/i.exec(field ?? '')?.[1]?.toLowerCase();
	if (field === undefined || result === undefined) return undefined;
	const value = (name: string) =>
		new RegExp(`\\b${name}="?([^\\s;"]{1,320})`, 'i').exec(field.slice(0, FIRST_LOOK_LIMITS.maxFieldCharacters))?.[1];
	const domain = domainOf(value('envelope-from')) ?? domainOf(value('helo'));
	return { result, ...compact({ domain, address: value('client-ip'), alignment: alignmentOf(from, domain) }) };
}

function dkimVerdicts(all: readonly AuthenticationResult[], from: string | undefined): DkimVerdict[] {
	const seen = new Set<string>();
	const found: DkimVerdict[] = [];
	for (const { method, result, reason, comment, properties } of all) {
		if (method !== 'dkim') continue;
		const domain = domainOf(properties['header.d']) ?? domainOf(properties['header.i']);
		const selector = properties['header.s'];
		const algorithm = properties['header.a'];
		const key = `${domain} ${selector} ${result}`;
		if (seen.has(key)) continue;
		seen.add(key);
		found.push({
			result,
			...compact({ domain, selector, algorithm, alignment: alignmentOf(from, domain), reason: reason ?? comment }),
		});
	}
	return found;
}

function dmarcVerdict(found: AuthenticationResult | undefined, from: string | undefined): DmarcVerdict | undefined {
	if (found === undefined) return undefined;
	const { result, reason, comment, properties } = found;
	const policy = properties['policy.dmarc'] ?? /\bp=([a-z]{4,10})/i.exec(comment ?? '')?.[1]?.toLowerCase();
	return {
		result,
		...compact({ domain: domainOf(properties['header.from']) ?? from, policy, action: properties['action'], reason }),
	};
}

function arcVerdict(headers: readonly HeaderField[], result: string | undefined): ArcVerdict | undefined {
	const { maxFieldCharacters, maxAuthenticationFields } = FIRST_LOOK_LIMITS;
	const fields = (wanted: string) =>
		headers
			.filter(({ name }) => name.toLowerCase() === wanted)
			.slice(0, maxAuthenticationFields)
			.map(({ value }) => value.slice(0, maxFieldCharacters))
			.map((value) => ({ value, instance: Number(/(?:^|[;\s])i\s{0,4}=\s{0,4}(\d{1,2})\b/.exec(value)?.[1] ?? 0) }))
			.sort((one, other) => one.instance - other.instance);
	const seals = fields('arc-seal');
	if (seals.length === 0 && result === undefined) return undefined;
	const sealers = seals.map(
		({ value }) => domainOf(/(?:^|[;\s])d\s{0,4}=\s{0,4}([\w.-]{1,253})/.exec(value)?.[1]) ?? '?',
	);
	const first = fields('arc-authentication-results')[0];
	const read =
		first && readAuthenticationResults(first.value.replace(/^\s{0,8}i\s{0,4}=\s{0,4}\d{1,2}\s{0,4};\s{0,8}/, ''));
	const of = (method: string) => read?.results.find((one) => one.method === method)?.result;
	return {
		...compact({ result }),
		seals: seals.length,
		sealers,
		...(read === undefined
			? {}
			: { original: compact({ server: read.server, spf: of('spf'), dkim: of('dkim'), dmarc: of('dmarc') }) }),
	};
}

function compositeVerdict(
	{ headers, receivedLines }: Pick<Email, 'headers' | 'receivedLines'>,
	boundary: number | undefined,
	compauth: AuthenticationResult | undefined,
): CompositeVerdict | undefined {
	const last = boundary ?? receivedLines.length - 1;
	const entry = last < 0 ? -1 : positionOf(headers, last);
	const above = (wanted: string) =>
		headers.find(({ name }, index) => index < entry && name.toLowerCase() === wanted)?.value;
	const filter = above('x-forefront-antispam-report')?.slice(0, FIRST_LOOK_LIMITS.maxFieldCharacters) ?? '';
	const part = (name: string) => new RegExp(`(?:^|;)\\s{0,8}${name}:([^;]{1,100})`).exec(filter)?.[1]?.trim();
	const level = Number(part('SCL') ?? above('x-ms-exchange-organization-scl')?.trim() ?? Number.NaN);
	const verdict = compact({
		result: compauth?.result,
		reason: compauth?.reason,
		category: part('CAT'),
		spamLevel: Number.isInteger(level) ? level : undefined,
	});
	return Object.keys(verdict).length === 0 ? undefined : verdict;
}

/** What DMARC says; where nobody asked it, what it would say. */
function verdictOf(
	spf: SpfVerdict | undefined,
	dkim: readonly DkimVerdict[],
	dmarc: DmarcVerdict | undefined,
): Authentication['verdict'] {
	if (dmarc?.result === 'pass' || dmarc?.result === 'bestguesspass') return 'pass';
	if (dmarc?.result === 'fail') return 'fail';
	const isOurs = ({ result, alignment }: { result: string; alignment?: Alignment }) =>
		result === 'pass' && (alignment === 'strict' || alignment === 'relaxed');
	if ((spf !== undefined && isOurs(spf)) || dkim.some(isOurs)) return 'pass';
	const hasFailed = [...(spf === undefined ? [] : [spf]), ...dkim].some(({ result }) =>
		/fail$|^permerror$/.test(result),
	);
	return hasFailed ? 'fail' : 'none';
}
