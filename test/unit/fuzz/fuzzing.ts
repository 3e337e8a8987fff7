import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

const RUN = ['--import', 'tsx', join(ROOT, 'test', 'fuzz', 'run.ts')];
const LONGEST = { timeout: 150_000, killSignal: 'SIGKILL' } as const;

function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	// Figures of runs that are to fail are none of the gate's.
	const { EMAIL_INTEL_TEST_FIGURES: _figures, INIT_CWD: _folder, ...rest } = process.env;
	return { ...rest, ...more };
}

/** The same, asked to end as soon as it has said that. */
export async function fuzzUntil(args: readonly string[], said: RegExp): Promise<FuzzRun> {
	const child = spawn(process.execPath, [...RUN, ...args], { cwd: ROOT, ...LONGEST, env: environment({}) });
	const ended = once(child, 'exit') as Promise<[number | null]>;
	let output = '';
	for await (const words of child.stdout.setEncoding('utf8')) {
		output += words as string;
		if (said.test(output)) child.kill('SIGTERM');
	}
	const [status] = await ended;
	return { status, output };
}

/** `npm run fuzz -- …`, without npm. */
export function fuzz(args: readonly string[], env: NodeJS.ProcessEnv = {}): FuzzRun {
	const { status, stdout } = spawnSync(process.execPath, [...RUN, ...args], {
		cwd: ROOT,
		encoding: 'utf8',
		...LONGEST,
		env: environment(env),
	});
	for (const [, path] of stdout.matchAll(/or: .* --file (\S+)$/gm)) left.add(dirname(path!));
	return { status, output: stdout };
}
