import { extractIndicators } from '../../../lib/indicators';
import { attachment, message } from './messages';

const PLACE = 'https://drop-host.example/p?a=1';
/** URLs and domains that a script in an HTML page tells of. */
const told = (code: string): string[] =>
	extractIndicators({ html: `<script>${code}</script>` })
		.filter(({ derivedFrom }) => derivedFrom === undefined)
		.map(({ value }) => value);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a URL that a script writes in pieces is told whole, and none of its pieces', () => {
	it.each([
		['plus signs', `location='https://'+'drop-host.example'+'/p?a=1'`],
		['comments between them', `location="https:"/*x*/+/* y */"//drop-host.example/p?a=1"`],
		['line breaks between them', 'location = "https://drop-" +\n\t"host.example" + `/p?a=1`;'],
		['one statement after the other', `var a="https://drop-";a+="host.example/p?a=1";location=a`],
		['other names between them', `let a='https://drop-', n = 7; if (n) { a += 'host.exam'; } a += 'ple/p?a=1'`],
		[
			'a name that has a piece',
			`const scheme="https://", rest="/p?a=1"; location = scheme + "drop-host.example" + rest`,
		],
		['a list', `location=["https:/","/drop-","host.example/p?a=1"].join("")`],
		['letters from behind', `location="${[...PLACE].reverse().join('')}".split("").reverse().join("")`],
		['octal escapes', `location="\\150\\164\\164\\160\\163://drop-host.example/p?a=1"`],
		['escapes of every other kind', `location="\\x68t\\u0074p\\u{73}:\\/\\/drop-host.example/p?a=1"`],
		['base64 in pieces', `var k="${base64(PLACE).slice(0, 12)}"+"${base64(PLACE).slice(12)}";location=atob(k)`],
		['base64 of base64', `location=atob(atob("${base64(base64(PLACE))}"))`],
		['base64 of UTF-16', `x=atob("${Buffer.from(PLACE, 'utf16le').toString('base64')}")`],
		[
			'a list of character codes',
			`var a=[${[...PLACE].map((one) => one.charCodeAt(0)).join(', ')}];location=String.fromCharCode.apply(null,a)`,
		],
		['numbers between them', `location="https://drop-host.example/p?a="+1`],
		['a name that has the value of another one', `a="https://drop-";b=a;location=b+"host.example/p?a=1"`],
		['lines that go on, as in VBScript', `u = "https://drop" & _\n"-host.example" & _\n"/p?a=1"`],
		['ampersands, as in VBScript', `u = "https://drop" & "-host.example" & "/p?a=1"`],
	])('%s', (_, code) => expect(told(code)).toEqual([PLACE]));

	it.each([
		['what stands between is not known', `location="https://mail-"+name+"target.com/p"`],
		['what stands between is called', `location="https://mail."+f(7)+"target.com/p"`],
		['its beginning is not known', `a+="target.com/p"`],
		['its end is not here', `var a="https://www.target.co"; a+="mmerce-" + x`],
	])('nothing is told where %s', (_, code) =>
		expect(told(code).filter((value) => /target\.com?$/.test(value))).toEqual([]),
	);

	it.each([
		['was given what is not known since', 'a=g()'],
		['was given another sum', 'a=b+"x"'],
		['was given a sum with another end', 'a="x"+b'],
		['was given a number', 'a=5'],
		['was counted up', 'a++'],
		['was changed by an operator', 'a||="x"'],
		['had something added that is not known', 'a+=q'],
		['was made by a method', 'a="target".toUpperCase()'],
		['was given one of two', 'a="target"||b'],
		['was given what a call makes of it', 'a=g("target")'],
		['is that of a parameter', 'function f(a){}'],
		['is that of a parameter of an arrow', 'f=(b,a)=>0'],
		['is that of a member', 'b=0;o.a="other"', 'o.a'],
	])('no host is made up with a name that %s', (_, change, name = 'a') => {
		const code = `var a="target";${change};location="https://"+${name}+".trap.example/"`;
		expect(told(code).filter((value) => value.includes('.trap.'))).toEqual([]);
	});

	it('nor of what is added before and behind what is not known', () => {
		expect(told('var s="https://tar"; s+=q; s+="get.com/x"')).toEqual([]);
		expect(told('this.s="https://drop-"; this.s+="host.example/p?a=1"; var s="https://x"')).toEqual([PLACE]);
	});

	it('whole literals beside others stay as they are', () => {
		expect(
			told(`var base="https://drop-host.example/"; $.ajax({url: base+"send.php"}); f("two.example", x + 1)`),
		).toEqual(['https://drop-host.example/', 'https://drop-host.example/send.php', 'two.example']);
		// An expression that looks like a comment, an apostrophe in a comment, a string without end.
		expect(
			told(
				`x.replace(/^https?:\\/\\//,"");y='https://'+'drop-host.example/p?a=1' // don't\nvar z = 'open\nw="https://"+"two.example/"`,
			),
		).toEqual([PLACE, 'https://two.example/']);
	});

	it('a script that is attached as well', () => {
		const found = extractIndicators(
			message({
				attachments: [
					attachment('var u = "ht" + "tps://drop-"; u += "host.example/x.exe"', {
						fileName: 'a.js',
						contentType: 'text/plain',
					}),
				],
			}),
			{ attachments: false },
		).map(({ value }) => value);
		expect(found).toEqual(['https://drop-host.example/x.exe', 'drop-host.example']);
	});
});

it.each([
	'a=a+a;',
	'a+="x"+a;',
	'"a"+',
	'"\\',
	'`',
	"'\n",
	'/*',
	'["a",',
	'[',
	'a=["a","b"].join("");',
	'"a".split("").reverse().join("")+',
	'x+"a-"+y+"b.com";',
	'\\150',
	'var a1="x";',
	'[1,',
])('a script of nothing but %j', (pattern) => {
	const code = pattern.repeat(Math.ceil(500_000 / pattern.length));
	expect(extractIndicators({ html: `<script>var a="https://evil-";${code}</script>` }).length).toBeLessThanOrEqual(
		5_000,
	);
});
