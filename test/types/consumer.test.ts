import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { compile, faultsOf, root } from './compiler';

// The programs of consumer/ are compiled against what is published: the declarations of dist, found through the exports of
// package.json, as a user's compiler finds them.

const programs = ['composition.ts', 'options.ts', 'refusals.ts'].map((name) => join(__dirname, 'consumer', name));

/** What a user may have set. */
const USERS: Array<[string, ts.CompilerOptions]> = [
	['strict', {}],
	['strict with exactOptionalPropertyTypes', { exactOptionalPropertyTypes: true }],
	[
		'strict with everything else that TypeScript can check',
		{ noPropertyAccessFromIndexSignature: true, isolatedModules: true, verbatimModuleSyntax: false },
	],
	['a bundler', { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
];

describe('a program that uses the published package', () => {
	beforeAll(() => {
		if (!existsSync(join(root, 'dist', 'lib', 'index.d.ts')))
			throw new Error('There is no dist: npm run build makes it.');
	});

	it.each(USERS)('compiles: %s, with the declarations checked too', (_user, options) => {
		const program = compile(programs, { ...options, skipLibCheck: false, paths: {} });
		expect(faultsOf(program)).toEqual([]);
		const files = program.getSourceFiles().map(({ fileName }) => fileName);
		expect(files).toContain(join(root, 'dist', 'lib', 'index.d.ts').replaceAll('\\', '/'));
		expect(files.filter((file) => file.startsWith(join(root, 'lib').replaceAll('\\', '/')))).toEqual([]);
	});

	it('does not compile without what the types ask for', () => {
		const path = join(__dirname, 'consumer', 'wrong.ts').replaceAll('\\', '/');
		const text = "import { emailToBundle } from 'n8n-nodes-email-intel';\nemailToBundle('From: a@b.example');";
		expect(faultsOf(compile([path], { paths: {} }, { [path]: text }), path)).toEqual([
			expect.stringContaining('TS2345'),
		]);
	});

	it('loads the two entries by their names, and nothing past them', () => {
		expect(Object.keys(require('n8n-nodes-email-intel') as object)).toContain('emailToBundle');
		expect(Object.keys(require('n8n-nodes-email-intel/internal') as object)).toContain('systemClock');
		expect(() => require('n8n-nodes-email-intel/dist/lib/index.js') as object).toThrow(/exports|Cannot find module/);
	});

	it('is found by n8n, which loads nodes and credentials by their paths', () => {
		const { n8n } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
			n8n: { nodes: string[]; credentials: string[] };
		};
		for (const file of [...n8n.nodes, ...n8n.credentials]) expect(existsSync(join(root, file))).toBe(true);
	});
});
