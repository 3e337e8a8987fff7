import fc from 'fast-check';
import type { Attachment, Email, EmailAddress } from '../../../lib/email';
import type { Indicator, IndicatorType } from '../../../lib/indicators';
import { canonicalJson, emailToBundle, type BundleOptions } from '../../../lib/stix';
import { attachment, message } from './emails';
import { expectValid } from './validity';

/** Texts with lone surrogates, NUL, control and bidi characters among ordinary ones. */
const text = fc.oneof(
	fc.string({ maxLength: 12 }),
	fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
	fc.constantFrom(
		'',
		'\0',
		'\ud800',
		'subject',
		'a\r\nb',
		'__proto__',
		"'",
		'\\',
		'http://evil.example/',
		'a@example.com',
	),
);
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
	fc.option(value, { nil: undefined });
const address: fc.Arbitrary<EmailAddress> = fc.record({
	address: fc.oneof(text, fc.emailAddress(), fc.constantFrom('a@example.com', 'A@EXAMPLE.com', 'b@bücher.example')),
	name: maybe(text),
});
const addresses = fc.array(address, { maxLength: 4 });
const hex = fc.oneof(text, fc.constantFrom('ab'.repeat(16), 'CD'.repeat(20), 'ef'.repeat(32), '01'.repeat(64)));

const attachments = (inner: fc.Arbitrary<Email>): fc.Arbitrary<Attachment[]> =>
	fc.array(
		fc
			.tuple(
				fc.string(),
				fc.record({ fileName: maybe(text), contentType: text, md5: hex, sha256: hex, size: fc.integer() }),
				maybe(inner),
				fc.boolean(),
			)
			.map(([content, rest, email, keep]) => ({
				...attachment(content, rest),
				email,
				...(keep ? {} : { content: undefined, contentOmitted: true }),
			})),
		{ maxLength: 3 },
	);

const { email } = fc.letrec<{ email: Email }>((tie) => ({
	email: fc
		.record({
			messageId: maybe(text),
			date: maybe(fc.date({ noInvalidDate: false })),
			receivedAt: maybe(fc.date()),
			subject: maybe(text),
			from: addresses,
			sender: maybe(address),
			to: addresses,
			cc: addresses,
			bcc: addresses,
			headers: fc.array(
				fc.record({ name: fc.oneof(text, fc.constantFrom('X-A', 'x-a', 'Date', 'x-subject')), value: text }),
				{ maxLength: 6 },
			),
			receivedLines: fc.array(text, { maxLength: 3 }),
			contentType: maybe(text),
			isMultipart: fc.boolean(),
			text: maybe(text),
			html: maybe(text),
			sha256: hex,
			attachments: attachments(fc.oneof({ maxDepth: 2 }, fc.constant(message({ subject: 'inner' })), tie('email'))),
			parts: fc.array(
				fc.record({
					partId: text,
					contentType: text,
					contentTypeHeader: maybe(text),
					dispositionHeader: maybe(text),
					size: fc.nat(),
					text: maybe(text),
					attachment: maybe(fc.nat(3)),
				}),
				{ maxLength: 4 },
			),
		})
		.map((rest) => message(rest)),
}));

const TYPES: IndicatorType[] = [
	'ipv4-addr',
	'ipv6-addr',
	'domain-name',
	'url',
	'email-addr',
	'file',
	'autonomous-system',
	'mac-addr',
	'cryptocurrency-wallet',
	'phone-number',
	'cve',
];
const indicators: fc.Arbitrary<Indicator[]> = fc.array(
	fc
		.record({
			type: fc.constantFrom(...TYPES),
			value: fc.oneof(
				text,
				fc.webUrl(),
				fc.domain(),
				fc.ipV4(),
				fc.ipV6(),
				fc.emailAddress(),
				hex,
				fc.constantFrom('AS1', 'CVE-2024-3094', 'http://bücher.example/ä'),
			),
			defanged: fc.boolean(),
			flags: fc.subarray(['documentation', 'allow-listed', 'punycode'] as const),
			derivedFrom: maybe(fc.constantFrom('AS1', 'x')),
			sources: fc.array(fc.record({ part: fc.constantFrom('text', '2/text', '2/2/html', '/', '') }), { maxLength: 2 }),
			hashes: maybe(fc.record({ MD5: hex, 'SHA-256': hex }, { requiredKeys: [] })),
		})
		.map((rest) => ({ original: rest.value, ...rest })),
	{ maxLength: 8 },
);

const options: fc.Arbitrary<BundleOptions> = fc.record(
	{
		include: fc.record(
			{
				body: fc.boolean(),
				headers: fc.boolean(),
				attachments: fc.boolean(),
				artifacts: fc.boolean(),
				rawEmail: fc.boolean(),
				attachedMessages: fc.boolean(),
				observables: fc.constantFrom('all', 'unflagged', 'none'),
				relationships: fc.boolean(),
				observedData: fc.boolean(),
				report: fc.boolean(),
			},
			{ requiredKeys: [] },
		),
		markings: fc.record(
			{
				tlp: fc.constantFrom('none', 'clear', 'amber+strict'),
				ids: fc.constantFrom('opencti', 'oasis'),
				onObservables: fc.boolean(),
			},
			{ requiredKeys: [] },
		),
		identity: fc.constantFrom(false as const, { name: 'CERT Example' }),
		patterns: fc.record(
			{
				policy: fc.constantFrom('never', 'defanged', 'unflagged'),
				validForDays: fc.integer({ min: 1, max: 1_000_000 }),
			},
			{ requiredKeys: [] },
		),
		ids: fc.record({ emailMessageIdentity: fc.constantFrom('content', 'stix') }, { requiredKeys: [] }),
		labels: fc.array(text, { maxLength: 2 }),
	},
	{ requiredKeys: [] },
);

describe('any message with any indicators and options', () => {
	it('gives a valid bundle', () => {
		fc.assert(
			fc.property(email, indicators, options, (generated, found, chosen) => {
				expectValid(emailToBundle(generated, { ...chosen, indicators: found }));
			}),
			{ numRuns: 400 },
		);
	});

	it('gives equal bytes for equal input', () => {
		fc.assert(
			fc.property(email, indicators, options, (generated, found, chosen) => {
				const once = JSON.stringify(emailToBundle(generated, { ...chosen, indicators: found }));
				expect(
					JSON.stringify(emailToBundle(structuredClone(generated), { ...chosen, indicators: structuredClone(found) })),
				).toBe(once);
			}),
			{ numRuns: 100 },
		);
	});
});

describe('canonical JSON', () => {
	it('is the same whatever the order of the keys, and reads back as what it was', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
				const reversed = Object.fromEntries(Object.entries(value).reverse());
				expect(canonicalJson(reversed)).toBe(canonicalJson(value));
				expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
			}),
		);
	});

	it('sorts by UTF-16 units and escapes only what RFC 8785 escapes', () => {
		expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\ud83d\ude00': 3, '\ufb33': 4, '1': 5, '\u0080': 6, ö: 7 })).toBe(
			'{"\\r":2,"1":5,"\u0080":6,"ö":7,"€":1,"😀":3,"\ufb33":4}',
		);
		expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, -0, '\u000f\n"\\/\u2028'])).toBe(
			'[333333333.3333333,1e+30,4.5,0.002,0,"\\u000f\\n\\"\\\\/\u2028"]',
		);
		expect(() => canonicalJson(Number.NaN)).toThrow(RangeError);
	});
});
