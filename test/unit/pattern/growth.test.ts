import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Measured } from './growth';

/*
 * A pattern may have 4 MiB, and it may come from a stranger's feed. Whatever is done with it takes time in proportion to its
 * length, or ends with an error of a stable code: an AND of 1 MiB once took 12 seconds to be refused, a path of 128 KiB
 * ended the process.
 */

const SMALL = 16 * 1024;
const LARGE = 8 * SMALL;
/** Eight times the length: some eight times the time in proportion, 64 times where every piece meets every other. */
const MOST_TIMES = 24;
/** Milliseconds of processor time below which there is nothing to compare. */
const NOISE = 40;
/** Where something hangs, this ends it. All of it takes some 15 seconds. */
const WATCHDOG_MS = 240_000;

async function measurements(): Promise<Measured[]> {
	const child = spawn(
		process.execPath,
		['--import', 'tsx', '--max-old-space-size=1024', join(__dirname, 'growth.ts'), `${SMALL},${LARGE}`],
		{ stdio: ['ignore', 'pipe', 'ignore'] },
	);
	const watchdog = setTimeout(() => child.kill('SIGKILL'), WATCHDOG_MS);
	const lines: Measured[] = [];
	for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line) as Measured);
	clearTimeout(watchdog);
	return lines;
}

describe('whatever pattern is given', () => {
	let lines: Measured[];

	beforeAll(async () => {
		lines = await measurements();
	}, WATCHDOG_MS + 10_000);

	it('everything ends', () => {
		const last = lines.at(-1);
		expect(last).toMatchObject({ outcome: expect.any(String) });
		expect(new Set(lines.map(({ name }) => name)).size).toBeGreaterThan(30);
	});

	it('nothing fails but with an error that says why', () => {
		const faults = lines.filter(
			({ outcome }) => outcome !== undefined && !/^(?:ok|(?:HUNT|PATTERN)_[A-Z_]+)$/.test(outcome),
		);
		expect(faults).toEqual([]);
	});

	it('time grows in proportion to its length', () => {
		const done = lines.filter(({ cpu }) => cpu !== undefined);
		const steep = done.filter(({ name, use, characters, cpu }) => {
			if (characters !== LARGE || cpu! < NOISE) return false;
			const small = done.find((one) => one.name === name && one.use === use && one.characters === SMALL)!;
			return cpu! / small.cpu! > MOST_TIMES;
		});
		expect(steep).toEqual([]);
	});
});
