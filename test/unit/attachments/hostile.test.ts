import { deflateSync, gzipSync } from 'node:zlib';
import { closeAttachments, openAttachments } from '../../../lib/attachments';
import type { Attachment } from '../../../lib/email';
import { ATTACHMENT_LIMITS } from '../../../lib/limits';
import { fixture, hasSevenZip, mailWith } from './corpus';
import { packedZip, storedZip } from './storedZip';

afterAll(closeAttachments);

/** A PDF of these objects; the first is the catalogue, the third the page, as a rule. */
function pdf(objects: ReadonlyArray<string | Buffer>): Buffer {
	const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
	const offsets: number[] = [];
	let length = parts[0]!.length;
	const push = (bytes: Buffer): void => {
		parts.push(bytes);
		length += bytes.length;
	};
	objects.forEach((object, i) => {
		offsets.push(length);
		push(Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]));
	});
	const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
	const size = objects.length + 1;
	push(
		Buffer.from(
			`xref\n0 ${size}\n0000000000 65535 f \n${table}trailer << /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n`,
		),
	);
	return Buffer.concat(parts);
}

const stream = (dictionary: string, data: string | Buffer): Buffer =>
	Buffer.concat([
		Buffer.from(`<< ${dictionary} /Length ${data.length} >>\nstream\n`),
		Buffer.from(data),
		Buffer.from('\nendstream'),
	]);

/** A page with one link and the given content. */
const page = (content: Buffer, more: ReadonlyArray<string | Buffer>, resources = '', annotations = ''): Buffer =>
	pdf([
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << ${resources} >> /Annots [5 0 R ${annotations}] >>`,
		content,
		'<< /Type /Annot /Subtype /Link /Rect [60 60 500 700] /A << /S /URI /URI (https://first.example.com/f) >> >>',
		...more,
	]);

const deflated = (size: number, times = 1): Buffer => {
	let data: Buffer = Buffer.alloc(size, 0x20);
	for (let i = 0; i < times; i++) data = deflateSync(data);
	return data;
};

/** A header of a PNG that claims to be as large as that, with nothing behind it. */
function hugePng(side: number): Buffer {
	const head = Buffer.alloc(33);
	Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(head);
	head.writeUInt32BE(side, 16);
	head.writeUInt32BE(side, 20);
	Buffer.from([8, 2, 0, 0, 0]).copy(head, 24);
	return Buffer.concat([head, Buffer.alloc(200, 7)]);
}

const picture = (width: number, height: number): Buffer =>
	stream(
		`/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode`,
		deflated(40_000_000),
	);
const DRAW = stream('', 'q 600 0 0 600 0 0 cm /I Do Q');

/** Files that take all memory, all time, or never end. Of each its link is found, for links come first. */
const HOSTILE: Record<string, () => Buffer> = {
	'a picture of 900 MB in 40 kB': () => page(DRAW, [picture(30_000, 10_000)], '/XObject << /I 6 0 R >>'),
	'forms inside of forms, four times each, thirty deep': () =>
		page(
			stream('', '/F0 Do'),
			Array.from({ length: 30 }, (_, i) =>
				stream(
					`/Type /XObject /Subtype /Form /BBox [0 0 600 600] /Resources << /XObject << /F${i + 1} ${7 + i} 0 R >> >>`,
					`/F${i + 1} Do `.repeat(4),
				),
			),
			'/XObject << /F0 6 0 R >>',
		),
	'a form that holds itself': () =>
		page(
			stream('', '/F0 Do'),
			[stream('/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F0 6 0 R >> >>', '/F0 Do')],
			'/XObject << /F0 6 0 R >>',
		),
	'three million operators': () =>
		page(stream('/Filter /FlateDecode', deflateSync(Buffer.from('0 0 m 9 9 l S\n'.repeat(1_000_000)))), []),
	'a stream that is packed twice and holds 300 MB': () =>
		page(stream('/Filter [/FlateDecode /FlateDecode]', deflated(300_000_000, 2)), []),
	'200,000 brackets': () => page(stream('', '[ '.repeat(200_000)), []),
	'a page of two million points': () =>
		Buffer.from(
			page(stream('', '0 0 9 9 re f '.repeat(99)), [])
				.toString('latin1')
				.replace('612 792', '2e6 2e6'),
			'latin1',
		),
};

async function open(files: ReadonlyArray<{ name: string; bytes: Buffer }>): Promise<readonly Attachment[]> {
	return (await openAttachments(await mailWith(files), { otherArchives: true })).attachments;
}

const linksOf = ({ opened }: Attachment): string[] => (opened?.links ?? []).map(({ url }) => url);

describe('a hostile file', () => {
	it.each(Object.entries(HOSTILE))(
		'%s: what comes before the trouble is kept, and the files behind it are read',
		async (_name, make) => {
			const [hostile, next] = await open([
				{ name: 'hostile.pdf', bytes: make() },
				{ name: 'next.pdf', bytes: fixture('link.pdf') },
			]);
			expect(linksOf(hostile!)).toEqual(['https://first.example.com/f']);
			expect(linksOf(next!)).toEqual(['https://link.example.com/login?user=1&next=2']);
		},
		60_000,
	);

	it('keeps no process from everything else: timers have their turn while it is read', async () => {
		let turns = 0;
		const timer = setInterval(() => turns++, 1);
		const bytes = HOSTILE['three million operators']!();
		const before = performance.now();
		await open([{ name: 'a.pdf', bytes }]);
		clearInterval(timer);
		// One turn in ten milliseconds, on a machine that is busy with other things, too.
		expect(turns).toBeGreaterThan((performance.now() - before) / 50);
	}, 60_000);

	it('with 100,000 links gives those that a file may have, and says so', async () => {
		const annotation =
			'<< /Type /Annot /Subtype /Link /Rect [1 1 2 2] /A << /S /URI /URI (https://a.example.com/) >> >> ';
		const [file] = await open([{ name: 'a.pdf', bytes: page(DRAW, [], '', annotation.repeat(100_000)) }]);
		const { links, notRead } = file!.opened!;
		expect(links.length).toBeLessThanOrEqual(ATTACHMENT_LIMITS.maxLinks);
		expect(notRead.length).toBeGreaterThan(0);
	}, 60_000);

	it('that claims 30,000 by 30,000 pixels is not decoded', async () => {
		const [file] = await open([{ name: 'a.png', bytes: hugePng(30_000) }]);
		expect(file!.opened).toMatchObject({ properties: { width: 30_000 }, notRead: ['pixels'] });
	});

	it('in great number ends at the limit, and the rest is named', async () => {
		const bytes = fixture('link.pdf');
		// Each is another file: what is the same is read once.
		const files = Array.from({ length: ATTACHMENT_LIMITS.maxFiles + 5 }, (_, i) => ({
			name: `f${i}.pdf`,
			bytes: Buffer.concat([bytes, Buffer.from(`% ${i}`)]),
		}));
		const opened = await open(files);
		expect(opened.filter((file) => linksOf(file).length > 0)).toHaveLength(ATTACHMENT_LIMITS.maxFiles);
		expect(opened.at(-1)!.opened).toMatchObject({ notRead: ['files'] });
	}, 60_000);

	it('is read once when it comes a hundred times', async () => {
		const bytes = fixture('page-picture.pdf');
		const files = Array.from({ length: 300 }, (_, i) => ({ name: `f${i}.pdf`, bytes }));
		const opened = await open(files);
		expect(opened.every(({ opened }) => opened?.codes.length === 1)).toBe(true);
	});

	it('ends when whoever wanted it wants it no more', async () => {
		const controller = new AbortController();
		const mail = await mailWith([{ name: 'a.pdf', bytes: fixture('link.pdf') }]);
		controller.abort(new Error('enough'));
		await expect(openAttachments(mail, { signal: controller.signal })).rejects.toThrow('enough');
	});
});

describe('a hostile archive', () => {
	const MiB = 1024 * 1024;
	/** A file with a link to that host. */
	const link = (host: string): Buffer =>
		pdf([
			'<< /Type /Catalog /Pages 2 0 R >>',
			'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
			'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Annots [4 0 R] >>',
			`<< /Type /Annot /Subtype /Link /Rect [60 60 500 700] /A << /S /URI /URI (https://${host}.example.com/) >> >>`,
		]);
	/** Links of a file and of all files in it. */
	const allLinks = (file: Attachment): string[] => [
		...linksOf(file),
		...(file.opened?.children ?? []).flatMap((child) => allLinks(child)),
	];
	/** Why something of a file, or of a file in it, was not read. */
	const notRead = ({ opened }: Attachment): string[] => [
		...(opened?.notRead ?? []),
		...(opened?.children ?? []).flatMap(notRead),
	];

	it('inside of an archive, again and again, is opened as deep as the limit says', async () => {
		let bytes = storedZip({ 'deepest.pdf': link('level-7') });
		for (let level = 6; level > 0; level--)
			bytes = storedZip({ [`${level}.pdf`]: link(`level-${level}`), 'next.zip': bytes });
		const [file] = await open([{ name: 'a.zip', bytes }]);
		// The archive of the message is the first one.
		const levels = Array.from(
			{ length: ATTACHMENT_LIMITS.maxDepth - 1 },
			(_, i) => `https://level-${i + 1}.example.com/`,
		);
		expect(allLinks(file!).sort()).toEqual(levels);
		expect(notRead(file!)).toContain('depth');
	});

	it('of more files than are taken out gives those, and says so', async () => {
		const { maxChildren } = ATTACHMENT_LIMITS;
		const files = Object.fromEntries(
			Array.from({ length: maxChildren + 6 }, (_, i) => [`${i}.pdf`, link(`host-${i}`)]),
		);
		const [file] = await open([{ name: 'a.zip', bytes: storedZip(files) }]);
		expect(allLinks(file!)).toHaveLength(maxChildren);
		expect(file!.opened?.notRead).toContain('children');
	});

	const zeros = Buffer.alloc(40 * MiB);
	const BESIDE = ['https://beside.example.com/'];
	it.each([
		['a zip', 'a.zip', () => packedZip({ 'bomb.bin': zeros, 'a.pdf': link('beside') }), BESIDE],
		[
			'a zip that claims ten bytes',
			'a.zip',
			() => packedZip({ 'bomb.bin': zeros, 'a.pdf': link('beside') }, 10),
			BESIDE,
		],
		['gzip', 'bomb.bin.gz', () => gzipSync(zeros), []],
	])('%s with a thousand bytes out of one is not unpacked', async (_name, name, make, links) => {
		const [file, next] = await open([
			{ name, bytes: make() },
			{ name: 'next.pdf', bytes: link('next') },
		]);
		expect(notRead(file!)).toContain('ratio');
		expect(allLinks(file!)).toEqual(links);
		expect(linksOf(next!)).toEqual(['https://next.example.com/']);
	});

	it('whose files are too large together is read up to the limit, and says so', async () => {
		// Packed to a tenth or so: none of them is a bomb by itself.
		const noise = Buffer.alloc(8 * MiB);
		for (let at = 0, state = 1; at < noise.length; at += 20) {
			state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
			noise[at] = state >>> 16;
		}
		const files = Object.fromEntries(
			Array.from({ length: 12 }, (_, i) => [`${i}.bin`, Buffer.concat([noise, Buffer.from(`${i}`)])]),
		);
		const bytes = packedZip({ 'first.pdf': link('first'), ...files, 'last.pdf': link('last') });
		const [file] = await open([{ name: 'a.zip', bytes }]);
		expect(notRead(file!)).toContain('bytes');
		const taken = (file!.opened?.children ?? []).filter(({ content }) => content !== undefined);
		expect(taken.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(ATTACHMENT_LIMITS.maxInflatedBytes);
		expect(allLinks(file!)).toContain('https://first.example.com/');
	}, 60_000);
});

describe('a file that cannot be opened as it is', () => {
	it('says that its bytes are not in the item', async () => {
		const mail = await mailWith([{ name: 'a.pdf', bytes: fixture('link.pdf') }]);
		const [{ content: _content, ...rest }] = mail.attachments as [Attachment];
		const email = await openAttachments({ ...mail, attachments: [{ ...rest, contentOmitted: true }] });
		expect(email.attachments[0]!.opened?.notRead).toEqual(['no-bytes']);
		expect(email.warnings.at(-1)!.message).toContain('Its bytes are not in the item: a.pdf');
	});

	const withoutLibrary = hasSevenZip() ? it.skip : it;
	withoutLibrary('says that the library for it is not installed, where it is not', async () => {
		const [file] = await open([{ name: 'plain.7z', bytes: fixture('plain.7z') }]);
		expect(file!.opened?.notRead).toEqual(['archive-library']);
	});

	it.each([
		['pdf', 'link.pdf'],
		['zip', 'plain.zip'],
		['office', 'field.docx'],
		['codes', 'qr.png'],
	])('is only named while %s is off', async (option, name) => {
		const mail = await mailWith([{ name, bytes: fixture(name) }]);
		const { attachments } = await openAttachments(mail, { [option]: false });
		expect(attachments[0]!.opened).toMatchObject({ links: [], codes: [], children: [], texts: [] });
	});

	it('stays closed when no passwords are to be tried', async () => {
		const mail = await mailWith([{ name: 'a.pdf', bytes: fixture('enc-aes-256.pdf') }], 'SU CONTRASENA {0808}');
		const { attachments } = await openAttachments(mail, { passwords: false });
		expect(attachments[0]!.opened?.notRead).toEqual(['password']);
	});
});
