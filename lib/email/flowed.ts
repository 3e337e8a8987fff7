/** Joins the lines of a format=flowed text (RFC 3676 section 4), quote depth respected. Line ends are LF. Linear. */
export function unflow(text: string, deleteSpace: boolean): string {
	const output: string[] = [];
	let paragraph: string[] = [];
	let depth = 0;
	const flush = (): void => {
		if (paragraph.length > 0) output.push((depth > 0 ? `${'>'.repeat(depth)} ` : '') + paragraph.join(''));
		paragraph = [];
	};
	for (const line of text.split('\n')) {
		let quotes = 0;
		while (line.charCodeAt(quotes) === 0x3e) quotes++;
		// Space-stuffing: one blank in front is not part of the text.
		const content = line.slice(line.charCodeAt(quotes) === 0x20 ? quotes + 1 : quotes);
		if (quotes !== depth) flush();
		depth = quotes;
		const flows = content.endsWith(' ') && content !== '-- ';
		if (content === '-- ') flush();
		paragraph.push(flows && deleteSpace ? content.slice(0, -1) : content);
		if (!flows) flush();
	}
	flush();
	return output.join('\n');
}
