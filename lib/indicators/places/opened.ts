import type { Attachment, Opened, OpenedCode, OpenedLink } from '../../email';
import { INDICATOR_LIMITS } from '../../limits';
import type { Finding, Place } from '../finding';
import type { IndicatorFlag } from '../indicator';
import { mailtoTexts } from './document';
import { absoluteUrl, linkFinding, linkText } from './links';
import type { Search } from './search';
import { textFindings, type Findings } from './text';

/** In which file of which files something stands, and what that says of it. */
export interface Inside {
	/** Names of the files around it, the outermost first, each with a slash behind it. */
	path: string;
	flags: readonly IndicatorFlag[];
}

export const OUTSIDE: Inside = { path: '', flags: [] };

/** Where one is inside of a file. */
export function insideOf({ fileName, partId, opened }: Attachment, { path, flags }: Inside): Inside {
	const more = new Set(flags);
	if (opened?.kind === 'zip' || opened?.kind === 'archive') more.add('from-archive');
	if (opened?.properties.password !== undefined) more.add('from-encrypted');
	return { path: `${path}${fileName ?? partId}/`, flags: [...more] };
}

const LINK_FLAGS: Readonly<Partial<Record<Opened['kind'], IndicatorFlag>>> = {
	pdf: 'pdf-link',
	office: 'office-link',
	'office-legacy': 'office-link',
	rtf: 'office-link',
};

/** What was found when a file, or a body, was opened: its links, its codes, its texts. */
export function* openedFindings(opened: Opened, part: string, { path, flags }: Inside, search: Search): Findings {
	const at = (where: string | undefined, more: readonly IndicatorFlag[] = []): Place => ({
		part,
		field: where === undefined ? path.replace(/\/$/, '') : `${path}${where}`,
		flags: [...flags, ...more],
	});
	const pageOf = (page: number | undefined): string | undefined => (page === undefined ? undefined : `page ${page}`);
	const kindFlag = LINK_FLAGS[opened.kind];
	let batch: Finding[] = [];
	for (const link of opened.links) {
		const own: IndicatorFlag[] = kindFlag === undefined ? [] : [kindFlag];
		if (link.decoy === true) own.push('decoy');
		const { finding, texts, place } = readLink(link, at(pageOf(link.page) ?? link.field, own));
		if (finding !== undefined) batch.push(finding);
		if (texts.length === 0 && batch.length < INDICATOR_LIMITS.pieceLinks) continue;
		yield batch;
		batch = [];
		for (const text of texts) yield* textFindings(text, place, search);
	}
	yield batch;
	for (const code of opened.codes) {
		const place = at(pageOf(code.page) ?? 'code', [code.format.startsWith('Text') ? 'text-qr' : 'qr-code']);
		const finding = code.content === 'link' ? codeLink(code, place) : undefined;
		if (finding !== undefined) yield [finding];
		else yield* textFindings(code.text, place, search);
	}
	for (const { text, place } of opened.texts) yield* textFindings(text, at(place), search);
}

function readLink(
	{ url, field }: OpenedLink,
	place: Place,
): { finding: Finding | undefined; texts: string[]; place: Place } {
	const absolute = absoluteUrl({ url, field }, undefined);
	if (absolute === undefined) return { finding: undefined, texts: mailtoTexts(url), place };
	const own = { ...place, flags: [...(place.flags ?? []), ...absolute.flags] };
	const finding = linkFinding(absolute.url, own);
	return { finding, texts: finding === undefined ? [linkText(absolute.url)] : [], place: own };
}

function codeLink({ text }: OpenedCode, place: Place): Finding | undefined {
	const url = text.trim();
	const absolute = absoluteUrl({ url, field: 'code' }, undefined);
	// What a camera reads without a scheme it opens all the same.
	const written = absolute?.url ?? url;
	const finding = linkFinding(/^[a-z][a-z0-9+.-]{1,15}:\/\//i.test(written) ? written : `http://${written}`, place);
	return finding === undefined ? undefined : { ...finding, original: text };
}
