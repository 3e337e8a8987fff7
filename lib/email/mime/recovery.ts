/**
 * The boundary that a multipart body really uses, when its header names none or a wrong one: the text behind `--` of
 * the first such line that a Content-* field follows. Undefined when there is none.
 */
export function guessBoundary(body: Buffer): string | undefined {
	const text = body.toString('latin1');
	let tries = 0;
	for (const { index } of text.matchAll(/[\r\n]content-[a-z-]{1,40}[ \t]{0,20}:/gi)) {
		if (++tries > MAX_TRIES) return undefined;
		const before = text.slice(Math.max(0, index - MAX_BOUNDARY_LINE), index + 1).replace(/\r?[\r\n]$/, '');
		const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1).trimEnd();
		if (line.startsWith('--') && line.length > 2) return line.slice(2);
	}
	return undefined;
}

/** Content-* fields that are looked at, and how far back a delimiter line may begin. */
const MAX_TRIES = 10_000;
const MAX_BOUNDARY_LINE = 1_024;

/** Whether a text of unknown type is an HTML document. */
export function looksLikeHtml(body: Buffer): boolean {
	return /<(?:!doctype html|html|head|body|table|div|p|a|img|br)[\s>/]/i.test(body.toString('latin1', 0, 4_096));
}
