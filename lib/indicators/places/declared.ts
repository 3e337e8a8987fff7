/*
 * What style declarations say of whether a reader sees a text. Values that no browser takes say nothing; what hides only by a way that is
 * not known here counts as seen.
 */

/** What a declaration block says, or several together. A property of which nothing is said is absent. */
export interface Declared {
	/** `box`: has a height and can be moved; `inline`: has none; `contents`: is no box at all. */
	display?: 'none' | 'box' | 'inline' | 'contents';
	isVisible?: boolean;
	/** Pixels, or a factor of what stands around. */
	fontSize?: { pixels: number } | { factor: number };
	opacity?: number;
	height?: number;
	maxHeight?: number;
	width?: number;
	maxWidth?: number;
	minHeight?: number;
	minWidth?: number;
	/** Room below and to the right of the content, which a text may flow into. */
	paddingBottom?: number;
	paddingRight?: number;
	clips?: boolean;
	indent?: number;
	/** `moved`: other than where it stands. */
	position?: 'static' | 'moved' | 'box';
	isFloating?: boolean;
	left?: number;
	right?: number;
	top?: number;
	bottom?: number;
	marginLeft?: number;
	marginTop?: number;
	isScaledAway?: boolean;
	isClipped?: boolean;
	isCutOut?: boolean;
	isFilteredAway?: boolean;
	isSkipped?: boolean;
	color?: Colour;
	/** What letters are filled with, whatever their colour. */
	fill?: Colour;
	/** Letters have a shadow, or the background in them: their colour does not decide. */
	isShadowed?: boolean;
	background?: Colour;
	/** A picture or a gradient. */
	hasPicture?: boolean;
}

/** `0xRRGGBB`, or one of the two below. */
export type Colour = number;
/** One that is not known here, or lets shine through. */
export const UNKNOWN_COLOUR: Colour = -1;
export const TRANSPARENT: Colour = -2;

/** Of one block: its declarations, and those among them that are `!important`. */
export interface Block {
	normal: Declared | undefined;
	important: Declared | undefined;
}

const NOTHING: Block = { normal: undefined, important: undefined };
/** Has one of the properties below, or an escape that may make one. */
const MAY_MATTER =
	/display|visib|opacity|font|height|width|size|overflow|indent|position|float|left|right|top|bottom|inset|margin|padding|transform|translate|rotate|scale|zoom|clip|filter|color|shadow|background|\ball\b|\\/i;

/** Whether a block may say anything that decides. */
export const mayMatter = (css: string): boolean => MAY_MATTER.test(css);

/** The declarations of a `style` attribute or of the block of a rule, comments removed. The last of a property counts that is valid. */
export function readBlock(css: string): Block {
	if (!MAY_MATTER.test(css)) return NOTHING;
	let normal: Declared | undefined;
	let important: Declared | undefined;
	for (const declaration of cutOutside(css, ';')) {
		const colon = declaration.indexOf(':');
		if (colon < 0) continue;
		const read = READERS.get(unescaped(declaration.slice(0, colon)).trim().toLowerCase());
		if (read === undefined) continue;
		let value = unescaped(declaration.slice(colon + 1, colon + 1 + MOST_VALUE))
			.trim()
			.toLowerCase();
		const mark = IMPORTANT.exec(value);
		if (mark !== null) value = value.slice(0, mark.index).trimEnd();
		const into = mark === null ? (normal ??= {}) : (important ??= {});
		read(value, into);
	}
	return normal === undefined && important === undefined ? NOTHING : { normal, important };
}

const IMPORTANT = /!\s{0,8}important$/;
/** Characters of a value that are read: longer ones are pictures and lists of fonts. */
const MOST_VALUE = 400;

/** Without those that would hide: of a rule that holds on some screens only. A text that is seen on one of them is seen. */
export function showingOnly(declared: Declared | undefined): Declared | undefined {
	if (declared === undefined) return undefined;
	const { color: _, background: __, hasPicture: ___, fill: ____, ...rest } = declared;
	const shows = Object.entries(rest).filter(
		([name, value]) =>
			!takesPart({ [name]: value }) &&
			!(name === 'clips' && value === true) &&
			!(name === 'position' && value !== 'static'),
	);
	return shows.length === 0 ? undefined : Object.fromEntries(shows);
}

/** Whether it could hide a text, with what else may be declared of it, or make the colour of one that of its ground. */
export function mayHide(declared: Declared | undefined): boolean {
	if (declared === undefined) return false;
	const { color, fill, background } = declared;
	return (
		takesPart(declared) ||
		[color, fill].some((one) => one !== undefined && (one === TRANSPARENT || isLight(one))) ||
		(background !== undefined && background >= 0 && !isLight(background))
	);
}

function takesPart(declared: Declared): boolean {
	const { display, isVisible, fontSize, opacity, indent } = declared;
	return (
		display === 'none' ||
		isVisible === false ||
		(fontSize !== undefined && ('pixels' in fontSize ? fontSize.pixels < LEAST_FONT : fontSize.factor < 0.2)) ||
		(opacity !== undefined && opacity < LEAST_OPACITY) ||
		isNone(declared.height) ||
		isNone(declared.maxHeight) ||
		isNone(declared.width) ||
		isNone(declared.maxWidth) ||
		isFar(indent) ||
		isOut(declared.left) ||
		isOut(declared.right) ||
		isFar(declared.top) ||
		isFar(declared.bottom) ||
		isOut(declared.marginLeft) ||
		isFar(declared.marginTop) ||
		declared.isScaledAway === true ||
		declared.isClipped === true ||
		declared.isCutOut === true ||
		declared.isFilteredAway === true ||
		declared.isSkipped === true
	);
}

/** As the ground of nearly every text is. */
const isLight = (colour: Colour): boolean =>
	colour >= 0 && [0, 8, 16].every((shift) => ((colour >> shift) & 0xff) >= 0xe0);

/** Whether the element and all in it cannot be seen, whatever is said of what stands in it. `isBox`: what its name makes of it. */
export function takesAway(declared: Declared, isBox: boolean): boolean {
	const { display, opacity, position } = declared;
	if (display === 'none') return true;
	if (display === 'contents') return false;
	if (opacity !== undefined && opacity < LEAST_OPACITY) return true;
	if (declared.isCutOut === true || declared.isFilteredAway === true) return true;
	if (declared.isSkipped === true || (declared.isClipped === true && position === 'box')) return true;
	const hasBox = hasOwnBox(declared, isBox);
	if (hasBox && (declared.isScaledAway === true || clipsAway(declared))) return true;
	if (isOut(declared.marginLeft) || (hasBox && isFar(declared.marginTop))) return true;
	if (position === undefined || position === 'static') return false;
	return isOut(declared.left) || isOut(declared.right) || isFar(declared.top) || isFar(declared.bottom);
}

/** Whether it has a height of its own and can be moved. */
export function hasOwnBox({ display, position, isFloating }: Declared, isBox: boolean): boolean {
	return position === 'box' || isFloating === true || (display === undefined ? isBox : display === 'box');
}

/** Whether what is said of it hides all in it but what is placed elsewhere: an ancestor that is no place for it does not clip that. */
export function onlyClipsAway(declared: Declared, isBox: boolean): boolean {
	const { position } = declared;
	return (position === undefined || position === 'static') && !takesAway({ ...declared, clips: false }, isBox);
}

/** It has no room, and what flows out of it is not shown. */
function clipsAway(declared: Declared): boolean {
	if (declared.clips !== true) return false;
	const { height, maxHeight, minHeight, paddingBottom, width, maxWidth, minWidth, paddingRight } = declared;
	const isLow = (isNone(height) || isNone(maxHeight)) && !hasRoom(minHeight) && !hasRoom(paddingBottom);
	return isLow || ((isNone(width) || isNone(maxWidth)) && !hasRoom(minWidth) && !hasRoom(paddingRight));
}

/** Pixels. Below, no letter can be read. */
export const LEAST_FONT = 2;
const LEAST_OPACITY = 0.05;
/** Pixels. As far out, nothing of a text is on the screen. */
export const FAR_AWAY = -500;
const isFar = (pixels: number | undefined): boolean => pixels !== undefined && pixels <= FAR_AWAY;
const isNone = (pixels: number | undefined): boolean => pixels !== undefined && pixels < LEAST_FONT;
const hasRoom = (pixels: number | undefined): boolean => pixels !== undefined && !isNone(pixels);
/** Pixels. Nobody scrolls as far to the side. */
const FAR_OUT = 1_500;
const isOut = (pixels: number | undefined): boolean =>
	isFar(pixels) || (pixels !== undefined && pixels >= FAR_OUT && pixels < Infinity);

// --- values ---

type Reader = (value: string, into: Declared) => void;

const BOXES = new Set(
	'block inline-block flex inline-flex grid inline-grid list-item flow-root table-caption -webkit-box -webkit-inline-box -ms-flexbox'.split(
		' ',
	),
);
const NO_BOXES = new Set(
	'inline table inline-table table-row table-cell table-row-group table-header-group table-footer-group table-column table-column-group ruby run-in initial inherit unset revert'.split(
		' ',
	),
);
const INITIAL = /^(?:initial|unset|revert|inherit|var\()/;

const PIXELS: Readonly<Record<string, number>> = {
	'': 1,
	px: 1,
	pt: 4 / 3,
	pc: 16,
	in: 96,
	cm: 37.8,
	mm: 3.78,
	q: 0.945,
	rem: 16,
	em: 16,
	ex: 8,
	ch: 8,
	// Of the window or of the element around: some hundred pixels.
	'%': 10,
	vw: 10,
	vh: 10,
	vmin: 10,
	vmax: 10,
};
const RELATIVE: Readonly<Record<string, number>> = { em: 1, '%': 0.01, ex: 0.5, ch: 0.5 };
const FONT_SIZES: ReadonlySet<string> = new Set(
	'xx-small x-small small medium large x-large xx-large xxx-large'.split(' '),
);
const NUMBER = /^([+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,3})?)([a-z]{0,5}|%)$/;

/** `calc(1px - 1px)`: two lengths at most, as many as are needed to write one in another way. */
const CALCULATED = /^calc\(\s{0,4}([^\s()]{1,30})(?:\s{1,4}([+-])\s{1,4}([^\s()]{1,30}))?\s{0,4}\)$/;

/** In pixels; undefined for what is no length. */
function length(value: string): number | undefined {
	if (value.startsWith('calc(')) {
		const [, first = '', sign, second = ''] = CALCULATED.exec(value) ?? [];
		const one = length(first);
		if (one === undefined || sign === undefined) return one;
		const other = length(second);
		return other === undefined ? undefined : one + (sign === '-' ? -other : other);
	}
	const [, digits, unit = ''] = NUMBER.exec(value) ?? [];
	const factor = PIXELS[unit];
	return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** A size of an element; one that is not known leaves room for a text. */
const sizeOf =
	(name: 'height' | 'maxHeight' | 'width' | 'maxWidth' | 'minHeight' | 'minWidth'): Reader =>
	(value, into) => {
		const size = length(value);
		if (
			size === undefined
				? /^(?:auto|none|initial|unset|inherit|revert|(?:min|max|fit)-content|[a-z-]{1,20}\()/.test(value)
				: size >= 0
		)
			into[name] = size ?? Infinity;
	};

const offsetOf =
	(name: 'left' | 'right' | 'top' | 'bottom' | 'marginLeft' | 'marginTop'): Reader =>
	(value, into) => {
		const offset = length(value);
		if (offset !== undefined || /^(?:auto|initial|unset|inherit|revert|[a-z-]{1,20}\()/.test(value))
			into[name] = offset ?? 0;
	};

/** Paddings and least sizes give room only where they are known. */
const roomOf =
	(name: 'minHeight' | 'minWidth' | 'paddingBottom' | 'paddingRight'): Reader =>
	(value, into) => {
		const room = length(value);
		if (room === undefined ? INITIAL.test(value) || value === 'auto' : room >= 0) into[name] = room ?? 0;
	};

function inset(value: string, into: Declared): void {
	const [top = '', right = top, bottom = top, left = right] = value.split(/\s+/, 5);
	offsetOf('top')(top, into);
	offsetOf('right')(right, into);
	offsetOf('bottom')(bottom, into);
	offsetOf('left')(left, into);
}

/** Of its first value the one edge, of both the other one. */
const offsetsOf =
	(first: 'left' | 'top', second: 'right' | 'bottom'): Reader =>
	(value, into) => {
		const [start = '', end = start] = value.split(/\s+/, 3);
		offsetOf(first)(start, into);
		offsetOf(second)(end, into);
	};

function fontSize(value: string, into: Declared): void {
	const [, digits, unit = ''] = NUMBER.exec(value) ?? [];
	const factor = RELATIVE[unit];
	const calculated = value.startsWith('calc(') ? length(value) : undefined;
	if (calculated !== undefined) into.fontSize = { pixels: calculated };
	else if (digits !== undefined && factor !== undefined) into.fontSize = { factor: Number(digits) * factor };
	else if (digits !== undefined && PIXELS[unit] !== undefined)
		into.fontSize = { pixels: Number(digits) * PIXELS[unit] };
	else if (FONT_SIZES.has(value) || /^(?:initial|[a-z-]{1,20}\()/.test(value)) into.fontSize = { pixels: 16 };
	else if (/^(?:smaller|larger|inherit|unset|revert)$/.test(value)) into.fontSize = { factor: 1 };
}

/** `italic bold 12px/1.5 Arial`: the first length is the size. */
function font(value: string, into: Declared): void {
	for (const word of value.split(' ', 8)) {
		const size = word.split('/', 1)[0]!;
		// Weights are numbers, too.
		if (/^[1-9]00$/.test(size) || (!FONT_SIZES.has(size) && !NUMBER.test(size))) continue;
		fontSize(size, into);
		return;
	}
	if (/^(?:initial|caption|icon|menu|message-box|small-caption|status-bar)$/.test(value))
		into.fontSize = { pixels: 16 };
}

function overflow(value: string, into: Declared): void {
	if (/^(?:(?:hidden|clip|scroll|auto|overlay)(?: |$)){1,2}/.test(value)) into.clips = true;
	else if (/^visible/.test(value) || INITIAL.test(value)) into.clips = false;
}

/** A twentieth of the size is none; a letter that is turned to its edge has no width. */
const SHRUNK =
	/\bscale(?:x|y|3d)?\(\s{0,4}(?:[\d.]{1,8}[,\s]{1,4})?(?:0{0,4}\.?0{1,4}\d{0,8}|[0-4](?:\.\d{0,4})?%)%?\s{0,4}[,)]|\bmatrix(?:3d)?\(\s{0,4}0{1,4}(?:\.0{0,4})?\s{0,4},\s{0,4}0|\brotate[xy]\(\s{0,4}-?(?:90|270)(?:\.0{0,4})?deg/;
const MOVED =
	/\btranslate(?:x|y|3d)?\((?:[^)]{0,40},)?\s{0,4}-(?:\d{4,8}(?:\.\d{0,8})?px|(?:1[5-9]|[2-9]\d|\d{3,6})\d(?:\.\d{0,8})?%|\d{3,6}(?:\.\d{0,8})?(?:r?em|vw))/;

const transform: Reader = (value, into) => void (into.isScaledAway = SHRUNK.test(value) || MOVED.test(value));

function clip(value: string, into: Declared): void {
	const sides = /^rect\(([^)]{0,80})\)$/
		.exec(value)?.[1]
		?.split(/[\s,]+/)
		.filter((side) => side !== '');
	if (sides === undefined) {
		if (value === 'auto' || INITIAL.test(value)) into.isClipped = false;
		return;
	}
	const [top, right, bottom, left] = sides.map(length);
	into.isClipped =
		(top !== undefined && bottom !== undefined && bottom - top < LEAST_FONT) ||
		(right !== undefined && left !== undefined && right - left < LEAST_FONT);
}

function clipPath(value: string, into: Declared): void {
	const inset = /^inset\(([^)]{1,80})\)/.exec(value)?.[1]?.split(' round', 1)[0]?.trim();
	if (inset !== undefined) {
		const [top = 0, right = top, bottom = top, left = right] = inset
			.split(/\s+/)
			.map((side) => /^([\d.]{1,10})%$/.exec(side)?.[1])
			.map(Number);
		into.isCutOut = top + bottom >= 100 || left + right >= 100;
	} else into.isCutOut = /^(?:circle\(\s{0,4}0|ellipse\(\s{0,4}0|polygon\([0\s,pxem%]{1,80}\))/.test(value);
}

/** What `all: unset` makes of all properties, as far as they decide; what is inherited counts as seen. */
const AS_IF_NOTHING: Declared = {
	display: 'inline',
	isVisible: true,
	fontSize: { factor: 1 },
	opacity: 1,
	height: Infinity,
	maxHeight: Infinity,
	width: Infinity,
	maxWidth: Infinity,
	clips: false,
	indent: 0,
	position: 'static',
	isFloating: false,
	marginLeft: 0,
	marginTop: 0,
	isScaledAway: false,
	isClipped: false,
	isCutOut: false,
	isFilteredAway: false,
	isSkipped: false,
	color: UNKNOWN_COLOUR,
	fill: UNKNOWN_COLOUR,
};

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
	[
		'display',
		(value, into) => {
			const first = value.split(' ', 1)[0]!;
			if (value === 'none') into.display = 'none';
			else if (value === 'contents') into.display = 'contents';
			else if (BOXES.has(first)) into.display = 'box';
			else if (NO_BOXES.has(first) || INITIAL.test(value)) into.display = 'inline';
		},
	],
	[
		'visibility',
		(value, into) => {
			if (value === 'hidden' || value === 'collapse') into.isVisible = false;
			else if (value === 'visible' || /^(?:initial|var\()/.test(value)) into.isVisible = true;
			else if (INITIAL.test(value)) delete into.isVisible;
		},
	],
	[
		'opacity',
		(value, into) => {
			const [, digits, unit] = NUMBER.exec(value) ?? [];
			if (digits !== undefined && (unit === '' || unit === '%'))
				into.opacity = Number(digits) / (unit === '%' ? 100 : 1);
			else if (INITIAL.test(value)) into.opacity = 1;
		},
	],
	['font-size', fontSize],
	['font', font],
	['height', sizeOf('height')],
	['max-height', sizeOf('maxHeight')],
	['width', sizeOf('width')],
	['max-width', sizeOf('maxWidth')],
	['min-height', roomOf('minHeight')],
	['min-width', roomOf('minWidth')],
	['block-size', sizeOf('height')],
	['inline-size', sizeOf('width')],
	['max-block-size', sizeOf('maxHeight')],
	['max-inline-size', sizeOf('maxWidth')],
	['min-block-size', roomOf('minHeight')],
	['min-inline-size', roomOf('minWidth')],
	['padding-bottom', roomOf('paddingBottom')],
	['padding-right', roomOf('paddingRight')],
	[
		'padding',
		(value, into) => {
			const [top = '', right = top, bottom = top] = value.split(/\s+/, 5);
			roomOf('paddingBottom')(bottom, into);
			roomOf('paddingRight')(right, into);
		},
	],
	['overflow', overflow],
	['overflow-x', overflow],
	['overflow-y', overflow],
	[
		'text-indent',
		(value, into) => {
			const indent = length(value.split(' ', 1)[0]!);
			if (indent !== undefined || INITIAL.test(value)) into.indent = indent ?? 0;
		},
	],
	[
		'position',
		(value, into) => {
			if (value === 'absolute' || value === 'fixed') into.position = 'box';
			else if (value === 'relative' || value === 'sticky') into.position = 'moved';
			else if (value === 'static' || INITIAL.test(value)) into.position = 'static';
		},
	],
	[
		'float',
		(value, into) => {
			if (/^(?:left|right|none|inline-(?:start|end))$/.test(value) || INITIAL.test(value))
				into.isFloating = value !== 'none' && !INITIAL.test(value);
		},
	],
	['inset', inset],
	['inset-inline', offsetsOf('left', 'right')],
	['inset-block', offsetsOf('top', 'bottom')],
	['inset-inline-start', offsetOf('left')],
	['inset-inline-end', offsetOf('right')],
	['inset-block-start', offsetOf('top')],
	['inset-block-end', offsetOf('bottom')],
	['margin-inline-start', offsetOf('marginLeft')],
	['margin-block-start', offsetOf('marginTop')],
	['left', offsetOf('left')],
	['right', offsetOf('right')],
	['top', offsetOf('top')],
	['bottom', offsetOf('bottom')],
	['margin-left', offsetOf('marginLeft')],
	['margin-top', offsetOf('marginTop')],
	[
		'margin',
		(value, into) => {
			const sides = value.split(/\s+/, 5);
			offsetOf('marginTop')(sides[0]!, into);
			offsetOf('marginLeft')(sides[3] ?? sides[1] ?? sides[0]!, into);
		},
	],
	['transform', transform],
	['-webkit-transform', transform],
	[
		'scale',
		(value, into) => {
			if (/^[\d.]|^none$/.test(value)) transform(`scale(${value})`, into);
		},
	],
	['translate', (value, into) => transform(`translate(${value.replace(' ', ',')})`, into)],
	[
		'rotate',
		(value, into) => {
			const [, axis, angle = ''] = /^([xy]) (\S{1,20})$/.exec(value) ?? [];
			transform(axis === undefined ? value : `rotate${axis}(${angle})`, into);
		},
	],
	[
		'zoom',
		(value, into) => {
			// Nothing at all is as if nothing was said.
			const zoom = /^(?:normal|reset)$/.test(value) ? 1 : partOf(value, 1);
			if (value !== '') into.isScaledAway = zoom > 0 && zoom < LEAST_OPACITY;
		},
	],
	['clip', clip],
	['clip-path', clipPath],
	['-webkit-clip-path', clipPath],
	['filter', (value, into) => void (into.isFilteredAway = /opacity\(\s{0,4}0{0,4}\.?0{1,4}%?\s{0,4}\)/.test(value))],
	['content-visibility', (value, into) => void (into.isSkipped = value === 'hidden')],
	['text-shadow', (value, into) => void (into.isShadowed = !/^(?:none|initial|unset)$/.test(value))],
	['background-clip', (value, into) => void (value === 'text' && (into.isShadowed = true))],
	['-webkit-background-clip', (value, into) => void (value === 'text' && (into.isShadowed = true))],
	[
		'-webkit-text-fill-color',
		(value, into) => {
			if (/^(?:inherit|unset|initial|currentcolor)$/.test(value)) delete into.fill;
			else into.fill = readColour(value);
		},
	],
	[
		'all',
		(value, into) => {
			if (INITIAL.test(value)) Object.assign(into, AS_IF_NOTHING);
		},
	],
	[
		'color',
		(value, into) => {
			if (/^(?:inherit|unset|currentcolor)$/.test(value)) delete into.color;
			else into.color = readColour(value);
		},
	],
	['background-color', (value, into) => void (into.background = INITIAL.test(value) ? TRANSPARENT : readColour(value))],
	['background-image', (value, into) => void (into.hasPicture = /\(/.test(value))],
	[
		'background',
		(value, into) => {
			const colour = cutOutside(value, ' ')
				.map(readColour)
				.find((one) => one !== UNKNOWN_COLOUR);
			into.background = colour ?? (/^(?:none|0|initial|unset)\b/.test(value) ? TRANSPARENT : UNKNOWN_COLOUR);
			into.hasPicture = /(?:url|gradient|image|image-set|var)\(/.test(value);
		},
	],
]);

const NAMED: Readonly<Record<string, Colour>> = {
	transparent: TRANSPARENT,
	white: 0xffffff,
	snow: 0xfffafa,
	ivory: 0xfffff0,
	ghostwhite: 0xf8f8ff,
	floralwhite: 0xfffaf0,
	azure: 0xf0ffff,
	mintcream: 0xf5fffa,
	whitesmoke: 0xf5f5f5,
	black: 0x000000,
	silver: 0xc0c0c0,
	gray: 0x808080,
	grey: 0x808080,
	red: 0xff0000,
	maroon: 0x800000,
	yellow: 0xffff00,
	olive: 0x808000,
	lime: 0x00ff00,
	green: 0x008000,
	aqua: 0x00ffff,
	cyan: 0x00ffff,
	teal: 0x008080,
	blue: 0x0000ff,
	navy: 0x000080,
	fuchsia: 0xff00ff,
	magenta: 0xff00ff,
	purple: 0x800080,
	orange: 0xffa500,
};

/** A colour of CSS, or of an attribute that has one; what is not known is {@link UNKNOWN_COLOUR}. */
export function readColour(value: string): Colour {
	const named = Object.hasOwn(NAMED, value) ? NAMED[value] : undefined;
	if (named !== undefined) return named;
	const digits = /^#?([0-9a-f]{3,8})$/.exec(value)?.[1];
	if (digits !== undefined) return hexColour(digits);
	const [, name, list = ''] = /^(rgb|hsl)a?\(([^)]{1,60})\)$/.exec(value) ?? [];
	if (name === undefined) return UNKNOWN_COLOUR;
	const numbers = list.split(/[\s,/]+/).filter((one) => one !== '');
	const alpha = numbers[3] === undefined ? 1 : partOf(numbers[3], 1);
	if (alpha < LEAST_OPACITY) return TRANSPARENT;
	if (alpha < 0.9 || numbers.length < 3) return UNKNOWN_COLOUR;
	if (name === 'rgb') return numbers.slice(0, 3).reduce((sum, one) => sum * 256 + Math.round(partOf(one, 255)), 0);
	const lightness = partOf(numbers[2]!, 1);
	return lightness >= 0.99 ? 0xffffff : lightness <= 0.01 ? 0 : UNKNOWN_COLOUR;
}

function hexColour(digits: string): Colour {
	const pairs = digits.length <= 4 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) ?? []);
	if (digits.length === 5 || digits.length === 7) return UNKNOWN_COLOUR;
	const [red = 0, green = 0, blue = 0, alpha = 255] = pairs.map((pair) => parseInt(pair, 16));
	if (alpha < 255 * LEAST_OPACITY) return TRANSPARENT;
	return alpha < 230 ? UNKNOWN_COLOUR : red * 0x10000 + green * 0x100 + blue;
}

function partOf(written: string, whole: number): number {
	const value = written.endsWith('%') ? (Number(written.slice(0, -1)) / 100) * whole : Number(written);
	return Number.isFinite(value) ? Math.min(whole, Math.max(0, value)) : 0;
}

/** Whether two colours cannot be told apart. */
export function looksAlike(one: Colour, other: Colour): boolean {
	if (one < 0 || other < 0) return false;
	for (const shift of [0, 8, 16]) if (Math.abs(((one >> shift) & 0xff) - ((other >> shift) & 0xff)) > 8) return false;
	return true;
}

// --- syntax ---

/** CSS without its comments; what only looks like one, in a string or a URL, stays. */
export function withoutComments(css: string): string {
	if (!css.includes('/*')) return css;
	return css.replace(
		/"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|\burl\([^"'\s)][^)]*|\/\*[\s\S]*?(?:\*\/|$)/gi,
		(piece) => (piece.startsWith('/*') ? ' ' : piece),
	);
}

/** Characters that escapes stand for (CSS Syntax section 4.3.7). */
export function unescaped(css: string): string {
	if (!css.includes('\\')) return css;
	return css.replace(/\\(?:([0-9a-f]{1,6})\s?|\n|(.))/gi, (_, digits: string | undefined, sign: string | undefined) => {
		const code = digits === undefined ? 0 : parseInt(digits, 16);
		return digits === undefined ? (sign ?? '') : code > 0 && code < 0x110000 ? String.fromCodePoint(code) : '\ufffd';
	});
}

/** The pieces between separators that stand outside of strings and brackets. */
export function cutOutside(css: string, separator: ';' | ',' | ' '): string[] {
	if (!/["'(\\[]/.test(css)) return css.split(separator);
	const pieces: string[] = [];
	let start = 0;
	for (let at = 0; at < css.length;) {
		const sign = nextSign(css, at, separator);
		pieces.push(css.slice(start, sign));
		at = start = sign + 1;
	}
	return pieces;
}

type Signs = ';' | ',' | ' ' | ']' | ')' | '{}' | '{};' | '{;';
/** What is looked for, and what strings, brackets and escapes begin with: found by one expression, for sheets are long. */
const STOPS: Readonly<Record<Signs, RegExp>> = {
	';': /[;"'()[\]\\]/g,
	',': /[,"'()[\]\\]/g,
	' ': /[ "'()[\]\\]/g,
	']': /["'()[\]\\]/g,
	')': /["'()[\]\\]/g,
	'{}': /[{}"'()[\]\\]/g,
	'{};': /[{};"'()[\]\\]/g,
	'{;': /[{;"'()[\]\\]/g,
};

/** Where the first of the signs stands outside of strings and brackets, or the end. A block in curly brackets is one as well, unless they are sought. */
export function nextSign(css: string, from: number, signs: Signs): number {
	const stops = STOPS[signs];
	let depth = 0;
	stops.lastIndex = from;
	while (stops.test(css)) {
		const at = stops.lastIndex - 1;
		const sign = css[at]!;
		if (depth === 0 && signs.includes(sign)) return at;
		if (sign === '\\') stops.lastIndex = at + 2;
		else if (sign === '"' || sign === "'") stops.lastIndex = stringEnd(css, at + 1, sign) + 1;
		else if (sign === '(' || sign === '[') depth++;
		else if (sign === ')' || sign === ']') depth = Math.max(0, depth - 1);
	}
	return css.length;
}

/** Of its closing quote, or of the line break that ends a string without one. */
function stringEnd(css: string, from: number, quote: string): number {
	for (let at = from; at < css.length; at++) {
		const sign = css[at];
		if (sign === quote || sign === '\n') return at;
		if (sign === '\\') at++;
	}
	return css.length;
}
