import type { DomainName } from '../../values';
import type { IndicatorFlag } from '../indicator';

/** Prefixes (host and path) of documents that only name a vocabulary; nobody is meant to open them. */
const SCHEMA_PREFIXES: readonly string[] = [
	'www.w3.org/tr/',
	'www.w3.org/1999/',
	'www.w3.org/2000/',
	'www.w3.org/2001/',
	'www.w3.org/2005/',
	'schemas.microsoft.com/',
	'schemas.openxmlformats.org/',
	'schema.org/',
	'www.schema.org/',
	'purl.org/',
	'ns.adobe.com/',
	'xmlns.com/',
	'ogp.me/',
	'schemas.xmlsoap.org/',
	'www.w3.org/xml/1998/',
	'docs.oasis-open.org/',
	'rdfs.org/',
	'microformats.org/profile/',
	'gmpg.org/xfn/',
];
const SCHEMA_STARTS: ReadonlySet<string> = new Set(SCHEMA_PREFIXES.map((prefix) => prefix.slice(0, 5)));
const SCHEMA_HOSTS: ReadonlySet<string> = new Set(
	SCHEMA_PREFIXES.filter((prefix) => prefix.endsWith('/') && prefix.indexOf('/') === prefix.length - 1).map((prefix) =>
		prefix.slice(0, -1),
	),
);

const domains = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const SHORTENERS = domains(
	'bit.ly t.co tinyurl.com goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly t.ly rb.gy tiny.cc shorturl.at lnkd.in s.id bl.ink short.io soo.gd qr.ae adf.ly bit.do mcaf.ee tr.im clck.ru u.to urlz.fr shorturl.gg s.yam.com t2m.io dub.sh l.ead.me qrco.de qrfy.com me-qr.com trib.al dlvr.it ift.tt wp.me fb.me amzn.to youtu.be aka.ms g.co linktr.ee surl.li',
);

/** Senders' click and open counters. */
const TRACKERS = domains(
	'sendgrid.net awstrack.me list-manage.com mandrillapp.com hubspotlinks.com hubspotemail.net hs-sites.com klaviyomail.com klclick.com klclick1.com klclick2.com klclick3.com mailgun.org sparkpostmail.com exacttarget.com sendibm1.com sendibm2.com sendibm3.com sendinblue.com brevo.com mailjet.com mjt.lu rs6.net constantcontact.com campaign-archive.com createsend.com cmail19.com cmail20.com createsend1.com activehosted.com mktoweb.com marketo.com pardot.com salesforce-sites.com customeriomail.com intercom-mail.com intercom-clicks.com doubleclick.net google-analytics.com googletagmanager.com mailtrack.io mailchimpapp.net emltrk.com litmus.com postmarkapp.com pstmrk.it mailerlite.com mlsend.com moosend.com getresponse.com infusionsoft.com keap.app aweber.com icontact.com responsys.net eloqua.com braze.com iterable.com',
);
const TRACKING_PATHS =
	/\/(?:ls|wf)\/(?:click|open)|\/track(?:ing)?\/(?:click|open)|\/e3t\/|\/(?:open|pixel|beacon|1x1|spacer)\.(?:gif|png|php|aspx)\b/i;
const UNSUBSCRIBE =
	/unsubscri|opt-?out|abmelde|desinscri|d%C3%A9sabonn|list-?unsub|email-?preferences|manage-?preferences/i;

/** Flags that a URL has by its host and path. */
export function urlFlags(url: string, host: DomainName | undefined): IndicatorFlag[] {
	const flags: IndicatorFlag[] = [];
	const start = url.indexOf('://') + 3;
	if (isSchemaUrl(url, start)) flags.push('schema-url');
	if (host !== undefined && isUnder(host.value, SHORTENERS)) flags.push('shortener');
	const path = url.slice(url.indexOf('/', start));
	if ((host !== undefined && isUnder(host.value, TRACKERS)) || TRACKING_PATHS.test(path)) flags.push('tracking');
	if (UNSUBSCRIBE.test(path)) flags.push('unsubscribe');
	return flags;
}

function isSchemaUrl(url: string, start: number): boolean {
	const place = url.slice(start, start + 120).toLowerCase();
	return (
		(SCHEMA_STARTS.has(place.slice(0, 5)) && SCHEMA_PREFIXES.some((prefix) => place.startsWith(prefix))) ||
		url.endsWith('.dtd')
	);
}

/** Flags that a name has because of what is served there. */
export function nameFlags(host: DomainName): IndicatorFlag[] {
	const flags: IndicatorFlag[] = [];
	if (SCHEMA_HOSTS.has(host.value)) flags.push('schema-url');
	if (isUnder(host.value, SHORTENERS)) flags.push('shortener');
	if (isUnder(host.value, TRACKERS)) flags.push('tracking');
	return flags;
}

/** True when the name or one of its parents is in the set. */
export function isUnder(name: string, set: ReadonlySet<string>): boolean {
	for (let from = 0; from >= 0;) {
		if (set.has(name.slice(from))) return true;
		const dot = name.indexOf('.', from);
		if (dot < 0) return false;
		from = dot + 1;
	}
	return false;
}

/** Hashes of no bytes at all: MD5, SHA-1, SHA-256, SHA-512. */
const EMPTY_FILE: ReadonlySet<string> = new Set([
	'd41d8cd98f00b204e9800998ecf8427e',
	'da39a3ee5e6b4b0d3255bfef95601890afd80709',
	'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
	'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
]);

export function isEmptyFile(hash: string): boolean {
	return EMPTY_FILE.has(hash);
}
