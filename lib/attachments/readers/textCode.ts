import type { OpenedCode } from '../../email';
import { readCodes } from './codes';

/** Cells of the smallest code, with no margin, and of the largest that anybody can scan from a mail, with a wide one. */
const MIN_CELLS = 21;
const MAX_CELLS = 200;
/** Pixels of one cell. */
const SCALE = 4;
/** Cells of margin that are painted around: readers need them. */
const MARGIN = 4;
/** Codes of one text that are tried. */
const MAX_TRIED = 20;

/** What characters of blocks cover: upper half, lower half. */
const HALVES: ReadonlyMap<string, readonly [boolean, boolean]> = new Map([
	['\u2588', [true, true]],
	['\u2580', [true, false]],
	['\u2584', [false, true]],
	[' ', [false, false]],
	['\u00a0', [false, false]],
	['\u2003', [false, false]],
	['\u3000', [false, false]],
]);
/** Characters of four and of eight dots: which of them are dark. The order of the dots is that of the bits. */
const QUARTERS = ' \u2598\u259d\u2580\u2596\u258c\u259e\u259b\u2597\u259a\u2590\u259c\u2584\u2599\u259f\u2588';
const BRAILLE = 0x2800;
const DARK = /[#@\u2588\u25a0\u25fc\u2b1b\u2593]/;
const LIGHT = /[ .\u00a0\u2003\u3000\u25a1\u25fb\u2b1c\u2591_]/;
const BLOCKS =
	/[#@\u2580\u2584\u2588\u2590\u258c\u2596-\u259f\u2800-\u28ff\u2591\u2593\u25a0\u25a1\u25fb\u25fc\u2b1b\u2b1c]/;
const OTHER =
	/[^#@.\s_\u2580\u2584\u2588\u2590\u258c\u2596-\u259f\u2800-\u28ff\u2591\u2593\u25a0\u25a1\u25fb\u25fc\u2b1b\u2b1c]/;

/** Whether a text may hold a code that is drawn with characters: cheap, for every text is asked. */
export function mayHoldTextCode(text: string): boolean {
	let rows = 0;
	for (const line of linesOf(text)) {
		rows = isRow(line) ? rows + 1 : 0;
		if (rows >= leastRows(line)) return true;
	}
	return false;
}

/** Reads the codes that are drawn in a text with blocks: full and half ones, one or two characters a cell, dark or light. */
export async function readTextCodes(text: string): Promise<OpenedCode[]> {
	const codes = new Map<string, OpenedCode>();
	let tried = 0;
	for (const rows of drawingsOf(text)) {
		for (const cells of [dots(rows), halves(rows), singles(rows)]) {
			if (cells === undefined || tried++ >= MAX_TRIED) continue;
			const found = await readPainted(cells);
			for (const code of found) codes.set(code.text, { ...code, format: `Text${code.format}` });
			if (found.length > 0) break;
		}
	}
	return [...codes.values()];
}

/** Elements that end a line. */
const LINE_END = /<(?:br|\/(?:div|p|tr|pre|li|h[1-6]))\b[^<>]{0,500}>/gi;

/** The lines of an HTML page as a reader sees them, as far as blocks are concerned. */
export function linesOfHtml(html: string): string {
	if (!BLOCKS.test(html) && !/&#x?2?[0-9a-f]{3,4};/i.test(html)) return '';
	return html
		.replace(LINE_END, '\n')
		.replace(/<[^<>]{0,2000}>/g, '')
		.replace(/&nbsp;/gi, '\u00a0')
		.replace(/&(?:block|FullBlock);/g, '\u2588')
		.replace(/&#(?:x([\da-f]{2,6})|(\d{2,7}));/gi, (_, hex: string | undefined, decimal: string | undefined) => {
			const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
			return code > 0 && code < 0x110000 && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : '';
		});
}

function* linesOf(text: string): Generator<string> {
	for (let at = 0; at < text.length;) {
		const end = text.indexOf('\n', at);
		const stop = end < 0 ? text.length : end;
		// A line longer than any code is none, and not worth cutting out.
		yield stop - at > 4 * MAX_CELLS
			? ''
			: text
					.slice(at, stop)
					.replace(/[\r\u200b\u2060\ufeff]/g, '')
					.trimEnd();
		at = stop + 1;
	}
}

function isRow(line: string): boolean {
	return line.length >= MIN_CELLS / 2 && BLOCKS.test(line) && !OTHER.test(line);
}

const HAS_BRAILLE = /[\u2801-\u28ff]/;
/** Lines of the smallest code: one of Braille has four rows of cells, others two at most. */
const leastRows = (line: string): number => (HAS_BRAILLE.test(line) ? MIN_CELLS / 4 : MIN_CELLS / 2);

/** Lines of blocks that stand under one another; a light row may be blank. */
function drawingsOf(text: string): string[][] {
	const drawings: string[][] = [];
	let rows: string[] = [];
	let blank = 0;
	for (const line of linesOf(text)) {
		if (isRow(line)) {
			for (; blank > 0; blank--) if (rows.length > 0) rows.push('');
			rows.push(line);
			blank = 0;
		} else if (line.trim() === '' && rows.length > 0 && blank < 2) blank++;
		else {
			drawings.push(rows);
			rows = [];
			blank = 0;
		}
	}
	drawings.push(rows);
	return drawings.filter((rows) => rows.length > 0 && rows.length >= leastRows(rows[0]!) && rows.length <= MAX_CELLS);
}

type Cells = boolean[][];

/** Characters that are four or eight cells each. */
function dots(rows: readonly string[]): Cells | undefined {
	const isBraille = rows.some((row) => HAS_BRAILLE.test(row));
	if (!isBraille && !rows.some((row) => /[\u2590\u258c\u2596-\u259f]/.test(row))) return undefined;
	// Left and right dot of each line of them, as bits.
	const lines = isBraille ? [[1, 8], [2, 16], [4, 32], [64, 128]] : [[1, 2], [4, 8]]; // prettier-ignore
	return rows.flatMap((row) => {
		const bits = [...row].map((character) =>
			isBraille ? Math.max(0, character.charCodeAt(0) - BRAILLE) & 0xff : Math.max(0, QUARTERS.indexOf(character)),
		);
		return lines.map((pair) => bits.flatMap((value) => pair.map((bit) => (value & bit) !== 0)));
	});
}

function halves(rows: readonly string[]): Cells | undefined {
	if (!rows.some((row) => /[\u2580\u2584]/.test(row))) return undefined;
	return rows.flatMap((row) => {
		const pairs = [...row].map((character) => HALVES.get(character) ?? [false, false]);
		return [pairs.map(([upper]) => upper), pairs.map(([, lower]) => lower)];
	});
}

/** Where each cell is two characters wide, every other one is left out. */
function singles(rows: readonly string[]): Cells | undefined {
	const cells = rows.map((row) => [...row].map((character) => DARK.test(character) || !LIGHT.test(character)));
	const width = Math.max(...cells.map(({ length }) => length));
	const isDouble = width > 1.5 * cells.length && rows.every((row) => isDoubled([...row]));
	return isDouble ? cells.map((row) => row.filter((_, i) => i % 2 === 0)) : cells;
}

function isDoubled(characters: readonly string[]): boolean {
	for (let i = 0; i + 1 < characters.length; i += 2) if (characters[i] !== characters[i + 1]) return false;
	return true;
}

/** Blocks are dark on a light page, or light on a dark terminal: both are tried. */
async function readPainted(cells: Cells): Promise<OpenedCode[]> {
	const width = Math.max(...cells.map((row) => row.length));
	if (width < MIN_CELLS || width > 2 * MAX_CELLS || cells.length < MIN_CELLS) return [];
	for (const ink of [true, false]) {
		const codes = await readCodes(painted(cells, width, ink), true);
		if (codes.length > 0) return codes;
	}
	return [];
}

function painted(cells: Cells, columns: number, ink: boolean): Parameters<typeof readCodes>[0] {
	const width = (columns + 2 * MARGIN) * SCALE;
	const height = (cells.length + 2 * MARGIN) * SCALE;
	const data = new Uint8ClampedArray(new ArrayBuffer(width * height * 4)).fill(255);
	for (let y = 0; y < cells.length; y++) {
		for (let x = 0; x < columns; x++) {
			if ((cells[y]![x] ?? false) !== ink) continue;
			for (let dy = 0; dy < SCALE; dy++) {
				const row = ((y + MARGIN) * SCALE + dy) * width;
				for (let dx = 0; dx < SCALE; dx++) {
					const at = (row + (x + MARGIN) * SCALE + dx) * 4;
					data[at] = data[at + 1] = data[at + 2] = 0;
				}
			}
		}
	}
	return { data, width, height };
}
