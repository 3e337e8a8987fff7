import { deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import { storedZip } from '../../unit/attachments/storedZip';
import type { Random } from '../random';
import { spoilBytes } from './bytes';

/**
 * Files that hold others packed: where a packed byte is changed, what unpacks it refuses it, and nothing behind that is tried. So it is
 * unpacked, changed and packed again.
 */

/** What may come out of one member. */
const MOST = 2_000_000;

/** Members of a zip by their names; undefined where it is none, or one of them cannot be read here. */
function membersOf(zip: Buffer): Record<string, Buffer> | undefined {
	const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
	if (end < 0 || end + 22 > zip.length) return undefined;
	const members: Record<string, Buffer> = {};
	let at = zip.readUInt32LE(end + 16);
	for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
		if (at + 46 > zip.length || zip.readUInt32LE(at) !== 0x02014b50) return undefined;
		const [flags, method] = [zip.readUInt16LE(at + 8), zip.readUInt16LE(at + 10)];
		const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
			number,
			number,
			number,
		];
		const local = zip.readUInt32LE(at + 42);
		if ((flags & 1) !== 0 || (method !== 0 && method !== 8) || local + 30 > zip.length) return undefined;
		const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
		const packed = zip.subarray(from, from + zip.readUInt32LE(at + 20));
		const key = zip.toString('utf8', at + 46, at + 46 + name);
		members[key] = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: MOST });
		at += 46 + name + extra + comment;
	}
	return members;
}

/** A zip of which one member or more are changed. */
export function spoilZip(zip: Buffer, random: Random, words: readonly string[]): Buffer | undefined {
	let members: Record<string, Buffer> | undefined;
	try {
		members = membersOf(zip);
	} catch {
		return undefined;
	}
	if (members === undefined) return undefined;
	for (let i = random.between(1, 3); i > 0; i--) {
		const names = Object.keys(members);
		if (names.length === 0) break;
		const name = random.pick(names);
		const member = members[name]!;
		if (member.length > 0) members[name] = spoilBytes(member, random, words, random.between(1, 4));
		if (random.chance(0.05)) members[`${random.pick(['../', 'a/', '\\', ''])}${name}`] = members[random.pick(names)]!;
		if (random.chance(0.03)) delete members[name];
	}
	return storedZip(members);
}

const STREAM = /stream\r?\n/g;

/** A PDF of which one packed stream is changed. */
export function spoilPdf(pdf: Buffer, random: Random, words: readonly string[]): Buffer | undefined {
	const text = pdf.toString('latin1');
	const starts = [...text.matchAll(STREAM)].filter(({ index }) => text.slice(index - 3, index) !== 'end');
	if (starts.length === 0) return undefined;
	const { index, 0: word } = random.pick(starts);
	const from = index + word.length;
	const to = text.indexOf('endstream', from);
	if (to < 0) return undefined;
	try {
		const content = inflateSync(pdf.subarray(from, to), { maxOutputLength: MOST });
		const packed = deflateSync(spoilBytes(content, random, words, random.between(1, 4)));
		return Buffer.concat([pdf.subarray(0, from), packed, Buffer.from('\n'), pdf.subarray(to)]);
	} catch {
		return undefined;
	}
}
