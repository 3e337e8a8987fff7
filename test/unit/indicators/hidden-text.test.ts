import { extractIndicators, LEAVE_OUT_PRESETS, type Indicator } from '../../../lib/indicators';

/** Whether the domain `drop.example` of a page is told as hidden, or as seen. */
function told(html: string): 'hidden' | 'seen' | undefined {
	const found = extractIndicators({ html }).find(({ value }) => value === 'drop.example');
	if (found === undefined) return undefined;
	return found.flags.includes('hidden-text') ? 'hidden' : 'seen';
}
const flagsOf = (found: readonly Indicator[], value: string): readonly string[] | undefined =>
	found.find((one) => one.value === value)?.flags;
const TEXT = 'drop.example';

describe('what a reader sees is not taken for hidden', () => {
	it.each([
		[
			'a cell without room, with a font of its own in it',
			`<td style="font-size:0px"><div style="font-size:16px">${TEXT}</div></td>`,
		],
		['the gap of a table', `<table style="font-size:0;line-height:0"><tr><td style="font-size:16px">${TEXT}</table>`],
		['by a class', `<style>.w{font-size:0}.c{font-size:1rem}</style><div class=w><div class=c>${TEXT}</div></div>`],
		[
			'shown again in what is invisible',
			`<div style="visibility:hidden"><p style="visibility:visible">${TEXT}</p></div>`,
		],
		[
			'a colour of its own in what is transparent',
			`<div style="color:transparent"><p style="color:#333">${TEXT}</p></div>`,
		],
		['white letters on a button', `<table><tr><td bgcolor="#0055AA"><a style="color:#fff">${TEXT}</a></td></table>`],
		[
			'white letters on a picture',
			`<table><tr><td background="https://pictures.example/x.png"><font color=white>${TEXT}</font></td></table>`,
		],
		[
			'a link in a white cell is blue',
			`<table><tr><td style="color:#ffffff"><a href="https://a.example/">${TEXT}</a></td></table>`,
		],
		['a button that only Outlook is not to show', `<a style="background:#06c;color:#fff;mso-hide:all">${TEXT}</a>`],
		['room by a least height', `<div style="height:0;min-height:2em;overflow:hidden">${TEXT}</div>`],
		['room by a least width', `<div style="width:0;min-width:200px;overflow:hidden">${TEXT}</div>`],
		['room below', `<div style="max-height:1px;padding:0 0 30px;overflow:hidden">${TEXT}</div>`],
		[
			'placed elsewhere than in what has no room',
			`<div style="height:0;overflow:hidden"><div style="position:absolute;top:50px">${TEXT}</div></div>`,
		],
		['an element without a box', `<div style="display:contents;opacity:0;height:0;overflow:hidden">${TEXT}</div>`],
		['an indent of a part of a line', `<span style="text-indent:-9999px">${TEXT}</span>`],
		['letters that have a shadow', `<p style="color:transparent;text-shadow:0 0 0 #000">${TEXT}</p>`],
		[
			'letters with a background of their own',
			`<p style="background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent">${TEXT}</p>`,
		],
		['letters filled with another colour', `<p style="color:#fff;-webkit-text-fill-color:#000">${TEXT}</p>`],
		['a cell without a table', `<td style="display:none">${TEXT}</td>`],
		['a block between the cells of a table', `<table style="display:none"><div>${TEXT}</div><tr><td>a</table>`],
		['a text between the cells of a table', `<table style="display:none"><tr>${TEXT}<td>a</table>`],
		['all declarations undone', `<style>.h{display:none}</style><p class=h style="all:revert">${TEXT}</p>`],
	])('%s', (_, html) => expect(told(html)).toBe('seen'));

	it.each([
		['a later declaration', `<p style="display:none;display:block">${TEXT}</p>`],
		['a later size', `<p style="font-size:0;font-size:12px">${TEXT}</p>`],
		['a later rule', `<style>.x{display:none}.x{display:block}</style><p class=x>${TEXT}</p>`],
		['a later sheet', `<style>.x{display:none}</style><style>.x{display:inline}</style><p class=x>${TEXT}</p>`],
		['the style attribute', `<style>.x{display:none}</style><p class=x style="display:block">${TEXT}</p>`],
		['importance', `<style>.x{display:block!important}</style><p class=x style="display:none">${TEXT}</p>`],
		[
			'importance in the attribute',
			`<style>.x{display:none!important}</style><p class=x style="display:block ! important">${TEXT}</p>`,
		],
		['an id', `<style>#a{display:block}.x{display:none}</style><p class=x id=a>${TEXT}</p>`],
		['a tag and a class', `<style>p.x{display:block}.x{display:none}</style><p class=x>${TEXT}</p>`],
		[
			'a rule outside of a layer',
			`<style>.x{display:block}@layer a{p#a.x{display:none}}</style><p class=x id=a>${TEXT}</p>`,
		],
		[
			'a rule for wide screens',
			`<style>.x{display:none}@media (min-width:1px){.x{display:block}}</style><p class=x>${TEXT}</p>`,
		],
		['the display of an element that is called hidden', `<p hidden style="display:block">${TEXT}</p>`],
	])('%s counts', (_, html) => expect(told(html)).toBe('seen'));

	it.each([
		`<ul><li style="display:none">a<li>${TEXT}</ul>`,
		`<dl><dt style="display:none">a<dd>${TEXT}</dl>`,
		`<table><tr><td style="display:none">a<td>${TEXT}</table>`,
		`<table><tr style="display:none"><td>a<tr><td>${TEXT}</table>`,
		`<table><tbody style="display:none"><tr><td>a<tbody><tr><td>${TEXT}</table>`,
		`<p style="display:none">a<div>${TEXT}</div>`,
		`<p style="display:none">a<table><tr><td>${TEXT}</table>`,
		`<p style="display:none">a<p>${TEXT}`,
		`<div><span style="display:none">a</div><p>${TEXT}</p>`,
		`<table><tr><td><span style="display:none">a</td></tr></table><p>${TEXT}</p>`,
		`<b style="display:none"><div>a</b>${TEXT}</div>`,
		`<select><option style="display:none">a<option>${TEXT}</select>`,
		`<svg><rect style="display:none"/><text>${TEXT}</text></svg>`,
	])('what ends with another element hides no more: %s', (html) => expect(told(html)).toBe('seen'));

	it.each([
		`<style media=print>.x{display:none}</style><p class=x>${TEXT}</p>`,
		`<style type="text/template">.x{display:none}</style><p class=x>${TEXT}</p>`,
		`<noscript><style>.x{display:none}</style></noscript><p class=x>${TEXT}</p>`,
		`<!--[if mso]><style>.x{display:none}</style><![endif]--><p class=x>${TEXT}</p>`,
		`<style>@media print{.x{display:none}}@font-face{.x{display:none}}</style><p class=x>${TEXT}</p>`,
		`<style>.x:hover,.x::before,.y + .x,.x:not(p){display:none}</style><p class=x>${TEXT}</p>`,
		`<style>.x,.y:such{display:none}.x,.y::-moz-such{display:none}</style><p class=x>${TEXT}</p>`,
		`<style>a{content:"/*"}.x{display:none}b{content:"*/"}.x{display:block}</style><p class=x>${TEXT}</p>`,
	])('a sheet or rule that is not for this text says nothing: %s', (html) => expect(told(html)).toBe('seen'));

	it.each([
		`<p style="content:'display:none'">${TEXT}</p>`,
		`<p style="display:none-such">${TEXT}</p>`,
		`<p style="color:red" style="display:none">${TEXT}</p>`,
		`<style>.x{display:none}</style><p class=y class=x>${TEXT}</p>`,
		`<p style="overflow:hidden;height:0;height:auto">${TEXT}</p>`,
		`<p style="max-height:0">${TEXT}</p>`,
		`<span style="max-height:0;overflow:hidden;transform:scale(0)">${TEXT}</span>`,
		`<p style="left:-9999px">${TEXT}</p>`,
		`<p style="background:url(x.png?;display:none)">${TEXT}</p>`,
	])('what is no such declaration says nothing: %s', (html) => expect(told(html)).toBe('seen'));
});

describe('what no reader sees is told as hidden', () => {
	it.each([
		'max-height:0;overflow:hidden',
		'height:0px;width:0px;overflow:hidden',
		'position:absolute;left:-9999px',
		'position:absolute;top:-1000em',
		'margin-left:-9999px',
		'text-indent:-9999px',
		'color:transparent',
		'color:rgba(0,0,0,0)',
		'color:#ffffff00',
		'color:#FEFEFE',
		'background:#102030;color:#102031',
		'font-size:1px',
		'font-size:.01em',
		'font:0/0 a',
		'opacity:.0',
		'OPACITY:0%',
		'transform:scale(0)',
		'transform:translateX(-9999px)',
		'clip-path:inset(100%)',
		'position:absolute;clip:rect(1px,1px,1px,1px)',
		'visibility:collapse',
		'display&#58;none',
		'display:/**/none',
		'display:n\\6fne',
		'filter:opacity(0)',
		'height:calc(1px - 1px);overflow:hidden',
		'font-size:calc(0px)',
		'block-size:0;overflow:hidden',
		'max-block-size:0;overflow:hidden',
		'position:absolute;inset:-9999px auto auto -9999px',
		'position:absolute;inset-inline-start:-9999px',
		'position:absolute;right:200%',
		'position:absolute;left:9999px',
		'margin-left:9999px',
		'zoom:0.01',
		'transform:scale(0.001)',
		'transform:rotateY(90deg)',
		'transform:matrix(0,0,0,0,0,0)',
		'transform:translateX(-200%)',
		'translate:-9999px',
		'scale:0',
		'rotate:y 90deg',
		'-webkit-text-fill-color:transparent',
		'color:#000;-webkit-text-fill-color:#fff',
	])('%s', (style) => expect(told(`<p>one.example</p><div style="${style}">${TEXT}</div>`)).toBe('hidden'));

	it.each([
		[`<font color="#FFFFFF">${TEXT}</font>`],
		[`<body bgcolor=black text=black>${TEXT}`],
		[`<div style="background:#ffffff">one.example <span style="color:#ffffff">${TEXT}</span></div>`],
		[`<dialog>${TEXT}</dialog>`],
		[`<p hidden=until-found>${TEXT}</p>`],
		[`<svg><text display="none">${TEXT}</text></svg>`],
	])('%s', (html) => expect(told(html)).toBe('hidden'));

	it.each([
		['a tag', 's{display:none}'],
		['a class', '.x{display:none}'],
		['two classes', 's.x.y{display:none}'],
		['an attribute', '[data-h]{display:none}'],
		['the value of one', 's[class~="x"][data-h^=ON i]{display:none}'],
		['a descendant', 'div .x{display:none}'],
		['a child', 'body > div>s{display:none}'],
		['a negation', 'html .x:not(.z, td){display:none}'],
		['a choice', ':is(p, s).x{display:none}'],
		['a position', 's:nth-child(2n){display:none}'],
		['escapes', '.\\79{display:none}'],
		['letters of any alphabet', '.é{display:none}'],
		['a comment of HTML around it', '<!-- /* .a{} */ .x{display:none} -->'],
		['@charset before it', '@charset "utf-8"; .x{display:none}'],
		['@import before it', '@import url(https://evil.example/a.css); .x{display:none}'],
		['@media screen', '@media only screen, print{.x{display:none}}'],
		['@media all', '@media all{.x{display:none}}'],
		['@media that holds on every screen', '@media screen and (min-width:1px){.x{display:none}}'],
		['a pseudo-element that browsers know', '.x,.q::-webkit-such,.q::part(a){display:none}'],
		['a size of nothing', '.x{display:block;zoom:.01}'],
		['letters without a colour', '.x{-webkit-text-fill-color:transparent}'],
		['a calculated height', '.x{display:block;max-height:calc(0px);overflow:hidden}'],
		['@supports', '@supports (display:block){.x{display:none}}'],
		['@layer', '@layer a{.x{display:none}}'],
		['a rule in a rule before it', '.q{color:red;.r{top:0}}.x{display:none}'],
		['capital letters', 'S.x{DISPLAY:NONE}'],
	])('by a style sheet: %s', (_, css) => {
		const page = `<div><i>one.example</i><s class="x y é" data-h=only>${TEXT}</s></div>`;
		expect(told(`<style>${css}</style>${page}`)).toBe('hidden');
		expect(told(`${page}<style>${css}</style>`)).toBe('hidden');
	});

	it('what has no room hides what is not placed elsewhere, and no more', () => {
		const inside = (style: string): string =>
			`<div style="height:0;overflow:hidden"><div style="color:#111"><div style="${style}">${TEXT}</div></div></div>`;
		expect(told(inside('position:relative;top:50px'))).toBe('hidden');
		expect(told(inside('position:absolute;display:none'))).toBe('hidden');
		expect(told(inside('position:fixed'))).toBe('seen');
		expect(
			told(`<div style="position:relative;height:0;overflow:hidden"><p style="position:absolute">${TEXT}</p></div>`),
		).toBe('hidden');
		expect(told(`<div style="opacity:0;height:0;overflow:hidden"><p style="position:absolute">${TEXT}</p></div>`)).toBe(
			'hidden',
		);
	});

	it.each([
		['.a{display:none}.b{display:block}', 'seen'],
		['.b{display:block}.a{display:none}', 'hidden'],
		['.a.b{display:none}.b.c{display:block}', 'seen'],
		['.b.c{display:block}.a.b{display:none}', 'hidden'],
		['p.a{display:none}.b{display:block}', 'hidden'],
	])('of two rules that ask for as much, the last one counts: %s', (css, expected) => {
		expect(told(`<style>${css}</style><p class="a b c">${TEXT}</p>`)).toBe(expected);
		expect(told(`<style>${css}</style><p class="c b a">${TEXT}</p>`)).toBe(expected);
	});

	it('a class written with character references', () =>
		expect(told(`<style>.x{display:none}</style><p class="&#120;">${TEXT}</p>`)).toBe('hidden'));

	it('links of a hidden element, and not those of one without room for text', () => {
		const found = extractIndicators({
			html: '<style>.h{display:none}</style><a class=h href="https://a.example/">x</a><div style="display:none"><a href="https://b.example/">y</a></div><td style="font-size:0"><a href="https://c.example/"><img src="https://d.example/x.png"></a></td><p style="display:none"><script src="https://e.example/x.js"></script></p>',
		});
		expect(
			['a', 'b', 'c', 'd', 'e'].filter((name) => flagsOf(found, `${name}.example`)?.includes('hidden-text')),
		).toEqual(['a', 'b']);
	});
});

describe('hiding is no way around href-mismatch', () => {
	const triaged = (html: string): Indicator[] =>
		extractIndicators({ html }, { exclude: LEAVE_OUT_PRESETS.phishingTriage });

	it.each([
		'<span style="font-size:0"><span style="font-size:14px">https://www.bank.com/login</span></span>',
		'<style>.x{display:none}</style><style>.x{display:inline}</style><span class=x>https://www.bank.com/login</span>',
		// What is hidden by every rule, for whoever reads it otherwise.
		'<span style="display:none">https://www.bank.com/login</span>',
		'<span style="color:#fff">https://www.bank.com/login</span>',
	])('%s', (label) => {
		const html = `<p>Sign in: <a href="https://drop.example/a">${label}</a></p>`;
		expect(flagsOf(extractIndicators({ html }), 'https://drop.example/a')).toContain('href-mismatch');
		expect(triaged(html).map(({ value }) => value)).not.toContain('https://www.bank.com/login');
	});

	it('an end that a cell before it has not written hides none of it', () => {
		const found = extractIndicators({
			html: '<table><tr><td style="display:none">a<tr><td>Pay: <a href="https://drop.example/a">www.bank.com</a>',
		});
		expect(flagsOf(found, 'https://drop.example/a')).toContain('href-mismatch');
		expect(flagsOf(found, 'www.bank.com')).toEqual(['link-text']);
	});
});

it('letters and words join as they are seen', () => {
	const found = extractIndicators({
		html: '<p>dr<i style="display:none">x</i>op.example <span style="opacity:0">on</span><span style="opacity:0">e.example</span></p><div>two<div hidden>x</div>.example</div>',
	}).map(({ value }) => value);
	expect(found).toEqual(['drop.example', 'two.example', 'e.example']);
});

it('beyond what is looked at, text counts as seen', () => {
	expect(told(`${'<div>'.repeat(600)}<p style="display:none">${TEXT}</p>`)).toBe('seen');
	const rules = Array.from({ length: 6_000 }, (_, index) => `.r${index}{display:none}`).join('');
	expect(told(`<style>${rules}</style><p class=r1>${TEXT}</p>`)).toBe('seen');
});
