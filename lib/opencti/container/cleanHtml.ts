import { randomUUID } from 'node:crypto';
import type { IOptions, Tag } from 'sanitize-html';
import type { Attachment } from '../../email';
import { OPENCTI_LIMITS, STEP_LIMITS } from '../../limits';
import type { Steps } from '../../steps';
import { decodePercent } from '../../text';
import { defang, URL_IN_TEXT } from './defang';
import type { DraftWarning } from './draft';

/** What a report's text may hold. No styles: they hide text and load images. */
const TAGS = [
	'p',
	'div',
	'span',
	'br',
	'hr',
	'h1',
	'h2',
	'h3',
	'h4',
	'h5',
	'h6',
	'blockquote',
	'pre',
	'code',
	'ul',
	'ol',
	'li',
	'dl',
	'dt',
	'dd',
	'b',
	'strong',
	'i',
	'em',
	'u',
	's',
	'strike',
	'del',
	'ins',
	'sub',
	'sup',
	'small',
	'center',
	'a',
	'img',
	'table',
	'caption',
	'thead',
	'tbody',
	'tfoot',
	'tr',
	'th',
	'td',
];
/** Elements whose text is code or fallback, not what the reader saw. */
const SILENT_TAGS = [
	'script',
	'style',
	'textarea',
	'option',
	'noscript',
	'template',
	'title',
	'xmp',
	'iframe',
	'object',
	'svg',
	'math',
];

/** How a message's HTML is cleaned. */
export interface CleanOptions {
	/** Images that the message carries are put in; else they are described. */
	embedImages: boolean;
	/** Links are shown as text with a defanged address. */
	defangLinks: boolean;
}

/**
 * HTML without anything active or remote; undefined where it is nested too deeply, which is told.
 *
 * The sanitiser reads a document in one go. For others to have their turn it is given pieces: behind the elements that are open where a
 * piece begins, with a mark at the piece's ends, and what it makes of the piece is what stands between the marks. A piece ends only where
 * its mark was seen as an element, and is longer else: no cut goes through a comment, an attribute or a script. Each piece is sanitised
 * for itself, so that nothing active could come out of a cut that is wrong.
 *
 * @param pieceLength Characters of a piece, at least.
 */
export function* cleanHtmlSteps(
	html: string,
	attachments: Attachment[],
	{ embedImages, defangLinks }: CleanOptions,
	warnings: DraftWarning[],
	pieceLength: number = STEP_LIMITS.pieceLength,
): Steps<string | undefined> {
	const sanitiser = new Sanitiser(attachments, embedImages);
	const links = new Links();
	const cleaned: string[] = [];
	try {
		let open: readonly string[] = [];
		for (let start = 0; start < html.length;) {
			let length = pieceLength;
			let piece: Piece | undefined;
			let end: number;
			do {
				end = html.indexOf('<', start + length);
				if (end === -1) end = html.length;
				piece = sanitiser.piece(open, html.slice(start, end), end === html.length);
				length *= 2;
				yield;
			} while (piece === undefined);
			cleaned.push(defangLinks ? links.shown(piece.html) : piece.html);
			({ open } = piece);
			start = end;
		}
	} catch (error) {
		if (!(error instanceof TooDeep)) throw error;
		warnings.push({
			code: 'html-too-deep',
			message: 'The HTML of the message is nested too deeply. The content only contains its text.',
		});
		return undefined;
	}
	if (sanitiser.remote > 0) {
		warnings.push({
			code: 'remote-images-removed',
			message: `${sanitiser.remote} remote image(s) of the message were left out of the content.`,
		});
	}
	return cleaned.join('').trim();
}

/** What came of a piece, and the elements that are open at its end, the outermost first. */
interface Piece {
	html: string;
	open: readonly string[];
}

class Sanitiser {
	/** Images that would be fetched from elsewhere: they were left out. */
	remote = 0;

	readonly #images: InlineImages;
	readonly #settings: IOptions;
	/** Nobody who writes a message knows it. */
	readonly #mark = `cut${randomUUID().replaceAll('-', '')}`;
	#open: string[] = [];
	/** Those at the mark, once it was seen. */
	#atMark: string[] | undefined;
	#again: () => unknown = () => undefined;

	constructor(attachments: Attachment[], embed: boolean) {
		this.#images = new InlineImages(attachments, embed);
		this.#settings = this.#settingsOf();
	}

	/** Undefined where the document cannot be cut behind this piece. @throws TooDeep */
	piece(open: readonly string[], html: string, isLast: boolean): Piece | undefined {
		const silent = open.findIndex((name) => SILENT.has(name));
		const shown = silent === -1 ? open : open.slice(0, silent);
		const hidden = silent === -1 ? [] : open.slice(silent);
		const source = `${tags(shown)}${this.#mark}${tags(hidden)}${html}`;
		const before = [this.remote, this.#images.budget] as const;
		// A piece may be read more than once: what was found in it counts once.
		this.#again = () => ([this.remote, this.#images.budget] = before);
		const piece = isLast ? this.#last(source) : this.#between(source);
		if (piece === undefined) this.#again();
		return piece;
	}

	#last(source: string): Piece | undefined {
		return { html: this.#clean(source).split(this.#mark)[1] ?? '', open: [] };
	}

	#between(source: string): Piece | undefined {
		const marked = `${source}<${this.#mark}>${this.#mark}</${this.#mark}>`;
		const [, html, rest] = this.#clean(marked).split(this.#mark);
		const open = this.#atMark;
		if (open === undefined) return undefined;
		if (rest !== undefined) return { html: html!, open };
		// What is hidden where the piece ends hides the mark: it is put behind.
		const silent = open.findIndex((name) => SILENT.has(name));
		if (silent === -1) return undefined;
		const closed = open.slice(silent).reverse().map((name) => `</${name}>`); // prettier-ignore
		const [, hidden, behind] = this.#clean(`${source}${closed.join('')}${this.#mark}`).split(this.#mark);
		return behind === undefined ? undefined : { html: hidden!, open };
	}

	#clean(source: string): string {
		const sanitizeHtml = require('sanitize-html') as typeof import('sanitize-html');
		this.#again();
		this.#open = [];
		this.#atMark = undefined;
		return sanitizeHtml(source, this.#settings);
	}

	#settingsOf(): IOptions {
		return {
			allowedTags: TAGS,
			nonTextTags: SILENT_TAGS,
			allowedAttributes: {
				a: ['href', 'rel', 'title'],
				img: ['src', 'alt'],
				td: ['colspan', 'rowspan'],
				th: ['colspan', 'rowspan'],
				ol: ['start'],
			},
			allowedSchemes: ['http', 'https', 'mailto'],
			allowedSchemesByTag: { img: ['data'] },
			allowProtocolRelative: false,
			disallowedTagsMode: 'discard',
			nestingLimit: 100,
			onOpenTag: (name) => {
				const isMark = name === this.#mark;
				if (isMark) this.#atMark = [...this.#open];
				this.#open.push(name);
				if (this.#open.length > OPENCTI_LIMITS.maxHtmlDepth && !isMark) throw new TooDeep();
			},
			onCloseTag: () => {
				this.#open.pop();
			},
			parseStyleAttributes: false,
			transformTags: {
				a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: 'noopener noreferrer nofollow' } }),
				img: (_tagName, attribs): Tag => this.#image(attribs),
			},
		};
	}

	#image(attribs: Record<string, string>): Tag {
		const source = (attribs['src'] ?? '').trim();
		const found = this.#images.find(source);
		if (found?.data !== undefined) return { tagName: 'img', attribs: { src: found.data, alt: attribs['alt'] ?? '' } };
		if (found === undefined && !/^cid:/i.test(source)) this.remote++;
		const label = (attribs['alt'] ?? '').trim().slice(0, 200) || found?.name || 'image';
		return { tagName: 'span', attribs: {}, text: `[${found === undefined ? 'remote image' : 'image'}: ${label}]` };
	}
}

const SILENT: ReadonlySet<string> = new Set(SILENT_TAGS);

const tags = (names: readonly string[]) => names.map((name) => `<${name}>`).join('');

/** Thrown through the parser to end it. */
class TooDeep extends Error {}

/** What a link's text and its address are told apart by, and what is no text. */
const LINKS_AND_TEXT = new RegExp(`<[^<>]*>|${URL_IN_TEXT.source}`, 'gi');

/** Links of sanitised HTML (attributes quoted and escaped) as text, each followed by its defanged address. */
class Links {
	readonly #open: string[] = [];

	/** Of the next piece of it. */
	shown(html: string): string {
		return html.replace(LINKS_AND_TEXT, (tag) => {
			if (!tag.startsWith('<')) return defang(tag);
			if (!/^<\/?a[ >]/.test(tag)) return tag;
			if (tag !== '</a>') {
				this.#open.push(/ href="([^"]*)"/.exec(tag)?.[1] ?? '');
				return '<span>';
			}
			const target = this.#open.pop() ?? '';
			return target === '' ? '</span>' : `</span> [${defang(target)}]`;
		});
	}
}

const EMBEDDABLE = /^image\/(?:png|jpeg|gif|webp|bmp)$/;

/** Images inside the message, by Content-ID; as data: URIs within a budget when wanted. */
class InlineImages {
	readonly #byId = new Map<string, Attachment>();
	/** Bytes that may still be put in. */
	budget: number = OPENCTI_LIMITS.maxInlineImageBytes;

	readonly #embed: boolean;

	constructor(attachments: Attachment[], embed: boolean) {
		this.#embed = embed;
		for (const attachment of attachments) {
			if (attachment.contentId !== undefined) this.#byId.set(attachment.contentId.toLowerCase(), attachment);
		}
	}

	find(source: string): { name?: string; data?: string } | undefined {
		if (!/^cid:/i.test(source)) return undefined;
		const image = this.#byId.get(decodePercent(source.slice(4)).toLowerCase());
		if (image === undefined) return {};
		const name = image.fileName === undefined ? {} : { name: image.fileName };
		const { content } = image;
		if (!this.#embed || content === undefined || !EMBEDDABLE.test(image.contentType) || content.length > this.budget)
			return name;
		this.budget -= content.length;
		return { ...name, data: `data:${image.contentType};base64,${content.toString('base64')}` };
	}
}
