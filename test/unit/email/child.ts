import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const HOOK = join(__dirname, '..', 'stix', 'typescript-hook.cjs');

/**
 * Runs a script in a process of its own, with the sources in reach, and gives what it wrote. For what may never come back: a
 * process that still runs after the time is ended, and the test fails instead of standing still with all others.
 */
export function inChild(script: string, milliseconds = 60_000): string {
	const { status, signal, stdout, stderr } = spawnSync(
		process.execPath,
		['-e', `require(${JSON.stringify(HOOK)});${script}`],
		{
			cwd: __dirname,
			encoding: 'utf8',
			timeout: milliseconds,
			killSignal: 'SIGKILL',
		},
	);
	if (signal !== null) throw new Error(`The process did not come to an end within ${milliseconds / 1_000} s`);
	if (status !== 0) throw new Error(stderr);
	return stdout;
}
