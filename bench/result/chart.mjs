// Curves of growth as SVG, on two logarithmic scales: a straight line of one step up a step right is linear, and so is the dotted one.
const WIDTH = 900;
const HEIGHT = 420;
const LEFT = 96;
const RIGHT = 370;
const TOP = 44;
const BOTTOM = 56;
/** Lines of a chart, at most: with more nobody tells them apart. */
const MOST = 6;
/** Each with a mark of its own, for those who cannot tell the colours apart. */
const MARKS = [
	(x, y) => `<circle cx="${x}" cy="${y}" r="4"/>`,
	(x, y) => `<rect x="${x - 3.5}" y="${y - 3.5}" width="7" height="7"/>`,
	(x, y) => `<path d="M${x} ${y - 5}l5 9h-10z"/>`,
	(x, y) => `<path d="M${x} ${y - 5}l5 5l-5 5l-5 -5z"/>`,
	(x, y) => `<path d="M${x} ${y + 5}l5 -9h-10z"/>`,
	(x, y) => `<path d="M${x - 4} ${y - 4}l8 8m0 -8l-8 8" class="cross"/>`,
];
const LIGHT = { ground: '#ffffff', ink: '#1f2328', grid: '#d0d7de', lines: ['#0969da', '#cf222e', '#1a7f37', '#9a6700', '#8250df', '#57606a'] }; // prettier-ignore
const DARK = { ground: '#0d1117', ink: '#e6edf3', grid: '#3d444d', lines: ['#4493f8', '#ff7b72', '#3fb950', '#d29922', '#bc8cff', '#9198a1'] }; // prettier-ignore

const styleOf = ({ ground, ink, grid, lines }) =>
	[
		`.ground{fill:${ground}}text{fill:${ink}}.grid{stroke:${grid}}.slope{stroke:${grid};stroke-dasharray:2 5;stroke-width:2}`,
		...lines.map((colour, i) => `.c${i}{fill:${colour};stroke:${colour}}`),
	].join('');

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const round = (value) => Number(value.toFixed(1));

/** `curves`: of one unit, each a name and points `[work, figure]`. */
export function chart(title, curves) {
	if (curves.length > MOST) throw new RangeError(`${title}: ${curves.length} curves, at most ${MOST} are legible`);
	const [{ unit }] = curves;
	const points = curves.flatMap(({ points: all }) => all);
	const works = [...new Set(points.map(([work]) => work))].sort((a, b) => a - b);
	const [leastX, mostX] = [works[0], works.at(-1)].map(Math.log10);
	const figures = points.map(([, figure]) => figure);
	const leastY = Math.floor(Math.log10(Math.min(...figures)));
	const mostY = Math.max(leastY + 1, Math.ceil(Math.log10(Math.max(...figures))));
	const x = (work) => round(LEFT + ((Math.log10(work) - leastX) / (mostX - leastX || 1)) * (WIDTH - LEFT - RIGHT));
	const y = (figure) =>
		round(HEIGHT - BOTTOM - ((Math.log10(figure) - leastY) / (mostY - leastY)) * (HEIGHT - TOP - BOTTOM));
	const grid = [];
	for (let power = leastY; power <= mostY; power++)
		grid.push(
			`<path d="M${LEFT} ${y(10 ** power)}H${WIDTH - RIGHT}" class="grid"/><text x="${LEFT - 8}" y="${y(10 ** power) + 4}" text-anchor="end">${Number(10 ** power).toLocaleString('en-US')} ${escape(unit)}</text>`,
		);
	for (const work of works)
		grid.push(
			`<path d="M${x(work)} ${TOP}V${HEIGHT - BOTTOM}" class="grid"/><text x="${x(work)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${work.toLocaleString('en-US')}×</text>`,
		);
	// In proportion, from the lower left corner to where it leaves the chart.
	const steps = Math.min(mostX - leastX, mostY - leastY);
	grid.push(
		`<path d="M${x(works[0])} ${y(10 ** leastY)}L${x(10 ** (leastX + steps))} ${y(10 ** (leastY + steps))}" class="slope"/>`,
	);
	// The names stand in the order of the ends of their lines.
	const places = curves.map((_, i) => i).sort((a, b) => curves[b].points.at(-1)[1] - curves[a].points.at(-1)[1]);
	const lines = curves.map(({ name, points: all }, i) => {
		const path = all.map(([work, figure], at) => `${at === 0 ? 'M' : 'L'}${x(work)} ${y(figure)}`).join('');
		const marks = all.map(([work, figure]) => MARKS[i](x(work), y(figure))).join('');
		const row = TOP + 14 + places.indexOf(i) * 24;
		const [start] = [WIDTH - RIGHT + 24];
		return `<g class="c${i}"><path d="${path}" class="line"/>${marks}${MARKS[i](start, row - 4)}</g><text x="${start + 14}" y="${row}">${escape(name)} (${exponent(all).toFixed(2)})</text>`;
	});
	const note = TOP + 14 + curves.length * 24 + 12;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${escape(title)}"><style>${styleOf(LIGHT)}.grid,.line,.slope,.cross{fill:none}.line{stroke-width:2}@media (prefers-color-scheme:dark){${styleOf(DARK)}.grid,.line,.slope,.cross{fill:none}}</style><rect width="100%" height="100%" class="ground"/><text x="${LEFT}" y="24" font-weight="bold" font-size="15">${escape(title)}</text>${grid.join('')}${lines.join('')}<text x="${WIDTH - RIGHT + 18}" y="${note}" font-size="11">In brackets: the exponent; 1 is in proportion,</text><text x="${WIDTH - RIGHT + 18}" y="${note + 15}" font-size="11">as the dotted line is.</text><text x="${round((LEFT + WIDTH - RIGHT) / 2)}" y="${HEIGHT - 12}" text-anchor="middle">times the work</text></svg>\n`;
}

/** The exponent of growth over all points but the first, in which what is done once counts most: 1 is linear. */
export function exponent(points) {
	const logs = (points.length > 2 ? points.slice(1) : points).map(([work, figure]) => [
		Math.log(work),
		Math.log(figure),
	]);
	const mean = (at) => logs.reduce((sum, pair) => sum + pair[at], 0) / logs.length;
	const [mx, my] = [mean(0), mean(1)];
	const over = logs.reduce((sum, [a, b]) => sum + (a - mx) * (b - my), 0);
	return over / logs.reduce((sum, [a]) => sum + (a - mx) ** 2, 0);
}

/** The title of each chart of the docs, by the name that curves give it. */
export const CHARTS = {
	mail: 'Processor time over the size of mail',
	attachments: 'Time over what attachments hold',
	hunts: 'Processor time over the size of hunts',
	network: 'Time over the amount of work on a network',
	requests: 'Requests over the amount of work on a network',
};

/** `[file name, SVG]` of each chart that there are curves for. */
export function drawCurves(curves) {
	return Object.entries(CHARTS).flatMap(([name, title]) => {
		const own = curves.filter((curve) => curve.chart === name);
		return own.length === 0 ? [] : [[`bench-growth-${name}.svg`, chart(title, own)]];
	});
}
