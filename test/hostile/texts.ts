/**
 * Texts that would hurt a reader that backtracks, copies or looks back: what the tests, the measurements of growth and the bench are
 * fed with, in one place. Nothing is imported here, and nothing but types is TypeScript: the bench loads it as it is.
 */

/** Pieces of plain text. */
export const TEXTS: readonly string[] = [
	'http://',
	'a@',
	'1.',
	'a:',
	'hxxp[:]//a[.]',
	'http://a/',
	'http://a.com(',
	'[',
	'[.',
	'a[.]',
	'(dot)',
	'a dot ',
	'user at a dot ',
	'a,',
	'a%2E',
	'::',
	'[a:',
	'\u200b',
	'a\u200b.',
	'a+',
	'a-',
	'_',
	'http__',
	'd41d8cd98f00b204e9800998ecf8427e',
	'http://a@',
	'a.[com]',
	'\\',
	"'",
	'00:',
	'http://xn--',
	'\ud800',
	'。',
	'文.',
	'a.zip\n',
	'a.zip,',
	'http://a.com/b,c\n',
	'<http://a\n',
	'<http://a.com/\nb>',
	'\\[.\\]',
	'\\u002f',
	'&amp;',
	'a\u2022',
	'\\\\a.com@80\\',
	'1.2.3.*',
	'1.2.3.4-',
	'md5 d41d8cd98f00b204e9800998ecf8427e,',
	'|.|',
	'[[.',
	'+1',
	'+1 ',
	'+1 (2) ',
	'(888) ',
	'888-555-',
	'8 ',
	'@a',
	'@abcd ',
	'@abcd.',
	'HKLM\\',
	'HKLM\\a ',
	'HKLM\\a\\ ',
	'HKLM\\A B C ',
	'.com.The ',
	'文a',
	'"a b"@',
	'<a=b@c.com>',
	'https%3A//',
	'h t t p',
	'\\\\/',
	'a。https://',
	'a.zip and ',
	'http://a.com/?u=//b.com&',
	'dXJsPWh0dHBzOi8v',
	'sha256 b94d27b9934d3e08a52e52d7da7dabfa\n',
	'T1566.',
	'AS ',
	'words of prose ',
	'wörter aus prosa. ',
	'aaaaaaaaaaaaaaaaaaaaa ',
];

/** Pieces of HTML. */
export const HTML: readonly string[] = [
	'<div>',
	'</span>',
	'<a href="http://a.com">http://b.com</a>',
	'<a href=x>',
	'<!--[if mso]>',
	'<!--',
	'&#46;',
	'<a b=',
	'<textarea>',
	'<style>',
	'<',
	'<script>unescape("',
	"<script>atob('YWJj')</script>",
	'<script>"%3C',
	'<p style="display:none">a.com',
	'<style>url(http://a.com/',
	'<b style="background:url(http://a.com">',
	'<a onclick="',
	'<iframe srcdoc="',
	'<a href="data:text/html,<',
	'<style>/*',
	'<style>.a{display:none}</style><p class="a a a">',
	'<style>{font-size:0;',
	'<style>a,.b{display:none}',
	'<p class="none none" id=x>',
	'<style>div .x, .a > .b{display:none}</style><div class=x>',
	'<style>.x .y .z{opacity:0}.x{color:#fff}</style><b class="x y">',
	'<style>@media screen{',
	'<style>.a\\',
	'<style>[a="',
	'<style>:not(:is(',
	'<style>*{display:none}',
	'<b style=display:none><div></b>',
	'<li style="font-size:0"><p>',
	'<td style="color:#fff">a.com</td></tr>',
	'<p hidden><table>',
	'<table><b>',
	'<div style="height:0;overflow:hidden"><i style="position:absolute">',
	'<script>(a,b)=>',
	'<script>a="b";a++;',
	'<a href="http://a.com"><i hidden>b.com</i>',
	'<svg><g display=none />',
	'<dialog open></dialog><dialog>',
];

/** Pieces of a style. */
export const STYLES: readonly string[] = ['display:none;', 'font:', 'clip:rect(', 'a\\', '/*', '"', '(', 'color:#fff;'];

/** Pieces of an attribute's value. */
export const ATTRIBUTES: readonly string[] = ['http://a.com/', 'a, ', '&amp;', 'hxxp[:]//a[.]'];

/** Whole texts of a parser of patterns, of about so many characters. */
export const PATTERNS: Readonly<Record<string, (characters: number) => string>> = {
	'opening brackets': (n) => '['.repeat(n),
	'opening parentheses': (n) => '('.repeat(n),
	'parentheses in brackets': (n) => `[${'('.repeat(n)}`,
	'a number of very many digits': (n) => `[a:b = ${'9'.repeat(n)}]`,
	'a string of escapes without end': (n) => `[a:b = '${'\\\\'.repeat(n / 2)}`,
	'comments without end': (n) => '/*'.repeat(n / 2),
	'white space': (n) => ' '.repeat(n),
	'line ends': (n) => '\r\n'.repeat(n / 2),
	'a chain of OR': (n) => `[a:b = 1]${' OR [a:b = 1]'.repeat(n / 13)}`,
	'a long path': (n) => `[a:b${'[*].c'.repeat(n / 5)} = 1]`,
	'a long set': (n) => `[a:b IN (${'1,'.repeat(n / 2)}1)]`,
	base64: (n) => `[a:b = b'${'A'.repeat(n)}']`,
	qualifiers: (n) => `([a:b = 1])${' REPEATS 1 TIMES'.repeat(n / 16)}`,
};

/** A text of about so many characters of nothing but this piece. */
export function filled(piece: string, characters: number): string {
	return piece.repeat(Math.ceil(characters / piece.length));
}

/** HTML whose attributes are of nothing but this piece. */
export function attributesOf(piece: string, characters: number): string {
	const value = filled(piece, characters);
	return `<a href="${value}">x</a><img srcset="${value}"><meta http-equiv=refresh content="0;url=${value}">`;
}

/** HTML whose styles are of nothing but this piece: of an element, of a rule, of a sheet. */
export function stylesOf(piece: string, characters: number): string[] {
	const css = filled(piece, characters);
	return [`<p style='${css}'>a.com`, `<style>.a{${css}}</style><p class=a>a.com`, `<style>${css}`];
}
