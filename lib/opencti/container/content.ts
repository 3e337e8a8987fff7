import { warningKey, type Email } from '../../email';
import { OPENCTI_LIMITS } from '../../limits';
import { finish, piecesOf, type Steps } from '../../steps';
import { escapeHtml } from '../../text';
import { MiB } from '../../units';
import { attachedHead, attachedMessages } from './attachedMessages';
import { cleanHtmlSteps } from './cleanHtml';
import { defangText } from './defang';
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

/** What is told when a body is cut: something of the message is missing then. */
export const CONTENT_CUTS: ReadonlySet<string> = new Set(['content-cut', 'attached-messages-omitted']);

/**
 * A message's body as HTML for the Content tab of a report: its HTML without anything active or remote,
 * else its text, escaped, with line breaks. Never empty. The messages attached to it follow, each below a head of its own.
 */
export const emailContent = (email: Body, options: ContentOptions = {}): Content =>
	finish(contentSteps(email, options));

type Body = Pick<Email, 'html' | 'text' | 'attachments'>;

/** {@link emailContent}, with places where it may pause. */
export function* contentSteps(email: Body, options: ContentOptions = {}): Steps<Content> {
	const warnings: DraftWarning[] = [];
	const budget = new ContentBudget(warnings);
	const bodies = [yield* bodySteps(email, options, budget, warnings)];
	for (const message of attachedMessages(email, warnings)) {
		const body = yield* bodySteps(message, { ...options, links: 'defang' }, budget, warnings);
		bodies.push(`${attachedHead(message)}<blockquote>${body}</blockquote>`);
	}
	const told = new Map(warnings.map((warning) => [warningKey(warning), warning]));
	return { html: bodies.join(''), warnings: [...told.values()] };
}

function* bodySteps(
	email: Body,
	options: ContentOptions,
	budget: ContentBudget,
	warnings: DraftWarning[],
): Steps<string> {
	const asText = (text: string) => textSteps(text, options.links === 'defang');
	if (email.html !== undefined && email.html.trim() !== '') {
		const body = budget.take(email.html);
		const html = yield* cleanHtmlSteps(
			body,
			email.attachments,
			{ embedImages: options.inlineImages === 'embed', defangLinks: options.links === 'defang' },
			warnings,
		);
		if (html !== undefined && hasSubstance(html)) return html;
		if (html === undefined && (email.text ?? '').trim() === '') return yield* asText(body.replace(/<[^<>]*>/g, ' '));
	}
	if (email.text !== undefined && email.text.trim() !== '') return yield* asText(budget.take(email.text));
	return '<p><em>The message has no text.</em></p>';
}

/** Text as HTML that looks the same: escaped, each line end a `<br>`, runs of spaces kept. */
export function textToHtml(text: string): string {
	return finish(textSteps(text, false));
}

function* textSteps(text: string, defanged: boolean): Steps<string> {
	const lines: string[] = [];
	// Whole lines: an address goes over no line end.
	let line = '';
	for (const piece of piecesOf(text)) {
		const end = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\r')) + 1;
		if (end > 0) {
			lines.push(linesToHtml(line + piece.slice(0, end), defanged));
			line = '';
		}
		line += piece.slice(end);
		yield;
	}
	return `<p>${lines.join('')}${linesToHtml(line, defanged)}</p>`;
}

function linesToHtml(text: string, defanged: boolean): string {
	const shown = escapeHtml(
		(defanged ? defangText(text) : text).replace(/\r\n?/g, '\n').replace(/[\0-\x08\v\f\x0e-\x1f]/g, ''),
	);
	return shown.replace(/ {2}/g, ' &nbsp;').replace(/\n/g, '<br>');
}

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
