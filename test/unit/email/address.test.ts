import { parseAddresses } from '../../../lib/email/address';

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
		['Team: a@example.org, B <b@example.org>; c@example.org', [{ address: 'a@example.org', group: 'Team' }, { address: 'b@example.org', name: 'B', group: 'Team' }, { address: 'c@example.org' }]],
		['a@example.org; b@example.org', [{ address: 'a@example.org' }, { address: 'b@example.org' }]],
		['<>', []],
		['no address here', []],
		['', []],
	])('%s', (raw, expected) => expect(read(raw)).toEqual(expected));

	it('an address in the name is a name: a usual disguise', () => {
		expect(read('"ceo@example.com" <mallory@example.net>')).toEqual([{ address: 'mallory@example.net', name: 'ceo@example.com' }]);
		expect(read('ceo@example.com <mallory@example.net>')).toEqual([{ address: 'mallory@example.net', name: 'ceo@example.com' }]);
	});

	it('an encoded name cannot add addresses', () => {
		const word = `=?utf-8?B?${Buffer.from('x@evil.example>, <y@evil.example').toString('base64')}?=`;
		expect(read(`${word} <a@example.org>`)).toEqual([{ address: 'a@example.org', name: 'x@evil.example>, <y@evil.example' }]);
	});

	it('a quote that is never closed does not swallow the addresses behind it', () => {
		expect(read('"Broken <a@example.org>, b@example.org').map(({ address }) => address)).toEqual(['a@example.org', 'b@example.org']);
	});

	it('more than the limit are cut, and that is told', () => {
		expect(parseAddresses('a@example.org, b@example.org, c@example.org', 2)).toEqual({ addresses: [{ address: 'a@example.org' }, { address: 'b@example.org' }], cut: true });
	});
});
