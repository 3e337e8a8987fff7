import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

// The launcher behind every npm script, in a project folder of its own, with an npm that only writes down that it was called.

const SCRIPT = join(__dirname, '..', '..', '..', 'scripts', 'toolchain.mjs');
const LOCK = {
	'': { name: 'a-project', version: '1.0.0' },
	'node_modules/one': { version: '1.0.0', integrity: 'sha512-one' },
	'node_modules/two': { version: '2.0.0', integrity: 'sha512-two', dev: true },
	'node_modules/for-another-platform': { version: '3.0.0', integrity: 'sha512-three', optional: true },
};
const { '': _project, 'node_modules/for-another-platform': _other, ...INSTALLED } = LOCK;

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'email-intel-toolchain-'));
	for (const name of ['scripts', 'node_modules', 'bin']) mkdirSync(join(folder, name));
	cpSync(SCRIPT, join(folder, 'scripts', 'toolchain.mjs'));
	writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages: LOCK }));
	writeFileSync(join(folder, 'bin', 'npm'), `#!/bin/sh\necho "$@" >> "${join(folder, 'called')}"\n`);
	chmodSync(join(folder, 'bin', 'npm'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whether npm was called by the launcher. */
function installs(): boolean {
	const { status } = spawnSync(process.execPath, [join(folder, 'scripts', 'toolchain.mjs'), 'install'], {
		env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}` },
	});
	expect(status).toBe(0);
	const called = existsSync(join(folder, 'called'));
	rmSync(join(folder, 'called'), { force: true });
	return called;
}
const note = (packages: object) =>
	writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));

it('installs once', () => {
	expect([installs(), installs()]).toEqual([true, false]);
});

it('does not install again what a plain `npm ci` has installed', () => {
	note(INSTALLED);
	expect([installs(), installs()]).toEqual([false, false]);
});

it.each([
	['another version', { ...INSTALLED, 'node_modules/two': { version: '2.0.1', integrity: 'sha512-two' } }],
	['other bytes', { ...INSTALLED, 'node_modules/two': { version: '2.0.0', integrity: 'sha512-2' } }],
	['a package less', { 'node_modules/one': LOCK['node_modules/one'] }],
	['a package more', { ...INSTALLED, 'node_modules/more': { version: '1.0.0' } }],
	['nothing', {}],
])('installs over what has %s', (_name, packages) => {
	note(packages);
	expect(installs()).toBe(true);
});

it('installs when package-lock.json has changed since', () => {
	note(INSTALLED);
	expect(installs()).toBe(false);
	const packages = { ...LOCK, 'node_modules/new': { version: '1.0.0', integrity: 'sha512-new' } };
	writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
	expect(installs()).toBe(true);
});
