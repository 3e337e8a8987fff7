import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '..', '..', '..', 'scripts', 'imap-servers.sh');

let folder: string | undefined;

/**
 * Where `scripts/imap-servers.sh` unpacked Cyrus, Courier and imap4d; undefined when it was not run. `IMAP_SERVERS` names another
 * folder, or none.
 */
export function serverPackages(): string | undefined {
	const named = process.env['IMAP_SERVERS'];
	if (named !== undefined) return named === '' ? undefined : named;
	folder ??= spawnSync(SCRIPT, ['--where'], { encoding: 'utf8' }).stdout?.trim() ?? '';
	return folder === '' ? undefined : folder;
}

/** Below it lie `usr` and `etc` of the packages. */
export function packageRoot(): string {
	const found = serverPackages();
	if (found === undefined) throw new Error('The IMAP servers are not unpacked: scripts/imap-servers.sh does it');
	return join(found, 'root');
}

/** For their processes only: libraries that this machine lacks. */
export function packageLibraries(): Record<string, string> {
	const usr = join(packageRoot(), 'usr', 'lib');
	const machine = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
	return { LD_LIBRARY_PATH: `${join(usr, machine)}:${usr}`, SASL_PATH: join(usr, machine, 'sasl2') };
}
