// `npm run bench [name…]`, `npm run bench -- all`: every module of this folder is a part, in a process of its own, so that none sees another's
// memory. A run of all writes its figures to `results/`, as a page and as JSON, and draws the curves of the docs; one of some parts does with
// `--write`, without the curves.
// Ends with 1 when a part failed. A target that is not met is a result, no failure.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawCurves } from './result/chart.mjs';
import { documentOf, pageOf } from './result/document.mjs';
import { machine, versions } from './result/machine.mjs';
import { measured } from './result/part.mjs';
import { installPeers } from './result/peers.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const PARTS = readdirSync(folder)
	.filter((name) => name.endsWith('.mjs') && !['run.mjs', 'corpus.mjs', 'spread.mjs'].includes(name))
	.map((name) => name.slice(0, -'.mjs'.length))
	.sort();

const isWritten = process.argv.includes('--write');
const named = process.argv.slice(2).filter((name) => name !== '--write');
const isAll = named.length === 0 || named.includes('all');
const wanted = isAll ? PARTS : named;
const unknown = wanted.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) {
	console.log(`No bench ${unknown.join(', ')}. There are: ${PARTS.join(', ')}`);
	process.exit(2);
}
if (wanted.includes('peers')) installPeers(console.log);
const about = machine();
console.log(`Node ${process.versions.node}, ${about.cores} cores, load ${about.load.toFixed(1)}`);
const date = new Date().toISOString();
const parts = wanted.map((part) => {
	console.log(`\n${part}`);
	return measured(part, join(folder, `${part}.mjs`));
});

const document = documentOf({
	date,
	machine: { ...about, loadAtTheEnd: loadavg()[0] },
	versions: await versions(),
	parts,
});
const { summary, curves } = document;
console.log(`\n${summary.figures} figures, ${summary.met} of ${summary.targets} targets met.`);
for (const [title, names] of [
	['Target not met', summary.notMet],
	['Not measured', summary.notMeasured],
	['FAILED', summary.failed],
])
	for (const name of names) console.log(`${title}: ${name}`);
if (isAll || isWritten) {
	const results = join(folder, 'results');
	mkdirSync(results, { recursive: true });
	writeFileSync(join(results, 'latest.json'), `${JSON.stringify(document, null, '\t')}\n`);
	writeFileSync(join(results, 'latest.md'), pageOf(document));
	console.log(`Written to ${join('bench', 'results')}: latest.json, latest.md`);
	if (!isAll) process.exit(summary.failed.length === 0 ? 0 : 1);
	const images = join(folder, '..', 'docs', 'images');
	for (const [name, svg] of drawCurves(curves)) writeFileSync(join(images, name), svg);
}
process.exit(summary.failed.length === 0 ? 0 : 1);
