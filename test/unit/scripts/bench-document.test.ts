import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(__dirname, '../../..');

/** What a program says that knows the documents of the bench, in a process of its own: Jest loads no ES modules. */
function told<T>(program: string): T {
	const url = JSON.stringify(pathToFileURL(join(root, 'bench/result/document.mjs')).href);
	const output = execFileSync(
		process.execPath,
		['--input-type=module', '-e', `const bench = await import(${url}); console.log(JSON.stringify(${program}));`],
		{ encoding: 'utf8' },
	);
	return JSON.parse(output) as T;
}

/** The message that each call is refused with; null where it is not. */
const refusals = (...calls: string[]) =>
	told<Array<string | null>>(
		`[${calls.map((call) => `() => bench.${call}`).join(', ')}].map((call) => { try { call(); return null; } catch (error) { return error.name + ': ' + error.message; } })`,
	);

const RUN = `{
	date: '2026-11-27T05:06:07.000Z',
	machine: { system: 'linux', processor: 'a | b', cores: 2, memoryGB: 8, load: 0.1, loadAtTheEnd: 1.5 },
	versions: { Node: '24.21.0', Dovecot: null },
	parts: [
		{
			name: 'mail', seconds: 12.34, load: [0.1, 0.9], notes: ['a | note'],
			rows: [
				bench.rowOf('mail', 'parse', 1500, 'messages/s', { comparedWith: 'mailparser', theirs: 1000, target: { least: 1 } }),
				bench.rowOf('mail', 'wait', 2, 's', { comparedWith: 'bare', theirs: 1, ratioSpread: [0.4, 0.6], target: { least: 0.85 } }),
				bench.rowOf('mail', 'memory', 12, 'MB', { spread: [10, 14], target: { most: 12 } }),
				bench.notMeasured('mail', 'the trigger', 'n8n is not installed', "n8n's own"),
			],
			curves: [bench.curveOf('mail', { name: 'links', chart: 'mail', unit: 'ms', points: [[1, 2], [10, 20]] })],
		},
		{ name: 'broken', seconds: 1, load: [1, 1], notes: [], curves: [], failure: 'Error: it broke', rows: [bench.rowOf('broken', 'first', 1)] },
	],
}`;

interface Document {
	machine: unknown;
	versions: unknown;
	summary: Record<string, unknown>;
	parts: Array<Record<string, unknown>>;
	rows: Array<Record<string, unknown>>;
	curves: unknown[];
}

describe('the document of a run of the bench', () => {
	const { document, page } = told<{ document: Document; page: string }>(
		`((run) => { const document = bench.documentOf(run); return { document, page: bench.pageOf(document) }; })(${RUN})`,
	);

	it('says of each row what it is compared with, both figures, the ratio, the target, and whether it is met', () => {
		expect(document.rows[0]).toEqual({
			part: 'mail',
			what: 'parse',
			figure: 1500,
			unit: 'messages/s',
			comparedWith: 'mailparser',
			theirs: 1000,
			ratio: 1.5,
			target: { least: 1 },
			met: true,
		});
		expect(page).toContain('| parse | 1,500 messages/s | mailparser | 1,000 | 1.5 | at least 1 | yes |');
	});

	it('counts half the time as twice as good, and twice the time as half', () => {
		expect(document.rows[1]).toMatchObject({ ratio: 0.5, ratioSpread: [0.4, 0.6], met: false });
		expect(page).toContain('| wait | 2 s | bare | 1 | 0.5 (0.4 to 0.6) | at least 0.85 | **no** |');
	});

	it('holds a figure without comparison to its target as it is', () => {
		expect(document.rows[2]).toMatchObject({ figure: 12, spread: [10, 14], met: true });
		expect(page).toContain('| memory | 12 (10 to 14) MB |  |  |  | at most 12 | yes |');
	});

	it('shows what was not measured, in its place and at the top', () => {
		expect(document.rows[3]).toEqual({
			part: 'mail',
			what: 'the trigger',
			comparedWith: "n8n's own",
			notMeasured: 'n8n is not installed',
		});
		expect(page).toContain("| the trigger | **not measured**: n8n is not installed | n8n's own |");
		expect(document.summary).toMatchObject({
			figures: 4,
			targets: 3,
			met: 2,
			notMet: ['mail: wait, compared with bare'],
			notMeasured: ["mail: the trigger, compared with n8n's own (n8n is not installed)"],
		});
		expect(page).toContain('4 figures; 2 of 3 targets met; 1 not measured; 1 of 2 parts failed.');
	});

	it('tells a part that failed, and keeps what it had measured', () => {
		expect(document.summary['failed']).toEqual(['broken: Error: it broke']);
		expect(document.parts[1]).toMatchObject({ name: 'broken', failure: 'Error: it broke' });
		expect(document.rows.at(-1)).toMatchObject({ part: 'broken', what: 'first' });
		expect(page).toContain('**This part failed**: Error: it broke');
	});

	it('has machine, load and versions, and says what is not installed', () => {
		expect(document).toMatchObject({ machine: { load: 0.1, loadAtTheEnd: 1.5 }, versions: { Node: '24.21.0' } });
		expect(page).toContain('Load 0.1 at the start, 1.5 at the end');
		expect(page).toContain('| Dovecot | **not installed** |');
		expect(page).toContain('2 × a | b');
		expect(page).toContain('12 s, load 0.1 to 0.9.');
	});

	it('has the curves', () => {
		expect(document.curves).toEqual([
			{ part: 'mail', name: 'links', chart: 'mail', unit: 'ms', points: [[1, 2], [10, 20]] }, // prettier-ignore
		]);
		expect(page).toContain('| links | 1×: 2 ms, 10×: 20 ms |');
	});

	it('is no document when a figure is missing or no number', () => {
		expect(
			refusals(
				"rowOf('a', 'b')",
				"rowOf('a', 'b', NaN)",
				"rowOf('a', 'b', Infinity, 's')",
				"rowOf('a', 'b', '12')",
				"rowOf('a', '', 1)",
				"rowOf('a', 'b', 1, 's', { comparedWith: 'c' })",
				"rowOf('a', 'b', 1, 's', { comparedWith: 'c', theirs: NaN })",
				"rowOf('a', 'b', 0, 's', { comparedWith: 'c', theirs: 0 })",
				"rowOf('a', 'b', 1, 's', { theirs: 2 })",
				"rowOf('a', 'b', 1, 's', { spread: [1] })",
				"rowOf('a', 'b', 1, 's', { ratioSpread: [1, 2] })",
				"rowOf('a', 'b', 1, 's', { target: { least: NaN } })",
				"rowOf('a', 'b', 1, 's', { target: 3 })",
				"rowOf('a', 'b', 1, 's', { tagret: { least: 1 } })",
				"notMeasured('a', 'b')",
				"curveOf('a', { name: 'b', chart: 'c', unit: 'ms', points: [[1, 1]] })",
				"curveOf('a', { name: 'b', chart: 'c', unit: 'ms', points: [[1, 1], [10, NaN]] })",
				"curveOf('a', { name: 'b', chart: 'c', unit: 'ms', points: [[1, 1], [10, 0]] })",
			),
		).toEqual(Array(18).fill(expect.stringMatching(/^RowError: /)));
		expect(refusals("rowOf('a', 'b', 0)", "rowOf('a', 'b', 1, 's', { comparedWith: 'c', theirs: 2 })")).toEqual([
			null,
			null,
		]);
	});
});

describe('a part of the bench', () => {
	/** What is known of a part with this body, whose figures are told to `report`. */
	function part(body: string): Record<string, unknown> & { rows: Array<Record<string, unknown>> } {
		const folder = mkdtempSync(join(tmpdir(), 'email-intel-part-'));
		const file = join(folder, 'part.mjs');
		writeFileSync(file, `export async function run(report) { ${body} }`);
		const url = JSON.stringify(pathToFileURL(join(root, 'bench/result/part.mjs')).href);
		const program = `const { measured } = await import(${url});
			const { writeFileSync } = await import('node:fs');
			writeFileSync(${JSON.stringify(join(folder, 'told'))}, JSON.stringify(measured('one', ${JSON.stringify(file)})));`;
		execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
		const told = JSON.parse(readFileSync(join(folder, 'told'), 'utf8')) as ReturnType<typeof part>;
		rmSync(folder, { recursive: true });
		return told;
	}

	it('tells its figures, its curves, what it did not measure, and its notes', () => {
		const one = part(
			"report('a', 1, 's'); report.notMeasured('b', 'no server'); report.note('c'); report.curve({ name: 'd', chart: 'mail', unit: 'ms', points: [[1, 1], [10, 9]] });",
		);
		expect(one).toMatchObject({
			name: 'one',
			rows: [{ what: 'a' }, { what: 'b', notMeasured: 'no server' }],
			notes: ['c'],
		});
		expect(one['curves']).toHaveLength(1);
		expect(one['failure']).toBeUndefined();
		expect(one['seconds']).toEqual(expect.any(Number));
		expect(one['load']).toEqual([expect.any(Number), expect.any(Number)]);
	});

	it.each([
		['throws', "throw new TypeError('it broke')", 'TypeError: it broke'],
		['tells a figure that is none', "report('b', 0 / 0)", 'RowError: b: the figure is NaN, not a number'],
		['ends its process', 'process.exit(3)', expect.stringMatching(/^its process ended with 3 after \d+ s$/)],
		['is killed', "process.kill(process.pid, 'SIGKILL')", expect.stringMatching(/^its process ended with SIGKILL/)],
	])('fails when it %s, and what it had told is kept', (_what, body, failure) => {
		expect(part(`report('a', 1); ${body};`)).toMatchObject({ rows: [{ what: 'a', figure: 1 }], failure });
	});

	it('fails when it measures nothing', () => {
		expect(part('')).toMatchObject({ rows: [], failure: 'it measured nothing' });
	});
});
