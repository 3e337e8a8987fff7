import { lazy } from '../../lazy';
import { INDICATOR_LIMITS } from '../../limits';
import { finish, type Steps } from '../../steps';
import { readMarkup } from './markup';

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

/** What an HTML page says and leads to. */
export interface HtmlDocument {
	/** Text nodes in order; a new line where a block, a cell or a `br` ends one. */
	text: string;
	links: HtmlLink[];
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
const READ_ATTRIBUTES: ReadonlySet<string> = new Set([...URL_ATTRIBUTES, 'srcset', 'http-equiv', 'content', 'alt']);
const NO_URL: ReadonlySet<string> = new Set(['param[data]', 'html[data]']);

/** Elements inside a line of text; all others end it. */
const INLINE: ReadonlySet<string> = new Set(
	'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup tt u var wbr o:p st1:place'.split(
		' ',
	),
);
const UNREAD: ReadonlySet<string> = new Set(['script', 'style', 'noembed', 'noframes', 'template']);

const CONDITION = /\s{0,8}\[if [^\]]{0,200}\]>/iy;

/** Reads HTML in one pass without a tree: text nodes and the URLs of attributes, never CSS, scripts, class names or comments. */
export function readHtml(html: string): HtmlDocument {
	return finish(readHtmlInSteps(html));
}

/** As {@link readHtml}, a piece at a time. */
export function* readHtmlInSteps(html: string): Steps<HtmlDocument, never[]> {
	const document: HtmlDocument = { text: '', links: [] };
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
	let attributes: Map<string, string> | undefined;
	let unread = '';
	let anchors: HtmlLink[] = [];

	const push = (text: string): void => {
		pieces.push(text);
		length += text.length;
		if (length - joinedLength < INDICATOR_LIMITS.pieceCharacters) return;
		joined.push(pieces.join(''));
		pieces = [];
		joinedLength = length;
	};
	const endLine = (name: string): void => {
		if (!linksOnly && unread === '' && !INLINE.has(name)) push('\n');
	};
	const endAnchor = (): void => {
		for (const anchor of anchors) anchor.end = length;
		anchors = [];
	};

	yield* readMarkup(html, {
		text: (start, end, encoded) => {
			if (linksOnly || unread !== '') return;
			const text = html.slice(start, end);
			push(encoded && text.includes('&') ? entities().decodeHTML(text) : text);
		},
		openTag: (name) => {
			tag = name;
			attributes = undefined;
		},
		attribute: (name, start, end) => {
			if (!READ_ATTRIBUTES.has(name) || attributes?.has(name) === true) return;
			const value = html.slice(start, end);
			(attributes ??= new Map<string, string>()).set(
				name,
				value.includes('&') ? entities().decodeHTMLAttribute(value) : value,
			);
		},
		openTagEnd: () => {
			endLine(tag);
			if (tag === 'a') endAnchor();
			if (UNREAD.has(tag)) unread = tag;
			if (attributes === undefined) return;
			for (const link of linksOf(tag, attributes, document)) {
				document.links.push(link);
				if (tag === 'a' && !linksOnly) {
					link.start = length;
					anchors.push(link);
				}
				const alternative = tag === 'area' ? attributes.get('alt') : undefined;
				if (alternative !== undefined) link.text = alternative;
			}
			attributes = undefined;
		},
		closeTag: (name) => {
			if (name === unread) unread = '';
			if (name === 'a') endAnchor();
			endLine(name);
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
	if (!linksOnly) document.text = joined.concat(pieces).join('');
}

function linksOf(tag: string, attributes: ReadonlyMap<string, string>, document: HtmlDocument): HtmlLink[] {
	const links: HtmlLink[] = [];
	const add = (url: string, name: string): void => {
		const trimmed = url.replace(/[\t\n\r]/g, '').trim();
		if (trimmed !== '') links.push({ url: trimmed, field: `${tag}[${name}]` });
	};
	for (const [name, value] of attributes) {
		if (tag === 'base' && name === 'href') document.base ??= value.trim();
		else if (name === 'srcset') for (const url of srcsetUrls(value)) add(url, name);
		else if (URL_ATTRIBUTES.has(name) && !NO_URL.has(`${tag}[${name}]`)) add(value, name);
	}
	if (tag === 'meta' && attributes.get('http-equiv')?.trim().toLowerCase() === 'refresh') {
		const content = attributes.get('content') ?? '';
		const at = /\burl\s{0,8}=\s{0,8}/i.exec(content);
		if (at !== null) {
			const url = content.slice(at.index + at[0].length).trim();
			const quote = url[0];
			const close = quote === '"' || quote === "'" ? url.indexOf(quote, 1) : -1;
			add(quote === '"' || quote === "'" ? url.slice(1, close < 0 ? undefined : close) : url, 'refresh');
		}
	}
	return links;
}

/** Candidates of a `srcset`: a URL, then a width or density, then a comma (WHATWG HTML section 4.8.4.2.1). */
function srcsetUrls(value: string): string[] {
	return value
		.split(/,\s|\s/)
		.map((word) => word.trim())
		.filter((word) => word !== '' && !/^\d+(?:\.\d+)?[wxh],?$/.test(word))
		.map((word) => (word.endsWith(',') ? word.slice(0, -1) : word));
}
