// What the makers of the held-out files share: where they go, what was planted in them, the programs that are run, pictures of codes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync, deflateSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const target = join(root, 'test', 'fixtures', 'attachments-held-out');
const work = mkdtempSync(join(tmpdir(), 'held-out-'));
const truth = [];

export const at = (name) => join(work, name);
export const read = (name) => readFileSync(at(name));
export const write = (name, bytes) => writeFileSync(at(name), bytes);
export const run = (program, args, options = {}) =>
	execFileSync(program, args, { cwd: work, stdio: ['pipe', 'pipe', 'pipe'], ...options });

export function begin() {
	rmSync(target, { recursive: true, force: true });
	mkdirSync(target, { recursive: true });
}

export function end() {
	writeFileSync(join(target, 'truth.json'), `${JSON.stringify(truth, null, '\t')}\n`);
	rmSync(work, { recursive: true, force: true });
	return truth.length;
}

/**
 * Keeps a file and what was planted in it. `truth` names what has to be found (`urls`, `codes`), `notRead` what has to be told instead, and
 * `flags` such as have to be there. `bytes` of undefined are those of the working folder.
 */
export function plant(file, planted, bytes = read(file)) {
	writeFileSync(join(target, file), bytes);
	truth.push({ file, urls: [], codes: [], flags: [], notRead: [], ...planted });
}

export const link = (text) => ({ text, content: 'link' });

/** The cells of a QR code, dark ones true, without a margin. */
export function cells(text, level = 'M') {
	const drawn = run('qrencode', ['-t', 'ASCII', '-m', '0', '-l', level, '-o', '-', text]).toString();
	return drawn
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => [...line].filter((_, i) => i % 2 === 0).map((character) => character === '#'));
}

/** The same with light cells around. */
export const framed = (rows, margin = 4) => {
	const width = rows[0].length + 2 * margin;
	const blank = () => Array.from({ length: width }, () => false);
	const side = Array.from({ length: margin }, () => false);
	return [
		...Array.from({ length: margin }, blank),
		...rows.map((row) => [...side, ...row, ...side]),
		...Array.from({ length: margin }, blank),
	];
};

/** Pixels of cells: `colour` gives red, green and blue (and how much it covers) of a cell. */
export function painted(rows, scale, colour = (isDark) => (isDark ? [0, 0, 0] : [255, 255, 255])) {
	const channels = colour(true).length;
	const [width, height] = [rows[0].length * scale, rows.length * scale];
	const data = Buffer.alloc(width * height * channels);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			colour(rows[Math.floor(y / scale)][Math.floor(x / scale)]).forEach((value, c) => {
				data[(y * width + x) * channels + c] = value;
			});
	return { width, height, channels, data };
}

/** A picture in PNG. */
export function png({ width, height, channels, data }) {
	const chunk = (type, body) => {
		const bytes = Buffer.alloc(12 + body.length);
		bytes.writeUInt32BE(body.length);
		bytes.write(type, 4, 'latin1');
		body.copy(bytes, 8);
		bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
		return bytes;
	};
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, { 1: 0, 3: 2, 4: 6 }[channels], 0, 0, 0], 8);
	const lines = Array.from({ length: height }, (_, y) =>
		Buffer.concat([Buffer.of(0), data.subarray(y * width * channels, (y + 1) * width * channels)]),
	);
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', head),
		chunk('IDAT', deflateSync(Buffer.concat(lines))),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

export const qrPng = (text, scale = 3) => png(painted(framed(cells(text)), scale));

/** Heads and directory of a zip, each field as the maker wants it. */
export function zip(entries, { comment = '', before = Buffer.alloc(0), count = entries.length } = {}) {
	const parts = [before];
	let offset = before.length;
	const directory = [];
	for (const entry of entries) {
		const { name, content = '', method = 8, flags = 0, localName = name, extra = Buffer.alloc(0), offsetLie } = entry;
		const bytes = Buffer.from(content);
		const packed = entry.packed ?? (method === 8 ? deflateRawSync(bytes) : bytes);
		const [rawName, rawLocal] = [Buffer.from(name), Buffer.from(localName)];
		const fields = Buffer.alloc(26);
		fields.writeUInt16LE(20, 0);
		fields.writeUInt16LE(flags, 2);
		fields.writeUInt16LE(method, 4);
		fields.writeUInt16LE(0x21, 8);
		fields.writeUInt32LE(entry.crc ?? crc32(bytes), 10);
		fields.writeUInt32LE(packed.length, 14);
		fields.writeUInt32LE(bytes.length, 18);
		fields.writeUInt16LE(rawLocal.length, 22);
		const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fields, rawLocal, packed]);
		fields.writeUInt16LE(rawName.length, 22);
		fields.writeUInt16LE(extra.length, 24);
		const tail = Buffer.alloc(14);
		tail.writeUInt32LE(offsetLie ?? offset, 10);
		if (entry.isUnlisted !== true)
			directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fields, tail, rawName, extra]));
		parts.push(local);
		offset += local.length;
	}
	const central = Buffer.concat(directory);
	const last = Buffer.alloc(22);
	last.write('504b0506', 'hex');
	last.writeUInt16LE(count, 8);
	last.writeUInt16LE(count, 10);
	last.writeUInt32LE(central.length, 12);
	last.writeUInt32LE(offset - before.length, 16);
	last.writeUInt16LE(Buffer.byteLength(comment), 20);
	return Buffer.concat([...parts, central, last, Buffer.from(comment)]);
}
