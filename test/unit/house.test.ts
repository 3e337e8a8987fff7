import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..', '..');

/** What each source file imports of the others, types included. */
const imports = new Map(
	['lib', 'nodes', 'credentials']
		.flatMap((folder) =>
			readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(root, folder, name)),
		)
		.filter((file) => file.endsWith('.ts'))
		.map((file) => [file, importsOf(file)]),
);

function importsOf(file: string): string[] {
	return ts
		.preProcessFile(readFileSync(file, 'utf8'), true, true)
		.importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
		.map(({ fileName }) => {
			const path = join(dirname(file), fileName);
			const found = [`${path}.ts`, join(path, 'index.ts'), path].find((it) => existsSync(it) && statSync(it).isFile());
			if (found === undefined) throw new Error(`${relative(root, file)} imports ${fileName}, which is not there`);
			return found;
		});
}

/** A way from a file back to itself, if there is one. */
function circleFrom(graph: ReadonlyMap<string, readonly string[]>, start: string): string[] | undefined {
	const cameFrom = new Map<string, string>();
	const waiting = [start];
	for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
		for (const next of graph.get(file) ?? []) {
			if (next === start) {
				const way = [start];
				for (let at: string | undefined = file; at !== undefined && at !== start; at = cameFrom.get(at))
					way.unshift(at);
				return [start, ...way];
			}
			if (cameFrom.has(next)) continue;
			cameFrom.set(next, file);
			waiting.push(next);
		}
	}
	return undefined;
}

describe('the house', () => {
	it('has no circular import', () => {
		const circles = [...imports.keys()].flatMap((file) => {
			const circle = circleFrom(imports, file);
			return circle === undefined ? [] : [circle.map((it) => relative(root, it)).join(' -> ')];
		});
		expect(circles).toEqual([]);
		expect(imports.size).toBeGreaterThan(250);
	});

	it('would show one', () => {
		const graph = new Map([
			['a', ['b', 'd']],
			['b', ['c']],
			['c', ['a']],
			['d', []],
		]);
		expect(circleFrom(graph, 'a')).toEqual(['a', 'b', 'c', 'a']);
		expect(circleFrom(graph, 'd')).toBeUndefined();
	});
});
