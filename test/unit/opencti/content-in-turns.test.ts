import fc from 'fast-check';
import { OPENCTI_LIMITS, STEP_LIMITS } from '../../../lib/limits';
import { cleanHtmlSteps } from '../../../lib/opencti/container/cleanHtml';
import { contentSteps, emailContent } from '../../../lib/opencti/container/content';
import { finish } from '../../../lib/steps';

/** What becomes of HTML that is sanitised in pieces of this length, and what is told. */
function cleaned(html: string, pieceLength: number, defangLinks = false): unknown[] {
	const warnings: unknown[] = [];
	const options = { embedImages: false, defangLinks };
	return [finish(cleanHtmlSteps(html, [], options, warnings as never, pieceLength)), warnings];
}
const stepsOf = (work: Generator): number => {
	for (let count = 1; ; count++) if (work.next().done === true) return count;
};
const filled = (piece: string, length: number) => piece.repeat(Math.ceil(length / piece.length));

describe('the text of a report, made in turns', () => {
	const NAMES = [
		...['p', 'div', 'b', 'a', 'table', 'tbody', 'tr', 'td', 'ul', 'li', 'span', 'font', 'html', 'body', 'head', 'pre', 'h1', 'center'],
		...['script', 'style', 'title', 'svg', 'math', 'object', 'textarea', 'xmp', 'iframe', 'template', 'option', 'select', 'form', 'noscript'],
	]; // prettier-ignore
	const name = fc.constantFrom(...NAMES);
	const piece = fc.oneof(
		{ weight: 4, arbitrary: name.map((one) => `<${one}>`) },
		{ weight: 4, arbitrary: name.map((one) => `</${one}>`) },
		fc.constantFrom(
			'<a href="https://evil.example/a?b=1&amp;c">', '<img src="https://t.example/x.gif" alt="a < b">', '<img src=cid:x>', '<br>', '<td colspan=2>',
			'<p title="a<b>c', '">', '<!-- <b>', '-->', '<![CDATA[', ']]>', '<?x', '<', '>', '</', '&lt;script&gt;', 'text ', 'https://evil.example/x ',
			'<!DOCTYPE html>', '<svg/onload=alert(1)>', '<a href="javascript:alert(1)">', '<plaintext>', '\0', 'é\u{1f600}',
		), // prettier-ignore
	);
	const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

	it('is the same wherever the document is cut', () => {
		fc.assert(
			fc.property(soup, fc.integer({ min: 1, max: 40 }), fc.boolean(), (html, length, links) => {
				expect(cleaned(html, length, links)).toEqual(cleaned(html, html.length + 1, links));
			}),
			{ numRuns: 500 },
		);
	});

	it.each([
		['a table over the whole document', `<table><tr><td>${'<p>a</p>'.repeat(50)}</td></tr></table>`],
		['a link over many elements', `<a href="https://a.example/">${'<b>x</b>'.repeat(50)}</a>`],
		['a drawing that is not shown', `<p>a</p><svg>${'<g><path d="M0 0"/></g>'.repeat(50)}</svg><p>b</p>`],
		['a comment', `<p>a</p><!--${'<b>x</b>'.repeat(50)}--><p>b</p>`],
		['an attribute', `<p title="${'<b>'.repeat(50)}">b</p>`],
		['a script', `<script>${'if (a<b) c("<p>");'.repeat(50)}</script><p>b</p>`],
	])('of %s is the same, too', (_what, html) => {
		for (const links of [false, true]) expect(cleaned(html, 5, links)).toEqual(cleaned(html, html.length + 1, links));
	});

	it('counts what was left out once', () => {
		const [, warnings] = cleaned('<p><img src="https://t.example/x.gif"></p>'.repeat(30), 7);
		expect(warnings).toEqual([
			{ code: 'remote-images-removed', message: expect.stringMatching(/^30 remote image/) as string },
		]);
	});

	it('is its text only where elements are nested too deeply, cut or not', () => {
		const html = '<div>'.repeat(OPENCTI_LIMITS.maxHtmlDepth + 1);
		expect(cleaned(html, 100)).toEqual([undefined, [expect.objectContaining({ code: 'html-too-deep' })]]);
		expect(cleaned('<div>'.repeat(OPENCTI_LIMITS.maxHtmlDepth), 100)[1]).toEqual([]);
	});

	it.each([
		['HTML', { html: filled('<table><tr><td><p>a <b>b</b></p></td></tr></table>\n', OPENCTI_LIMITS.maxContentBytes) }],
		['HTML that is not shown', { html: `<svg>${filled('<g><b>x</b></g>', OPENCTI_LIMITS.maxContentBytes)}` }],
		['text', { text: filled('a line https://evil.example/\r\n', OPENCTI_LIMITS.maxContentBytes) }],
		['text of one line', { text: filled('a ', OPENCTI_LIMITS.maxContentBytes) }],
	])('of as much %s as is read may pause many times', (_what, body) => {
		const most = OPENCTI_LIMITS.maxContentBytes / STEP_LIMITS.pieceLength;
		expect(stepsOf(contentSteps({ attachments: [], ...body }, { links: 'defang' }))).toBeGreaterThan(most / 2);
	});

	it('of text keeps lines, blanks and addresses whole wherever it is cut', () => {
		const line = 'see  https://evil.example/a and \r\n';
		const count = Math.ceil((3 * STEP_LIMITS.pieceLength) / line.length);
		const text = line.repeat(count);
		const { html } = emailContent({ text, attachments: [] }, { links: 'defang' });
		expect(html).toBe(`<p>${'see &nbsp;hxxps[:]//evil[.]example/a and <br>'.repeat(count)}</p>`);
	});
});
