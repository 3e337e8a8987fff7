import { constants, inflateSync } from 'node:zlib';
import { ATTACHMENT_LIMITS } from '../../limits';
import { utf16Text } from '../../text';
import { KiB } from '../../units';
import type { FileFlag } from '../../email';
import type { FoundFile } from '../contract';
import { wordsOfXml } from './xml';

/** What a PDF does besides showing pages. */
export interface PdfActions {
	flags: FileFlag[];
	/** Targets of actions: of buttons, of opening, of submitting; `isLink` where it is that of a link. */
	urls: { url: string; isLink: boolean }[];
	scripts: string[];
	/** What a launch action starts. */
	launched?: string | undefined;
	/** What annotations and fields of forms say, forms of XFA included. */
	texts: string[];
	/** Files that lie in it, wherever something refers to them. */
	files: FoundFile[];
	/** There is one that cannot be unpacked, or is too large. */
	hasUnreadFile: boolean;
	/** Areas may be filled with pictures, and glyphs may be pictures. */
	paintsOtherwise: boolean;
}

/** Scripts that are kept of one file. */
const MAX_SCRIPTS = 20;
/** Bytes of one. */
const MAX_SCRIPT = 256 * KiB;
/** Texts of annotations and fields that are kept, and files. */
const MAX_TEXTS = 5_000;

/**
 * Finds the actions in a PDF that PDFium wrote: without encryption, each object by itself, none inside of a stream. Objects that
 * nothing refers to are left out: no reader reaches them.
 */
export function actionsOf(bytes: Buffer, inflatable: number): PdfActions {
	const objects = objectsOf(bytes);
	const referred = new Set<number>();
	for (const { text } of objects.values())
		for (const [, number] of text.matchAll(/\b(\d{1,9}) \d{1,5} R\b/g)) referred.add(Number(number));
	const flags = new Set<FileFlag>();
	const urls = new Map<string, boolean>();
	const scripts: string[] = [];
	const texts = new Set<string>();
	const files: FoundFile[] = [];
	let launched: string | undefined;
	let hasUnreadFile = false;
	let paintsOtherwise = false;
	let room = inflatable;
	const isReached = ([number, { text }]: [number, PdfObject]): boolean =>
		referred.has(number) || /\/Type ?\/Catalog\b/.test(text);
	const reached = [...objects].filter(isReached);
	const bases = reached.flatMap(([, { text }]) => (text.includes('/Base') ? valuesOf(text, 'Base', objects) : []));
	const addUrl = (written: string, isLink = false): void => {
		const url = absolute(written, bases[0]);
		urls.set(url, isLink && urls.get(url) !== false);
	};
	for (const [, { text }] of reached) {
		if (opensSomething(text, objects)) flags.add('open-action');
		if (/\/S ?\/SubmitForm\b/.test(text)) flags.add('submit-form');
		if (/\/S ?\/Launch\b/.test(text)) {
			flags.add('launch-action');
			launched ??= valuesOf(text, 'UF|F', objects)[0];
			// What is started is told what to do.
			for (const value of valuesOf(text, 'P', objects)) texts.add(value);
		}
		const isLink = /\/Subtype ?\/Link\b/.test(text);
		for (const url of valuesOf(text, 'URI', objects)) addUrl(url, isLink);
		// A form is sent to, data come from, a page lies in, a film plays out of a file: its name may be a URL or a share.
		for (const url of valuesOf(text, 'UF|F|Unix|DOS|Mac', objects))
			if (/^(?:[a-z][a-z0-9+.-]{1,15}:\/\/|[\\/]{2})[^\\/\s]/i.test(url)) addUrl(url);
		if (/\/(?:Contents|RC|V|DV|TU) ?[(<]|\/(?:RC|V) \d/.test(text) && texts.size < MAX_TEXTS)
			for (const value of valuesOf(text, 'Contents|RC|V|DV|TU', objects)) texts.add(value);
		if (text.includes('/XFA'))
			for (const form of formsIn(text, objects)) for (const value of wordsOfXml(form)) texts.add(value);
		paintsOtherwise ||= /\/PatternType 1\b|\/Type3\b/.test(text);
		for (const [, number] of text.matchAll(/\/EF ?<<[^<>]{0,200}?\/(?:UF|F) (\d{1,9}) \d{1,5} R/g)) {
			const found = fileOf(objects.get(Number(number)), room);
			if (found === undefined || files.length >= ATTACHMENT_LIMITS.maxChildren) {
				hasUnreadFile = true;
				continue;
			}
			room -= found.length;
			const name = valuesOf(text, 'UF|F', objects)[0];
			files.push({ name, bytes: found });
		}
		if (!/\/JS\b/.test(text)) continue;
		flags.add('pdf-javascript');
		if (scripts.length >= MAX_SCRIPTS) continue;
		scripts.push(...stringBehind(text, /\/JS ?(?=[(<])/g));
		const reference = /\/JS (\d{1,9}) \d{1,5} R\b/.exec(text)?.[1];
		const stream = reference === undefined ? undefined : objects.get(Number(reference));
		if (stream !== undefined)
			scripts.push(textOfStream(stream) ?? stringBehind(stream.text, /^\s{0,9}(?=[(<])/g)[0] ?? '');
	}
	return {
		flags: [...flags],
		urls: [...urls].slice(0, ATTACHMENT_LIMITS.maxLinks).map(([url, isLink]) => ({ url, isLink })),
		scripts,
		launched,
		texts: [...texts].filter((text) => text.trim() !== ''),
		files,
		hasUnreadFile,
		paintsOtherwise,
	};
}

/** Strings under any of some names, as they stand or by reference. */
function valuesOf(text: string, names: string, objects: ReadonlyMap<number, PdfObject>): string[] {
	const values = stringBehind(text, new RegExp(`/(?:${names}) ?(?=[(<])`, 'g'));
	for (const [, number] of text.matchAll(new RegExp(`/(?:${names}) (\\d{1,9}) \\d{1,5} R\\b`, 'g'))) {
		const referred = objects.get(Number(number))?.text.trimStart();
		if (referred === undefined || !/^[(<]/.test(referred)) continue;
		const value = stringAt(referred, 0);
		if (value !== undefined && value !== '') values.push(value);
	}
	return values;
}

/** What a relative address leads to, where the document says what all of them are relative to (ISO 32000 section 12.6.4.8). */
function absolute(url: string, base: string | undefined): string {
	if (base === undefined || /^[a-z][a-z0-9+.-]{1,15}:|^[\\/]{2}/i.test(url)) return url;
	return URL.canParse(url, base) ? new URL(url, base).href : url;
}

/** The parts of a form in XFA: a stream, or pairs of names and streams. */
function formsIn(text: string, objects: ReadonlyMap<number, PdfObject>): Buffer[] {
	const list = /\/XFA ?(?:\[([^\]]{0,4000})\]|(\d{1,9} \d{1,5} R))/.exec(text);
	const forms: Buffer[] = [];
	for (const [, number] of (list?.[1] ?? list?.[2] ?? '').matchAll(/(\d{1,9}) \d{1,5} R/g)) {
		const form = bytesOfStream(objects.get(Number(number)), ATTACHMENT_LIMITS.maxTextCharacters);
		if (form !== undefined) forms.push(form);
	}
	return forms;
}

/** A file that is embedded, unpacked. */
function fileOf(object: PdfObject | undefined, room: number): Buffer | undefined {
	const bytes = bytesOfStream(object, room);
	return bytes === undefined || bytes.length > room ? undefined : bytes;
}

/** To show a page is no more than to open a document: what runs or leads out when it opens is told. */
function opensSomething(text: string, objects: ReadonlyMap<number, PdfObject>): boolean {
	const behind = /\/OpenAction ?(\[|<<|(\d{1,9}) \d{1,5} R)([\s\S]{0,200})/.exec(text);
	if (behind === null) return false;
	const [, what = '', number, rest = ''] = behind;
	if (what === '[') return false;
	const action = number === undefined ? rest : (objects.get(Number(number))?.text ?? '').trimStart();
	return !action.startsWith('[') && !/\/S ?\/GoTo\b/.test(action);
}

interface PdfObject {
	/** Its dictionary. */
	text: string;
	/** Its stream, as it stands there. */
	data?: Buffer;
}

/** Each `N 0 obj … endobj`; of a stream its dictionary. In one pass: streams are passed over by their length. */
function objectsOf(bytes: Buffer): Map<number, PdfObject> {
	const objects = new Map<number, PdfObject>();
	for (let at = 0; ;) {
		const mark = bytes.indexOf(' obj', at);
		if (mark < 0) break;
		const head = /(\d{1,9}) \d{1,5}$/.exec(bytes.toString('latin1', Math.max(0, mark - 18), mark));
		const start = mark + 4;
		const end = bytes.indexOf('endobj', start);
		const stop = end < 0 ? bytes.length : end;
		let streamAt = bytes.subarray(start, stop).indexOf('stream');
		// A string may hold the word.
		if (
			streamAt >= 0 &&
			!/>>\s{0,9}$/.test(bytes.toString('latin1', Math.max(start, start + streamAt - 12), start + streamAt))
		)
			streamAt = -1;
		const text = bytes.toString('latin1', start, streamAt < 0 ? stop : start + streamAt);
		let next = stop;
		const object: PdfObject = { text };
		if (streamAt >= 0) {
			const length = Number(/\/Length (\d{1,10})\b(?! \d{1,5} R)/.exec(text)?.[1] ?? 0);
			const dataAt = start + streamAt + (bytes[start + streamAt + 6] === 0x0d ? 8 : 7);
			if (length > 0 && dataAt + length <= bytes.length) {
				next = dataAt + length;
				object.data = bytes.subarray(dataAt, next);
			}
		}
		if (head !== null) objects.set(Number(head[1]), object);
		at = Math.max(next, start);
	}
	return objects;
}

/** Text of a stream, in clear or deflated. */
const textOfStream = (object: PdfObject): string | undefined =>
	bytesOfStream(object, MAX_SCRIPT)?.toString('latin1', 0, MAX_SCRIPT);

/** Bytes of a stream, in clear or deflated. Undefined for those that are packed otherwise, or unpack to more than `max`. */
function bytesOfStream(object: PdfObject | undefined, max: number): Buffer | undefined {
	if (object?.data === undefined) return undefined;
	const { text, data } = object;
	if (!/\/Filter\b/.test(text)) return data;
	if (!/\/Filter ?(?:\/FlateDecode\b|\[ ?\/FlateDecode ?\])/.test(text) || /\/Predictor (?!1\b)/.test(text))
		return undefined;
	try {
		const maxOutputLength = Math.max(1, Math.min(max, data.length * ATTACHMENT_LIMITS.maxRatio + KiB));
		return inflateSync(data, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
	} catch {
		return undefined;
	}
}

/** The strings that stand behind each match. */
function stringBehind(text: string, key: RegExp): string[] {
	const found: string[] = [];
	for (const match of text.matchAll(key)) {
		const string = stringAt(text, match.index + match[0].length);
		if (string !== undefined && string !== '') found.push(string);
		if (found.length >= ATTACHMENT_LIMITS.maxLinks) break;
	}
	return found;
}

/** A string in brackets or in hexadecimal (ISO 32000 section 7.3.4). */
function stringAt(text: string, at: number): string | undefined {
	if (text[at] === '<') {
		const end = text.indexOf('>', at);
		if (end < 0 || text[at + 1] === '<') return undefined;
		return textOf(Buffer.from(text.slice(at + 1, end).replace(/[^\da-f]/gi, ''), 'hex'));
	}
	const bytes: number[] = [];
	let depth = 0;
	for (let i = at; i < text.length && bytes.length < 65_536; i++) {
		const character = text[i]!;
		if (character === '\\') {
			const octal = /^[0-7]{1,3}/.exec(text.slice(i + 1, i + 4))?.[0];
			if (octal !== undefined) bytes.push(parseInt(octal, 8) & 0xff);
			else if (text[i + 1] !== '\n' && text[i + 1] !== '\r')
				bytes.push((ESCAPES[text[i + 1] ?? ''] ?? text[i + 1] ?? '').charCodeAt(0) & 0xff);
			i += octal?.length ?? 1;
		} else if (character === '(' && depth++ === 0) continue;
		else if (character === ')' && --depth === 0) return textOf(Buffer.from(bytes));
		else bytes.push(character.charCodeAt(0));
	}
	return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function textOf(bytes: Buffer): string {
	if (bytes[0] === 0xfe && bytes[1] === 0xff)
		return utf16Text(Buffer.from(bytes.subarray(2, bytes.length & ~1)).swap16()).trim();
	const text = bytes.toString('utf8');
	return (text.includes('\ufffd') ? bytes.toString('latin1') : text).trim();
}
