// Curves of growth as SVG, on two logarithmic scales: a straight line of one step up a step right is linear.
const WIDTH = 640;
const HEIGHT = 400;
const LEFT = 70;
const RIGHT = 190;
const TOP = 30;
const BOTTOM = 50;
const COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700', '#8250df', '#57606a'];

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** `curves`: name and points `[work, milliseconds]`. */
export function chart(title, curves) {
	const points = curves.flatMap(({ points: all }) => all);
	const [leastX, mostX] = [0, 1].map((end) => Math.log10(Math[end ? 'max' : 'min'](...points.map(([x]) => x))));
	const leastY = Math.floor(Math.log10(Math.min(...points.map(([, y]) => y))));
	const mostY = Math.ceil(Math.log10(Math.max(...points.map(([, y]) => y))));
	const x = (work) => LEFT + ((Math.log10(work) - leastX) / (mostX - leastX || 1)) * (WIDTH - LEFT - RIGHT);
	const y = (ms) => HEIGHT - BOTTOM - ((Math.log10(ms) - leastY) / (mostY - leastY || 1)) * (HEIGHT - TOP - BOTTOM);
	const grid = [];
	for (let power = leastY; power <= mostY; power++)
		grid.push(
			`<path d="M${LEFT} ${y(10 ** power)}H${WIDTH - RIGHT}" stroke="#d0d7de"/><text x="${LEFT - 8}" y="${y(10 ** power) + 4}" text-anchor="end">${10 ** power} ms</text>`,
		);
	for (const work of new Set(points.map(([one]) => one)))
		grid.push(`<text x="${x(work)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${work}×</text>`);
	const lines = curves.map(({ name, points: all }, i) => {
		const colour = COLOURS[i % COLOURS.length];
		const path = all
			.map(([work, ms], at) => `${at === 0 ? 'M' : 'L'}${x(work).toFixed(1)} ${y(ms).toFixed(1)}`)
			.join('');
		const dots = all
			.map(([work, ms]) => `<circle cx="${x(work).toFixed(1)}" cy="${y(ms).toFixed(1)}" r="3" fill="${colour}"/>`)
			.join('');
		return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}<text x="${WIDTH - RIGHT + 12}" y="${TOP + 20 + i * 20}" fill="${colour}">${escape(name)}</text>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/><text x="${LEFT}" y="18" font-weight="bold">${escape(title)}</text>${grid.join('')}${lines.join('')}</svg>\n`;
}

/** The exponent of growth over all points: 1 is linear. */
export function exponent(points) {
	const logs = points.map(([work, ms]) => [Math.log(work), Math.log(ms)]);
	const mean = (at) => logs.reduce((sum, pair) => sum + pair[at], 0) / logs.length;
	const [mx, my] = [mean(0), mean(1)];
	const over = logs.reduce((sum, [a, b]) => sum + (a - mx) * (b - my), 0);
	return over / logs.reduce((sum, [a]) => sum + (a - mx) ** 2, 0);
}
