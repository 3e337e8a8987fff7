import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Linter, type Rule } from 'eslint';
import ts from 'typescript';

interface Floors {
	floorsRule(floors: Record<string, string[]>, root: string): Rule.RuleModule;
	gapsOf(floors: Record<string, string[]>, root: string): string[];
}
const { floorsRule, gapsOf } = require('../../scripts/floors.mjs') as Floors;

const root = join(__dirname, '..', '..');

/** What each source file imports of the others, types included. */
const imports = new Map(
	['lib', 'nodes', 'credentials', 'node-red']
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

describe('the floors of lib, which lint keeps', () => {
	const lib = join(root, 'lib');
	const floors = {
		http: [],
		email: [],
		'email/header': [],
		'email/mime': ['header'],
		'email/parse': ['mime'],
		'email/item': ['parse'],
		stix: ['email'],
		mailbox: ['email'],
	};
	const saysOf = (file: string, line: string): string[] =>
		new Linter()
			.verify(
				line,
				[{ plugins: { house: { rules: { floors: floorsRule(floors, lib) } } }, rules: { 'house/floors': 'error' } }],
				{ filename: join(lib, `${file}.js`) },
			)
			.map(({ message }) => message);
	const upwards = expect.stringContaining('Nothing points upwards') as string;
	const past = expect.stringContaining('its index.ts') as string;

	it.each([
		['stix/bundle', "import { Email } from '../email';"],
		['email/mime/part', "import { fieldOf } from '../header';"],
		['email/mime/part', "import { safeFileName } from '../fileName';"],
		['email/mime/part', "import { EMAIL_LIMITS } from '../../limits';"],
		['email/mime/part', "export { one } from './other';"],
		['email/item/item', "import { parseEmail } from '../parse';"],
		['email/index', "export * from './item';"],
		['mailbox/imap/poll', "import { Cursor } from '../graph/cursor';"],
		['index', "export * from './stix';"],
		['limits', "import fs from 'node:fs';"],
	])('%s may say: %s', (file, line) => {
		expect(saysOf(file, line)).toEqual([]);
	});

	it.each([
		['email/errors', "import { Bundle } from '../stix';", upwards],
		['http/client', "import { Email } from '../email';", upwards],
		['limits', "import { Email } from './email';", upwards],
		['email/header/fields', "import { partOf } from '../mime';", upwards],
		['email/header/fields', "import { parseEmail } from '../parse';", upwards],
		['email/header/fields', "export * from '../mime';", upwards],
		['email/header/fields', "const mime = await import('../mime');", upwards],
		['email/warnings', "import { fieldOf } from './header';", upwards],
		['email/mime/part', "import { fieldOf } from '../header/fields';", past],
		['stix/bundle', "import { fieldOf } from '../email/header';", past],
		['stix/patterns/one', "import { parseEmail } from '../../email/parse';", past],
		['email/mime/part', "import { parseEmail } from '..';", expect.stringContaining('door that it stands behind')],
	])('%s may not say: %s', (file, line, why) => {
		expect(saysOf(file, line)).toEqual([why]);
	});

	it('a folder without a place is told, and a place of what is not there', () => {
		expect(gapsOf({ http: [] }, lib)).toContain('email has no place in the floors.');
		expect(gapsOf({ ...floors, attic: [] }, lib)).toEqual(
			expect.arrayContaining(['attic is in the floors, and not there.', 'email/outlook has no place in the floors.']),
		);
	});
});
