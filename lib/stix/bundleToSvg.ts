import { PICTURE_DEFAULTS } from '../defaults';
import type { ErrorDetails } from '../errors';
import type { Indicator } from '../indicators';
import { PICTURE_LIMITS } from '../limits';
import { settingsOr, wholeNumber } from '../settings';
import { BADGE_KINDS, badgeKind, badgesOf, type Badge, type BadgeKind } from './badges';
import { bundleViewOf, type BundleView, type ViewGroup, type ViewRow } from './bundleView';
import { StixError } from './errors';
import { clipped, escapeMarkup } from './markup';
import type { Bundle } from './objects';
import { PAP_MARKINGS, TLP_MARKINGS } from './tlp';

/** Options of {@link bundleToSvg} and {@link bundleToHtml}. */
export interface PictureOptions {
	/** Objects shown of one type, 1 to 10,000; of the others, how many there are. Default 12. */
	maxRows?: number | undefined;
	/**
	 * What the bundle was made of. Given, values carry badges of what is thought of them: defanged by a person, and their flags.
	 * Default none: a bundle does not say.
	 */
	indicators?: readonly Indicator[] | undefined;
}

const COLUMN_WIDTHS = [250, 270, 350, 290];
const GAP = 84;
const MARGIN = 28;
const HEADING = 92;
const CARD_HEAD = 30;
const LINE = 24;
const TWO_LINES = 38;
const CARD_GAP = 18;
/** Pixels of a character at 13 and 11 pixels in DejaVu Sans, the widest of the fonts that systems bring. */
const CHAR = 8;
const SMALL_CHAR = 6.6;

/** Colour of a type's card and of the lines that lead to it. */
const COLORS: Readonly<Record<string, string>> = {
	parties: '#3b6fb6',
	'email-addr': '#3b6fb6',
	'email-message': '#5b4b9e',
	file: '#8a5a2b',
	artifact: '#8a5a2b',
	url: '#b0532c',
	'domain-name': '#1f7a6d',
	'ipv4-addr': '#2f7d3b',
	'ipv6-addr': '#2f7d3b',
	indicator: '#b3262e',
	vulnerability: '#b3262e',
};
const OTHER_COLOR = '#56606b';

interface Anchor {
	left: number;
	right: number;
	y: number;
	color: string;
}

/**
 * A picture of a bundle: who wrote to whom, what the message held, what it was turned into. One self-contained SVG without script and
 * without anything to load; every text is escaped. Of many objects of one type the first are shown and the rest counted, so that the
 * picture of a bundle of 50,000 objects is as large as that of one with fifty. With `indicators`, values carry badges, explained in a legend.
 *
 * @throws StixError `STIX_OPTION_INVALID`
 */
export function bundleToSvg(bundle: Bundle, options: PictureOptions = {}): string {
	const view = bundleViewOf(bundle, rowsOf(options), badgesOf(options.indicators ?? []));
	const legend = legendOf(view);
	const anchors = new Map<string, Anchor>();
	const heights = view.columns.map(columnHeight);
	const body = Math.max(0, ...heights);
	const widths = view.columns.map((column) => COLUMN_WIDTHS[columnIndex(column)] ?? 300);
	const width = Math.max(
		640,
		widths.reduce((sum, each) => sum + each + GAP, 2 * MARGIN - GAP),
	);
	const height = HEADING + body + MARGIN + (legend.length > 0 ? LEGEND : 0);
	let x = MARGIN;
	const cards = view.columns.map((column, index) => {
		// Short columns stand in the middle, where the lines to their neighbours are shortest.
		let y = HEADING + Math.min((body - (heights[index] ?? 0)) / 2, 160);
		const columnWidth = widths[index] ?? 300;
		const drawn = column.map((group) => {
			const card = drawCard(group, x, y, columnWidth, anchors);
			y += cardHeight(group) + CARD_GAP;
			return card;
		});
		x += columnWidth + GAP;
		return drawn.join('');
	});
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${round(height)}" width="${width}" height="${round(height)}" `,
		`role="img" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif">`,
		`<title>${escapeMarkup(clipped(view.title, 200))}</title>`,
		`<rect width="100%" height="100%" fill="#f6f7f9"/>`,
		heading(view, width),
		`<g fill="none" stroke-width="1.6">${drawEdges(view, anchors)}</g>`,
		cards.join(''),
		drawLegend(legend, HEADING + body + MARGIN + 8),
		'</svg>',
	].join('');
}

function rowsOf({ maxRows }: PictureOptions): number {
	const range = { least: 1, most: PICTURE_LIMITS.maxRows, otherwise: PICTURE_DEFAULTS.maxRows };
	const refused = (message: string, details: ErrorDetails) => new StixError('STIX_OPTION_INVALID', message, details);
	return settingsOr(() => wholeNumber('maxRows', maxRows, range), refused);
}

function columnIndex(column: readonly ViewGroup[]): number {
	const key = column[0]?.key;
	return key === 'parties' ? 0 : key === 'email-message' ? 1 : key === 'indicator' || key === 'vulnerability' ? 3 : 2;
}

const rowHeight = ({ note, badges }: ViewRow): number =>
	note === undefined && badges === undefined ? LINE : TWO_LINES;

function cardHeight(group: ViewGroup): number {
	const more = group.total > group.rows.length ? LINE : 0;
	return CARD_HEAD + group.rows.reduce((sum, row) => sum + rowHeight(row), 0) + more + 8;
}

function columnHeight(column: readonly ViewGroup[]): number {
	return column.reduce((sum, group) => sum + cardHeight(group) + CARD_GAP, -CARD_GAP);
}

function heading(view: BundleView, width: number): string {
	let x = MARGIN;
	const chips = view.markings.map((name) => {
		const level = [...Object.values(TLP_MARKINGS), ...Object.values(PAP_MARKINGS)].find(
			(marking) => marking.name === name,
		);
		const chipWidth = Math.round(clipped(name, 40).length * 7.6 + 18);
		const text = clipped(name, 40);
		const chip = [
			`<rect x="${x}" y="56" width="${chipWidth}" height="20" rx="10" fill="#1d2229"/>`,
			`<text x="${x + chipWidth / 2}" y="70" font-size="11" font-weight="700" text-anchor="middle" fill="${tint(level?.color)}">${escapeMarkup(text)}</text>`,
		].join('');
		x += chipWidth + 8;
		return chip;
	});
	return [
		`<text x="${MARGIN}" y="40" font-size="21" font-weight="700" fill="#1d2229">${escapeMarkup(clipped(view.title, Math.floor((width - 2 * MARGIN) / 13), true))}</text>`,
		...chips,
		`<text x="${x + (chips.length > 0 ? 4 : 0)}" y="70" font-size="12" fill="#56606b">${escapeMarkup(view.facts.join('  ·  '))}</text>`,
	].join('');
}

/** The marking's colour, bright enough for a dark ground (FIRST's own for TLP 2.0). */
function tint(color: string | undefined): string {
	const bright: Readonly<Record<string, string>> = { '#2e7d32': '#33ff00', '#d84315': '#ffc000', '#c62828': '#ff2b2b' };
	return bright[color ?? ''] ?? '#ffffff';
}

function drawCard(group: ViewGroup, x: number, y: number, width: number, anchors: Map<string, Anchor>): string {
	const color = (Object.hasOwn(COLORS, group.key) ? COLORS[group.key] : undefined) ?? OTHER_COLOR;
	const parts = [
		`<rect x="${x}" y="${round(y)}" width="${width}" height="${cardHeight(group)}" rx="8" fill="#ffffff" stroke="${color}" stroke-opacity="0.45"/>`,
		`<rect x="${x}" y="${round(y + 6)}" width="4" height="${cardHeight(group) - 12}" rx="2" fill="${color}"/>`,
		`<text x="${x + 14}" y="${round(y + 20)}" font-size="12" font-weight="700" fill="${color}">${escapeMarkup(clipped(group.title, 30))}</text>`,
		`<text x="${x + width - 12}" y="${round(y + 20)}" font-size="12" text-anchor="end" fill="${color}">${group.total}</text>`,
	];
	let top = y + CARD_HEAD;
	const columns = Math.floor((width - 28) / CHAR);
	for (const row of group.rows) {
		const tall = rowHeight(row);
		anchors.set(row.id, { left: x, right: x + width, y: round(top + tall / 2 - 2), color });
		parts.push(
			'<g>',
			`<title>${escapeMarkup(clipped(row.text, 400))}&#10;${escapeMarkup(row.id)}${row.badges ? `&#10;${escapeMarkup(clipped(row.badges.join(', '), 400))}` : ''}</title>`,
			`<text x="${x + 14}" y="${round(top + 13)}" font-size="13" fill="#1d2229">${escapeMarkup(clipped(row.text, columns, row.prose))}</text>`,
			secondLine(row, x + 14, round(top + 28), width - 28),
			'</g>',
		);
		top += tall;
	}
	if (group.total > group.rows.length) {
		parts.push(
			`<text x="${x + 14}" y="${round(top + 13)}" font-size="12" font-style="italic" fill="#6b7580">+${group.total - group.rows.length} more</text>`,
		);
	}
	return parts.join('');
}

/** The note, and behind it as many badges as there is room for. */
function secondLine({ note, badges = [] }: ViewRow, x: number, y: number, width: number): string {
	const [first] = badges;
	// A long note leaves room for one badge.
	const room = first === undefined ? width : width - badgeWidth(first) - BADGE_GAP;
	const text = note === undefined ? '' : clipped(note, Math.floor(room / SMALL_CHAR));
	let at = x + (text === '' ? 0 : text.length * SMALL_CHAR + BADGE_GAP);
	const parts =
		text === '' ? [] : [`<text x="${x}" y="${y}" font-size="11" fill="#6b7580">${escapeMarkup(text)}</text>`];
	for (const badge of badges) {
		if (at + badgeWidth(badge) > x + width) break;
		parts.push(drawBadge(badge, round(at), y));
		at += badgeWidth(badge) + BADGE_GAP;
	}
	return parts.join('');
}

const BADGE_GAP = 6;
const BADGE_CHAR = 6;
const LEGEND = 24;
const badgeWidth = (label: string): number => Math.round(label.length * BADGE_CHAR + 10);

function drawBadge(badge: Badge, x: number, y: number): string {
	const { color } = BADGE_KINDS[badgeKind(badge)];
	const width = badgeWidth(badge);
	return [
		`<rect x="${x}" y="${round(y - 10)}" width="${width}" height="13" rx="6.5" fill="${color}" fill-opacity="0.12" stroke="${color}" stroke-opacity="0.6"/>`,
		`<text x="${x + width / 2}" y="${round(y - 0.5)}" font-size="9" font-weight="700" text-anchor="middle" fill="${color}">${escapeMarkup(badge)}</text>`,
	].join('');
}

/** The kinds of badges that are in the picture, each with the first one of it. */
function legendOf({ columns }: BundleView): Array<[BadgeKind, Badge]> {
	const badges = columns.flat().flatMap(({ rows }) => rows.flatMap((row) => row.badges ?? []));
	return (Object.keys(BADGE_KINDS) as BadgeKind[]).flatMap((kind) => {
		const first = badges.find((badge) => badgeKind(badge) === kind);
		return first === undefined ? [] : [[kind, first] as [BadgeKind, Badge]];
	});
}

function drawLegend(legend: ReadonlyArray<[BadgeKind, Badge]>, y: number): string {
	let x = MARGIN;
	return legend
		.map(([kind, badge]) => {
			const { meaning } = BADGE_KINDS[kind];
			const drawn = `${drawBadge(badge, x, y)}<text x="${x + badgeWidth(badge) + BADGE_GAP}" y="${round(y)}" font-size="11" fill="#56606b">${meaning}</text>`;
			x += badgeWidth(badge) + Math.round(meaning.length * SMALL_CHAR) + 24;
			return drawn;
		})
		.join('');
}

function drawEdges({ edges }: BundleView, anchors: ReadonlyMap<string, Anchor>): string {
	return edges
		.map(({ from, to, kind }) => {
			const start = anchors.get(from);
			const end = anchors.get(to);
			if (start === undefined || end === undefined) return '';
			const dash = kind === 'related-to' || kind === 'based-on' ? ' stroke-dasharray="5 4"' : '';
			return `<path d="${curve(start, end)}" stroke="${end.color}" stroke-opacity="0.5"${dash}/>`;
		})
		.join('');
}

function curve(start: Anchor, end: Anchor): string {
	if (start.left === end.left) {
		// Inside of one column: an arc over its right edge, wider the farther it goes.
		const bulge = Math.min(70, 22 + Math.abs(end.y - start.y) / 8);
		return `M${start.right},${start.y} C${start.right + bulge},${start.y} ${end.right + bulge},${end.y} ${end.right},${end.y}`;
	}
	const [x1, x2] = start.left < end.left ? [start.right, end.left] : [start.left, end.right];
	const middle = (x1 + x2) / 2;
	return `M${x1},${start.y} C${middle},${start.y} ${middle},${end.y} ${x2},${end.y}`;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
