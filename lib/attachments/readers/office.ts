import type { FileFlag, OpenedLink } from '../../email';
import { typeOfBytes } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import { tellText, type OpenFile } from '../contract';
import { isAddress, readField } from './fields';
import { readImage } from './image';
import { macroTexts } from './macros';
import { readXml } from './xml';
import { readZipDirectory, type ZipEntry } from './zipDirectory';
import { readEntry } from './zipEntry';

/** Parts whose text is read: those of Word, Excel, PowerPoint, and of OpenDocument. */
const TEXT_PARTS =
	/^(?:word\/(?:document|header\d*|footer\d*|footnotes|endnotes|comments|glossary\/document)\.xml|xl\/(?:sharedStrings|comments\d*|worksheets\/[^/]+)\.xml|ppt\/(?:slides|notesSlides|comments|slideMasters|slideLayouts)\/[^/]+\.xml|(?:content|styles)\.xml)$/i;
const OTHER_PARTS =
	/(?:\.rels|^docProps\/(?:core|app|custom)\.xml|^meta\.xml|^xl\/(?:externalLinks\/[^/]+|connections|workbook|macrosheets\/[^/]+)\.xml|^word\/settings\.xml|^customXml\/item\d*\.xml)$/i;
const PICTURES = /^(?:word|ppt|xl)\/media\/|^(?:pictures|media)\//i;
const EMBEDDED = /(?:^|\/)embeddings\/|^ObjectReplacements\/|^Object \d{1,4}$/i;
const MACROS = /(?:^|\/)vbaProject\.bin$|^xl\/macrosheets\/|^Basic\/|^Scripts\//i;

/** Names in the properties of a document, and what they are called here. */
const PROPERTIES: Readonly<Record<string, string>> = {
	title: 'title',
	subject: 'subject',
	creator: 'author',
	'initial-creator': 'author',
	lastmodifiedby: 'lastModifiedBy',
	created: 'created',
	'creation-date': 'created',
	modified: 'modified',
	application: 'application',
	generator: 'application',
	company: 'company',
	pages: 'pages',
	description: 'description',
	keywords: 'keywords',
};

/**
 * Reads a document of Office (OOXML) or OpenDocument: its relationships, the instructions of its fields, text, macros, embedded objects,
 * and the codes on its pictures. Where a link stands decides nothing: most of those in phishing are field instructions.
 */
export async function readOffice(file: OpenFile): Promise<void> {
	const { entries, isDamaged } = readZipDirectory(file.bytes);
	if (isDamaged) file.tell({ flags: ['damaged'] });
	if (entries.some(({ isEncrypted }) => isEncrypted))
		file.tell({ flags: ['password-protected'], notRead: ['password'] });
	const document = new Document(file);
	const parts = entries.filter(({ isFolder }) => !isFolder);
	// What leads somewhere first: links come before the text.
	for (const entry of parts.filter(({ name }) => OTHER_PARTS.test(name))) document.readXml(entry);
	for (const entry of parts.filter(({ name }) => TEXT_PARTS.test(name))) document.readXml(entry);
	for (const entry of parts) if (MACROS.test(entry.name)) document.readMacros(entry);
	const objects = parts.filter(({ name }) => EMBEDDED.test(name));
	if (objects.length > ATTACHMENT_LIMITS.maxChildren) file.tell({ notRead: ['children'] });
	for (const entry of objects.slice(0, ATTACHMENT_LIMITS.maxChildren)) document.takeOut(entry);
	const pictures = parts.filter(({ name }) => PICTURES.test(name));
	if (pictures.length > ATTACHMENT_LIMITS.maxOfficePictures && file.codes) file.tell({ notRead: ['pictures'] });
	if (file.codes)
		for (const entry of pictures.slice(0, ATTACHMENT_LIMITS.maxOfficePictures)) await document.readPicture(entry);
}

class Document {
	readonly #file: OpenFile;
	readonly #told = new Set<string>();

	constructor(file: OpenFile) {
		this.#file = file;
	}

	/** The bytes of a part; undefined, and told, where it cannot be read. */
	#bytesOf(entry: ZipEntry): Buffer | undefined {
		const file = this.#file;
		if (entry.isEncrypted) return undefined;
		const result = readEntry(file.bytes, entry, file.inflatable);
		if ('notRead' in result) {
			file.tell({ notRead: [result.notRead] });
			return undefined;
		}
		file.inflatable -= result.bytes.length;
		if (!result.whole) file.tell({ flags: ['damaged'] });
		return result.bytes;
	}

	#tellLink(link: OpenedLink): void {
		const { url } = link;
		if (url.length > ATTACHMENT_LIMITS.maxLinkCharacters || this.#told.size >= ATTACHMENT_LIMITS.maxLinks) {
			this.#file.tell({ notRead: ['links'] });
			return;
		}
		if (this.#told.has(url)) return;
		this.#told.add(url);
		this.#file.tell({ links: [link] });
	}

	#tellField(instruction: string): void {
		const { link, flags } = readField(instruction);
		if (link !== undefined) this.#tellLink(link);
		if (flags.length > 0) this.#file.tell({ flags });
	}

	readXml(entry: ZipEntry): void {
		const { name } = entry;
		const bytes = this.#bytesOf(entry);
		if (bytes === undefined) return;
		if (bytes.length > ATTACHMENT_LIMITS.maxXmlBytes) {
			this.#file.tell({ notRead: ['size'] });
			return;
		}
		const isMeta = /^(?:docProps\/|meta\.xml)/i.test(name);
		const isText = TEXT_PARTS.test(name);
		const text = new PartText(
			(instruction) => this.#tellField(instruction),
			(property, value) => {
				if (isMeta) this.#tellProperty(property, value);
			},
		);
		const isWhole = readXml(bytes, {
			open: (element, attributes) => {
				if (element === 'relationship') this.#readRelationship(attributes);
				else if (element === 'ddelink') this.#file.tell({ flags: ['dde-field'] });
				else if (element === 'fldsimple') this.#tellField(attributes.get('instr') ?? '');
				const href = attributes.get('xlink:href') ?? (element === 'hyperlink' ? attributes.get('href') : undefined);
				if (href !== undefined && isAddress(href)) this.#tellLink({ url: href.trim(), field: 'relationship' });
				text.open(element);
			},
			close: (element) => text.close(element),
			text: (part) => text.text(part),
		});
		if (!isWhole) this.#file.tell({ flags: ['damaged'] });
		if (isText) tellText(this.#file, text.end(), name);
	}

	#tellProperty(element: string, value: string): void {
		const name = PROPERTIES[element];
		const kept = value.trim().slice(0, ATTACHMENT_LIMITS.maxPropertyCharacters);
		if (name !== undefined && kept !== '') this.#file.tell({ properties: { [name]: kept } });
	}

	#readRelationship(attributes: ReadonlyMap<string, string>): void {
		if (attributes.get('targetmode')?.toLowerCase() !== 'external') return;
		const url = (attributes.get('target') ?? '').trim();
		const kind = (attributes.get('type') ?? '').split('/').at(-1)!.toLowerCase();
		if (kind === 'attachedtemplate') this.#file.tell({ flags: ['external-template'] });
		else if (kind === 'oleobject') this.#file.tell({ flags: ['external-relationship', 'ole-object'] });
		else if (kind !== 'hyperlink') this.#file.tell({ flags: ['external-relationship'] });
		if (isAddress(url)) this.#tellLink({ url, field: kind === 'attachedtemplate' ? 'template' : 'relationship' });
	}

	readMacros(entry: ZipEntry): void {
		const flags: FileFlag[] = ['macro'];
		this.#file.tell({ flags });
		const bytes = this.#bytesOf(entry);
		if (bytes === undefined || !/\.bin$/i.test(entry.name)) return;
		this.#file.tell({ files: [{ name: entry.name, bytes }] });
		for (const text of macroTexts(bytes)) tellText(this.#file, text, entry.name);
	}

	takeOut(entry: ZipEntry): void {
		const bytes = this.#bytesOf(entry);
		if (bytes === undefined) return;
		const isObject = /\.bin$/i.test(entry.name) || /^Object/.test(entry.name);
		this.#file.tell({ flags: [isObject ? 'ole-object' : 'embedded-file'], files: [{ name: entry.name, bytes }] });
	}

	async readPicture(entry: ZipEntry): Promise<void> {
		const bytes = this.#bytesOf(entry);
		if (bytes === undefined) return;
		const type = typeOfBytes(bytes);
		if (type === undefined || !/^image\/(?:png|jpeg|gif|bmp|webp)$/.test(type)) return;
		const { tell } = this.#file;
		// Width and height are the picture's, not the document's.
		const tellCodes: OpenFile['tell'] = ({ properties: _properties, ...piece }) => tell(piece);
		try {
			await readImage({ ...this.#file, bytes, type, tell: tellCodes });
		} catch {
			tell({ notRead: ['pictures'] });
		}
	}
}

/** Elements that end a line of text, and such that leave a gap in it. */
const LINES: ReadonlySet<string> = new Set(['p', 'br', 'cr', 'si', 'row', 'h', 'tr', 'line-break']);
const GAPS: ReadonlySet<string> = new Set(['tab', 'c', 'tc', 'v', 's']);

/** Text of a part, and the instructions of its fields, which are cut over many runs. */
class PartText {
	readonly #pieces: string[] = [];
	readonly #onField: (instruction: string) => void;
	readonly #onProperty: (name: string, value: string) => void;
	/** Fields inside of one another: what their instruction is so far. */
	readonly #fields: string[] = [];
	#element = '';
	#property = '';
	#formula = '';

	constructor(onField: (instruction: string) => void, onProperty: (name: string, value: string) => void) {
		this.#onField = onField;
		this.#onProperty = onProperty;
	}

	open(element: string): void {
		this.#element = element;
		this.#property = '';
		if (element === 'instrtext' && this.#fields.length === 0) this.#fields.push('');
		if (element === 'f') this.#formula = '';
		if (GAPS.has(element)) this.#pieces.push(' ');
	}

	text(text: string): void {
		if (this.#element === 'instrtext' || this.#element === 'delinstrtext') {
			const last = this.#fields.length - 1;
			if (last >= 0)
				this.#fields[last] = (this.#fields[last]! + text).slice(0, 2 * ATTACHMENT_LIMITS.maxLinkCharacters);
			return;
		}
		if (this.#element === 'f') this.#formula = (this.#formula + text).slice(0, 2 * ATTACHMENT_LIMITS.maxLinkCharacters);
		this.#property += text;
		this.#pieces.push(text);
	}

	close(element: string): void {
		// The result of a field follows its instruction; the paragraph ends both.
		if (element === 'p' || element === 'fldchar') this.#endFields();
		if (element === 'f') this.#endFormula();
		if (element === this.#element) this.#onProperty(element, this.#property);
		if (LINES.has(element)) this.#pieces.push('\n');
		this.#element = '';
	}

	#endFields(): void {
		for (const instruction of this.#fields.splice(0)) if (instruction.trim() !== '') this.#onField(instruction);
	}

	/** `HYPERLINK("https://…","Open")` of a sheet; `cmd|'/c …'!A0` is DDE. */
	#endFormula(): void {
		const url = /\b(?:HYPERLINK|WEBSERVICE|IMAGE)\(\s{0,9}"([^"]{1,8192})"/i.exec(this.#formula)?.[1];
		if (url !== undefined) this.#onField(`HYPERLINK "${url}"`);
		else if (/^[\w.]{1,40}\|/.test(this.#formula.trim())) this.#onField('DDE x');
	}

	end(): string {
		this.#endFields();
		return this.#pieces
			.join('')
			.replace(/[ \t]{2,}/g, ' ')
			.replace(/\n\s{0,50}\n/g, '\n');
	}
}
