// `npm run bench [name…]`, `npm run bench -- all`: every module of this folder in a process of its own, so that none sees another's memory.
// The figures of a run of all are written to `results/`, as a table and as JSON.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const modules = readdirSync(folder)
	.filter((name) => name.endsWith('.mjs') && !['run.mjs', 'corpus.mjs', 'spread.mjs', 'chart.mjs'].includes(name))
	.map((name) => name.slice(0, -'.mjs'.length))
	.sort();

if (process.argv[2] === '--one') {
	const { run } = await import(`./${process.argv[3]}.mjs`);
	await run((name, figure, unit = '') => {
		console.log(`  ${String(figure).padStart(12)} ${unit.padEnd(14)} ${name}`);
		appendFileSync(process.argv[4], `${JSON.stringify({ bench: process.argv[3], name, figure, unit })}\n`);
	});
	process.exit();
}

/** What the figures belong to. */
function machine() {
	const require = createRequire(import.meta.url);
	const versionOf = (name) => {
		try {
			return JSON.parse(readFileSync(join(folder, '..', 'node_modules', ...name.split('/'), 'package.json'), 'utf8'))
				.version;
		} catch {
			return null;
		}
	};
	const peers = ['mailparser', 'postal-mime', 'ioc-extractor', 'imapflow', 'n8n-core', 'n8n-workflow'];
	return {
		date: new Date().toISOString(),
		version: require('../package.json').version,
		node: process.versions.node,
		system: `${process.platform} ${release()} ${process.arch}`,
		processor: cpus()[0]?.model.trim(),
		cores: cpus().length,
		memoryGB: Math.round(totalmem() / 1e9),
		load: loadavg()[0],
		peers: Object.fromEntries(peers.map((name) => [name, versionOf(name)])),
	};
}

const named = process.argv.slice(2);
const isAll = named.length === 0 || named.includes('all');
const wanted = isAll ? modules : named;
const unknown = wanted.filter((name) => !modules.includes(name));
if (unknown.length > 0) {
	console.log(`No bench ${unknown.join(', ')}. There are: ${modules.join(', ')}`);
	process.exit(2);
}
console.log(`Node ${process.versions.node}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`);
const before = machine();
const figures = join(mkdtempSync(join(tmpdir(), 'email-intel-bench-')), 'figures');
writeFileSync(figures, '');
let failed = 0;
for (const name of wanted) {
	console.log(`\n${name}`);
	const { status } = spawnSync(
		process.execPath,
		[...process.execArgv, join(folder, 'run.mjs'), '--one', name, figures],
		{
			stdio: 'inherit',
		},
	);
	if (status !== 0) failed += 1;
}
const found = readFileSync(figures, 'utf8')
	.split('\n')
	.filter(Boolean)
	.map((line) => JSON.parse(line));
rmSync(dirname(figures), { recursive: true });
if (isAll) {
	const results = join(folder, 'results');
	mkdirSync(results, { recursive: true });
	const about = { ...before, loadAtTheEnd: loadavg()[0], failed };
	writeFileSync(join(results, 'latest.json'), `${JSON.stringify({ machine: about, figures: found }, null, '\t')}\n`);
	const cell = (text) => String(text).replaceAll('|', '\\|');
	const rows = found.map(({ bench, name, figure, unit }) => `| ${[bench, name, figure, unit].map(cell).join(' | ')} |`);
	const head = `${about.date.slice(0, 10)}, Node ${about.node}, ${about.system}, ${about.cores} × ${about.processor}, load ${about.load.toFixed(1)} to ${about.loadAtTheEnd.toFixed(1)}`;
	writeFileSync(
		join(results, 'latest.md'),
		`${head}\n\n| bench | what | figure | unit |\n|---|---|---:|---|\n${rows.join('\n')}\n`,
	);
	console.log(`\nWritten to ${join('bench', 'results')}: latest.json, latest.md`);
}
process.exit(failed === 0 ? 0 : 1);
