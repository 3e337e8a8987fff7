import { parsePattern } from '../../../lib/pattern';
import {
	domainValue,
	isCanonicalValue,
	isSubset,
	parseUrl,
	readDomainName,
	readIpAddress,
	readMailAddress,
	readNetwork,
	readUrl,
	stixValue,
	valueComparison,
	type ValueType,
} from '../../../lib/values';
import { CHARACTERS, soup, spoilText } from '../inputs/text';
import { isSame, isTrue, isWellFormed, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

const TYPES: readonly ValueType[] = [
	'ipv4-addr', 'ipv6-addr', 'domain-name', 'url', 'email-addr', 'file', 'autonomous-system', 'mac-addr', 'cryptocurrency-wallet', 'phone-number', 'windows-registry-key', 'user-account', 'attack-pattern', 'cve',
]; // prettier-ignore

/** Values of each type, from which others are made. */
const VALUES = [
	'192.0.2.1', '192.0.2.0/24', '0300.0.2.1', '3221225985', '0xc0.0.2.1', '192.0.2.1:80', '192.0.2.256', '2001:db8::1', '2001:DB8:0:0::1/64', '::ffff:192.0.2.1', 'fe80::1%eth0', '1:2:3:4:5:6:7:8', '::', '[2001:db8::1]:443',
	'example.com', 'EXAMPLE.com.', 'bücher.example', 'xn--bcher-kva.example', 'xn--a', 'a_b.example.com', 'a..b', '-a.example', `${'a'.repeat(63)}.example`, `${'a.'.repeat(126)}com`, 'пример.рф', 'ｅｘａｍｐｌｅ．ｃｏｍ', '例え。テスト', 'co.uk', 'localhost', 'a.b.c.d.e.example',
	'https://example.com/a?b=c#d', 'HTTP://EXAMPLE.com:80/%7Ea/../b', 'https://user:pw@bücher.example:8443/ä?ö=ü', 'http://[2001:db8::1]/', 'http://0x7f.1/', 'ftp://a.example/x', 'https://example.com\\@evil.example/', 'https:/a.example', 'data:text/html,x', 'mailto:a@b.example', 'http://a.example/%00%zz', 'http://a.example:99999/',
	'a@example.com', '"a b"@example.com', "o'brien@EXAMPLE.com", 'ä@bücher.example', 'a@[192.0.2.1]', 'a@b@c.example', '<a@example.com>', 'a@', '@b',
	'ab'.repeat(16), 'AB'.repeat(20), 'ab'.repeat(32), 'ab'.repeat(64), 'd41d8cd98f00b204e9800998ecf8427e', '3:abc:def',
	'AS64500', '64500', 'as4294967295', 'AS0', 'AS 1', '00:11:22:33:44:55', '00-11-22-33-44-55', '0011.2233.4455', 'CVE-2024-3094', 'cve-1999-1', 'T1566.001', 'HKLM\\Software\\x', 'HKEY_LOCAL_MACHINE\\a', '@handle', '+49 30 1234567', '(030) 12', '1BoatSLRHtKNngkdXEeobR76b53LETtpyT', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', '0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe',
]; // prettier-ignore

function make(random: Random): string {
	return random.choose(
		[2, () => random.pick(VALUES)],
		[6, () => spoilText(random.pick(VALUES), random, VALUES, random.between(1, 3))],
		[2, () => random.pick(VALUES) + random.pick(VALUES)],
		[2, () => soup(random, 6)],
		[1, () => random.list(1, 8, () => random.pick(CHARACTERS)).join('')],
		[1, () => random.pick(VALUES).repeat(random.pick([2, 50, 2_000]))],
		[1, () => random.list(1, 9, () => random.pick([...'0123456789abcdefxX.:/%@-'])).join('')],
	);
}

interface Read {
	values: Array<{ type: ValueType; value: string }>;
	comparisons: Array<{ type: ValueType; text: string }>;
}

const read = (input: string): Read => ({
	values: TYPES.flatMap((type) => {
		const value = stixValue(type, input);
		return value === undefined ? [] : [{ type, value }];
	}),
	comparisons: TYPES.flatMap((type) => {
		const text = valueComparison(type, input);
		return text === undefined ? [] : [{ type, text }];
	}),
});

/** Types whose values have one form: phone numbers, accounts and unknown wallets are taken as they are written. */
const AS_WRITTEN = new Set<ValueType>(['phone-number', 'user-account', 'cryptocurrency-wallet']);

export const kind: Kind<string, Read> = {
	subject: 'values of each type: addresses, names, URLs, hashes, numbers, and the comparisons that find them',
	form: 'text',
	make,
	run: read,
	refusals: [],
	isRead: ({ values }) => values.some(({ type }) => !AS_WRITTEN.has(type)),
	invariants: {
		'a value has one form, and reading that gives it again': ({ values }) => {
			for (const { type, value } of values)
				isSame(stixValue(type, value) ?? 'none', value, `${type} ${JSON.stringify(value.slice(0, 200))}`);
		},
		'a value has no half of a character and no NUL': ({ values, comparisons }) => {
			for (const { type, value } of values) isWellFormed(value, type);
			isWellFormed(comparisons);
		},
		'each comparison is one, of its type': ({ comparisons }) => {
			for (const { type, text } of comparisons) {
				const { expression } = parsePattern(`[${text}]`);
				isTrue(expression.kind === 'observation', text.slice(0, 200));
				isTrue(text.startsWith(`${type}:`), `${type}: ${text.slice(0, 200)}`);
			}
		},
		'addresses, names and URLs agree with each other': (_read, input) => {
			const address = readIpAddress(input);
			if (address !== undefined) {
				const network = readNetwork(input);
				isTrue(network === undefined || isSubset(network, network), 'a network that is not within itself');
			}
			const url = readUrl(input);
			if (url !== undefined) isTrue(isCanonicalValue('url', url.value), `url ${url.value.slice(0, 200)}`);
			jsonOf([parseUrl(input) ?? null, readMailAddress(input) ?? null, readDomainName(input) ?? null]);
			const domain = domainValue(input);
			if (domain !== undefined) isSame(domainValue(domain) ?? 'none', domain, 'the name');
		},
	},
};
