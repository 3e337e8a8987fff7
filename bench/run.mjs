// `npm run bench [name…]`: every module of this folder in a process of its own, so that none sees another's memory.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const modules = readdirSync(folder)
	.filter((name) => name.endsWith('.mjs') && !['run.mjs', 'corpus.mjs', 'spread.mjs'].includes(name))
	.map((name) => name.slice(0, -'.mjs'.length))
	.sort();

if (process.argv[2] === '--one') {
	const { run } = await import(`./${process.argv[3]}.mjs`);
	await run((name, figure, unit = '') => console.log(`  ${String(figure).padStart(12)} ${unit.padEnd(14)} ${name}`));
	process.exit();
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !modules.includes(name));
if (unknown.length > 0) {
	console.log(`No bench ${unknown.join(', ')}. There are: ${modules.join(', ')}`);
	process.exit(2);
}
console.log(`Node ${process.versions.node}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`);
let failed = 0;
for (const name of wanted.length > 0 ? wanted : modules) {
	console.log(`\n${name}`);
	const { status } = spawnSync(process.execPath, [...process.execArgv, join(folder, 'run.mjs'), '--one', name], {
		stdio: 'inherit',
	});
	if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
