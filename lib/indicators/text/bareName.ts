import { readDomainName, type DomainName } from '../../values';
import { hostClass } from '../characters';
import type { IndicatorFlag } from '../indicator';
import type { Surroundings } from './surroundings';
import {
	CODE_MEMBERS,
	CODE_OBJECTS,
	EXTENSIONS,
	FILE_STEMS,
	IN_WORDS,
	MALWARE_CLASSES,
	MALWARE_PLATFORMS,
	PLAIN_SUFFIXES,
	WEAK_EXTENSIONS,
} from './words';

/** What is known of how a name is written. */
export interface NameEvidence {
	/** A person had marked it. */
	defanged: boolean;
	/** A path, a query or a port follows. */
	withTail: boolean;
	surroundings: Surroundings;
}

/**
 * Judges a dotted word that stands in a text without a scheme. Undefined when it is no domain name, or is rather a
 * missing blank after a full stop, a path, a member in code or an anti-virus name.
 */
export function bareName(
	text: string,
	start: number,
	end: number,
	name: string,
	evidence: NameEvidence,
): { found: DomainName; flags: IndicatorFlag[] } | undefined {
	const found = readDomainName(name);
	if (found === undefined || !found.known) return undefined;
	// A bare suffix (`co.uk`, `github.io`) is named in passing, unless somebody marked it.
	if (evidence.defanged) return { found, flags: [] };
	if (found.registrable === undefined) return undefined;

	const before = text[start - 1] ?? ' ';
	const after = text[end] ?? ' ';
	if (
		before === '\\' ||
		before === '$' ||
		after === '(' ||
		(after === '!' && hostClass(text.charCodeAt(end + 1)) !== 0)
	)
		return undefined;
	if (before === '/' && text[start - 2] !== '/' && hostClass(text.charCodeAt(start - 2)) !== 0) return undefined;
	if (after === '\\' && hostClass(text.charCodeAt(end + 1)) !== 0) return undefined;
	if (/^www\./i.test(name)) return { found, flags: [] };

	const labels = name.split('.');
	const last = labels.at(-1) ?? '';
	const suffix = last.toLowerCase();
	const plain = PLAIN_SUFFIXES.has(suffix);
	if (labels.length === 2 && !plain) {
		// `end of sentence.Next`
		if (/^[A-Z][a-z]+$/.test(last)) return undefined;
		if (suffix === 'in' && IN_WORDS.has(labels[0]!.toLowerCase())) return undefined;
	}
	// `sentence.The`, `Object.Id` in longer chains; a name is written in one case.
	if (!plain && /^[A-Z][a-z]+$/.test(last) && /^[a-z]/.test(labels[0]!)) return undefined;
	if (isMalwareName(labels)) return undefined;
	return { found, flags: isFileName(text, start, end, labels, evidence) ? ['file-name-like'] : [] };
}

/** `Backdoor.MSIL.Agent.to`: class, platform, family, variant. */
function isMalwareName(labels: readonly string[]): boolean {
	return (
		labels.length > 2 &&
		MALWARE_CLASSES.has(labels[0]!.toLowerCase()) &&
		labels.slice(1, -1).some((label) => MALWARE_PLATFORMS.has(label.toLowerCase()))
	);
}

/** How far back a word may stand that says what a name is. */
const MOST_BEFORE = 40;
/** The same where other names of a list stand between. */
const MOST_OF_LIST = 240;
const MOST_BEHIND = 40;
/** Words for a host, in the languages that reports are written in. */
const HOST_WORDS = [
	'domains?|domain[ _-]?names?|hosts?|host[ _-]?names?|fqdn|dns|c2|c&c|servers?|(?:web ?)?sites?(?: at)?|sni|ns|mx|cname',
	'resolves? to|contacts?|connects? to|beacons? to|nslookup|dig|whois|ping|curl|domain-name:value',
	'domänen?|rechner|webseiten?|domaines?|serveurs?|dominios?|domínios?|servidor(?:es)?|domini|домен(?:ы|а)?|сервер(?:ы|а)?|сайты?|域名|ドメイン|도메인',
].join('|');
const HOST_BEFORE = new RegExp(
	String.raw`(?<![\p{L}\p{N}])(?:${HOST_WORDS})["']?\s{0,2}(?:[:=：]|is|-)?\s{0,2}[[{]?\s{0,2}["'${'`'}(]?$`,
	'iu',
);
/** `"type": "domain", … "value": "`, as MISP and others write attributes. */
const HOST_ATTRIBUTE = /"type"\s?:\s?"(?:domain|hostname|domain-name|fqdn)"[^{}]{0,60}"value"\s?:\s?"$/i;
/** A line of a hosts file. */
const ADDRESS_BEFORE = /(?:^|\n)[ \t]*(?:\d{1,3}(?:\.\d{1,3}){3}|::1)[ \t]{1,8}$/;
/** What is said of hosts only. */
const HOST_BEHIND =
	/^["'`)\]]?\.?\s{1,8}(?:resolve[sd]? to|(?:\d{1,9}\s{1,8})?IN\s{1,8}(?:A|AAAA|CNAME|MX|NS|TXT)\b|(?:is|was) (?:first )?registered|points? to|has address|A record)/;
/** Between the names of a list. */
const NEXT_NAME = /,? (?:and|or|und|oder|et|ou|y|o|e|и) |[,;] ?/;
const NAME = /^["'`]?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}["'`]?$/;
const QUOTED_NAME_SIGN = /[\w.\-"'`]/;

const FILE_BEFORE =
	/\b(?:files?|file ?names?|attachments?|attached|scripts?|archives?|documents?|named|downloads?|downloaded|opens?|opened|runs?|executes?|executed|drops?|dropped|saved as|called|unpacks?|extracts?|extracted)["']?\s{0,2}[:=]?\s{0,2}["'`(]?$/i;
const FILE_NAMED = /\b(?:files?|file ?names?|attachments?|scripts?|archives?)["']?\s{0,2}[:=]?\s{0,2}["'`(]?$/i;
const PACKAGE_BEFORE =
	/\b(?:package|import|bundle|bundle id|class|namespace|activity|app(?:lication)? id|process)\W{1,3}$/i;
const REVERSED = /^(?:com|org|net|io|edu|gov)$/;

/**
 * Whether something speaks for a file or a member in code: a suffix that files have, unless the surroundings speak for a host; the word
 * before; the names that programs are made of.
 */
function isFileName(
	text: string,
	start: number,
	end: number,
	labels: readonly string[],
	{ withTail, surroundings }: NameEvidence,
): boolean {
	if (withTail) return false;
	const suffix = labels.at(-1)!.toLowerCase();
	const first = labels[0]!.toLowerCase();
	const isExtension = EXTENSIONS.has(suffix);
	const isMember = CODE_OBJECTS.has(first) && CODE_MEMBERS.has(suffix);
	// Java and Android packages are names written backwards.
	const isReversed = labels.length > 2 && REVERSED.test(first);
	if (!isExtension && !isMember && !isReversed && !WEAK_EXTENSIONS.has(suffix)) return false;

	const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
	if (isSaidToBeHost(text, start, end, before)) return false;
	if (isReversed && PACKAGE_BEFORE.test(before)) return true;
	if (isMember) return !surroundings.isAmongHosts(start, end);
	if (!isExtension) return WEAK_EXTENSIONS.has(suffix) && (FILE_NAMED.test(before) || FILE_STEMS.has(first));
	if (FILE_BEFORE.test(before)) return true;
	// `login.bank.md` is a host; `invoice.pdf.zip` and `v1.2.sh` are files.
	if (labels.length > 2 && !labels.slice(1, -1).some((label) => /^\d+$/.test(label) || isFileSuffix(label)))
		return false;
	return !surroundings.isAmongHosts(start, end);
}

function isSaidToBeHost(text: string, start: number, end: number, before: string): boolean {
	if (HOST_BEFORE.test(before) || ADDRESS_BEFORE.test(before) || HOST_BEHIND.test(text.slice(end, end + MOST_BEHIND)))
		return true;
	const list = text.slice(Math.max(0, start - MOST_OF_LIST), start);
	if (HOST_ATTRIBUTE.test(list)) return true;
	return isListOfHosts(list.split(NEXT_NAME));
}

/** What stands before a name, by item: other names, back to the word that says what they are. */
function isListOfHosts(items: readonly string[]): boolean {
	let at = items.length - 2;
	while (at >= 0 && NAME.test(items[at]!)) at--;
	if (at < 0) return false;
	// The first name stands in one item with the word before it.
	const item = items[at]!;
	let end = item.length;
	while (end > 0 && QUOTED_NAME_SIGN.test(item[end - 1]!)) end--;
	return end < item.length && HOST_BEFORE.test(item.slice(Math.max(0, end - MOST_BEFORE), end));
}

const INNER_SUFFIX =
	/^(?:pdf|docx?|xlsx?|pptx?|rtf|txt|html?|js|ts|css|csv|json|xml|tar|gz|iso|img|exe|dll|lnk|vbs|ps1|bat|cmd|min|spec|test)$/i;

function isFileSuffix(label: string): boolean {
	return INNER_SUFFIX.test(label) || EXTENSIONS.has(label.toLowerCase());
}

const VERSION_BEFORE =
	/(?:\b(?:version|ver|build|firmware|release|revision|rev|section|chapter|oid)[\s:.=#(-]{0,3}|\bv\.? ?|[a-z]\/)$/i;
/** `tcp/198.51.100.7:443` names a protocol, not a product. */
const PROTOCOL_BEFORE =
	/(?:^|[^a-z])(?:tcp|udp|icmp|ip|ipv4|https?|tls|ssl|ssh|dns|smtp|src|dst|host|addr|address|server|c2)\/$/i;

/** True after `version`, `build`, `Chrome/` and the like. */
export function precededByVersion(text: string, start: number): boolean {
	const before = text.slice(Math.max(0, start - 24), start);
	return VERSION_BEFORE.test(before) && !PROTOCOL_BEFORE.test(before);
}
