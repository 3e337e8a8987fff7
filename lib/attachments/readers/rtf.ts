import { readRtf } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import { tellText, type OpenFile } from '../contract';
import { isAddress, readField } from './fields';
import { readStream } from './officeLegacy';
import { nativeObject } from './oleObject';
import { readPictureInside } from './pictures';
import { rtfGroups } from './rtfGroups';

/** Reads a document in RTF: text, hyperlinks, the template that it loads, and the objects in it. */
export async function readRtfFile(file: OpenFile): Promise<void> {
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
	const groups = rtfGroups(bytes);
	if (groups.isCut) file.tell({ notRead: ['text'] });
	const told = new Set(document?.links.map((url) => url.trim()));
	for (const { name, text } of groups.texts) {
		if (name === 'template' && isAddress(text.trim()))
			file.tell({ flags: ['external-template'], links: [{ url: text.trim(), field: 'template' }] });
		else if (name === 'hlsrc' || name === 'fldinst') {
			const { link, flags } = name === 'hlsrc' ? shapeLink(text) : readField(text);
			if (flags.length > 0) file.tell({ flags });
			if (link === undefined || told.has(link.url)) continue;
			told.add(link.url);
			file.tell({ links: [link] });
		}
		if (name === 'header' || name === 'footer') tellText(file, text, name);
	}
	if (groups.hasLinkedObject) file.tell({ flags: ['external-relationship'] });
	readObjects(file, groups.objects);
	if (!file.codes) return;
	const pictures = groups.pictures.slice(0, ATTACHMENT_LIMITS.maxOfficePictures);
	if (pictures.length < groups.pictures.length) file.tell({ notRead: ['pictures'] });
	for (const picture of pictures) await readPictureInside(file, picture);
}

function shapeLink(text: string): ReturnType<typeof readField> {
	const url = text.trim();
	return isAddress(url) ? { link: { url, field: 'field' }, flags: [] } : { flags: [] };
}

function readObjects(file: OpenFile, objects: readonly Buffer[]): void {
	if (objects.length > 0) file.tell({ flags: ['ole-object'] });
	if (objects.length > ATTACHMENT_LIMITS.maxChildren) file.tell({ notRead: ['children'] });
	const urls = new Set<string>();
	for (const bytes of objects.slice(0, ATTACHMENT_LIMITS.maxChildren)) {
		// A link that the object is made of stands in it in one of two ways.
		readStream(file, bytes, urls);
		const object = objectOf(bytes);
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
