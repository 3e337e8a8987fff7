import fc from 'fast-check';
import { INDICATOR_LIMITS } from '../../../lib/limits';
import {
	algorithmOfLength,
	fileHashes,
	fileValue,
	hashDigits,
	hashValue,
	isCanonicalValue,
	isSubset,
	patternString,
	readDomainName,
	readIpAddress,
	readNetwork,
	readUrl,
	stixValue,
	unmapped,
	valueComparison,
	type ValueType,
} from '../../../lib/values';

const network = (text: string) => readNetwork(text)!;

describe('what one writes in many ways has one canonical form', () => {
	it.each<[ValueType, string, string[]]>([
		['ipv4-addr', '192.0.2.1', ['192.0.2.1', ' 192.0.2.1 ', '192.0.2.1/32']],
		['ipv4-addr', '192.0.2.0/24', ['192.0.2.0/24', '192.0.2.77/24']],
		['ipv6-addr', '2001:db8::1', ['2001:DB8:0:0::1', '2001:db8::1/128', '2001:db8::1%eth0', '2001:db8::0.0.0.1']],
		['ipv6-addr', 'fe80::/64', ['fe80::1%eth0/64', 'FE80::/64']],
		['ipv6-addr', '::ffff:c000:201', ['::ffff:192.0.2.1', '0:0:0:0:0:FFFF:C000:0201']],
		[
			'domain-name',
			'xn--bcher-kva.example',
			['bücher.example', 'BÜCHER.example.', 'bü\u200bcher.example', 'XN--BCHER-KVA.EXAMPLE'],
		],
		['email-addr', 'jane.doe@example.com', ['Jane.Doe@EXAMPLE.com', ' jane.doe@example.com. ']],
		['mac-addr', '00:11:22:aa:bb:cc', ['00-11-22-AA-BB-CC', '0011.22aa.bbcc', '00:11:22:AA:BB:CC']],
		['autonomous-system', 'AS64500', ['AS64500', 'asn 64500', '64500']],
		['cve', 'CVE-2024-3094', ['cve-2024-3094', ' CVE-2024-3094']],
		['file', 'ab'.repeat(32), ['AB'.repeat(32)]],
	])('%s %s', (type, canonical, spellings) => {
		for (const spelling of spellings) expect(stixValue(type, spelling)).toBe(canonical);
		expect(isCanonicalValue(type, canonical)).toBe(true);
		for (const spelling of spellings) if (spelling !== canonical) expect(isCanonicalValue(type, spelling)).toBe(false);
	});

	it.each<[ValueType, string]>([
		['ipv4-addr', '192.0.2.01'],
		['ipv4-addr', '192.0.2.0/024'],
		['ipv4-addr', '192.0.2'],
		['ipv4-addr', '0x7f.1'],
		['ipv4-addr', '2001:db8::1'],
		['ipv6-addr', '192.0.2.1'],
		['ipv6-addr', `${'0'.repeat(100)}::`],
		['domain-name', 'example.com/path'],
		['domain-name', 'a b.example'],
		['domain-name', 'ä/b.example'],
		['domain-name', '192.0.2.1'],
		['domain-name', `${'a'.repeat(64)}.example`],
		['email-addr', 'MAILER-DAEMON'],
		['mac-addr', '00:11:22:33:44'],
		['autonomous-system', 'AS4294967296'],
		['cve', 'CVE-24-3094'],
		['cve', `CVE-2024-${'1'.repeat(20)}`],
		['file', 'ab'.repeat(31)],
		['file', 'xy'.repeat(16)],
	])('%s: %s is none', (type, text) => {
		expect(stixValue(type, text)).toBeUndefined();
		expect(isCanonicalValue(type, text)).toBe(false);
	});

	it('of types that there are not, nothing is canonical', () => {
		expect(isCanonicalValue('constructor' as ValueType, 'x')).toBe(false);
		expect(stixValue('constructor' as ValueType, 'x')).toBeUndefined();
	});
});

describe('names with underscores', () => {
	it('are hosts, of URLs too', () => {
		expect(readDomainName('_dmarc.example.com')?.value).toBe('_dmarc.example.com');
		expect(readUrl('http://my_host.evil.example/')?.host?.value).toBe('my_host.evil.example');
		expect(isCanonicalValue('domain-name', 'my_host.evil.com')).toBe(true);
	});
	it('have no form in STIX; the URL has, and a hunt finds both', () => {
		expect(stixValue('domain-name', 'my_host.evil.com')).toBeUndefined();
		expect(stixValue('url', 'http://my_host.evil.com/')).toBe('http://my_host.evil.com/');
		expect(valueComparison('domain-name', 'my_host.evil.com')).toBe("domain-name:value = 'my_host.evil.com'");
	});
});

describe('IP networks', () => {
	it.each([
		['192.0.2.7', '192.0.2.0/24', true],
		['192.0.2.0/25', '192.0.2.0/24', true],
		['192.0.2.0/24', '192.0.2.0/25', false],
		['192.0.3.0', '192.0.2.0/23', true],
		['192.0.4.0', '192.0.2.0/23', false],
		['192.0.2.7', '0.0.0.0/0', true],
		['192.0.2.7', '::/0', false],
		['2001:db8::1', '2001:db8::/32', true],
		['2001:db9::1', '2001:db8::/32', false],
	])('%s in %s: %s', (inner, outer, expected) => expect(isSubset(network(inner), network(outer))).toBe(expected));

	it('mapped into IPv6 stand for IPv4', () => {
		expect(unmapped(network('::ffff:192.0.2.1'))).toEqual(network('192.0.2.1'));
		expect(unmapped(network('::ffff:192.0.2.0/120'))).toEqual(network('192.0.2.0/24'));
		for (const other of ['::fffe:192.0.2.1', '::192.0.2.1', '1::ffff:192.0.2.1', '::/0', '192.0.2.1'])
			expect(unmapped(network(other))).toEqual(network(other));
	});

	it('keep their bits before the prefix, and lose those behind it', () => {
		fc.assert(
			fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
				const read = readIpAddress(`${address}/${prefix}`)!;
				expect(isSubset(network(address), read.network)).toBe(true);
				expect(isCanonicalValue('ipv4-addr', read.value)).toBe(true);
				expect(readIpAddress(read.value)?.value).toBe(read.value);
			}),
		);
		fc.assert(
			fc.property(fc.ipV6(), fc.integer({ min: 0, max: 128 }), (address, prefix) => {
				const read = readIpAddress(`${address}/${prefix}`)!;
				expect(isSubset(network(address), read.network)).toBe(true);
				expect(readIpAddress(read.value)?.value).toBe(read.value);
				// What Node prints of an address is RFC 5952 in hexadecimal, too.
				expect(readIpAddress(address)?.value).toBe(new URL(`http://[${address}]/`).hostname.slice(1, -1));
			}),
		);
	});
});

describe('hashes', () => {
	it.each([
		['MD5', 32],
		['sha1', 40],
		['SHA256', 64],
		['sha-512', 128],
		['SHA3-384', 96],
		['SSDEEP', undefined],
	])('%s has %s digits', (algorithm, digits) => expect(hashDigits(algorithm)).toBe(digits));

	it('are known by their length, where one of the four has it', () => {
		expect([32, 40, 56, 64, 96, 128].map(algorithmOfLength)).toEqual([
			'MD5',
			'SHA-1',
			undefined,
			'SHA-256',
			undefined,
			'SHA-512',
		]);
		expect(hashValue('SHA-1', 'AB'.repeat(20))).toBe('ab'.repeat(20));
		expect(hashValue('SHA-1', 'ab'.repeat(16))).toBeUndefined();
		expect(hashValue('MD5', undefined)).toBeUndefined();
	});

	it('name a file by the strongest, and its id by the first', () => {
		const hashes = { 'SHA-256': 'AB'.repeat(32), SSDEEP: '3:x:y', MD5: 'cd'.repeat(16) };
		expect(fileValue(hashes)).toBe('AB'.repeat(32));
		expect(Object.entries(fileHashes('ef'.repeat(20), hashes))).toEqual([
			['MD5', 'cd'.repeat(16)],
			['SHA-1', 'ef'.repeat(20)],
			['SHA-256', 'ab'.repeat(32)],
			['SSDEEP', '3:x:y'],
		]);
	});
});

describe('URLs', () => {
	it.each([
		['HTTP://Evil.EXAMPLE:80/a?q[]=b|c', 'http://evil.example/a?q[]=b|c', 'http://evil.example/a?q%5B%5D=b%7Cc'],
		['https://evil.example/%zz', 'https://evil.example/%zz', 'https://evil.example/%25zz'],
		['tcp://user@evil.example:8080', 'tcp://user@evil.example:8080', 'tcp://user@evil.example:8080'],
		['http://0x7f.1/', 'http://127.0.0.1/', 'http://127.0.0.1/'],
		['http://[::ffff:192.0.2.1]/', 'http://[::ffff:c000:201]/', 'http://[::ffff:c000:201]/'],
	])('%s is %s, in STIX %s', (written, canonical, stix) => {
		expect(readUrl(written)?.value).toBe(canonical);
		expect(stixValue('url', canonical)).toBe(stix);
		expect(stixValue('url', stix)).toBe(stix);
		expect(isCanonicalValue('url', canonical)).toBe(true);
	});

	it('above the limit are not read', () => {
		const long = `http://evil.example/${'a'.repeat(INDICATOR_LIMITS.maxUrlLength)}`;
		expect(readUrl(long)).toBeUndefined();
	});
});

it('the form in STIX is its own form', () => {
	const type = fc.constantFrom<ValueType>(
		'ipv4-addr',
		'ipv6-addr',
		'domain-name',
		'url',
		'email-addr',
		'mac-addr',
		'cve',
	);
	const text = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.webUrl({ withQueryParameters: true, withFragments: true }),
		fc.domain(),
		fc.emailAddress(),
		fc.ipV6(),
		fc.ipV4(),
	);
	fc.assert(
		fc.property(type, text, (kind, one) => {
			const form = stixValue(kind, one);
			if (form !== undefined) expect(stixValue(kind, form)).toBe(form);
		}),
		{ numRuns: 2_000 },
	);
});

it('a pattern quotes what would end it', () => {
	expect(patternString(String.raw`it's a \ path`)).toBe(String.raw`'it\'s a \\ path'`);
	expect(valueComparison('file', 'AB'.repeat(16))).toBe(`file:hashes.MD5 = '${'ab'.repeat(16)}'`);
	expect(valueComparison('file', 'no hash')).toBeUndefined();
	expect(valueComparison('cve', 'CVE-2024-3094')).toBeUndefined();
});

describe('half of a character and NUL, which no database stores,', () => {
	const BAD = /[\0\p{Surrogate}]/u;

	it.each<[ValueType, string]>([
		['windows-registry-key', 'HKLM\\Software\\a\ud800b\\c'],
		['user-account', '@a\udc00\0b'],
		['phone-number', '+49 30 \ud83d1234567'],
		['cryptocurrency-wallet', 'wallet \0\ud800'],
	])('are replaced in a value of the type %s, which is taken as it is written, and in what finds it', (type, text) => {
		const value = stixValue(type, text);
		expect(value).toContain('\ufffd');
		expect(value).not.toMatch(BAD);
		expect(valueComparison(type, text)).not.toMatch(BAD);
		expect(stixValue(type, value!)).toBe(value);
	});

	it.each<[ValueType, string]>([
		['url', 'https://\ud800'],
		['file', '\udc00'.repeat(40)],
	])('are replaced in a comparison of the type %s, where no such value is known', (type, text) => {
		expect(valueComparison(type, text)).not.toMatch(BAD);
	});
});
