import { bundleToHtml, bundleToSvg, emailToBundle, type Bundle } from '../../../lib/stix';
import { attachment, indicator, message, multipart } from './emails';

/** Every element closed in order, every attribute quoted: what an XML parser would insist on. */
function expectWellFormed(svg: string): void {
	const open: string[] = [];
	for (const [, close, name = '', attributes = '', self] of svg.matchAll(/<(\/)?([a-z]+)((?:\s[^<>]*?)?)(\/)?>/gi)) {
		expect(attributes.replace(/\s[\w:-]+="[^"<]*"/g, '')).toBe('');
		if (close) expect(open.pop()).toBe(name);
		else if (!self) open.push(name);
	}
	expect(open).toEqual([]);
	expect(svg.replace(/<\/?[a-z]+(?:\s[^<>]*)?>/gi, '')).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39|#10);)/);
	expect(svg).not.toMatch(/[\0-\x08\v\f\x0E-\x1F\uFFFE\uFFFF]|\p{Surrogate}/u);
}

const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202Efdp.exe\0\x1b]\ud800 &amp; \'';

const hostile = (): Bundle =>
	emailToBundle(
		multipart(
			{ subject: HOSTILE, from: [{ address: 'a@example.com', name: HOSTILE }] },
			attachment('x', { fileName: HOSTILE, contentType: HOSTILE }),
		),
		{
			indicators: [indicator('phone-number', HOSTILE, { defanged: true })],
			patterns: { policy: 'defanged' },
			identity: { name: HOSTILE },
		},
	);

it('nothing that a sender wrote can leave its text', () => {
	const svg = bundleToSvg(hostile());
	expectWellFormed(svg);
	const html = bundleToHtml(hostile());
	for (const picture of [svg, html]) {
		expect(picture).not.toMatch(/<script|<img|<a\b|<foreignObject|<image|<use/i);
		expect(picture).toContain('&lt;script&gt;');
		expect(picture).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
	}
});

it('the page loads nothing and runs nothing', () => {
	const html = bundleToHtml(hostile());
	expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
	const addresses = [...html.matchAll(/\b(?:src|href|xlink:href|url)\s*[=(]/gi)];
	// The only one is the sender's own text, escaped.
	expect(addresses.every(({ index }) => html.slice(0, index).endsWith('&lt;img '))).toBe(true);
	expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/="https?:/);
});

it('shows who wrote to whom, what was found, and how the report is marked', () => {
	const bundle = emailToBundle(multipart(), {
		indicators: [indicator('url', 'http://evil.example/x', { defanged: true })],
		patterns: { policy: 'defanged' },
	});
	const svg = bundleToSvg(bundle);
	for (const text of [
		'Your invoice',
		'jane@example.com',
		'From: Jane Doe',
		'bob@example.org',
		'invoice.pdf',
		'http://evil.example/x',
		'TLP:AMBER+STRICT',
		'malicious-activity',
	]) {
		expect(svg).toContain(`>${text}<`);
	}
	// Two parties, one file, one URL, one indicator that is based on it.
	expect(svg.match(/<path /g)).toHaveLength(5);
	expect(bundleToHtml(bundle)).toContain('[url:value = &#39;http://evil.example/x&#39;]');
});

it('the message itself stands before the messages attached to it', () => {
	const svg = bundleToSvg(
		emailToBundle(multipart({ subject: 'Outer' }, attachment('x', { email: message({ subject: 'Inner' }) })), {
			indicators: [],
		}),
	);
	expect(svg.indexOf('>Outer</text><text', svg.indexOf('email-message'))).toBeLessThan(svg.indexOf('>Inner</text>'));
});

it('a bundle of 50,000 objects gives a picture no larger than a page, which says how many are not shown', () => {
	const indicators = Array.from({ length: 50_000 }, (_, index) => indicator('domain-name', `host${index}.example.net`));
	const bundle = emailToBundle(message({ subject: 'x'.repeat(1_000_000) }), { indicators });
	const svg = bundleToSvg(bundle);
	expectWellFormed(svg);
	expect(svg.length).toBeLessThan(30_000);
	expect(svg).toContain('+49988 more');
	expect(bundleToSvg(bundle, { maxRows: 3 })).toContain('+49997 more');
	expect(bundleToHtml(bundle).length).toBeLessThan(200_000);
});

it.each([Number.NaN, 0, -1, 2.5, 10_001, Number.POSITIVE_INFINITY, 'many'])(
	'%p rows of a type are refused in the words of the option, not drawn as none',
	(maxRows) => {
		const bundle = emailToBundle(message(), { indicators: [] });
		for (const draw of [bundleToSvg, bundleToHtml]) {
			const refused = expect.objectContaining({
				code: 'STIX_OPTION_INVALID',
				message: expect.stringContaining("'maxRows' must be a whole number from 1 to 10,000"),
			});
			expect(() => draw(bundle, { maxRows: maxRows as number })).toThrow(refused);
		}
	},
);

it('types that are not ours are shown by their value, name or id', () => {
	const svg = bundleToSvg({
		type: 'bundle',
		id: 'bundle--00000000-0000-4000-8000-000000000000',
		objects: [
			{ type: 'x-cisco-verdict', id: 'x-cisco-verdict--1', name: 'spam' },
			{ type: 'process', id: 'process--1' },
		],
	} as unknown as Bundle);
	expectWellFormed(svg);
	expect(svg).toContain('>spam<');
	expect(svg).toContain('>process--1<');
});

describe('What is thought of a value', () => {
	const indicators = [
		indicator('url', 'http://evil.example/x?q[]=1', { defanged: true, flags: ['href-mismatch'] }),
		indicator('domain-name', 'www.own.example', { flags: ['own-domain', 'documentation'] }),
		indicator('file', 'd41d8cd98f00b204e9800998ecf8427e', { flags: ['empty-file'] }),
		indicator('ipv4-addr', '198.51.100.7'),
	];
	const bundle = emailToBundle(message({ subject: 'Outer' }), { indicators });

	it('stands at it as a badge, the most telling first, with a legend of what is in the picture', () => {
		const svg = bundleToSvg(bundle, { indicators });
		expectWellFormed(svg);
		const badges = [...svg.matchAll(/font-size="9"[^>]*>([^<]*)</g)].map(([, text]) => text);
		expect(badges).toEqual([
			'defanged',
			'href-mismatch',
			'own-domain',
			'documentation',
			'empty-file',
			'defanged',
			'href-mismatch',
			'own-domain',
		]);
		for (const meaning of ['a person marked it as hostile', 'worth a second look', 'known, your own'])
			expect(svg).toContain(`>${meaning}`);
		expect(bundleToHtml(bundle, { indicators })).toContain('<p>defanged, href-mismatch</p>');
	});

	it('is not there when nobody says it, and leaves the picture as it was', () => {
		expect(bundleToSvg(bundle)).not.toContain('font-size="9"');
		const [, plain] = /viewBox="0 0 \S+ (\S+)"/.exec(bundleToSvg(bundle))!;
		const [, marked] = /viewBox="0 0 \S+ (\S+)"/.exec(bundleToSvg(bundle, { indicators }))!;
		expect(Number(marked)).toBeGreaterThan(Number(plain));
	});

	it('never leaves its row, however many flags there are, nor its text, whatever they hold', () => {
		const flags = [HOSTILE, ...Array.from({ length: 50 }, (_, index) => `flag-${index}`)] as never;
		const one = [indicator('url', 'http://evil.example/x', { defanged: true, flags })];
		const svg = bundleToSvg(emailToBundle(message(), { indicators: one }), { indicators: one });
		expectWellFormed(svg);
		expect(svg).not.toMatch(/<script|<img/i);
		for (const [, x, width] of svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="13"/g))
			expect(Number(x) + Number(width)).toBeLessThan(28 + 250 + 84 + 270 + 84 + 350);
	});
});
