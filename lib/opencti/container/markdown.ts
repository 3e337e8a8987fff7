/** Text that markdown shows as it is: on one line, no markup, no links. */
export function escapeMarkdown(text: string, maxCharacters: number): string {
	const oneLine = text.replace(/[\s\0-\x1f\x7f]+/g, ' ').trim();
	const cut =
		oneLine.length > maxCharacters ? `${oneLine.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '')}…` : oneLine;
	return (
		cut
			.replace(/[\\`*_{}[\]()#+!|<>~&$]/g, '\\$&')
			// Renderers make links of bare addresses whatever is escaped around them.
			.replace(/:\/\//g, '\\[:\\]//')
			.replace(/\bwww\./gi, 'www\\[.\\]')
	);
}

/** A markdown table; cells are escaped already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
