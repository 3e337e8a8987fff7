import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(__dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Package {
	name: string;
	version: string;
	licence: string;
	hasInstallScript: boolean;
	integrity?: string;
}

/** What the script says, in a process of its own: Jest loads no ES modules. */
function script(): { packages: Package[]; page: string; allowed: string[] } {
	const url = JSON.stringify(pathToFileURL(join(root, 'scripts/licences.mjs')).href);
	const program = `const { installed, page, ALLOWED } = await import(${url});
		const lock = (await import('node:fs')).readFileSync('package-lock.json', 'utf8');
		console.log(JSON.stringify({ packages: installed(lock), page: page(lock), allowed: [...ALLOWED] }));`;
	return JSON.parse(
		execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' }),
	) as ReturnType<typeof script>;
}

describe('what is installed with the package', () => {
	const { packages, page, allowed } = script();
	const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };

	it('stands in docs/licences.md, as `node scripts/licences.mjs` writes it', () => {
		expect(read('docs/licences.md')).toBe(page);
	});

	it('is all that the package depends on, and more', () => {
		expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(dependencies)));
		expect(packages.length).toBeGreaterThan(Object.keys(dependencies).length);
	});

	it('has a licence that is on the list', () => {
		expect(packages.filter(({ licence }) => !allowed.includes(licence))).toEqual([]);
	});

	it('runs nothing when it is installed, and is what was locked', () => {
		expect(packages.filter(({ hasInstallScript }) => hasInstallScript)).toEqual([]);
		expect(packages.filter(({ integrity }) => !/^sha512-/.test(integrity ?? ''))).toEqual([]);
	});

	it('is named with version and licence in docs/security.md, as far as the package asks for it itself', () => {
		const security = read('docs/security.md');
		for (const [name, version] of Object.entries(dependencies)) expect(security).toContain(`| ${name} ${version} |`);
	});

	it('is listed and audited before a release', () => {
		const publish = read('.github/workflows/publish.yml');
		expect(publish).toMatch(/npm audit --omit=dev --audit-level=\w+/);
		expect(publish).toMatch(/npm sbom --sbom-format=cyclonedx --omit=dev/);
	});
});
