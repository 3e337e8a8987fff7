import fc from 'fast-check';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { extractIndicators, extractIndicatorsAsync, indicatorSteps, type ExtractInput } from '../../../lib/indicators';
import { INDICATOR_LIMITS } from '../../../lib/limits';
import { attachment, message } from './messages';

const MiB = 2 ** 20;
const long = (line: string, length = MiB): string => line.repeat(Math.ceil(length / line.length)).slice(0, length);
const LINE =
	'please review the attached report https://example.com/a?b=1 and block 203.0.113.5 as seen at evil[.]example[.]com\n';
const ROW = `<tr><td><a href="http://a.example/b?c=1&amp;d=2">http://evil.example</a> ${LINE}</td></tr>\n`;

/** Places where the work may pause. */
function stepsOf(input: ExtractInput): number {
	const work = indicatorSteps(input, {});
	for (let count = 0; ; count++) if (work.next().done === true) return count;
}

describe('extraction in turns', () => {
	const piece = fc.constantFrom(
		LINE,
		ROW,
		'<!--[if mso]><a href="http://evil.example/vml">x</a><![endif]-->',
		'<style>td.mobile{}</style>',
		'&#104;ttp://evil.example/&amp;',
		'a[.]example[.]com ',
		'<',
		'</',
		'<a href="',
		'"',
		'>',
		'x'.repeat(3_000),
		'\u200b',
		'user at example dot com ',
		'CVE-2024-3094 AS64500 ',
	);
	const body = fc
		.array(fc.tuple(piece, fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
		.map((runs) => runs.map(([one, times]) => one.repeat(times)).join(''));

	it('finds what the same work finds at once, wherever it pauses', async () => {
		const options = { cve: true, asn: true, ownDomains: ['example.com'], exclude: ['id-like' as const] };
		await fc.assert(
			fc.asyncProperty(body, body, body, async (text, html, file) => {
				const email = message({
					text,
					html,
					subject: text.slice(0, 200),
					attachments: [
						attachment(file, { contentType: 'text/html', partId: '2' }),
						attachment('', { partId: '3', email: message({ text: html }) }),
					],
				});
				expect(await extractIndicatorsAsync(email, options)).toEqual(extractIndicators(email, options));
			}),
			{ numRuns: 60 },
		);
	});

	it('tells the same warnings', async () => {
		const input = { text: `http://evil.example/${'a'.repeat(INDICATOR_LIMITS.maxUrlLength)}` };
		const told: string[][] = [[], []];
		extractIndicators(input, { onWarning: ({ code }) => told[0]!.push(code) });
		await extractIndicatorsAsync(input, { onWarning: ({ code }) => told[1]!.push(code) });
		expect(told).toEqual([['urls-too-long'], ['urls-too-long']]);
	});

	it.each<[string, ExtractInput]>([
		['one text', { text: long(LINE) }],
		['one text of nothing but marks', { text: long('a[.]') }],
		['one HTML document', { html: long(ROW) }],
		['one text of an HTML document, full of references', { html: long('a&amp;b c ') }],
		['one style of an HTML document', { html: `<style>${long('td{}</')}` }],
		['one tag', { html: `<a ${long('b=c ')}` }],
		['one conditional comment', { html: `<!--[if mso]>${long(ROW)}-->` }],
		['one attachment', message({ attachments: [attachment(long(LINE), { contentType: 'text/plain' })] })],
	])('may pause many times inside of %s', (_what, input) => {
		// A step reads some pieces: nothing that is twice as long takes one step more of the same length.
		expect(stepsOf(input)).toBeGreaterThan(MiB / INDICATOR_LIMITS.pieceCharacters / 2);
	});

	it.each<[string, ExtractInput]>([
		['a text', { text: long(LINE, 8 * MiB) }],
		['an HTML document', { html: long(ROW, 8 * MiB) }],
	])('lets timers have their turn in %s of 8 MiB', async (_what, input) => {
		const delay = monitorEventLoopDelay({ resolution: 1 });
		let turns = 0;
		const timer = setInterval(() => turns++, 1);
		delay.enable();
		await extractIndicatorsAsync(input);
		delay.disable();
		clearInterval(timer);
		// At once there would be no turn at all.
		expect(turns).toBeGreaterThan(5);
		expect(delay.max).toBeGreaterThan(0);
	});

	it('ends with the reason of the signal', async () => {
		const controller = new AbortController();
		const work = extractIndicatorsAsync({ text: long(LINE, 8 * MiB) }, { signal: controller.signal });
		setImmediate(() => controller.abort(new Error('no longer wanted')));
		await expect(work).rejects.toThrow('no longer wanted');
		await expect(extractIndicatorsAsync({ text: 'x' }, { signal: controller.signal })).rejects.toThrow(
			'no longer wanted',
		);
	});
});

describe('numbers that a caller gives', () => {
	it.each([Number.NaN, Infinity, -1, 1.5, 'many', {}])('%p is no maximum', async (wrong) => {
		for (const name of ['maxIndicators', 'maxPerType']) {
			const options = { [name]: wrong as number };
			expect(() => extractIndicators({ text: 'x' }, options)).toThrow(
				expect.objectContaining({ code: 'SETTING_INVALID', setting: name }),
			);
			await expect(extractIndicatorsAsync({ text: 'x' }, options)).rejects.toMatchObject({ setting: name });
		}
	});

	it('are read as users write them, and empty ones mean the default', () => {
		const text = 'one.example.com two.example.com three.example.com';
		expect(extractIndicators({ text }, { maxIndicators: '2' as unknown as number })).toHaveLength(2);
		expect(extractIndicators({ text }, { maxIndicators: undefined, maxPerType: '' as unknown as number })).toHaveLength(
			3,
		);
		expect(extractIndicators({ text }, { maxIndicators: 0 })).toEqual([]);
	});
});
