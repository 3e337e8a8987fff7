import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { N8N_VERSION, type Registry } from '../../lab/n8n/version';

const HOUR_MS = 3_600_000;
const [major, minor] = N8N_VERSION.split('.').map(Number);
const [OLD, OLDER_IN_USE, NAMED, NEWEST] = [1, 2, 3, 4].map((patch) => `${major}.${minor! + 1}.${patch}`) as [
	string,
	string,
	string,
	string,
];

const cache = mkdtempSync(join(tmpdir(), 'email-intel-cache-'));
const node = `node${process.versions.node.split('.')[0]}`;
const folderOf = (version: string) => join(cache, `n8n-${version}-${node}`);
const markOf = (version: string) => join(folderOf(version), '.newest-that-starts');

/** As if it had been installed, and found as the newest then. */
function install(version: string, wasNewestHoursAgo?: number): void {
	mkdirSync(folderOf(version), { recursive: true });
	writeFileSync(join(folderOf(version), '.complete'), '');
	if (wasNewestHoursAgo === undefined) return;
	const at = new Date(Date.now() - wasNewestHoursAgo * HOUR_MS);
	writeFileSync(markOf(version), version);
	utimesSync(markOf(version), at, at);
}

const before = { cache: process.env.EMAIL_INTEL_CACHE, n8n: process.env.EMAIL_INTEL_N8N };
const restore = (name: string, value: string | undefined) => {
	if (value === undefined) delete process.env[name];
	else process.env[name] = value;
};
afterAll(() => {
	restore('EMAIL_INTEL_CACHE', before.cache);
	restore('EMAIL_INTEL_N8N', before.n8n);
	rmSync(cache, { recursive: true, force: true });
});

it('keeps the newest n8n and those in use, and removes what was the newest once: each has 3 GB', async () => {
	install(N8N_VERSION, 48);
	install(OLD, 48);
	install(OLDER_IN_USE, 1);
	install(NAMED);
	install(NEWEST, 48);
	process.env.EMAIL_INTEL_CACHE = cache;
	process.env.EMAIL_INTEL_N8N = 'newest';
	let chooseN8n!: typeof import('../../lab/n8n/newest').chooseN8n;
	jest.isolateModules(() => {
		({ chooseN8n } = require('../../lab/n8n/newest') as typeof import('../../lab/n8n/newest'));
	});
	const registry: Registry = {
		versions: async () => [N8N_VERSION, OLD, OLDER_IN_USE, NAMED, NEWEST],
		manifest: async () => ({ bin: {} }),
	};
	const told: string[] = [];
	expect(await chooseN8n((text) => told.push(text), registry)).toBe(NEWEST);
	expect(readdirSync(cache).sort()).toEqual(
		[N8N_VERSION, OLDER_IN_USE, NAMED, NEWEST].map((version) => `n8n-${version}-${node}`).sort(),
	);
	expect(existsSync(folderOf(OLD))).toBe(false);
	expect(told.join('\n')).toContain(`Removing n8n-${OLD}-${node}`);
	// The next run sees that it is in use, and that it need not be tried again.
	expect(Date.now() - statSync(markOf(NEWEST)).mtimeMs).toBeLessThan(HOUR_MS);
});
