/** `npm run fuzz`: hostile inputs for the readers of the library, in processes of their own. */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../lib/errors';
import { Fuzzer, together, type FuzzSettings, type KindResult } from './machine/fuzzer';
import { failureText, markdown, table } from './machine/report';

const MOST = 2 ** 31 - 1;
const STANDARD = { seconds: 20, cases: MOST, timeout: 10_000, memory: 400, heap: 768, held: 64, fresh: true };
/** Inputs of the gate are always the same: it fails for a change, not by chance. Machines that run gates may be slow ones. */
const GATE = { ...STANDARD, seed: 20_261_126, seconds: 5, cases: 600, timeout: 30_000, fresh: false };

const USAGE = `npm run fuzz -- [kind …] [seconds] [options]

  kind              what is fuzzed; without one, every kind
  seconds           for each kind (${STANDARD.seconds})
  --seed <number>   the same seed gives the same inputs (a new one each time)
  --case <number>   only this one
  --file <path>     only the input in this file
  --cases <number>  of each kind at most
  --inputs <number> all kinds in turns of so many seconds each, until they had so many inputs together; then a table for the documentation
  --least <number>  with --inputs: and until each kind had so many, which it gets in its first turn (0)
  --state <file>    with --inputs: where the figures are kept after each turn; if it is there, the run goes on from it
  --workers <n>     processes side by side (2, where there are so many cores)
  --timeout <ms>    for one input (${STANDARD.timeout}); time in which the machine was busy with other things does not count
  --memory <MB>     that a process may grow by during one input (${STANDARD.memory})
  --held <MB>       that a process may hold more at the end of a turn than after its first inputs (${STANDARD.held})
  --kinds <folder>  where the kinds are
  --short           what the gate runs: ${GATE.seconds} seconds and ${GATE.cases} cases of each kind at most, always of the same seed
`;

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

/** Ends the process: nothing was run. */
function refuse(text: string): never {
	say(`${text}\n\n${USAGE}`);
	process.exit(2);
}

function readArguments() {
	const text = { type: 'string' } as const;
	const flag = { type: 'boolean', default: false } as const;
	const numbers = { seed: text, case: text, cases: text, inputs: text, least: text, workers: text };
	const limits = { timeout: text, memory: text, held: text };
	try {
		return parseArgs({
			allowPositionals: true,
			options: { ...numbers, ...limits, file: text, kinds: text, state: text, short: flag, help: flag },
		});
	} catch (error) {
		return refuse(messageOf(error));
	}
}

const { values, positionals } = readArguments();

function number(name: string, text: string | undefined, least = 0): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (!Number.isFinite(value) || value < least || value > MOST)
		refuse(`${name} is not a number from ${least} to ${MOST}: ${text}`);
	return value;
}

// npm starts scripts in the project's folder and says where it was called.
const pathOf = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path);

/** A long run as it is saved: it may be interrupted at any time, and goes on from here. */
interface Saved {
	seed: number;
	results: KindResult[];
}

function saved(path: string | undefined): Saved | undefined {
	if (path === undefined || !existsSync(path)) return undefined;
	return JSON.parse(readFileSync(path, 'utf8')) as Saved;
}

function save(path: string, state: Saved): void {
	writeFileSync(`${path}.new`, JSON.stringify(state));
	renameSync(`${path}.new`, path);
}

/** How many inputs, and where the figures of each turn are kept. */
interface Turns {
	inputs: number;
	/** Of each kind. */
	least: number;
	before: readonly KindResult[];
	turned: (results: KindResult[]) => void;
}

/** Kinds are of different speed: each has the same time, again and again, until there were as many inputs as wanted. */
async function inTurns(
	fuzzer: Fuzzer,
	kinds: readonly string[],
	{ inputs, least, before, turned }: Turns,
	signal: AbortSignal,
): Promise<KindResult[]> {
	const results = new Map(before.map((result) => [result.kind, result]));
	const count = (): number => [...results.values()].reduce((sum, { cases }) => sum + cases, 0);
	/** What is missing of all, or of this kind. Of a kind that fails again and again nothing more is learned. */
	const missing = (kind: string): number => {
		const { cases = 0, stopped = false } = results.get(kind) ?? {};
		return stopped ? 0 : Math.max(inputs - count(), least - cases);
	};
	const lacks = (kind: string): number => Math.max(0, least - (results.get(kind)?.cases ?? 0));
	for (let open = [...kinds]; open.length > 0; open = kinds.filter((kind) => missing(kind) > 0)) {
		for (const kind of open) {
			if (missing(kind) <= 0) continue;
			const last = results.get(kind);
			const now = await fuzzer.run(kind, last?.cases ?? 0, { most: missing(kind), least: lacks(kind) });
			results.set(kind, last === undefined ? now : together(last, now));
			turned([...results.values()]);
			say(`${kind}: ${results.get(kind)!.cases} inputs, ${count()} in all`);
			if (signal.aborted) return [...results.values()];
		}
	}
	return [...results.values()];
}

function commit(): string {
	try {
		return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: __dirname, encoding: 'utf8' }).trim();
	} catch {
		return 'unknown';
	}
}

async function main(): Promise<number> {
	const folder = values.kinds === undefined ? join(__dirname, 'kinds') : pathOf(values.kinds);
	const known = readdirSync(folder)
		.filter((name) => name.endsWith('.ts'))
		.map((name) => name.slice(0, -'.ts'.length))
		.sort();
	if (values.help) {
		say(`${USAGE}\nKinds: ${known.join(', ')}`);
		return 0;
	}
	const times = positionals.filter((word) => /^[\d.]+$/.test(word));
	const named = positionals.filter((word) => !times.includes(word));
	const unknown = named.find((name) => !known.includes(name));
	if (unknown !== undefined) refuse(`There is no kind '${unknown}'. There are ${known.join(', ')}.`);
	const kinds = named.length > 0 ? named : known;
	if ((values.case ?? values.file) !== undefined && kinds.length !== 1) refuse('--case and --file go with one kind.');

	const state = values.state === undefined ? undefined : pathOf(values.state);
	const earlier = saved(state);
	const standard = values.short ? GATE : { ...STANDARD, seed: earlier?.seed ?? randomInt(MOST) };
	const settings: FuzzSettings = {
		folder,
		seed: number('--seed', values.seed) ?? standard.seed,
		seconds: number('seconds', times[0]) ?? standard.seconds,
		cases: number('--cases', values.cases, 1) ?? standard.cases,
		workers: number('--workers', values.workers, 1) ?? Math.min(2, availableParallelism()),
		maxMilliseconds: number('--timeout', values.timeout, 1) ?? standard.timeout,
		maxMegabytes: number('--memory', values.memory, 1) ?? standard.memory,
		heapMegabytes: standard.heap,
		// Starting one takes longer than a few inputs.
		freshProcesses: standard.fresh && values.cases === undefined,
		maxHeldMegabytes: number('--held', values.held, 1) ?? standard.held,
	};
	if (earlier !== undefined && earlier.seed !== settings.seed) refuse(`${state} is of another seed: ${earlier.seed}`);
	const only = number('--case', values.case);
	const command = `npm run fuzz --${values.kinds === undefined ? '' : ` --kinds ${folder}`}`;
	say(`seed ${settings.seed}`);

	const stop = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
	const fuzzer = new Fuzzer(settings, stop.signal, (failure) =>
		say(`\n${failureText(failure, command, settings.seed)}\n`),
	);
	const inputs = number('--inputs', values.inputs, 1);
	const least = number('--least', values.least) ?? 0;
	const { seed } = settings;
	const turned = (now: KindResult[]): void => (state === undefined ? undefined : save(state, { seed, results: now }));
	let results: KindResult[] = [];
	try {
		if (inputs !== undefined) {
			const turns = { inputs, least, before: earlier?.results ?? [], turned };
			results = await inTurns(fuzzer, kinds, turns, stop.signal);
		} else
			for (const kind of kinds) {
				if (stop.signal.aborted) break;
				if (values.file !== undefined) results.push(await fuzzer.runFile(kind, pathOf(values.file)));
				else if (only !== undefined) results.push(await fuzzer.runCase(kind, only));
				else results.push(await fuzzer.run(kind));
			}
	} finally {
		await fuzzer.close();
	}
	say(`\n${table(results)}`);
	if (inputs !== undefined) {
		const [{ model = 'unknown processor' } = {}] = cpus();
		const minutes = Math.round(results.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
		const { workers } = settings;
		say(`\n${markdown(results)}\n`);
		say(
			`${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${process.platform}, ${availableParallelism()} cores (${model.trim()}), ${workers} processes, ${minutes} minutes, commit ${commit()}, seed ${seed}`,
		);
	}
	const failed = results.filter(({ failures }) => failures.length > 0).length;
	const passed = results.length - failed;
	say(`\n${passed} passed, ${failed} failed`);
	// The gate adds up the figures of all its runs.
	const figures = process.env.EMAIL_INTEL_TEST_FIGURES;
	if (figures) appendFileSync(figures, `${passed} ${failed} 0\n`);
	return failed === 0 ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		say(error instanceof Error ? (error.stack ?? error.message) : String(error));
		process.exit(1);
	},
);
