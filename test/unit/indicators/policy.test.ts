import { extractIndicators, type ExtractOptions } from '../../../lib/indicators';
import { attachment, message } from './messages';

const brief = (text: string, options: ExtractOptions): string[] =>
	extractIndicators({ text }, options).map(({ type, value, flags }) =>
		[type, value, ...flags.filter((flag) => flag !== 'documentation')].join(' '),
	);

const TEXT = 'http://evil.example/a 203.0.113.5 2001:db8::5 user@mail.example 9e107d9d372bb6826bd81d3542a419d6';

describe('what is extracted', () => {
	const email = message({ text: TEXT, attachments: [attachment('hello', { fileName: 'a.bin' })] });
	const types = (options: ExtractOptions): string[] =>
		[...new Set(extractIndicators(email, options).map(({ type }) => type))].sort();
	const all = ['domain-name', 'email-addr', 'file', 'ipv4-addr', 'ipv6-addr', 'url'];

	it('by default everything but the opt-in kinds', () => {
		expect(types({})).toEqual(all);
	});

	test.each<[keyof ExtractOptions, string[]]>([
		['urls', ['url']],
		['domains', ['domain-name']],
		['ips', ['ipv4-addr', 'ipv6-addr']],
		['emailAddresses', ['email-addr']],
	])('%s turns off its own kind only', (option, gone) => {
		expect(types({ [option]: false })).toEqual(all.filter((type) => !gone.includes(type)));
	});

	it('hashes of the text and hashes of attachments are two switches', () => {
		const files = (options: ExtractOptions): number =>
			extractIndicators(email, options).filter(({ type }) => type === 'file').length;
		expect([
			files({}),
			files({ hashes: false }),
			files({ attachments: false }),
			files({ hashes: false, attachments: false }),
		]).toEqual([2, 1, 1, 0]);
	});

	it('CVE, AS numbers, MAC addresses and wallets only when asked', () => {
		const text =
			'cve-2024-12345 AS64500 00:1A:2b:3c:4d:5e 00-1a-2b-3c-4d-5f 001a.2b3c.4d60 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed CVE-1-2 AS0 AS99999999999 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD';
		expect(brief(text, {})).toEqual([]);
		expect(brief(text, { cve: true, asn: true, mac: true, wallets: true })).toEqual([
			'cve CVE-2024-12345',
			'autonomous-system AS64500',
			'mac-addr 00:1a:2b:3c:4d:5e',
			'mac-addr 00:1a:2b:3c:4d:5f',
			'mac-addr 00:1a:2b:3c:4d:60',
			'cryptocurrency-wallet 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
			'cryptocurrency-wallet bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
			'cryptocurrency-wallet 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
		]);
		expect(brief(text, { cve: true })).toEqual(['cve CVE-2024-12345']);
	});

	it('wallets of the other kinds: script hash, witness version 1, Litecoin', () => {
		const wallets = [
			'3P14159f73E4gFr7JterCCQh9QjiTjiZrG',
			'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
			'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
			'0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
		];
		expect(brief(wallets.join(' '), { wallets: true })).toEqual(
			wallets.map((wallet) => `cryptocurrency-wallet ${wallet}`),
		);
	});
});

describe('own domains', () => {
	it('are flagged with everything under them, and nothing beside them', () => {
		expect(
			brief('http://www.own.com/x jane@own.com a.b.own.com notown.com own.com.evil.com', { ownDomains: ['Own.com'] }),
		).toEqual([
			'url http://www.own.com/x own-domain',
			'domain-name www.own.com own-domain',
			'email-addr jane@own.com own-domain',
			'domain-name own.com own-domain',
			'domain-name a.b.own.com own-domain',
			'domain-name notown.com',
			'domain-name own.com.evil.com lookalike-domain',
		]);
	});
});

describe('allow-list', () => {
	const allowList = [
		'good.com',
		'.cdn.com',
		'203.0.113.0/24',
		'2001:db8::/32',
		'https://exact.com/a',
		'boss@partner.com',
		'9e107d9d372bb6826bd81d3542a419d6',
	];

	it('exact values, suffixes and networks are flagged, not deleted', () => {
		expect(
			brief(
				'http://good.com/x www.good.com a.cdn.com cdn.com xcdn.com 203.0.113.5 198.51.100.5 203.0.112.0/23 2001:db8::1 https://exact.com/a https://exact.com/b boss@partner.com x@good.com x@a.cdn.com http://203.0.113.6/y 9e107d9d372bb6826bd81d3542a419d6',
				{ allowList },
			),
		).toEqual([
			'url http://good.com/x allow-listed',
			'domain-name good.com allow-listed',
			'domain-name www.good.com',
			'domain-name a.cdn.com allow-listed',
			'domain-name cdn.com allow-listed',
			'domain-name xcdn.com',
			'ipv4-addr 203.0.113.5 allow-listed',
			'ipv4-addr 198.51.100.5',
			'ipv4-addr 203.0.112.0/23',
			'ipv6-addr 2001:db8::1 allow-listed',
			'url https://exact.com/a allow-listed',
			'domain-name exact.com',
			'url https://exact.com/b',
			'email-addr boss@partner.com allow-listed',
			'domain-name partner.com',
			'email-addr x@good.com',
			'email-addr x@a.cdn.com allow-listed',
			'url http://203.0.113.6/y allow-listed',
			'ipv4-addr 203.0.113.6 allow-listed',
			'file 9e107d9d372bb6826bd81d3542a419d6 allow-listed',
		]);
	});

	it('leaves out what it lists only when asked, and never what somebody defanged', () => {
		expect(brief('good.com evil.com', { allowList, exclude: ['allow-listed'] })).toEqual(['domain-name evil.com']);
		expect(brief('good[.]com evil.com', { allowList, exclude: ['allow-listed'] })).toEqual([
			'domain-name good.com allow-listed',
			'domain-name evil.com',
		]);
	});

	it('other flags can be excluded, too', () => {
		expect(brief('readme.md 10.0.0.1 evil.com', { exclude: ['private', 'file-name-like'] })).toEqual([
			'domain-name evil.com',
		]);
	});
});

describe('maximum counts', () => {
	const many = Array.from({ length: 50 }, (_, index) => `http://h${index}.com/`).join(' ');

	it('per type and in all; what is left out is counted', () => {
		const omitted: [string, number][] = [];
		const found = extractIndicators(
			{ text: many },
			{ maxPerType: 10, onOmitted: (type, count) => omitted.push([type, count]) },
		);
		expect(found).toHaveLength(20);
		expect(omitted.sort()).toEqual([
			['domain-name', 40],
			['url', 40],
		]);
		expect(
			extractIndicators({ text: many }, { maxIndicators: 7 })
				.map(({ value }) => value)
				.at(-1),
		).toBe('http://h3.com/');
	});

	it('a value that is known goes on gathering places, up to 20', () => {
		const [only] = extractIndicators({ text: 'evil.com '.repeat(100) }, { maxIndicators: 1 });
		expect(only?.sources).toHaveLength(20);
		expect(only?.sources[1]).toEqual({ part: 'text', offset: 9 });
	});
});
