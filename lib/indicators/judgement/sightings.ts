import { INDICATOR_LIMITS } from '../../limits';
import {
	isHashOfNothing,
	readDomainName,
	readUrl,
	type DomainName,
	type IpAddress,
	type Url,
	type Value,
} from '../../values';
import type { Finding, Sighting } from '../finding';
import type { IndicatorFlag } from '../indicator';
import { embeddedUrls, namedHost } from './embedded';
import { nameFlags, urlFlags } from './knownHosts';
import type { Lookalikes, Vips } from './lookalikes';
import { mayRewrite, unwrapUrl, withoutRecipient } from './rewriters';
import { addressFlags, hostFlags } from './specialUse';
import { valuesNamedIn, type NamedKinds } from './urlValues';
import type { UserLists } from './userLists';
import type { WarningListMatcher } from './warningListMatcher';

/** What is known of the user's house and of the message's addressees. */
export interface Judge {
	lists: UserLists;
	/** Addresses in lower case. */
	recipients: ReadonlySet<string>;
	/** Undefined where nothing of the kind is looked for. */
	lookalikes?: Lookalikes | undefined;
	vips?: Vips | undefined;
	warningLists?: WarningListMatcher | undefined;
	/** What is told of what a URL names. */
	wanted: NamedKinds;
}

/** What a finding tells of: the value itself, what wraps it or what it wraps, and the hosts of these. Pure. */
export function sightingsOf(finding: Finding, judge: Judge): Sighting[] {
	const sightings = sightingsOfValue(finding, judge);
	const { lookalikes, vips, warningLists } = judge;
	if (lookalikes !== undefined) for (const sighting of sightings) addLookalike(sighting, lookalikes);
	if (vips !== undefined && finding.shownName !== undefined)
		for (const sighting of sightings) addVip(sighting, finding.shownName, vips);
	if (warningLists !== undefined) for (const sighting of sightings) addWarningLists(sighting, warningLists);
	return sightings;
}

function addLookalike(sighting: Sighting, lookalikes: Lookalikes): void {
	const host = hostOf(sighting.found);
	const resembled = host && lookalikes.resembled(host);
	if (resembled === undefined) return;
	sighting.flags = [...sighting.flags, 'lookalike-domain'];
	sighting.resembles = resembled;
}

function addVip(sighting: Sighting, shownName: string, vips: Vips): void {
	const { found, flags } = sighting;
	// A person's own address is under a domain of the house, mostly.
	if (found.type !== 'email-addr' || flags.includes('own-domain')) return;
	const name = vips.named(shownName, found.value);
	if (name === undefined) return;
	sighting.flags = [...flags, 'vip-name'];
	sighting.resembles = name;
}

function addWarningLists(sighting: Sighting, warningLists: WarningListMatcher): void {
	const { found } = sighting;
	const names = warningLists.listsWith(found, hostOf(found));
	if (names.length === 0) return;
	sighting.flags = [...sighting.flags, 'warning-list'];
	sighting.warningLists = names;
}

function hostOf(found: Value): DomainName | undefined {
	if (found.type === 'domain-name') return found;
	return found.type === 'url' ? found.host : found.type === 'email-addr' ? found.domain : undefined;
}

function sightingsOfValue(finding: Finding, judge: Judge): Sighting[] {
	const { found, flags } = finding;
	switch (found.type) {
		case 'url':
			return urlSightings(finding, found, judge);
		case 'email-addr': {
			const { domain } = found;
			const addressed: readonly IndicatorFlag[] = judge.recipients.has(found.value) ? ['recipient'] : NO_FLAGS;
			const own = flags.concat(judge.lists.flags(found, domain), hostFlags(domain), addressed);
			const address = sightingOf(finding, found, own);
			if (domain.registrable === undefined) return [address];
			return [address, sightingOf(finding, domain, domainFlags(domain, addressed, judge), found.value)];
		}
		case 'domain-name':
			return [sightingOf(finding, found, domainFlags(found, flags, judge))];
		case 'ipv4-addr':
		case 'ipv6-addr':
			return [sightingOf(finding, found, ipFlags(found, flags, judge))];
		case 'file': {
			// The hash of nothing is no identifier, whatever stands before it.
			const own: readonly IndicatorFlag[] = isHashOfNothing(found.value)
				? ['empty-file', ...flags.filter((flag) => flag !== 'id-like')]
				: flags;
			return [sightingOf(finding, found, own.concat(judge.lists.flags(found)))];
		}
		case 'autonomous-system':
		case 'cryptocurrency-wallet':
		case 'attack-pattern':
		case 'cve':
		case 'mac-addr':
		case 'phone-number':
		case 'user-account':
		case 'windows-registry-key':
			return [sightingOf(finding, found, flags.concat(judge.lists.flags(found)))];
	}
}

const NO_FLAGS: readonly IndicatorFlag[] = [];
const EMBEDDED: readonly IndicatorFlag[] = ['embedded'];

/** One sighting of what was found at a place. Written out, for there are many: copying the finding takes longer. */
function sightingOf(
	{ original, defanged, place, offset }: Pick<Finding, 'original' | 'defanged' | 'place' | 'offset'>,
	found: Value,
	flags: readonly IndicatorFlag[],
	derivedFrom?: string,
): Sighting {
	return { found, original, defanged, flags, place, offset, derivedFrom };
}

function domainFlags(
	domain: DomainName,
	evidence: readonly IndicatorFlag[],
	{ lists }: Judge,
): readonly IndicatorFlag[] {
	return evidence.concat(lists.flags(domain, domain), hostFlags(domain), nameFlags(domain));
}

function ipFlags(address: IpAddress, evidence: readonly IndicatorFlag[], { lists }: Judge): readonly IndicatorFlag[] {
	return evidence.concat(addressFlags(address), lists.flags(address, address));
}

/** A URL, what it wraps, what else stands in it, and the hosts of all. */
function urlSightings(finding: Finding, url: Url, judge: Judge): Sighting[] {
	const sightings: Sighting[] = [];
	let embedded = 0;
	/** URLs that are still to be looked at, with the one that each stands in. */
	const waiting: { finding: Finding; url: Url; derivedFrom?: string }[] = [{ finding, url }];
	for (const one of waiting) {
		const last = wrappedSightings(one.finding, one.url, judge, one.derivedFrom, sightings);
		for (const found of valuesNamedIn(last, judge.wanted))
			sightings.push(sightingOf(one.finding, found, NO_FLAGS, last.value));
		for (const inner of embeddedUrls(last.value)) {
			const read = readUrl(inner);
			if (read === undefined || embedded >= INDICATOR_LIMITS.maxEmbeddedUrls) continue;
			embedded++;
			const { targetFlags: _, ...place } = one.finding;
			const at: Finding = { ...place, found: read, original: read.value, flags: EMBEDDED };
			waiting.push({ finding: at, url: read, derivedFrom: last.value });
		}
		const named = namedHost(last.value);
		const host = named === undefined ? undefined : readDomainName(named);
		if (host?.registrable !== undefined)
			sightings.push(sightingOf(one.finding, host, domainFlags(host, EMBEDDED, judge), last.value));
	}
	return sightings;
}

/** The steps from a wrapper to its target. Gives the target. */
function wrappedSightings(
	finding: Finding,
	url: Url,
	judge: Judge,
	from: string | undefined,
	sightings: Sighting[],
): Url {
	const { flags, targetFlags = NO_FLAGS } = finding;
	if (url.host === undefined || !mayRewrite(url.host.value)) {
		sightings.push(...urlAndHost(sightingOf(finding, url, flags.concat(targetFlags), from), url, judge));
		return url;
	}
	const { url: target, wrappers } = unwrapUrl(url.value);
	const chain = wrappers.length === 0 ? [withoutRecipient(url.value)] : [...wrappers, target];
	let derivedFrom = from;
	let last = url;
	for (const [index, step] of chain.entries()) {
		const isWritten = index === 0 && step === url.value;
		const read = isWritten ? url : readUrl(step);
		if (read === undefined) continue;
		const isTarget = index === chain.length - 1;
		const stepFlags = (index === 0 ? flags : NO_FLAGS).concat(isTarget ? targetFlags : ['rewritten']);
		const at = isWritten ? finding : { ...finding, original: read.value };
		sightings.push(...urlAndHost(sightingOf(at, read, stepFlags, derivedFrom), read, judge));
		derivedFrom = read.value;
		last = read;
	}
	return last;
}

/** `sighting` is that of the URL, with the flags that its place and its chain give it. */
function urlAndHost(sighting: Sighting, url: Url, judge: Judge): Sighting[] {
	const { host, address, value } = url;
	const flags = sighting.flags.concat(
		urlFlags(value, host),
		address === undefined ? NO_FLAGS : addressFlags(address),
		host === undefined ? NO_FLAGS : hostFlags(host),
	);
	if (url.userinfo) flags.push('userinfo');
	const own = sightingOf(sighting, url, flags.concat(judge.lists.flags(url, host ?? address)), sighting.derivedFrom);
	if (host?.registrable !== undefined) {
		const inherited = flags.filter((flag) => flag === 'schema-url' || flag === 'rewritten' || flag === 'embedded');
		return [own, sightingOf(sighting, host, domainFlags(host, inherited, judge), value)];
	}
	return address === undefined ? [own] : [own, sightingOf(sighting, address, ipFlags(address, NO_FLAGS, judge), value)];
}
