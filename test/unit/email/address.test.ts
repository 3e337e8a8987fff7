import { parseAddresses, shownSender } from '../../../lib/email/header/address';
import { mimeDecoder } from '../../../lib/email/header/encodedWord';

const read = (raw: string) => parseAddresses(raw, 100).addresses;

describe('address lists', () => {
	it.each([
		['a@example.org', [{ address: 'a@example.org' }]],
		['A <a@example.org>, b@example.org', [{ address: 'a@example.org', name: 'A' }, { address: 'b@example.org' }]],
		['"Doe, Jane" <Jane@Example.org>', [{ address: 'Jane@Example.org', name: 'Doe, Jane' }]],
		['"a \\"quoted\\" name" <a@example.org>', [{ address: 'a@example.org', name: 'a "quoted" name' }]],
		['a@example.org (Anna)', [{ address: 'a@example.org', name: 'Anna' }]],
		['"odd local"@example.org', [{ address: '"odd local"@example.org' }]],
		['<@relay.example.net,@r2.example.net:a@example.org>', [{ address: 'a@example.org' }]],
		['a@[192.0.2.1], <b@[IPv6:2001:db8::1]>', [{ address: 'a@[192.0.2.1]' }, { address: 'b@[IPv6:2001:db8::1]' }]],
		['a . b @ example . org', [{ address: 'a.b@example.org' }]],
		['undisclosed-recipients:;', []],
		[
			'Team: a@example.org, B <b@example.org>; c@example.org',
			[
				{ address: 'a@example.org', group: 'Team' },
				{ address: 'b@example.org', name: 'B', group: 'Team' },
				{ address: 'c@example.org' },
			],
		],
		['a@example.org; b@example.org', [{ address: 'a@example.org' }, { address: 'b@example.org' }]],
		['<>', []],
		['no address here', []],
		['', []],
	])('%s', (raw, expected) => expect(read(raw)).toEqual(expected));

	it('an address in the name is a name: a usual disguise', () => {
		expect(read('"ceo@example.com" <mallory@example.net>')).toEqual([
			{ address: 'mallory@example.net', name: 'ceo@example.com' },
		]);
		expect(read('ceo@example.com <mallory@example.net>')).toEqual([
			{ address: 'mallory@example.net', name: 'ceo@example.com' },
		]);
	});

	it('an encoded name cannot add addresses', () => {
		const word = `=?utf-8?B?${Buffer.from('x@evil.example>, <y@evil.example').toString('base64')}?=`;
		expect(read(`${word} <a@example.org>`)).toEqual([
			{ address: 'a@example.org', name: 'x@evil.example>, <y@evil.example' },
		]);
	});

	it('a quote that is never closed does not swallow the addresses behind it', () => {
		expect(read('"Broken <a@example.org>, b@example.org').map(({ address }) => address)).toEqual([
			'a@example.org',
			'b@example.org',
		]);
	});

	it('nor does an angle bracket, or a parenthesis', () => {
		expect(read('<a@example.org, <b@example.org>, "C" <c@example.org').map(({ address }) => address)).toEqual([
			'a@example.org',
			'b@example.org',
			'c@example.org',
		]);
		expect(read('"a < b, c" <a@example.org>')).toEqual([{ address: 'a@example.org', name: 'a < b, c' }]);
		expect(read('a@example.org (open, b@example.org').map(({ address }) => address)).toEqual([
			'a@example.org',
			'b@example.org',
		]);
	});

	it('a comma that an encoded name or a bare name holds parts no addresses', () => {
		expect(read('=?utf-8?Q?Doe,_Jane?= <a@example.org>')).toEqual([{ address: 'a@example.org', name: 'Doe, Jane' }]);
		expect(read('Jane Doe, PhD <a@example.org>')).toEqual([{ address: 'a@example.org', name: 'Jane Doe, PhD' }]);
	});

	it('whatever is open, nested or repeated takes linear time', () => {
		for (const piece of [
			'u@example.com, ',
			'(',
			')',
			'"',
			'"\\',
			'("\\"',
			'<',
			'<a',
			'<@a',
			':',
			';',
			'[',
			'\\',
			' ',
			'a . ',
			'a@',
			'=?utf-8?q?,',
			'=?a?q?',
		]) {
			const raw = piece.repeat(Math.ceil(600_000 / piece.length));
			const start = performance.now();
			parseAddresses(`${raw}x@example.org`, 10);
			expect([piece, performance.now() - start < 4_000]).toEqual([piece, true]);
		}
	});

	it('of more than the limit none is decoded, in groups or out of them', () => {
		const decoded = jest.spyOn(mimeDecoder(), 'decodeWord');
		for (const piece of [
			'=?utf-8?Q?=C3=A9?= <a@example.org>, ',
			'g: =?utf-8?Q?=C3=A9?= <a@example.org>; ',
			'g: a@example.org, =?utf-8?Q?=C3=A9?= <a@example.org>; ',
		]) {
			decoded.mockClear();
			expect(parseAddresses(piece.repeat(500), 20)).toMatchObject({ cut: true, addresses: { length: 20 } });
			expect(decoded.mock.calls.length).toBeLessThan(30);
		}
		decoded.mockRestore();
	});

	it('more than the limit are cut, and that is told', () => {
		expect(parseAddresses('a@example.org, b@example.org, c@example.org', 2)).toEqual({
			addresses: [{ address: 'a@example.org' }, { address: 'b@example.org' }],
			cut: true,
			hasOther: false,
		});
	});
});

/** Text as it comes in a header: bytes in a `latin1` string. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1');

describe('addresses are taken whole', () => {
	it.each([
		['admin=corp.example@bounces.esp.example', 'admin=corp.example@bounces.esp.example'],
		['<Deals/Dryer@corp.example>', 'Deals/Dryer@corp.example'],
		['a!b@x.example', 'a!b@x.example'],
		['#a@x.example', '#a@x.example'],
		['"quoted local, with (all) of <it>"@x.example', '"quoted local, with (all) of <it>"@x.example'],
		['Name <"a@evil.example"@x.example>', '"a@evil.example"@x.example'],
		['用户@例子.example', '用户@例子.example'],
		['Zoë <zoë@köln.example>', 'zoë@köln.example'],
		['voilà <voilà@x.example>', 'voilà@x.example'],
		['<Р@x.example>', 'Р@x.example'],
		['😀@x.example', '😀@x.example'],
		['a@[192.0.2.1]', 'a@[192.0.2.1]'],
	])('%s', (text, address) => expect(read(bytes(text)).map((one) => one.address)).toEqual([address]));

	it('a name that ends in the byte A0 keeps its last letter', () => {
		expect(read(bytes('là <a@x.example>'))).toEqual([{ address: 'a@x.example', name: 'là' }]);
	});

	it('bytes of another charset are read in it, in the name and in the address', () => {
		const { addresses } = parseAddresses('\xcc\xe0 <\xcc\xe0@x.example>', 10, 'windows-1251');
		expect(addresses).toEqual([{ address: 'Ма@x.example', name: 'Ма' }]);
	});
});

describe('what programs put around an address is no part of it', () => {
	it.each([
		['<"user@x.example">', 'user@x.example'],
		["<'user@x.example'>", 'user@x.example'],
		['<user@x.example.>', 'user@x.example'],
		['user@x.example>', 'user@x.example'],
		['SMTP:user@x.example', 'user@x.example'],
		['<mailto:user@x.example>', 'user@x.example'],
		['<Name Surname <user@x.example>', 'user@x.example'],
		['<other@<user@x.example>', 'user@x.example'],
	])('%s', (text, address) => expect(read(text).map((one) => one.address)).toEqual([address]));

	it('two addresses in one pair of brackets are two', () => {
		expect(read('<a@x.example, b@y.example>').map((one) => one.address)).toEqual(['a@x.example', 'b@y.example']);
	});
});

describe('what is no address does not become one', () => {
	it.each(['Team <noreply@railway,example>', '<a@b@x.example>', '<a@>', '<@x.example>', '<a@x..example>'])(
		'%s',
		(text) => expect(parseAddresses(text, 10)).toEqual({ addresses: [], cut: false, hasOther: true }),
	);
});

describe('a From without an address in its place', () => {
	it.each([
		['Your chance!,(<offer@x.example>)', { address: 'offer@x.example', name: 'Your chance!' }],
		['(offer@x.example)', { address: 'offer@x.example' }],
		['=?utf-8?Q?"Sales"_<offer@x.example>?=', { address: 'offer@x.example', name: 'Sales' }],
		['=?utf-8?B?b2ZmZXJAeC5leGFtcGxl?=', { address: 'offer@x.example' }],
	])('gives the one that programs show: %s', (raw, address) => {
		expect(parseAddresses(raw, 10).addresses).toEqual([]);
		expect(shownSender(raw).address).toEqual({ ...address, misplaced: true });
	});

	it.each([
		['"Support" <>', '"Support" <>'],
		['Team <noreply@railway,example>', 'Team <noreply@railway,example>'],
		['(ask a@x.example or b@y.example)', '(ask a@x.example or b@y.example)'],
		['=?utf-8?Q?Caf=C3=A9?=', 'Café'],
	])('keeps what it shows when there is none: %s', (raw, text) => expect(shownSender(raw)).toEqual({ text }));

	it('is nothing when it shows nothing', () => expect(shownSender(' ')).toEqual({}));
});
