import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { extractIndicators, type Indicator, type IndicatorType } from '../../../lib/indicators';
import { buildPattern, matchPattern } from '../../../lib/pattern';
import { emailToBundle, type Bundle } from '../../../lib/stix';
import { attachment, message } from '../indicators/messages';

const everything = {
	cve: true,
	asn: true,
	mac: true,
	wallets: true,
	phones: true,
	techniques: true,
	registryKeys: true,
	handles: true,
} as const;

const label = fc.stringMatching(/^[a-z][a-z0-9]{2,8}$/);
const host = fc
	.tuple(fc.constantFrom('', 'my_host.', '_dmarc.', 'bücher.'), label)
	.map(([sub, name]) => `${sub}${name}.com`);
const digest = (algorithm: string) => fc.string().map((text) => createHash(algorithm).update(text).digest('hex'));

/** A value of every kind, in spellings that have to be brought into form. */
const spelling: Record<IndicatorType, fc.Arbitrary<string>> = {
	url: fc
		.tuple(host, fc.string({ unit: fc.constantFrom(...'aZ09-_.~%[]|{}^`\\;:@&=+$,!*()/?#', 'ä', '谢'), maxLength: 12 }))
		.map(([name, rest]) => `http://${name}/${rest}`),
	'domain-name': host,
	'email-addr': fc.tuple(label, host).map(([local, name]) => `${local}@${name}`),
	'ipv4-addr': fc
		.tuple(fc.ipV4(), fc.constantFrom('', '/32', '/24', '/9'))
		.map(([address, prefix]) => address + prefix),
	'ipv6-addr': fc
		.tuple(
			fc.oneof(
				fc.ipV6(),
				fc.ipV4().map((mapped) => `::ffff:${mapped}`),
			),
			fc.constantFrom('', '/128', '/64', '%eth0'),
		)
		.map(([address, rest]) => address + rest),
	file: fc.oneof(digest('md5'), digest('sha1'), digest('sha256'), digest('sha512')).map((hash) => hash.toUpperCase()),
	'autonomous-system': fc.integer({ min: 1, max: 4_294_967_295 }).map((number) => `AS${number}`),
	'mac-addr': fc.constantFrom('00-11-22-AA-BB-CC', '0011.22aa.bbcc', '00:11:22:aa:bb:cc'),
	'cryptocurrency-wallet': fc.constantFrom(
		'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
		'0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
	),
	'phone-number': fc.constantFrom('+49 (0)30 901820', '+1-888-555-0100', '(888) 555-0100', '+4430901820'),
	'windows-registry-key': fc.constantFrom(
		String.raw`HKLM\Software\O'Neil\Run`,
		String.raw`HKEY_CURRENT_USER\Software\Ünï`,
	),
	'user-account': fc.constantFrom('@drop_point', '@Collector99'),
	'attack-pattern': fc.constantFrom('T1566.001', 't1059'),
	cve: fc.constantFrom('CVE-2024-3094', 'CVE-2021-4422812345678901234'),
};

/** The bundle of one indicator, and what was told of it. */
function bundleOf(indicator: Indicator): { bundle: Bundle; told: string } {
	const warnings: string[] = [];
	const onWarning = ({ message: text }: { message: string }): void => void warnings.push(text);
	const bundle = emailToBundle(message(), { indicators: [indicator], onWarning });
	return { bundle, told: warnings.join('\n') };
}

const hasPattern = ({ type }: Indicator): boolean => type !== 'cve' && type !== 'attack-pattern';

describe.each(Object.entries(spelling))('an indicator of the type %s', (type, arbitrary) => {
	it('is in the bundle that is made of it, where its pattern finds it; or a warning names it', () => {
		let met = 0;
		fc.assert(
			fc.property(arbitrary, (written) => {
				const found = extractIndicators({ text: `seen ${written} today` }, everything);
				met += found.filter((indicator) => indicator.type === type).length;
				for (const indicator of found) {
					const { bundle, told } = bundleOf(indicator);
					if (told !== '') expect(told).toContain(`${indicator.type} '${indicator.value}'`);
					else if (hasPattern(indicator)) expect(matchPattern(buildPattern([indicator]), bundle).matched).toBe(true);
					else expect(JSON.stringify(bundle)).toContain(indicator.value);
					// Of all that texts hold, only names with underscores have no form in STIX, alone or behind an address.
					if (told !== '') expect(indicator.value).toMatch(/^(?:[^@]*@)?[^/_]*_[^/]*$/);
				}
			}),
			{ numRuns: 300 },
		);
		expect(met).toBeGreaterThan(100);
	});
});

it('a file is found by its SHA-256 alone, whichever of its hashes the text had', () => {
	const file = attachment('the bytes', { fileName: 'x.exe' });
	const found = extractIndicators(message({ text: `dropped ${file.md5.toUpperCase()}`, attachments: [file] }));
	expect(found).toHaveLength(1);
	const { bundle } = bundleOf(found[0]!);
	expect(matchPattern(buildPattern(found), bundle).matched).toBe(true);
	expect(buildPattern(found)).toBe(`[file:hashes.'SHA-256' = '${file.sha256}']`);
});

it('an IPv4-mapped address is the same in indicator, pattern and bundle', () => {
	const [found] = extractIndicators({ text: 'from ::ffff:192.0.2.1' });
	expect(found).toMatchObject({ type: 'ipv6-addr', value: '::ffff:c000:201', original: '::ffff:192.0.2.1' });
	expect(buildPattern([found!])).toBe("[ipv6-addr:value = '::ffff:c000:201']");
	expect(JSON.stringify(bundleOf(found!).bundle)).toContain('"value":"::ffff:c000:201"');
});

it("a user's own spelling of a value is brought into form, in pattern and bundle alike", () => {
	const given = (type: IndicatorType, value: string): Indicator => ({
		type,
		value,
		original: value,
		defanged: false,
		sources: [{ part: 'text' }],
		flags: [],
	});
	for (const indicator of [
		given('domain-name', 'BÜCHER.example'),
		given('email-addr', 'Jane@EXAMPLE.com'),
		given('url', 'https://evil.example/a b'),
		given('ipv6-addr', '2001:DB8::1/128'),
		given('mac-addr', '00-11-22-AA-BB-CC'),
		given('file', 'AB'.repeat(32)),
		given('phone-number', ' +15550100 '),
	])
		expect(matchPattern(buildPattern([indicator]), bundleOf(indicator).bundle).matched).toBe(true);
});
