import { createHash } from 'node:crypto';
import { parseEmail } from '../../../lib/email';
import {
	extractIndicators,
	indicatorsToHunt,
	LEAVE_OUT_PRESETS,
	ownDomainsOf,
	withoutFlagged,
	type HuntUse,
	type Indicator,
	type LeftOut,
} from '../../../lib/indicators';
import { INDICATOR_LIMITS } from '../../../lib/limits';
import { attachment, message } from './messages';

const SHA256 = createHash('sha256').update('x').digest('hex');
const crlf = (lines: readonly string[]) => Buffer.from(`${lines.join('\r\n')}\r\n`);
const HEAD = [
	'Received: from edge.provider.net (edge.provider.net [203.0.113.25]) by mx.house.org; Fri, 20 Nov 2026 08:01:00 +0000',
	'Authentication-Results: mx.house.org; spf=pass smtp.mailfrom=reporter.net smtp.helo=out.reporter.net smtp.remote-ip=203.0.113.25',
];
const PHISH = [
	'Received: from edge.provider.net (edge.provider.net [203.0.113.25]) by mx.house.org; Fri, 20 Nov 2026 07:01:00 +0000',
	'Authentication-Results: mx.house.org; dkim=pass header.d=amazonses.com',
	'From: Service <evil@gmail.com>',
	'Reply-To: helpdesk@quota-mail.com',
	'To: Erika <erika@partner.net>',
	'Subject: Mailbox full',
	'X-Originating-IP: [198.51.100.201]',
	'Content-Type: text/html',
	'',
	'<p>Dear erika@partner.net, <a href="http://quota-mail.com/verify">https://portal.house.org</a> https://bit.ly/3xyz</p>',
];
const FORWARD = crlf([
	...HEAD,
	'From: Jo <jo@reporter.net>',
	'To: soc@house.org',
	'Subject: Fwd',
	'MIME-Version: 1.0',
	'Content-Type: multipart/mixed; boundary=b',
	'',
	'--b',
	'',
	'Is this real? See http://reporter.net/policy',
	'--b',
	'Content-Type: message/rfc822',
	'',
	...PHISH,
	'--b--',
]);
const ADVISORY = crlf([
	...HEAD,
	'From: CSIRT <analyst@csirt.net>',
	'To: soc@house.org',
	'Subject: Wave',
	'',
	'From http://csirt.net/advisories: hxxps://invoice-portal[.]net/login, pay[at]outlook[.]com, 10[.]0[.]0[.]5',
	`MD5 ${createHash('md5').update('x').digest('hex')}, SHA-256 ${SHA256}`,
]);

const source = { kind: 'imap' as const, mailbox: 'soc@house.org' };
const found = async (raw: Buffer) => extractIndicators(await parseEmail(raw, { source }));
const hunted = (indicators: Indicator[], use?: HuntUse) =>
	indicatorsToHunt(indicators, use).indicators.map(({ type, value }) => `${type} ${value}`);

describe('What is hunted for of a message', () => {
	it('is what a person had defanged, where there is such a value: no warning hunts for its own author', async () => {
		const indicators = await found(ADVISORY);
		expect(hunted(indicators)).toEqual([
			'url https://invoice-portal.net/login',
			'domain-name invoice-portal.net',
			'email-addr pay@outlook.com',
			// Nobody defangs a hash.
			`file ${SHA256}`,
		]);
		expect(indicatorsToHunt(indicators)).toMatchObject({
			use: 'defanged',
			warnings: [{ code: 'pattern-narrowed', message: expect.stringMatching(/^4 of \d+ values .*'Use' to All/s) }],
		});
	});

	it('is what stands in the attached message, where one is forwarded', async () => {
		const indicators = await found(FORWARD);
		expect(hunted(indicators)).toEqual(
			[
				'email-addr evil@gmail.com',
				'email-addr helpdesk@quota-mail.com',
				'domain-name quota-mail.com',
				'ipv4-addr 198.51.100.201',
				'url http://quota-mail.com/verify',
				'url https://bit.ly/3xyz',
			].sort((one, other) => order(indicators, one) - order(indicators, other)),
		);
		expect(indicatorsToHunt(indicators).use).toBe('attached');
	});

	it('is all else, without mail servers on the way and domains that everybody uses', async () => {
		const indicators = await found(crlf(PHISH));
		expect(indicatorsToHunt(indicators)).toMatchObject({ use: 'all', warnings: [] });
		expect(hunted(indicators)).toEqual(
			expect.arrayContaining(['email-addr evil@gmail.com', 'url https://bit.ly/3xyz']),
		);
		for (const value of ['203.0.113.25', 'amazonses.com', 'gmail.com', 'bit.ly']) {
			expect(hunted(indicators).map((one) => one.split(' ')[1])).not.toContain(value);
			expect(hunted(indicators, 'all').map((one) => one.split(' ')[1])).toContain(value);
		}
	});

	it.each<HuntUse>(['auto', 'all', 'defanged', 'attached'])(
		'is never of the house, its recipients, its relays or an empty file (%s)',
		async (use) => {
			const values = [...(await found(FORWARD)), ...(await found(ADVISORY))];
			const empty = createHash('sha1').update('').digest('hex');
			values.push({ ...values[0]!, type: 'file', value: empty, defanged: true, flags: [] });
			values.push({ ...values[0]!, type: 'ipv4-addr', value: '192.0.2.9', defanged: true, flags: ['relay'] });
			const text = hunted(values, use).join(' ');
			for (const never of ['house.org', 'erika', 'partner.net', '10.0.0.5', '192.0.2.9', empty])
				expect(text).not.toContain(never);
		},
	);

	it('only what stands at the chosen place, when somebody chose', async () => {
		const indicators = [...(await found(FORWARD)), ...(await found(ADVISORY))];
		expect(hunted(indicators, 'attached')).toContain('url http://quota-mail.com/verify');
		expect(hunted(indicators, 'attached')).not.toContain('url https://invoice-portal.net/login');
		expect(hunted(indicators, 'defanged')).not.toContain('url http://quota-mail.com/verify');
		expect(indicatorsToHunt(indicators, 'all').warnings).toEqual([]);
	});

	it('takes lists that users made, and leaves what is no indicator for the next to refuse', () => {
		const list = [
			{ type: 'url', value: 'http://a.net/' },
			null,
			5,
			{ type: 'file', value: 5 },
			{ flags: 'x', sources: 7 },
		];
		expect(indicatorsToHunt(list as never).indicators).toEqual(list);
		const odd = [{ type: 'file' }, { type: 'file', hashes: null }, { type: 'url', flags: {}, sources: [null, {}] }];
		for (const use of ['auto', 'all', 'defanged', 'attached'] as const)
			expect(() => indicatorsToHunt(odd as never, use)).not.toThrow();
	});

	it('what is allow-listed is hunted for only where it was defanged', () => {
		const options = { allowList: ['good.net', 'other.net'] };
		expect(hunted(extractIndicators({ text: 'good.net other[.]net' }, options), 'all')).toEqual([
			'domain-name other.net',
		]);
	});

	it('a value that the report repeats many times still counts as one of the attached message', () => {
		const text = 'evil.net '.repeat(INDICATOR_LIMITS.maxSources + 5);
		const inner = message({ text: 'http://evil.net/' });
		const indicators = extractIndicators(message({ text, attachments: [attachment('x', { email: inner })] }));
		expect(hunted(indicators, 'attached')).toContain('domain-name evil.net');
		expect(indicators[0]!.sources).toHaveLength(INDICATOR_LIMITS.maxSources);
	});
});

const order = (indicators: readonly Indicator[], text: string) =>
	indicators.findIndex(({ type, value }) => `${type} ${value}` === text);

describe('Own domains that nobody named', () => {
	it.each<[string | undefined, string[]]>([
		['soc@example.org', ['example.org']],
		['SOC@mail.cert.example.co.uk', ['example.co.uk']],
		['soc@contoso.onmicrosoft.com', ['contoso.onmicrosoft.com']],
		['soc@onmicrosoft.com', []],
		['someone@gmail.com', []],
		['someone@yahoo.co.uk', []],
		['someone@kunde.gmx.de', []],
		['CORP\\soc', []],
		['soc', []],
		['a@b@example.org', []],
		['', []],
		[undefined, []],
	])('of the mailbox %s are %j', (mailbox, domains) => {
		expect(ownDomainsOf(mailbox === undefined ? undefined : { mailbox })).toEqual(domains);
	});

	const flags = (mailbox: string, ownDomains?: string[]) =>
		Object.fromEntries(
			extractIndicators(
				message({ text: 'http://www.example.net/ http://gmail.com/', source: { kind: 'imap', mailbox } }),
				{
					ownDomains,
				},
			).map(({ value, flags: given }) => [value, given.filter((flag) => flag === 'own-domain')]),
		);

	it('are flagged as if they were named, unless others are, or none', () => {
		expect(flags('soc@mail.example.net')['http://www.example.net/']).toEqual(['own-domain']);
		expect(flags('soc@mail.example.net', ['example.com'])['http://www.example.net/']).toEqual([]);
		expect(flags('soc@mail.example.net', [])['http://www.example.net/']).toEqual([]);
	});

	it("are none of a public mail provider's: a phish from there is no mail of the house", () => {
		expect(flags('soc.team@gmail.com')['http://gmail.com/']).toEqual([]);
	});
});

describe('Who is a recipient', () => {
	const recipients = (raw: readonly string[], mailbox?: string) =>
		parseEmail(crlf(raw), mailbox === undefined ? {} : { source: { kind: 'imap', mailbox } }).then((email) =>
			extractIndicators(email)
				.filter(({ flags }) => flags.includes('recipient'))
				.map(({ value }) => value),
		);

	it('no sender who writes himself into To and hides his victims in Bcc', async () => {
		const raw = [
			'From: evil@evil.net',
			'Reply-To: drop@evil.net',
			'To: evil@evil.net, drop@evil.net',
			'Subject: x',
			'',
			'evil@evil.net',
		];
		expect(await recipients(raw)).toEqual([]);
	});

	it('the mailbox that was read, whatever the message says', async () => {
		expect(await recipients(['From: soc@own.net', 'To: soc@own.net', 'Subject: x', '', 'x'], 'SOC@own.net')).toEqual([
			'soc@own.net',
			'own.net',
		]);
	});

	it('a domain only as long as it stands there as part of such an address', async () => {
		const raw = ['From: a@evil.net', 'To: x@target.net', 'Subject: x', ''];
		expect(await recipients([...raw, 'Dear x@target.net'])).toEqual(['x@target.net', 'target.net']);
		expect(await recipients([...raw, 'Dear x@target.net, see http://target.net/'])).toEqual(['x@target.net']);
	});
});

describe('Presets of what is left out', () => {
	it('each leaves out more than the one before, and none what a sender could hide his link behind', () => {
		const { nothing, lookAlikes, phishingTriage } = LEAVE_OUT_PRESETS;
		expect(nothing).toEqual([]);
		expect(phishingTriage).toEqual(expect.arrayContaining([...lookAlikes]));
		expect(lookAlikes).toEqual(expect.arrayContaining(['own-domain', 'allow-listed', 'empty-file']));
		for (const flag of [
			'tracking',
			'unsubscribe',
			'shortener',
			'documentation',
			'punycode',
			'confusable',
			'href-mismatch',
		])
			expect(phishingTriage).not.toContain(flag);
	});

	it('what is left out is counted, each value once', async () => {
		const text = 'readme.md 10.0.0.1 8.8.8.8 bob@gmail.com http://portal.house.org/';
		const counts: LeftOut[] = [];
		const email = message({ text, source });
		const { lookAlikes, phishingTriage } = LEAVE_OUT_PRESETS;
		const kept = extractIndicators(email, { exclude: phishingTriage, onLeftOut: (leftOut) => counts.push(leftOut) });
		expect(kept.map(({ value }) => value)).toEqual(['bob@gmail.com']);
		expect(counts).toEqual([{ 'file-name-like': 1, private: 1, resolver: 1, 'mail-provider': 1, 'own-domain': 2 }]);
		const all = extractIndicators(email);
		expect(withoutFlagged(all, phishingTriage)).toEqual({ indicators: kept, leftOut: counts[0] });
		expect(withoutFlagged(all, lookAlikes).leftOut).toEqual({ 'file-name-like': 1, 'own-domain': 2 });
		expect(withoutFlagged(all, [])).toEqual({ indicators: all, leftOut: {} });
	});
});
