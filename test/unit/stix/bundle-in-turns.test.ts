import type { Indicator } from '../../../lib/indicators';
import { STEP_LIMITS } from '../../../lib/limits';
import { emailToBundle, emailToBundleAsync, type BundleAsyncOptions } from '../../../lib/stix';
import { turnsOf } from '../turnsOf';
import { attachment, indicator, message, multipart } from './emails';

// That both forms give the same bundle for any message: bundle-generated.test.ts.

const many = (count: number): Indicator[] =>
	Array.from({ length: count }, (_, i) => indicator('url', `http://h${i}.example/`, { defanged: true }));

/** How often others have their turn while a bundle is made. */
const bundleTurns = (email: Parameters<typeof emailToBundleAsync>[0], options: BundleAsyncOptions): Promise<number> =>
	turnsOf(() => emailToBundleAsync(email, options));

describe('a bundle made in turns', () => {
	it.each<[string, Parameters<typeof emailToBundleAsync>[0], BundleAsyncOptions]>([
		[
			'long texts that have to be mended',
			message({ parts: [], text: '\0\r\n'.repeat(1_000_000), sha256: '' }),
			{ indicators: [], ids: { emailMessageIdentity: 'stix' } },
		],
		[
			'long texts in a multipart message of which nobody has the bytes',
			message({
				parts: [],
				text: '\ud800\0'.repeat(1_000_000),
				html: '\r\n'.repeat(1_000_000),
				sha256: '',
				isMultipart: true,
			}),
			{ indicators: [] },
		],
		[
			'a message without sender, subject and text',
			message({ from: [], subject: undefined, text: undefined, parts: [], receivedLines: ['\0'.repeat(200_000)] }),
			{ indicators: [] },
		],
		[
			'large attachments and the raw message',
			multipart({ raw: Buffer.alloc(7_000_001, 'r') }, attachment(Buffer.alloc(4_000_001, 'b'))),
			{ indicators: [], include: { artifacts: true, rawEmail: true } },
		],
		['many values', message(), { indicators: many(9_000), patterns: { policy: 'unflagged' } }],
		['many values without markings and report', message(), { indicators: many(5_000), include: { report: false } }],
	])('is the same as one made at once, byte for byte: %s', async (_what, email, options) => {
		const bundle = await emailToBundleAsync(email, options);
		expect(JSON.stringify(bundle) === JSON.stringify(emailToBundle(email, options))).toBe(true);
	});

	it('gives way as often as there is more to do: values, bytes, texts, fields, addresses', async () => {
		const values = await bundleTurns(message(), { indicators: many(4_000) });
		expect(values).toBeGreaterThan(4_000 / STEP_LIMITS.objects);
		const bytes = await bundleTurns(multipart({}, attachment(Buffer.alloc(30_000_000))), {
			indicators: [],
			include: { artifacts: true },
			sizes: { maxArtifactBytes: 64_000_000, maxTotalArtifactBytes: 64_000_000 },
		});
		// It is written, and its id is the hash of what was written.
		expect(bytes).toBeGreaterThan(40_000_000 / STEP_LIMITS.pieceLength);
		const texts = await bundleTurns(message({ parts: [], text: '\r\n'.repeat(4_000_000) }), { indicators: [] });
		expect(texts).toBeGreaterThan(8_000_000 / STEP_LIMITS.pieceLength);
		const headers = Array.from({ length: 1_000 }, (_, i) => ({ name: `X-${i}`, value: '\0'.repeat(100) }));
		expect(await bundleTurns(message({ headers }), { indicators: [] })).toBeGreaterThan(headers.length / 2);
		const to = Array.from({ length: 3_000 }, (_, i) => ({ address: `a${i}@example.com` }));
		expect(await bundleTurns(message({ to }), { indicators: [] })).toBeGreaterThan(3_000 / STEP_LIMITS.objects);
	});

	it('is not made when nobody wants it any longer', async () => {
		const controller = new AbortController();
		const work = emailToBundleAsync(message(), { indicators: many(50_000), signal: controller.signal });
		controller.abort(new Error('the execution was cancelled'));
		await expect(work).rejects.toThrow('the execution was cancelled');
	});

	it('refuses the options that the other refuses, as a rejection', async () => {
		await expect(emailToBundleAsync(message(), { confidence: 101 })).rejects.toMatchObject({
			code: 'STIX_OPTION_INVALID',
		});
	});
});
