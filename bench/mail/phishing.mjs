/**
 * Phishing mail, made up in the shapes of real one: header fields of which most are what gateways and Exchange Online add, pages of
 * nested tables and styles, links of which some are rewritten by gateways, defanged in the text or written as something else than where
 * they lead. The same in every run; no collected mail is in it, and every name is reserved or made up.
 *
 * How much of each there is follows what was counted in 988 of the 7,911 messages of a public collection (rf-peixoto/phishing_pot, every
 * eighth, March 2026), as quantiles 10, 25, 50, 75, 90, 99 % and mean: header fields 51, 53, 55, 64, 78, 94, 60; characters of HTML 0.8,
 * 2.7, 7, 13, 30, 143, 15 thousand; links and pictures 1, 3, 6, 8, 15, 73, 8.5; Received 4, 4, 5, 6, 7, 11, 5; style sheets 0, 0, 0.2, 1.6, 5.7,
 * 22, 2 thousand characters; two thirds HTML alone, a quarter with text; one in fourteen with a file; one part in five in base64.
 */
import { fold, paragraph, quotedPrintable, seeded } from '../corpus.mjs';

const BRANDS = ['Parcel Service', 'Example Bank', 'Cloud Storage', 'Payroll Team', 'Help Desk', 'Toll Office'];
/** Links of a message: most have few, newsletters that are abused have many. 9 on average. */
const LINKS = [3, 6, 4, 8, 1, 5, 15, 2, 7, 3, 25, 6, 1, 10, 5, 2, 8, 4, 73, 3, 6, 12, 2, 7, 1, 18, 5, 3, 9, 40, 4, 6];
/** Rules of its style sheet. */
const RULES = [0, 1, 0, 8, 0, 2, 30, 0, 1, 12, 0, 4, 1, 0, 100, 2];

const hex = (random, length) => Array.from({ length }, () => random(16).toString(16)).join('');
const letters = (random, length) => Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz'[random(26)]).join('');
const base64 = (random, bytes) => Buffer.from(Array.from({ length: bytes }, () => random(256))).toString('base64');
const address = (random) => `203.0.113.${1 + random(250)}`;

/** Where a link leads. Most of one campaign are on few hosts. */
function target(random, hosts) {
	const host = hosts[random(hosts.length)];
	const plain = `https://${host}/${letters(random, 3 + random(6))}/${hex(random, 8 + random(24))}?u=${hex(random, 12)}&e=${letters(random, 6)}%40example.com`;
	switch (random(12)) {
		case 0:
			return `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(plain)}&data=05%7C02%7C${hex(random, 32)}&sdata=${hex(random, 40)}&reserved=0`;
		case 1:
			return `https://urldefense.com/v3/__${plain.replaceAll('%40', '*40')}__;JQ!!${letters(random, 12)}!${hex(random, 24)}$`;
		case 2:
			return `http://${address(random)}/${letters(random, 5)}.php?id=${random(1e6)}`;
		default:
			return plain;
	}
}

function headerOf(random, at, sender) {
	const hops = 4 + random(4);
	const received = Array.from({ length: hops }, (_, hop) => {
		const minute = String(50 - hop * 3).padStart(2, '0');
		return `Received: from ${hex(random, 6)}.mail.protection.example.net (2001:db8:${hex(random, 4)}::${hop + 1}) by\r\n ${hex(random, 8)}.prod.example.net (2001:db8:${hex(random, 4)}:cafe::${hop + 9}) with Microsoft SMTP\r\n Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id\r\n 15.20.${random(9000)}.${random(40)} via Frontend Transport; Tue, 5 May 2026 10:${minute}:12 +0000`;
	});
	const signature = (bytes) => fold(base64(random, bytes), 70).replaceAll('\r\n', '\r\n ');
	const arc = Array.from({ length: 1 + random(2) }, (_, i) => [
		`ARC-Seal: i=${i + 1}; a=rsa-sha256; s=arcselector10001; d=example.net; cv=none;\r\n b=${signature(256)}`,
		`ARC-Message-Signature: i=${i + 1}; a=rsa-sha256; c=relaxed/relaxed; d=example.net;\r\n s=arcselector10001;\r\n h=From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-MS-Exchange-AntiSpam-MessageData-ChunkCount:X-MS-Exchange-AntiSpam-MessageData-0;\r\n bh=${base64(random, 32)};\r\n b=${signature(256)}`,
		`ARC-Authentication-Results: i=${i + 1}; mx.example.net 1; spf=fail (sender ip is\r\n ${address(random)}) smtp.rcpttodomain=example.com smtp.mailfrom=${sender.split('@')[1]};\r\n dmarc=fail (p=none sp=none pct=100) action=none header.from=example.org; dkim=none`,
	]).flat();
	const exchange = [
		`X-MS-Exchange-Organization-ExpirationStartTime: 05 May 2026 10:50:${10 + random(50)}.0000 (UTC)`,
		'X-MS-Exchange-Organization-ExpirationStartTimeReason: OriginalSubmit',
		`X-MS-Exchange-Organization-Network-Message-Id:\r\n ${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 12)}`,
		`X-EOPAttributedMessage: 0`,
		`X-EOPTenantAttributedMessage: ${hex(random, 8)}-0000-0000-0000-${hex(random, 12)}:0`,
		'X-MS-Exchange-Organization-MessageDirectionality: Incoming',
		`X-MS-PublicTrafficType: Email`,
		`X-MS-TrafficTypeDiagnostic: ${hex(random, 12).toUpperCase()}:EE_|${hex(random, 14).toUpperCase()}:EE_`,
		`X-MS-Office365-Filtering-Correlation-Id: ${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-9bd9-${hex(random, 12)}`,
		'X-MS-Exchange-AtpMessageProperties: SA|SL',
		`X-MS-Exchange-Organization-SCL: ${random(9)}`,
		`X-Microsoft-Antispam: BCL:${random(9)};ARA:13230040|${Array.from({ length: 8 }, () => random(1e10)).join('|')};`,
		`X-Forefront-Antispam-Report: CIP:${address(random)};CTRY:;LANG:en;SCL:${random(9)};SRV:;IPV:NLI;SFV:SPM;H:${letters(random, 8)}.example.org;PTR:InfoDomainNonexistent;CAT:PHSH;SFS:(13230040)(${Array.from({ length: 6 }, () => random(1e9)).join(')(')});DIR:INB;`,
		`X-MS-Exchange-AntiSpam-MessageData-ChunkCount: 1`,
		`X-MS-Exchange-AntiSpam-MessageData-0:\r\n ${signature(600 + random(900))}`,
		`X-MS-Exchange-CrossTenant-OriginalArrivalTime: 05 May 2026 10:50:12.${random(9999)} (UTC)`,
		'X-MS-Exchange-CrossTenant-AuthAs: Anonymous',
		'X-MS-Exchange-CrossTenant-FromEntityHeader: Internet',
		'X-MS-Exchange-Transport-CrossTenantHeadersStamped: ' + hex(random, 16).toUpperCase(),
		`X-MS-Exchange-Processed-By-BccFoldering: 15.20.${random(9000)}.0`,
	];
	const gateway = Array.from(
		{ length: 24 },
		(_, i) =>
			`X-Gateway-${['Verdict', 'Score', 'Policy', 'Trace', 'Route', 'Scan'][i % 6]}-${i}: ${hex(random, 4 + random(90))}`,
	);
	const brand = BRANDS[at % BRANDS.length];
	return [
		...received,
		`Authentication-Results: spf=fail (sender IP is ${address(random)})\r\n smtp.mailfrom=${sender.split('@')[1]}; dkim=none (message not signed)\r\n header.d=none;dmarc=fail action=none header.from=example.org;compauth=fail reason=001`,
		`Received-SPF: Fail (protection.example.net: domain of ${sender} does not designate ${address(random)} as permitted sender)\r\n receiver=protection.example.net; client-ip=${address(random)}; helo=${letters(random, 9)}.example.org;`,
		...arc,
		...(random(2) === 0
			? [
					`DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=example.org; s=k1;\r\n h=from:to:subject:date;\r\n bh=${base64(random, 32)};\r\n b=${signature(128)}`,
				]
			: []),
		...exchange,
		...gateway.slice(0, 4 + random(20)),
		`From: =?utf-8?B?${Buffer.from(`${brand} \u2709`).toString('base64')}?= <${sender}>`,
		`Reply-To: "${brand}" <reply.${letters(random, 5)}@example.net>`,
		'To: "User, First" <user@example.com>',
		`Subject: =?utf-8?Q?${quotedPrintable(paragraph(random, 6)).replace(/=\r\n/g, '').replaceAll(' ', '_').replaceAll('?', '=3F')}?=`,
		`Date: Tue, 5 May 2026 10:${10 + random(49)}:12 +0200`,
		`Message-ID: <${hex(random, 32)}@${letters(random, 8)}.example.org>`,
		`Return-Path: ${sender}`,
		'X-Priority: 1 (Highest)',
		`X-Mailer: Microsoft Outlook 16.0.${random(9000)}`,
		'MIME-Version: 1.0',
	].join('\r\n');
}

/** A page as kits and abused mail builders write it. */
function pageOf(random, at, links, hosts) {
	const style = Array.from(
		{ length: RULES[at % RULES.length] },
		(_, i) =>
			`.m_${i} td.block-${i}, .m_${i} a:hover { padding: 0 ${i}px !important; color: #${hex(random, 6)}; font-family: Arial, Helvetica, sans-serif; background-image: url('https://static.example.org/bg${i % 3}.png') }`,
	).join('\n');
	const cell = (inner) =>
		`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt"><tbody><tr><td class="block-${random(60)}" align="left" style="padding:0 10px 5px;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:21px;color:#333333">${inner}</td></tr></tbody></table>`;
	const rows = Array.from({ length: links }, (_, i) => {
		const href = target(random, hosts).replaceAll('&', '&amp;');
		const shown = random(4) === 0 ? `https://www.example.org/${letters(random, 6)}` : paragraph(random, 2 + random(4));
		return cell(
			`<a href="${href}" target="_blank" rel="noopener" style="color:#0563C1;text-decoration:underline">${shown}</a>${i % 5 === 0 ? `<img src="https://img.example.org/p/${hex(random, 10)}.png" width="600" alt="" style="display:block;border:0">` : ''}`,
		);
	});
	const prose = Array.from({ length: 1 + random(8) }, () =>
		cell(`<p style="margin:0">${paragraph(random, 12 + random(40))}</p>`),
	);
	const hidden =
		random(3) > 0
			? ''
			: `<div style="display:none;font-size:0;max-height:0;overflow:hidden;mso-hide:all">${paragraph(random, 30)}${'&#8203;&nbsp;'.repeat(40 + random(80))}</div>`;
	return `<!DOCTYPE html>\n<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>${paragraph(random, 4)}</title><!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]--><style type="text/css">${style}</style></head>\n<body style="margin:0;padding:0">${hidden}${[...prose, ...rows].join('\n')}<img src="https://track.example.net/o/${hex(random, 24)}.gif" width="1" height="1"></body></html>`;
}

function messageOf(random, at, links) {
	const hosts = Array.from(
		{ length: 2 + random(6) },
		() =>
			`${letters(random, 5 + random(9))}.${letters(random, 4 + random(7))}.${['com', 'net', 'top', 'xyz', 'co.uk'][random(5)]}`,
	);
	const sender = `${letters(random, 7)}@${letters(random, 9)}.example.org`;
	const html = pageOf(random, at, links, hosts);
	const text = `${paragraph(random, 40 + random(160))}\n${Array.from({ length: 1 + random(4) }, () => target(random, hosts)).join('\n')}\nIOC: hxxps://${hosts[0].replaceAll('.', '[.]')}/login, ${address(random).replaceAll('.', '[.]')}, ${hex(random, 64)}\n${paragraph(random, 30)}`;
	const part = (type, body, inBase64) =>
		`Content-Type: ${type}; charset="utf-8"\r\nContent-Transfer-Encoding: ${inBase64 ? 'base64' : 'quoted-printable'}\r\n\r\n${inBase64 ? fold(Buffer.from(body).toString('base64')) : quotedPrintable(body)}\r\n`;
	const page = part('text/html', html, random(5) === 0);
	const both = `Content-Type: multipart/alternative;\r\n boundary="alt_${at}"\r\n\r\n--alt_${at}\r\n${part('text/plain', text, false)}--alt_${at}\r\n${page}--alt_${at}--\r\n`;
	const file = `Content-Type: application/octet-stream; name="Invoice_${at}.pdf"\r\nContent-Disposition: attachment; filename="Invoice_${at}.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${fold(base64(random, 20_000 + random(60_000)))}\r\n`;
	const mixed = `Content-Type: multipart/mixed;\r\n boundary="mix_${at}"\r\n\r\n--mix_${at}\r\n${both}--mix_${at}\r\n${file}--mix_${at}--\r\n`;
	const body = at % 14 === 13 ? mixed : [page, page, both, page, page, both, page][at % 7];
	return Buffer.from(`${headerOf(random, at, sender)}\r\n${body}`);
}

/** `links`: of each message; by default as many as real ones have. */
export function phishing(count = 240, links = undefined) {
	const random = seeded(20261127);
	return Array.from({ length: count }, (_, at) => messageOf(random, at, links ?? LINKS[at % LINKS.length]));
}
