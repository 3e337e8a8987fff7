import type { Attachment, Email, Opened } from '../../email';
import { OPENCTI_LIMITS } from '../../limits';
import { defang } from './defang';
import { escapeMarkdown, markdownTable } from './markdown';

/** Links and codes of one file that its row shows. */
const MAX_TARGETS = 5;

/** A table of the files that were opened, those inside of others included: what each is, what is odd about it, where it leads. */
export function openedSection(email: Email): string[] {
	const rows: string[][] = [];
	if (email.opened !== undefined) rows.push(rowOf('(text of the message)', email.opened));
	for (const { name, opened } of filesOf(email, '')) if (isTold(opened)) rows.push(rowOf(name, opened));
	if (rows.length === 0) return [];
	const { maxDescriptionIndicators } = OPENCTI_LIMITS;
	const shown = rows.slice(0, maxDescriptionIndicators);
	const table = markdownTable(['File', 'Kind', 'Remarks', 'Leads to', 'Not read'], shown);
	const more = rows.length - shown.length;
	return ['**Inside of the attachments**', more > 0 ? `${table}\n\n…and ${more} more.` : table];
}

/** Pictures of a signature are opened, too: what nothing is to be said of has no row. */
const isTold = ({ kind, links, codes, children, flags, notRead }: Opened): boolean =>
	links.length + codes.length + children.length + flags.length + notRead.length > 0 ||
	(kind !== 'image' && kind !== 'text' && kind !== 'other');

function* filesOf(
	{ attachments }: Pick<Email, 'attachments'>,
	path: string,
): Generator<{ name: string; opened: Opened }> {
	for (const attachment of attachments) yield* fileAndInside(attachment, path);
}

function* fileAndInside(
	{ fileName, partId, opened, email }: Attachment,
	path: string,
): Generator<{ name: string; opened: Opened }> {
	const name = `${path}${fileName ?? `part ${partId}`}`;
	if (opened !== undefined) {
		yield { name, opened };
		yield* filesOf({ attachments: opened.children }, `${name}/`);
	}
	if (email !== undefined) yield* filesOf(email, `${name}/`);
}

function rowOf(name: string, { kind, flags, links, codes, properties, notRead }: Opened): string[] {
	const password = properties.password === undefined ? [] : [`password ${String(properties.password)}`];
	const targets = [
		...links.filter(({ decoy }) => decoy !== true).map(({ url }) => url),
		...codes.map(({ text }) => `${text} (code)`),
	];
	const distinct = [...new Set(targets)];
	const shown = distinct.slice(0, MAX_TARGETS).map(defang);
	const more = distinct.length - shown.length;
	const decoys = links.filter(({ decoy }) => decoy === true).length;
	const leadsTo = [...shown, ...(more > 0 ? [`${more} more`] : []), ...(decoys > 0 ? [`${decoys} decoys`] : [])];
	return [name, kind, [...flags, ...password].join(', '), leadsTo.join(', '), notRead.join(', ')].map((text) =>
		escapeMarkdown(text, OPENCTI_LIMITS.maxDescriptionValueCharacters),
	);
}
