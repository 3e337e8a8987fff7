import type { OpenedCode } from '../../email';
import { readCodes } from './codes';

/** A box of a drawing. Units are its own. */
export interface Rectangle {
	x: number;
	y: number;
	width: number;
	height: number;
	isDark: boolean;
}

/** Boxes of the smallest code that is worth the trouble, and of the largest. */
const MIN_BOXES = 20;
const MAX_BOXES = 60_000;
/** Pixels of the smallest box, of the margin around all, and of one side of the picture. */
const SCALE = 4;
const MARGIN = 16;
const MAX_SIDE = 1_600;

/** Whether boxes may be a code: many of them, dark ones among them. */
export const mayBeCode = (boxes: readonly Rectangle[]): boolean =>
	boxes.length >= MIN_BOXES && boxes.length <= MAX_BOXES && boxes.some(({ isDark }) => isDark);

/** Paints boxes, one over the other, and reads the code that they make. A box is as large as it is, so that cells of any size will do. */
export async function readRectangles(given: readonly Rectangle[]): Promise<OpenedCode[]> {
	const boxes = given.filter(
		({ x, y, width, height }) => [x, y, width, height].every(Number.isFinite) && width > 0 && height > 0,
	);
	if (!mayBeCode(boxes)) return [];
	const dark = boxes.filter(({ isDark }) => isDark);
	let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
	let least = Infinity;
	for (const { x, y, width, height } of dark) {
		left = Math.min(left, x);
		top = Math.min(top, y);
		right = Math.max(right, x + width);
		bottom = Math.max(bottom, y + height);
		least = Math.min(least, width, height);
	}
	const [wide, high] = [right - left, bottom - top];
	// A code is about as wide as it is high; the ones that are not have at most eight times as many cells one way.
	if (!(wide > 0 && high > 0) || wide > 10 * high || high > 10 * wide) return [];
	const scale = Math.min(SCALE / least, (MAX_SIDE - 2 * MARGIN) / Math.max(wide, high));
	const [width, height] = [wide, high].map((side) => Math.ceil(side * scale) + 2 * MARGIN) as [number, number];
	const data = new Uint8ClampedArray(new ArrayBuffer(width * height * 4)).fill(255);
	const pixels = new Uint32Array(data.buffer);
	let painted = 0;
	for (const box of boxes) {
		const [from, to] = [box.x, box.x + box.width].map((x) => edge(x - left, scale, width)) as [number, number];
		const [above, below] = [box.y, box.y + box.height].map((y) => edge(y - top, scale, height)) as [number, number];
		// Boxes over boxes take time for nothing.
		if ((painted += Math.max(0, to - from) * Math.max(0, below - above)) > 8 * MAX_SIDE * MAX_SIDE) return [];
		for (let y = above; y < below; y++)
			pixels.fill(box.isDark ? 0xff000000 : 0xffffffff, y * width + from, y * width + to);
	}
	return await readCodes({ data, width, height }, true, true);
}

const edge = (at: number, scale: number, max: number): number =>
	Math.min(Math.max(Math.round(at * scale) + MARGIN, 0), max);

/** Cells in rows as boxes, each one unit wide and high. */
export function boxesOf(rows: readonly (readonly boolean[])[]): Rectangle[] {
	return rows.flatMap((row, y) => row.map((isDark, x) => ({ x, y, width: 1, height: 1, isDark })));
}
