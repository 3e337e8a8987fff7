import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { freePort } from '../process/ports';
import { cacheFolder, folderOf, installN8n, n8nFolder, type Report } from './install';
import { N8nProcess } from './process';
import { serverSettings } from './settings';
import { N8N_VERSION, NEWEST, newestN8n, wantedN8n, type Manifest, type Registry } from './version';

/** In the folder of a release that was found as the newest: it started here. Its time is that of the last use. */
const STARTED = '.newest-that-starts';
/** An older one may be in use by another run; after a run at its longest it is not. */
const IN_USE_MS = 3 * 3_600_000;
/** The registry answers in a second. */
const ANSWER_MS = 60_000;
/** By default npm says nothing of a registry that is down until {@link ANSWER_MS} is over. */
const PATIENCE = ['--fetch-retries=1', '--fetch-retry-mintimeout=5000', '--fetch-retry-maxtimeout=5000'];
/** All of n8n's versions in one list are 20 KB. */
const ANSWER_BYTES = 16 * 1024 * 1024;

/** Asks the registry that npm is set to, and none of npm's memory. */
const npmRegistry: Registry = {
	versions: async () => (await npmView(['n8n', 'versions'])) as string[],
	// With the first two there are always several fields: npm shows a single one without its name.
	manifest: async (version) =>
		(await npmView([`n8n@${version}`, 'name', 'version', 'engines', 'bin', 'deprecated'])) as Manifest,
};

async function npmView(what: string[]): Promise<unknown> {
	const said = await new Promise<string>((resolve, reject) =>
		execFile(
			'npm',
			['view', ...what, '--json', '--prefer-online', ...PATIENCE, '--loglevel=error'],
			{ cwd: tmpdir(), timeout: ANSWER_MS, maxBuffer: ANSWER_BYTES, shell: process.platform === 'win32' },
			(error, stdout, stderr) => {
				if (!error) resolve(stdout);
				else if (error.killed) reject(new Error(`npm view gave no answer within ${ANSWER_MS / 1000} s`));
				else reject(new Error(`npm view ended with ${error.code ?? error.signal}\n${stderr.trimEnd()}`));
			},
		),
	);
	return said.trim() === '' ? undefined : JSON.parse(said);
}

/**
 * Decides which n8n this run uses, and makes it hold for this process and those that it starts: the newest one that installs
 * and starts when `EMAIL_INTEL_N8N` asks for it, else the exact one. Gives its version.
 *
 * @throws Error when the registry does not answer, or when none of the newest releases installs and starts
 */
export async function chooseN8n(report: Report, registry: Registry = npmRegistry): Promise<string> {
	const wanted = wantedN8n();
	if (wanted !== NEWEST) return wanted;
	const version = await newestN8n({ registry, node: process.versions.node, tryOut: tryOut(report), report });
	process.env.EMAIL_INTEL_N8N = version;
	if (version !== N8N_VERSION) removeOlder(version, report);
	return version;
}

/** The folder of the n8n that is wanted, chosen and installed when that has not been done yet. */
export async function installWanted(report: Report): Promise<string> {
	return await installN8n(report, await chooseN8n(report));
}

const tryOut = (report: Report) => async (version: string) => {
	const started = join(folderOf(version), STARTED);
	try {
		const installation = await installN8n(report, version);
		// Without this package: when n8n with it does not start, that is for the tests to tell.
		if (!existsSync(started)) await startAlone(installation, version, report);
		writeFileSync(started, version);
		utimesSync(started, new Date(), new Date());
	} catch (error) {
		// It may be incomplete, and it has 3 GB.
		if (!existsSync(started)) rmSync(folderOf(version), { recursive: true, force: true });
		throw error;
	}
};

async function startAlone(installation: string, version: string, report: Report): Promise<void> {
	report(`Starting n8n ${version} alone, to see whether it does`);
	const userFolder = mkdtempSync(join(tmpdir(), 'email-intel-trial-'));
	const port = await freePort();
	const settings = await serverSettings(userFolder, port);
	const n8n = new N8nProcess(userFolder, installation, settings, ['start'], `http://127.0.0.1:${port}`);
	try {
		await n8n.start();
	} finally {
		await n8n.stop('SIGKILL');
		rmSync(userFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
}

/** Each has 3 GB. The pinned one and those that somebody named stay. */
function removeOlder(newest: string, report: Report): void {
	const kept = [newest, N8N_VERSION].map((version) => basename(folderOf(version)));
	for (const name of readdirSync(cacheFolder).filter((entry) => entry.startsWith('n8n-') && !kept.includes(entry))) {
		const started = join(cacheFolder, name, STARTED);
		if (!existsSync(started) || Date.now() - statSync(started).mtimeMs < IN_USE_MS) continue;
		report(`Removing ${name}, which is not the newest any more`);
		rmSync(join(cacheFolder, name), { recursive: true, force: true });
	}
}

/** The version that an installation says it is. */
export function installedVersion(name: string, version = wantedN8n()): string {
	const folder = n8nFolder(version);
	if (folder === undefined) throw new Error(`n8n ${version} is not installed`);
	return (require(join(folder, 'node_modules', name, 'package.json')) as { version: string }).version;
}
