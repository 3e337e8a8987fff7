import type { OpenedCode } from '../../email';
import { isDarkColour } from './colours';
import { boxesOf, readRectangles, type Rectangle } from './rectangles';

/** Cells of the smallest code a side, and of the largest with its margin. */
const MIN_CELLS = 15;
const MAX_CELLS = 240;
/** Drawings of one page that are painted, elements that are looked at, how deep they may lie. */
const MAX_TRIED = 20;
const MAX_ELEMENTS = 200_000;
const MAX_DEPTH = 512;

type Style = ReadonlyMap<string, string>;

/** An element that is open, and what its children have drawn so far. */
interface Box {
	name: string;
	style: Style;
	/** Colour of its background, or that of the one around it. */
	isDark: boolean | undefined;
	isRow: boolean;
	/** Children without children of their own: the cells of a row. */
	cells: { isDark: boolean; width: number | undefined; span: number; style: Style }[];
	rows: { cells: boolean[]; height: number }[];
	placed: Rectangle[];
	hasChildren: boolean;
}

/** Elements that hold nothing. */
const VOID = new Set(['br', 'img', 'hr', 'input', 'meta', 'link', 'col', 'wbr', 'area', 'base', 'source']);
const TAG = /<(\/?)([a-z][a-z\d]{0,15})\b([^<>]{0,100000})>/gi;

/**
 * Reads the codes that HTML draws without a picture: with the cells of a table, with boxes in rows, in a grid or at places of their own,
 * with shadows of one box, with gradients. Colours come from attributes, from styles, and from plain rules of style sheets.
 */
export async function readDrawnCodes(html: string): Promise<OpenedCode[]> {
	const codes = new Map<string, OpenedCode>();
	let tried = 0;
	for (const boxes of drawingsIn(html)) {
		if (++tried > MAX_TRIED) break;
		for (const code of await readRectangles(boxes)) codes.set(code.text, code);
	}
	return [...codes.values()];
}

function* drawingsIn(html: string): Generator<Rectangle[]> {
	const rules = rulesOf(html);
	const open: Box[] = [box('', new Map(), undefined)];
	let count = 0;
	for (const [, slash, written = '', rest = ''] of html.matchAll(TAG)) {
		if (++count > MAX_ELEMENTS) break;
		const name = written.toLowerCase();
		if (slash === '/') {
			const at = open.findLastIndex((one) => one.name === name);
			if (at <= 0) continue;
			while (open.length > at) yield* close(open);
			continue;
		}
		if (VOID.has(name)) continue;
		// Cells and rows end where the next one begins.
		if (name === 'tr') while (/^(?:td|th|tr)$/.test(open.at(-1)!.name)) yield* close(open);
		if (name === 'td' || name === 'th') while (/^(?:td|th)$/.test(open.at(-1)!.name)) yield* close(open);
		if (open.length > MAX_DEPTH) continue;
		const around = open.at(-1)!;
		around.hasChildren = true;
		const style = styleOf(name, rest, rules);
		const own = colourOf(style);
		const shadows = style.get('box-shadow');
		if (shadows !== undefined && shadows.length > 400) yield shadowBoxes(shadows, style);
		open.push(
			box(
				name,
				style,
				own ?? (around.name === 'tr' || around.name === 'tbody' || around.name === 'table' ? around.isDark : undefined),
			),
		);
		if (rest.endsWith('/') && !/^(?:td|th|tr|table|div|span)$/.test(name)) yield* close(open);
	}
	while (open.length > 1) yield* close(open);
	yield* drawn(open[0]!);
}

const box = (name: string, style: Style, isDark: boolean | undefined): Box => ({
	name,
	style,
	isDark,
	isRow: name === 'tr',
	cells: [],
	rows: [],
	placed: [],
	hasChildren: false,
});

/** Ends an element: it is a cell of the one around it, a row, or a drawing. */
function* close(open: Box[]): Generator<Rectangle[]> {
	const ended = open.pop()!;
	const around = open.at(-1)!;
	const { style } = ended;
	const [left, top, width, height] = ['left', 'top', 'width', 'height'].map((name) => pixels(style.get(name)));
	const gradient = /linear-gradient\(\s*(?:to right|90deg)\s*,(.{20,100000})\)/is.exec(
		`${style.get('background') ?? ''} ${style.get('background-image') ?? ''}`,
	)?.[1];
	if (gradient !== undefined) {
		const cells = gradientCells(gradient);
		if (cells.length >= MIN_CELLS) around.rows.push({ cells, height: height ?? 1 });
		return;
	}
	if (ended.cells.length >= MIN_CELLS && ended.cells.length <= MAX_CELLS && !isGrid(ended)) {
		around.rows.push({
			cells: rowOf(ended),
			height: height ?? ended.cells.reduce((most, cell) => Math.max(most, pixels(cell.style.get('height')) ?? 0), 0),
		});
		return;
	}
	if (ended.isRow && ended.cells.length > 0) {
		const cells = rowOf(ended);
		if (cells.length >= MIN_CELLS && cells.length <= MAX_CELLS) around.rows.push({ cells, height: height ?? 1 });
		return;
	}
	if (ended.rows.length > 0 || ended.placed.length > 0 || isGrid(ended)) {
		// A body of a table is no drawing of its own.
		if (/^(?:tbody|thead|tfoot)$/.test(ended.name)) around.rows.push(...ended.rows);
		else yield* drawn(ended);
		return;
	}
	if (ended.hasChildren && !/^t[dh]$/.test(ended.name)) return;
	const isCell = /^t[dh]$/.test(ended.name);
	if (left !== undefined && top !== undefined && style.get('position') === 'absolute') {
		if (ended.isDark !== undefined)
			around.placed.push({ x: left, y: top, width: width ?? 1, height: height ?? 1, isDark: ended.isDark });
	} else if (isCell || ended.isDark !== undefined || (width !== undefined && height !== undefined)) {
		const span = Math.min(MAX_CELLS, Math.max(1, Number(style.get('colspan') ?? 1) || 1));
		around.cells.push({ isDark: ended.isDark === true, width, span, style });
	}
}

/** Cells of a row; one that is wider than the narrowest is as many. */
function rowOf({ cells }: Box): boolean[] {
	const widths = cells.map(({ width }) => width).filter((width) => width !== undefined && width > 0) as number[];
	const least = widths.length === cells.length ? Math.min(...widths) : 0;
	const row: boolean[] = [];
	for (const { isDark, span, width } of cells) {
		const times = span > 1 || least === 0 ? span : Math.round(width! / least);
		for (let i = Math.min(times, MAX_CELLS); i > 0 && row.length <= MAX_CELLS; i--) row.push(isDark);
	}
	return row;
}

/** How many columns a grid of boxes has, by what its style says, or by how wide it is. */
function columnsOf({ style, cells }: Box): number {
	const written = style.get('grid-template-columns') ?? style.get('grid') ?? '';
	const repeated = Number(/repeat\(\s{0,9}(\d{1,3})/.exec(written)?.[1] ?? 0);
	if (repeated > 0) return repeated;
	const [own, cell] = [pixels(style.get('width')), cells[0]?.width];
	if (own !== undefined && cell !== undefined && cell > 0) return Math.round(own / cell);
	return Math.sqrt(cells.length);
}

const isGrid = (one: Box): boolean => one.cells.length >= MIN_CELLS * MIN_CELLS && !one.isRow;

function* drawn(one: Box): Generator<Rectangle[]> {
	if (one.rows.length >= MIN_CELLS) {
		const heights = one.rows.map(({ height }) => height).filter((height) => height > 0);
		const least = heights.length === one.rows.length ? Math.min(...heights) : 0;
		const rows = one.rows.flatMap(({ cells, height }) =>
			Array.from(
				{ length: least === 0 ? 1 : Math.min(MAX_CELLS, Math.max(1, Math.round(height / least))) },
				() => cells,
			),
		);
		if (rows.length <= MAX_CELLS) yield boxesOf(rows);
	}
	if (one.placed.length > 0) yield one.placed;
	if (!isGrid(one)) return;
	const columns = columnsOf(one);
	if (!Number.isInteger(columns) || columns < MIN_CELLS || columns > MAX_CELLS) return;
	const rows: boolean[][] = [];
	for (let at = 0; at < one.cells.length && rows.length <= MAX_CELLS; at += columns)
		rows.push(one.cells.slice(at, at + columns).map(({ isDark }) => isDark));
	yield boxesOf(rows);
}

/** The shadows of one box: each is a cell. */
function shadowBoxes(shadows: string, style: Style): Rectangle[] {
	const size = pixels(style.get('width')) ?? 1;
	const boxes: Rectangle[] = [];
	for (const shadow of shadows.slice(0, 2_000_000).split(/,(?![^()]{0,60}\))/)) {
		const lengths = [...shadow.matchAll(/(?:^|\s)(-?\d{1,6}(?:\.\d{1,6})?)(?:px|em|rem|pt)?(?=\s|$)/g)].map(
			([, value]) => Number(value),
		);
		const colour = shadow
			.replace(/(?:^|\s)-?\d{1,6}(?:\.\d{1,6})?(?:px|em|rem|pt)?(?=\s|$)/g, ' ')
			.replace('inset', '')
			.trim();
		if (lengths.length < 2) continue;
		boxes.push({ x: lengths[0]!, y: lengths[1]!, width: size, height: size, isDark: isDarkColour(colour) ?? true });
	}
	return boxes;
}

/** Cells of a gradient of hard stops: `#000 0px 28px,#fff 28px 32px`. */
function gradientCells(stops: string): boolean[] {
	const runs: { isDark: boolean; size: number }[] = [];
	let at = 0;
	for (const [, colour = '', from, to] of stops.matchAll(
		/((?:#|rgb|[a-z])[^,()]{0,40}(?:\([^()]{1,60}\))?)\s+(-?[\d.]{1,12})(?:px|%|em)?(?:\s+([\d.]{1,12})(?:px|%|em)?)?/gi,
	)) {
		const [start, stop] = to === undefined ? [at, Number(from)] : [Number(from), Number(to)];
		const isDark = isDarkColour(colour);
		if (isDark !== undefined && stop > start) runs.push({ isDark, size: stop - start });
		at = stop;
	}
	const least = Math.min(...runs.map(({ size }) => size));
	return runs
		.flatMap(({ isDark, size }) => Array.from({ length: Math.min(MAX_CELLS, Math.round(size / least)) }, () => isDark))
		.slice(0, 2 * MAX_CELLS);
}

/** Rules of style sheets for one element, class or name: what stands last in a selector counts. */
function rulesOf(html: string): ReadonlyMap<string, Style> {
	const rules = new Map<string, Map<string, string>>();
	for (const [, sheet = ''] of html.matchAll(/<style\b[^<>]{0,500}>([^<]{1,200000})/gi))
		for (const [, selectors = '', body = ''] of sheet.matchAll(/([^{}]{1,500})\{([^{}]{0,5000})\}/g))
			for (const selector of selectors.split(',')) {
				const last =
					/(?:^|[\s>+~])[a-z]{0,15}\d?([.#][\w-]{1,60})(?::[\w-]{1,30})?\s{0,20}$/i.exec(selector)?.[1] ??
					/([a-z][a-z\d]{0,15})\s{0,20}$/i.exec(selector)?.[1];
				if (last === undefined || rules.size > 5_000) continue;
				const key = last.startsWith('.') || last.startsWith('#') ? last : last.toLowerCase();
				const rule = rules.get(key) ?? new Map<string, string>();
				for (const [property, value] of declarations(body)) rule.set(property, value);
				rules.set(key, rule);
			}
	return rules;
}

function* declarations(text: string): Generator<[string, string]> {
	for (const [, name = '', value = ''] of text.matchAll(/([a-z-]{2,30})\s{0,9}:\s{0,9}([^;]{1,200000})/gi))
		yield [name.toLowerCase(), value.replace(/!important/i, '').trim()];
}

function styleOf(name: string, rest: string, rules: ReadonlyMap<string, Style>): Style {
	const style = new Map(rules.get(name));
	const attribute = (key: string): string | undefined => {
		const match = new RegExp(`(?:^|\\s)${key}\\s{0,9}=\\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\\s"'>]{1,2000}))`, 'i').exec(
			rest,
		);
		return match?.[1] ?? match?.[2] ?? match?.[3];
	};
	for (const key of ['width', 'height', 'bgcolor', 'colspan']) {
		const value = rest.includes('=') ? attribute(key) : undefined;
		if (value !== undefined) style.set(key, value);
	}
	for (const one of attribute('class')?.split(/\s+/).slice(0, 20) ?? [])
		for (const [property, value] of rules.get(`.${one}`) ?? []) style.set(property, value);
	for (const [property, value] of rules.get(`#${attribute('id') ?? ''}`) ?? []) style.set(property, value);
	const own = attribute('style');
	if (own !== undefined) for (const [property, value] of declarations(own)) style.set(property, value);
	return style;
}

function colourOf(style: Style): boolean | undefined {
	for (const name of ['background-color', 'background', 'bgcolor']) {
		const value = style.get(name);
		const isDark =
			value === undefined || value.includes('gradient')
				? undefined
				: isDarkColour(value.replace(/url\([^()]{0,2000}\)/gi, ' '));
		if (isDark !== undefined) return isDark;
	}
	return undefined;
}

/** A length without its unit: all of one drawing have the same. */
const pixels = (value: string | undefined): number | undefined => {
	const number = /^\s{0,9}(-?\d{1,6}(?:\.\d{1,6})?)(?:px|pt|em|rem|vw)?\s{0,9}$/i.exec(value ?? '')?.[1];
	return number === undefined ? undefined : Number(number);
};
