// One part of the bench, in a process of its own: `node part.mjs <module of the part> <name> <file that its figures are told to>`.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { curveOf, notMeasured, rowOf } from './document.mjs';

const OWN = fileURLToPath(import.meta.url);
/** A part that takes longer hangs. */
const WATCHDOG_MS = 30 * 60_000;

/**
 * What a part tells its figures with: `report(what, figure, unit, {spread, comparedWith, theirs, ratio, ratioSpread, target})`,
 * `report.notMeasured(what, why, comparedWith)`, `report.curve({name, chart, unit, points})` and `report.note(text)`. `document.mjs` says
 * what each means.
 */
function reporter(part, write) {
	const report = (what, figure, unit = '', more = {}) => {
		const row = rowOf(part, what, figure, unit, more);
		write({ row });
		const { ratio, comparedWith, theirs, met } = row;
		const told = [
			...(ratio === undefined ? [] : [`${ratio} × ${comparedWith} (${theirs})`]),
			...(met === undefined ? [] : [`target ${JSON.stringify(more.target)}: ${met ? 'met' : 'NOT MET'}`]),
		];
		console.log(`  ${String(figure).padStart(12)} ${unit.padEnd(14)} ${[what, ...told].join('; ')}`);
	};
	report.notMeasured = (what, why, comparedWith = undefined) => {
		write({ row: notMeasured(part, what, why, comparedWith) });
		console.log(`  not measured: ${what}: ${why}`);
	};
	report.curve = (curve) => write({ curve: curveOf(part, curve) });
	report.note = (note) => {
		write({ note });
		console.log(`  ${note}`);
	};
	return report;
}

/**
 * Runs the part that the module `file` is, and gives what `documentOf` takes of it. What it had told before it failed is kept; ending
 * with another code than 0, telling a figure that is none, and telling nothing are failures.
 */
export function measured(name, file) {
	const scratch = mkdtempSync(join(tmpdir(), 'email-intel-bench-'));
	const figures = join(scratch, 'figures');
	writeFileSync(figures, '');
	const before = loadavg()[0];
	const start = performance.now();
	const { status, signal } = spawnSync(process.execPath, [...process.execArgv, OWN, file, name, figures], {
		stdio: 'inherit',
		timeout: WATCHDOG_MS,
		killSignal: 'SIGKILL',
	});
	const seconds = Number(((performance.now() - start) / 1_000).toFixed(1));
	const lines = readFileSync(figures, 'utf8').split('\n').filter(Boolean);
	rmSync(scratch, { recursive: true });
	const told = lines.map((line) => JSON.parse(line));
	const all = (key) => told.filter((line) => line[key] !== undefined).map((line) => line[key]);
	const rows = all('row');
	let [failure] = all('failure');
	if (status !== 0) failure ??= `its process ended with ${signal ?? status} after ${Math.round(seconds)} s`;
	if (rows.length === 0) failure ??= 'it measured nothing';
	return {
		name,
		seconds,
		load: [before, loadavg()[0]],
		rows,
		curves: all('curve'),
		notes: all('note'),
		...(failure === undefined ? {} : { failure }),
	};
}

if (process.argv[1] === OWN) {
	const [, , file, part, figures] = process.argv;
	const write = (line) => appendFileSync(figures, `${JSON.stringify(line)}\n`);
	try {
		const { run } = await import(pathToFileURL(file).href);
		await run(reporter(part, write));
	} catch (error) {
		console.error(error);
		write({ failure: `${error?.name ?? 'Error'}: ${String(error?.message ?? error).split('\n')[0]}` });
		process.exitCode = 1;
	}
	process.exit();
}
