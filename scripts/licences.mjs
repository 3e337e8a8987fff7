// What is installed with the package, and under which licence: `node scripts/licences.mjs` writes docs/licences.md from the lock file.
// A test compares them, and holds the licences to a list.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Licences that allow what this package does with code under them, without making its users publish theirs. */
export const ALLOWED = new Set([
	'MIT',
	'MIT-0',
	'ISC',
	'BSD-2-Clause',
	'BSD-3-Clause',
	'Apache-2.0',
	'0BSD',
	'(MIT OR EUPL-1.1+)',
	'(MIT OR CC0-1.0)',
]);

/** Packages that are installed with this one, of the lock file's text, by name and version. */
export function installed(lockFile) {
	return Object.entries(JSON.parse(lockFile).packages)
		.filter(([path, { dev, devOptional, peer }]) => path !== '' && !dev && !devOptional && !peer)
		.map(([path, { version, license, hasInstallScript = false, integrity }]) => ({
			name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
			version,
			licence: license ?? '',
			hasInstallScript,
			integrity,
		}))
		.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

/** The page. */
export function page(lockFile) {
	const packages = installed(lockFile);
	const counts = new Map();
	for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
	const summary = [...counts]
		.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
		.map(([licence, count]) => `${licence} ${count}`)
		.join(', ');
	return `# Licences

What is installed with this package, its dependencies' dependencies included: ${packages.length} packages (${summary}). None has an install
script. Generated from the lock file by \`node scripts/licences.mjs\`; a test checks it, and that no other licence comes in unseen.
PDFium, libwebp and ZXing, which three of them contain as WASM, are under BSD-3-Clause and Apache-2.0.

| package | version | licence |
|---|---|---|
${packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`).join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	writeFileSync(join(root, 'docs', 'licences.md'), page(readFileSync(join(root, 'package-lock.json'), 'utf8')));
}
