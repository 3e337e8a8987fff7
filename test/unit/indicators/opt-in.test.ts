import { createHash } from 'node:crypto';
import { extractIndicators, isValidIndicator, type ExtractOptions } from '../../../lib/indicators';
import { emailToBundle } from '../../../lib/stix';
import { message } from './messages';

const found = (text: string, options: ExtractOptions): string[] => {
	const kinds = [
		'phone-number',
		'attack-pattern',
		'windows-registry-key',
		'user-account',
		'cryptocurrency-wallet',
		'autonomous-system',
		'cve',
	];
	const all = extractIndicators({ text }, options).filter(({ type }) => kinds.includes(type));
	expect(all.every(isValidIndicator)).toBe(true);
	return all.map(({ value }) => value);
};

it('none of these kinds is looked for unless it is asked for', () => {
	const text = String.raw`Call +1 (888) 555-0100, T1566.001, HKLM\Software\Evil, @badactor, https://t.me/badactor, AS 64500`;
	expect(found(text, {})).toEqual([]);
});

describe('phone numbers, for call-back fraud', () => {
	it.each([
		['+1 (888) 555-0100', '+18885550100'],
		['+49 (0)30 901 820', '+4930901820'],
		['+44.20.7946.0958', '+442079460958'],
		['+4930901820', '+4930901820'],
		['(888) 555-0100', '+18885550100'],
		['1-888-555-0100', '+18885550100'],
		['888.555.0100', '+18885550100'],
		['1 888 555 0100', '+18885550100'],
	])('%s is %s', (written, value) => {
		expect(found(`Call us at ${written}.`, { phones: true })).toEqual([value]);
		expect(found(`${written}, or write`, { phones: true })).toEqual([value]);
	});

	it('that of a link, too', () => {
		const html = '<a href="tel:+1-888-555-0100">call</a>';
		expect(extractIndicators({ html }, { phones: true })).toMatchObject([
			{ type: 'phone-number', value: '+18885550100', sources: [{ field: 'a[href]' }] },
		]);
	});

	it('not dates, versions, amounts, identifiers, and parts of longer numbers', () => {
		const text =
			'2026-05-05 10:11 1.2.3.4 10.0.19041.1 order 888-555-01001 +1 888 id-888-555-0100 888-555-0100-7 123-456-7890 EUR +5,000 /888-555-0100 a+18885550100';
		expect(found(text, { phones: true })).toEqual([]);
	});
});

it('techniques of MITRE ATT&CK', () => {
	expect(found('T1566.001, (T1059) and T0866; not T15661, AT1566, T2566, T1566.01', { techniques: true })).toEqual([
		'T1566.001',
		'T1059',
		'T0866',
	]);
});

describe('registry keys', () => {
	it.each([
		[
			String.raw`HKLM\Software\Microsoft\Windows NT\CurrentVersion\Run`,
			String.raw`HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Run`,
		],
		[String.raw`HKEY_CURRENT_USER\Software\Evil`, String.raw`HKEY_CURRENT_USER\Software\Evil`],
		[String.raw`hkcu:\Software\Evil`, String.raw`HKEY_CURRENT_USER\Software\Evil`],
		[String.raw`HKLM\\Software\\Evil`, String.raw`HKEY_LOCAL_MACHINE\Software\Evil`],
	])('%s', (written, value) => {
		expect(found(`sets ${written} to start.`, { registryKeys: true })).toEqual([value]);
		expect(found(`("${written}")`, { registryKeys: true })).toEqual([value]);
	});

	it.each([
		[
			String.raw`HKCU\Software\Microsoft\Run was set. See \\lure.com\share for the file`,
			[String.raw`HKEY_CURRENT_USER\Software\Microsoft\Run`],
		],
		[String.raw`Delete HKCU\Software\Foo and then look at \\host\share`, [String.raw`HKEY_CURRENT_USER\Software\Foo`]],
		[
			String.raw`HKLM\SOFTWARE\Run Once and HKCU\Software\Evil Corp\Key, [HKEY_USERS\.DEFAULT\Software]`,
			[
				String.raw`HKEY_LOCAL_MACHINE\SOFTWARE\Run`,
				String.raw`HKEY_CURRENT_USER\Software\Evil Corp\Key`,
				String.raw`HKEY_USERS\.DEFAULT\Software`,
			],
		],
		[
			String.raw`HKLM\Software\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\x.exe`,
			[String.raw`HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\x.exe`],
		],
	])('ends where prose goes on: %s', (text, keys) => {
		const all = extractIndicators({ text }, { registryKeys: true });
		expect(all.filter(({ type }) => type === 'windows-registry-key').map(({ value }) => value)).toEqual(keys);
	});

	it('swallows no share that stands behind it', () => {
		const text = String.raw`HKCU\Software\Run was set. See \\lure.com\share`;
		expect(extractIndicators({ text }, { registryKeys: true }).map(({ value }) => value)).toContain('lure.com');
	});

	it('no hive alone, no path of a file', () => {
		expect(found(String.raw`HKLM and HKLM\ and C:\HKLM-tools\x and HKXX\Software`, { registryKeys: true })).toEqual([]);
	});
});

it('handles, and the accounts that links of Telegram lead to', () => {
	expect(
		found('ask @Bad_Actor (X: @second99) https://t.me/s/channel_one?x=1 https://t.me/joinchat/abc', { handles: true }),
	).toEqual(['bad_actor', 'second99', 'channel_one']);
	expect(found('jane@badactor.example @media @abc a@b /@path1 @name.tld @two@three', { handles: true })).toEqual([]);
});

it('AS numbers with a blank', () => {
	expect(found('AS 64500, ASN: 64501 and AS64502, not AS a 64503', { asn: true })).toEqual([
		'AS64500',
		'AS64501',
		'AS64502',
	]);
});

it('CVE identifiers with the hyphens of programs that set texts', () => {
	const text =
		'CVE\u20112021\u201144228, cve\u20132026\u20131234 and cve_2025_0001; not CVE\u201121\u20111, CVE\u20112021\u201144228x';
	expect(found(text, { cve: true })).toEqual(['CVE-2021-44228', 'CVE-2026-1234', 'CVE-2025-0001']);
	expect(found(text, {})).toEqual([]);
});

describe('what a URL names', () => {
	const wallet = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
	const all: ExtractOptions = { cve: true, techniques: true, wallets: true, phones: true };

	it.each([
		['https://nvd.nist.gov/vuln/detail/CVE-2021-44228', ['CVE-2021-44228']],
		['https://tracker.example/?q=cve-2021-44228%2Ccve-2026-12345&page=2', ['CVE-2021-44228', 'CVE-2026-12345']],
		['https://attack.mitre.org/techniques/T1059/001/', ['T1059.001']],
		['https://wiki.example/technique/T1566', ['T1566']],
		['https://wiki.example/?id=T1566.002', ['T1566.002']],
		[`https://chain.example/btc/address/${wallet}?x=1`, [wallet]],
		['https://wa.me/4915112345678', ['+4915112345678']],
		['https://wa.me/+4915112345678?text=hi', ['+4915112345678']],
		['https://api.whatsapp.com/send?text=a&phone=4915112345678', ['+4915112345678']],
		['https://t.me/+4915112345678', ['+4915112345678']],
	])('%s', (url, values) => {
		expect(found(`see ${url} now`, all)).toEqual(values);
		const [first] = extractIndicators({ html: `<a href="${url.replaceAll('&', '&amp;')}">x</a>` }, all).filter(
			({ value }) => value === values[0],
		);
		expect(first).toMatchObject({ derivedFrom: url, sources: [{ field: 'a[href]' }] });
		expect(found(`see ${url} now`, {})).toEqual([]);
	});

	it.each([
		'https://shop.example/T1566/x',
		'https://shop.example/CVE-21-1/xCVE-2021-44228x',
		`https://chain.example/${wallet.slice(0, -1)}b`,
		'https://shop.example/4915112345678',
		'https://wa.me/message/ABCDEFGHIJ',
		'https://t.me/+AbCdEf123456',
	])('nothing of the kind: %s', (url) => expect(found(`see ${url} now`, all)).toEqual([]));
});

describe('wallets whose checksum is right', () => {
	const BITCOIN = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
	const RIPPLE = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
	const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
	/** Base58check of a version and 20 bytes that nobody owns. */
	const address = (version: string, alphabet = BITCOIN): string => {
		const payload = Buffer.concat([Buffer.from(version, 'hex'), Buffer.alloc(20, 7)]);
		const bytes = Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]);
		let number = BigInt(`0x${bytes.toString('hex')}`);
		let text = '';
		for (; number > 0n; number /= 58n) text = alphabet[Number(number % 58n)]! + text;
		return alphabet[0]!.repeat(bytes.findIndex((byte) => byte !== 0)) + text;
	};

	it.each([
		['Bitcoin', address('00')],
		['Litecoin', address('30')],
		['Dogecoin', address('1e')],
		['Dash', address('4c')],
		['Tron', address('41')],
		['Zcash', address('1cb8')],
		['Ripple', address('00', RIPPLE)],
		// Of CashAddr's and CIP-19's specifications, and the first address of Monero's own project.
		['Bitcoin Cash', 'qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a'],
		['Cardano', 'addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8'],
		['Monero', '44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A'],
	])('%s: %s', (_, wallet) => {
		expect(found(`pay to ${wallet}.`, { wallets: true })).toEqual([wallet]);
		const last = wallet.slice(-1) === '9' ? '8' : '9';
		expect(found(`pay to ${wallet.slice(0, -1)}${last}.`, { wallets: true })).toEqual([]);
	});
});

it('each has its form in STIX, with the pattern that finds it where there is one', () => {
	const text = String.raw`Call +1 888 555 0100, T1566.001, HKLM\Software\Evil, @badactor`;
	const options = { phones: true, techniques: true, registryKeys: true, handles: true };
	const { objects } = emailToBundle(message({ text }), {
		indicators: extractIndicators({ text }, options),
		patterns: { policy: 'unflagged' },
	});
	const of = (type: string) => objects.filter((object) => object.type === type);
	expect(of('windows-registry-key')).toMatchObject([{ key: String.raw`HKEY_LOCAL_MACHINE\Software\Evil` }]);
	expect(of('user-account')).toMatchObject([{ account_login: 'badactor' }]);
	expect(of('attack-pattern')).toMatchObject([
		{
			name: 'T1566.001',
			x_mitre_id: 'T1566.001',
			external_references: [{ source_name: 'mitre-attack', external_id: 'T1566.001' }],
		},
	]);
	expect(of('phone-number')).toMatchObject([{ value: '+18885550100' }]);
	expect(of('indicator').map((object) => (object as { pattern: string }).pattern)).toEqual([
		"[phone-number:value = '+18885550100']",
		String.raw`[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\Software\\Evil']`,
		"[user-account:account_login = 'badactor']",
	]);
});

describe('phone numbers as people write them', () => {
	const numbers = (text: string): string[] => extractIndicators({ text }, { phones: true }).map(({ value }) => value);

	it.each(['(888)555-0113', 'Phone:(888) 555-0113', 'tel:+1888-555-0113', 'call 888.555.0113 now'])('%s', (text) => {
		expect(numbers(text)).toEqual(['+18885550113']);
	});

	it.each([
		'amount +100 000 000',
		'+1 000 000 users',
		'GPS +59.9139 10.7522',
		'TCK#221-334-5566',
		'PO 212 345 6789',
		'ratio 212.555.1234%',
		'12:345-555-0100',
	])('is none: %s', (text) => {
		expect(numbers(text)).toEqual([]);
	});
});
