import { finish, type Steps } from '../../steps';

/** A file that stands in a text. */
export interface UuFile {
	name: string;
	bytes: Buffer;
	/** Its end is there. Of a part of the bytes the hashes would be wrong. */
	whole: boolean;
}

/** A text without the files that stood in it, and these. */
interface Taken {
	text: Buffer;
	files: UuFile[];
}

const BEGIN = Buffer.from('begin');
const LF = 0x0a;

/**
 * Takes files in uuencode out of a text (`begin 644 name`, POSIX), as mail programs do that show them as attachments; also the
 * base64 form of it. What only begins like one stays text. In one pass.
 *
 * @param maxFiles How many are taken at most.
 */
export const takeUuencoded = (bytes: Buffer, maxFiles: number): Taken => finish(uuencodedSteps(bytes, maxFiles));

/** {@link takeUuencoded}, with places where it may pause. */
export function* uuencodedSteps(bytes: Buffer, maxFiles: number): Steps<Taken> {
	const files: UuFile[] = [];
	const kept: Buffer[] = [];
	let from = 0;
	let tried = 0;
	for (let at = bytes.indexOf(BEGIN); at !== -1 && files.length < maxFiles; at = bytes.indexOf(BEGIN, at)) {
		if (++tried % LINES === 0) yield;
		const found = at === 0 || bytes[at - 1] === LF || bytes[at - 1] === 0x0d ? yield* fileAt(bytes, at) : undefined;
		if (found === undefined) {
			at += BEGIN.length;
			continue;
		}
		files.push(found.file);
		kept.push(bytes.subarray(from, at));
		at = from = found.next;
	}
	if (files.length === 0) return { text: bytes, files };
	kept.push(bytes.subarray(from));
	return { text: Buffer.concat(kept), files };
}

/** A line without its end, and where the next one begins. No line of a file is longer than `MAX_LINE`. */
function lineAt(bytes: Buffer, at: number): { line: string; next: number } {
	let end = at;
	const most = Math.min(bytes.length, at + MAX_LINE);
	while (end < most && bytes[end] !== LF && bytes[end] !== 0x0d) end++;
	const next = bytes[end] === 0x0d && bytes[end + 1] === LF ? end + 2 : end + 1;
	return { line: bytes.toString('latin1', at, end), next: Math.min(next, bytes.length) };
}
const MAX_LINE = 300;

/** Lines that one step reads: some 60 KB. */
const LINES = 1_024;

function* fileAt(bytes: Buffer, at: number): Steps<{ file: UuFile; next: number } | undefined> {
	const first = lineAt(bytes, at);
	const header = /^begin(-base64)? [0-7]{3,4} (\S.{0,250})$/.exec(first.line);
	if (header === null) return undefined;
	const [isEnd, decode] = header[1] === undefined ? UU : BASE64;
	const pieces: Buffer[] = [];
	let next = first.next;
	let whole = false;
	while (next < bytes.length) {
		const { line, next: behind } = lineAt(bytes, next);
		if (isEnd(line)) {
			next = behind;
			whole = true;
			break;
		}
		const piece = decode(line);
		if (piece === undefined) break;
		pieces.push(piece);
		next = behind;
		if (pieces.length % LINES === 0) yield;
	}
	const content = Buffer.concat(pieces);
	if (content.length === 0) return undefined;
	return { file: { name: decodeName(header[2]!), bytes: content, whole }, next };
}

const decodeName = (name: string): string => Buffer.from(name, 'latin1').toString('utf8').trim();

type Form = readonly [isEnd: (line: string) => boolean, decode: (line: string) => Buffer | undefined];

const UU: Form = [(line) => /^end\s*$/.test(line), uuLine];
const BASE64: Form = [
	(line) => line.startsWith('===='),
	(line) => (/^[\w+/]+={0,2}\s*$/.test(line) ? Buffer.from(line, 'base64') : undefined),
];

/** A length character and groups of four; blanks at the end may be missing, a check character may follow. */
function uuLine(line: string): Buffer | undefined {
	const length = (line.charCodeAt(0) - 0x20) & 0x3f;
	const characters = Math.ceil(length / 3) * 4;
	if (line.length === 0 || line.length > characters + 2 || /[^\x20-\x60]/.test(line)) return undefined;
	const output = Buffer.alloc(length);
	const code = (i: number): number => (i < line.length ? (line.charCodeAt(i) - 0x20) & 0x3f : 0);
	for (let i = 1, size = 0; size < length; i += 4) {
		const group = (code(i) << 18) | (code(i + 1) << 12) | (code(i + 2) << 6) | code(i + 3);
		for (const shift of [16, 8, 0]) if (size < length) output[size++] = (group >> shift) & 0xff;
	}
	return output;
}
