import fc from 'fast-check';
import { extractIndicators, unwrapUrl } from '../../../lib/indicators';

const TARGET = 'https://login.evil.example/a/b%2Fc?x=1&y=a+b#z';
const once = encodeURIComponent(TARGET);
const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const lowerHex = (text: string): string =>
	encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());

/** Proofpoint v2 as the vendor writes it: `%` as `-`, `/` as `_`, a dash or underscore as its hex. */
const proofpoint2 = (url: string): string =>
	encodeURIComponent(url).replaceAll('-', '%2D').replaceAll('_', '%5F').replaceAll('%2F', '_').replaceAll('%', '-');

const RUNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Proofpoint v3: characters outside a small set become `*` (one) or `**X` (2 to 65), and stand in base64 behind `__;`. */
function proofpoint3(url: string): string {
	let replaced = '';
	const template = url.replace(/[^\w:/?.=&%#-]+/gu, (run) => {
		const characters = [...run];
		replaced += run;
		let written = '';
		for (let rest = characters.length; rest > 0;) {
			const count = Math.min(rest, 65);
			written += count === 1 ? '*' : `**${RUNS[count - 2]}`;
			rest -= count;
		}
		return written;
	});
	return `https://urldefense.com/v3/__${template}__;${base64url(replaced)}!!Abc-DEF_123!xyz$`;
}

const safeLinks = (url: string): string =>
	`https://nam02.safelinks.protection.outlook.com/?url=${encodeURIComponent(url)}&data=05%7C02%7Cjane.doe%40victim.example%7Cabc%7C84df9e7f%7C0%7C0&sdata=Zm9v&reserved=0`;

const wrappers: [name: string, wrapper: string, target?: string][] = [
	['Microsoft Safe Links', safeLinks(TARGET)],
	['Microsoft Safe Links', `https://gcc02.safelinks.protection.office365.us/ap/w-59584e83/?url=${once}&data=05`],
	['Microsoft Safe Links', `https://x.safelinks.protection.partner.outlook.cn/GetUrlReputation?url=${once}`],
	['Microsoft Safe Links', `https://eur01.safelinks.protection.outlook.com/?data=05&amp;url=${once}&amp;reserved=0`],
	[
		'Microsoft Safe Links (Teams)',
		`https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=${once}&locale=en-us`,
	],
	['Proofpoint v1', `https://urldefense.proofpoint.com/v1/url?u=${once}&k=abc%0A&r=x&s=y`],
	['Proofpoint v2', `https://urldefense.proofpoint.com/v2/url?u=${proofpoint2(TARGET)}&d=DwMFaQ&c=abc&r=x&m=y&s=z&e=`],
	[
		'Proofpoint v2',
		`https://urldefense.proofpoint.com/v2/url?u=${proofpoint2('https://a-b_c.evil.example/x-y_z')}&d=D`,
		'https://a-b_c.evil.example/x-y_z',
	],
	['Proofpoint v3', proofpoint3(TARGET)],
	['Proofpoint v3', proofpoint3('https://evil.example/a+test'), 'https://evil.example/a+test'],
	[
		'Proofpoint v3',
		proofpoint3('https://evil.example/näive/日本語!!?q=(1)'),
		'https://evil.example/näive/日本語!!?q=(1)',
	],
	['Proofpoint v3', proofpoint3(`https://evil.example/${'!'.repeat(70)}`), `https://evil.example/${'!'.repeat(70)}`],
	['Proofpoint v3', 'https://urldefense.proofpoint.com/v3/__https:/evil.example/a__;!!x!y$', 'https://evil.example/a'],
	['Proofpoint v3', `https://urldefense.us/v3/__https://evil.example/**A__;w7w!!x!y$`, 'https://evil.example/ü'],
	['Proofpoint isolation', `https://urlisolation.com/browser?clickId=1&url=${once}`],
	['Barracuda', `https://linkprotect.cudasvc.com/url?a=${lowerHex(TARGET)}&c=E,1,abc&typo=1`],
	['Cisco Secure Email', `https://secure-web.cisco.com/1AbCd-EfG/${once}`],
	['Cisco Secure Email', `https://secure-web.cisco.com/1AbCd-EfG/${encodeURIComponent(once)}?x=1`],
	[
		'Trend Micro',
		`https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=${lowerHex(TARGET).replaceAll('-', '%2d')}&umid=1&auth=2`,
	],
	[
		'Trend Micro',
		`https://ca-1234.trendmicro.com/wis/clicktime/v2/query?url=${encodeURIComponent(lowerHex(TARGET))}&umid=1`,
	],
	['Mimecast', `https://protect-us.mimecast.com/s/abcDEF?url=${once}`],
	['Sophos', `https://eu-west-1.protection.sophos.com/?d=evil.example&u=${base64url(TARGET)}&i=abc`],
	[
		'Sophos',
		`https://us-west-2.protection.sophos.com?d=evil.example&u=${encodeURIComponent(Buffer.from(TARGET).toString('base64'))}`,
	],
	['Symantec', `https://clicktime.symantec.com/3AbC?u=${once}`],
	['Symantec', `https://clicktime.symantec.com/a/1/AbC=?d=xyz&u=${once}`],
	['Trellix', `https://protect2.fireeye.com/url?k=1-2-3&u=${once}`],
	['Trellix', `https://protect2.fireeye.com/v1/url?k=1&q=1&e=2&u=${once}`],
	['Check Point', `https://eu1.url-protection.com/v1/url?o=${once}&g=abc`],
	['Check Point', `https://eu1.url-protection.com/v1/r01/url?o=${once}`],
	[
		'Check Point (Avanan)',
		`https://url.avanan.click/v2/___${'https://evil.example/a?b=1'}___.YXAxOm`,
		'https://evil.example/a?b=1',
	],
	['Check Point (Avanan)', `https://url.avanan.click/v2/___https:/evil.example/a___.YXAxOm`, 'https://evil.example/a'],
	['Vade', `https://antiphishing.vadesecure.com/v4?f=abc&i=def&k=x&r=y&s=z&u=${once}`],
	['Vade', `https://eu1.vadesecure.com/safeproxy/v3?f=1&u=${once}`],
	['Libraesva', `https://urlsand.esvalabs.com/?u=${once}&e=1&h=2`],
	['Trustwave', `https://scanmail.trustwave.com/?c=1&d=2&s=5&u=${once}`],
	[
		'Mailinblack',
		`https://mibc-fr-01.mailinblack.com/securelink/?key=${base64url(JSON.stringify({ url: TARGET, lang: 'FR' }))}`,
	],
	['Hornetsecurity', `https://atpscan.global.hornetsecurity.com/index.php?atp_str=x&u=${once}`],
	['Google redirect', `https://www.google.com/url?q=${once}&sa=D`],
	['Google redirect', `https://www.google.co.uk/url?sa=t&q=&url=${once}`],
	['Google AMP', 'https://www.google.de/amp/s/evil.example/a?b=1', 'https://evil.example/a?b=1'],
	['Google AMP', 'https://www.google.com/amp/evil.example/a', 'http://evil.example/a'],
	['Bing', `https://www.bing.com/ck/a?!&&p=abc&ptn=3&u=a1${base64url(TARGET)}&ntb=1`],
	['Facebook', `https://l.facebook.com/l.php?u=${once}&h=AT0`],
	['Facebook', `https://lm.facebook.com/l.php?u=${once}`],
	['Slack', `https://slack-redir.net/link?url=${once}`],
	[
		'Mandrill',
		`https://mandrillapp.com/track/click/30012/evil.example?p=${base64url(JSON.stringify({ s: 'x', v: 1, p: JSON.stringify({ u: 3, v: 1, url: TARGET }) }))}`,
	],
	['Amazon SES', `https://abc123.r.eu-west-1.awstrack.me/L0/${once}/1/0100018-abc/xyz=1`],
];

describe('every rewriter', () => {
	it.each(wrappers)('%s %#', (name, wrapper, target = TARGET) => {
		const unwrapped = unwrapUrl(wrapper);
		expect(unwrapped.url).toBe(target);
		expect(unwrapped.rewriters).toEqual([name]);
		expect(unwrapped.wrappers).toHaveLength(1);
	});
});

describe('a host that only looks like a rewriter is left alone', () => {
	it.each([
		`https://safelinks.protection.outlook.com.evil.example/?url=${once}`,
		`https://notsafelinks.protection.outlook.com/?url=${once}`,
		`https://evil.example/safelinks.protection.outlook.com/?url=${once}`,
		`https://safelinks.protection.outlook.com@evil.example/?url=${once}`,
		`https://urldefense.com.evil.example/v3/__${TARGET}__;!!x!y$`,
		`https://xurldefense.com/v3/__${TARGET}__;!!x!y$`,
		`https://www.google.com.evil.example/url?q=${once}`,
		`https://www.google.evil/url?q=${once}`,
		`https://evilslack-redir.net/link?url=${once}`,
	])('%s', (url) => {
		expect(unwrapUrl(url)).toEqual({ url, wrappers: [], rewriters: [] });
	});
});

describe('what has no absolute http(s) target stays wrapped', () => {
	it.each([
		'https://nam02.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)',
		'https://nam02.safelinks.protection.outlook.com/?url=%2Frelative',
		'https://nam02.safelinks.protection.outlook.com/?url=',
		'https://protect-us.mimecast.com/s/abcDEF?domain=evil.example',
		'https://www.bing.com/ck/a?u=a1L3NlYXJjaA',
		'https://www.google.com/search?q=https%3A%2F%2Fevil.example',
		'https://secure-web.cisco.com/onlyonesegment',
		'https://urldefense.com/v3/__https://evil.example/***__;YQ!!x!y$',
		'https://urldefense.com/v3/__https://evil.example/a__;YQ!!x!y$',
		'https://mandrillapp.com/track/click/1/x?p=bm90anNvbg',
		'https://bit.ly/abc',
		'not a url',
	])('%s', (url) => {
		expect(unwrapUrl(url).url).toBe(url);
	});
});

it('rewriters inside one another are unwrapped, eight deep and no deeper', () => {
	const nested = safeLinks(
		`https://urldefense.proofpoint.com/v2/url?u=${proofpoint2(`https://www.google.com/url?q=${once}`)}&d=D`,
	);
	expect(unwrapUrl(nested)).toMatchObject({
		url: TARGET,
		rewriters: ['Microsoft Safe Links', 'Proofpoint v2', 'Google redirect'],
	});

	let deep = TARGET;
	for (let depth = 0; depth < 10; depth++) deep = `https://slack-redir.net/link?url=${encodeURIComponent(deep)}`;
	const unwrapped = unwrapUrl(deep);
	expect(unwrapped.wrappers).toHaveLength(8);
	expect(unwrapUrl(unwrapped.url)).toMatchObject({ url: TARGET, wrappers: [expect.any(String), expect.any(String)] });
});

it('a target is percent-decoded once, and a plus sign stays one', () => {
	expect(
		unwrapUrl(`https://slack-redir.net/link?url=${encodeURIComponent('https://evil.example/%2541?a=b+c')}`).url,
	).toBe('https://evil.example/%2541?a=b+c');
});

it('the recipient that Safe Links carries is never told', () => {
	const { wrappers: reported } = unwrapUrl(safeLinks(TARGET));
	expect(reported[0]).toMatch(/^https:\/\/nam02\.safelinks\.protection\.outlook\.com\/\?url=https%3A%2F%2Flogin/);
	for (const input of [
		{ text: safeLinks(TARGET) },
		{ html: `<a href="${safeLinks(TARGET)}">${safeLinks(TARGET)}</a>` },
		{ text: safeLinks('javascript:x') },
	]) {
		expect(JSON.stringify(extractIndicators(input))).not.toMatch(/jane|victim/);
	}
});

it('wrapper and target are both reported, the target with what it came from', () => {
	const found = extractIndicators({ html: `<a href="${safeLinks(TARGET)}">Invoice</a>` });
	const [outer, , inner, domain] = found;
	expect(outer).toMatchObject({ type: 'url', flags: ['rewritten'] });
	expect(inner).toMatchObject({
		type: 'url',
		value: TARGET,
		derivedFrom: outer?.value,
		sources: [{ part: 'html', field: 'a[href]', text: 'Invoice' }],
	});
	expect(domain).toMatchObject({ type: 'domain-name', value: 'login.evil.example', derivedFrom: TARGET });
});

it('any URL survives Proofpoint v3 and v2', () => {
	const urls = fc.webUrl({ withQueryParameters: true, withFragments: true });
	fc.assert(
		fc.property(urls, (url) => {
			expect(unwrapUrl(proofpoint3(url)).url).toBe(url);
			fc.pre(!/%|&(?:amp|lt|gt|quot|#39);/.test(url));
			expect(unwrapUrl(`https://urldefense.proofpoint.com/v2/url?u=${proofpoint2(url)}&d=D`).url).toBe(url);
		}),
		{ numRuns: 300, seed: 7 },
	);
});
