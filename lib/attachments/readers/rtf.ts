import { readRtf } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import { tellText, type OpenFile } from '../contract';
import { isAddress, readField } from './fields';
import { nativeObject } from './oleObject';

/** Reads a document in RTF: text, hyperlinks, the template that it loads, and the objects in it. */
export function readRtfFile(file: OpenFile): void {
	const { bytes } = file;
	const document = readRtf(bytes, { maxLength: file.textLeft });
	if (document !== undefined) {
		const links = document.links
			.slice(0, ATTACHMENT_LIMITS.maxLinks)
			.map((url) => ({ url: url.trim(), field: 'field' }));
		if (links.length < document.links.length) file.tell({ notRead: ['links'] });
		file.tell({ links: links.filter(({ url }) => isAddress(url)) });
		tellText(file, document.text);
		if (document.cut) file.tell({ notRead: ['text'] });
	}
	const raw = bytes.toString('latin1');
	for (const [, written = ''] of raw.matchAll(/\\\*\\template\s{1,20}([^{}]{1,8192})/g)) {
		const url = written
			.replace(/\\'([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
			.trim();
		if (!isAddress(url)) continue;
		file.tell({ flags: ['external-template'], links: [{ url, field: 'template' }] });
	}
	for (const [, instruction = ''] of raw.matchAll(
		/\\fldinst\b[^{}]{0,50}(?:\{[^{}]{0,50})?\s((?:DDE|INCLUDE|LINK)[^{}]{1,8192})/gi,
	)) {
		const { link, flags } = readField(instruction);
		file.tell({ flags, ...(link === undefined ? {} : { links: [link] }) });
	}
	if (/\\objautlink\b|\\objlink\b/.test(raw)) file.tell({ flags: ['external-relationship'] });
	readObjects(file, raw);
}

/** `\objdata` is hexadecimal, and those who hide something put other things between the digits. */
function readObjects(file: OpenFile, raw: string): void {
	let count = 0;
	for (let at = raw.indexOf('\\objdata'); at >= 0; at = raw.indexOf('\\objdata', at + 8)) {
		file.tell({ flags: ['ole-object'] });
		if (++count > ATTACHMENT_LIMITS.maxChildren) {
			file.tell({ notRead: ['children'] });
			return;
		}
		const end = raw.indexOf('}', at);
		const next = raw.indexOf('\\objdata', at + 8);
		const stop = Math.min(end < 0 ? raw.length : end, next < 0 ? raw.length : next);
		const digits = raw.slice(at + 8, stop).replace(/\\[a-z]{1,32}-?\d{0,10} ?|[^\da-f]/gi, '');
		const object = objectOf(Buffer.from(digits.slice(0, digits.length & ~1), 'hex'));
		if (object === undefined) continue;
		if (object.bytes.length > file.inflatable) {
			file.tell({ notRead: ['bytes'] });
			return;
		}
		file.inflatable -= object.bytes.length;
		file.tell({ files: [object] });
	}
}

/** An object of OLE 1 (MS-OLEDS section 2.2.5): its class, topic and item, then its bytes. */
function objectOf(bytes: Buffer): { name?: string; bytes: Uint8Array } | undefined {
	if (bytes.length < 16) return undefined;
	let at = 8;
	const texts: string[] = [];
	for (let i = 0; i < 3; i++) {
		if (at + 4 > bytes.length) return undefined;
		const size = bytes.readUInt32LE(at);
		if (size > 1_024) return undefined;
		texts.push(bytes.toString('latin1', at + 4, at + 4 + size).split('\0', 1)[0]!);
		at += 4 + size;
	}
	if (at + 4 > bytes.length) return undefined;
	const native = bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at));
	if (native.length === 0) return undefined;
	if (/^package$/i.test(texts[0]!)) return nativeObject(Buffer.concat([Buffer.alloc(4), native])) ?? { bytes: native };
	return { name: texts[0]!, bytes: native };
}
