import { compact, nonEmpty } from '../../lib/json';
import { decodePercent, escapeHtml, wellFormed, withoutInvisible } from '../../lib/text';
import { isTlsCode, tlsHint } from '../../lib/tls';
import { ceilToMinute, DAY, floorToMinute } from '../../lib/units';

describe('text', () => {
	it.each([
		['caf%C3%A9%20%2B+', 'café ++'],
		['50%off', '50%off'],
		// What is not UTF-8 stays as it is, the rest is read.
		['%FF%41 and %41', '%FF%41 and A'],
		['%ED%A0%80', '%ED%A0%80'],
		['%2541', '%41'],
	])('percent signs are decoded once: %s', (written, text) => {
		expect(decodePercent(written)).toBe(text);
	});

	it('nothing of a text is markup once it is escaped', () => {
		expect(escapeHtml(`<a href="x" title='y'>&amp;`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;');
	});

	it('what takes no place is left out', () => {
		expect(withoutInvisible('ev\u200bil\u00ad.\u2060ex\u202eample\ufeff')).toBe('evil.example');
	});

	it('half a character becomes U+FFFD, a whole one stays', () => {
		expect(wellFormed('a\ud83d b\udc00 😀')).toBe('a\ufffd b\ufffd 😀');
	});
});

describe('JSON', () => {
	it('properties without a value are left out, and no others', () => {
		expect(compact({ a: undefined, b: null, c: '', d: 0, e: false })).toEqual({ b: null, c: '', d: 0, e: false });
		expect(Object.keys(compact({ a: undefined, b: 1 }))).toEqual(['b']);
	});

	it('an empty text and an empty list are none', () => {
		expect([nonEmpty(''), nonEmpty([]), nonEmpty('x'), nonEmpty([0]), nonEmpty<string>(undefined)]).toEqual([
			undefined,
			undefined,
			'x',
			[0],
			undefined,
		]);
	});
});

describe('units', () => {
	it('a time is rounded to the minute before and behind it, also before the epoch', () => {
		const time = Date.parse('2026-05-05T10:11:12.345Z');
		const iso = (ms: number) => new Date(ms).toISOString();
		expect([floorToMinute(time), ceilToMinute(time)].map(iso)).toEqual([
			'2026-05-05T10:11:00.000Z',
			'2026-05-05T10:12:00.000Z',
		]);
		expect(ceilToMinute(floorToMinute(time))).toBe(floorToMinute(time));
		expect(iso(floorToMinute(-1))).toBe('1969-12-31T23:59:00.000Z');
		expect(Number.isNaN(floorToMinute(Number.NaN))).toBe(true);
		expect(iso(DAY)).toBe('1970-01-02T00:00:00.000Z');
	});
});

describe('TLS', () => {
	it.each(['ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'EPROTO'])(
		'%s is about TLS',
		(code) => {
			expect(isTlsCode(code)).toBe(true);
		},
	);

	it('ECONNRESET and EPROTONOSUPPORT are not', () => {
		expect([isTlsCode('ECONNRESET'), isTlsCode('EPROTONOSUPPORT')]).toEqual([false, false]);
	});

	it('the hint says what to do: about the name, the date, the port, else the CA', () => {
		const hint = (code: string) => tlsHint(code, 'Use port 993.');
		expect(hint('ERR_TLS_CERT_ALTNAME_INVALID')).toContain('another host name');
		expect(hint('CERT_HAS_EXPIRED')).toContain('Renew it');
		for (const code of ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])
			expect(hint(code)).toBe('The server does not speak TLS on this port. Use port 993.');
		expect(hint('SELF_SIGNED_CERT_IN_CHAIN')).toContain('CA Certificate');
	});
});
