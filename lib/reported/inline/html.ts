/** Where mail programs begin the forwarded message in HTML: Gmail, Outlook's web app, Thunderbird, Outlook, Apple Mail. */
const BEGINNINGS: readonly RegExp[] = [
	/<div[^<>]{1,200}\bclass\s{0,2}=\s{0,2}["']?gmail_quote/i,
	/<(?:div|hr)[^<>]{1,200}\bid\s{0,2}=\s{0,2}["']?(?:x_)?(?:divRplyFwdMsg|appendonsend|stopSpelling)/i,
	/<div[^<>]{1,200}\bclass\s{0,2}=\s{0,2}["']?moz-forward-container/i,
	/<table[^<>]{1,200}\bclass\s{0,2}=\s{0,2}["']?moz-email-headers-table/i,
	/<div[^<>]{1,200}\bborder-top:\s{0,2}solid\s{1,2}#(?:E1E1E1|B5C4DF)/i,
	/<blockquote[^<>]{1,200}\btype\s{0,2}=\s{0,2}["']?cite/i,
];

/**
 * The HTML from where the forwarded message begins, and what stands before; all of it where nothing tells. Elements that are closed and were not opened do no
 * harm to a reader of HTML.
 */
export function forwardedHtml(
	html: string,
	announcement: string | undefined,
): { html: string; before: string; isWhole: boolean } {
	const found = BEGINNINGS.map((beginning) => html.search(beginning)).filter((at) => at !== -1);
	const phrase = announcement === undefined ? -1 : html.indexOf(phraseOf(announcement));
	const at = found.length > 0 ? Math.min(...found) : phrase;
	return at <= 0
		? { html, before: '', isWhole: true }
		: { html: html.slice(at), before: html.slice(0, at), isWhole: false };
}

/** Without the hyphens around it: HTML may have other ones. */
function phraseOf(announcement: string): string {
	return (
		announcement
			.split('-')
			.find((part) => part.trim() !== '')
			?.trim() ?? announcement
	);
}
