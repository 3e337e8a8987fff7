// Report texts in the shapes that analysts send and publish. Each shape names what it shows of a set of values; the rest of it is what
// stands in reports without being an indicator: file names, versions, import hashes, code, detection names.
const fang = (text) => text.replace(/^http/, 'hxxp').replaceAll('.', '[.]');
const lines = (...parts) => parts.flat().join('\n');

/** `name`, `place` (text, html, or the name of an attachment), `write(values)` gives the text, `shows(values)` what it names. */
export const SHAPES = [
	{
		name: 'prose',
		place: 'text',
		write: ({ urls, domains, ips, sha256s }) =>
			`On Monday the actor registered ${domains[0]} and, two days later, ${domains[1]}. Victims were sent to ${urls[0]}, which loads a second stage from ${urls[1]}. The implant (SHA-256 ${sha256s[0]}) beacons to ${ips[0]}; the server at ${ips[1]} was offline. See README.md and stage2.dll, version 4.2.1.7 of the loader.`,
		shows: ({ urls, domains, ips, sha256s }) => [urls[0], urls[1], domains[0], domains[1], ips[0], ips[1], sha256s[0]],
	},
	{
		name: 'defanged prose',
		place: 'text',
		write: ({ urls, domains, ips, addresses }) =>
			`The mail from ${addresses[0].replace('@', '[@]').replaceAll('.', '[.]')} links to ${fang(urls[0])}. Fallbacks are ${fang(domains[0])}, ${fang(domains[1])}[.] Traffic goes to ${fang(ips[0])} (tcp/${ips[1]}).`,
		shows: ({ urls, domains, ips, addresses }) => [addresses[0], urls[0], domains[0], domains[1], ips[0], ips[1]],
	},
	{
		name: 'plain list',
		place: 'text',
		write: ({ domains, ips }) => lines('Indicators', '', domains, '', ips),
		shows: ({ domains, ips }) => [...domains, ...ips],
	},
	{
		name: 'bullets with labels',
		place: 'text',
		write: ({ md5s, sha1s, sha256s, urls }) =>
			lines(
				'Sample',
				`- MD5: ${md5s[1]}`,
				`- SHA-1: ${sha1s[0]}`,
				`- SHA-256: ${sha256s[0]}`,
				`- Imphash: ${md5s[0]}`,
				`- JA3: ${md5s[2]}`,
				'- Name: invoice.zip',
				`- C2: ${urls[0]}`,
			),
		shows: ({ md5s, sha1s, sha256s, urls }) => [md5s[1], sha1s[0], sha256s[0], urls[0]],
	},
	{
		name: 'Markdown links',
		place: 'text',
		write: ({ urls, domains, sha256s }) =>
			lines(
				'## Infrastructure',
				'',
				`* [${urls[0]}](${urls[1]})`,
				`* **${domains[0]}** and \`${domains[1]}\``,
				`* see (${urls[2]})**first**`,
				'',
				'```',
				sha256s[0],
				'```',
			),
		shows: ({ urls, domains, sha256s }) => [urls[0], urls[1], urls[2], domains[0], domains[1], sha256s[0]],
	},
	{
		name: 'Markdown table',
		place: 'text',
		write: ({ domains, ips, sha256s }) =>
			lines(
				'| Domain | Address | SHA-256 |',
				'|---|---|---|',
				domains.slice(0, 3).map((domain, i) => `| ${domain} | ${ips[i]} | ${sha256s[i]} |`),
			),
		shows: ({ domains, ips, sha256s }) => [...domains.slice(0, 3), ...ips.slice(0, 3), ...sha256s.slice(0, 3)],
	},
	{
		name: 'Markdown escapes',
		place: 'text',
		write: ({ urls, domains, ips }) =>
			`${domains[0].replaceAll('.', '\\[.\\]')} resolved to ${ips[0].replaceAll('.', '\\[.\\]')}; ${urls[0].replace('https://', 'hxxps\\[:\\]//').replaceAll('.', '\\[.\\]')} was taken down.`,
		shows: ({ urls, domains, ips }) => [domains[0], ips[0], urls[0]],
	},
	{
		name: 'AsciiDoc',
		place: 'text',
		write: ({ urls, sha1s, domains }) =>
			lines(
				'== Indicators',
				'',
				'|===',
				'|SHA-1 |Name',
				...sha1s.slice(0, 2).map((sha1) => `|\`+${sha1.toUpperCase()}+\` |\`+loader.exe+\``),
				'|===',
				'',
				`\`++${urls[0]}++\``,
				`\`+${domains[0]}+\``,
			),
		shows: ({ urls, sha1s, domains }) => [sha1s[0], sha1s[1], urls[0], domains[0]],
	},
	{
		name: 'CSV with a heading, in the body',
		place: 'text',
		write: ({ urls, ips }) =>
			lines(
				'first_seen,url,ip,tag',
				urls.map((url, i) => `2026-03-0${i + 1},${url.includes(',') ? `"${url}"` : url},${ips[i]},loader`),
			),
		shows: ({ urls, ips }) => [...urls, ...ips],
	},
	{
		name: 'CSV attachment',
		place: 'iocs.csv',
		write: ({ domains, md5s, sha256s }) =>
			lines(
				'domain;md5;imphash;sha256',
				domains.map((domain, i) => `${domain};${md5s[i]};0${md5s[i].slice(1)};${sha256s[i]}`),
			),
		shows: ({ domains, md5s, sha256s }) => [...domains, ...md5s, ...sha256s],
	},
	{
		name: 'tab-separated attachment',
		place: 'iocs.tsv',
		write: ({ urls, addresses }) =>
			lines(
				'sender\turl\tfile',
				urls.map((url, i) => `${addresses[i]}\t${url}\tinvoice.zip`),
			),
		shows: ({ urls, addresses }) => [...urls, ...addresses],
	},
	{
		name: 'JSON attachment',
		place: 'alert.json',
		write: ({ urls, domains, ips, sha256s }) =>
			JSON.stringify(
				{
					alert: {
						id: 17,
						product: 'Sensor/12.4.1.9',
						note: `seen:\n${domains[0]}\nthen`,
						url: urls[0],
						remote: { ip: ips[0] },
						sha256: sha256s[0],
					},
				},
				null,
				1,
			).replaceAll('/', '\\/'),
		shows: ({ urls, domains, ips, sha256s }) => [domains[0], urls[0], ips[0], sha256s[0]],
	},
	{
		name: 'calendar attachment',
		place: 'invite.ics',
		write: ({ urls, addresses }) =>
			`BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:7f3a\r\nORGANIZER:mailto:${addresses[0]}\r\n${`DESCRIPTION:Please join at ${urls[0].replaceAll(',', '\\,')}\\nor dial in`.replace(/(.{60})/g, '$1\r\n ')}\r\nURL:${urls[1]}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
		shows: ({ urls, addresses }) => [addresses[0], urls[0], urls[1]],
	},
	{
		name: 'HTML page with a table',
		place: 'html',
		write: ({ urls, domains, sha256s }) =>
			`<style>td.menu{color:red} a::before{content:"x"}</style><table>${domains.map((domain, i) => `<tr><td>${domain.replaceAll('.', '<b>.</b>')}</td><td><code>${sha256s[i]}</code></td></tr>`).join('')}</table><a href="${urls[0].replaceAll('&', '&amp;')}">open</a>`,
		shows: ({ urls, domains, sha256s }) => [...domains, ...sha256s, urls[0]],
	},
	{
		name: 'HTML attachment with a script',
		place: 'login.html',
		write: ({ urls, addresses }) =>
			`<html><body><script>var me=this; window.open(user.name); fetch("${urls[0]}",{method:"POST"}); eval(atob("${Buffer.from(`location.href='${urls[1]}'`).toString('base64')}")); // ${addresses[0]}</script></body></html>`,
		shows: ({ urls, addresses }) => [urls[0], urls[1], addresses[0]],
	},
	{
		name: 'anti-virus report',
		place: 'text',
		write: ({ md5s, sha256s, domains }) =>
			lines(
				'Detection: Trojan-Downloader.MSIL.Agent.to, W64/LOADER.CA!tr',
				`md5 ${md5s[1]}`,
				`sha256 ${sha256s[0]}`,
				`authentihash ${sha256s[1]}`,
				`vhash ${md5s[2]}`,
				`Rich header hash: ${md5s[3]}`,
				`Certificate SHA-256 fingerprint: ${sha256s[2]}`,
				`contacts ${domains[0]}`,
				'drops C:\\Users\\Public\\libraries.net\\a.exe and setup.pl',
			),
		shows: ({ md5s, sha256s, domains }) => [md5s[1], sha256s[0], domains[0]],
	},
	{
		name: 'proxy log',
		place: 'proxy.log',
		write: ({ urls, ips, domains }) =>
			lines(
				urls
					.slice(0, 3)
					.map((url, i) => `2026-03-04T10:11:1${i}Z ${ips[i]} TCP_MISS/200 GET ${url} "Mozilla/5.0 Chrome/120.0.10.1"`),
				`CONNECT ${domains[0]}:443 - HIER_NONE`,
			),
		shows: ({ urls, ips, domains }) => [...urls.slice(0, 3), ...ips.slice(0, 3), domains[0]],
	},
	{
		name: 'forwarded mail, wrapped in angle brackets',
		place: 'text',
		write: ({ urls, addresses, domains }) =>
			lines(
				`> From: Billing <${addresses[0]}>`,
				'> Subject: overdue',
				'',
				'Verify your account',
				`<${urls[0].slice(0, 20)}`,
				`${urls[0].slice(20)}> today.`,
				`It came from ${domains[0]}.`,
			),
		shows: ({ urls, addresses, domains }) => [addresses[0], urls[0], domains[0]],
	},
	{
		name: 'numbered findings',
		place: 'text',
		write: ({ ips, domains, addresses }) =>
			lines(
				'1.2.3.4 Scope',
				...domains.map((domain, i) => `${i + 1}. ${domain} (${ips[i]}), registered by ${addresses[i]}`),
			),
		shows: ({ ips, domains, addresses }) => [...domains, ...ips, ...addresses],
	},
	{
		name: 'redirect in a link',
		place: 'html',
		write: ({ urls, domains }) =>
			`<p>Your parcel</p><a href="https://open.${domains[0]}/r?to=${encodeURIComponent(urls[0])}&amp;k=1">track</a><p style="display:none">x</p>`,
		shows: ({ urls, domains }) => [urls[0], `https://open.${domains[0]}/r?to=${encodeURIComponent(urls[0])}&k=1`],
	},
	{
		name: 'hash list',
		place: 'text',
		write: ({ md5s, sha1s, sha256s }) =>
			lines(
				'Hashes',
				md5s,
				sha1s.map((sha1) => `${sha1}  loader.exe`),
				sha256s.map((sha256) => `${sha256}.bin`),
				'commit 5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b',
			),
		shows: ({ md5s, sha1s, sha256s }) => [...md5s, ...sha1s, ...sha256s],
	},
	{
		name: 'foreign CERT bulletin',
		place: 'text',
		write: ({ domains, urls, addresses }) =>
			`Domena ${domains[0].replaceAll('.', '[kropka]')} i ${domains[1].replaceAll('.', '[ponto]')}; adres ${urls[0].replace('https', 'hxxp[s]')}; nadawca ${addresses[0].replace('@', '(kukac)')}.`,
		shows: ({ domains, urls, addresses }) => [domains[0], domains[1], urls[0], addresses[0]],
	},
];
