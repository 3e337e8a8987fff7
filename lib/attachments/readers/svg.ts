import type { OpenFile } from '../contract';
import { isDarkColour } from './colours';
import { readRectangles, type Rectangle } from './rectangles';

/** Elements of one drawing, and numbers of one path, that are looked at. */
const MAX_ELEMENTS = 60_000;
const MAX_NUMBERS = 400_000;

const TAG = /<(\/?)(svg|g|rect|path|use)\b([^<>]{0,2000000})>/gi;

/** Where a group moves what is in it. */
interface Frame {
	x: number;
	y: number;
	scaleX: number;
	scaleY: number;
	fill: string;
	stroke: string;
}

/** Reads the codes that a drawing paints with rectangles, or with lines and outlines that run along its edges. */
export async function readSvg(file: OpenFile, text: string): Promise<void> {
	if (!file.codes) return;
	const boxes: Rectangle[] = [];
	const frames: Frame[] = [{ x: 0, y: 0, scaleX: 1, scaleY: 1, fill: 'black', stroke: 'none' }];
	let count = 0;
	for (const [, slash, name = '', rest = ''] of text.matchAll(TAG)) {
		if (++count > MAX_ELEMENTS || boxes.length > MAX_ELEMENTS) {
			file.tell({ notRead: ['pictures'] });
			break;
		}
		const element = name.toLowerCase();
		const isGroup = element === 'g' || element === 'svg';
		if (slash === '/') {
			if (isGroup && frames.length > 1) frames.pop();
			continue;
		}
		const attributes = attributesOf(rest);
		const frame = framed(frames.at(-1)!, attributes);
		if (isGroup) {
			if (!rest.endsWith('/') && frames.length < 256) frames.push(frame);
		} else if (element === 'rect') boxes.push(...rectangle(attributes, frame));
		else if (element === 'path') boxes.push(...path(attributes, frame));
	}
	const codes = await readRectangles(boxes);
	if (codes.length > 0) file.tell({ codes });
}

/** Attributes and properties of `style`, which outranks them. */
function attributesOf(text: string): ReadonlyMap<string, string> {
	const attributes = new Map<string, string>();
	for (const [, name = '', double, single] of text.matchAll(
		/([a-z][\w:-]{0,30})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/gi,
	))
		attributes.set(name.toLowerCase(), double ?? single ?? '');
	for (const [, name = '', value = ''] of (attributes.get('style') ?? '')
		.slice(0, 2_000)
		.matchAll(/([a-z-]{2,30})\s{0,9}:\s{0,9}([^;]{1,200})/gi))
		attributes.set(name.toLowerCase(), value.trim());
	return attributes;
}

function framed(around: Frame, attributes: ReadonlyMap<string, string>): Frame {
	const frame = {
		...around,
		fill: attributes.get('fill') ?? around.fill,
		stroke: attributes.get('stroke') ?? around.stroke,
	};
	for (const [, kind = '', written = ''] of (attributes.get('transform') ?? '')
		.slice(0, 500)
		.matchAll(/(translate|scale|matrix)\s{0,9}\(([^()]{1,200})\)/gi)) {
		const [a = 0, b, c, d, e, f] = written
			.split(/[\s,]+/)
			.filter((one) => one !== '')
			.map(Number);
		if (kind === 'translate') {
			frame.x += a * frame.scaleX;
			frame.y += (b ?? 0) * frame.scaleY;
		} else if (kind === 'scale') {
			frame.scaleX *= a;
			frame.scaleY *= b ?? a;
		} else if (b === 0 && c === 0) {
			frame.x += (e ?? 0) * frame.scaleX;
			frame.y += (f ?? 0) * frame.scaleY;
			frame.scaleX *= a;
			frame.scaleY *= d ?? 1;
		}
	}
	return frame;
}

function placed({ x, y, width, height, isDark }: Rectangle, frame: Frame): Rectangle {
	const [left, top] = [frame.x + x * frame.scaleX, frame.y + y * frame.scaleY];
	const [wide, high] = [width * frame.scaleX, height * frame.scaleY];
	return {
		x: Math.min(left, left + wide),
		y: Math.min(top, top + high),
		width: Math.abs(wide),
		height: Math.abs(high),
		isDark,
	};
}

function rectangle(attributes: ReadonlyMap<string, string>, frame: Frame): Rectangle[] {
	const isDark = isDarkColour(frame.fill);
	const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => parseFloat(attributes.get(name) ?? '0'));
	// A percentage is that of the whole: the ground.
	if (isDark === undefined || /%/.test(attributes.get('width') ?? '')) return [];
	return [placed({ x: x!, y: y!, width: width!, height: height!, isDark }, frame)];
}

/** A path of lines along the edges: with a stroke each line across is a box, else what it goes round is filled. */
function path(attributes: ReadonlyMap<string, string>, frame: Frame): Rectangle[] {
	const lines = linesOf(attributes.get('d') ?? '');
	if (lines === undefined) return [];
	const stroke = isDarkColour(frame.stroke);
	if (stroke !== undefined) {
		const thick = parseFloat(attributes.get('stroke-width') ?? '1') || 1;
		return lines
			.filter(({ fromY, toY, fromX, toX }) => fromY === toY && fromX !== toX)
			.map(({ fromX, toX, fromY }) =>
				placed(
					{
						x: Math.min(fromX, toX),
						y: fromY - thick / 2,
						width: Math.abs(toX - fromX),
						height: thick,
						isDark: stroke,
					},
					frame,
				),
			);
	}
	const isDark = isDarkColour(frame.fill);
	return isDark === undefined ? [] : filled(lines, isDark).map((box) => placed(box, frame));
}

interface Line {
	fromX: number;
	fromY: number;
	toX: number;
	toY: number;
}

/** The lines of a path, each one closed. Undefined where there are curves. */
function linesOf(d: string): Line[] | undefined {
	const lines: Line[] = [];
	let [x, y, startX, startY] = [0, 0, 0, 0];
	let command = '';
	let numbers: number[] = [];
	const to = (nextX: number, nextY: number): void => {
		lines.push({ fromX: x, fromY: y, toX: nextX, toY: nextY });
		[x, y] = [nextX, nextY];
	};
	let count = 0;
	for (const [token] of d.matchAll(/[a-z]|[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(?:e[+-]?\d{1,3})?/gi)) {
		if (++count > MAX_NUMBERS) return undefined;
		if (/^[a-z]/i.test(token)) {
			if (/[csqtae]/i.test(token)) return undefined;
			command = token;
			numbers = [];
			if (/z/i.test(token)) to(startX, startY);
			continue;
		}
		numbers.push(Number(token));
		const isAway = command === command.toLowerCase();
		const [a, b] = numbers;
		switch (command.toLowerCase()) {
			case 'h':
				to(isAway ? x + a! : a!, y);
				numbers = [];
				break;
			case 'v':
				to(x, isAway ? y + a! : a!);
				numbers = [];
				break;
			case 'm':
			case 'l':
				if (b === undefined) break;
				if (command.toLowerCase() === 'l') to(isAway ? x + a! : a!, isAway ? y + b : b);
				else {
					if (x !== startX || y !== startY) lines.push({ fromX: x, fromY: y, toX: startX, toY: startY });
					[x, y] = isAway ? [x + a!, y + b] : [a!, b];
					[startX, startY] = [x, y];
					// What follows are lines (SVG 1.1 section 8.3.2).
					command = isAway ? 'l' : 'L';
				}
				numbers = [];
		}
	}
	if (x !== startX || y !== startY) lines.push({ fromX: x, fromY: y, toX: startX, toY: startY });
	return lines;
}

/** What lines that go up and down enclose, row by row. */
function filled(lines: readonly Line[], isDark: boolean): Rectangle[] {
	const upright = lines.filter(({ fromX, toX, fromY, toY }) => fromX === toX && fromY !== toY);
	const levels = [...new Set(upright.flatMap(({ fromY, toY }) => [fromY, toY]))].toSorted((a, b) => a - b);
	const boxes: Rectangle[] = [];
	if (levels.length > 2_000) return boxes;
	const starts = upright.toSorted((a, b) => Math.min(a.fromY, a.toY) - Math.min(b.fromY, b.toY));
	let active: Line[] = [];
	let next = 0;
	for (const [i, top] of levels.slice(0, -1).entries()) {
		const bottom = levels[i + 1]!;
		while (next < starts.length && Math.min(starts[next]!.fromY, starts[next]!.toY) <= top)
			active.push(starts[next++]!);
		active = active.filter(({ fromY, toY }) => Math.max(fromY, toY) > top);
		const crossings = active.map(({ fromX }) => fromX).toSorted((a, b) => a - b);
		for (let k = 0; k + 1 < crossings.length && boxes.length < MAX_ELEMENTS; k += 2)
			boxes.push({ x: crossings[k]!, y: top, width: crossings[k + 1]! - crossings[k]!, height: bottom - top, isDark });
	}
	return boxes;
}
