import type { FileFlag, OpenedLink } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import { tellText, type OpenFile } from '../contract';
import { isAddress, readField } from './fields';
import { linkOfFormula } from './formulas';
import { readPictureInside } from './pictures';
import { wideRuns } from './wideRuns';
import { macroTexts } from './macros';
import { readXml } from './xml';
import { readZipDirectory, type ZipEntry } from './zipDirectory';
import { readEntry } from './zipEntry';

/** What is XML in a package; the drawings of older documents are. Where a part stands decides nothing: its maker chooses the names. */
const XML_PARTS = /\.(?:xml|rels|vml)$/i;
/** What leads somewhere, and what a document says of itself. Such are read first: links come before the text. */
const FIRST_PARTS = /\.rels$|^docProps\/|^meta\.xml$|(?:^|[/\\])(?:connections|workbook|settings)\.xml$/i;
/** Parts whose words are no text: looks, and lists of the parts themselves. */
const NO_TEXT =
	/\.(?:rels|vml)$|^\[Content_Types\]\.xml$|^META-INF\/|(?:^|\/)(?:styles|theme\d*|fontTable|numbering|settings|webSettings)\.xml$/i;
const PICTURES = /\.(?:png|jpe?g|jfif|gif|bmp|dib|webp|tiff?|svg|emf|wmf|emz|wmz|ico|heic|avif|wdp|jp2)$/i;
const EMBEDDED = /(?:^|[/\\])embeddings[/\\]|^ObjectReplacements\/|^Object \d{1,4}$/i;
const MACROS = /(?:^|\/)vbaProject\.bin$|^xl\/macrosheets\/|^Basic\/|^Scripts\//i;
/** Cells and their texts of a workbook in binary form. */
const BINARY_PARTS = /^xl[/\\](?!printerSettings|media|vbaProject).{1,200}\.bin$/i;
/** What a package has besides: fonts, settings of printers, what OpenDocument lists. Anything else is a file that somebody put there. */
const KNOWN_PARTS =
	/\.(?:odttf|fntdata|rdf)$|printerSettings\d*\.bin$|\.bin$|^mimetype$|^Thumbnails\/|^Configurations2\/|^layout-cache$|^META-INF\//i;

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
	if (file.bytes[0] === 0x3c || file.bytes.subarray(0, 4).includes(0x3c)) {
		new Document(file).readFlat();
		return;
	}
	const { entries, isDamaged } = readZipDirectory(file.bytes);
	if (isDamaged) file.tell({ flags: ['damaged'] });
	if (entries.some(({ isEncrypted }) => isEncrypted))
		file.tell({ flags: ['password-protected'], notRead: ['password'] });
	const document = new Document(file);
	const parts = entries.filter(({ isFolder }) => !isFolder);
	const inXml = parts.filter(({ name }) => XML_PARTS.test(name) && !EMBEDDED.test(name));
	if (document.isSealed(parts)) return;
	for (const isFirst of [true, false])
		for (const entry of inXml) if (FIRST_PARTS.test(entry.name) === isFirst) document.readPart(entry);
	for (const entry of parts) if (MACROS.test(entry.name)) document.readMacros(entry);
	for (const entry of parts) if (BINARY_PARTS.test(entry.name)) document.readBinary(entry);
	const objects = parts.filter(
		({ name }) =>
			EMBEDDED.test(name) ||
			!(XML_PARTS.test(name) || PICTURES.test(name) || MACROS.test(name) || KNOWN_PARTS.test(name)),
	);
	if (objects.length > ATTACHMENT_LIMITS.maxChildren) file.tell({ notRead: ['children'] });
	for (const entry of objects.slice(0, ATTACHMENT_LIMITS.maxChildren)) document.takeOut(entry);
	const pictures = parts.filter(({ name }) => PICTURES.test(name) && !EMBEDDED.test(name));
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
		// What is started is told what to do.
		if (link === undefined && instruction.includes('://')) tellText(this.#file, instruction, 'field');
	}

	/** Whether the parts are encrypted one by one, as OpenDocument does it (its part 3, section 3.4); it is told. */
	isSealed(parts: readonly ZipEntry[]): boolean {
		const manifest = parts.find(({ name }) => name === 'META-INF/manifest.xml');
		const bytes = manifest === undefined ? undefined : this.#bytesOf(manifest);
		if (bytes?.includes('encryption-data') !== true) return false;
		this.#file.tell({ flags: ['password-protected'], notRead: ['encrypted'] });
		return true;
	}

	readPart(entry: ZipEntry): void {
		const bytes = this.#bytesOf(entry);
		if (bytes !== undefined) this.#readXml(entry.name, bytes);
	}

	/** A document that is one XML file. */
	readFlat(): void {
		this.#readXml('document', this.#file.bytes);
	}

	#readXml(name: string, bytes: Buffer): void {
		if (bytes.length > ATTACHMENT_LIMITS.maxXmlBytes) {
			this.#file.tell({ notRead: ['size'] });
			return;
		}
		const isMeta = /^(?:docProps\/(?:app|core)|meta\.xml)/i.test(name);
		const text = new PartText(
			(instruction) => this.#tellField(instruction),
			(property, value) => {
				if (isMeta) this.#tellProperty(property, value);
				// What all relative addresses are relative to.
				if (property === 'hyperlinkbase') this.#tellAddress(value);
			},
		);
		const isWhole = readXml(bytes, {
			open: (element, attributes) => {
				if (element === 'relationship') this.#readRelationship(attributes);
				else if (element === 'ddelink') this.#file.tell({ flags: ['dde-field'] });
				else if (element === 'fldsimple') this.#tellField(attributes.get('instr') ?? '');
				for (const attribute of LINKS) this.#tellAddress(attributes.get(attribute));
				for (const attribute of TEXTS) text.note(attributes.get(attribute));
				text.formula(attributes.get('table:formula'));
				text.open(element, attributes);
			},
			close: (element) => text.close(element),
			text: (part) => text.text(part),
		});
		if (!isWhole) this.#file.tell({ flags: ['damaged'] });
		const words = text.end();
		if (!isMeta && !NO_TEXT.test(name)) tellText(this.#file, words, name);
	}

	#tellAddress(written: string | undefined): void {
		const url = written?.trim() ?? '';
		if (isAddress(url) && !SCHEMAS.test(url)) this.#tellLink({ url, field: 'relationship' });
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

	/** Texts of a workbook in binary form: UTF-16, anywhere. */
	readBinary(entry: ZipEntry): void {
		const bytes = this.#bytesOf(entry);
		if (bytes !== undefined) tellText(this.#file, wideRuns(bytes), entry.name);
	}

	takeOut(entry: ZipEntry): void {
		const bytes = this.#bytesOf(entry);
		if (bytes === undefined) return;
		const isObject = /\.bin$/i.test(entry.name) || /^Object/.test(entry.name);
		this.#file.tell({ flags: [isObject ? 'ole-object' : 'embedded-file'], files: [{ name: entry.name, bytes }] });
	}

	async readPicture(entry: ZipEntry): Promise<void> {
		const bytes = this.#bytesOf(entry);
		if (bytes !== undefined) await readPictureInside(this.#file, bytes);
	}
}

/** Attributes that lead somewhere: of shapes, frames, queries, and of Word 2003. */
const LINKS = ['href', 'src', 'url', 'dest'] as const;
/** Attributes that a reader sees. */
const TEXTS = ['prompt', 'error', 'descr', 'tooltip', 'alt'] as const;
/** Addresses that only name something. */
const SCHEMAS = /^https?:\/\/(?:schemas\.|www\.w3\.org\/|purl\.org\/|ns\.adobe\.com\/)/i;

/** Elements that end a line of text, and such that leave a gap in it. */
const LINES: ReadonlySet<string> = new Set(['p', 'br', 'cr', 'si', 'row', 'h', 'tr', 'line-break']);
const GAPS: ReadonlySet<string> = new Set(['tab', 'c', 'tc', 'v', 's']);

interface Field {
	instruction: string;
	/** What follows is what it shows. */
	isShown: boolean;
	/** It has no beginning of its own: the paragraph ends it. */
	isLoose: boolean;
}

/** Text of a part, and the instructions of its fields, which are cut over many runs. */
class PartText {
	readonly #pieces: string[] = [];
	readonly #onField: (instruction: string) => void;
	readonly #onProperty: (name: string, value: string) => void;
	/** Fields inside of one another. */
	readonly #fields: Field[] = [];
	#element = '';
	#property = '';
	#formula = '';

	constructor(onField: (instruction: string) => void, onProperty: (name: string, value: string) => void) {
		this.#onField = onField;
		this.#onProperty = onProperty;
	}

	open(element: string, attributes: ReadonlyMap<string, string>): void {
		this.#element = element;
		this.#property = '';
		if (element === 'instrtext' && this.#fields.length === 0) this.#begin(true);
		if (element === 'fldchar') this.#mark(attributes.get('fldchartype') ?? '');
		if (FORMULAS.has(element)) this.#formula = '';
		if (GAPS.has(element)) this.#pieces.push(' ');
	}

	/** Something that a reader sees, though it is no text of the document. */
	note(text: string | undefined): void {
		if (text !== undefined && text.trim() !== '') this.#pieces.push(`\n${text}\n`);
	}

	text(text: string): void {
		if (this.#element === 'instrtext' || this.#element === 'delinstrtext') {
			this.#instruct(text);
			return;
		}
		if (FORMULAS.has(this.#element)) {
			this.#formula = (this.#formula + text).slice(0, 2 * ATTACHMENT_LIMITS.maxLinkCharacters);
			return;
		}
		this.#property += text;
		// What a field shows may be a part of the instruction of the one around it.
		const around = this.#fields.at(-2);
		if (around?.isShown === false && this.#fields.at(-1)?.isShown === true) add(around, text);
		this.#pieces.push(text);
	}

	close(element: string): void {
		if (element === 'p') this.#endFields(({ isLoose }) => isLoose);
		if (FORMULAS.has(element)) {
			this.formula(this.#formula);
			this.#formula = '';
		}
		if (element === this.#element) this.#onProperty(element, this.#property);
		if (LINES.has(element)) this.#pieces.push('\n');
		this.#element = '';
	}

	#begin(isLoose: boolean): void {
		if (this.#fields.length < ATTACHMENT_LIMITS.maxXmlDepth)
			this.#fields.push({ instruction: '', isShown: false, isLoose });
	}

	/** A field begins, shows what follows, ends. */
	#mark(type: string): void {
		if (type === 'begin') this.#begin(false);
		else if (type === 'separate') {
			const field = this.#fields.at(-1);
			if (field !== undefined) field.isShown = true;
		} else if (type === 'end') {
			const field = this.#fields.pop();
			if (field !== undefined) this.#end(field);
		}
	}

	#instruct(text: string): void {
		const field = this.#fields.at(-1);
		if (field !== undefined) add(field, text);
	}

	#end({ instruction }: Field): void {
		const around = this.#fields.at(-1);
		// `QUOTE 104 116 116 112` stands for the letters with these numbers.
		const quoted = /^\s{0,50}QUOTE\s([\d\s]{1,9000})/i.exec(instruction)?.[1];
		if (quoted !== undefined) {
			const codes = quoted.split(/\s+/).filter((code) => code !== '' && Number(code) < 0x10000);
			const text = String.fromCharCode(...codes.slice(0, ATTACHMENT_LIMITS.maxLinkCharacters).map(Number));
			if (around?.isShown === false) add(around, text);
			else this.#pieces.push(text);
		} else if (instruction.trim() !== '') this.#onField(instruction);
	}

	#endFields(which: (field: Field) => boolean): void {
		while (this.#fields.length > 0 && which(this.#fields.at(-1)!)) this.#end(this.#fields.pop()!);
	}

	/** `HYPERLINK("https://…","Open")` of a sheet; `cmd|'/c …'!A0` is DDE. */
	formula(formula: string | undefined): void {
		if (formula === undefined || formula.trim() === '') return;
		const url = linkOfFormula(formula);
		if (url !== undefined) this.#onField(`HYPERLINK "${url}"`);
		else {
			if (/^=?[\w.]{1,40}\|/.test(formula.trim())) this.#onField('DDE x');
			this.#pieces.push(`\n${formula.replace(/['"]/g, ' ')}\n`);
		}
	}

	end(): string {
		this.#endFields(() => true);
		return this.#pieces
			.join('')
			.replace(/[ \t]{2,}/g, ' ')
			.replace(/\n\s{0,50}\n/g, '\n');
	}
}

const FORMULAS: ReadonlySet<string> = new Set(['f', 'definedname', 'formula']);

function add(field: Field, text: string): void {
	field.instruction = (field.instruction + text).slice(0, 2 * ATTACHMENT_LIMITS.maxLinkCharacters);
}
