/**
 * How the cost of each hostile input grows with its size. Run by `test/unit/security/growth.test.ts` in a process of its own, for what
 * goes wrong here does not come back: prints one JSON line before and one behind each generator.
 *
 * `tsx test/hostile/growth.ts 8192,16384,32768,65536,131072 [names as JSON]`
 */
import { closeAttachments } from '../../lib/attachments';
import { GENERATORS } from './generators';

export interface Growth {
	name: string;
	/** Milliseconds of processor time, by size: the best of several runs. Absent in the line before. */
	cpu?: number[];
	/** `ok`, the stable code of the error that it ended with, or the name of an error that is a fault of ours. */
	outcome?: string;
	/** Of the time as a power of the size: 1 is proportion, 2 its square. 0 where there is too little to measure. */
	exponent?: number;
}

/** Milliseconds at the largest size below which there is nothing to fit: the clock and the collector are measured, not the work. */
export const NOISE = 25;
/** Milliseconds that one size may be run again for. */
const AGAIN = 25;

async function measured(read: () => unknown): Promise<{ cpu: number; outcome: string }> {
	let cpu = Number.POSITIVE_INFINITY;
	let outcome = 'ok';
	globalThis.gc?.();
	const end = performance.now() + AGAIN;
	for (let round = 0; round < 3 && (round === 0 || performance.now() < end); round++) {
		const before = process.cpuUsage();
		try {
			await read();
		} catch (error) {
			const { code, name } = error as { code?: unknown; name?: unknown };
			outcome = typeof code === 'string' ? code : String(name);
		}
		const { user, system } = process.cpuUsage(before);
		cpu = Math.min(cpu, (user + system) / 1_000);
	}
	return { cpu, outcome };
}

/** Slope of the line through the logarithms, by least squares. */
export function exponentOf(sizes: readonly number[], cpu: readonly number[]): number {
	if (cpu.at(-1)! < NOISE) return 0;
	// What is below the noise of the clock says nothing of the slope.
	const points = sizes.map((size, i) => [Math.log(size), Math.log(Math.max(cpu[i]!, 0.5))] as const);
	const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
	const [x, y] = [mean(0), mean(1)];
	const above = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
	return above / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
}

export async function measure(
	sizes: readonly number[],
	names: readonly string[],
	report: (one: Growth) => void,
): Promise<void> {
	for (const name of names) {
		report({ name });
		const generator = GENERATORS[name]!;
		// What the first run costs is the compiler's.
		await measured(generator(sizes[0]!));
		const cpu: number[] = [];
		let outcome = 'ok';
		for (const size of sizes) {
			const one = await measured(generator(size));
			cpu.push(one.cpu);
			outcome = one.outcome;
		}
		report({ name, cpu, outcome, exponent: exponentOf(sizes, cpu) });
	}
}

if (require.main === module) {
	const [sizes = '8192,16384,32768,65536,131072', names] = process.argv.slice(2);
	void measure(
		sizes.split(',').map(Number),
		names === undefined ? Object.keys(GENERATORS) : (JSON.parse(names) as string[]),
		(one) => process.stdout.write(`${JSON.stringify(one)}\n`),
	).then(closeAttachments);
}
