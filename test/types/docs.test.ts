import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as lib from '../../lib';
import { faultsOfText, root } from './compiler';

/** What the examples of the docs take for given. */
const GIVEN = `
	declare const raw: Buffer, saved: undefined;
	declare let bytes: number;
	declare const password: string, token: string, tenant: string, clientId: string, certificatePem: string, keyPem: string;
`;
const OPTIONS: ts.CompilerOptions = {
	module: ts.ModuleKind.ESNext,
	moduleResolution: ts.ModuleResolutionKind.Bundler,
	noUncheckedIndexedAccess: false,
	paths: {
		'n8n-nodes-email-intel': [join(root, 'lib', 'index.ts')],
		'n8n-nodes-email-intel/internal': [join(root, 'lib', 'internal.ts')],
	},
};

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
	name.endsWith('.md'),
);
const programs = pages.flatMap((page) =>
	[...readFileSync(join(root, page), 'utf8').matchAll(/^```(?:ts|js)\n(.*?)^```/gms)]
		.map(([, code = '']) => code)
		.filter((code) => code.includes('n8n-nodes-email-intel'))
		.map((code, index): [string, string] => [`${page}, ${index + 1}`, code]),
);

describe('the examples of the docs', () => {
	it.each(programs)('compile: %s', (_page, code) => {
		const modern = code.replace(/const (\{[^}]*\}) = require\('([^']+)'\)/g, "import $1 from '$2'");
		expect(faultsOfText(`${modern}\n${GIVEN}\nexport {};`, OPTIONS)).toEqual([]);
	});

	it('are all of them, and would be found wrong', () => {
		expect(programs.length).toBeGreaterThanOrEqual(7);
		const wrong = "import { emailToBundle } from 'n8n-nodes-email-intel';\nemailToBundle(raw);";
		expect(faultsOfText(`${wrong}\n${GIVEN}`, OPTIONS)).toEqual([expect.stringContaining('TS2345')]);
	});

	it('name what is there: every function and class in the table of docs/library.md is exported', () => {
		const page = readFileSync(join(root, 'docs', 'library.md'), 'utf8');
		const rows = page.split('\n').filter((line) => line.startsWith('| '));
		const names = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
		expect(names.length).toBeGreaterThan(25);
		expect(names.filter((name) => !(name in lib))).toEqual([]);
	});
});
