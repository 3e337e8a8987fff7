// Ten phishing mails in the shapes that public collections have: pages of a brand with many links and pictures behind redirects and
// trackers, notes of a delivery, fake invoices with an attached page, threads that were taken over, warnings with lists of defanged values.
const HOSTS = ['login', 'secure', 'portal', 'cdn', 'img', 'track', 'files', 'pay', 'mail', 'web'];
const NAMES = [
	'northwind',
	'contoso',
	'fabrikam',
	'tailspin',
	'litware',
	'proseware',
	'adatum',
	'wingtip',
	'lucerne',
	'trey',
];
/** Links of each mail: few in most, as in the collections, which gives 20 to 60 indicators each. */
const LINKS = [8, 12, 6, 9, 12, 16, 7, 10, 23, 12];

/** A small generator with a seed. */
function seeded(seed) {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return (state >>> 8) % below;
	};
}

const defanged = (text) => text.replace('http', 'hxxp').replaceAll('.', '[.]');

/** The mail of a number: its bytes, in one of five shapes. */
export function phish(at) {
	const random = seeded(at + 1);
	const domain = () =>
		`${HOSTS[random(HOSTS.length)]}-${random(9_000) + 1_000}.${NAMES[random(NAMES.length)]}${at}.example.${['com', 'net'][random(2)]}`;
	// A page has most of its links and pictures from a few hosts, under different paths.
	const hosts = Array.from({ length: 3 + random(6) }, domain);
	const url = () =>
		`https://${hosts[random(hosts.length)]}/${random(1e9).toString(36)}/${['login', 'verify', 'view', 'open'][random(4)]}?u=${random(1e9)}`;
	const address = () => `203.0.113.${random(250) + 1}`;
	const urls = Array.from({ length: LINKS[at % LINKS.length] }, url);
	const shape = at % 5;
	const from = `support@${NAMES[at % NAMES.length]}${at}.example.net`;
	const head = [
		`Received: from ${domain()} (${domain()} [${address()}]) by mx.soc.example.org with ESMTPS; Fri, 20 Nov 2026 08:00:0${at % 10} +0000`,
		`Received: from ${domain()} ([${address()}]) by ${domain()}; Fri, 20 Nov 2026 07:59:00 +0000`,
		`From: "Customer Support" <${from}>`,
		`Reply-To: <desk@${domain()}>`,
		'To: Jane <jane@soc.example.org>, <it@soc.example.org>',
		`Subject: ${['Your mailbox is full', 'Parcel on its way', 'Invoice overdue', 'Re: contract', 'Indicators of a campaign'][shape]} ${at}`,
		`Message-ID: <phish-${at}@${NAMES[at % NAMES.length]}${at}.example.net>`,
		`Date: Fri, 20 Nov 2026 08:00:0${at % 10} +0000`,
		'MIME-Version: 1.0',
	];
	const page = (links) =>
		`<html><body><table><tr><td>${links.map((link, n) => `<p>Dear customer, <a href="${link}">${n % 3 === 0 ? 'https://www.example.com/account' : 'Confirm now'}</a> <img src="${link.replace(/\/(?:login|verify|view|open)\?/, '/pixel.png?')}"></p>`).join('\n')}</td></tr></table></body></html>`;
	const html = ['Content-Type: text/html; charset=utf-8', '', page(urls), ''];
	if (shape === 4) {
		const list = urls.slice(0, 12).map((one) => defanged(one));
		const servers = Array.from({ length: 8 }, () => address().replaceAll('.', '[.]'));
		const hashes = Array.from({ length: 4 }, () => Array.from({ length: 64 }, () => random(16).toString(16)).join(''));
		return Buffer.from(
			[
				...head,
				'Content-Type: text/plain; charset=utf-8',
				'',
				'We saw this campaign:',
				...list,
				...servers,
				...hashes,
				'',
			].join('\r\n'),
		);
	}
	if (shape === 2) {
		const file = Buffer.from(page(urls.slice(0, 6)))
			.toString('base64')
			.match(/.{1,76}/g);
		const parts = [
			'--b',
			...html,
			'--b',
			'Content-Type: text/html; name="invoice.html"',
			'Content-Disposition: attachment; filename="invoice.html"',
			'Content-Transfer-Encoding: base64',
			'',
			...file,
			'--b--',
			'',
		];
		return Buffer.from([...head, 'Content-Type: multipart/mixed; boundary="b"', '', ...parts].join('\r\n'));
	}
	return Buffer.from([...head, ...html].join('\r\n'));
}
