import { lazy } from '../../lazy';
import { INDICATOR_LIMITS } from '../../limits';
import { finish, type Steps } from '../../steps';
import { toLower } from '../characters';
import { readMarkup } from './markup';
import { Spans } from './spans';

/** One URL of an attribute. */
export interface HtmlLink {
	/** As in the attribute, entities decoded, blanks at its ends removed. */
	url: string;
	/** `a[href]`, `img[src]`, `meta[refresh]`… */
	field: string;
	/** Visible text, for `a` and `area`. */
	text?: string;
	/** Span of the visible text in {@link HtmlDocument.text}. */
	start?: number;
	end?: number;
}

/** A text in an attribute or element that is read by other rules. */
export interface HtmlPiece {
	text: string;
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
/** Attributes that are kept while a tag is read. */
const READ_ATTRIBUTES: ReadonlySet<string> = new Set([
	...URL_ATTRIBUTES,
	'srcset',
	'http-equiv',
	'content',
	'alt',
	'srcdoc',
]);
/** Attributes that only name a vocabulary or a document; nobody opens them. */
const NAMING =
	/^(?:xmlns(?::.*)?|cite|profile|item(?:type|id|prop)|vocab|typeof|property|about|resource|datatype|prefix)$/;
/** Styles that keep a text from the reader. */
const HIDING =
	/(?:^|[;\s{"'])(?:display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden|mso-hide\s{0,4}:\s{0,4}all|font-size\s{0,4}:\s{0,4}0(?:\.0{1,4})?[a-z%]{0,3}\s{0,4}(?:[;!"']|$)|opacity\s{0,4}:\s{0,4}0(?:\.0{1,4})?\s{0,4}(?:[;!"']|$))/i;
/** What a style that hides has in it. */
const MAY_HIDE = /none|hid[de]|size: ?0|opac|N[Oo]N|HID|SIZE/;
/** What a style has in it that hides or has a URL: found in a quarter of the time. */
const IS_TOLD = /none|hid[de]|size: ?0|opac|url\(|N[Oo]N|HID|SIZE|URL/;
const CSS_OPENINGS = ['url(', 'URL(', '@import'] as const;
/** Behind one of them. */
const CSS_TARGET = /^\s{0,8}["']?\s{0,8}((?:https?:)?\/\/[^"')\s]+)/i;

const VOID: ReadonlySet<string> = new Set(
	'area base br col embed hr img input link meta param source track wbr'.split(' '),
);
const NO_URL: ReadonlySet<string> = new Set(['param[data]', 'html[data]']);

/** Elements inside a line of text; all others end it. */
const INLINE: ReadonlySet<string> = new Set(
	'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup tt u var wbr o:p st1:place'.split(
		' ',
	),
);
const UNREAD: ReadonlySet<string> = new Set(['script', 'style', 'noembed', 'noframes', 'template']);

const CONDITION = /\s{0,8}\[if [^\]]{0,200}\]>/iy;

/**
 * Reads HTML in one pass without a tree: text nodes, apart those that are hidden; the URLs of attributes and styles; scripts. Never
 * class names or comments.
 */
export function readHtml(html: string): HtmlDocument {
	return finish(readHtmlInSteps(html));
}

/** As {@link readHtml}, a piece at a time. */
export function* readHtmlInSteps(html: string): Steps<HtmlDocument, never[]> {
	const document: HtmlDocument = { text: '', links: [], hidden: '', code: [], documents: [] };
	yield* read(html, document, 'everything');
	return document;
}

function* read(html: string, document: HtmlDocument, what: 'everything' | 'links'): Steps<void, never[]> {
	const linksOnly = what === 'links';
	// The text, joined a piece at a time: a million texts, some made of references, are not joined in one step.
	const joined: string[] = [];
	let pieces: string[] = [];
	let joinedLength = 0;
	let length = 0;
	let tag = '';
	// Undefined while no attribute worth keeping was met: most tags have none.
	let attributes: Attribute[] | undefined;
	let unread = '';
	let anchors: HtmlLink[] = [];
	/** Whether the tag that is being read hides its element; the hidden element, and how many of its name are open. */
	let hides = false;
	let hiddenTag = '';
	let hiddenDepth = 0;
	const hidden: string[] = [];
	/** The script or style that is being read. */
	let element: { name: string; start: number; end: number } | undefined;
	// The same picture stands in a hundred rules: as it is written, it is looked at once, mostly.
	const styleUrls = new Spans<true>();
	/** Selectors of what style sheets hide, `.class` and `#id`, with a tag or without. */
	const hiding = new Set<string>();
	const addStyleUrls = (css: string, field: string): void => {
		for (const opening of CSS_OPENINGS) {
			let close = -1;
			for (let at = css.indexOf(opening); at >= 0; at = css.indexOf(opening, at)) {
				at += opening.length;
				if (close < at) close = indexOrEnd(css, opening === '@import' ? ';' : ')', at);
				const end = Math.min(close, at + INDICATOR_LIMITS.maxUrlLength);
				if (styleUrls.get(css, at, end) === true) continue;
				styleUrls.set(css, at, end, true);
				const url = CSS_TARGET.exec(css.slice(at, end))?.[1];
				if (url === undefined) continue;
				at = end;
				document.links.push({ url, field });
			}
		}
	};
	const endElement = (): void => {
		if (element === undefined) return;
		const text = html.slice(element.start, element.end);
		if (element.name === 'script') document.code.push({ text, field: 'script' });
		else {
			addStyleUrls(text, 'style');
			if (MAY_HIDE.test(text)) for (const selector of hidingSelectors(text)) hiding.add(selector);
		}
		element = undefined;
	};

	const push = (text: string): void => {
		pieces.push(text);
		length += text.length;
		if (length - joinedLength < INDICATOR_LIMITS.pieceCharacters) return;
		joined.push(pieces.join(''));
		pieces = [];
		joinedLength = length;
	};
	const endLine = (name: string): void => {
		if (linksOnly || unread !== '' || INLINE.has(name)) return;
		if (hiddenTag === '') push('\n');
		else hidden.push('\n');
	};
	const endAnchor = (): void => {
		for (const anchor of anchors) anchor.end = length;
		anchors = [];
	};

	yield* readMarkup(html, {
		text: (start, end, encoded) => {
			if (unread === 'script' || unread === 'style') {
				if (element === undefined) element = { name: unread, start, end };
				else element.end = end;
			}
			if (linksOnly || unread !== '') return;
			const text = html.slice(start, end);
			const shown = encoded && text.includes('&') ? entities().decodeHTML(text) : text;
			if (hiddenTag === '') push(shown);
			else hidden.push(shown);
		},
		openTag: (name) => {
			tag = name;
			attributes = undefined;
			hides = false;
		},
		attribute: (name, start, end) => {
			if (name === 'style') {
				const style = html.slice(start, end);
				if (!IS_TOLD.test(style)) return;
				hides ||= HIDING.test(style);
				addStyleUrls(attributeValue(style), `${tag}[style]`);
				return;
			}
			if (!READ_ATTRIBUTES.has(name)) {
				if (name === 'hidden') hides = true;
				else if (hiding.size > 0 && (name === 'class' || name === 'id'))
					hides ||= isHiddenBy(hiding, tag, name === 'id' ? '#' : '.', html.slice(start, end));
				else if (name.charCodeAt(0) === LOWER_O && name.charCodeAt(1) === LOWER_N)
					document.code.push({ text: attributeValue(html.slice(start, end)), field: `${tag}[${name}]` });
				else if (
					toLower(html.charCodeAt(start)) === LOWER_H &&
					/^https?:\/\//i.test(html.slice(start, start + 8)) &&
					!NAMING.test(name)
				)
					document.links.push({
						url: withoutBreaks(attributeValue(html.slice(start, end))),
						field: `${tag}[${name}]`,
					});
				return;
			}
			if (attributes === undefined) attributes = [];
			// The first of its name counts.
			else for (const one of attributes) if (one.name === name) return;
			attributes.push({ name, value: attributeValue(html.slice(start, end)) });
		},
		openTagEnd: () => {
			if (hiddenTag === 'p' && tag === 'p') hiddenTag = '';
			if (hiddenTag !== '') {
				if (tag === hiddenTag) hiddenDepth++;
			} else if (hides && !VOID.has(tag)) {
				hiddenTag = tag;
				hiddenDepth = 1;
			}
			endLine(tag);
			if (tag === 'a') endAnchor();
			if (UNREAD.has(tag)) unread = tag;
			if (attributes === undefined) return;
			const first = document.links.length;
			addLinks(tag, attributes, document);
			if (tag === 'a' && !linksOnly) {
				for (let index = first; index < document.links.length; index++) {
					const link = document.links[index]!;
					link.start = length;
					anchors.push(link);
				}
			} else if (tag === 'area') {
				const alternative = attributes.find(({ name }) => name === 'alt');
				if (alternative !== undefined) for (const link of document.links.slice(first)) link.text = alternative.value;
			}
			attributes = undefined;
		},
		closeTag: (name) => {
			endElement();
			if (name === unread) unread = '';
			if (name === 'a') endAnchor();
			if (name === hiddenTag && --hiddenDepth === 0) {
				hidden.push('\n');
				hiddenTag = '';
			} else endLine(name);
		},
		comment: (start, end) => {
			// Outlook reads what its conditional comments hold: VML shapes with links, mostly.
			CONDITION.lastIndex = start;
			return !linksOnly && CONDITION.test(html) && CONDITION.lastIndex <= end
				? read(html.slice(html.indexOf('>', start) + 1, end), document, 'links')
				: undefined;
		},
	});
	endAnchor();
	endElement();
	if (linksOnly) return;
	document.text = joined.concat(pieces).join('');
	document.hidden = hidden.join('');
}

function indexOrEnd(text: string, character: string, from: number): number {
	const at = text.indexOf(character, from);
	return at < 0 ? text.length : at;
}

const LOWER_H = 104;
const LOWER_N = 110;
const LOWER_O = 111;

const attributeValue = (written: string): string =>
	written.includes('&') ? entities().decodeHTMLAttribute(written) : written;

const SIMPLE_SELECTOR = /^(?:[a-z][a-z0-9]{0,20})?[.#][\w-]{1,100}$/i;

/**
 * The selectors of one class or id that a style sheet hides. Not those of `@media` and the like, which hide on some screens only, and none
 * that say where an element has to stand.
 */
function hidingSelectors(css: string): string[] {
	const found: string[] = [];
	const plain = withoutComments(css);
	let depth = 0;
	let start = 0;
	let selectors = '';
	for (const { 0: bracket, index } of plain.matchAll(/[{}]/g)) {
		if (bracket === '{') {
			if (depth === 0) selectors = plain.slice(start, index).trim();
			depth++;
		} else {
			if (depth === 1 && !selectors.startsWith('@') && HIDING.test(`;${plain.slice(start, index)}`))
				for (const one of selectors.split(',')) if (SIMPLE_SELECTOR.test(one.trim())) found.push(one.trim());
			depth = Math.max(0, depth - 1);
		}
		start = index + 1;
	}
	return found;
}

function withoutComments(css: string): string {
	const pieces: string[] = [];
	let at = 0;
	for (let open = css.indexOf('/*'); open >= 0; open = css.indexOf('/*', at)) {
		pieces.push(css.slice(at, open));
		const close = css.indexOf('*/', open + 2);
		// Browsers take one without an end for all that follows.
		at = close < 0 ? css.length : close + 2;
	}
	return pieces.concat(css.slice(at)).join(' ');
}

function isHiddenBy(hiding: ReadonlySet<string>, tag: string, sign: '.' | '#', names: string): boolean {
	return names
		.split(/\s/)
		.some((name) => name !== '' && (hiding.has(`${sign}${name}`) || hiding.has(`${tag}${sign}${name}`)));
}

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
