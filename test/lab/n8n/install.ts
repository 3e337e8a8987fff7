import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NEWEST, wantedN8n } from './version';

const root = join(__dirname, '..', '..', '..');

/** Downloads live outside of the package: nobody wants 3 GB in a working copy, nor to fetch them twice. */
export const cacheFolder = process.env.EMAIL_INTEL_CACHE ?? join(homedir(), '.cache', 'n8n-nodes-email-intel');

/** How long the installation of a tarball of the past is kept. */
const KEPT_MS = 24 * 3_600_000;

/** A fresh n8n takes two to three minutes, a driver that must be compiled as much again. Then npm hangs. */
const NPM_MS = 20 * 60_000;
/** Characters of npm's complaints that an error repeats. */
const SAID = 3000;

export type Report = (text: string) => void;

/** Where a release of n8n is, or would be, with drivers for this Node. */
export function folderOf(version: string): string {
	return join(cacheFolder, `n8n-${version}-node${process.versions.node.split('.')[0]}`);
}

const stampOf = (version: string) => join(folderOf(version), '.complete');

/** The folder of a whole n8n server, undefined when it is not installed. Default: the one that is wanted. */
export function n8nFolder(version = wantedN8n()): string | undefined {
	return existsSync(stampOf(version)) ? folderOf(version) : undefined;
}

/** The folder of a whole n8n server of an exact version, installed when it is not there yet. Takes some minutes then, and 3 GB. */
export async function installN8n(report: Report, version = wantedN8n()): Promise<string> {
	if (version === NEWEST) throw new Error(`Which n8n is the newest is not decided yet: see chooseN8n in newest.ts`);
	const folder = folderOf(version);
	const stamp = stampOf(version);
	if (existsSync(stamp)) return folder;
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'package.json'), '{"private":true}');
	report(`Fetching n8n ${version} (once; about 3 GB on disk)`);
	await npm(
		['install', `n8n@${version}`, '--ignore-scripts', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error'],
		folder,
		report,
	);
	report('Building the SQLite driver (once)');
	// Below `npm run`, this project's own refusal of install scripts is inherited.
	await npm(['rebuild', ...NATIVE, '--no-ignore-scripts', ...headers(), '--loglevel=error'], folder, report);
	for (const name of NATIVE) execFileSync(process.execPath, ['-e', `require('${name}')`], { cwd: folder });
	writeFileSync(stamp, new Date().toISOString());
	return folder;
}

/** The only two of its dependencies that are native. */
const NATIVE = ['sqlite3', 'isolated-vm'];

/** Where no built driver can be fetched, it is compiled: with the headers of this Node, when they came along. */
function headers(): string[] {
	const home = dirname(dirname(process.execPath));
	return existsSync(join(home, 'include', 'node', 'node_api.h')) ? [`--nodedir=${home}`] : [];
}

/**
 * Packs this package and installs the tarball where n8n looks for community nodes below its user folder. A tarball that
 * was installed before is copied from the cache, with its dependencies.
 */
export async function installPackage(userFolder: string, report: Report): Promise<void> {
	const packed = mkdtempSync(join(tmpdir(), 'email-intel-pack-'));
	try {
		execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', packed], {
			cwd: root,
			stdio: 'ignore',
			shell: process.platform === 'win32',
		});
		const tarball = join(
			packed,
			readdirSync(packed).find((name) => name.endsWith('.tgz'))!,
		);
		const installed = await installedTarball(tarball, report);
		const nodes = join(userFolder, '.n8n', 'nodes');
		rmSync(nodes, { recursive: true, force: true });
		mkdirSync(nodes, { recursive: true });
		cpSync(installed, nodes, { recursive: true });
	} finally {
		rmSync(packed, { recursive: true, force: true });
	}
}

async function installedTarball(tarball: string, report: Report): Promise<string> {
	const name = `package-${createHash('sha256').update(readFileSync(tarball)).digest('hex').slice(0, 16)}`;
	const folder = join(cacheFolder, name);
	const forget = Date.now() - KEPT_MS;
	for (const old of readdirSync(cacheFolder).filter((entry) => entry.startsWith('package-') && entry !== name)) {
		if (statSync(join(cacheFolder, old)).mtimeMs < forget)
			rmSync(join(cacheFolder, old), { recursive: true, force: true });
	}
	if (existsSync(folder)) return folder;
	report('Installing this package as a community package');
	const fresh = mkdtempSync(join(cacheFolder, 'package-new-'));
	writeFileSync(join(fresh, 'package.json'), '{"name":"installed-nodes","private":true}');
	copyFileSync(tarball, join(fresh, 'package.tgz'));
	const flags = [
		'--omit=peer',
		'--omit=dev',
		'--legacy-peer-deps',
		'--ignore-scripts',
		'--no-audit',
		'--no-fund',
		'--loglevel=error',
	];
	await npm(['install', ...flags, './package.tgz'], fresh, report);
	// Complete, or not there at all; another run may have been first.
	if (existsSync(folder)) rmSync(fresh, { recursive: true, force: true });
	else renameSync(fresh, folder);
	return folder;
}

/** Runs npm and says every ten seconds that it is still at it. When it fails, the error has the last lines that it wrote. */
async function npm(args: string[], cwd: string, report: Report): Promise<void> {
	const begin = Date.now();
	const ticker = setInterval(() => report(`  … ${Math.round((Date.now() - begin) / 1000)} s`), 10_000);
	try {
		await new Promise<void>((resolve, reject) => {
			const child = spawn('npm', args, {
				cwd,
				stdio: ['ignore', 'ignore', 'pipe'],
				shell: process.platform === 'win32',
				timeout: NPM_MS,
			});
			let said = '';
			child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-SAID)));
			child.once('error', reject);
			child.once('close', (code, signal) => {
				if (code === 0) resolve();
				else reject(new Error(`npm ${args[0]} ended with ${code ?? signal}\n${said.trimEnd()}`));
			});
		});
	} finally {
		clearInterval(ticker);
	}
}
