// Makes test/fixtures/attachments: the files that the tests of lib/attachments open, and truth.json, which says what was planted in each.
// Makers: qpdf, qrencode, LibreOffice, 7zz, zip, openssl, ImageMagick and cwebp, as Debian has them; none is needed to run the tests.
//
//   node scripts/attachment-corpus.mjs
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'test', 'fixtures', 'attachments');
const work = mkdtempSync(join(tmpdir(), 'attachment-corpus-'));
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

const truth = [];
const at = (name) => join(work, name);
const run = (program, args, options = {}) =>
	execFileSync(program, args, { cwd: work, stdio: ['pipe', 'pipe', 'pipe'], ...options });

/** Keeps a file, and what was planted in it. `bytes` of undefined are those of the working folder. */
function plant(name, planted, bytes = readFileSync(at(name))) {
	writeFileSync(join(target, name), bytes);
	truth.push({ file: name, urls: [], codes: [], flags: [], notRead: [], ...planted });
}

/* PDF, by hand: what a maker writes shows how readers take it, not what a sender may do. */

function pdf(objects, trailer = '') {
	const parts = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
	let length = parts[0].length;
	const offsets = [];
	const push = (bytes) => {
		parts.push(bytes);
		length += bytes.length;
	};
	objects.forEach((object, i) => {
		offsets.push(length);
		push(Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]));
	});
	const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
	push(
		Buffer.from(
			`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer}>>\nstartxref\n${length}\n%%EOF\n`,
		),
	);
	return Buffer.concat(parts);
}

const stream = (dictionary, data) =>
	Buffer.concat([
		Buffer.from(`<< ${dictionary} /Length ${Buffer.byteLength(data)} >>\nstream\n`),
		Buffer.from(data),
		Buffer.from('\nendstream'),
	]);

const page = ({
	content = '',
	annotations = '',
	resources = '',
	box = '0 0 612 792',
	catalog = '',
	more = [],
	count = 1,
}) =>
	pdf([
		`<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
		`<< /Type /Pages /Kids [3 0 R] /Count ${count} >>`,
		`<< /Type /Page /Parent 2 0 R /MediaBox [${box}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> ${resources} >> /Annots [${annotations}] >>`,
		stream('', content),
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
		...more,
	]);

const link = (url, rect = '60 60 550 730') =>
	`<< /Type /Annot /Subtype /Link /Rect [${rect}] /Border [0 0 0] /A << /S /URI /URI (${url.replace(/[()\\]/g, '\\$&')}) >> >>`;
const text = (line, y = 700) => `BT /F1 11 Tf 60 ${y} Td (${line.replace(/[()\\]/g, '\\$&')}) Tj ET\n`;

const wrap = (name, build) => {
	const url = `https://${name}.example.com/doc?id=${name.length}7`;
	plant(`${name}.pdf`, build(url));
};
const pdfWith = (name, planted, bytes) => plant(`${name}.pdf`, { kind: 'pdf', ...planted }, bytes);
void wrap;

pdfWith(
	'link',
	{ urls: ['https://link.example.com/login?user=1&next=2'] },
	page({
		annotations: link('https://link.example.com/login?user=1&next=2'),
		content: text('Your invoice is ready. Click to open.'),
	}),
);
pdfWith(
	'link-text',
	{ urls: ['https://anno.example.com/a', 'https://text.example.com/in/the/text'] },
	page({
		annotations: link('https://anno.example.com/a'),
		content: text('Open https://text.example.com/in/the/text today'),
	}),
);
pdfWith(
	'text-only',
	{ urls: ['http://only.example.com/pay'] },
	page({ content: text('Go to http://only.example.com/pay and log in') }),
);
pdfWith(
	'text-broken',
	{ urls: ['https://broken.example.com/a-very-long-path/that-goes-on-and-on?token=abcdef0123456789'] },
	page({
		content:
			text('https://broken.example.com/a-very-long-path/that-goes-', 700) +
			text('on-and-on?token=abcdef0123456789', 686),
	}),
);
pdfWith(
	'link-utf16',
	{ urls: ['https://utf16.example.com/path'] },
	page({
		annotations: `<< /Type /Annot /Subtype /Link /Rect [60 60 550 730] /A << /S /URI /URI <FEFF${Buffer.from('https://utf16.example.com/path', 'utf16le').swap16().toString('hex')}> >> >>`,
	}),
);
pdfWith(
	'link-hex',
	{ urls: ['https://hex.example.com/path'] },
	page({
		annotations: `<< /Type /Annot /Subtype /Link /Rect [60 60 550 730] /A << /S /URI /URI <${Buffer.from('https://hex.example.com/path').toString('hex')}> >> >>`,
	}),
);
pdfWith(
	'link-blank',
	{ urls: ['https://blank.example.com/x'] },
	page({ annotations: link('https://blank.example.com/x   ') }),
);
pdfWith(
	'link-escaped',
	{ urls: ['https://escaped.example.com/a(b)c'] },
	page({ annotations: link('https://escaped.example.com/a(b)c') }),
);
pdfWith(
	'link-tel',
	{ urls: [] },
	page({ annotations: link('tel:+12025550143'), content: text('Call +1 202 555 0143 to cancel') }),
);
pdfWith(
	'link-mailto',
	{ urls: [], addresses: ['claims@mail.example.com'] },
	page({ annotations: link('mailto:claims@mail.example.com?subject=Refund') }),
);
pdfWith(
	'link-many',
	{ urls: Array.from({ length: 12 }, (_, i) => `https://many${i}.example.com/`) },
	page({
		annotations: Array.from({ length: 12 }, (_, i) =>
			link(`https://many${i}.example.com/`, `60 ${60 + i * 40} 550 ${90 + i * 40}`),
		).join(' '),
	}),
);
pdfWith(
	'decoys',
	{ urls: ['https://target.example.com/claim'], decoys: 60, flags: ['many-links'] },
	page({
		annotations: [
			...Array.from({ length: 60 }, (_, i) =>
				link(
					`https://honest${i}.example.org/#r${i * 7919}`,
					`${60 + (i % 10) * 20} ${60 + Math.floor(i / 10) * 20} ${75 + (i % 10) * 20} ${70 + Math.floor(i / 10) * 20}`,
				),
			),
			link('https://target.example.com/claim', '20 20 590 770'),
		].join(' '),
	}),
);
pdfWith(
	'button',
	{ urls: ['https://button.example.com/b'] },
	page({
		annotations:
			'<< /Type /Annot /Subtype /Widget /FT /Btn /T (b) /Rect [60 60 200 100] /A << /S /URI /URI (https://button.example.com/b) >> >>',
	}),
);
pdfWith(
	'open-action',
	{ urls: ['https://opens.example.com/o'], flags: ['open-action'] },
	page({ catalog: '/OpenAction << /S /URI /URI (https://opens.example.com/o) >>' }),
);
pdfWith(
	'javascript',
	{ urls: ['https://script.example.com/s'], flags: ['open-action', 'pdf-javascript'] },
	page({ catalog: '/OpenAction << /S /JavaScript /JS (app.launchURL\\("https://script.example.com/s", true\\);) >>' }),
);
pdfWith(
	'javascript-stream',
	{ urls: ['https://stream.example.com/s'], flags: ['pdf-javascript'] },
	page({
		catalog: '/Names << /JavaScript << /Names [(a) 6 0 R] >> >>',
		more: ['<< /S /JavaScript /JS 7 0 R >>', stream('', 'app.launchURL("https://stream.example.com/s");')],
	}),
);
pdfWith(
	'launch',
	{ flags: ['launch-action', 'open-action'] },
	page({ catalog: '/OpenAction << /S /Launch /F (cmd.exe) >>' }),
);
pdfWith(
	'submit',
	{ urls: ['https://submit.example.com/form'], flags: ['submit-form'] },
	page({
		annotations:
			'<< /Type /Annot /Subtype /Widget /FT /Btn /T (s) /Rect [60 60 200 100] /A << /S /SubmitForm /F << /FS /URL /F (https://submit.example.com/form) >> >> >>',
	}),
);
pdfWith(
	'unreachable',
	{ urls: ['https://reach.example.com/r'] },
	page({
		annotations: link('https://reach.example.com/r'),
		more: ['<< /S /URI /URI (https://nobody.example.com/n) >>'],
	}),
);
pdfWith(
	'metadata',
	{ properties: { title: 'Overdue invoice', author: 'Accounts' }, urls: ['https://meta.example.com/m'] },
	pdf(
		[
			'<< /Type /Catalog /Pages 2 0 R >>',
			'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
			`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Annots [${link('https://meta.example.com/m')}] >>`,
			'<< /Title (Overdue invoice) /Author (Accounts) /Producer (by hand) >>',
		],
		'/Info 4 0 R ',
	),
);
pdfWith(
	'leading-junk',
	{ urls: ['https://junk.example.com/j'] },
	Buffer.concat([Buffer.from('\n\nx'.repeat(40)), page({ annotations: link('https://junk.example.com/j') })]),
);
pdfWith('empty', {}, page({}));
pdfWith('no-link', {}, page({ content: text('Nothing leads anywhere here.') }));

const pages = (count, each) =>
	pdf([
		'<< /Type /Catalog /Pages 2 0 R >>',
		`<< /Type /Pages /Kids [${Array.from({ length: count }, (_, i) => `${3 + i} 0 R`).join(' ')}] /Count ${count} >>`,
		...Array.from(
			{ length: count },
			(_, i) => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Annots [${each(i)}] >>`,
		),
	]);
pdfWith(
	'pages-3',
	{ urls: [0, 1, 2].map((i) => `https://page${i}.example.com/`) },
	pages(3, (i) => link(`https://page${i}.example.com/`)),
);
pdfWith(
	'pages-40',
	{
		urls: Array.from({ length: 30 }, (_, i) => `https://far${i}.example.com/`),
		notRead: ['pages'],
		decoys: 10,
		flags: ['many-links'],
	},
	pages(40, (i) => link(`https://far${i}.example.com/`)),
);

/* The same, as qpdf writes it. */
const PASSWORDS = {
	'enc-rc4-40': ['40', '123'],
	'enc-rc4-128': ['128', '1234'],
	'enc-aes-128': ['128', '2020', '--use-aes=y'],
	'enc-aes-256': ['256', '0808'],
	'enc-word': ['256', 'Rechnung7'],
};
for (const [name, [bits, password, ...more]] of Object.entries(PASSWORDS)) {
	writeFileSync(
		at('plain.pdf'),
		page({ annotations: link(`https://${name}.example.com/pay`), content: text('Protected') }),
	);
	run('qpdf', [
		'--allow-weak-crypto',
		'--encrypt',
		password,
		'owner-secret',
		bits,
		...more,
		'--',
		'plain.pdf',
		`${name}.pdf`,
	]);
	const bodies = {
		'enc-rc4-40': `Segue a fatura. Senha de acesso: ${password}`,
		'enc-rc4-128': `Senha do PDF: #${password}#\nObrigado`,
		'enc-aes-128': `[PDF Password]:${password}`,
		'enc-aes-256': `SU CONTRASENA PERSONAL {${password}}`,
		'enc-word': `Das Passwort lautet ${password}.`,
	};
	pdfWith(
		name,
		{
			body: bodies[name],
			urls: [`https://${name}.example.com/pay`],
			flags: ['password-protected', 'password-in-message'],
			properties: { password },
		},
		readFileSync(at(`${name}.pdf`)),
	);
}
run('qpdf', ['--allow-weak-crypto', '--encrypt', '', 'owner-secret', '128', '--', 'plain.pdf', 'owner.pdf']);
pdfWith('enc-owner-only', { urls: ['https://enc-word.example.com/pay'] }, readFileSync(at('owner.pdf')));
run('qpdf', ['--encrypt', 'nobody-tells-it', 'owner', '256', '--', 'plain.pdf', 'closed.pdf']);
pdfWith(
	'enc-unknown',
	{ body: 'The password comes by phone.', flags: ['password-protected'], notRead: ['password'] },
	readFileSync(at('closed.pdf')),
);
const VARIANTS = {
	'object-streams': ['--object-streams=generate'],
	linearized: ['--linearize'],
	recompressed: ['--recompress-flate', '--compression-level=9', '--object-streams=generate'],
	qdf: ['--qdf'],
	'no-xref-streams': ['--object-streams=disable', '--stream-data=uncompress'],
};
for (const [variant, options] of Object.entries(VARIANTS)) {
	for (const [base, annotation, content, catalog, flags] of [
		['a', link(`https://${variant}-a.example.com/x`), text(`See https://${variant}-t.example.com/y now`), '', []],
		[
			'b',
			'<< /Type /Annot /Subtype /Widget /FT /Btn /T (b) /Rect [60 60 200 100] /A << /S /URI /URI (https://' +
				variant +
				'-b.example.com/z) >> >>',
			'',
			'/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>',
			['open-action', 'pdf-javascript'],
		],
	]) {
		writeFileSync(at('in.pdf'), page({ annotations: annotation, content, catalog }));
		run('qpdf', [...options, 'in.pdf', 'out.pdf']);
		const urls =
			base === 'a'
				? [`https://${variant}-a.example.com/x`, `https://${variant}-t.example.com/y`]
				: [`https://${variant}-b.example.com/z`];
		pdfWith(`qpdf-${variant}-${base}`, { urls, flags }, readFileSync(at('out.pdf')));
	}
}
writeFileSync(at('inner.html'), '<html><body><a href="https://inner.example.com/i">x</a></body></html>');
writeFileSync(at('in.pdf'), page({ content: text('See the attachment') }));
run('qpdf', ['--add-attachment', 'inner.html', '--', 'in.pdf', 'attached.pdf']);
pdfWith(
	'embedded-file',
	{ urls: ['https://inner.example.com/i'], flags: ['embedded-file'], children: ['inner.html'] },
	readFileSync(at('attached.pdf')),
);
writeFileSync(at('inner.pdf'), page({ annotations: link('https://nested.example.com/n') }));
run('qpdf', ['--add-attachment', 'inner.pdf', '--', 'in.pdf', 'attached.pdf']);
pdfWith(
	'embedded-pdf',
	{ urls: ['https://nested.example.com/n'], flags: ['embedded-file'], children: ['inner.pdf'] },
	readFileSync(at('attached.pdf')),
);

/* Codes. */
const qr = (value, file, ...options) => run('qrencode', ['-o', file, ...options, value]);
const image = (name, planted) => plant(name, { kind: 'image', ...planted });
const code = (value, content = 'link') => ({ text: value, content });
const coded = (name) => `https://${name}.example.com/c?q=${createHash('md5').update(name).digest('hex').slice(0, 6)}`;
for (const extension of ['png', 'jpg', 'gif', 'bmp', 'webp']) {
	const value = coded(`qr-${extension}`);
	qr(value, 'qr.png', '-s', '5');
	if (extension === 'webp') run('cwebp', ['-quiet', 'qr.png', '-o', 'qr.webp']);
	else if (extension !== 'png') run('convert', ['qr.png', `qr.${extension}`]);
	plant(`qr.${extension}`, { kind: 'image', urls: [value], codes: [code(value)] });
}
const DEGRADED = {
	rotated: ['-rotate', '17', '-background', 'white'],
	upside: ['-rotate', '180'],
	inverted: ['-negate'],
	blurred: ['-blur', '0x1.2'],
	grey: ['-level', '-80%,180%'],
	noisy: ['-attenuate', '0.4', '+noise', 'Gaussian'],
	shrunk: ['-resize', '45%'],
	grown: ['-resize', '300%'],
	skewed: ['-shear', '12x0'],
	coloured: ['-fill', '#264b96', '-opaque', 'black'],
	margin: ['-bordercolor', 'white', '-border', '120'],
	squeezed: ['-resize', '100%x80%!'],
};
for (const [name, options] of Object.entries(DEGRADED)) {
	const value = coded(`qr-${name}`);
	qr(value, 'qr.png', '-s', '6');
	run('convert', ['qr.png', ...options, 'degraded.png']);
	plant(`qr-${name}.png`, { kind: 'image', urls: [value], codes: [code(value)] }, readFileSync(at('degraded.png')));
}
for (const [level, file] of [
	['L', 'qr-level-l.png'],
	['H', 'qr-level-h.png'],
]) {
	const value = coded(`level-${level.toLowerCase()}`);
	qr(value, file, '-l', level);
	image(file, { urls: [value], codes: [code(value)] });
}
const PAYLOADS = {
	wifi: ['WIFI:T:WPA;S:Guest;P:not-a-secret;;', 'wifi'],
	contact: ['BEGIN:VCARD\nVERSION:3.0\nN:Doe\nURL:https://vcard.example.com/me\nEND:VCARD', 'contact'],
	payment: [
		'00020126360014br.gov.bcb.pix0114+55119999999995204000053039865802BR5904TEST6009SAO PAULO62070503***6304ABCD',
		'payment',
	],
	phone: ['tel:+12025550143', 'phone'],
	mail: ['mailto:help@code.example.com?subject=x', 'mail'],
	plain: ['Hello there', 'text'],
	bitcoin: ['bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT?amount=0.1', 'wallet'],
	otp: ['otpauth://totp/Test:a@example.com?secret=GEZDGNBV&issuer=Test', 'otp'],
	www: ['www.scheme.example.com/go', 'link'],
	upper: ['HTTPS://UPPER.EXAMPLE.COM/GO', 'link'],
	bare: ['bare.example.com/go?x=1', 'link'],
};
const PAYLOAD_URLS = {
	contact: ['https://vcard.example.com/me'],
	www: ['http://www.scheme.example.com/go'],
	upper: ['https://upper.example.com/GO'],
	bare: ['http://bare.example.com/go?x=1'],
};
for (const [name, [value, content]] of Object.entries(PAYLOADS)) {
	qr(value, `qr-${name}.png`);
	image(`qr-${name}.png`, { urls: PAYLOAD_URLS[name] ?? [], codes: [code(value, content)] });
}
qr(coded('two-a'), 'a.png', '-s', '5');
qr(coded('two-b'), 'b.png', '-s', '5');
run('convert', ['a.png', 'b.png', '+append', 'qr-two.png']);
image('qr-two.png', { urls: [coded('two-a'), coded('two-b')], codes: [code(coded('two-a')), code(coded('two-b'))] });
qr(coded('second-frame'), 'b.png', '-s', '4');
run('convert', [
	'-delay',
	'100',
	'-size',
	'160x160',
	'xc:white',
	'(',
	'b.png',
	'-resize',
	'160x160!',
	')',
	'qr-second-frame.gif',
]);
image('qr-second-frame.gif', { urls: [coded('second-frame')], codes: [code(coded('second-frame'))] });
const { writeBarcode } = createRequire(import.meta.url)('zxing-wasm/writer');
createRequire(import.meta.url)('zxing-wasm/writer').prepareZXingModule({
	overrides: {
		wasmBinary: readFileSync(
			createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'),
		).buffer.slice(0),
	},
});
for (const format of ['DataMatrix', 'Aztec', 'PDF417']) {
	const value = coded(format.toLowerCase());
	const { image: written, error } = await writeBarcode(value, { format, scale: 4, withQuietZones: true });
	if (!written) throw new Error(error);
	plant(
		`${format.toLowerCase()}.png`,
		{ kind: 'image', urls: [value], codes: [code(value)] },
		Buffer.from(await written.arrayBuffer()),
	);
}
for (const [name, options] of Object.entries({
	gradient: ['-size', '200x200', 'gradient:red-blue'],
	noise: ['-size', '160x160', 'xc:grey', '+noise', 'Random'],
	checker: ['-size', '160x160', 'pattern:checkerboard'],
	text: ['-size', '300x80', 'xc:white', '-pointsize', '20', '-draw', 'rectangle 10,10 60,60'],
})) {
	run('convert', [...options, `no-code-${name}.png`]);
	image(`no-code-${name}.png`, {});
}
for (const [kind, encoding] of Object.entries({ utf8: 'UTF8', utf8i: 'UTF8i', ascii: 'ASCII', asciii: 'ASCIIi' })) {
	const value = coded(`text-${kind}`);
	const drawn = run('qrencode', ['-t', encoding, '-o', '-', value]).toString();
	plant(
		`text-code-${kind}.txt`,
		{ kind: 'text', urls: [value], codes: [code(value)] },
		Buffer.from(`Scan me:\n\n${drawn}\nThank you\n`),
	);
	plant(
		`text-code-${kind}.html`,
		{ kind: 'html', urls: [value], codes: [code(value)] },
		Buffer.from(
			`<html><body><p>Scan me</p><pre style="line-height:1">${drawn.replace(/\n/g, '<br>')}</pre></body></html>`,
		),
	);
}
plant(
	'text-table.txt',
	{ kind: 'text' },
	Buffer.from(`${'#'.repeat(60)}\n# Report ${' '.repeat(49)}#\n${'#'.repeat(60)}\n${'##  ##  '.repeat(8)}\n`.repeat(8)),
);

/* Codes on pages. */
function qrCells(value) {
	const rows = run('qrencode', ['-t', 'ASCII', '-m', '4', '-o', '-', value])
		.toString()
		.split('\n')
		.filter((row) => row !== '');
	return rows.map((row) => [...row].filter((_, i) => i % 2 === 0).map((character) => character === '#'));
}
const squares = (value, size, x, y) =>
	qrCells(value)
		.flatMap((row, r) => row.flatMap((dark, c) => (dark ? [`${x + c * size} ${y - r * size} ${size} ${size} re`] : [])))
		.join('\n') + '\nf\n';
const picture = (value, { scale = 4 } = {}) => {
	const cells = qrCells(value);
	const width = cells[0].length * scale;
	const data = Buffer.alloc(width * cells.length * scale);
	for (let y = 0; y < cells.length * scale; y++)
		for (let x = 0; x < width; x++) data[y * width + x] = cells[Math.floor(y / scale)][Math.floor(x / scale)] ? 0 : 255;
	return stream(
		`/Type /XObject /Subtype /Image /Width ${width} /Height ${cells.length * scale} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode`,
		deflateSync(data),
	);
};
const onPage = (name, build) => {
	const value = coded(name);
	const { planted = {}, bytes } = build(value);
	pdfWith(
		name,
		{
			urls: [value, ...(planted.urls ?? [])],
			codes: [code(value)],
			...planted,
			...(planted.urls ? { urls: [value, ...planted.urls] } : {}),
		},
		bytes,
	);
};
onPage('page-picture', (value) => ({
	bytes: page({
		content: 'q 160 0 0 160 200 400 cm /I Do Q\n',
		resources: '/XObject << /I 6 0 R >>',
		more: [picture(value)],
	}),
	planted: { flags: ['image-only'] },
}));
onPage('page-picture-small', (value) => ({
	bytes: page({
		content: `q 70 0 0 70 400 600 cm /I Do Q\n${text('Scan to sign')}`,
		resources: '/XObject << /I 6 0 R >>',
		more: [picture(value)],
	}),
}));
onPage('page-vector', (value) => ({ bytes: page({ content: squares(value, 4, 150, 600) }) }));
onPage('page-vector-fine', (value) => ({
	bytes: page({ content: squares(value, 1.4, 400, 700) + text('Scan the code in the corner', 300) }),
}));
onPage('page-rotated', (value) => ({
	bytes: page({
		content: `q 0.9 0.43 -0.43 0.9 250 300 cm 160 0 0 160 0 0 cm /I Do Q\n`,
		resources: '/XObject << /I 6 0 R >>',
		more: [picture(value)],
	}),
	planted: { flags: ['image-only'] },
}));
onPage('page-large', (value) => ({
	bytes: page({
		box: '0 0 2400 3200',
		content: 'q 700 0 0 700 800 1200 cm /I Do Q\n',
		resources: '/XObject << /I 6 0 R >>',
		more: [picture(value)],
	}),
	planted: { flags: ['image-only'] },
}));
onPage('page-form', (value) => ({
	bytes: page({
		content: 'q 1 0 0 1 0 0 cm /X Do Q\n',
		resources: '/XObject << /X 7 0 R >>',
		more: [
			picture(value),
			stream(
				'/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /I 6 0 R >> >>',
				'q 150 0 0 150 200 300 cm /I Do Q',
			),
		],
	}),
	planted: { flags: ['image-only'] },
}));
onPage('page-and-link', (value) => ({
	bytes: page({
		content: 'q 150 0 0 150 200 400 cm /I Do Q\n',
		annotations: link('https://beside.example.com/l'),
		resources: '/XObject << /I 6 0 R >>',
		more: [picture(value)],
	}),
	planted: { urls: ['https://beside.example.com/l'], flags: ['image-only'] },
}));
{
	const value = coded('page-encrypted');
	writeFileSync(
		at('in.pdf'),
		page({
			content: 'q 150 0 0 150 200 400 cm /I Do Q\n',
			resources: '/XObject << /I 6 0 R >>',
			more: [picture(value)],
		}),
	);
	run('qpdf', ['--encrypt', '62734', 'owner', '256', '--', 'in.pdf', 'out.pdf']);
	pdfWith(
		'page-encrypted',
		{
			body: 'Le mot de passe est : 62734',
			urls: [value],
			codes: [code(value)],
			flags: ['password-protected', 'password-in-message', 'image-only'],
		},
		readFileSync(at('out.pdf')),
	);
}

/* Office, as LibreOffice writes it. */
qr(coded('office-picture'), 'office.png', '-s', '6');
writeFileSync(
	at('letter.html'),
	'<html><head><title>Letter</title></head><body><h1>Delivery note</h1><p>Please <a href="https://office-link.example.com/open?x=1">open the document</a> or write to <a href="mailto:desk@office.example.com">us</a>.</p><p>Plain: https://office-text.example.com/plain is here.</p></body></html>',
);
const profile = `-env:UserInstallation=file://${at('profile')}`;
const convert = (file, to, filter = '') =>
	run(
		'soffice',
		[
			profile,
			'--headless',
			'--norestore',
			...(filter ? [`--infilter=${filter}`] : []),
			'--convert-to',
			to,
			'--outdir',
			work,
			file,
		],
		{ timeout: 180_000 },
	);
const letter = {
	urls: ['https://office-link.example.com/open?x=1', 'https://office-text.example.com/plain'],
	addresses: ['desk@office.example.com'],
};
const officeKinds = { docx: 'office', odt: 'office', doc: 'office-legacy', rtf: 'rtf', pdf: 'pdf' };
for (const [extension, kind] of Object.entries(officeKinds)) {
	const to = {
		docx: 'docx:MS Word 2007 XML',
		odt: 'odt',
		doc: 'doc:MS Word 97',
		rtf: 'rtf:Rich Text Format',
		pdf: 'pdf:writer_pdf_Export',
	}[extension];
	convert('letter.html', to, 'HTML (StarWriter)');
	plant(`letter.${extension}`, { kind, ...letter });
}
writeFileSync(
	at('picture.html'),
	`<html><body><p>Scan this:</p><img src="data:image/png;base64,${readFileSync(at('office.png')).toString('base64')}" width="200" height="200"></body></html>`,
);
for (const extension of ['docx', 'odt']) {
	convert('picture.html', extension === 'docx' ? 'docx:MS Word 2007 XML' : 'odt', 'HTML (StarWriter)');
	plant(`picture.${extension}`, {
		kind: 'office',
		urls: [coded('office-picture')],
		codes: [code(coded('office-picture'))],
	});
}
writeFileSync(
	at('sheet.fods'),
	`<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet><table:table table:name="S"><table:table-row><table:table-cell office:value-type="string"><text:p><text:a xlink:href="https://sheet-link.example.com/s?a=1">Open</text:a></text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>https://sheet-text.example.com/t</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>`,
);
for (const [extension, to, kind] of [
	['xlsx', 'xlsx:Calc MS Excel 2007 XML', 'office'],
	['ods', 'ods', 'office'],
	['xls', 'xls:MS Excel 97', 'office-legacy'],
]) {
	convert('sheet.fods', to);
	plant(`sheet.${extension}`, {
		kind,
		urls: ['https://sheet-link.example.com/s?a=1', 'https://sheet-text.example.com/t'],
	});
}
writeFileSync(
	at('slides.fodp'),
	`<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.presentation"><office:body><office:presentation><draw:page draw:name="p1"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="15cm" svg:height="3cm"><draw:text-box><text:p><text:a xlink:href="https://slide-link.example.com/p">Open</text:a> or https://slide-text.example.com/t</text:p></draw:text-box></draw:frame></draw:page></office:presentation></office:body></office:document>`,
);
for (const [extension, to, kind] of [
	['pptx', 'pptx', 'office'],
	['odp', 'odp', 'office'],
	['ppt', 'ppt', 'office-legacy'],
]) {
	convert('slides.fodp', to);
	plant(`slides.${extension}`, {
		kind,
		urls: ['https://slide-link.example.com/p', 'https://slide-text.example.com/t'],
	});
}

/* Office by hand: what no maker writes, and senders do. */
function zip(name, files, ...options) {
	rmSync(at('zip'), { recursive: true, force: true });
	for (const [path, content] of Object.entries(files)) {
		mkdirSync(dirname(join(at('zip'), path)), { recursive: true });
		writeFileSync(join(at('zip'), path), content);
	}
	rmSync(at(name), { force: true });
	run('zip', ['-X', '-q', ...options, at(name), ...Object.keys(files)], { cwd: at('zip') });
	return readFileSync(at(name));
}
const NS =
	'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
const CONTENT_TYPES =
	'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';
const relations = (...list) =>
	`<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.map(([type, aim, external = true], i) => `<Relationship Id="rId${i + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${aim}"${external ? ' TargetMode="External"' : ''}/>`).join('')}</Relationships>`;
const docx = (name, body, planted, more = {}) =>
	plant(
		`${name}.docx`,
		{ kind: 'office', ...planted },
		zip(`${name}.docx`, {
			'[Content_Types].xml': CONTENT_TYPES,
			'_rels/.rels': relations(['officeDocument', 'word/document.xml', false]),
			'word/document.xml': `<?xml version="1.0"?><w:document ${NS}><w:body>${body}</w:body></w:document>`,
			...more,
		}),
	);
const paragraph = (inside) => `<w:p>${inside}</w:p>`;
const run_ = (inside) => `<w:r>${inside}</w:r>`;
docx(
	'field',
	paragraph(
		run_('<w:fldChar w:fldCharType="begin"/>') +
			run_('<w:instrText xml:space="preserve"> HYPERLINK "https://field.example.com/f?a=1&amp;b=2" </w:instrText>') +
			run_('<w:fldChar w:fldCharType="separate"/>') +
			run_('<w:t>Open</w:t>') +
			run_('<w:fldChar w:fldCharType="end"/>'),
	),
	{ urls: ['https://field.example.com/f?a=1&b=2'] },
);
docx(
	'field-split',
	paragraph(
		run_('<w:fldChar w:fldCharType="begin"/>') +
			[
				'<w:instrText> HYPER</w:instrText>',
				'<w:instrText>LINK "https://sp</w:instrText>',
				'<w:instrText>lit.example.com/</w:instrText>',
				'<w:instrText>s" \\t "_blank"</w:instrText>',
			]
				.map(run_)
				.join('') +
			run_('<w:fldChar w:fldCharType="separate"/>') +
			run_('<w:t>Open</w:t>') +
			run_('<w:fldChar w:fldCharType="end"/>'),
	),
	{ urls: ['https://split.example.com/s'] },
);
docx(
	'field-simple',
	paragraph(
		'<w:fldSimple w:instr=" HYPERLINK &quot;https://simple.example.com/s&quot; "><w:r><w:t>Open</w:t></w:r></w:fldSimple>',
	),
	{ urls: ['https://simple.example.com/s'] },
);
docx(
	'field-nested',
	paragraph(
		run_('<w:fldChar w:fldCharType="begin"/>') +
			run_('<w:instrText> IF 1 = 1 </w:instrText>') +
			run_('<w:fldChar w:fldCharType="begin"/>') +
			run_('<w:instrText> HYPERLINK "https://nested-field.example.com/n" </w:instrText>') +
			run_('<w:fldChar w:fldCharType="end"/>') +
			run_('<w:fldChar w:fldCharType="end"/>'),
	),
	{ urls: ['https://nested-field.example.com/n'] },
);
docx(
	'relationship',
	paragraph('<w:hyperlink r:id="rId1"><w:r><w:t>Open</w:t></w:r></w:hyperlink>'),
	{ urls: ['https://relation.example.com/r'] },
	{ 'word/_rels/document.xml.rels': relations(['hyperlink', 'https://relation.example.com/r']) },
);
docx(
	'text-over-runs',
	paragraph(run_('<w:t>https://over</w:t>') + run_('<w:t>-runs.example</w:t>') + run_('<w:t>.com/x</w:t>')),
	{ urls: ['https://over-runs.example.com/x'] },
);
docx(
	'external-template',
	paragraph(run_('<w:t>Wait</w:t>')),
	{ urls: ['https://template.example.com/t.dotm'], flags: ['external-template'] },
	{ 'word/_rels/settings.xml.rels': relations(['attachedTemplate', 'https://template.example.com/t.dotm']) },
);
docx(
	'external-object',
	paragraph(run_('<w:t>Wait</w:t>')),
	{ urls: ['https://object.example.com/o.html'], flags: ['external-relationship', 'ole-object'] },
	{
		'word/_rels/document.xml.rels': relations(['oleObject', 'https://object.example.com/o.html!']).replace(
			'o.html!',
			'o.html',
		),
	},
);
docx(
	'dde',
	paragraph(
		run_('<w:fldChar w:fldCharType="begin"/>') +
			run_('<w:instrText> DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" </w:instrText>') +
			run_('<w:fldChar w:fldCharType="end"/>'),
	),
	{ flags: ['dde-field'] },
);
docx(
	'remote-picture',
	paragraph(
		run_('<w:fldChar w:fldCharType="begin"/>') +
			run_('<w:instrText> INCLUDEPICTURE "https://remote-picture.example.com/p.png" \\d </w:instrText>') +
			run_('<w:fldChar w:fldCharType="end"/>'),
	),
	{ urls: ['https://remote-picture.example.com/p.png'], flags: ['external-relationship'] },
);
docx(
	'macro',
	paragraph(run_('<w:t>Enable content</w:t>')),
	{ flags: ['macro'] },
	{ 'word/vbaProject.bin': Buffer.from('not a project that can be read') },
);
docx(
	'embedded',
	paragraph(run_('<w:t>See inside</w:t>')),
	{ urls: ['https://in-embedded.example.com/e'], flags: ['embedded-file'], children: ['inner.pdf'] },
	{ 'word/embeddings/inner.pdf': page({ annotations: link('https://in-embedded.example.com/e') }) },
);
docx('broken-xml', paragraph(run_('<w:t>https://before-break.example.com/b </w:t>') + '<w:p></w:x>'), {
	urls: ['https://before-break.example.com/b'],
	flags: ['damaged'],
});
docx(
	'doctype',
	'',
	{ flags: ['damaged'] },
	{
		'word/document.xml': `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "https://entity.example.com/">]><w:document ${NS}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>`,
	},
);
plant(
	'formula.xlsx',
	{ kind: 'office', urls: ['https://formula.example.com/f'] },
	zip('formula.xlsx', {
		'[Content_Types].xml': CONTENT_TYPES,
		'_rels/.rels': relations(['officeDocument', 'xl/workbook.xml', false]),
		'xl/workbook.xml': '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
		'xl/worksheets/sheet1.xml':
			'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c><f>HYPERLINK("https://formula.example.com/f","Open")</f><v>Open</v></c></row></sheetData></worksheet>',
	}),
);

/* RTF by hand. */
const rtf = (name, inside, planted) =>
	plant(
		`${name}.rtf`,
		{ kind: 'rtf', ...planted },
		Buffer.from(`{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}${inside}}`),
	);
rtf('field', '{\\field{\\*\\fldinst{HYPERLINK "https://rtf-field.example.com/f"}}{\\fldrslt Open}}', {
	urls: ['https://rtf-field.example.com/f'],
});
rtf('template', '{\\*\\template https://rtf-template.example.com/t.dotm}Text', {
	urls: ['https://rtf-template.example.com/t.dotm'],
	flags: ['external-template'],
});
{
	const inner = Buffer.from('<html><script>location="https://rtf-object.example.com/o"</script></html>');
	const name = Buffer.from('page.html\0C:\\page.html\0');
	const native = Buffer.concat([
		Buffer.from([2, 0]),
		name,
		Buffer.from([0, 0, 3, 0]),
		u32(11),
		Buffer.from('C:\\p.html\0\0'),
		u32(inner.length),
		inner,
	]);
	const object = Buffer.concat([
		u32(0x501),
		u32(2),
		u32(8),
		Buffer.from('Package\0'),
		u32(0),
		u32(0),
		u32(native.length),
		native,
	]);
	rtf('object', `{\\object\\objemb{\\*\\objdata ${object.toString('hex').replace(/(.{64})/g, '$1\n')}}}`, {
		urls: ['https://rtf-object.example.com/o'],
		flags: ['ole-object'],
		children: ['page.html'],
	});
}
function u32(value) {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
}

/* Archives. */
const inZip = (name) => page({ annotations: link(`https://${name}.example.com/z`) });
plant(
	'plain.zip',
	{ kind: 'zip', urls: ['https://in-zip.example.com/z'], children: ['invoice.pdf'] },
	zip('plain.zip', { 'invoice.pdf': inZip('in-zip') }),
);
plant(
	'stored.zip',
	{ kind: 'zip', urls: ['https://stored.example.com/z'], children: ['invoice.pdf'] },
	zip('stored.zip', { 'invoice.pdf': inZip('stored') }, '-0'),
);
plant(
	'folders.zip',
	{ kind: 'zip', urls: ['https://folders.example.com/z'], children: ['invoice.pdf'] },
	zip('folders.zip', { 'a/b/invoice.pdf': inZip('folders') }),
);
plant(
	'three.zip',
	{
		kind: 'zip',
		urls: ['https://three-a.example.com/z', 'https://three-b.example.com/'],
		children: ['a.pdf', 'b.html', 'c.txt'],
	},
	zip('three.zip', {
		'a.pdf': inZip('three-a'),
		'b.html': '<a href="https://three-b.example.com/">x</a>',
		'c.txt': 'nothing',
	}),
);
plant(
	'program.zip',
	{ kind: 'zip', flags: ['executable-inside'], children: ['invoice.pdf.exe'] },
	zip('program.zip', {
		'invoice.pdf.exe': Buffer.concat([
			Buffer.from('MZ'),
			Buffer.alloc(58),
			Buffer.from([0x40, 0, 0, 0]),
			Buffer.from('PE\0\0'),
			Buffer.alloc(60),
		]),
	}),
);
plant(
	'script.zip',
	{ kind: 'zip', flags: ['script-inside'], urls: ['https://in-script.example.com/s'], children: ['run.js'] },
	zip('script.zip', { 'run.js': 'var u = "https://in-script.example.com/s"; new ActiveXObject("x").open("GET", u);' }),
);
plant(
	'shortcut.zip',
	{ kind: 'zip', flags: ['shortcut'], urls: ['https://in-shortcut.example.com/s'], children: ['open.url'] },
	zip('shortcut.zip', { 'open.url': '[InternetShortcut]\r\nURL=https://in-shortcut.example.com/s\r\n' }),
);
plant(
	'code.zip',
	{ kind: 'zip', urls: [coded('zip-code')], codes: [code(coded('zip-code'))], children: ['scan.png'] },
	(qr(coded('zip-code'), 'scan.png'), zip('code.zip', { 'scan.png': readFileSync(at('scan.png')) })),
);
plant(
	'mail.zip',
	{ kind: 'zip', urls: ['https://in-mail.example.com/m', 'https://mail-pdf.example.com/z'], children: ['mail.eml'] },
	zip('mail.zip', {
		'mail.eml': `From: a@sender.example.net\r\nTo: b@example.org\r\nSubject: Inside\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee https://in-mail.example.com/m\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${inZip('mail-pdf').toString('base64')}\r\n--b--\r\n`,
	}),
);
let nested = inZip('deep');
for (let i = 0; i < 3; i++) nested = zip(`level${i}.zip`, { [i === 0 ? 'deep.pdf' : `level${i - 1}.zip`]: nested });
plant('nested-3.zip', { kind: 'zip', urls: ['https://deep.example.com/z'] }, nested);
for (let i = 3; i < 6; i++) nested = zip(`level${i}.zip`, { [`level${i - 1}.zip`]: nested });
plant('nested-6.zip', { kind: 'zip', notReadInside: ['depth'] }, nested);
plant(
	'classic.zip',
	{
		kind: 'zip',
		body: 'Password: 4711',
		urls: ['https://classic.example.com/z'],
		flags: ['password-protected', 'password-in-message'],
		children: ['invoice.pdf'],
	},
	zip('classic.zip', { 'invoice.pdf': inZip('classic') }, '-P', '4711'),
);
plant(
	'closed.zip',
	{ kind: 'zip', body: 'No word here', flags: ['password-protected'], notRead: ['password'] },
	zip('closed.zip', { 'invoice.pdf': inZip('closed') }, '-P', 'unknown-word'),
);
writeFileSync(at('invoice.pdf'), inZip('aes'));
for (const strength of ['AES128', 'AES256']) {
	run('7zz', ['a', '-tzip', `-mem=${strength}`, '-p9090', `${strength}.zip`, 'invoice.pdf']);
	plant(
		`${strength.toLowerCase()}.zip`,
		{
			kind: 'zip',
			body: 'Kod: haslo 9090',
			urls: ['https://aes.example.com/z'],
			flags: ['password-protected', 'password-in-message'],
			children: ['invoice.pdf'],
		},
		readFileSync(at(`${strength}.zip`)),
	);
}
{
	const bytes = zip('comment.zip', { 'invoice.pdf': inZip('comment') }, '-P', '0808');
	const comment = Buffer.from('Senha {0808}');
	const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'));
	bytes.writeUInt16LE(comment.length, end + 20);
	plant(
		'comment.zip',
		{
			kind: 'zip',
			urls: ['https://comment.example.com/z'],
			flags: ['password-protected', 'password-in-message'],
			properties: { comment: 'Senha {0808}', password: '0808' },
		},
		Buffer.concat([bytes, comment]),
	);
}
for (const method of ['BZip2', 'LZMA']) {
	run('7zz', ['a', '-tzip', `-mm=${method}`, `${method}.zip`, 'invoice.pdf']);
	plant(`${method.toLowerCase()}.zip`, { kind: 'zip', notRead: ['method'] }, readFileSync(at(`${method}.zip`)));
}
plant(
	'junk-before.zip',
	{ kind: 'zip', urls: ['https://before.example.com/z'] },
	Buffer.concat([Buffer.from('anything that stands before'), zip('b.zip', { 'invoice.pdf': inZip('before') })]),
);
{
	const bytes = zip('cut.zip', { 'invoice.pdf': inZip('no-end'), 'second.pdf': inZip('no-end-2') });
	plant(
		'no-end.zip',
		{ kind: 'zip', urls: ['https://no-end.example.com/z', 'https://no-end-2.example.com/z'], flags: ['damaged'] },
		bytes.subarray(0, bytes.lastIndexOf(Buffer.from('504b0102', 'hex')) - 60),
	);
}
{
	const bytes = zip('dots.zip', { 'xx/xx/invoice.pdf': inZip('dots') });
	plant(
		'unsafe-path.zip',
		{ kind: 'zip', urls: ['https://dots.example.com/z'], flags: ['unsafe-path'], children: ['invoice.pdf'] },
		Buffer.from(bytes.toString('latin1').replaceAll('xx/xx/invoice.pdf', '../../invoice.pdf'), 'latin1'),
	);
}
plant('single.gz', { kind: 'archive', others: true, urls: ['https://gz.example.com/z'] }, gzipSync(inZip('gz')));
writeFileSync(at('invoice.pdf'), inZip('tar'));
run('tar', ['-cf', 'plain.tar', 'invoice.pdf']);
plant('plain.tar', { kind: 'archive', others: true, urls: ['https://tar.example.com/z'], children: ['invoice.pdf'] });
plant(
	'packed.tgz',
	{ kind: 'archive', others: true, urls: ['https://tar.example.com/z'] },
	gzipSync(readFileSync(at('plain.tar'))),
);
for (const [name, args] of Object.entries({
	'plain.7z': [],
	'closed.7z': ['-p3131'],
	'headers.7z': ['-p3131', '-mhe=on'],
})) {
	run('7zz', ['a', ...args, name, 'invoice.pdf']);
	plant(name, {
		kind: 'archive',
		library: true,
		body: args.length > 0 ? 'Password: 3131' : '',
		urls: ['https://tar.example.com/z'],
		flags: args.length > 0 ? ['password-protected', 'password-in-message'] : [],
	});
}

/* CMS. */
run('openssl', [
	'req',
	'-x509',
	'-newkey',
	'rsa:2048',
	'-nodes',
	'-keyout',
	'key.pem',
	'-out',
	'cert.pem',
	'-days',
	'36500',
	'-subj',
	'/CN=Test Signer',
]);
const PROFILE =
	'<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>PayloadContent</key><array><dict><key>URL</key><string>https://profile.example.com/setup</string></dict></array></dict></plist>\n';
writeFileSync(at('profile.xml'), PROFILE);
for (const [name, options] of Object.entries({
	'profile.mobileconfig': ['-outform', 'DER'],
	'profile-pem.mobileconfig': ['-outform', 'PEM'],
	'profile-stream.mobileconfig': ['-outform', 'DER', '-stream'],
})) {
	run('openssl', [
		'cms',
		'-sign',
		'-binary',
		'-nodetach',
		'-in',
		'profile.xml',
		'-signer',
		'cert.pem',
		'-inkey',
		'key.pem',
		'-out',
		name,
		...options,
	]);
	plant(name, { kind: 'cms', urls: ['https://profile.example.com/setup'], flags: ['signed-profile'] });
}
writeFileSync(at('entity.eml'), 'Content-Type: text/plain\r\n\r\nOpen https://smime.example.com/s please\r\n');
run('openssl', [
	'smime',
	'-sign',
	'-nodetach',
	'-in',
	'entity.eml',
	'-signer',
	'cert.pem',
	'-inkey',
	'key.pem',
	'-outform',
	'DER',
	'-out',
	'smime.p7m',
]);
plant('smime.p7m', { type: 'application/pkcs7-mime', urls: ['https://smime.example.com/s'] });
run('openssl', ['cms', '-encrypt', '-in', 'entity.eml', '-outform', 'DER', '-out', 'sealed.p7m', 'cert.pem']);
plant(
	'sealed.cms',
	{ kind: 'cms', flags: ['encrypted-message'], notRead: ['encrypted'] },
	readFileSync(at('sealed.p7m')),
);
plant(
	'message.asc',
	{ kind: 'encrypted', flags: ['encrypted-message'], notRead: ['encrypted'] },
	Buffer.from('-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n=abcd\n-----END PGP MESSAGE-----\n'),
);

/* HTML. */
const html = (name, content, planted) => plant(name, { kind: 'html', ...planted }, Buffer.from(content));
const payload = zip('payload.zip', { 'invoice.js': 'var x = "https://smuggled.example.com/s";' });
html(
	'smuggling.html',
	`<html><body><script>var d = atob("${payload.toString('base64')}"); var b = new Blob([d], {type: "application/zip"}); var a = document.createElement("a"); a.href = URL.createObjectURL(b); a.download = "invoice.zip"; a.click();</script></body></html>`,
	{ urls: ['https://smuggled.example.com/s'], flags: ['html-smuggling'], children: ['invoice.zip'] },
);
html(
	'written.html',
	`<html><script>document.write(unescape("${[...'<a href="https://written.example.com/w">x</a>'].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}"))</script></html>`,
	{ urls: ['https://written.example.com/w'], flags: ['html-smuggling'] },
);
html(
	'form.html',
	'<html><body><form action="https://form.example.com/post"><input name="u"><input type="password" name="p"></form></body></html>',
	{ urls: ['https://form.example.com/post'], flags: ['password-form'] },
);
html('Statement.Xls.htm', '<html><body><a href="https://double.example.com/d">x</a></body></html>', {
	urls: ['https://double.example.com/d'],
	flags: ['double-extension'],
});
html('page.html', '<html><body><a href="https://plain-page.example.com/">x</a></body></html>', {
	urls: ['https://plain-page.example.com/'],
});
qr(coded('data-picture'), 'data.png');
html(
	'data-picture.html',
	`<html><body><img src="data:image/png;base64,${readFileSync(at('data.png')).toString('base64')}"></body></html>`,
	{ urls: [coded('data-picture')], codes: [code(coded('data-picture'))] },
);
html(
	'picture.svg',
	'<svg xmlns="http://www.w3.org/2000/svg"><a href="https://svg.example.com/s"><text>x</text></a></svg>',
	{ urls: ['https://svg.example.com/s'] },
);

/* What is broken, or called another name. */
const whole = page({ annotations: link('https://cut.example.com/c'), content: text('cut').repeat(200) });
pdfWith('cut-half', { broken: true }, whole.subarray(0, whole.length >> 1));
pdfWith(
	'cut-end',
	{ flags: ['damaged'], notRead: ['unreadable'], urls: ['https://cut.example.com/c'] },
	whole.subarray(0, whole.length - 40),
);
pdfWith(
	'garbage',
	{ flags: ['damaged'], notRead: ['unreadable'] },
	Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(2_000, 0x41)]),
);
plant(
	'picture-called.pdf',
	{
		kind: 'image',
		name: 'invoice.pdf',
		urls: [coded('qr-webp')],
		codes: [code(coded('qr-webp'))],
		flags: ['type-mismatch'],
	},
	readFileSync(at('qr.webp')),
);
plant(
	'pdf-called.png',
	{ kind: 'pdf', urls: ['https://link.example.com/login?user=1&next=2'], flags: ['type-mismatch'] },
	readFileSync(join(target, 'link.pdf')),
);
plant(
	'program-called.pdf',
	{ kind: 'executable', flags: ['executable', 'type-mismatch'] },
	Buffer.concat([
		Buffer.from('MZ'),
		Buffer.alloc(58),
		Buffer.from([0x40, 0, 0, 0]),
		Buffer.from('PE\0\0'),
		Buffer.alloc(60),
	]),
);
plant(
	'page-called.pdf',
	{ kind: 'html', urls: ['https://called.example.com/p'], flags: ['type-mismatch'] },
	Buffer.from('<!DOCTYPE html><html><body><a href="https://called.example.com/p">x</a></body></html>'),
);
plant('cut.png', { kind: 'image', broken: true }, readFileSync(at('scan.png')).subarray(0, 120));
plant('cut.docx', { kind: 'office', broken: true }, readFileSync(join(target, 'letter.docx')).subarray(0, 2_000));
plant('bomb.zip', { kind: 'zip', notRead: ['ratio'] }, zip('bomb.zip', { 'zeros.bin': Buffer.alloc(40_000_000) }));
plant(
	'many.zip',
	{ kind: 'zip', notRead: ['children'] },
	zip('many.zip', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}.txt`, `file ${i}`]))),
);
pdfWith(
	'huge-page',
	{ urls: ['https://huge.example.com/h'] },
	page({
		box: '0 0 2000000 2000000',
		annotations: link('https://huge.example.com/h'),
		content: '0 0 100 100 re f\n'.repeat(60),
	}),
);
pdfWith(
	'page-loop',
	{ broken: true },
	pdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>']),
);
pdfWith(
	'count-lies',
	{ urls: ['https://counts.example.com/c'], anyNotRead: true },
	page({ annotations: link('https://counts.example.com/c'), count: 2_000_000_000 }),
);

writeFileSync(join(target, 'truth.json'), `${JSON.stringify(truth, null, '\t')}\n`);
rmSync(work, { recursive: true, force: true });
console.log(`${truth.length} files in ${basename(target)}`);
