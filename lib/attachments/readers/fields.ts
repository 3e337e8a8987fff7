import type { FileFlag, OpenedLink } from '../../email';

/** What the instruction of a field in a document leads to: `HYPERLINK "https://…" \l "x"`, `DDEAUTO c:\\…`, `INCLUDEPICTURE "…"`. */
export function readField(instruction: string): { link?: OpenedLink; flags: FileFlag[] } {
	const [, word = '', rest = ''] = /^\s{0,50}([a-z]{2,20})\b([\s\S]{0,9000})/i.exec(instruction) ?? [];
	const target = /^\s{0,50}(?:\\[a-z]\s{1,9}){0,5}(?:"([^"]{1,8192})"?|(\S{1,8192}))/i.exec(rest);
	const url = (target?.[1] ?? target?.[2] ?? '').replaceAll('\\\\', '\\').trim();
	switch (word.toUpperCase()) {
		case 'HYPERLINK':
			return isAddress(url) ? { link: { url, field: 'field' }, flags: [] } : { flags: [] };
		case 'DDE':
		case 'DDEAUTO':
			return { flags: ['dde-field'] };
		case 'INCLUDEPICTURE':
		case 'INCLUDETEXT':
		case 'INCLUDE':
		case 'IMPORT':
		case 'RD':
		case 'LINK':
			return isAddress(url)
				? { link: { url, field: 'field' }, flags: ['external-relationship'] }
				: { flags: word.toUpperCase() === 'LINK' ? ['ole-object'] : [] };
		default:
			return { flags: [] };
	}
}

/** Something that opens: a URL of any scheme, or a share. */
export const isAddress = (url: string): boolean =>
	/^(?:[a-z][a-z0-9+.-]{1,15}:[/\\]{0,4}[^/\\\s]|\\\\[^\\\s]|www\.)/i.test(url);
