import fc from 'fast-check';
import { emailContent, reportFromEmail, textToHtml } from '../../../lib/opencti';
import { attachment, email } from './messages';

const html = (body: string, more = {}, options = {}) => emailContent(email({ html: body, ...more }), options).html;

it('scripts, forms, frames, styles, handlers and odd links are gone; the text stays', () => {
	const clean = html(`<html><head><title>T</title><style>p{background:url(https://track.example.org/x)}</style></head>
		<body onload="steal()"><script>alert(1)</script><p style="display:none" onclick="x()">Hidden text</p>
		<form action="https://evil.example.org"><input name="pw" value="v"><button>Send</button></form>
		<iframe src="https://evil.example.org">frame</iframe><object data="x.swf"></object><svg onload=alert(1)><text>s</text></svg>
		<a href="javascript:alert(1)">click</a> <a href="data:text/html,x">data</a> <a href="https://example.com/?a=1&b=2">fine</a>
		<math><mtext></mtext></math><link rel="stylesheet" href="https://x.example"><meta http-equiv="refresh" content="0;url=https://x.example">
		<base href="https://evil.example.org/"><video src="https://x.example/v"></video></body></html>`);
	expect(clean).toContain('<p>Hidden text</p>');
	expect(clean).toContain('<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer nofollow">fine</a>');
	expect(clean).not.toMatch(
		/script|alert|onload|onclick|style|iframe|form|input|object|svg|javascript:|data:|refresh|base|video|track\.example/i,
	);
});

it.each([
	'<scr<script>ipt>alert(1)</scr</script>ipt>',
	'<img src=x onerror=alert(1)//',
	'<a href="java\tscript:alert(1)">x</a>',
	'<a href=" &#106;avascript:alert(1)">x</a>',
	'<<a href="javascript:alert(1)">x',
	'<style><!--</style><script>alert(1)</script>',
	'<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
	'<textarea><script>alert(1)</script></textarea>',
	'<math><mi><mglyph><style><img src=x onerror=alert(1)>',
	'<svg><style><img src=x onerror=alert(1)>',
])('the known trick %j leaves nothing active', (trick) => {
	const clean = html(`<p>before</p>${trick}`);
	expect(clean.replace(/&lt;.*/s, '')).not.toMatch(/<script|\son\w+=|href="\s*j/i);
});

it('remote images are replaced by their description, and a warning counts them', () => {
	const { html: clean, warnings } = emailContent(
		email({
			html: '<p><img src="https://track.example.org/1.gif?u=me" alt="Logo"><img src="//track.example.org/2.gif"></p>',
		}),
	);
	expect(clean).toBe('<p><span>[remote image: Logo]</span><span>[remote image: image]</span></p>');
	expect(warnings).toMatchObject([{ code: 'remote-images-removed', message: expect.stringContaining('2 remote') }]);
});

const inline = attachment('logo.png', 'image/png', Buffer.from([137, 80, 78, 71]), {
	contentId: 'Logo@1',
	related: true,
	disposition: 'inline',
});

it('images inside the message are described, or embedded on request', () => {
	const body = '<p><img src="cid:logo%401" alt=""></p>';
	expect(html(body, { attachments: [inline] })).toBe('<p><span>[image: logo.png]</span></p>');
	expect(html(body, { attachments: [inline] }, { inlineImages: 'embed' })).toBe(
		'<p><img src="data:image/png;base64,iVBORw==" alt="" /></p>',
	);
});

it('embedded images stop at their budget, and only raster images are embedded', () => {
	const big = { ...inline, content: Buffer.alloc(3 * 1024 * 1024), contentId: 'big' };
	const svg = { ...inline, contentType: 'image/svg+xml', contentId: 'svg' };
	const clean = html(
		'<img src="cid:big"><img src="cid:svg"><img src="cid:logo@1"><img src="cid:absent">',
		{ attachments: [big, svg, inline] },
		{ inlineImages: 'embed' },
	);
	expect(clean.match(/data:/g)).toHaveLength(1);
	expect(clean).toContain('[image: image]');
});

it('links can be shown as defanged text', () => {
	const clean = html(
		'<p><a href="http://evil.example.org/login?a=1">Your <b>bank</b></a></p>',
		{},
		{ links: 'defang' },
	);
	expect(clean).toBe('<p><span>Your <b>bank</b></span> [hxxp[:]//evil[.]example[.]org/login?a=1]</p>');
});

it('plain text keeps its lines and its characters', () => {
	expect(textToHtml('a < b & "c"\r\nline  two\rthree\n\nfive')).toBe(
		'<p>a &lt; b &amp; &quot;c&quot;<br>line &nbsp;two<br>three<br><br>five</p>',
	);
});

it('HTML without any text gives way to the text body, and a message without text says so', () => {
	expect(html('<p>&nbsp;<br></p>')).toContain('See the attached file.');
	expect(emailContent(email({ html: undefined, text: '  ' })).html).toContain('no text');
});

it('a body above the limit is cut on a whole character, with a warning', () => {
	const { html: clean, warnings } = emailContent(email({ text: '€'.repeat(3_000_000) }));
	expect(warnings).toMatchObject([{ code: 'content-cut' }]);
	expect(clean).toMatch(/^<p>€+<\/p>$/);
	expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(4 * 1024 * 1024 + 7);
});

it('HTML nested deeper than any real mail is shown as text, at once: the parser would take the square of it', () => {
	for (const tags of ['<div>', '<b><p>', '<p><li>', '<b a="</b>">']) {
		const deep = `${tags.repeat(700_000 / tags.length)}<script>x</script>deep`;
		const started = performance.now();
		const { html: clean, warnings } = emailContent(email({ html: deep, text: undefined }));
		expect(performance.now() - started).toBeLessThan(3000);
		expect(warnings).toMatchObject([{ code: 'html-too-deep' }]);
		expect(clean).toContain('deep');
		expect(clean.replace(/<\/?p>|<br>/g, '')).not.toContain('<');
	}
	expect(html(`${'<div>'.repeat(900)}fine${'</div>'.repeat(900)}`)).toContain('fine');
});

it('whatever the text, nothing of it becomes markup', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
			expect(textToHtml(text).replace(/<\/?p>|<br>/g, '')).not.toMatch(/[<>"']/);
		}),
	);
});

it('the head of the report escapes what a sender can write: markdown, HTML and links', () => {
	const { description } = reportFromEmail(
		email({
			subject: '**bold** [x](https://evil.example.org) <img src=x> | a\r\n# head',
			from: [{ address: 'a@example.org', name: '](javascript:x) `code`' }],
		}),
	);
	expect(description).toContain(
		'**Email Subject**: \\*\\*bold\\*\\* \\[x\\]\\(https\\[:\\]//evil.example.org\\) \\<img src=x\\> \\| a \\# head',
	);
	expect(description).not.toMatch(/[^\\]\]\(/);
	expect(description.split('\n').some((line) => line.startsWith('#'))).toBe(false);
});

it('the head lists sender, times, subject, attachments, what was refused and what was found', () => {
	const { description } = reportFromEmail(
		email({
			attachments: [attachment('a.pdf', 'application/pdf', 'x'), attachment('b.exe', 'application/x-msdownload', 'MZ')],
		}),
		{
			indicators: [
				{
					type: 'url',
					value: 'http://evil.example.org/a',
					original: '',
					defanged: false,
					sources: [{ part: 'text' }],
					flags: ['shortener'],
				},
			],
			notes: '**Verdict**: phishing',
		},
	);
	expect(description).toContain('**Email Received From**: Intel team \\<intel@example.org\\>  \n');
	expect(description).toContain('**Email Received At**: 2025-04-16T10:10:42.000Z  \n');
	expect(description).toContain('**Email Attachment Count**: 2');
	expect(description).toContain('| b.exe | application/x-msdownload | 2 | type is not in the allow-list |');
	expect(description).toContain('| url | hxxp\\[:\\]//evil\\[.\\]example\\[.\\]org/a | text | shortener |');
	expect(description.endsWith('**Verdict**: phishing')).toBe(true);
});

it.each([
	['to', { to: [{ address: 'soc@example.com' }] }, 'soc@example\\.com'],
	['cc', { to: [], cc: [{ address: 'ceo@example.com' }] }, 'ceo@example\\.com'],
	['both', { cc: [{ address: 'ceo@example.com' }] }, 'soc@example\\.com, ceo@example\\.com'],
])('the head lists the recipients of %s', (_name, recipients, listed) => {
	const line = reportFromEmail(email(recipients))
		.description.split('  \n')
		.find((text) => text.startsWith('**Email Recipients**'));
	expect(line?.replaceAll('\\.', '.')).toBe(`**Email Recipients**: ${listed.replaceAll('\\.', '.')}`);
});
