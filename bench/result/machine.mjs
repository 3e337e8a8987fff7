// What the figures belong to.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedVersion, PEERS } from './peers.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** What this pack stands on, or is compared with, and is installed with the project. */
const OF_THE_PROJECT = ['mailparser', 'imapflow', 'undici', 'n8n-core', 'n8n-workflow'];

export function machine() {
	return {
		system: `${process.platform} ${release()} ${process.arch}`,
		processor: cpus()[0]?.model.trim() ?? 'unknown',
		cores: cpus().length,
		memoryGB: Math.round(totalmem() / 1e9),
		load: loadavg()[0],
	};
}

const ofPackage = (folder) => {
	const file = join(folder, 'package.json');
	return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : null;
};

/** By name; null is not installed. */
export async function versions() {
	const { dovecotBinary } = await import('../../test/lab/imap/dovecot.ts');
	const { n8nFolder } = await import('../../test/lab/n8n/install.ts');
	const { N8N_VERSION } = await import('../../test/lab/n8n/version.ts');
	const [dovecot, n8n] = [dovecotBinary(), n8nFolder(N8N_VERSION)];
	const require = createRequire(import.meta.url);
	return {
		'n8n-nodes-email-intel': `${require('../../package.json').version}${commit()}`,
		Node: process.versions.node,
		...Object.fromEntries(OF_THE_PROJECT.map((name) => [name, ofPackage(join(root, 'node_modules', name))])),
		...Object.fromEntries(Object.keys(PEERS).map((name) => [name, installedVersion(name) ?? null])),
		Dovecot: dovecot === undefined ? null : spawnSync(dovecot, ['--version'], { encoding: 'utf8' }).stdout.trim(),
		n8n: n8n === undefined ? null : ofPackage(join(n8n, 'node_modules', 'n8n')),
	};
}

/** Which state of the project: a version lasts for months. */
function commit() {
	try {
		const git = (...args) =>
			execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
		return ` (${git('rev-parse', '--short', 'HEAD').trim()}${git('status', '--porcelain', '--', 'lib', 'nodes').trim() === '' ? '' : ', changed'})`;
	} catch {
		return '';
	}
}
