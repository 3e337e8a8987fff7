// What somebody does with a fresh clone: `npm ci`, or `npm install`. Both must work with no option, and `npm install`
// must leave the lock file as it is. Takes a second: npm works everything out and fetches nothing.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'email-intel-install-'));
// npm hands its options on to what it starts: only those of the copied .npmrc may count.
const env = Object.fromEntries(
	Object.entries(process.env).filter(([name]) => !/^npm_config_legacy_peer_deps$/i.test(name)),
);

function npm(...args) {
	const { error, status, stdout, stderr } = spawnSync('npm', [...args, '--loglevel=error'], {
		cwd: folder,
		env,
		encoding: 'utf8',
		shell: process.platform === 'win32',
	});
	if (error || status !== 0)
		throw new Error(`'npm ${args.join(' ')}' fails: ${error?.message ?? `${stdout}${stderr}`}`);
}

/** The packages of a lock file, each as text. An npm that does not know `libc` (11.9 does not) leaves it out: nothing else may differ. */
function packages(file) {
	const { packages: all, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
	const entries = Object.entries(all).map(([path, { libc: _libc, ...entry }]) => [path, JSON.stringify(entry)]);
	return new Map([['(the head of the file)', JSON.stringify(rest)], ...entries]);
}

try {
	for (const name of ['package.json', 'package-lock.json', '.npmrc'])
		copyFileSync(join(root, name), join(folder, name));
	npm('ci', '--dry-run');
	npm('install', '--package-lock-only');
	const [before, after] = [root, folder].map((place) => packages(join(place, 'package-lock.json')));
	const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
		(path) => before.get(path) !== after.get(path),
	);
	if (changed.length > 0)
		throw new Error(`'npm install' changes package-lock.json: ${changed.slice(0, 10).join(', ')}`);
	const hosts = [...before].filter(([, entry]) => entry.includes('"resolved":"http')).map(([path]) => path);
	if (hosts.length > 0)
		throw new Error(`package-lock.json names the host of a registry: ${hosts.slice(0, 10).join(', ')}`);
	console.log(
		`'npm ci' and 'npm install' work as they are; the lock file holds ${before.size - 1} packages and stays as it is`,
	);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
