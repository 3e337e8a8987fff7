import { escapeHtml } from '../text';

/**
 * Text for XML and HTML, in elements and attributes. What XML cannot hold, and what turns the direction of writing to make a name look
 * like another (`exe.fdp` for `pdf.exe`), becomes U+FFFD.
 */
export function escapeMarkup(text: string): string {
	return escapeHtml(
		text.replace(/[\0-\x08\v\f\x0E-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF\p{Surrogate}]/gu, '\uFFFD'),
	);
}

/** Width of a text in narrow columns: East Asian and pictographic characters take two. */
function widthOf(char: string): number {
	const code = char.codePointAt(0) ?? 0;
	return code >= 0x1100 && (code <= 0x115f || (code >= 0x2e80 && code <= 0xffef) || code >= 0x1f000) ? 2 : 1;
}

/**
 * The text in one line of at most so many columns. What does not fit is taken out of its middle, for URLs, hashes and file names tell
 * most at their ends; out of its end where it is prose.
 */
export function clipped(text: string, columns: number, prose = false): string {
	// Enough to fill the line from both ends, so that a text of megabytes costs no more than a short one.
	const ends = text.length > 4 * columns ? `${text.slice(0, 2 * columns)}${text.slice(-2 * columns)}` : text;
	const chars = [...ends.replace(/\s+/g, ' ')];
	const total = chars.reduce((sum, char) => sum + widthOf(char), 0);
	if (total <= columns && ends === text) return chars.join('');
	const tail = prose ? 0 : Math.floor(columns / 3);
	return `${fitted(chars, columns - tail - 1)}…${[...fitted(chars.reverse(), tail)].reverse().join('')}`;
}

function fitted(chars: readonly string[], columns: number): string {
	let left = columns;
	let text = '';
	for (const char of chars) {
		left -= widthOf(char);
		if (left < 0) break;
		text += char;
	}
	return text;
}
