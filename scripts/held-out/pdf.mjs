// PDF: actions, forms, annotations and ways to paint that other producers have.
import { deflateSync } from 'node:zlib';
import { at, cells, framed, link, painted, plant, read, run, write } from './plant.mjs';

const stream = (dictionary, data, isPacked = true) => {
	const body = isPacked ? deflateSync(Buffer.from(data)) : Buffer.from(data);
	return Buffer.concat([
		Buffer.from(`<<${dictionary}${isPacked ? '/Filter/FlateDecode' : ''}/Length ${body.length}>>stream\r\n`),
		body,
		Buffer.from('\r\nendstream'),
	]);
};

/** Objects by their numbers; 1 is the catalogue, 2 the pages, 3 the page, 4 its content, 5 a font. */
function file(objects, { prefix = '', trailer = '' } = {}) {
	const parts = [Buffer.from(`${prefix}%PDF-1.6\r%\xbf\xf7\xa2\xfe\r`, 'latin1')];
	let length = parts[0].length - prefix.length;
	const places = new Map();
	for (const [number, object] of Object.entries(objects)) {
		places.set(Number(number), length);
		const bytes = Buffer.concat([Buffer.from(`${number} 0 obj\r`), Buffer.from(object), Buffer.from('\rendobj\r')]);
		parts.push(bytes);
		length += bytes.length;
	}
	const size = Math.max(...places.keys()) + 1;
	const rows = Array.from({ length: size }, (_, i) =>
		places.has(i) ? `${String(places.get(i)).padStart(10, '0')} 00000 n\r\n` : '0000000000 65535 f\r\n',
	);
	parts.push(
		Buffer.from(
			`xref\r0 ${size}\r${rows.join('')}trailer<</Size ${size}/Root 1 0 R${trailer}>>\rstartxref\r${length}\r%%EOF`,
		),
	);
	return Buffer.concat(parts);
}

function page({
	catalog = '',
	entries = '',
	annots = '',
	content = '',
	resources = '',
	objects = {},
	box = '0 0 595 842',
	...more
}) {
	return file(
		{
			1: `<</Type/Catalog/Pages 2 0 R${catalog}>>`,
			2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
			3: `<</Type/Page/Parent 2 0 R/MediaBox[${box}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>${resources}>>/Annots[${annots}]${entries}>>`,
			4: stream('', content),
			5: '<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>',
			...objects,
		},
		more,
	);
}
const pdf = (name, planted, bytes) => plant(`${name}.pdf`, { kind: 'pdf', ...planted }, bytes);
const show = (...lines) =>
	`BT/F 12 Tf 15 TL 50 780 Td${lines.map((line) => `(${line.replace(/[()\\]/g, '\\$&')})Tj T*`).join('')} ET`;
const url = (name, rest = 'a') => `https://${name}.held.example.com/${rest}`;
const uri = (name, rest) => `<</S/URI/URI(${url(name, rest)})>>`;
const one = (name, rest) => ({ urls: [url(name, rest)] });
const button = (more) => `<</Type/Annot/Subtype/Widget/FT/Btn/T(b)/Rect[50 50 200 80]${more}>>`;

/** A picture of a code as an object of a PDF. */
function image(rows, { mask = false, invert = false } = {}) {
	const width = rows[0].length;
	const line = Math.ceil(width / 8);
	const data = Buffer.alloc(line * rows.length);
	rows.forEach((row, y) =>
		row.forEach((isDark, x) => {
			if (isDark === invert) data[y * line + (x >> 3)] |= 0x80 >> (x & 7);
		}),
	);
	const kind = mask ? '/ImageMask true' : '/ColorSpace/DeviceGray';
	return stream(`/Type/XObject/Subtype/Image/Width ${width}/Height ${rows.length}/BitsPerComponent 1${kind}`, data);
}
const squares = (rows, size) =>
	rows
		.flatMap((row, y) =>
			row.map((isDark, x) => (isDark ? `${x * size} ${(rows.length - 1 - y) * size} ${size} ${size} re` : '')),
		)
		.filter((square) => square !== '')
		.join('\n');

export function makePdf() {
	/* Where actions may stand. */
	pdf(
		'outline-uri',
		one('outline'),
		page({
			catalog: '/Outlines 6 0 R',
			objects: {
				6: '<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>',
				7: `<</Title(Open the invoice)/Parent 6 0 R/A ${uri('outline')}>>`,
			},
		}),
	);
	pdf('page-opens', one('pageopens'), page({ entries: `/AA<</O ${uri('pageopens')}>>` }));
	pdf('document-closes', one('closes'), page({ catalog: `/AA<</WC ${uri('closes')}>>` }));
	pdf(
		'field-action',
		one('fieldaction'),
		page({
			annots: '6 0 R',
			catalog: '/AcroForm<</Fields[6 0 R]>>',
			objects: { 6: button(`/AA<</U ${uri('fieldaction')}>>`) },
		}),
	);
	pdf(
		'next-action',
		{ urls: [url('next', '1'), url('next', '2')] },
		page({
			annots: `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/GoTo/D[3 0 R/Fit]/Next[${uri('next', '1')}<</S/Named/N/NextPage/Next ${uri('next', '2')}>>]>>>>`,
		}),
	);
	pdf(
		'remote-goto',
		{ ...one('gotor', 'doc.pdf') },
		page({
			annots: `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/GoToR/F<</Type/Filespec/FS/URL/F(${url('gotor', 'doc.pdf')})>>/D[0/Fit]>>>>`,
		}),
	);
	pdf(
		'remote-goto-plain',
		{ ...one('gotorplain', 'doc.pdf') },
		page({
			annots: `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/GoToR/F(${url('gotorplain', 'doc.pdf')})/D[0/Fit]>>>>`,
		}),
	);
	pdf(
		'launch-program',
		{ ...one('launched'), flags: ['launch-action', 'open-action'] },
		page({
			catalog: `/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c start ${url('launched')})>>>>`,
		}),
	);
	pdf(
		'launch-share',
		{ urls: ['https://share.held.example.com/d/invoice.exe'], flags: ['launch-action'] },
		page({
			annots:
				'<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/Launch/F(\\\\\\\\share.held.example.com\\\\d\\\\invoice.exe)>>>>',
		}),
	);
	pdf(
		'import-data',
		one('importdata', 'x.fdf'),
		page({
			annots: '6 0 R',
			objects: { 6: button(`/A<</S/ImportData/F<</FS/URL/F(${url('importdata', 'x.fdf')})>>>>`) },
		}),
	);
	pdf(
		'submit-reference',
		{ ...one('submitref'), flags: ['submit-form'] },
		page({
			annots: '6 0 R',
			objects: {
				6: button('/A<</S/SubmitForm/F 7 0 R/Flags 4>>'),
				7: '<</F 8 0 R/FS/URL>>',
				8: `(${url('submitref')})`,
			},
		}),
	);
	pdf(
		'uri-reference',
		one('uriref'),
		page({
			annots: '<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A 6 0 R>>',
			objects: { 6: '<</S/URI/URI 7 0 R>>', 7: `(${url('uriref')})` },
		}),
	);
	pdf(
		'uri-reference-outline',
		one('urirefoutline'),
		page({
			catalog: '/Outlines 6 0 R',
			objects: {
				6: '<</First 7 0 R/Last 7 0 R/Count 1>>',
				7: '<</Title(x)/Parent 6 0 R/A<</S/URI/URI 8 0 R>>>>',
				8: `(${url('urirefoutline')})`,
			},
		}),
	);
	pdf(
		'uri-base',
		{ urls: ['https://base.held.example.com/in/login.php?x=1'] },
		page({
			catalog: '/URI<</Base(https://base.held.example.com/in/)>>',
			annots: '<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/URI/URI(login.php?x=1)>>>>',
		}),
	);
	pdf(
		'named-escaped',
		one('nameescaped'),
		page({
			annots: `<</Type/Annot/#53ubtype/Link/Rect[0 0 595 842]/#41<</S/#55R#49/#55#52I(${url('nameescaped')})>>>>`,
		}),
	);
	pdf(
		'comment-between',
		one('commented'),
		page({
			annots: `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S%x\r/URI/URI % (https://not.held.example.com/)\r(${url('commented')})>>>>`,
		}),
	);
	pdf(
		'string-continued',
		one('continued', 'path/to'),
		page({
			annots:
				'<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/URI/URI(ht\\164ps:/\\\r\n/continued.held.\\\rexample\\56com/path/to)>>>>',
		}),
	);
	pdf(
		'script-url',
		{ ...one('script'), flags: ['pdf-javascript', 'open-action'] },
		page({
			catalog: '/OpenAction 6 0 R',
			objects: { 6: '<</S/JavaScript/JS 7 0 R>>', 7: stream('', `app.launchURL("${url('script')}", true);`) },
		}),
	);
	pdf(
		'script-utf16',
		{ ...one('scriptwide'), flags: ['pdf-javascript'] },
		page({
			catalog: '/Names<</JavaScript<</Names[(a)6 0 R]>>>>',
			objects: {
				6: `<</S/JavaScript/JS<FEFF${Buffer.from(`app.launchURL('${url('scriptwide')}')`, 'utf16le')
					.swap16()
					.toString('hex')}>>>`,
			},
		}),
	);
	pdf(
		'rendition',
		{ ...one('rendition', 'v.mp4') },
		page({
			annots: `<</Type/Annot/Subtype/Screen/Rect[0 0 99 99]/A<</S/Rendition/R<</S/MR/C<</S/MCD/D<</Type/Filespec/FS/URL/F(${url('rendition', 'v.mp4')})>>>>>>>>>>`,
		}),
	);

	/* What forms and annotations say. */
	pdf(
		'xfa',
		{ urls: [url('xfa', 'submit'), url('xfa', 'text')] },
		page({
			catalog: '/AcroForm<</Fields[]/XFA[(template)6 0 R(datasets)7 0 R]>>',
			objects: {
				6: stream(
					'',
					`<template xmlns="http://www.xfa.org/schema/xfa-template/3.3/"><subform><event><submit format="xml" target="${url('xfa', 'submit')}"/></event></subform></template>`,
				),
				7: stream(
					'',
					`<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><t>${url('xfa', 'text')}</t></xfa:datasets>`,
				),
			},
		}),
	);
	pdf(
		'free-text',
		one('freetext'),
		page({
			annots: `<</Type/Annot/Subtype/FreeText/Rect[50 700 400 730]/DA(/F 12 Tf)/Contents(Open ${url('freetext')} now)>>`,
		}),
	);
	pdf(
		'field-value',
		one('fieldvalue'),
		page({
			annots: '6 0 R',
			catalog: '/AcroForm<</Fields[6 0 R]>>',
			objects: { 6: `<</Type/Annot/Subtype/Widget/FT/Tx/T(t)/Rect[50 700 400 730]/V(${url('fieldvalue')})>>` },
		}),
	);
	pdf(
		'stamp-text',
		one('stamptext'),
		page({
			annots: '<</Type/Annot/Subtype/Stamp/Rect[50 600 450 700]/AP<</N 6 0 R>>>>',
			objects: {
				6: stream(
					'/Type/XObject/Subtype/Form/BBox[0 0 400 100]/Resources<</Font<</F 5 0 R>>>>',
					`BT/F 12 Tf 5 50 Td(${url('stamptext')})Tj ET`,
				),
			},
		}),
	);
	pdf(
		'rich-media',
		{ ...one('richmedia'), flags: ['embedded-file'] },
		page({
			annots: '<</Type/Annot/Subtype/RichMedia/Rect[0 0 99 99]/RichMediaContent<</Assets<</Names[(a.html)6 0 R]>>>>>>',
			objects: {
				6: '<</Type/Filespec/F(a.html)/EF<</F 7 0 R>>>>',
				7: stream('/Type/EmbeddedFile', `<html><a href="${url('richmedia')}">x</a></html>`),
			},
		}),
	);
	pdf(
		'associated-file',
		{ ...one('associated'), flags: ['embedded-file'] },
		page({
			catalog: '/AF[6 0 R]',
			objects: {
				6: '<</Type/Filespec/F(a.html)/AFRelationship/Data/EF<</F 7 0 R>>>>',
				7: stream('/Type/EmbeddedFile', `<html><a href="${url('associated')}">x</a></html>`),
			},
		}),
	);

	/* Text that is broken over lines. */
	for (const [name, ...lines] of [
		['slash', 'Go to https://slash.held.example.com/', 'account/verify?id=7 and log in'],
		['slash-inside', 'Go to https://slashinside.held.example.com/account/', 'verify/now?id=7'],
		['ampersand', 'https://ampersand.held.example.com/verify?a=1&', 'b=2 is the address'],
		['equals', 'https://equals.held.example.com/verify?token=', '83ab12ff'],
	])
		pdf(`broken-${name}`, { urls: [lines.join('').match(/https:\S+/)[0]] }, page({ content: show(...lines) }));
	pdf(
		'not-broken',
		{ urls: ['https://notbroken.held.example.com/'] },
		page({
			content: show('Our site is https://notbroken.held.example.com/', 'Regards, the team'),
		}),
	);

	/* Codes, painted in other ways. */
	const code = (name) => ({ urls: [url(name)], codes: [link(url(name))] });
	const qr = (name) => framed(cells(url(name)));
	pdf(
		'stamp-code',
		code('stampcode'),
		page({
			content: show('Scan'),
			annots: '<</Type/Annot/Subtype/Stamp/Rect[50 400 250 600]/AP<</N 6 0 R>>>>',
			objects: {
				6: stream('/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</I 7 0 R>>>>', '/I Do'),
				7: image(qr('stampcode')),
			},
		}),
	);
	pdf(
		'button-code',
		code('buttoncode'),
		page({
			annots: '6 0 R',
			catalog: '/AcroForm<</Fields[6 0 R]>>',
			objects: {
				6: '<</Type/Annot/Subtype/Widget/FT/Btn/Ff 65536/T(b)/Rect[50 400 250 600]/AP<</N 7 0 R>>>>',
				7: stream('/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</I 8 0 R>>>>', '/I Do'),
				8: image(qr('buttoncode')),
			},
		}),
	);
	pdf(
		'pattern-code',
		code('patterncode'),
		page({
			content: '/Pattern cs /P scn 50 400 200 200 re f',
			resources: '/Pattern<</P 6 0 R>>',
			objects: {
				6: stream(
					'/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 200 200]/XStep 200/YStep 200/Matrix[1 0 0 1 50 400]/Resources<</XObject<</I 7 0 R>>>>',
					'200 0 0 200 0 0 cm /I Do',
				),
				7: image(qr('patterncode')),
			},
		}),
	);
	const glyph = squares(qr('glyphcode'), 20);
	pdf(
		'glyph-code',
		code('glyphcode'),
		page({
			content: 'BT/Q 200 Tf 50 400 Td(A)Tj ET',
			resources: '/Font<</Q 6 0 R>>',
			objects: {
				6: `<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<</a 7 0 R>>/Encoding<</Type/Encoding/Differences[65/a]>>/FirstChar 65/LastChar 65/Widths[1000]/Resources<<>>>>`,
				7: stream('', `1000 0 0 0 1000 1000 d1 ${glyph} f`),
			},
		}),
	);
	const path = squares(qr('onepath'), 4);
	pdf('one-path-code', code('onepath'), page({ content: `1 0 0 1 50 400 cm ${path} f` }));
	const inline = qr('inlineimage');
	const packed = painted(inline, 1, (isDark) => [isDark ? 0 : 255]);
	pdf(
		'inline-image-code',
		code('inlineimage'),
		page({
			content: Buffer.concat([
				Buffer.from(`150 0 0 150 50 400 cm BI/W ${packed.width}/H ${packed.height}/BPC 8/CS/G/F/AHx ID `),
				Buffer.from(`${packed.data.toString('hex')}> EI`),
			]),
		}),
	);
	pdf(
		'mask-code',
		code('maskcode'),
		page({
			content: '0 0 .5 rg 150 0 0 150 50 400 cm /I Do',
			resources: '/XObject<</I 6 0 R>>',
			objects: { 6: image(qr('maskcode'), { mask: true }) },
		}),
	);
	const half = qr('halves');
	pdf(
		'two-halves',
		code('halves'),
		page({
			content: 'q 150 0 0 75 50 475 cm /I Do Q q 150 0 0 75 50 400 cm /J Do Q',
			resources: '/XObject<</I 6 0 R/J 7 0 R>>',
			objects: {
				6: image([...half, []].slice(0, Math.ceil(half.length / 2))),
				7: image(half.slice(Math.ceil(half.length / 2))),
			},
		}),
	);
	pdf(
		'dark-page-code',
		code('darkpage'),
		page({
			content: '0 g 0 0 595 842 re f 150 0 0 150 50 400 cm /I Do',
			resources: '/XObject<</I 6 0 R>>',
			objects: { 6: image(qr('darkpage'), { invert: true }) },
		}),
	);
	pdf(
		'tiny-code',
		code('tinycode'),
		page({
			content: '50 0 0 50 50 400 cm /I Do',
			resources: '/XObject<</I 6 0 R>>',
			objects: { 6: image(qr('tinycode')) },
		}),
	);
	pdf(
		'turned-code',
		code('turnedcode'),
		page({
			content: '120 70 -70 120 200 400 cm /I Do',
			resources: '/XObject<</I 6 0 R>>',
			box: '-50 -50 545 792',
			entries: '/Rotate 90',
			objects: { 6: image(qr('turnedcode')) },
		}),
	);
	pdf(
		'large-code',
		{ urls: [url('largecode', 'p'.repeat(180))], codes: [link(url('largecode', 'p'.repeat(180)))] },
		page({
			content: '100 0 0 100 50 400 cm /I Do',
			resources: '/XObject<</I 6 0 R>>',
			objects: { 6: image(framed(cells(url('largecode', 'p'.repeat(180)), 'L'))) },
		}),
	);

	/* The file around it. */
	const plain = page({
		annots: `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A ${uri('old')}>>`,
		objects: { 6: '<<>>' },
	});
	const update = Buffer.from(
		`\r3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A ${uri('updated')}>>]>>\rendobj\r`,
	);
	const before = Number(/startxref\r(\d+)/.exec(plain.toString('latin1'))[1]);
	pdf(
		'updated',
		one('updated'),
		Buffer.concat([
			plain,
			update,
			Buffer.from(
				`xref\r3 1\r${String(plain.length + 1).padStart(10, '0')} 00000 n\r\ntrailer<</Size 7/Root 1 0 R/Prev ${before}>>\rstartxref\r${plain.length + update.length}\r%%EOF`,
			),
		]),
	);
	pdf(
		'wrong-table',
		one('wrongtable'),
		Buffer.from(
			page({ annots: `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A ${uri('wrongtable')}>>` })
				.toString('latin1')
				.replace(/startxref\r\d+/, 'startxref\r99'),
			'latin1',
		),
	);
	pdf(
		'behind-junk',
		one('behindjunk'),
		page({
			annots: `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A ${uri('behindjunk')}>>`,
			prefix: `${'GIF89a'.padEnd(700, 'x')}\r`,
		}),
	);
	write(
		'actions.pdf',
		page({
			catalog: `/Outlines 6 0 R/AA<</WC ${uri('packed', 'closes')}>>`,
			annots: '8 0 R',
			objects: {
				6: '<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>',
				7: `<</Title(x)/Parent 6 0 R/A ${uri('packed', 'outline')}>>`,
				8: button(`/A<</S/SubmitForm/F<</FS/URL/F(${url('packed', 'submit')})>>>>`),
			},
		}),
	);
	const all = {
		urls: ['closes', 'outline', 'submit'].map((rest) => url('packed', rest)).sort(),
		flags: ['submit-form'],
	};
	const qpdf = (name, planted, ...options) => {
		run(
			'qpdf',
			['--deterministic-id', ...options, at('actions.pdf'), at(`${name}.pdf`)].filter((option) =>
				options.includes('--encrypt') ? option !== '--deterministic-id' : true,
			),
		);
		pdf(name, planted, read(`${name}.pdf`));
	};
	qpdf('object-streams', all, '--object-streams=generate');
	qpdf('linear-object-streams', all, '--linearize', '--object-streams=generate');
	const secret = { ...all, flags: ['submit-form', 'password-protected', 'password-in-message'] };
	qpdf(
		'encrypted-r6',
		{ ...secret, body: 'The password is: Ab-2026' },
		'--object-streams=generate',
		'--encrypt',
		'Ab-2026',
		'owner',
		'256',
		'--',
	);
	qpdf(
		'encrypted-r6-accents',
		{ ...secret, body: 'Contraseña: año2026' },
		'--encrypt',
		'año2026',
		'owner',
		'256',
		'--',
	);
	qpdf(
		'encrypted-rc4-accents',
		{ ...secret, body: 'Contraseña: año2026' },
		'--allow-weak-crypto',
		'--encrypt',
		'año2026',
		'owner',
		'40',
		'--',
	);
	qpdf('owner-only-r6', all, '--encrypt', '', 'owner', '256', '--modify=none', '--');
	qpdf('owner-only-rc4', all, '--allow-weak-crypto', '--encrypt', '', 'owner', '128', '--use-aes=n', '--');
	qpdf(
		'clear-metadata',
		{ ...secret, body: 'PIN 4711' },
		'--encrypt',
		'4711',
		'owner',
		'256',
		'--cleartext-metadata',
		'--',
	);
	// Whoever knows the owner's password opens it as well.
	qpdf('owner-in-mail', { ...secret, body: 'Password: owner77' }, '--encrypt', 'unknown-words', 'owner77', '256', '--');

	/* Other producers. */
	write(
		'flow.fodt',
		`<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text"><office:automatic-styles><style:page-layout style:name="p"><style:page-layout-properties fo:page-width="7cm" fo:page-height="15cm" fo:margin="1cm"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="p"/></office:master-styles><office:body><office:text><text:p>Please open https://libreoffice.held.example.com/accounts/verify/the/payment/of/november and <text:a xlink:href="${url('libreoffice', 'anchor')}">here</text:a></text:p></office:text></office:body></office:document>`,
	);
	run('soffice', ['--headless', '--convert-to', 'pdf', '--outdir', at(''), at('flow.fodt')]);
	pdf(
		'libreoffice-narrow',
		{
			urls: [url('libreoffice', 'accounts/verify/the/payment/of/november'), url('libreoffice', 'anchor')],
		},
		read('flow.pdf'),
	);
	write(
		'gs.ps',
		`%!PS\n[/Rect[50 700 300 730]/Action<</Subtype/URI/URI(${url('ghostscript')})>>/Subtype/Link/ANN pdfmark\n/Helvetica findfont 12 scalefont setfont 50 710 moveto (Open) show showpage\n`,
	);
	run('gs', ['-q', '-dNOPAUSE', '-dBATCH', '-sDEVICE=pdfwrite', '-o', at('gs.pdf'), at('gs.ps')]);
	pdf('ghostscript', one('ghostscript'), read('gs.pdf'));
	write('code.ps', Buffer.from(run('qrencode', ['-t', 'EPS', '-o', '-', url('vectorcode')])));
	run('gs', ['-q', '-dNOPAUSE', '-dBATCH', '-sDEVICE=pdfwrite', '-dEPSCrop', '-o', at('code.pdf'), at('code.ps')]);
	pdf('ghostscript-code', code('vectorcode'), read('code.pdf'));
}
