import fc from 'fast-check';
import { createHash } from 'node:crypto';
import {
	DEFANG_FORMS,
	defang,
	defangKindOf,
	extractIndicators,
	isValidIndicator,
	refang,
	type DefangForm,
	type DefangKind,
	type Indicator,
} from '../../../lib/indicators';
import { attachment, message } from './messages';

const SEED = 20260;
const runs = (numRuns: number): fc.Parameters<unknown> => ({ numRuns, seed: SEED });

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const label = fc
	.tuple(
		fc.constantFrom(...letters),
		fc.array(fc.constantFrom(...letters, ...'0123456789-'), { maxLength: 8 }),
		fc.constantFrom(...letters.slice(6), '7'),
	)
	.map(([first, middle, last]) => `${first}${middle.join('').replace(/-+/g, '-')}${last}`)
	// Two letters before a suffix are often a suffix themselves (`us.com`).
	.filter((word) => word.length > 2)
	// Words that the weak spellings rightly take for prose, and parts that look like another mark.
	.filter(
		(word) =>
			!/^(?:the|an|any|our|your|their|this|that|every|each|some|from|with|dot|for|or|com|net|org|io|on|at|by|ftp|meows?|xxxxs?|www|h[xtz]+ps?)$|dot|--/.test(
				word,
			),
	);
const suffix = fc.constantFrom('com', 'net', 'org', 'ru', 'cn', 'xyz');
const domain = fc
	.tuple(fc.array(label, { minLength: 1, maxLength: 3 }), suffix)
	.map(([labels, last]) => [...labels, last].join('.'));
const path = fc.stringMatching(
	/^(?:\/[a-z0-9_-]{1,6}){0,3}(?:\/[a-z0-9]{1,6}\.(?:php|html|exe))?(?:\?[a-z]{1,4}=[a-z0-9%]{0,2}[a-z0-9]{1,6})?$/,
);
const ipv4 = fc
	.tuple(fc.integer({ min: 100, max: 223 }), fc.nat(255), fc.nat(255), fc.nat(255))
	.map((octets) => octets.join('.'));
const ipv6 = fc
	.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 5, maxLength: 5 })
	.map((groups) => `2001:db8:${groups.map((group) => group.toString(16)).join(':')}:1`);
const values: Record<DefangKind, fc.Arbitrary<string>> = {
	url: fc
		.tuple(fc.constantFrom('http', 'https'), domain, fc.constantFrom('', ':8080', ':81'), path)
		.map(([scheme, host, port, rest]) => `${scheme}://${host}${port}${rest}`),
	domain,
	email: fc
		.tuple(label, domain)
		.map(([local, host]) => `${local}@${host}`)
		.filter(
			(value) =>
				!/^(?:me|us|it|is|or|out|up|you|him|her|them|find|live|look|seen|here|host|data|see|meet|stay|work)@/.test(
					value,
				),
		),
	ipv4,
	ipv6,
	network: fc.oneof(
		ipv4.map((address) => `${address.replace(/\.\d+$/, '.0')}/24`),
		ipv6.map((address) => `${address.replace(/:[0-9a-f]+$/, ':0')}/112`),
	),
};

describe('refang(defang(x)) is x', () => {
	it.each(Object.keys(DEFANG_FORMS) as DefangForm[])('for the form %s', (form) => {
		for (const kind of DEFANG_FORMS[form].kinds) {
			fc.assert(
				fc.property(values[kind], (value) => {
					fc.pre(!(form === '[:]' && kind === 'network' && value.includes('.')));
					const written = defang(value, form);
					expect(defangKindOf(value)).toBe(kind);
					expect(refang(written)).toBe(value);
					expect(refang(`see ${written}\nnow`)).toBe(`see ${value}\nnow`);
				}),
				runs(150),
			);
		}
	});

	it.each(Object.keys(values) as DefangKind[])('for the usual form of every %s', (kind) => {
		fc.assert(
			fc.property(values[kind], (value) => {
				expect(defang(value)).not.toBe(value);
				expect(refang(defang(value))).toBe(value);
			}),
			runs(300),
		);
	});
});

it('refang leaves text without marks alone', () => {
	fc.assert(
		fc.property(fc.lorem({ maxCount: 40 }), (text) => {
			expect(refang(text)).toBe(text);
		}),
		runs(200),
	);
});

/** Pieces that the scanner has rules for, in any order. */
const fragment = fc.oneof(
	fc.constantFrom(
		'http://',
		'https://',
		'hxxp',
		'://',
		':',
		'/',
		'.',
		'[.]',
		'(dot)',
		'[',
		']',
		'(',
		')',
		'@',
		'[at]',
		' at ',
		' dot ',
		' . ',
		'-dot-',
		',',
		'%2E',
		'%2F',
		'\\.',
		'^.',
		'example.com',
		'evil',
		'com',
		'www.',
		'1',
		'192.0.2.1',
		'/24',
		'::',
		'2001:db8',
		'ffff',
		'xn--',
		'é',
		'谢谢',
		'。',
		'．',
		'＠',
		'\u200b',
		'\u202e',
		' ',
		'\n',
		'<',
		'>',
		'"',
		"'",
		'&amp;',
		'?u=https%3A%2F%2F',
		'urldefense.com/v3/__',
		'__;',
		'*',
		'!',
		'safelinks.protection.outlook.com/?url=',
		'mailto:',
		'AS64500',
		'CVE-2024-12345',
		'00:11:22:33:44:55',
		'd41d8cd98f00b204e9800998ecf8427e',
		'#',
		';',
		'=',
		'+',
		'-',
		'_',
		'\u0000',
		'\ud800',
	),
	fc.string({ maxLength: 4, unit: 'grapheme' }),
);
const soup = fc.array(fragment, { maxLength: 25 }).map((pieces) => pieces.join(''));
const everything = { cve: true, asn: true, mac: true, wallets: true } as const;

const refused = (found: Indicator[]): string[] =>
	found.filter((indicator) => !isValidIndicator(indicator)).map(({ type, value }) => `${type} ${value}`);

describe('nothing comes out that its own validator refuses', () => {
	it('of any text', () => {
		fc.assert(
			fc.property(soup, (text) => {
				const found = extractIndicators({ text }, everything);
				expect(refused(found)).toEqual([]);
				for (const { original, sources } of found) {
					// The original is what stands there.
					if (sources[0]?.offset !== undefined && !/safelinks/.test(text))
						expect(text.startsWith(original, sources[0].offset)).toBe(true);
				}
			}),
			runs(4_000),
		);
	});

	it('of any HTML', () => {
		const tag = fc
			.tuple(
				fc.constantFrom(
					'a href',
					'img src',
					'img srcset',
					'form action',
					'body background',
					'base href',
					'p class',
					'meta http-equiv=refresh content',
				),
				soup,
			)
			.map(([name, value]) => `<${name}="${value}">`);
		fc.assert(
			fc.property(
				fc.array(
					fc.oneof(tag, soup, fc.constantFrom('</a>', '<style>', '</style>', '<!--', '-->', '<!--[if mso]>', '<br>')),
					{ maxLength: 8 },
				),
				(pieces) => {
					expect(refused(extractIndicators({ html: pieces.join('') }, everything))).toEqual([]);
				},
			),
			runs(1_500),
		);
	});

	it('of any header', () => {
		fc.assert(
			fc.property(soup, soup, soup, (one, two, three) => {
				const email = message({
					from: [{ address: one, name: two }],
					returnPath: two,
					subject: three,
					receivedLines: [one, `from ${two} ([${three}]) by x`],
					authenticationResults: [`mx; spf=pass smtp.mailfrom=${one}; dkim=pass header.d=${two}`],
					headers: [
						{ name: 'X-Originating-IP', value: `[${one}]` },
						{ name: 'List-Unsubscribe', value: `<${two}>, <mailto:${three}>` },
					],
				});
				expect(refused(extractIndicators(email, everything))).toEqual([]);
			}),
			runs(1_500),
		);
	});
});

it('the same input gives the same output', () => {
	fc.assert(
		fc.property(soup, (text) => {
			expect(extractIndicators({ text, html: text })).toEqual(extractIndicators({ text, html: text }));
		}),
		runs(200),
	);
});

describe('a value is found wherever it stands in a message', () => {
	const sha256 = fc.string().map((text) => createHash('sha256').update(text).digest('hex'));
	const value = fc.oneof(
		values.url.map((text) => ({ type: 'url', text, value: new URL(text).href })),
		domain.map((text) => ({ type: 'domain-name', text, value: text })),
		values.email.map((text) => ({ type: 'email-addr', text, value: text })),
		ipv4.map((text) => ({ type: 'ipv4-addr', text, value: text })),
		ipv6.map((text) => ({ type: 'ipv6-addr', text, value: text })),
		sha256.map((text) => ({ type: 'file', text, value: text })),
	);
	const prose = fc.lorem({ maxCount: 12 });
	const found = (email: Parameters<typeof extractIndicators>[0], wanted: { type: string; value: string }): boolean =>
		extractIndicators(email).some(({ type, value: one }) => type === wanted.type && one === wanted.value);

	it('text, subject, HTML text, attachment, attached message', () => {
		fc.assert(
			fc.property(value, prose, prose, (wanted, before, after) => {
				const text = `${before} ${wanted.text}\n${after}`;
				expect(found({ text }, wanted)).toBe(true);
				expect(found({ text: `${before} (${wanted.text}).` }, wanted)).toBe(true);
				expect(found({ text: `"${wanted.text}", ${after}` }, wanted)).toBe(true);
				expect(
					found({ html: `<p>${before}</p><td>${wanted.text.replaceAll('&', '&amp;')}</td>${after}` }, wanted),
				).toBe(true);
				expect(found(message({ subject: text }), wanted)).toBe(true);
				expect(found(message({ attachments: [attachment(text, { contentType: 'text/csv' })] }), wanted)).toBe(true);
				const inner = message({ text });
				const middle = message({ attachments: [attachment('', { email: inner, contentType: 'message/rfc822' })] });
				expect(
					found(message({ attachments: [attachment('', { email: middle, contentType: 'message/rfc822' })] }), wanted),
				).toBe(true);
			}),
			runs(400),
		);
	});

	it('URLs in every attribute, addresses in every header', () => {
		fc.assert(
			fc.property(values.url, values.email, (url, address) => {
				const wanted = { type: 'url', value: new URL(url).href };
				for (const html of [
					`<a href="${url}">x</a>`,
					`<a href=${url}>x`,
					`<IMG SRC='${url}'>`,
					`<form action="${url}">`,
					`<td background="${url}">`,
					`<img srcset="${url} 2x">`,
					`<meta http-equiv="refresh" content="0; url=${url}">`,
					`<area href="\n${url} ">`,
				]) {
					expect(found({ html }, wanted)).toBe(true);
				}
				const sender = { type: 'email-addr', value: address };
				for (const email of [
					message({ from: [{ address }] }),
					message({ sender: { address } }),
					message({ replyTo: [{ address }] }),
					message({ returnPath: address }),
					message({ headers: [{ name: 'Errors-To', value: `<${address}>` }] }),
				]) {
					expect(found(email, sender)).toBe(true);
				}
			}),
			runs(200),
		);
	});
});
