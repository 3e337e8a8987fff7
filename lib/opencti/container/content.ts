import type { IOptions, Tag } from 'sanitize-html';
import { warningKey, type Attachment, type Email } from '../../email';
import { OPENCTI_LIMITS } from '../../limits';
import { decodePercent, escapeHtml } from '../../text';
import { MiB } from '../../units';
import { attachedHead, attachedMessages } from './attachedMessages';
import type { DraftWarning } from './draft';
import { cutUtf8 } from './fileName';

/** How the text of a message becomes the content of a report. */
export interface ContentOptions {
	/** Images that the message carries: described in brackets, or put in as data: URIs. Default {@link CONTENT_DEFAULTS}. */
	inlineImages?: 'describe' | 'embed' | undefined;
	/**
	 * Links of the message: left as they are (http, https, mailto), or shown as text with a defanged address, as addresses in its text
	 * are; `auto` defangs them where the message is a phish, by what is known of it (`reported`, `labels`, `firstLook`, flags of
	 * `indicators`). Those of attached messages are always defanged, values of observables never. Default of reports and cases `auto`.
	 */
	links?: 'auto' | 'keep' | 'defang' | undefined;
}

/** What {@link ContentOptions} mean where nobody sets them. */
export const CONTENT_DEFAULTS = { inlineImages: 'describe', links: 'keep' } as const satisfies Required<ContentOptions>;

export interface Content {
	html: string;
	warnings: DraftWarning[];
}

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
const EMBEDDABLE = /^image\/(?:png|jpeg|gif|webp|bmp)$/;

/** What is told when a body is cut: something of the message is missing then. */
export const CONTENT_CUTS: ReadonlySet<string> = new Set(['content-cut', 'attached-messages-omitted']);

/**
 * A message's body as HTML for the Content tab of a report: its HTML without anything active or remote,
 * else its text, escaped, with line breaks. Never empty. The messages attached to it follow, each below a head of its own.
 */
export function emailContent(
	email: Pick<Email, 'html' | 'text' | 'attachments'>,
	options: ContentOptions = {},
): Content {
	const warnings: DraftWarning[] = [];
	const budget = new ContentBudget(warnings);
	const own = bodyOf(email, options, budget, warnings);
	const attached = attachedMessages(email, warnings).map((message) => {
		const body = bodyOf(message, { ...options, links: 'defang' }, budget, warnings);
		return `${attachedHead(message)}<blockquote>${body}</blockquote>`;
	});
	const told = new Map(warnings.map((warning) => [warningKey(warning), warning]));
	return { html: own + attached.join(''), warnings: [...told.values()] };
}

function bodyOf(
	email: Pick<Email, 'html' | 'text' | 'attachments'>,
	options: ContentOptions,
	budget: ContentBudget,
	warnings: DraftWarning[],
): string {
	const asText = (text: string) => textToHtml(options.links === 'defang' ? defangText(text) : text);
	if (email.html !== undefined && email.html.trim() !== '') {
		const body = budget.take(email.html);
		const html = sanitised(body, email.attachments, options, warnings);
		if (html !== undefined && hasSubstance(html)) return html;
		if (html === undefined && (email.text ?? '').trim() === '') return asText(body.replace(/<[^<>]*>/g, ' '));
	}
	if (email.text !== undefined && email.text.trim() !== '') return asText(budget.take(email.text));
	return '<p><em>The message has no text.</em></p>';
}

/** Text as HTML that looks the same: escaped, each line end a `<br>`, runs of spaces kept. */
export function textToHtml(text: string): string {
	const lines = escapeHtml(text.replace(/\r\n?/g, '\n').replace(/[\0-\x08\v\f\x0e-\x1f]/g, '')).split('\n');
	return `<p>${lines.map((line) => line.replace(/ {2}/g, ' &nbsp;')).join('<br>')}</p>`;
}

/** A URL that nothing turns into a link. */
export function defang(url: string): string {
	return url.replace(/^http/i, 'hxxp').replace('://', '[:]//').replace(/\./g, '[.]');
}

/** An address as it stands in a text. */
const URL_IN_TEXT = /\b(?:https?|ftp):\/\/[^\s<>"]+/gi;

/** A text in which no address is left that something turns into a link. */
export const defangText = (text: string) => text.replace(URL_IN_TEXT, defang);

/** Bytes that the texts of a message, and of those attached to it, may have in all. */
class ContentBudget {
	#left: number = OPENCTI_LIMITS.maxContentBytes;
	readonly #warnings: DraftWarning[];

	constructor(warnings: DraftWarning[]) {
		this.#warnings = warnings;
	}

	/** As much of a text as is left. */
	take(body: string): string {
		const cut = cutUtf8(body, this.#left);
		this.#left -= Buffer.byteLength(cut);
		if (cut.length < body.length) {
			this.#warnings.push({
				code: 'content-cut',
				message: `The message's text is longer than ${OPENCTI_LIMITS.maxContentBytes / MiB} MiB. The content only contains its beginning.`,
			});
		}
		return cut;
	}
}

function hasSubstance(html: string): boolean {
	return html.includes('<img ') || /\S/.test(html.replace(/<[^<>]*>/g, '').replace(/&nbsp;|\u00a0/g, ''));
}

function sanitised(
	html: string,
	attachments: Attachment[],
	options: ContentOptions,
	warnings: DraftWarning[],
): string | undefined {
	const sanitizeHtml = require('sanitize-html') as typeof import('sanitize-html');
	const images = new InlineImages(attachments, options.inlineImages === 'embed');
	let remote = 0;
	let depth = 0;
	const settings: IOptions = {
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
		onOpenTag: () => {
			if (++depth > OPENCTI_LIMITS.maxHtmlDepth) throw new TooDeep();
		},
		onCloseTag: () => {
			depth--;
		},
		parseStyleAttributes: false,
		transformTags: {
			a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: 'noopener noreferrer nofollow' } }),
			img: (_tagName, attribs): Tag => {
				const source = (attribs['src'] ?? '').trim();
				const found = images.find(source);
				if (found?.data !== undefined)
					return { tagName: 'img', attribs: { src: found.data, alt: attribs['alt'] ?? '' } };
				if (found === undefined && !/^cid:/i.test(source)) remote++;
				const label = (attribs['alt'] ?? '').trim().slice(0, 200) || found?.name || 'image';
				return { tagName: 'span', attribs: {}, text: `[${found === undefined ? 'remote image' : 'image'}: ${label}]` };
			},
		},
	};
	let clean: string;
	try {
		clean = sanitizeHtml(html, settings);
	} catch (error) {
		if (!(error instanceof TooDeep)) throw error;
		warnings.push({
			code: 'html-too-deep',
			message: 'The HTML of the message is nested too deeply. The content only contains its text.',
		});
		return undefined;
	}
	if (remote > 0) {
		warnings.push({
			code: 'remote-images-removed',
			message: `${remote} remote image(s) of the message were left out of the content.`,
		});
	}
	return options.links === 'defang' ? withoutLinks(clean).trim() : clean.trim();
}

/** Thrown through the parser to end it. */
class TooDeep extends Error {}

/** What a link's text and its address are told apart by, and what is no text. */
const LINKS_AND_TEXT = new RegExp(`<[^<>]*>|${URL_IN_TEXT.source}`, 'gi');

/** Links of sanitised HTML (attributes quoted and escaped) as text, each followed by its defanged address. */
function withoutLinks(html: string): string {
	const open: string[] = [];
	return html.replace(LINKS_AND_TEXT, (tag) => {
		if (!tag.startsWith('<')) return defang(tag);
		if (!/^<\/?a[ >]/.test(tag)) return tag;
		if (tag !== '</a>') {
			open.push(/ href="([^"]*)"/.exec(tag)?.[1] ?? '');
			return '<span>';
		}
		const target = open.pop() ?? '';
		return target === '' ? '</span>' : `</span> [${defang(target)}]`;
	});
}

/** Images inside the message, by Content-ID; as data: URIs within a budget when wanted. */
class InlineImages {
	readonly #byId = new Map<string, Attachment>();
	#budget: number = OPENCTI_LIMITS.maxInlineImageBytes;

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
		if (!this.#embed || content === undefined || !EMBEDDABLE.test(image.contentType) || content.length > this.#budget)
			return name;
		this.#budget -= content.length;
		return { ...name, data: `data:${image.contentType};base64,${content.toString('base64')}` };
	}
}
