import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AS_IN_N8N_3 } from '../../lab/n8n/settings';
import { N8N_VERSION } from '../../lab/n8n/version';

const root = join(__dirname, '../../..');
const page = readFileSync(join(root, 'docs/n8n-versions.md'), 'utf8');
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
	devDependencies: Record<string, string>;
};

it('the page of n8n versions names the versions that are pinned', () => {
	expect(page).toContain(`| ${N8N_VERSION}, the pinned one |`);
	for (const name of ['n8n-core', 'n8n-workflow']) expect(page).toContain(`${name} ${devDependencies[name]}`);
});

it('it names the suites that run against the newest n8n, each of which is there', () => {
	const { testMatch } = require(join(root, 'jest.newest.config.js')) as { testMatch: string[] };
	const suites = testMatch.map((pattern) => /^\*\*\/(\w+)\.e2e\.ts$/.exec(pattern)?.[1]);
	expect(suites.length).toBeGreaterThan(2);
	for (const suite of suites) {
		expect(page).toContain(`(\`${suite}\`)`);
		expect(existsSync(join(root, 'test/e2e', `${suite}.e2e.ts`))).toBe(true);
	}
});

it('what it calls the default of n8n 3 for unverified packages is what the tests set', () => {
	const value = AS_IN_N8N_3.N8N_UNVERIFIED_PACKAGES_ENABLED;
	expect(page).toContain(`\`N8N_UNVERIFIED_PACKAGES_ENABLED\` is \`${value}\` by default`);
});
