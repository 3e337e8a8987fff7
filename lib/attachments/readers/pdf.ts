import { hash } from 'node:crypto';
import { ATTACHMENT_LIMITS } from '../../limits';
import { utf16Text } from '../../text';
import type { FileFlag, OpenedLink } from '../../email';
import { tellText, type OpenFile } from '../contract';
import { readCodes } from './codes';
import { withDecoys } from './decoys';
import { actionsOf } from './pdfActions';
import { Pdfium } from './pdfium';
import { withWholeUrls } from './wholeUrls';

/** What FPDF_GetLastError says of a file that is encrypted. */
const NEEDS_PASSWORD = 4;
/** Types of actions (fpdf_doc.h). */
const [URI_ACTION, LAUNCH_ACTION] = [3, 4];
/** Types of page objects (fpdf_edit.h). */
const [PATH_OBJECT, IMAGE_OBJECT, SHADING_OBJECT, FORM_OBJECT] = [2, 3, 4, 5];
/** FPDF_ANNOT and FPDF_GRAYSCALE. */
const DRAWING_FLAGS = 0x01 | 0x08;
/** FPDF_REMOVE_SECURITY. */
const WITHOUT_SECURITY = 3;
const ANNOTATION_FILE = 17;
/** Annotations that have no looks of their own (fpdf_annot.h): links and windows that pop up. */
const WITHOUT_LOOKS: ReadonlySet<number> = new Set([2, 16]);
/** Points of the shorter side from which on something may be a code: 21 cells, each a third of a millimetre. */
const CODE_SIDE = 20;
/** Annotations of a page whose looks are painted into it, and objects whose size is looked at. */
const MAX_LOOKS = 200;
const MAX_MEASURED = 500;
/** Squares from which on a page may hold a code that is drawn with them. */
const CODE_SQUARES = 40;

/**
 * Reads a PDF: links, text and embedded files of its first pages, then its scripts and actions, then, drawn, the codes on them. No
 * script runs: this PDFium has no engine for them.
 */
export async function readPdf(file: OpenFile): Promise<void> {
	const pdfium = await Pdfium.load();
	const { functions } = pdfium;
	const { bytes } = file;
	const at = pdfium.allocate(bytes.length);
	pdfium.bytes.set(bytes, at);
	let document = functions.FPDF_LoadMemDocument(at, bytes.length, '');
	if (document === 0 && functions.FPDF_GetLastError() === NEEDS_PASSWORD) {
		file.tell({ flags: ['password-protected'] });
		for (const password of file.passwords) {
			document = openWith(pdfium, at, bytes.length, password);
			if (document === 0) continue;
			file.tell({ properties: { password }, flags: ['password-in-message'] });
			break;
		}
		if (document === 0) {
			pdfium.free(at);
			file.tell({ notRead: ['password'] });
			return;
		}
	}
	if (document === 0) {
		pdfium.free(at);
		// Other readers may mend what this one does not open: what stands in it in clear is told.
		const { flags, urls } = actionsOf(bytes, 0);
		file.tell({ flags, links: urls.map(({ url }) => ({ url, field: 'action' })) });
		throw new Error('no PDF');
	}
	try {
		await new Document(pdfium, document, file).read();
	} finally {
		functions.FPDF_CloseDocument(document);
		pdfium.free(at);
	}
}

/** A password is UTF-8 since the encryption of PDF 2.0; before, its letters have one byte each. */
function openWith(pdfium: Pdfium, at: number, size: number, password: string): number {
	const document = pdfium.functions.FPDF_LoadMemDocument(at, size, password);
	if (document !== 0 || !/[\x80-\xff]/.test(password)) return document;
	const bytes = Buffer.from(`${password}\0`, 'latin1');
	return pdfium.with(bytes.length, (word) => {
		pdfium.bytes.set(bytes, word);
		return pdfium.loadWith(at, size, word);
	});
}

/** What a page is painted with. */
interface PageLooks {
	text: string;
	/** Pictures, or many squares. */
	mayHoldCode: boolean;
	/** Something as large as a code that may be one if it is filled with a picture. */
	hasLarge: boolean;
	/** Annotations with looks of their own. */
	hasLooks: boolean;
}

/** One that is open. */
class Document {
	readonly #pdfium: Pdfium;
	readonly #document: number;
	readonly #file: OpenFile;
	readonly #links: OpenedLink[] = [];
	readonly #urls = new Set<string>();
	readonly #flags = new Set<FileFlag>();
	/** Files that were told, by their bytes: one may be named in several places. */
	readonly #files = new Set<string>();
	#hasText = false;
	#hasPictures = false;
	#paintsOtherwise = false;

	constructor(pdfium: Pdfium, document: number, file: OpenFile) {
		this.#pdfium = pdfium;
		this.#document = document;
		this.#file = file;
	}

	async read(): Promise<void> {
		const { functions } = this.#pdfium;
		const file = this.#file;
		if (file.withoutPages === true) {
			this.#readActions();
			this.#readFiles();
			return;
		}
		const count = functions.FPDF_GetPageCount(this.#document);
		file.tell({ properties: { pages: Math.max(count, 0), ...this.#metadata() } });
		const pages = Math.min(count, ATTACHMENT_LIMITS.maxPages);
		if (count > pages) file.tell({ notRead: ['pages'] });
		for (let page = 0; page < pages; page++) this.#readLinks(page);
		this.#tellLinks();
		const looks: PageLooks[] = [];
		for (let page = 0; page < pages; page++) looks.push(this.#readPage(page));
		if (!this.#hasText && this.#hasPictures) file.tell({ flags: ['image-only'] });
		this.#readFiles();
		this.#readActions();
		looks.forEach(({ hasLooks, text }, page) => {
			if (hasLooks) this.#readLooks(page, text);
		});
		if (!file.codes) return;
		const drawn = [...looks.keys()].filter((page) => {
			const { mayHoldCode, hasLarge } = looks[page]!;
			return mayHoldCode || (hasLarge && this.#paintsOtherwise);
		});
		if (drawn.length > ATTACHMENT_LIMITS.maxDrawnPages) file.tell({ notRead: ['drawn-pages'] });
		for (const page of drawn.slice(0, ATTACHMENT_LIMITS.maxDrawnPages)) await this.#readCodes(page);
	}

	#metadata(): Record<string, string> {
		const { functions } = this.#pdfium;
		const properties: Record<string, string> = {};
		for (const name of ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Producer', 'CreationDate', 'ModDate']) {
			const text = this.#pdfium.wideText(
				(buffer, size) => functions.FPDF_GetMetaText(this.#document, name, buffer, size),
				2 * ATTACHMENT_LIMITS.maxPropertyCharacters,
			);
			if (text.trim() !== '') properties[name[0]!.toLowerCase() + name.slice(1)] = text.trim();
		}
		const version = this.#pdfium.with(4, (at) =>
			functions.FPDF_GetFileVersion(this.#document, at) ? this.#pdfium.view.getInt32(at, true) : 0,
		);
		if (version > 0) properties.version = (version / 10).toFixed(1);
		for (const [type, name] of ['pdfid0', 'pdfid1'].entries()) {
			const size = functions.FPDF_GetFileIdentifier(this.#document, type, 0, 0);
			if (size <= 1 || size > 100) continue;
			properties[name] = this.#pdfium.with(size, (at) => {
				functions.FPDF_GetFileIdentifier(this.#document, type, at, size);
				return Buffer.from(this.#pdfium.bytes.subarray(at, at + size - 1)).toString('hex');
			});
		}
		return properties;
	}

	#withPage<T>(index: number, use: (page: number) => T): T | undefined {
		const { functions } = this.#pdfium;
		const page = functions.FPDF_LoadPage(this.#document, index);
		if (page === 0) {
			this.#file.tell({ flags: ['damaged'] });
			return undefined;
		}
		try {
			return use(page);
		} finally {
			functions.FPDF_ClosePage(page);
		}
	}

	/** Links of annotations, in time proportional to them. */
	#readLinks(index: number): void {
		const { functions } = this.#pdfium;
		this.#withPage(index, (page) => {
			const size = Math.abs(functions.FPDF_GetPageWidthF(page) * functions.FPDF_GetPageHeightF(page)) || 1;
			this.#pdfium.with(24, (at) => {
				this.#pdfium.bytes.fill(0, at, at + 24);
				while (functions.FPDFLink_Enumerate(page, at, at + 4)) {
					if (this.#links.length >= ATTACHMENT_LIMITS.maxLinks) {
						this.#file.tell({ notRead: ['links'] });
						break;
					}
					const link = this.#pdfium.view.getUint32(at + 4, true);
					const action = functions.FPDFLink_GetAction(link);
					if (action === 0) continue;
					const type = functions.FPDFAction_GetType(action);
					if (type === LAUNCH_ACTION) this.#flags.add('launch-action');
					if (type !== URI_ACTION) continue;
					let area: number | undefined;
					if (functions.FPDFLink_GetAnnotRect(link, at + 8)) {
						const view = this.#pdfium.view;
						const [left, top, right, bottom] = [8, 12, 16, 20].map((o) => view.getFloat32(at + o, true));
						area = Math.min(1, Math.abs((right! - left!) * (top! - bottom!)) / size);
						if (!Number.isFinite(area)) area = undefined;
					}
					this.#addLink(action, { field: 'annotation', page: index + 1, ...(area === undefined ? {} : { area }) });
				}
			});
		});
	}

	#addLink(action: number, about: Omit<OpenedLink, 'url'>): void {
		const { functions } = this.#pdfium;
		const url = this.#pdfium
			.byteText(
				(buffer, size) => functions.FPDFAction_GetURIPath(this.#document, action, buffer, size),
				ATTACHMENT_LIMITS.maxLinkCharacters,
			)
			?.replace(/[\t\n\r]/g, '')
			.trim();
		if (url === undefined) this.#file.tell({ notRead: ['links'] });
		if (url === undefined || url === '') return;
		this.#urls.add(url);
		this.#links.push({ url, ...about });
	}

	#tellLinks(): void {
		const { links, isCrowded } = withDecoys(this.#links);
		if (isCrowded) this.#flags.add('many-links');
		this.#file.tell({ links, flags: [...this.#flags] });
	}

	/** The text of a page, in the order in which it is drawn. Undefined where there is none to be had. */
	#textOf(page: number): string | undefined {
		const { functions } = this.#pdfium;
		const text = functions.FPDFText_LoadPage(page);
		if (text === 0) return undefined;
		try {
			const count = Math.min(functions.FPDFText_CountChars(text), this.#file.textLeft + 1);
			if (count <= 0) return '';
			const content = this.#pdfium.with(2 * (count + 1), (at) => {
				const written = functions.FPDFText_GetText(text, 0, count, at);
				return utf16Text(Buffer.from(this.#pdfium.bytes.buffer, at, Math.max(0, written - 1) * 2));
			});
			return withWholeUrls(
				this.#withWholeLinks(text, content)
					.replace(/[\ufffe\uffff]/g, '')
					.replace(/\r\n?/g, '\n'),
			);
		} finally {
			functions.FPDFText_ClosePage(text);
		}
	}

	/** Text of a page, and what it is painted with. */
	#readPage(index: number): PageLooks {
		const { functions } = this.#pdfium;
		const file = this.#file;
		const result = this.#withPage(index, (page): PageLooks => {
			const text = this.#textOf(page);
			if (text !== undefined) {
				if (text.trim() !== '') this.#hasText = true;
				tellText(file, text, `page ${index + 1}`);
			}
			const objects = Math.min(functions.FPDFPage_CountObjects(page), 5_000);
			let squares = 0;
			let mayHoldCode = false;
			let hasLarge = false;
			for (let i = 0; i < objects && !mayHoldCode; i++) {
				const object = functions.FPDFPage_GetObject(page, i);
				const type = functions.FPDFPageObj_GetType(object);
				if (type === SHADING_OBJECT) squares++;
				// A square is drawn in four lines or more.
				if (type === PATH_OBJECT) squares += Math.max(1, functions.FPDFPath_CountSegments(object) / 4);
				if (type === IMAGE_OBJECT || type === FORM_OBJECT) this.#hasPictures = true;
				mayHoldCode = type === IMAGE_OBJECT || type === FORM_OBJECT || squares > CODE_SQUARES;
				if (!hasLarge && i < MAX_MEASURED)
					hasLarge = this.#isLarge((at) => functions.FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12));
			}
			const annotations = this.#readAnnotations(page);
			return {
				text: text ?? '',
				mayHoldCode: mayHoldCode || annotations.isLarge || objects === 5_000 || (text === undefined && objects > 0),
				hasLarge: hasLarge || objects > MAX_MEASURED,
				hasLooks: annotations.hasLooks,
			};
		});
		return result ?? { text: '', mayHoldCode: false, hasLarge: false, hasLooks: false };
	}

	/** Whether something whose four edges are read is large enough to be a code. */
	#isLarge(read: (at: number) => boolean): boolean {
		return this.#pdfium.with(16, (at) => {
			if (!read(at)) return false;
			const view = this.#pdfium.view;
			const [left, low, right, high] = [0, 4, 8, 12].map((offset) => view.getFloat32(at + offset, true));
			return Math.abs(right! - left!) >= CODE_SIDE && Math.abs(high! - low!) >= CODE_SIDE;
		});
	}

	/** What stamps, notes and buttons show: painted into the page, their text is its text. */
	#readLooks(index: number, before: string): void {
		const { functions } = this.#pdfium;
		const isPainted = this.#withPage(index, (page) => functions.FPDFPage_Flatten(page, 0) === 1);
		if (isPainted !== true) return;
		const text = this.#withPage(index, (page) => this.#textOf(page)) ?? '';
		let same = 0;
		while (same < before.length && before[same] === text[same]) same++;
		tellText(this.#file, text.slice(same), `page ${index + 1}`);
	}

	/** A URL that breaks over lines is one: PDFium puts it together. */
	#withWholeLinks(textPage: number, text: string): string {
		const { functions } = this.#pdfium;
		const links = functions.FPDFLink_LoadWebLinks(textPage);
		if (links === 0) return text;
		let whole = text;
		const count = Math.min(functions.FPDFLink_CountWebLinks(links), ATTACHMENT_LIMITS.maxLinks);
		for (let i = 0; i < count; i++) {
			const range = this.#pdfium.with(8, (at) => {
				if (!functions.FPDFLink_GetTextRange(links, i, at, at + 4)) return undefined;
				return { start: this.#pdfium.view.getInt32(at, true), count: this.#pdfium.view.getInt32(at + 4, true) };
			});
			if (range === undefined || range.count <= 0 || range.count > ATTACHMENT_LIMITS.maxLinkCharacters) continue;
			const written = this.#pdfium.with(2 * (range.count + 1), (at) => {
				const size = functions.FPDFText_GetText(textPage, range.start, range.count, at);
				return utf16Text(Buffer.from(this.#pdfium.bytes.buffer, at, Math.max(0, size - 1) * 2));
			});
			if (!/[\r\n\ufffe]/.test(written)) continue;
			const url = this.#pdfium.wideText(
				(buffer, size) => 2 * functions.FPDFLink_GetURL(links, i, buffer, size / 2),
				2 * ATTACHMENT_LIMITS.maxLinkCharacters,
			);
			if (url !== '') whole = whole.replace(written, () => url);
		}
		functions.FPDFLink_CloseWebLinks(links);
		return whole;
	}

	#readFiles(): void {
		const { functions } = this.#pdfium;
		const count = functions.FPDFDoc_GetAttachmentCount(this.#document);
		const { maxChildren } = ATTACHMENT_LIMITS;
		if (count > maxChildren) this.#file.tell({ notRead: ['children'] });
		for (let i = 0; i < Math.min(count, maxChildren); i++)
			this.#tellFile(functions.FPDFDoc_GetAttachment(this.#document, i));
	}

	/** Takes out files that lie in annotations, and says which looks those of a page have. */
	#readAnnotations(page: number): { hasLooks: boolean; isLarge: boolean } {
		const { functions } = this.#pdfium;
		let looks = 0;
		let isLarge = false;
		const count = Math.min(functions.FPDFPage_GetAnnotCount(page), ATTACHMENT_LIMITS.maxLinks);
		for (let i = 0; i < count; i++) {
			const annotation = functions.FPDFPage_GetAnnot(page, i);
			if (annotation === 0) continue;
			const type = functions.FPDFAnnot_GetSubtype(annotation);
			if (type === ANNOTATION_FILE) this.#tellFile(functions.FPDFAnnot_GetFileAttachment(annotation));
			else if (!WITHOUT_LOOKS.has(type) && functions.FPDFAnnot_HasKey(annotation, 'AP')) {
				looks++;
				isLarge ||= this.#isLarge((at) => functions.FPDFAnnot_GetRect(annotation, at));
			}
			functions.FPDFPage_CloseAnnot(annotation);
		}
		if (looks > MAX_LOOKS) this.#file.tell({ notRead: ['text'] });
		return { hasLooks: looks > 0 && looks <= MAX_LOOKS, isLarge };
	}

	#tellFile(attachment: number): void {
		if (attachment === 0) return;
		const { functions } = this.#pdfium;
		const file = this.#file;
		const name = this.#pdfium.wideText(
			(buffer, size) => functions.FPDFAttachment_GetName(attachment, buffer, size),
			1_024,
		);
		const size = this.#pdfium.with(4, (at) =>
			functions.FPDFAttachment_GetFile(attachment, 0, 0, at) ? this.#pdfium.view.getUint32(at, true) : 0,
		);
		file.tell({ flags: ['embedded-file'] });
		if (size === 0) return;
		if (size > file.inflatable) {
			file.tell({ notRead: ['bytes'] });
			return;
		}
		file.inflatable -= size;
		const bytes = this.#pdfium.with(size + 4, (at) => {
			functions.FPDFAttachment_GetFile(attachment, at, size, at + size);
			return this.#pdfium.bytes.slice(at, at + size);
		});
		this.#tellBytes(name, bytes);
	}

	#tellBytes(name: string | undefined, bytes: Uint8Array): void {
		const key = hash('sha256', bytes);
		if (this.#files.has(key)) return;
		this.#files.add(key);
		this.#file.tell({ files: [{ name, bytes }] });
	}

	/** Written out again, without encryption and compressed objects, a PDF shows its scripts and actions. */
	#readActions(): void {
		const { functions } = this.#pdfium;
		const file = this.#file;
		if (file.bytes.length > ATTACHMENT_LIMITS.maxRewrittenBytes) {
			file.tell({ notRead: ['actions'] });
			return;
		}
		const writer = functions.PDFiumExt_OpenFileWriter();
		try {
			if (!functions.FPDF_SaveAsCopy(this.#document, writer, WITHOUT_SECURITY)) {
				file.tell({ notRead: ['actions'] });
				return;
			}
			const size = functions.PDFiumExt_GetFileWriterSize(writer);
			const bytes =
				size > ATTACHMENT_LIMITS.maxRewrittenBytes
					? undefined
					: this.#pdfium.with(size, (at) => {
							functions.PDFiumExt_GetFileWriterData(writer, at, size);
							return Buffer.from(this.#pdfium.bytes.slice(at, at + size));
						});
			if (bytes === undefined) {
				file.tell({ notRead: ['actions'] });
				return;
			}
			const { flags, urls, scripts, launched, texts, files, hasUnreadFile, paintsOtherwise } = actionsOf(
				bytes,
				file.inflatable,
			);
			this.#paintsOtherwise = paintsOtherwise;
			const isCrowded = this.#flags.has('many-links');
			const links = urls
				.filter(({ url }) => !this.#urls.has(url))
				.map(({ url, isLink }): OpenedLink => ({
					url,
					field: isLink ? 'annotation' : 'action',
					// On a page that was not read, of a document full of links.
					...(isLink && isCrowded ? { decoy: true } : {}),
				}));
			file.tell({ flags, links });
			if (launched !== undefined) file.tell({ properties: { launches: launched } });
			for (const script of scripts) tellText(file, script, 'script');
			tellText(file, texts.join('\n'), 'annotations and forms');
			if (hasUnreadFile) file.tell({ flags: ['embedded-file'], notRead: ['children'] });
			for (const { name, bytes: content } of files) {
				file.tell({ flags: ['embedded-file'] });
				file.inflatable -= content.length;
				this.#tellBytes(name, content);
			}
		} finally {
			functions.PDFiumExt_CloseFileWriter(writer);
		}
	}

	/** Draws a page and reads the codes on it: coarse first, finer where nothing was read. */
	async #readCodes(index: number): Promise<void> {
		for (const dpi of [ATTACHMENT_LIMITS.coarseDpi, ATTACHMENT_LIMITS.fineDpi]) {
			const picture = this.#withPage(index, (page) => this.#draw(page, dpi));
			if (picture === undefined) return;
			// Light ones on dark ground last: it takes as long again.
			const codes = await readCodes(picture, true, dpi === ATTACHMENT_LIMITS.fineDpi);
			if (codes.length === 0) continue;
			this.#file.tell({ codes: codes.map((code) => ({ ...code, page: index + 1 })) });
			return;
		}
	}

	#draw(
		page: number,
		dpi: number,
	): { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number } | undefined {
		const { functions } = this.#pdfium;
		const [pageWidth, pageHeight] = [functions.FPDF_GetPageWidthF(page), functions.FPDF_GetPageHeightF(page)];
		if (!(pageWidth > 0 && pageHeight > 0)) return undefined;
		const scale = Math.min(dpi / 72, Math.sqrt(ATTACHMENT_LIMITS.maxPagePixels / (pageWidth * pageHeight)));
		const [width, height] = [Math.round(pageWidth * scale), Math.round(pageHeight * scale)];
		if (width < 16 || height < 16 || width * height > 2 * ATTACHMENT_LIMITS.maxPagePixels) return undefined;
		const bitmap = functions.FPDFBitmap_Create(width, height, 0);
		if (bitmap === 0) throw new RangeError('out of memory');
		try {
			functions.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
			functions.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, DRAWING_FLAGS);
			const at = functions.FPDFBitmap_GetBuffer(bitmap);
			// Grey has no order of colours; four bytes a pixel, without gaps.
			const data = new Uint8ClampedArray(this.#pdfium.bytes.slice(at, at + width * height * 4).buffer);
			for (let i = 3; i < data.length; i += 4) data[i] = 255;
			return { data, width, height };
		} finally {
			functions.FPDFBitmap_Destroy(bitmap);
		}
	}
}
