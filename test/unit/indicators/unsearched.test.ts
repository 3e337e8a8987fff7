import type { EmailWarning } from '../../../lib/email';
import { extractIndicators, type ExtractOptions } from '../../../lib/indicators';
import { INDICATOR_LIMITS } from '../../../lib/limits';
import { attachment, message } from './messages';

const MiB = 1024 * 1024;

/** What is told of a message. */
function told(parts: Parameters<typeof message>[0], options: ExtractOptions = {}): EmailWarning[] {
	const warnings: EmailWarning[] = [];
	extractIndicators(message(parts), { ...options, onWarning: (warning) => warnings.push(warning) });
	return warnings;
}
const lost = (fileName: string, contentType: string) => {
	const { content: _content, ...rest } = attachment('http://evil.example.net/', { fileName, contentType });
	return { ...rest, contentOmitted: true };
};

describe('what was not searched for indicators', () => {
	it('is nothing, usually', () => {
		expect(
			told({ text: 'http://a.example.net/', attachments: [attachment('x', { contentType: 'text/plain' })] }),
		).toEqual([]);
		expect(extractIndicators({ text: 'http://a.example.net/' }, { onWarning: () => undefined })).not.toEqual([]);
	});

	it('texts whose bytes are not here are named, in attached messages too; other files are not missed', () => {
		const inner = message({ attachments: [lost('inner.html', 'text/html')] });
		const attachments = [
			lost('iocs.csv', 'text/csv'),
			lost('report.pdf', 'application/pdf'),
			{ ...attachment('x', { contentType: 'message/rfc822' }), email: inner },
		];
		const [warning, ...more] = told({ attachments });
		expect(more).toEqual([]);
		expect(warning).toMatchObject({
			code: 'attachments-omitted',
			message: expect.stringMatching(/iocs\.csv.*inner\.html/),
		});
		expect(warning!.message).not.toContain('report.pdf');
		expect(told({ attachments }, { textAttachments: false })).toEqual([]);
	});

	it('an empty file lacks nothing', () => {
		const { content: _content, ...empty } = attachment('', { contentType: 'text/plain' });
		expect(told({ attachments: [empty] })).toEqual([]);
	});

	it('a text above the limit is named: its end was not read', () => {
		const large = attachment(Buffer.alloc(INDICATOR_LIMITS.maxAttachmentTextBytes + 1, 'a '), {
			fileName: 'large.log',
			contentType: 'text/plain',
		});
		expect(told({ attachments: [large] })).toEqual([
			{ code: 'attachments-cut', message: expect.stringMatching(/first 8 MiB.*large\.log \(8\.4 MB\)/) },
		]);
	});

	it('more text than one message may have', () => {
		const text = '. '.repeat(4 * MiB);
		const inner = () => ({ ...attachment('x', { contentType: 'message/rfc822' }), email: message({ text }) });
		const attachments = Array.from({ length: 9 }, inner);
		expect(told({ attachments })).toEqual([
			{ code: 'text-cut', message: expect.stringContaining('64 million characters') },
		]);
	});

	it('attached messages that lie too deep', () => {
		let email = message({ text: 'http://deep.example.net/' });
		for (let depth = 0; depth < 10; depth++)
			email = message({ attachments: [{ ...attachment('x', { contentType: 'message/rfc822' }), email }] });
		expect(told(email)).toEqual([
			{ code: 'messages-too-deep', message: expect.stringContaining('1 attached message(s)') },
		]);
		expect(told(email, { attachedMessages: false })).toEqual([]);
	});

	it('of a URL above the limit, the host is kept and the rest is told, wherever it stands', () => {
		const path = 'a'.repeat(INDICATOR_LIMITS.maxUrlLength);
		const long = `https://evil.example.net/${path}`;
		for (const parts of [
			{ text: `See ${long} now` },
			{ text: `See hxxps[:]//evil[.]example[.]net/${path} now` },
			{ text: `See evil.example.net/${path} now` },
			{ html: `<a href="${long}">here</a>` },
			{ attachments: [attachment(long, { fileName: 'a.txt', contentType: 'text/plain' })] },
		]) {
			expect(told(parts)).toEqual([{ code: 'urls-too-long', message: expect.stringContaining('16384 characters') }]);
			const values = extractIndicators(message(parts)).map(({ value }) => value);
			expect(values).toContain('evil.example.net');
		}
		expect(told({ text: long }, { urls: false })).toEqual([]);
		expect(told({ text: `https://evil.example.net/${path.slice(0, -100)}` })).toEqual([]);
	});

	it('of one type there may be more where more are wanted in all', () => {
		const text = Array.from(
			{ length: INDICATOR_LIMITS.maxPerType + 100 },
			(_, index) => `http://h${index}.example.net/`,
		).join('\n');
		const urls = (options: ExtractOptions) =>
			extractIndicators(message({ text }), { domains: false, ...options }).filter(({ type }) => type === 'url').length;
		expect(urls({})).toBe(INDICATOR_LIMITS.maxPerType);
		expect(urls({ maxIndicators: 2 * INDICATOR_LIMITS.maxIndicators })).toBe(INDICATOR_LIMITS.maxPerType + 100);
		expect(urls({ maxIndicators: 2 * INDICATOR_LIMITS.maxIndicators, maxPerType: 10 })).toBe(10);
		expect(told({ text }, { domains: false, maxIndicators: 2 * INDICATOR_LIMITS.maxIndicators })).toEqual([]);
	});

	it('findings above a maximum are counted', () => {
		const text = Array.from({ length: 10 }, (_, index) => `192.0.2.${index + 1}`).join(' ');
		expect(told({ text }, { maxIndicators: 4 })).toEqual([
			{ code: 'indicators-omitted', message: expect.stringMatching(/^6 finding/) },
		]);
		expect(told({ text }, { maxPerType: 4 })).toEqual([
			{ code: 'indicators-omitted', message: expect.stringMatching(/^6 finding/) },
		]);
	});

	it('is what is left when the time is over; what was found before is given', () => {
		let milliseconds = 0;
		const text = Array.from({ length: 500 }, (_, i) => `https://${i}.example.net/ ${'- '.repeat(50)}`).join('\n');
		const warnings: EmailWarning[] = [];
		const options: ExtractOptions = {
			maxMilliseconds: 10,
			// Each time that somebody looks, a millisecond has passed.
			now: () => milliseconds++,
			onWarning: (warning) => warnings.push(warning),
		};
		const found = extractIndicators({ text }, options).filter(({ type }) => type === 'url');
		expect(found[0]!.value).toBe('https://0.example.net/');
		expect(found.length).toBeLessThan(500);
		expect(warnings.map(({ code }) => code)).toEqual(['search-stopped']);
		expect(told({ text })).toEqual([]);
	});

	it.each([0, Number.NaN, -1, 1.5, 'long'])('%p is no time limit', (wrong) => {
		expect(() => extractIndicators({ text: 'x' }, { maxMilliseconds: wrong as number })).toThrow(
			expect.objectContaining({ code: 'SETTING_INVALID' }),
		);
	});
});
