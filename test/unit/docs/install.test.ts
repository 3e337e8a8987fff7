import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

const below = (folder: string): string[] =>
	readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(?:md|mjs|js|ts|ya?ml)$|^run$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name));

/** Commands with an option that makes npm swallow conflicts, and the file that each stands in. Prose names it in code marks. */
const commands = [
	join(root, 'README.md'),
	join(root, 'package.json'),
	...['.ci', '.github', 'docs', 'scripts', 'test/lab'].flatMap(below),
].flatMap((file) => {
	const lines = readFileSync(file, 'utf8').split('\n');
	return lines.flatMap((line, at) => {
		if (!/(?<!`)--legacy-peer-deps|\bnpm\b.* --force\b/.test(line)) return [];
		// In code, each argument of one command may stand on a line of its own.
		const isOneArgument = /^\s*'[^']*',$/.test(line);
		const command = isOneArgument ? lines.slice(Math.max(0, at - 8), at + 9).join(' ') : line;
		return [`${file.slice(root.length + 1)}: ${command.trim()}`];
	});
});

/** Into n8n's folder of community packages, where others may stand beside this one: `--omit=peer` tells it. */
const intoN8n = (command: string) => command.includes('--omit=peer');

it('needs no npm option in a clone: only installs into n8n have any', () => {
	expect(commands.filter((command) => !intoN8n(command))).toEqual([]);
	expect(commands.filter(intoN8n).length).toBeGreaterThan(2);
});

it('has what a plain npm ci needs in the repository, and nothing of it in the package', () => {
	const npmrc = readFileSync(join(root, '.npmrc'), 'utf8').split('\n');
	expect(npmrc).toContain('legacy-peer-deps=true');
	const { files, overrides } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
		files: string[];
		overrides?: object;
	};
	expect(files).toEqual(['dist']);
	expect(overrides).toBeUndefined();
});
