import { Lately } from '../../lately';
import { lazy } from '../../lazy';
import { INDICATOR_LIMITS } from '../../limits';
import { finish, type Steps } from '../../steps';
import { toLower } from '../characters';
import { nextSign, readBlock, readColour, unescaped, withoutComments, type Block, type Declared } from './declared';
import type { Look } from './look';
import { readMarkup, type MarkupHandler } from './markup';
import { Spans } from './spans';
import { mayHideStyle, mayHideText } from './styleSheets';
import { mayHideBy, Styling } from './styling';

/** One URL of an attribute. */
export interface HtmlLink {
	/** As in the attribute, entities decoded, blanks at its ends removed. */
	url: string;
	/** `a[href]`, `img[src]`, `meta[refresh]`… */
	field: string;
	/** Visible text, for `a` and `area`. */
	text?: string;
	/** Span of the visible text in {@link HtmlDocument.text}, and of what is hidden of it in {@link HtmlDocument.hidden}. */
	start?: number;
	end?: number;
	hiddenStart?: number;
	hiddenEnd?: number;
	/** The beginning of its text with what is hidden of it, when something is. */
	whole?: string;
	/** A style hides the element. */
	isHidden?: true;
}

/** A text in an attribute or element that is read by other rules. */
export interface HtmlPiece {
	text: string;
	/** A style hides the element. */
	isHidden?: true;
	/** Of words: the link that they stand in, or that they are of. */
	link?: HtmlLink | undefined;
	/** `script`, `a[onclick]`, `iframe[srcdoc]`… */
	field: string;
}

/** What an HTML page says and leads to. */
export interface HtmlDocument {
	/** Text nodes in order; a new line where a block, a cell or a `br` ends one. */
	text: string;
	links: HtmlLink[];
	/** Text that the style of its element hides from the reader. */
	hidden: string;
	/** Scripts: of `script`, of `on…` attributes and `javascript:` URLs, with where they stand. */
	code: HtmlPiece[];
	/** Documents inside of it: `srcdoc` and `data:` URLs. */
	documents: HtmlPiece[];
	/** Words that stand in attributes: `img[alt]`, `input[value]`… */
	words: HtmlPiece[];
	/** `href` of the first `base`. */
	base?: string;
}

// Only when there is a character reference to read.
const entities = lazy(() => require('entities/decode') as typeof import('entities/decode'));

/** Attributes that hold a URL, whatever the element; `cite`, `xmlns`, `profile` and the like name documents, nobody opens them. */
const URL_ATTRIBUTES: ReadonlySet<string> = new Set([
	'href',
	'src',
	'action',
	'formaction',
	'background',
	'poster',
	'data',
	'xlink:href',
	'lowsrc',
	'dynsrc',
	'longdesc',
]);
/** Attributes that are read, and what for; others only where they hold a URL or a script. */
const ATTRIBUTES: ReadonlyMap<string, 'style' | 'named' | 'look' | 'read' | 'words'> = new Map([
	...[...URL_ATTRIBUTES, 'srcset', 'http-equiv', 'content', 'alt', 'srcdoc'].map((name) => [name, 'read'] as const),
	...[
		'media',
		'type',
		'hidden',
		'open',
		'bgcolor',
		'color',
		'text',
		'display',
		'visibility',
		'opacity',
		'font-size',
	].map((name) => [name, 'look'] as const),
	...['title', 'value', 'placeholder', 'label', 'summary', 'aria-label', 'aria-description'].map(
		(name) => [name, 'words'] as const,
	),
	['class', 'named'],
	['id', 'named'],
	['style', 'style'],
]);
/** Attributes that only name a vocabulary or a document; nobody opens them. */
const NAMING =
	/^(?:xmlns(?::.*)?|cite|profile|item(?:type|id|prop)|vocab|typeof|property|about|resource|datatype|prefix)$/;
const CSS_OPENINGS = ['url(', 'URL(', '@import'] as const;
const IMAGE = /(?<!url\(\s{0,8})(["'])((?:https?:)?\/\/[^"')\s]+)\1/gi;
/** Behind one of them. */
const CSS_TARGET = /^\s{0,8}["']?\s{0,8}((?:https?:)?\/\/[^"')\s]+)/i;

const NO_URL: ReadonlySet<string> = new Set(['param[data]', 'html[data]']);

/** What is to be known of an element by its name; of one that is not named here, nothing: it ends a line. */
const enum Tag {
	/** Inside a line of text; all others end it. */
	Inline = 1,
	/** Has no content and no end. */
	Void = 2,
	/** Its text is none that is shown. */
	Unread = 4,
	Anchor = 8,
	Area = 16,
	Style = 32,
	/** Closed, until something opens it. */
	Dialog = 64,
	/** Is opened though nobody sees it. */
	OpenedUnseen = 128,
}
const TAGS = new Map<string, number>();
const tags = (kind: Tag, names: string): void => {
	for (const name of names.split(' ')) TAGS.set(name, (TAGS.get(name) ?? 0) | kind);
};
tags(
	Tag.Inline,
	'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup tt u var wbr o:p st1:place',
);
tags(Tag.Void, 'area base br col embed hr img input link meta param source track wbr');
tags(Tag.Unread, 'script style noembed noframes template');
tags(Tag.Anchor, 'a');
tags(Tag.Area, 'area');
tags(Tag.Style, 'style');
tags(Tag.Dialog, 'dialog');
tags(Tag.OpenedUnseen, 'base body embed frame html iframe link meta object script style');
const kindOf = (name: string): number => TAGS.get(name) ?? 0;

/** Characters of the text of a link that are compared with where it leads. */
const MOST_LABEL = 10 * INDICATOR_LIMITS.maxLinkText;

const CONDITION = /\s{0,8}\[if [^\]]{0,200}\]>/iy;

/**
 * Reads HTML without a tree: text nodes, apart those that are hidden; the URLs of attributes and styles; scripts. Never class names or
 * comments. In one pass, or in two where a style sheet stands behind what it may hide.
 */
export function readHtml(html: string): HtmlDocument {
	return finish(readHtmlInSteps(html));
}

/** As {@link readHtml}, a piece at a time. */
export function* readHtmlInSteps(html: string): Steps<HtmlDocument, never[]> {
	const plain = new HtmlReading(html, newDocument());
	if (yield* hasRead(html, plain)) return plain.finish();
	const styling = new Styling();
	const styled = new HtmlReading(html, newDocument(), styling);
	if (yield* hasRead(html, styled)) return styled.finish();
	const again = new HtmlReading(html, newDocument(), new Styling(styling.sheets));
	yield* hasRead(html, again);
	return again.finish();
}

const newDocument = (): HtmlDocument => ({ text: '', links: [], hidden: '', code: [], documents: [], words: [] });

/** Whether a document was read to its end in one way; false when it has to be read in another one. */
function* hasRead(html: string, reading: HtmlReading): Steps<boolean, never[]> {
	for (const step of readMarkup(html, reading)) {
		if (reading.isInVain) return false;
		yield step;
	}
	return !reading.isInVain && !reading.isSheetLate;
}

/** Programs that write mail use the same few styles. */
const styles = new Lately<Block>(1_000, 300);
const NO_STYLE: Block = { normal: undefined, important: undefined };
/** What browsers declare of elements by themselves. */
const LINK: Declared = { color: 0x0000ee };
const GONE: Declared = { display: 'none' };
const PICTURE: Declared = { hasPicture: true };

/**
 * One reading of a document. Without styling it is read as if nothing in it hid a text, as nothing does in most, until something may;
 * `linksOnly`: what stands there belongs to a document around it.
 */
class HtmlReading implements MarkupHandler {
	/** Something was met that may hide a text, in a document that was read as if nothing did. */
	isInVain = false;

	readonly #html: string;
	readonly #document: HtmlDocument;
	readonly #styling: Styling | undefined;
	readonly #linksOnly: boolean;
	// The text, joined a piece at a time: a million texts, some made of references, are not joined in one step.
	readonly #joined: string[] = [];
	#pieces: string[] = [];
	#joinedLength = 0;
	#length = 0;
	readonly #hidden: string[] = [];
	#hiddenLength = 0;

	#tag = '';
	#kind = 0;
	// Undefined while no attribute worth keeping was met: most tags have none.
	#attributes: Attribute[] | undefined;
	/** Of a `style` element: for which media, in which language. */
	#media = '';
	#type = '';
	#firstLink = 0;
	#firstWords = 0;

	#unread = '';
	/** The script or style that is being read. */
	#element: { start: number; end: number } | undefined;
	#anchors: HtmlLink[] = [];
	/** All text of the open anchors, as much of it as is looked at, and whether some of it is hidden. */
	#label: string[] = [];
	#labelLength = 0;
	#isLabelHidden = false;

	readonly #styles = new Spans<Block>();
	// The same picture stands in a hundred rules: as it is written, it is looked at once.
	readonly #styleUrls = new Set<string>();

	constructor(html: string, document: HtmlDocument, styling?: Styling, linksOnly = false) {
		this.#html = html;
		this.#document = document;
		this.#styling = styling;
		this.#linksOnly = linksOnly;
	}

	/** A style sheet was met that may say something of what was read before it; from there on, only sheets are. */
	get isSheetLate(): boolean {
		return this.#styling?.isSheetLate === true;
	}

	finish(): HtmlDocument {
		this.#endAnchor();
		this.#endElement();
		if (this.#linksOnly) return this.#document;
		this.#document.text = this.#joined.concat(this.#pieces).join('');
		this.#document.hidden = this.#hidden.join('');
		return this.#document;
	}

	text(start: number, end: number, encoded: boolean): void {
		if (this.#unread !== '') {
			if (this.#element !== undefined) this.#element.end = end;
			else if (this.#unread === 'script' || this.#unread === 'style') this.#element = { start, end };
			return;
		}
		if (this.#linksOnly) return;
		const text = this.#html.slice(start, end);
		const shown = encoded && text.includes('&') ? entities().decodeHTML(text) : text;
		if (this.#styling === undefined) this.#show(shown);
		else this.#styledText(shown, this.#styling);
	}

	#styledText(text: string, styling: Styling): void {
		if (styling.isSheetLate) return;
		const { hidesText } = styling.lookOfText;
		styling.meetText(text);
		if (hidesText) this.#hide(text);
		else this.#show(text);
		if (this.#anchors.length === 0 || this.#labelLength >= MOST_LABEL) return;
		this.#label.push(text);
		this.#labelLength += text.length;
		this.#isLabelHidden ||= hidesText;
	}

	openTag(name: string): void {
		this.#tag = name;
		this.#kind = kindOf(name);
		this.#attributes = undefined;
		this.#firstWords = this.#document.words.length;
		if (this.#styling !== undefined) {
			this.#styling.openTag();
			this.#firstLink = this.#document.links.length;
		}
		if ((this.#kind & (Tag.Style | Tag.Dialog)) === 0) return;
		if ((this.#kind & Tag.Dialog) !== 0) this.#hint(GONE);
		else this.#media = this.#type = '';
	}

	attribute(name: string, start: number, end: number): void {
		if (this.#styling?.asks(name) === true) this.#styling.attribute(name, this.#value(start, end));
		switch (ATTRIBUTES.get(name)) {
			case undefined:
				this.#otherAttribute(name, start, end);
				return;
			case 'style': {
				const block = this.#styleOf(start, end);
				this.#styling?.style(block);
				return;
			}
			case 'named':
				return;
			case 'look':
				this.#lookAttribute(name, start, end);
				return;
			case 'words':
				this.#addWords(name, start, end);
				this.#otherAttribute(name, start, end);
				return;
			case 'read':
				if (this.#attributes === undefined) this.#attributes = [];
				else for (const one of this.#attributes) if (one.name === name) return;
				this.#attributes.push({ name, value: this.#value(start, end) });
				if (name === 'alt') this.#addWords(name, start, end);
				else if (name === 'background') this.#hint(PICTURE);
				else if (name === 'href' && this.#tag === 'a') this.#hint(LINK);
		}
	}

	/** What may name something, and is no URL as a whole: that is a link. */
	#addWords(name: string, start: number, end: number): void {
		const text = this.#value(start, end);
		if (/[.:@]/.test(text) && (name === 'alt' || !/^https?:\/\/\S+$/i.test(text)))
			this.#document.words.push({ text, field: `${this.#tag}[${name}]`, link: this.#anchors.at(-1) });
	}

	#lookAttribute(name: string, start: number, end: number): void {
		switch (name) {
			case 'media':
				this.#media ||= this.#value(start, end);
				return;
			case 'type':
				this.#type ||= this.#value(start, end);
				return;
			case 'hidden':
				this.#hint(GONE);
				return;
			case 'open':
				if ((this.#kind & Tag.Dialog) !== 0) this.#styling?.withoutHints();
				return;
			case 'bgcolor':
				this.#hint({ background: readColour(this.#value(start, end).trim().toLowerCase()) });
				return;
			case 'color':
			case 'text':
				if (this.#tag === 'font' || this.#tag === 'body')
					this.#hint({ color: readColour(this.#value(start, end).trim().toLowerCase()) });
				return;
			default:
				// What SVG has as attributes.
				if (this.#styling?.isForeign !== false)
					this.#hint(readBlock(`${name}:${this.#value(start, end)}`).normal ?? {});
		}
	}

	/** What the tag itself says of how its element looks. */
	#hint(declared: Declared): void {
		if (this.#styling !== undefined) this.#styling.hint(declared);
		else this.isInVain ||= !this.#linksOnly && mayHideBy({ normal: declared, important: undefined });
	}

	#otherAttribute(name: string, start: number, end: number): void {
		if (name.charCodeAt(0) === LOWER_O && name.charCodeAt(1) === LOWER_N)
			this.#document.code.push({ text: this.#value(start, end), field: `${this.#tag}[${name}]` });
		else if (
			toLower(this.#html.charCodeAt(start)) === LOWER_H &&
			/^https?:\/\//i.test(this.#html.slice(start, start + 8)) &&
			!NAMING.test(name)
		)
			this.#document.links.push({
				url: withoutBreaks(this.#value(start, end)),
				field: `${this.#tag}[${name}]`,
			});
	}

	openTagEnd(end: number): void {
		const tag = this.#tag;
		const kind = this.#kind;
		const styling = this.#styling;
		if (styling?.isSheetLate === true) {
			styling.skipTo(tag);
			if ((kind & Tag.Unread) !== 0) this.#unread = tag;
			return;
		}
		let hidesAll = false;
		if (styling !== undefined) hidesAll = this.#enter(styling, end);
		else if ((kind & Tag.Inline) === 0) this.#newLine();
		if ((kind & Tag.Anchor) !== 0) this.#endAnchor();
		if ((kind & Tag.Unread) !== 0) this.#unread = tag;
		if (this.#attributes !== undefined) this.#addLinks(this.#attributes);
		if (hidesAll) this.#markHidden(kind);
	}

	/** All that the tag told. */
	#markHidden(kind: number): void {
		const { links, words } = this.#document;
		for (let index = this.#firstWords; index < words.length; index++) words[index]!.isHidden = true;
		if ((kind & Tag.OpenedUnseen) === 0)
			for (let index = this.#firstLink; index < links.length; index++) links[index]!.isHidden = true;
	}

	/** A tag opens its element. Whether nothing of it can be seen. */
	#enter(styling: Styling, end: number): boolean {
		const isVoid = (this.#kind & Tag.Void) !== 0 || (styling.isForeign && this.#html.charCodeAt(end - 1) === SLASH);
		const { look, ended } = styling.enter(this.#tag, isVoid);
		// What is hidden in two places is not one word.
		if (ended.hidesText && !styling.look.hidesText) this.#hide('\n');
		this.#endLine(this.#kind, look);
		return look.hidesAll;
	}

	#addLinks(attributes: readonly Attribute[]): void {
		const { links } = this.#document;
		const first = links.length;
		addLinks(this.#tag, attributes, this.#document);
		if ((this.#kind & Tag.Anchor) !== 0 && !this.#linksOnly) {
			for (let index = first; index < links.length; index++) {
				const link = links[index]!;
				link.start = this.#length;
				if (this.#styling !== undefined) link.hiddenStart = this.#hiddenLength;
				this.#anchors.push(link);
			}
			for (const word of this.#document.words.slice(this.#firstWords)) word.link = this.#anchors.at(-1);
		} else if ((this.#kind & Tag.Area) !== 0) {
			const alternative = attributes.find(({ name }) => name === 'alt');
			if (alternative !== undefined) for (const link of links.slice(first)) link.text = alternative.value;
		}
	}

	closeTag(name: string): void {
		if (this.#element !== undefined) this.#endElement();
		if (name === this.#unread) this.#unread = '';
		const styling = this.#styling;
		if (styling?.isSheetLate === true) {
			if (name === 'noscript') styling.close(name);
			return;
		}
		const kind = kindOf(name);
		if ((kind & Tag.Anchor) !== 0) this.#endAnchor();
		if (styling === undefined) {
			if ((kind & Tag.Inline) === 0) this.#newLine();
			return;
		}
		const { look } = styling;
		if ((kind & Tag.Void) === 0) styling.close(name);
		this.#endLine(kind, look);
		if (look.hidesText && !styling.look.hidesText) this.#hide('\n');
	}

	comment(start: number, end: number): Steps<void, never[]> | undefined {
		// Outlook reads what its conditional comments hold: VML shapes with links, mostly.
		CONDITION.lastIndex = start;
		if (this.#linksOnly || this.isSheetLate || !CONDITION.test(this.#html) || CONDITION.lastIndex > end)
			return undefined;
		const inside = this.#html.slice(this.#html.indexOf('>', start) + 1, end);
		const reading = new HtmlReading(inside, this.#document, undefined, true);
		return readAll(inside, reading);
	}

	#value(start: number, end: number): string {
		return attributeValue(this.#html.slice(start, end));
	}

	/** What a `style` attribute says; its URLs are told. */
	#styleOf(start: number, end: number): Block {
		const known = this.#styles.get(this.#html, start, end);
		if (known !== undefined) return known;
		const css = withoutComments(this.#value(start, end));
		this.#addStyleUrls(css, `${this.#tag}[style]`);
		const isAsked = this.#styling !== undefined || (!this.#linksOnly && mayHideStyle(css));
		const block = isAsked ? styles.get(css, readBlock) : NO_STYLE;
		if (this.#styling === undefined) this.isInVain ||= mayHideBy(block);
		return this.#styles.set(this.#html, start, end, block);
	}

	/** The end of a script or a style sheet, and of its text. */
	#endElement(): void {
		if (this.#element === undefined) return;
		const { start, end } = this.#element;
		this.#element = undefined;
		const text = this.#html.slice(start, end);
		const styling = this.#styling;
		const isToldAlready = styling?.isSheetLate === true;
		if (this.#unread === 'script') {
			if (!isToldAlready) this.#document.code.push({ text, field: 'script' });
			return;
		}
		if (!isToldAlready) this.#addStyleUrls(text, 'style');
		if (this.#linksOnly || !isStyleSheet(this.#type)) return;
		if (styling === undefined) this.isInVain ||= mayHideText(text);
		else if (!styling.isInNoScript) styling.addSheet(text, this.#media);
	}

	#addStyleUrls(text: string, field: string): void {
		const css = text.includes('\\') ? unescaped(text) : text;
		// Most styles have none.
		if (!css.includes('(') && !css.includes('@')) return;
		for (const opening of CSS_OPENINGS) {
			let close = -1;
			for (let at = css.indexOf(opening); at >= 0; at = css.indexOf(opening, at)) {
				at += opening.length;
				if (close < at) close = indexOrEnd(css, opening === '@import' ? ';' : ')', at);
				const end = Math.min(close, at + INDICATOR_LIMITS.maxUrlLength);
				const written = css.slice(at, end);
				if (this.#styleUrls.has(written)) continue;
				this.#styleUrls.add(written);
				const url = CSS_TARGET.exec(written)?.[1];
				if (url === undefined) continue;
				at = end;
				this.#document.links.push({ url, field });
			}
		}
		if (css.includes('image-set(')) this.#addImageSets(css, field);
	}

	/** The pictures of `image-set("…" 1x, "…" 2x)`; those in `url()` are told already. */
	#addImageSets(css: string, field: string): void {
		for (const set of css.split('image-set(').slice(1)) {
			const end = nextSign(set.slice(0, INDICATOR_LIMITS.maxUrlLength), 0, ')');
			for (const [, , url] of set.slice(0, end).matchAll(IMAGE)) this.#document.links.push({ url: url!, field });
		}
	}

	#show(text: string): void {
		this.#pieces.push(text);
		this.#length += text.length;
		if (this.#length - this.#joinedLength < INDICATOR_LIMITS.pieceCharacters) return;
		this.#joined.push(this.#pieces.join(''));
		this.#pieces = [];
		this.#joinedLength = this.#length;
	}

	#hide(text: string): void {
		this.#hidden.push(text);
		this.#hiddenLength += text.length;
	}

	#newLine(): void {
		if (!this.#linksOnly && this.#unread === '') this.#show('\n');
	}

	/** A block ends a line, unless it takes no room. */
	#endLine(kind: number, look: Look): void {
		if ((kind & Tag.Inline) !== 0 || this.#unread !== '') return;
		if (!look.isGone) this.#show('\n');
		if (look.hidesText) this.#hide('\n');
	}

	#endAnchor(): void {
		if (this.#anchors.length === 0) return;
		for (const anchor of this.#anchors) anchor.end = this.#length;
		if (this.#styling !== undefined) {
			const whole = this.#isLabelHidden ? this.#label.join('') : undefined;
			for (const anchor of this.#anchors) {
				anchor.hiddenEnd = this.#hiddenLength;
				if (whole !== undefined) anchor.whole = whole;
			}
			this.#label = [];
			this.#labelLength = 0;
			this.#isLabelHidden = false;
		}
		this.#anchors = [];
	}
}

function* readAll(html: string, reading: HtmlReading): Steps<void, never[]> {
	yield* readMarkup(html, reading);
	reading.finish();
}

const isStyleSheet = (type: string): boolean => type === '' || /^\s{0,8}text\/css\s{0,8}(?:;|$)/i.test(type);

function indexOrEnd(text: string, character: string, from: number): number {
	const at = text.indexOf(character, from);
	return at < 0 ? text.length : at;
}

const LOWER_H = 104;
const LOWER_N = 110;
const LOWER_O = 111;
const SLASH = 47;

const attributeValue = (written: string): string =>
	written.includes('&') ? entities().decodeHTMLAttribute(written) : written;

/** An attribute of the tag that is being read. */
interface Attribute {
	name: string;
	value: string;
}

function addLinks(tag: string, attributes: readonly Attribute[], document: HtmlDocument): void {
	const add = (url: string, name: string): void => {
		const trimmed = withoutBreaks(url);
		if (trimmed !== '') document.links.push({ url: trimmed, field: `${tag}[${name}]` });
	};
	for (const { name, value } of attributes) {
		if (name === 'href' || name === 'src') {
			if (tag === 'base' && name === 'href') document.base ??= value.trim();
			else add(value, name);
		} else if (name === 'alt' || name === 'http-equiv') continue;
		else if (name === 'srcset') for (const url of srcsetUrls(value)) add(url, name);
		else if (name === 'srcdoc') document.documents.push({ text: value, field: `${tag}[${name}]` });
		else if (name === 'content') {
			if (/^\s{0,8}https?:\/\//i.test(value)) add(value, name);
		} else if (!NO_URL.has(`${tag}[${name}]`)) add(value, name);
	}
	if (tag === 'meta') addRefresh(attributes, add);
}

/** Where a page leads on by itself. */
function addRefresh(attributes: readonly Attribute[], add: (url: string, name: string) => void): void {
	const valueOf = (wanted: string): string => attributes.find(({ name }) => name === wanted)?.value ?? '';
	if (valueOf('http-equiv').trim().toLowerCase() === 'refresh') {
		const content = valueOf('content');
		// Browsers take what follows the seconds, with `url=` or without.
		const at =
			/\burl\s{0,8}=\s{0,8}/i.exec(content) ?? /^\s{0,8}[\d.]{1,8}\s{0,8}[;,]\s{0,8}(?=https?:|\/\/)/i.exec(content);
		if (at !== null) {
			const url = content.slice(at.index + at[0].length).trim();
			const quote = url[0];
			const close = quote === '"' || quote === "'" ? url.indexOf(quote, 1) : -1;
			add(quote === '"' || quote === "'" ? url.slice(1, close < 0 ? undefined : close) : url, 'refresh');
		}
	}
}

/** Browsers read URLs without line breaks and tabs, and without blanks at their ends. */
const withoutBreaks = (url: string): string => url.replace(/[\t\n\r]/g, '').trim();

/** Candidates of a `srcset`: a URL, then a width or density, then a comma (WHATWG HTML section 4.8.4.2.1). */
function srcsetUrls(value: string): string[] {
	return value
		.split(/,\s|\s/)
		.map((word) => word.trim())
		.filter((word) => word !== '' && !/^\d+(?:\.\d+)?[wxh],?$/.test(word))
		.map((word) => (word.endsWith(',') ? word.slice(0, -1) : word));
}
