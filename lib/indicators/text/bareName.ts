import { readDomainName, type DomainName } from '../../values';
import { hostClass } from '../characters';
import type { IndicatorFlag } from '../indicator';
import type { Surroundings } from './surroundings';
import {
	ABBREVIATED_ENDS,
	ABBREVIATIONS,
	CODE_MEMBERS,
	CODE_OBJECTS,
	EXTENSIONS,
	FILE_STEMS,
	IN_WORDS,
	MALWARE_CLASSES,
	MALWARE_NEVER,
	MALWARE_PLATFORMS,
	PLAIN_SUFFIXES,
	QUERY_ENDS,
	QUERY_WORDS,
	WEAK_EXTENSIONS,
	WEAK_MALWARE_CLASSES,
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
	if (!evidence.withTail && isMalwareName(text, start, end, labels)) return undefined;
	return { found, flags: isFileName(text, start, end, labels, evidence) ? ['file-name-like'] : [] };
}

/** `Gen:`, `HEUR:` and the like, and what says that a detection is named. */
const DETECTED_BEFORE =
	/(?:\b(?:gen|heur|uds|vho|pdm|hvm|not-a-virus|trojan|variant|malware|virus|threat|ransom):|\b(?:detect(?:ed|ion|ions|s)?|signatures?|malware|threat|virus|identified|classified|flagged|verdict|family|variant)(?: name)?(?: as| of)?["']?\s{0,2}[:=]?\s{0,2}["'`(]?)$/i;
/** Of programs, and of what they call a family: `Win32`, `GenericKD`, `CVE-2017-11882`. */
const CALLED = /^[A-Z0-9][\w-]*$/;
/** What is in capitals as a whole is a host in a log. */
const isCalled = (labels: readonly string[]): boolean =>
	labels.slice(0, -1).every((label) => CALLED.test(label)) && labels.some((label) => /[a-z]/.test(label));

/**
 * `Backdoor.MSIL.Agent.to`, `Win32.Emotet.is`: class, platform, family, variant. In small letters it is one where class and platform say
 * so, or the word before does; a name that is said to be a host's is none.
 */
function isMalwareName(text: string, start: number, end: number, labels: readonly string[]): boolean {
	if (labels.length < 3 || MALWARE_NEVER.has(labels.at(-1)!.toLowerCase())) return false;
	const [first = '', ...others] = labels.map((label) => label.toLowerCase());
	const between = others.slice(0, -1);
	const isStrong = MALWARE_CLASSES.has(first) || MALWARE_PLATFORMS.has(first);
	if (!isStrong && !WEAK_MALWARE_CLASSES.has(first) && text[start - 1] !== ':') return false;
	const hasPlatform = between.some(
		(label) => MALWARE_PLATFORMS.has(label) || MALWARE_CLASSES.has(label) || WEAK_MALWARE_CLASSES.has(label),
	);
	const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
	const isNamed =
		(MALWARE_CLASSES.has(first) && between.some((label) => MALWARE_PLATFORMS.has(label))) ||
		((isStrong || hasPlatform) && isCalled(labels)) ||
		DETECTED_BEFORE.test(before);
	return isNamed && !isSaidToBeHost(text, start, end, before);
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
	const isShortened = labels.length === 2 && isAbbreviation(text, end, first, suffix);
	const isQuery = labels.length === 2 && isInQuery(text, start, end, first, suffix);
	const isNumbered = isNumberedHeading(labels);
	const isOther = isShortened || isQuery || isNumbered;
	if (!isExtension && !isMember && !isReversed && !isOther && !WEAK_EXTENSIONS.has(suffix)) return false;

	const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
	if (isSaidToBeHost(text, start, end, before)) return false;
	if (isReversed && PACKAGE_BEFORE.test(before)) return true;
	if (isMember || isOther) return !surroundings.isAmongHosts(start, end);
	if (!isExtension) return WEAK_EXTENSIONS.has(suffix) && (FILE_NAMED.test(before) || FILE_STEMS.has(first));
	if (FILE_BEFORE.test(before)) return true;
	// `login.bank.md` is a host; `invoice.pdf.zip` and `v1.2.sh` are files.
	if (labels.length > 2 && !labels.slice(1, -1).some((label) => /^\d+$/.test(label) || isFileSuffix(label)))
		return false;
	return !surroundings.isAmongHosts(start, end);
}

const NUMBER_BEHIND = /^[.:]?\s{0,2}[:#]?\s?\d/;

/** `approx.in 5 days`, `cvr.nr 12345678`: a full stop that ends a short form, and no blank behind it. */
function isAbbreviation(text: string, end: number, first: string, suffix: string): boolean {
	if (!ABBREVIATED_ENDS.has(suffix)) return false;
	return ABBREVIATIONS.has(first) || (suffix === 'nr' && NUMBER_BEHIND.test(text.slice(end, end + 8)));
}

const QUERY = /\b(?:select|from|where|having|limit|asc|desc|join|distinct)\b|[;{}()=<>]/i;

/** `order.by` in a query or in code. */
function isInQuery(text: string, start: number, end: number, first: string, suffix: string): boolean {
	if (!QUERY_WORDS.has(first) || !QUERY_ENDS.has(suffix)) return false;
	const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
	const behind = text.slice(end, end + MOST_BEHIND);
	return QUERY.test(before.slice(before.lastIndexOf('\n') + 1)) || QUERY.test(behind.split('\n', 1)[0]!);
}

/** `1.2.total.no`: the number of a heading or a version stands before it. Four numbers are an address turned around, in front of a zone. */
function isNumberedHeading(labels: readonly string[]): boolean {
	const numbers = labels.findIndex((label) => !/^\d{1,3}$/.test(label));
	return (numbers === 2 || numbers === 3) && labels.length - numbers === 2 && !PLAIN_SUFFIXES.has(labels.at(-1)!);
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
	/(?:\b(?:versione?s?|versión|vers[aã]o|versjon|wersj[aię]|ver|build|firmware|release|revision|rev|section|chapter|oid|patch|hotfix|(?:up|down)grade[ds]?(?: (?:to|from))?)[\s:.=#(-]{0,3}|\bv\.? ?|[a-z]\/)$/i;
/** What has versions, and no address. */
const SOFTWARE_BEFORE =
	/(?:\b(?:chrom(?:e|ium)|firefox|thunderbird|safari|opera|internet explorer|webkit|acrobat(?: dc)?|(?:acrobat|adobe) reader|flash(?: player)?|java|jre|jdk|openjdk|python|perl|php|ruby|node(?:\.js)?|openssl|openssh|log4j|winrar|7-zip|winzip|vlc(?: media player)?|zoom|teams|skype|silverlight|itunes|quicktime|\.net(?: framework)?|directx|libreoffice|openoffice) {1,2}|\bsoftware (?=\d))$/i;
/** What has both: where the numbers are as small as those of versions. */
const PRODUCT_BEFORE =
	/\b(?:oracle(?: database)?|mysql|mariadb|postgres(?:ql)?|sql server|apache|nginx|tomcat|weblogic|websphere|wordpress|drupal|joomla|magento|jira|confluence|sharepoint|exchange|fortios|pan-os|junos|vcenter|esxi|vmware(?: tools)?|splunk|kernel|bios|plugin|update|sap|db2|struts|citrix|ivanti|moveit|sophos) {1,2}$/i;
const SMALL_NUMBERS = /^\d{1,2}(?:\.\d{1,2}){3}$/;
const VERSION_BEHIND =
	/^ {0,2}(?:\(?(?:build|patch|sp\d|beta|rc\d|alpha|hotfix|release|update|[ (]r\d)\b|(?:and|or) (?:earlier|later|above|below|newer|older|prior|higher|lower)\b)/i;
/** `tcp/198.51.100.7:443` names a protocol, not a product. */
const PROTOCOL_BEFORE =
	/(?:^|[^a-z])(?:tcp|udp|icmp|ip|ipv4|https?|tls|ssl|ssh|dns|smtp|src|dst|host|addr|address|server|c2)\/$/i;

/** True after `version`, `build`, `Chrome/` and the like, of a product, and before what is said of versions. */
export function isVersion(text: string, start: number, end: number): boolean {
	const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
	if (VERSION_BEFORE.test(before.slice(-24))) return !PROTOCOL_BEFORE.test(before);
	if (SOFTWARE_BEFORE.test(before) || VERSION_BEHIND.test(text.slice(end, end + MOST_BEHIND))) return true;
	return PRODUCT_BEFORE.test(before) && SMALL_NUMBERS.test(text.slice(start, end));
}
