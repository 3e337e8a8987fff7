import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';
import { decodePercent } from '../../text';
import type { Finding, Place } from '../finding';
import type { IndicatorFlag } from '../indicator';
import { decodedLiterals, isTold, textOfDataUrl } from './code';
import { readHtmlInSteps, type HtmlDocument, type HtmlLink } from './html';
import { absoluteUrl, leadsElsewhere, linkFinding, linkText, visibleText } from './links';
import type { Search } from './search';
import { findingsInText, textFindings, type Findings } from './text';

/** How deep in decoded literals and documents a text stands. */
type Depth = number;

/** A link with what a reader sees of it. */
interface ShownLink {
	link: HtmlLink;
	/** What a client would open. */
	url: { url: string; flags: readonly IndicatorFlag[] } | undefined;
	text: string | undefined;
	/** The text names another registrable domain than what it leads to. */
	isLure: boolean;
}

/** What stands in an HTML document: in its text, and in the URLs of its attributes. */
export function* htmlFindings(html: string, place: Place, search: Search, depth: Depth = 0): Findings {
	const document = yield* readHtmlInSteps(search.take(html));
	const links = yield* shownLinks(document);
	const lures = links.filter(({ isLure }) => isLure).map(({ link }) => link);
	const lure: Place = { ...place, flags: ['link-text'] };
	let next = 0;
	yield* findingsInText(document.text, place, search, ({ start }) => {
		while (next < lures.length && lures[next]!.end! <= start) next++;
		return next < lures.length && start >= lures[next]!.start! ? lure : place;
	});

	if (document.hidden.trim() !== '') yield* textFindings(document.hidden, { ...place, flags: ['hidden-text'] }, search);

	const isBody = place.part.endsWith('html');
	const fieldOf = (field: string): string => (isBody ? field : `${place.field ?? ''} ${field}`.trim());
	let batch: Finding[] = [];
	for (const { link, url, text, isLure } of links) {
		const at: Place = { part: place.part, field: fieldOf(link.field) };
		if (text !== undefined && text !== '') at.text = text;
		if (url !== undefined) at.flags = url.flags;
		const finding = url && linkFinding(url.url, at, isLure ? ['href-mismatch'] : []);
		if (finding !== undefined) batch.push(finding);
		const texts = finding !== undefined ? [] : url !== undefined ? [linkText(url.url)] : mailtoTexts(link.url);
		if (texts.length > 0 || batch.length >= INDICATOR_LIMITS.pieceLinks) {
			yield batch;
			batch = [];
		}
		for (const one of texts) yield* textFindings(one, at, search);
		// Only of a link that is none to a host.
		if (url === undefined) yield* codeOfLink(link.url, at, search, depth);
	}
	yield batch;
	for (const { text, field } of document.code) {
		yield* codeFindings(text, { part: place.part, field: fieldOf(field) }, search, depth);
	}
	if (depth >= INDICATOR_LIMITS.maxDecodeDepth) return;
	for (const { text, field } of document.documents) {
		yield* htmlFindings(text, { part: place.part, field: fieldOf(field) }, search, depth + 1);
	}
}

/** A link that is a script or a document itself. */
function* codeOfLink(url: string, place: Place, search: Search, depth: Depth): Findings {
	if (depth >= INDICATOR_LIMITS.maxDecodeDepth) return;
	if (/^javascript:/i.test(url))
		yield* codeFindings(decodePercent(url.slice('javascript:'.length)), place, search, depth + 1);
	const content = /^data:/i.test(url) ? textOfDataUrl(url) : undefined;
	if (content?.html === true) yield* htmlFindings(content.text, place, search, depth + 1);
	else if (content !== undefined) yield* codeFindings(content.text, place, search, depth + 1);
}

function* shownLinks({ links, text: shown, base }: HtmlDocument): Steps<ShownLink[], never[]> {
	const { maxLinkText, pieceLinks } = INDICATOR_LIMITS;
	const all: ShownLink[] = [];
	for (const link of links) {
		const { start, end, field } = link;
		const label =
			start === undefined || end === undefined
				? link.text
				: shown.slice(start, Math.min(end, start + 10 * maxLinkText));
		const text = label === undefined ? undefined : visibleText(label);
		const url = absoluteUrl(link, base);
		const isLure =
			field === 'a[href]' && end !== undefined && url !== undefined && text !== undefined && leadsElsewhere(text, url);
		all.push({ link, url, text, isLure });
		if (all.length % pieceLinks === 0) yield [];
	}
	return all;
}

/** What is searched of a `mailto:` link: the addresses, and the fields that it fills in; of a `tel:` link the number. */
export function mailtoTexts(url: string): string[] {
	if (/^(?:tel|sms|callto):/i.test(url)) return [decodePercent(url.slice(url.indexOf(':') + 1).split('?', 1)[0]!)];
	if (!/^mailto:/i.test(url)) return [];
	const question = url.indexOf('?');
	const addresses = decodePercent(url.slice('mailto:'.length, question < 0 ? undefined : question))
		.split(',')
		.map((address) => `<${address.trim()}>`)
		.join(' ');
	return question < 0 ? [addresses] : [addresses, decodePercent(url.slice(question + 1)).replaceAll('&', ' ')];
}

/** What a script names, and what its encoded literals hold: as HTML where they are some. */
function* codeFindings(code: string, place: Place, search: Search, depth: Depth): Findings {
	const text = search.take(code);
	yield* findingsInText(text, place, search, (finding) => (isTold(finding, text) ? place : undefined));
	yield* decodedFindings(text, place, search, depth);
}

/** What the encoded literals of a script hold. */
export function* decodedFindings(code: string, place: Place, search: Search, depth: Depth = 0): Findings {
	if (depth >= INDICATOR_LIMITS.maxDecodeDepth) return;
	for (const decoded of decodedLiterals(code)) {
		if (/<[a-z!/]/i.test(decoded)) yield* htmlFindings(decoded, place, search, depth + 1);
		else yield* codeFindings(decoded, place, search, depth + 1);
	}
}
