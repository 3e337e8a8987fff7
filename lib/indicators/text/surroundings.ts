import { isPublicSuffix, readIpAddress } from '../../values';
import { EXTENSIONS } from './words';

/** What stands in one cell of a list or table. */
type CellKind = 'host' | 'ambiguous' | 'other' | 'prose';

/** Some lines around a place, up to the blank lines before and behind them. */
interface Block {
	start: number;
	end: number;
	/** The first line, or the line that announces the list. */
	heading: string;
	lines: readonly string[];
	/** Offsets of the lines. */
	offsets: readonly number[];
	/** How many lines have so many cells, by delimiter; what was found of columns, by delimiter and index: counted once. */
	cellCounts: Map<string, Map<number, number>>;
	columnsOfHosts: Map<string, boolean>;
	/** Where the counting of cells stands: who asks in ascending order has each character counted once. */
	counted: { offset: number; delimiter: string; at: number; index: number; quoted: boolean };
}

const MOST_BEFORE = 2_000;
const MOST_BEHIND = 4_000;
const MOST_ROW = 1_000;
const MOST_HEADING = 300;
const DELIMITERS = ['\t', '|', ';', ','] as const;
const BULLET = /^(?:[-*\u2022\u00b7>+]\s{1,8}|\d{1,4}[.)]\s{1,8})/;
const DOTTED = /^[\w\u0080-\uffff-]+(?:\.[\w\u0080-\uffff-]+)+\.?(?::\d{1,5})?$/;
const HOSTS_HEADING =
	/\b(?:domains?|domain[ _-]names?|hosts?|host[ _-]?names?|fqdns?|dns|c2|c&c|servers?|websites?|sites?)\b/i;
const FILES_HEADING = /\b(?:files?|file[ _-]?names?|paths?|attachments?|documents?|scripts?|archives?|payloads?)\b/i;

/**
 * What stands around a value: the column of a table, the list, the line that announces it. A judgement that needs evidence finds it
 * here. Read when asked for, in blocks that are read once: the time is linear in the text, however often one asks in ascending order.
 */
export class Surroundings {
	readonly #text: string;
	#block: Block | undefined;

	constructor(text: string) {
		this.#text = text;
	}

	/** The heading of the column in which `start` stands, or the line that announces the list; empty when there is none. */
	heading(start: number): string {
		const block = this.#blockAt(start);
		const { line, offset } = lineAt(block, start);
		const delimiter = delimiterOf(line);
		if (delimiter === undefined) return block.heading.includes('\t') ? '' : block.heading;
		const index = cellIndex(block, line, offset, start, delimiter);
		return cellsOf(block.heading, delimiter)[index] ?? '';
	}

	/**
	 * What ends the cell that a URL at `start` opens: a comma or semicolon right before it, as many of them in the lines around as in its
	 * own, or what stands behind one of them as in a table. Undefined where they are part of the URL.
	 */
	delimiterAt(start: number): string | undefined {
		const text = this.#text;
		const before = text[start - 1] ?? '\n';
		if (before === ',' || before === ';') return before;
		if (before !== '\n') return undefined;
		const feed = text.indexOf('\n', start);
		const line = text.slice(start, Math.min(feed < 0 ? text.length : feed, start + MOST_ROW));
		const delimiter = line.includes(';') && !line.includes(',') ? ';' : line.includes(',') ? ',' : undefined;
		if (delimiter === undefined || /[,;]\s/.test(line)) return undefined;
		const count = line.split(delimiter).length;
		const block = this.#blockAt(start);
		let counts = block.cellCounts.get(delimiter);
		if (counts === undefined) {
			block.cellCounts.set(delimiter, (counts = new Map<number, number>()));
			for (const one of block.lines) {
				const cells = cellsOf(one, delimiter).length;
				counts.set(cells, (counts.get(cells) ?? 0) + 1);
			}
		}
		const alike = counts.get(count) ?? 0;
		return (alike > 1 && alike * 2 >= block.lines.length) || isRow(line, delimiter) ? delimiter : undefined;
	}

	/**
	 * True when the value is a whole line or cell, and the others of its list or column are hosts: nothing but names, addresses and
	 * URLs. A list that is said to be one of files is none.
	 */
	isAmongHosts(start: number, end: number): boolean {
		const block = this.#blockAt(start);
		const { line, offset } = lineAt(block, start);
		const delimiter = delimiterOf(line);
		const index = delimiter === undefined ? 0 : cellIndex(block, line, offset, start, delimiter);
		const own = cellAround(line, start - offset, end - offset, delimiter);
		if (plainCell(own) !== this.#text.slice(start, end)) return false;
		const heading = this.heading(start);
		if (heading.trim() !== plainCell(own)) {
			if (FILES_HEADING.test(heading)) return false;
			if (HOSTS_HEADING.test(heading)) return true;
		}
		// One row has one verdict, many rows have one a column.
		const key = block.lines.length === 1 ? 'row' : `${delimiter ?? ''}${index}`;
		return this.#verdict(block, key, () => {
			if (block.lines.length === 1) return delimiter !== undefined && areHosts(cellsOf(line, delimiter));
			return areHosts(
				block.lines.map((one) => (delimiter === undefined ? one : (cellsOf(one, delimiter)[index] ?? ''))),
			);
		});
	}

	#verdict({ columnsOfHosts }: Block, key: string, judge: () => boolean): boolean {
		let verdict = columnsOfHosts.get(key);
		if (verdict === undefined) columnsOfHosts.set(key, (verdict = judge()));
		return verdict;
	}

	#blockAt(start: number): Block {
		const known = this.#block;
		if (known !== undefined && start >= known.start && start < known.end) return known;
		return (this.#block = this.#readBlock(start, known));
	}

	#readBlock(start: number, before: Block | undefined): Block {
		const text = this.#text;
		const floor = Math.max(0, start - MOST_BEFORE);
		let from = start;
		// Back over lines that are not blank, as far as the bound.
		for (;;) {
			const lineStart = text.lastIndexOf('\n', from - 1) + 1;
			if (from === 0 || lineStart < floor) break;
			if (from < start && isBlank(text, lineStart, from - 1)) break;
			from = lineStart;
			if (from === 0) break;
			const previous = text.lastIndexOf('\n', from - 2) + 1;
			if (isBlank(text, previous, from - 1)) break;
			from = from - 1;
		}
		if (text[from] === '\n') from++;
		const lines: string[] = [];
		const offsets: number[] = [];
		let at = from;
		const most = Math.min(text.length, start + MOST_BEHIND);
		while (at < most) {
			const feed = text.indexOf('\n', at);
			const end = feed < 0 ? text.length : feed;
			if (at > start && isBlank(text, at, end)) break;
			// A line without an end is no row of a list.
			lines.push(text.slice(at, Math.min(end, at + MOST_BEHIND)));
			offsets.push(at);
			at = end + 1;
		}
		const isContinued = before !== undefined && before.end === from;
		const end = Math.max(Math.min(at, most), start + 1);
		return {
			start: from,
			end,
			lines,
			offsets,
			heading: isContinued ? before.heading : headingOf(text, from, lines),
			cellCounts: new Map(),
			columnsOfHosts: new Map(),
			counted: { offset: -1, delimiter: '', at: 0, index: 0, quoted: false },
		};
	}
}

/** The first line of a block, or the one before its blank line where that one announces it. */
function headingOf(text: string, from: number, lines: readonly string[]): string {
	const first = (lines[0] ?? '').slice(0, MOST_HEADING);
	let end = from - 1;
	const floor = Math.max(0, from - MOST_HEADING);
	while (end > floor && /\s/.test(text[end - 1]!)) end--;
	if (from === 0 || end <= floor) return first;
	const line = text.slice(Math.max(floor, text.lastIndexOf('\n', end - 1) + 1), end).trim();
	const announces = line.length <= 80 && (line.endsWith(':') || /^(?:#|=|\*\*)/.test(line) || line.length <= 30);
	return announces && (HOSTS_HEADING.test(line) || FILES_HEADING.test(line)) && delimiterOf(first) === undefined
		? line
		: first;
}

function isBlank(text: string, start: number, end: number): boolean {
	for (let at = start; at < end; at++) {
		const code = text.charCodeAt(at);
		if (code !== 32 && code !== 9 && code !== 13) return false;
	}
	return true;
}

function lineAt({ lines, offsets }: Block, start: number): { line: string; offset: number } {
	let low = 0;
	let high = offsets.length;
	while (low + 1 < high) {
		const middle = (low + high) >> 1;
		if (offsets[middle]! <= start) low = middle;
		else high = middle;
	}
	return { line: lines[low] ?? '', offset: offsets[low] ?? 0 };
}

function delimiterOf(line: string): string | undefined {
	return DELIMITERS.find((delimiter) => line.includes(delimiter));
}

/** In which cell of the line that begins at `offset` the place `start` stands; quoted delimiters do not count. */
function cellIndex(block: Block, line: string, offset: number, start: number, delimiter: string): number {
	const { counted } = block;
	if (counted.offset !== offset || counted.delimiter !== delimiter || counted.at > start - offset) {
		Object.assign(counted, { offset, delimiter, at: 0, index: 0, quoted: false });
	}
	for (; counted.at < start - offset; counted.at++) {
		const character = line[counted.at];
		if (character === '"') counted.quoted = !counted.quoted;
		else if (!counted.quoted && character === delimiter) counted.index++;
	}
	return counted.index;
}

/** A date, an address, a hash, an AS number, a CVE: what fills a cell, and ends a URL seldom. */
const CELL =
	/^(?:\d{4}-\d{2}-\d{2}(?:[T ][\d:.]{5,15}(?:Z|[+-]\d{2}:?\d{2})?)?|\d{1,2}[./]\d{1,2}[./]\d{4}|[0-9a-f]{32}(?:[0-9a-f]{8}|[0-9a-f]{32}|[0-9a-f]{96})?|ASN?\d{1,10}|CVE-\d{4}-\d{4,19}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})$/i;
const isCell = (cell: string): boolean =>
	CELL.test(cell) || kindOf(cell) === 'host' || readIpAddress(cell) !== undefined;
/** Whether a line that begins with a URL goes on with other cells, as far as one line can say. */
function isRow(line: string, delimiter: string): boolean {
	const [url = '', ...cells] = cellsOf(line, delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
	// `?from=2026-01-01,2026-02-01`: a list of values in a URL.
	const last = url.slice(Math.max(...['/', '?', '&', '=', '#'].map((sign) => url.lastIndexOf(sign))) + 1);
	return cells.some(isCell) && !CELL.test(last);
}

/** The cell around a place, as far as its neighbours go. */
function cellAround(line: string, start: number, end: number, delimiter: string | undefined): string {
	if (delimiter === undefined) return line;
	const behind = line.indexOf(delimiter, end);
	return line.slice(line.lastIndexOf(delimiter, start - 1) + 1, behind < 0 ? line.length : behind);
}

function cellsOf(line: string, delimiter: string): string[] {
	if (!line.includes('"')) return line.split(delimiter);
	const cells: string[] = [];
	let from = 0;
	let quoted = false;
	for (let at = 0; at <= line.length; at++) {
		if (line[at] === '"') quoted = !quoted;
		else if (at === line.length || (!quoted && line[at] === delimiter)) {
			cells.push(line.slice(from, at));
			from = at + 1;
		}
	}
	return cells;
}

/** A cell without bullets, quotes and marks of emphasis. */
function plainCell(cell: string): string {
	const text = cell.trim().replace(BULLET, '');
	let start = 0;
	let end = text.length;
	while (start < end && '"\'`*_ \t[<('.includes(text[start]!)) start++;
	while (end > start && '"\'`*_ \t\r])>,;.'.includes(text[end - 1]!)) end--;
	return text.slice(start, end);
}

function kindOf(cell: string): CellKind | undefined {
	const text = plainCell(cell);
	if (text === '') return undefined;
	if (/^(?:https?|hxxps?|ftp):\/\/\S+$/i.test(text)) return 'host';
	if (!DOTTED.test(text)) return /\s/.test(text) ? 'prose' : 'other';
	const name = text.replace(/:\d{1,5}$/, '');
	const suffix = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
	if (/^\d+$/.test(suffix)) return readIpAddress(name) === undefined ? 'other' : 'host';
	if (EXTENSIONS.has(suffix)) return 'ambiguous';
	return isPublicSuffix(suffix) || suffix === 'example' || suffix === 'onion' ? 'host' : 'other';
}

/** Nothing but hosts and what may be one, and a host among them. The first cell may be a heading. */
function areHosts(cells: readonly string[]): boolean {
	let hosts = 0;
	let others = 0;
	let prose = 0;
	let count = 0;
	for (const [index, cell] of cells.entries()) {
		const kind = kindOf(cell);
		if (kind === undefined) continue;
		if (index === 0 && (kind === 'prose' || kind === 'other') && !/\d/.test(cell)) continue;
		count++;
		if (kind === 'host') hosts++;
		else if (kind === 'other') others++;
		else if (kind === 'prose') prose++;
	}
	return hosts > 0 && others === 0 && prose * 4 <= count;
}
