import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');

export interface FuzzRun {
	/** The exit code; null when it did not come to an end. */
	status: number | null;
	output: string;
}

const left = new Set<string>();

/** Removes the inputs that runs have written down. */
export function forgetInputs(): void {
	for (const folder of left) rmSync(folder, { recursive: true, force: true });
	left.clear();
}

/** `npm run fuzz -- …`, without npm. */
export function fuzz(args: readonly string[], env: NodeJS.ProcessEnv = {}): FuzzRun {
	// Figures of runs that are to fail are none of the gate's.
	const { EMAIL_INTEL_TEST_FIGURES: _figures, INIT_CWD: _folder, ...rest } = process.env;
	const { status, stdout } = spawnSync(
		process.execPath,
		['--import', 'tsx', join(ROOT, 'test', 'fuzz', 'run.ts'), ...args],
		{ cwd: ROOT, encoding: 'utf8', timeout: 150_000, killSignal: 'SIGKILL', env: { ...rest, ...env } },
	);
	for (const [, path] of stdout.matchAll(/or: .* --file (\S+)$/gm)) left.add(dirname(path!));
	return { status, output: stdout };
}
