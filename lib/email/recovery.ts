/**
 * The boundary that a multipart body really uses, when its header names none or a wrong one: the text behind `--` of
 * the first such line that a Content-* field follows. Undefined when there is none.
 */
export function guessBoundary(body: Buffer): string | undefined {
	const text = body.toString('latin1');
	let tries = 0;
	for (let at = text.startsWith('--') ? 0 : nextLine(text, 0); at !== -1 && tries < 1_000; at = nextLine(text, at), tries++) {
		const match = /^--([^\r\n]{1,998}?)[ \t]{0,20}(?:\r\n|\r|\n)content-[a-z-]{1,40}[ \t]*:/i.exec(text.slice(at, at + 2_200));
		if (match !== null) return match[1];
	}
	return undefined;
}

/** Offset of the next line that begins with `--`. */
function nextLine(text: string, from: number): number {
	const afterLf = text.indexOf('\n--', from);
	const afterCr = text.indexOf('\r--', from);
	const found = afterLf === -1 ? afterCr : afterCr === -1 ? afterLf : Math.min(afterLf, afterCr);
	return found === -1 ? -1 : found + 1;
}

/** Whether a text of unknown type is an HTML document. */
export function looksLikeHtml(body: Buffer): boolean {
	return /<(?:!doctype html|html|head|body|table|div|p|a|img|br)[\s>/]/i.test(body.toString('latin1', 0, 4_096));
}
