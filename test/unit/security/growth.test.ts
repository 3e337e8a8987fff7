import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GENERATORS } from '../../hostile/generators';
import { exponentOf, NOISE, type Growth } from '../../hostile/growth';

/*
 * Whatever somebody sends, the time to read it grows in proportion to its size. Each generator is measured at five sizes, in
 * processor time, which other programs on the machine do not count in, and what is too quick to be measured, at sizes eight times
 * as large. What looks steeper is measured again, alone, at sizes sixteen times as large, and twice as large each time: caches, the
 * collector and the compiler bend small measurements, a square stays one.
 */

const SIZES = [8, 16, 32, 64, 128].map((kib) => kib * 1024);
const MOST = 1.2;
const TRIES = 3;
/** Where something hangs, this ends it. All of it takes some minutes. */
const WATCHDOG_MS = 600_000;

async function measurements(sizes: readonly number[], names: readonly string[]): Promise<Growth[]> {
	const script = join(__dirname, '../../hostile/growth.ts');
	const child = spawn(
		process.execPath,
		['--expose-gc', '--max-old-space-size=1024', '--import', 'tsx', script, sizes.join(','), JSON.stringify(names)],
		{ stdio: ['ignore', 'pipe', 'ignore'] },
	);
	const watchdog = setTimeout(() => child.kill('SIGKILL'), WATCHDOG_MS);
	const lines: Growth[] = [];
	for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line) as Growth);
	clearTimeout(watchdog);
	return lines;
}

describe('whatever is sent', () => {
	let lines: Growth[];
	const done = () => lines.filter(({ exponent }) => exponent !== undefined);

	beforeAll(async () => {
		lines = await measurements(SIZES, Object.keys(GENERATORS));
	}, WATCHDOG_MS + 10_000);

	it('all of it is read to its end', () => {
		expect(lines.at(-1)).toMatchObject({ exponent: expect.any(Number) });
		expect(done().map(({ name }) => name)).toEqual(Object.keys(GENERATORS));
		expect(done().length).toBeGreaterThan(280);
	});

	it('nothing fails but with an error that says why', () => {
		const faults = done().filter(({ outcome }) => !/^(?:ok|[A-Z]+(?:_[A-Z0-9]+)+)$/.test(outcome!));
		expect(faults).toEqual([]);
	});

	it(
		'time grows in proportion to its size',
		async () => {
			const quick = done().filter(({ cpu }) => cpu!.at(-1)! < NOISE);
			const larger = await measurements(
				SIZES.map((size) => size * 8),
				quick.map(({ name }) => name),
			);
			const measured = larger.filter(({ exponent }) => exponent !== undefined);
			expect(measured).toHaveLength(quick.length);
			let steep = [...done(), ...measured].filter(({ exponent }) => exponent! > MOST);
			for (let tries = 0; steep.length > 0 && tries < TRIES; tries++) {
				const sizes = SIZES.map((size) => size * 16 * 2 ** tries);
				const names = steep.map(({ name }) => name);
				const again = (await measurements(sizes, names)).filter(({ exponent }) => exponent !== undefined);
				// One that did not come back is as steep as can be.
				steep = names.flatMap((name) => {
					const one = again.find((found) => found.name === name);
					if (one === undefined) return [{ name, outcome: 'ended the process' }];
					return one.exponent! > MOST ? [one] : [];
				});
			}
			expect(steep).toEqual([]);
		},
		(TRIES + 1) * WATCHDOG_MS,
	);

	it('a square would be noticed', () => {
		expect(
			exponentOf(
				SIZES,
				SIZES.map((size) => (size / 8192) ** 2),
			),
		).toBeCloseTo(2);
		expect(
			exponentOf(
				SIZES,
				SIZES.map((size) => size / 1024),
			),
		).toBeCloseTo(1);
		expect(
			exponentOf(
				SIZES,
				SIZES.map(() => 1),
			),
		).toBe(0);
	});
});
