import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// The page that names the test for each thing that must hold with OpenCTI: a test that was renamed or removed is seen here.

const root = join(__dirname, '../../..');
const page = readFileSync(join(root, 'docs/design/opencti-tests.md'), 'utf8');
const rows = page
	.split('\n')
	.filter((line) => /^\| .* \| test\//.test(line))
	.map((line) => line.split('|').map((cell) => cell.trim()))
	.map(([, subject, file, name]) => [subject!, file!, name!] as const);

/** The names of a file, as they are written: what stands in a text between quotes. */
const textOf = (file: string) => readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'");

it('the page has its rows', () => {
	expect(rows.length).toBeGreaterThan(60);
	expect(new Set(rows.map(([subject]) => subject)).size).toBe(rows.length);
});

it.each(rows)('%s: there is the test', (_subject, file, name) => {
	expect(existsSync(join(root, file))).toBe(true);
	const lines = textOf(file).split('\n');
	expect(lines.filter((line) => line.includes(name)).length).toBeGreaterThan(0);
});
