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
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, type Report } from '../n8n/install';

/** The releases that the package is tested with. `node-red-dev` is the scorecard of flows.nodered.org. */
export const NODE_RED = {
	'node-red': '5.0.7',
	'node-red-dev': '0.1.6',
	'node-red-node-test-helper': '0.3.6',
} as const;

/** The oldest Node-RED that the package says it works with. */
export const OLDEST_NODE_RED = '4.0.9';

const root = join(__dirname, '..', '..', '..');
export const packageFolder = join(root, 'node-red');

const versions = Object.entries(NODE_RED).map(([name, version]) => `${name}@${version}`);
const folder = join(cacheFolder, `node-red-${createHash('sha256').update(versions.join()).digest('hex').slice(0, 12)}`);

/** Where Node-RED is installed; undefined when it is not. */
export function nodeRedFolder(): string | undefined {
	return existsSync(join(folder, '.complete')) ? folder : undefined;
}

/** Node-RED, its test helper and its scorecard, in a folder of the cache. Takes half a minute the first time, and 180 MB. */
export async function installNodeRed(report: Report): Promise<string> {
	if (nodeRedFolder() !== undefined) return folder;
	report(`Fetching Node-RED ${NODE_RED['node-red']} (once; about 180 MB on disk)`);
	await installInto(folder, versions, report);
	return folder;
}

/** The oldest Node-RED of {@link OLDEST_NODE_RED}, in a folder of its own. */
export async function installOldestNodeRed(report: Report): Promise<string> {
	const oldest = join(cacheFolder, `node-red-oldest-${OLDEST_NODE_RED}`);
	if (existsSync(join(oldest, '.complete'))) return oldest;
	report(`Fetching Node-RED ${OLDEST_NODE_RED} (once)`);
	await installInto(oldest, [`node-red@${OLDEST_NODE_RED}`], report);
	return oldest;
}

/** Complete, or not there at all; another run may be first. */
async function installInto(target: string, packages: string[], report: Report): Promise<void> {
	mkdirSync(cacheFolder, { recursive: true });
	const fresh = mkdtempSync(join(cacheFolder, 'node-red-new-'));
	writeFileSync(join(fresh, 'package.json'), '{"private":true}');
	await npm(['install', ...packages, '--save-exact', ...QUIET], fresh, report);
	writeFileSync(join(fresh, '.complete'), new Date().toISOString());
	if (existsSync(join(target, '.complete'))) return rmSync(fresh, { recursive: true, force: true });
	rmSync(target, { recursive: true, force: true });
	renameSync(fresh, target);
}

const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** Packs the package for Node-RED as it is built, into a folder. Gives the tarball and what is in it. */
export function packNodeRed(into: string): { tarball: string; files: string[]; size: number } {
	const said = execFileSync('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', into], {
		cwd: packageFolder,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
		shell: process.platform === 'win32',
	});
	const [packed] = JSON.parse(said) as { filename: string; files: { path: string }[]; size: number }[];
	// A scope is written in two ways, by the age of npm.
	const name = readdirSync(into).find((file) => file.endsWith('.tgz'))!;
	return { tarball: join(into, name), files: packed!.files.map(({ path }) => path), size: packed!.size };
}

/** Installs the packed package where Node-RED looks for it: in its user folder, as `npm install` does. Copied from the cache when it is the same. */
export async function installPackage(userFolder: string, report: Report): Promise<void> {
	const packed = mkdtempSync(join(tmpdir(), 'email-intel-pack-'));
	try {
		const { tarball } = packNodeRed(packed);
		const digest = createHash('sha256').update(readFileSync(tarball)).digest('hex').slice(0, 16);
		const cached = join(cacheFolder, `package-node-red-${digest}`);
		if (!existsSync(cached)) {
			report('Installing this package');
			const fresh = mkdtempSync(join(cacheFolder, 'package-node-red-new-'));
			writeFileSync(join(fresh, 'package.json'), '{"name":"user-folder","private":true}');
			copyFileSync(tarball, join(fresh, 'package.tgz'));
			await npm(['install', './package.tgz', ...QUIET], fresh, report);
			if (existsSync(cached)) rmSync(fresh, { recursive: true, force: true });
			else renameSync(fresh, cached);
		}
		for (const name of ['node_modules', 'package.json', 'package.tgz']) {
			rmSync(join(userFolder, name), { recursive: true, force: true });
			cpSync(join(cached, name), join(userFolder, name), { recursive: true });
		}
	} finally {
		rmSync(packed, { recursive: true, force: true });
	}
}

/** Runs npm and says every ten seconds that it is still at it. */
async function npm(args: string[], cwd: string, report: Report): Promise<void> {
	const begin = Date.now();
	const ticker = setInterval(() => report(`  … ${Math.round((Date.now() - begin) / 1000)} s`), 10_000);
	// Below `npm run`, this project's own options are inherited: here those of a user count.
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^npm_config_legacy_peer_deps$/i.test(name)),
	);
	try {
		await new Promise<void>((resolve, reject) => {
			const child = spawn('npm', args, {
				cwd,
				env,
				stdio: ['ignore', 'ignore', 'inherit'],
				shell: process.platform === 'win32',
			});
			child.once('error', reject);
			child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`npm ${args[0]} ended with ${code}`))));
		});
	} finally {
		clearInterval(ticker);
	}
}
