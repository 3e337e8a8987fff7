/**
 * The document of a run: what was measured, on which machine, with which versions. A row is
 *
 * - measured: `{part, what, figure, unit, spread?, comparedWith?, theirs?, ratio?, ratioSpread?, target?, met?}`. `ratio` says how many
 *   times as good this pack is as what it is compared with, whatever the unit: 2 is twice the rate, or half the time. `target` is
 *   `{least}` or `{most}`, of the ratio where there is one, else of the figure
 * - or not measured: `{part, what, comparedWith?, notMeasured}`, with what would have to be done for it.
 *
 * A curve is `{part, name, chart, unit, points: [[work, figure], …]}`.
 */

const FORMAT = 1;

/** A figure is missing or is no number, or something else is amiss in what a part of the bench told. */
export class RowError extends TypeError {
	name = 'RowError';
}

const isText = (value) => typeof value === 'string' && value.trim() !== '';

function checkNumbers(what, numbers) {
	for (const [name, number] of Object.entries(numbers))
		if (!Number.isFinite(number)) throw new RowError(`${what}: ${name} is ${number}, not a number`);
}

/** `[lowest, highest]`. */
function checkSpread(what, name, spread) {
	if (!Array.isArray(spread) || spread.length !== 2) throw new RowError(`${what}: ${name} is no pair`);
	checkNumbers(what, { [`the lowest of ${name}`]: spread[0], [`the highest of ${name}`]: spread[1] });
}

/** How many times as good: rates and amounts done by rate, everything else (time, memory, requests) by how little it is. */
const ratioOf = (figure, theirs, unit) => (unit.includes('/s') ? figure / theirs : theirs / figure);

/**
 * A row that was measured.
 *
 * @throws RowError when a figure is missing or no number, when a comparison names nobody, or a target is none
 */
export function rowOf(part, what, figure, unit = '', more = {}) {
	if (!isText(what)) throw new RowError(`A row of ${part} does not say what it is`);
	checkNumbers(what, { 'the figure': figure });
	const { spread, comparedWith, theirs, ratioSpread, target, ...unknown } = more;
	delete unknown.ratio;
	if (Object.keys(unknown).length > 0) throw new RowError(`${what}: nobody knows ${Object.keys(unknown).join(', ')}`);
	const row = { part, what, figure, unit };
	if (spread !== undefined) {
		checkSpread(what, 'its spread', spread);
		row.spread = spread;
	}
	if (comparedWith !== undefined || theirs !== undefined || more.ratio !== undefined) {
		if (!isText(comparedWith)) throw new RowError(`${what} is compared with nobody`);
		checkNumbers(what, { [`the figure of ${comparedWith}`]: theirs });
		const ratio = more.ratio ?? ratioOf(figure, theirs, unit);
		checkNumbers(what, { 'the ratio': ratio });
		Object.assign(row, { comparedWith, theirs, ratio: Number(ratio.toFixed(2)) });
	}
	if (ratioSpread !== undefined) {
		if (row.ratio === undefined) throw new RowError(`${what} has a spread of no ratio`);
		checkSpread(what, 'the ratio', ratioSpread);
		row.ratioSpread = ratioSpread.map((ratio) => Number(ratio.toFixed(2)));
	}
	if (target !== undefined) {
		const names = Object.keys(target);
		if (names.length !== 1 || !['least', 'most'].includes(names[0]))
			throw new RowError(`${what}: a target is {least} or {most}`);
		checkNumbers(what, { 'the target': target[names[0]] });
		const reached = row.ratio ?? figure;
		row.target = target;
		row.met = target.least === undefined ? reached <= target.most : reached >= target.least;
	}
	return row;
}

/**
 * A row that was not measured, and what that takes.
 *
 * @throws RowError when it does not say what, or why
 */
export function notMeasured(part, what, why, comparedWith = undefined) {
	if (!isText(what)) throw new RowError(`A row of ${part} does not say what it is`);
	if (!isText(why)) throw new RowError(`${what} does not say why it is not measured`);
	return { part, what, ...(comparedWith === undefined ? {} : { comparedWith }), notMeasured: why };
}

/**
 * How something grows with the amount of work.
 *
 * @throws RowError when it has fewer than two points, or a point is no pair of numbers above zero
 */
export function curveOf(part, { name, chart, unit, points }) {
	if (![name, chart, unit].every(isText)) throw new RowError(`A curve of ${part} has no name, chart or unit`);
	if (!Array.isArray(points) || points.length < 2) throw new RowError(`${name} is no curve`);
	for (const point of points)
		if (!Array.isArray(point) || point.length !== 2 || !point.every((number) => Number.isFinite(number) && number > 0))
			throw new RowError(`${name}: ${JSON.stringify(point)} is no point`);
	return { part, name, chart, unit, points };
}

const nameOf = ({ part, what, comparedWith }) =>
	`${part}: ${what}${comparedWith === undefined ? '' : `, compared with ${comparedWith}`}`;

/**
 * The document of a run.
 *
 * `parts`: `{name, seconds, load: [before, after], rows, curves, notes, failure?}`, one a part of the bench, in order. A part that failed keeps
 * what it had told before.
 */
export function documentOf({ date, machine, versions, parts }) {
	const failed = parts.filter(({ failure }) => failure !== undefined);
	const rows = parts.flatMap((part) => part.rows);
	const withTarget = rows.filter(({ target }) => target !== undefined);
	return {
		format: FORMAT,
		date,
		machine,
		versions,
		summary: {
			figures: rows.filter((row) => row.notMeasured === undefined).length,
			targets: withTarget.length,
			met: withTarget.filter(({ met }) => met).length,
			notMet: withTarget.filter(({ met }) => !met).map(nameOf),
			notMeasured: rows
				.filter((row) => row.notMeasured !== undefined)
				.map((row) => `${nameOf(row)} (${row.notMeasured})`),
			failed: failed.map(({ name, failure }) => `${name}: ${failure}`),
		},
		parts: parts.map(({ name, seconds, load, notes, failure }) => ({
			name,
			seconds,
			load,
			...(notes.length === 0 ? {} : { notes }),
			...(failure === undefined ? {} : { failure }),
		})),
		rows,
		curves: parts.flatMap(({ curves }) => curves),
	};
}

const NUMBER = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
const number = (value) => (Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en-US') : NUMBER.format(value));
const between = ([lowest, highest]) => ` (${number(lowest)} to ${number(highest)})`;
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
const targetOf = ({ least, most }) => (least === undefined ? `at most ${number(most)}` : `at least ${number(least)}`);

function lineOf(row) {
	const { what, figure, unit, spread, comparedWith = '', theirs, ratio, ratioSpread, target, met } = row;
	const cells =
		row.notMeasured === undefined
			? [
					what,
					`${number(figure)}${spread === undefined ? '' : between(spread)} ${unit}`.trim(),
					comparedWith,
					theirs === undefined ? '' : number(theirs),
					ratio === undefined ? '' : `${number(ratio)}${ratioSpread === undefined ? '' : between(ratioSpread)}`,
					target === undefined ? '' : targetOf(target),
					target === undefined ? '' : met ? 'yes' : '**no**',
				]
			: [what, `**not measured**: ${row.notMeasured}`, comparedWith, '', '', '', ''];
	return `| ${cells.map(cell).join(' | ')} |`;
}

const list = (title, names) =>
	names.length === 0 ? [] : ['', `**${title}**`, '', ...names.map((name) => `- ${name}`)];

/** The document as a page of Markdown. */
export function pageOf({ date, machine, versions, summary, parts, rows, curves }) {
	const { system, cores, processor, memoryGB, load, loadAtTheEnd } = machine;
	const lines = [
		'# Result of the bench',
		'',
		`${date.slice(0, 16).replace('T', ' ')} UTC, ${system}, ${cores} × ${processor}, ${memoryGB} GB. Load ${load.toFixed(1)} at the start, ${loadAtTheEnd.toFixed(1)} at the end.`,
		'',
		`${summary.figures} figures; ${summary.met} of ${summary.targets} targets met; ${summary.notMeasured.length} not measured; ${summary.failed.length} of ${parts.length} parts failed.`,
		...list('Failed', summary.failed),
		...list('Not measured', summary.notMeasured),
		...list('Target not met', summary.notMet),
		'',
		'| what | version |',
		'|---|---|',
		...Object.entries(versions).map(([name, version]) => `| ${cell(name)} | ${version ?? '**not installed**'} |`),
	];
	for (const { name, seconds, load, notes = [], failure } of parts) {
		lines.push(
			'',
			`## ${name}`,
			'',
			`${Math.round(seconds)} s, load ${load.map((one) => one.toFixed(1)).join(' to ')}.`,
		);
		if (failure !== undefined) lines.push('', `**This part failed**: ${failure}`);
		const own = rows.filter(({ part }) => part === name);
		if (own.length > 0)
			lines.push(
				'',
				'| what | figure | compared with | its figure | ratio | target | met |',
				'|---|---|---|---|---|---|---|',
				...own.map(lineOf),
			);
		const grown = curves.filter(({ part }) => part === name);
		if (grown.length > 0)
			lines.push(
				'',
				'| over the work | figures |',
				'|---|---|',
				...grown.map(
					({ name: what, unit, points }) =>
						`| ${cell(what)} | ${points.map(([work, figure]) => `${number(work)}×: ${number(figure)} ${unit}`).join(', ')} |`,
				),
			);
		lines.push(...list('Notes', notes));
	}
	return `${lines.join('\n')}\n`;
}
