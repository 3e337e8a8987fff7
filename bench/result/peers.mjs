// Packages that people use for a part of what this pack does. They are measured next to it and are no dependency of it: `npm run bench` installs
// them into the cache folder, these exact versions, without install scripts.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** All are maintained (a release in 2026) and under a licence without conditions on what is measured with them: MIT, MIT-0. */
export const PEERS = {
	/** Parses messages. */
	'postal-mime': '4.0.0',
	/** Finds indicators of compromise in text, defanged ones too. */
	'ioc-extractor': '8.2.0',
	/** Finds URLs, hosts and mail addresses in text: the base of most linkifiers. */
	'linkify-it': '6.1.0',
};

const cache = process.env.EMAIL_INTEL_CACHE ?? join(homedir(), '.cache', 'n8n-nodes-email-intel');
export const folder = join(cache, 'peers');

/** The version that is installed in the cache, undefined when there is none. */
export function installedVersion(name) {
	const file = join(folder, 'node_modules', name, 'package.json');
	return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

const isInstalled = (name) => installedVersion(name) === PEERS[name];

/** Installs what is missing. What cannot be had is not measured, and the result says so. */
export function installPeers(say) {
	if (Object.keys(PEERS).every(isInstalled)) return;
	say(`Installing ${Object.entries(PEERS).map(([name, version]) => `${name}@${version}`).join(', ')} (once)`); // prettier-ignore
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PEERS }));
	try {
		execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
			cwd: folder,
			stdio: ['ignore', 'ignore', 'inherit'],
			shell: process.platform === 'win32',
		});
	} catch (error) {
		say(`They could not be installed (${error.message.split('\n')[0]}): they are not measured.`);
	}
}

/** What the row of a peer says that is not there. */
export const missing = (name) =>
	`${name}@${PEERS[name]} is not installed, \`npm run bench\` does it where npm reaches a registry`;

/** … and that of a server that this machine would have to have. */
export const NO_DOVECOT = 'Dovecot 2.3 is not installed (`apt-get install dovecot-imapd`)';

/** The module of a peer, undefined when this version is not installed. */
export async function peer(name) {
	if (!isInstalled(name)) return undefined;
	const require = createRequire(join(folder, 'package.json'));
	return await import(pathToFileURL(require.resolve(name)).href);
}
