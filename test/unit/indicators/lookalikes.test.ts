import { domainToASCII } from 'node:url';
import { extractIndicators, type ExtractOptions, type Indicator } from '../../../lib/indicators';
import { message } from './messages';

const resembled = (text: string, options: ExtractOptions): Record<string, string | undefined> =>
	Object.fromEntries(
		extractIndicators({ text }, options)
			.filter(({ type, flags }) => type === 'domain-name' && flags.includes('lookalike-domain'))
			.map(({ value, resembles }) => [value, resembles]),
	);

describe('lookalike-domain: what is made to look like a domain to be protected', () => {
	const options: ExtractOptions = { ownDomains: ['northwind.com'], protectedDomains: ['tailspin-bank.co.uk'] };

	it.each([
		['one letter changed, left out, added, or two changed over', ['nortwind.com', 'northwnid.com', 'northwindd.net']],
		['digits and pairs that are read as letters', ['n0rthwind.com', 'northvvind.com', 'northwlnd.com']],
		['letters of other alphabets', ['n\u043erthwind.com', 'northw\u0456nd.com'].map(domainToASCII)],
		['the same name under another suffix', ['northwind.top']],
		['the name with words beside it', ['northwind-login.com', 'secure-northwind.net', 'mynorthwindportal.com']],
		['the name in front of another domain', ['northwind.com.session.top', 'northwind.session.top']],
	])('%s', (_, names) => {
		expect(resembled(names.join('\n'), options)).toEqual(
			Object.fromEntries(names.map((name) => [name, 'northwind.com'])),
		);
	});

	it('each of those to be protected, with the one that it looks like', () => {
		expect(resembled('tailspin-bank.com tai1spin-bank.co.uk login.tailspin-bank.top', options)).toEqual({
			'tailspin-bank.com': 'tailspin-bank.co.uk',
			'tai1spin-bank.co.uk': 'tailspin-bank.co.uk',
			'login.tailspin-bank.top': 'tailspin-bank.co.uk',
		});
	});

	it('not the domain itself, what is under it, and names of their own', () => {
		const text =
			'northwind.com mail.northwind.com www.tailspin-bank.co.uk southwind.com wind.com example.org north.com';
		expect(resembled(text, options)).toEqual({});
	});

	it('short names are only told where they look the same', () => {
		const short: ExtractOptions = { ownDomains: ['abcd.com', 'xyz.com'] };
		expect(resembled('abce.com my-abcd.com xyzz.com xyz.net abcd.net', short)).toEqual({ 'abcd.net': 'abcd.com' });
	});

	it('short names, and those of other alphabets, are told where the whole domain stands in front of another one', () => {
		const options: ExtractOptions = { ownDomains: ['dnb.no', 'db.co.uk', 'b\u00fccher-b\u00f6rse.de'] };
		const names = [
			'dnb.no.evil-host.com',
			'login.dnb.no.secure.evil-host.com',
			'dnb.no-login.com',
			'dnb-no.evil-host.com',
			'dnb-no.com',
		];
		expect(resembled(names.join('\n'), options)).toEqual(Object.fromEntries(names.map((name) => [name, 'dnb.no'])));
		expect(resembled('x.db.co.uk.evil-host.com b\u00fccher-b\u00f6rse.com', options)).toEqual({
			'x.db.co.uk.evil-host.com': 'db.co.uk',
			[domainToASCII('b\u00fccher-b\u00f6rse.com')]: domainToASCII('b\u00fccher-b\u00f6rse.de'),
		});
		expect(resembled('go-to-market.com xdnb.no.com dnb.nordic.com dnbno.com db.com', options)).toEqual({});
	});

	it('where Exchange Online takes in the mail of a domain is no look-alike of it, unless it is of another one', () => {
		const hosts = 'northwind-com.mail.protection.outlook.com northwind-com-pay.mail.protection.outlook.com';
		expect(Object.keys(resembled(hosts, options))).toEqual(['northwind-com-pay.mail.protection.outlook.com']);
	});

	it('URLs and addresses under it have the flag, too, and nothing is left out for it', () => {
		const found = extractIndicators({ text: 'https://northwind-login.com/a boss@nortwind.com' }, options);
		expect(found.every(({ flags, resembles }) => flags.includes('lookalike-domain') && resembles !== undefined)).toBe(
			true,
		);
		expect(found).toHaveLength(4);
	});

	it('without domains of their own, that of the mailbox is protected', () => {
		const source = { kind: 'imap', mailbox: 'soc@northwind.com' } as const;
		const found = extractIndicators(message({ text: 'nortwind.com', source }));
		expect(found[0]).toMatchObject({ flags: ['lookalike-domain'], resembles: 'northwind.com' });
	});
});

describe('vip-name: a sender by the name of somebody else', () => {
	const options: ExtractOptions = {
		ownDomains: ['northwind.com'],
		vipNames: ['Zoë van der Berg', 'Doe, Jane <jane.doe@home.example>', 'Li'],
	};
	const flagged = (parts: Parameters<typeof message>[0]): Indicator[] =>
		extractIndicators(message(parts), options).filter(({ flags }) => flags.includes('vip-name'));

	it.each([
		'Zoë van der Berg',
		'zoe VAN DER BERG',
		'Berg, Zoë van der',
		'Zoe van der Berg (CEO)',
		'Zoё van der 8erg'.replace('8', 'B'),
		'Zoe  van-der Berg',
		'Zoe van der Bergg',
	])('%s', (name) => {
		expect(flagged({ from: [{ name, address: 'a@mail.example' }] })).toMatchObject([
			{ value: 'a@mail.example', resembles: 'Zoë van der Berg' },
		]);
	});

	it.each([
		['in one piece', 'JaneDoe'],
		['in one piece, with what she is', 'CEO doejane'],
		['letter by letter', 'J a n e  D o e'],
		['letter by letter, with dots', 'J.a.n.e D.o.e'],
		['letters of mathematics', '\u{1d409}\u{1d41a}\u{1d427}\u{1d41e} \u{1d403}\u{1d428}\u{1d41e}'],
		['small capitals', '\u1d0a\u1d00\u0274\u1d07 \u1d05\u1d0f\u1d07'],
		['letters in black squares', '\u{1f179}\u{1f170}\u{1f17d}\u{1f174} \u{1f173}\u{1f17e}\u{1f174}'],
		['wide letters', '\uff2a\uff41\uff4e\uff45 \uff24\uff4f\uff45'],
		['what is not seen between', 'Ja\u200bne D\u00adoe'],
	])('%s', (_, name) => {
		expect(flagged({ from: [{ name, address: 'a@mail.example' }] })).toMatchObject([{ resembles: 'Doe, Jane' }]);
	});

	it('names that are written without blanks', () => {
		const vipNames = ['\u738b\u5c0f\u660e', '\u674e \u4f1f', '\uae40\ubbfc\uc900'];
		const told = (name: string): (string | undefined)[] =>
			extractIndicators(message({ from: [{ name, address: 'a@mail.example' }] }), { vipNames })
				.filter(({ flags }) => flags.includes('vip-name'))
				.map(({ resembles }) => resembles);
		expect(told('\u738b\u5c0f\u660e')).toEqual([vipNames[0]]);
		expect(told('\u738b \u5c0f\u660e')).toEqual([vipNames[0]]);
		expect(told('\u738b\u5c0f\u660e\u603b\u7ecf\u7406')).toEqual([vipNames[0]]);
		expect(told('\u674e\u4f1f (CEO)')).toEqual([vipNames[1]]);
		expect(told('\uae40 \ubbfc\uc900')).toEqual([vipNames[2]]);
		// Another name, and a word that holds the two letters.
		expect(told('\u738b\u5c0f\u534e')).toEqual([]);
		expect(told('\u674e\u4f1f\u5927\u5b66')).toEqual([]);
	});

	it('not from the house itself, nor from an address that is hers', () => {
		expect(flagged({ from: [{ name: 'Zoë van der Berg', address: 'zoe@northwind.com' }] })).toEqual([]);
		expect(flagged({ from: [{ name: 'Jane Doe', address: 'Jane.Doe@home.example' }] })).toEqual([]);
		expect(flagged({ from: [{ name: 'Jane Doe', address: 'jane.doe@home2.example' }] })).toHaveLength(1);
	});

	it('not other names, and no name of three letters or less', () => {
		expect(flagged({ from: [{ name: 'Zoë Berger', address: 'a@mail.example' }] })).toEqual([]);
		expect(flagged({ from: [{ name: 'Li', address: 'a@mail.example' }] })).toEqual([]);
		expect(flagged({ from: [{ address: 'a@mail.example' }] })).toEqual([]);
	});

	it('who shows a name without an address, and is answered elsewhere', () => {
		const found = flagged({ fromText: 'Jane Doe', replyTo: [{ address: 'a@mail.example' }] });
		expect(found).toMatchObject([{ value: 'a@mail.example', resembles: 'Doe, Jane' }]);
	});
});

describe('a display name that holds another address', () => {
	const found = (name: string, address: string): string[] =>
		extractIndicators(message({ from: [{ name, address }] }))
			.filter(({ type }) => type === 'email-addr')
			.map(({ value, flags }) => `${value} ${flags.filter((flag) => flag !== 'documentation').join()}`);

	it('flags the address that sends, and the one that only shows', () => {
		expect(found('"ceo@northwind.com"', 'x@drop.example')).toEqual([
			'x@drop.example name-mismatch',
			'ceo@northwind.com display-name',
		]);
		expect(found('Northwind.com Support', 'x@drop.example')).toEqual(['x@drop.example name-mismatch']);
		expect(found('ceo@drop.example', 'x@drop.example')).toEqual([
			'x@drop.example name-mismatch',
			'ceo@drop.example display-name',
		]);
	});

	it('its own address or domain is no other one', () => {
		expect(found('X@drop.example', 'x@drop.example')).toEqual(['x@drop.example ']);
		expect(found('drop.example team', 'x@mail.drop.example')).toEqual(['x@mail.drop.example ']);
		expect(found('Dr. J. Smith', 'x@drop.example')).toEqual(['x@drop.example ']);
	});

	it('one that also stands elsewhere is an address as any other', () => {
		const twice = extractIndicators(
			message({ from: [{ name: 'ceo@northwind.com', address: 'x@drop.example' }], text: 'ask ceo@northwind.com' }),
		);
		expect(twice.find(({ value }) => value === 'ceo@northwind.com')!.flags).toEqual([]);
	});

	it('an address that stands where none belongs says so', () => {
		const [first] = extractIndicators(message({ from: [{ address: 'x@drop.example', misplaced: true }] }));
		expect(first!.flags).toContain('misplaced');
	});
});
