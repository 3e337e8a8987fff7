import { extractIndicators, type Indicator } from '../../../lib/indicators';

const urls = (html: string): string[] =>
	extractIndicators({ html })
		.filter(({ type }) => type === 'url')
		.map(({ value }) => value);
const find = (found: Indicator[], value: string): Indicator | undefined =>
	found.find((indicator) => indicator.value === value);

it('every attribute that a client or browser opens gives its URL, with its place', () => {
	const found = extractIndicators({
		html: `<base target=_blank><a href="http://a.evil.example/">x</a><area href="http://b.evil.example/"><img src="http://c.evil.example/">
		<img srcset="http://d.evil.example/1x 1x, http://e.evil.example/a,b 480w"><form action="http://f.evil.example/"><button formaction="http://g.evil.example/">
		<iframe src="http://h.evil.example/"></iframe><body background="http://i.evil.example/"><td background='http://j.evil.example/'>
		<video poster=http://k.evil.example/><object data="http://l.evil.example/"><link rel=stylesheet href="http://m.evil.example/">
		<meta http-equiv="Refresh" content="5; URL='http://n.evil.example/'"><svg><a xlink:href="http://o.evil.example/"></a></svg>
		<input type=image src="http://p.evil.example/">`,
	}).filter(({ type }) => type === 'url');
	expect(found.map(({ value, sources }) => `${new URL(value).hostname[0]} ${sources[0]?.field}`)).toEqual([
		'a a[href]',
		'b area[href]',
		'c img[src]',
		'd img[srcset]',
		'e img[srcset]',
		'f form[action]',
		'g button[formaction]',
		'h iframe[src]',
		'i body[background]',
		'j td[background]',
		'k video[poster]',
		'l object[data]',
		'm link[href]',
		'n meta[refresh]',
		'o a[xlink:href]',
		'p input[src]',
	]);
});

it('the links of conditional comments for Outlook are read, other comments are not', () => {
	expect(
		urls(
			'<!--[if mso]><v:roundrect href="http://vml.evil.example/"><v:fill src="http://fill.evil.example/"/><style>x{background:url(http://css.evil.example)}</style></v:roundrect><![endif]--><!-- <a href="http://comment.evil.example/"> --><![if !mso]><a href="http://other.evil.example/">x</a><![endif]>',
		),
	).toEqual([
		'http://vml.evil.example/',
		'http://fill.evil.example/',
		'http://css.evil.example/',
		'http://other.evil.example/',
	]);
});

it('entities, tabs, new lines, backslashes and scheme-relative URLs are read as browsers read them', () => {
	expect(
		urls(
			'<a href="&#104;ttp&#58;//a.evil.example/?x=1&amp;y=2"></a><a href="ht\ntp://b.ev\til.example/"></a><a href="  https:\\\\c.evil.example\\d "></a><a href="//d.evil.example/x"></a><a href=https:e.evil.example></a>',
		),
	).toEqual([
		'http://a.evil.example/?x=1&y=2',
		'http://b.evil.example/',
		'https://c.evil.example/d',
		'https://d.evil.example/x',
	]);
});

it('relative URLs count against a base, and not at all without one', () => {
	expect(
		urls('<base href="http://base.evil.example/dir/"><a href="login.php">x</a><img src="/a.gif"><a href="#top">y</a>'),
	).toEqual(['http://base.evil.example/dir/login.php', 'http://base.evil.example/a.gif']);
	expect(
		urls(
			'<a href="login.php">x</a><img src="/a.gif"><img src="cid:image001.png@01D8A2B3.C4D5E6F0"><a href="javascript:location=1">',
		),
	).toEqual([]);
});

it('a defanged href is refanged', () => {
	expect(extractIndicators({ html: '<a href="hxxps[:]//evil[.]example/a">x</a>' })[0]).toMatchObject({
		value: 'https://evil.example/a',
		defanged: true,
	});
});

it('a bare URL in the text is found beside images (a body that other tools lose)', () => {
	expect(urls('<p>Pay at http://pay.evil.example/now</p><img src="http://logo.evil.example/x.png">')).toEqual([
		'http://pay.evil.example/now',
		'http://logo.evil.example/x.png',
	]);
});

it('mailto links give their addresses, all of them', () => {
	const found = extractIndicators({
		html: '<a href="mailto:a%40evil.example,b@evil.example?cc=c@evil.example&subject=hi">write</a>',
	});
	expect(found.filter(({ type }) => type === 'email-addr').map(({ value }) => value)).toEqual([
		'a@evil.example',
		'b@evil.example',
		'c@evil.example',
	]);
});

describe('visible text against target', () => {
	it('a link whose text shows another domain is flagged, the lure too', () => {
		const found = extractIndicators({
			html: '<p>Log in: <a href="https://evil.example/x"><b>https://www.bank.com/</b> login</a></p>',
		});
		expect(find(found, 'https://evil.example/x')).toMatchObject({
			flags: expect.arrayContaining(['href-mismatch']),
			sources: [{ part: 'html', field: 'a[href]', text: 'https://www.bank.com/ login' }],
		});
		expect(find(found, 'https://www.bank.com/')?.flags).toEqual(['link-text']);
		expect(find(found, 'www.bank.com')?.flags).toEqual(['link-text']);
	});

	it('the same domain, a sub-domain or words are no mismatch', () => {
		for (const text of ['https://bank.com/', 'www.bank.com', 'Click here', 'Bank.', 'Dr. Who', 'mail@other.com']) {
			const found = extractIndicators({ html: `<a href="https://login.bank.com/x">${text}</a>` });
			expect(find(found, 'https://login.bank.com/x')?.flags).toEqual([]);
		}
	});

	it('what a rewriter wraps is what the text is compared with', () => {
		const wrapped = (target: string): string =>
			`https://x.safelinks.protection.outlook.com/?url=${encodeURIComponent(target)}`;
		const honest = extractIndicators({ html: `<a href="${wrapped('https://bank.com/a')}">bank.com</a>` });
		expect(honest.flatMap(({ flags }) => flags)).not.toContain('href-mismatch');
		const lying = extractIndicators({ html: `<a href="${wrapped('https://evil.example/a')}">bank.com</a>` });
		expect(find(lying, 'https://evil.example/a')?.flags).toContain('href-mismatch');
		expect(lying[0]?.value).toBe('bank.com');
	});

	it('a lure that also stands elsewhere is no mere lure', () => {
		const found = extractIndicators({ html: '<a href="https://evil.example/x">www.bank.com</a> or www.bank.com' });
		expect(find(found, 'www.bank.com')?.flags).toEqual([]);
	});

	it('an anchor that is never closed ends at the next one', () => {
		const found = extractIndicators({
			html: '<a href="https://evil.example/1">one <a href="https://evil.example/2">two',
		});
		expect(found.map(({ sources }) => sources[0]?.text)).toEqual(['one', 'one', 'two']);
	});
});

it('HTML nested beyond reason is read to its end', () => {
	const html = `${'<div>'.repeat(50_000)}http://deep.evil.example/${'</span>'.repeat(50_000)}`;
	expect(urls(html)).toEqual(['http://deep.evil.example/']);
});

it('a style sheet with hundreds of pictures gives each of them, and one that stands in many rules once', () => {
	const pictures = Array.from({ length: 400 }, (_, i) => `https://evil-pictures.example/p/${i}.png`);
	const rules = pictures.map((url, i) => `.a${i}{background:url(${url})} .b${i}{background:url( '${pictures[0]}' )}`);
	const found = extractIndicators({ html: `<style>${rules.join('\n')}</style>` }).filter(({ type }) => type === 'url');
	expect(found.map(({ value }) => value)).toEqual(pictures);
	expect(found[1]!.sources).toEqual([{ part: 'html', field: 'style' }]);
});

it('tags and attributes of any name and case are told apart, however many there are', () => {
	const tags = Array.from(
		{ length: 500 },
		(_, i) => `<X-tag${i} DATA-a${i}="1" hReF="https://h${i}.evil.example/">x</x-TAG${i}>`,
	);
	const found = extractIndicators({ html: tags.join('') }).filter(({ type }) => type === 'url');
	expect(found.map(({ sources }) => sources[0]?.field)).toEqual(tags.map((_, i) => `x-tag${i}[href]`));
});
