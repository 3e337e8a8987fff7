import { emailToBundle } from '../../../lib/stix';
import type { Email } from '../../../lib/email';
import { attachment, indicator, message, multipart } from './emails';
import { expectValid } from './validity';
import { problemsOf } from './validator';

const codes: string[] = [];
const onWarning = ({ code }: { code: string }): void => void codes.push(code);
beforeEach(() => codes.splice(0));

describe('whatever a sender writes, the bundle is valid', () => {
	test.each<[string, Partial<Email>]>([
		[
			'lone surrogates',
			{
				subject: 'a\ud800b\udc00',
				messageId: '<\udfff@x>',
				text: '\ud83d',
				parts: [],
				headers: [{ name: 'X-\ud800', value: '\ud800' }],
			},
		],
		[
			'NUL',
			{
				subject: 'a\0b',
				text: '\0',
				parts: [],
				headers: [{ name: 'X-A', value: '\0' }],
				from: [{ address: 'a@example.com', name: '\0' }],
			},
		],
		['an empty subject', { subject: '' }],
		['nothing but headers', { text: undefined, parts: [], contentType: undefined }],
		[
			'nothing at all',
			{
				messageId: undefined,
				date: undefined,
				receivedAt: undefined,
				subject: undefined,
				from: [],
				to: [],
				headers: [],
				receivedLines: [],
				contentType: undefined,
				text: undefined,
				parts: [],
			},
		],
		['multipart without parts', { isMultipart: true, parts: [], text: undefined }],
		[
			'a text part whose type nobody could read',
			{
				isMultipart: true,
				parts: [{ partId: '1', contentType: 'text/plain', contentTypeHeader: '???', size: 1, text: 'x' }],
			},
		],
		['a part that was cut off', { isMultipart: true, parts: [{ partId: '1', contentType: 'text/plain', size: 0 }] }],
		['a date beyond RFC 3339', { date: new Date(8.64e15) }],
		['a date before the year 1', { date: new Date('-000100-01-01T00:00:00Z') }],
		[
			'empty texts everywhere',
			{
				messageId: '',
				contentType: '',
				text: '',
				parts: [],
				receivedLines: [''],
				headers: [{ name: 'X-A', value: '' }],
			},
		],
		[
			'header names that are no dictionary keys',
			{
				headers: [
					{ name: 'X.Foo', value: 'a' },
					{ name: 'X-Ü', value: 'b' },
					{ name: '', value: 'c' },
					{ name: 'x'.repeat(400), value: 'd' },
				],
			},
		],
		[
			'header names that only look reserved',
			{
				headers: [
					{ name: 'date-x', value: 'a' },
					{ name: 'x-subject', value: 'b' },
					{ name: 'x_to_refs', value: 'c' },
				],
			},
		],
		[
			'header names of JavaScript',
			{
				headers: [
					{ name: '__proto__', value: 'a' },
					{ name: 'constructor', value: 'b' },
					{ name: 'hasOwnProperty', value: 'c' },
				],
			},
		],
	])('%s', (_what, rest) => expectValid(emailToBundle(message(rest), { onWarning })));

	it.each([
		'undisclosed-recipients:;',
		'MAILER-DAEMON',
		'',
		'@',
		'a@',
		'@b',
		'a b@example.com',
		'a@b@c d',
		'a@exa mple.com',
		'a@[192.0.2.300]',
		'a@-x.example',
		'<a@example.com>',
		'a@\ud800.example',
		'a\0@example.com',
		`a@${'x'.repeat(64)}.example`,
		`${'a'.repeat(2000)}@example.com`,
	])('%j is no address and gives nothing', (address) => {
		const bundle = emailToBundle(message({ from: [{ address }], to: [{ address }], sender: { address } }), {
			indicators: [],
		});
		expectValid(bundle);
		expect(bundle.objects.filter(({ type }) => type === 'email-addr')).toEqual([]);
	});

	it.each([
		['root@localhost', 'root@localhost'],
		["O'Brien@X.example", "o'brien@x.example"],
		['bounce+x=y@z.example', 'bounce+x=y@z.example'],
		['"very unusual@x"@Example.com', '"very unusual@x"@example.com'],
		['a@[192.0.2.1]', 'a@[192.0.2.1]'],
		['a@[IPv6:2001:db8::1]', 'a@[ipv6:2001:db8::1]'],
		['пример@пример.example', 'пример@xn--e1afmkfd.example'],
	])('%s is one, although some validators know fewer', (address, value) => {
		const bundle = emailToBundle(message({ from: [{ address }], to: [] }), { indicators: [] });
		expectValid(bundle);
		expect(bundle.objects.find(({ type }) => type === 'email-addr')).toMatchObject({ value });
	});

	it.each([
		['md5', { md5: 'abc' }],
		['sha1', { sha1: 'zz'.repeat(20) }],
		['sha256', { sha256: '' }],
		['all, and no name', { md5: '', sha1: '', sha256: '', sha512: '', fileName: undefined }],
	])('a wrong hash (%s) is left out', (_what, rest) => {
		const bundle = emailToBundle(multipart({}, attachment('x', rest)), { onWarning });
		expectValid(bundle);
		const file = bundle.objects.find((object) => object.type === 'file');
		if (file === undefined) expect(codes).toEqual(['attachment-unidentified']);
		else expect(Object.keys(file.hashes ?? {})).toHaveLength(3);
	});

	it.each([
		['url', 'no url'],
		['url', 'http://'],
		['url', 'http://[::1'],
		['url', ''],
		['domain-name', '_dmarc.example.com'],
		['domain-name', `${'a'.repeat(64)}.example`],
		['domain-name', '192.0.2.1'],
		['domain-name', ''],
		['ipv4-addr', '192.0.2.01'],
		['ipv4-addr', '192.0.2.0/33'],
		['ipv6-addr', '2001:db8::/129'],
		['ipv6-addr', ':::'],
		['email-addr', 'MAILER-DAEMON'],
		['mac-addr', '00:11'],
		['autonomous-system', 'AS99999999999'],
		['cve', 'CVE-1'],
		['file', 'abc'],
		['phone-number', ' '],
	] as const)('a %s of %j gives no object and a warning', (type, value) => {
		const bundle = emailToBundle(message({ from: [], to: [] }), {
			indicators: [indicator(type, value, { defanged: true })],
			patterns: { policy: 'unflagged' },
			onWarning,
		});
		expectValid(bundle);
		expect(bundle.objects.map((object) => object.type)).toEqual([
			'marking-definition',
			'identity',
			'email-message',
			'observed-data',
			'report',
		]);
		expect(codes).toEqual(['observable-invalid']);
	});

	it.each([
		['http://e.example/"\\x', 'http://e.example/%22%5Cx'],
		['http://e.example/100%', 'http://e.example/100%25'],
		['https://user:p@ss@bücher.example:8443/ä#ö#', 'https://user:p%40ss@xn--bcher-kva.example:8443/%C3%A4#%C3%B6%23'],
		['http://e.example/😀', 'http://e.example/%F0%9F%98%80'],
		['http://[2001:db8::1]:8080/[x]', 'http://[2001:db8::1]:8080/%5Bx%5D'],
		['http://{bücher}.example/', 'http://xn--%7Bbcher%7D-o2a.example/'],
		['http://}.example/', 'http://%7D.example/'],
		['ftp://files.example/a?b=c', 'ftp://files.example/a?b=c'],
		['http://a_b.example/', 'http://a_b.example/'],
	])('%s is written as a URI', (url, value) => {
		const bundle = emailToBundle(message(), { indicators: [indicator('url', url)] });
		expectValid(bundle);
		expect(bundle.objects.find(({ type }) => type === 'url')).toMatchObject({ value });
	});

	it('messages attached to messages without end are read to the depth of the parser, and no further', () => {
		let email = message({ subject: 'innermost' });
		for (let depth = 0; depth < 30; depth++)
			email = multipart({ sha256: String(depth).padStart(64, '0') }, attachment(`m${depth}`, { email }));
		const bundle = emailToBundle(email);
		expectValid(bundle);
		expect(bundle.objects.filter(({ type }) => type === 'email-message')).toHaveLength(9);
	});
});

describe('size', () => {
	it('10,000 recipients are as many addresses, each once', () => {
		const to = Array.from({ length: 10_000 }, (_, index) => ({ address: `user${index}@example.org` }));
		const started = performance.now();
		const bundle = emailToBundle(message({ to: [...to, ...to] }));
		expect(performance.now() - started).toBeLessThan(5_000);
		expect(problemsOf(bundle)).toEqual([]);
		expect(bundle.objects.find((object) => object.type === 'email-message')?.to_refs).toHaveLength(10_000);
	});

	const indicators = Array.from({ length: 50_000 }, (_, index) =>
		indicator('url', `http://evil.example/${index}`, { defanged: true }),
	);

	it('50,000 indicators give a valid bundle', () => {
		const bundle = emailToBundle(message(), { indicators });
		expect(problemsOf(bundle)).toEqual([]);
		expect(bundle.objects.filter(({ type }) => type === 'url')).toHaveLength(50_000);
	});

	it('50,000 indicators take linear time', () => {
		const took = (count: number): number => {
			// Processor time: others use this machine, too.
			const before = process.cpuUsage();
			emailToBundle(message(), { indicators: indicators.slice(0, count), patterns: { policy: 'defanged' } });
			return process.cpuUsage(before).user / 1000;
		};
		took(5_000);
		const small = Math.min(took(5_000), took(5_000));
		// Ten times as many; quadratic time would be a hundred times as long.
		expect(took(50_000)).toBeLessThan(40 * Math.max(small, 20));
	});

	it('more indicators than the limit are left out, and said so', () => {
		const bundle = emailToBundle(message(), {
			indicators: indicators.slice(0, 20),
			sizes: { maxObservables: 5 },
			onWarning,
		});
		expectValid(bundle);
		expect(bundle.objects.filter(({ type }) => type === 'url')).toHaveLength(5);
		expect(codes).toEqual(['observables-omitted']);
	});
});
