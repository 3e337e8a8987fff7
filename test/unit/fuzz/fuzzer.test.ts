import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetInputs, fuzz, fuzzUntil, type FuzzRun } from './fuzzing';

const BROKEN = ['--kinds', join(__dirname, 'broken')];
const SEED = '4711';

afterAll(forgetInputs);

/** What was said about one kind: its failure, and its row of the table. */
function about(kind: string, { output }: FuzzRun): string {
	const paragraph = output.split('\n\n').find((text) => new RegExp(`^\\n?${kind}[,:]`).test(text)) ?? '';
	const row = output.split('\n').find((line) => line.startsWith(`${kind} `)) ?? '';
	return `${paragraph}\n${row}`;
}

describe('the fuzzer, given kinds in which something is wrong', () => {
	let figures: string;
	let run: FuzzRun;
	beforeAll(() => {
		figures = join(mkdtempSync(join(tmpdir(), 'email-intel-fuzz-test-')), 'figures');
		writeFileSync(figures, '');
		run = fuzz([...BROKEN, '--seed', SEED, '--cases', '1', '--workers', '1'], { EMAIL_INTEL_TEST_FIGURES: figures });
	}, 160_000);
	afterAll(() => rmSync(join(figures, '..'), { recursive: true }));

	it('comes to an end, and its exit code says that something was found', () => {
		expect(run.status).toBe(1);
		expect(run.output).toMatch(/^seed 4711\n/);
		expect(run.output).toMatch(/\n1 passed, 12 failed\n$/);
	});

	it.each([
		['standsStill', 'It did not come to an end within its time'],
		['waits', 'It did not come to an end within its time'],
		['makesForever', 'It did not come to an end within its time'],
		['takesObjects', /It took more memory than its limit|It took all memory of the heap/],
		['takesBytes', 'It took more memory than its limit'],
		['rejects', 'A promise was rejected, and nobody caught it (Error)'],
		['throwsLater', 'An exception was thrown, and nobody caught it (Error)'],
		['throwsTypeError', 'It threw what is not an error of this pack (TypeError)'],
		['refuses', 'It was refused with EMAIL_INPUT, which is none of its refusals (EmailError)'],
		['exits', 'It ended the process (exit code 0)'],
		['breaksItsPromise', 'It does not hold that an input has no vowels (Error)'],
	])('reports one that %s, with the command that shows it again', (kind, what) => {
		const text = about(kind, run);
		expect(text).toMatch(what);
		expect(text).toContain(`${kind}, case 0: `);
		expect(text).toContain(` ${kind} --seed ${SEED} --case 0\n`);
		expect(text).toMatch(new RegExp(`^${kind} +1 .* 1 in 1 cases`, 'm'));
	});

	it('reports one that cannot be loaded', () => {
		expect(about('cannotBeLoaded', run)).toMatch(
			/^\n?cannotBeLoaded: The kind cannot load \(Error\)\n +Error: this file is no kind/,
		);
	});

	it('runs and counts those in which nothing is wrong', () => {
		expect(about('sound', run)).toMatch(/^sound +1 .* 0$/m);
	});

	it('leaves its figures for the gate', () => {
		expect(readFileSync(figures, 'utf8')).toBe('1 12 0\n');
	});

	it('leaves every input that could be made in a file, which shows the failure again', () => {
		const inputs = [...run.output.matchAll(/ (\w+) --file (\S+)$/gm)].map(([, kind, path]) => ({ kind, path }));
		expect(inputs.map(({ kind }) => kind).sort()).toEqual(
			['breaksItsPromise', 'exits', 'refuses', 'rejects', 'standsStill', 'takesBytes', 'takesObjects', 'throwsLater', 'throwsTypeError', 'waits'].sort(),
		); // prettier-ignore
		expect(about('makesForever', run)).toContain('(its input could not be written down)');
		const { path } = inputs.find(({ kind }) => kind === 'breaksItsPromise')!;
		const again = fuzz([...BROKEN, 'breaksItsPromise', '--file', path!]);
		expect(again.status).toBe(1);
		// Half of a character among it: it comes through the file as it was.
		const found = /vowels in .*/.exec(again.output)?.[0];
		expect(found).toContain('\\ud800');
		expect(run.output).toContain(found);
	});
});

describe('a seed', () => {
	const inputs = (args: readonly string[]): string[] => {
		const { output } = fuzz([...BROKEN, 'breaksItsPromise', '--cases', '1', ...args]);
		return [...output.matchAll(/vowels in (.*)/g)].map(([, input]) => input!);
	};

	it('gives the same inputs again, each by its number, and another seed others', () => {
		const [first] = inputs(['--seed', '1']);
		expect(first).toBeDefined();
		expect(inputs(['--seed', '1'])).toEqual([first]);
		expect(inputs(['--seed', '1', '--case', '0'])).toEqual([first]);
		expect(inputs(['--seed', '1', '--case', '1'])).not.toEqual([first]);
		expect(inputs(['--seed', '2'])).not.toEqual([first]);
	});
});

describe('a run of so many inputs', () => {
	it('gives each kind its turns until they are reached, and ends with a table for the documentation', () => {
		const args = [...BROKEN, 'exits', 'sound', '1', '--inputs', '30', '--workers', '1', '--seed', '1'];
		const { status, output } = fuzz(args);
		expect(status).toBe(1);
		expect(output).toMatch(/^\| `sound` \| \d+ \| 100 % \|/m);
		// What dies again and again has no more turns; the others go on.
		expect(output).toMatch(/^\| \*\*all\*\* \| 30 \| .* \| [1-9] \|$/m);
		expect(output).toMatch(/, Node \d\d\.[^\n]*seed 1$/m);
	}, 120_000);
});

describe('a run that is interrupted', () => {
	let folder: string;
	beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'email-intel-fuzz-test-'))));
	afterAll(() => rmSync(folder, { recursive: true }));

	it('tells what it has found, and goes on from there with the same seed', async () => {
		const args = [...BROKEN, 'sound', '1', '--inputs', '1000000', '--workers', '1', '--state', join(folder, 'state')];
		const first = await fuzzUntil([...args, '--seed', '8'], /^sound: \d+ inputs/m);
		expect(first.status).toBe(0);
		const done = Number(/^\| `sound` \| ([\d,]+) \|/m.exec(first.output)![1]!.replaceAll(',', ''));
		expect(done).toBeGreaterThan(0);
		const second = fuzz(args.map((word) => (word === '1000000' ? String(done + 20) : word)));
		expect(second.output).toMatch(/^seed 8$/m);
		expect(second.output).toContain(`sound: ${done + 20} inputs, ${done + 20} in all`);
	}, 120_000);

	it('is not continued with another seed', () => {
		const args = [...BROKEN, 'sound', '--inputs', '9', '--state', join(folder, 'state'), '--seed', '9'];
		const { status, output } = fuzz(args);
		expect([status, output]).toEqual([2, expect.stringContaining('is of another seed: 8')]);
	});
});

describe('what inputs leave behind', () => {
	const KEEPS = ['--kinds', join(__dirname, 'keeps'), '--seed', '1', '--workers', '1', '--cases', '500'];

	it('is a failure where a process holds more and more of it', () => {
		const { status, output } = fuzz([...KEEPS, 'keeps', '--held', '20']);
		expect(status).toBe(1);
		expect(output).toMatch(
			/^keeps: It holds more than 20 MB of what inputs left behind\n +\d+ MB after its first 200 inputs/m,
		);
	}, 60_000);

	it('is told in the table, with the share of inputs that were read', () => {
		const { status, output } = fuzz([...KEEPS, 'halfRead', '--held', '20']);
		expect(status).toBe(0);
		expect(output).toMatch(/^halfRead +500 +\d+ +50 % .* \d+ to \d+ +0$/m);
	}, 60_000);
});

(process.platform === 'linux' ? describe : describe.skip)('a machine that is busy with other things', () => {
	it('makes no hang of an input that takes its time', () => {
		const { status, output } = fuzz([
			'--kinds',
			join(__dirname, 'busy'),
			'--seed',
			'1',
			'--cases',
			'2',
			'--workers',
			'1',
		]);
		expect(output).toMatch(/^works +2 .* 0$/m);
		expect(status).toBe(0);
	}, 120_000);
});

describe('the command line', () => {
	it.each([
		[['nothing-of-the-kind'], 'There is no kind'],
		[['message', '--seed', 'x'], '--seed is not a number'],
		[['message', 'text', '--case', '1'], 'go with one kind'],
	])('%j is refused, and nothing is run', (args, words) => {
		const { status, output } = fuzz(args);
		expect([status, output]).toEqual([2, expect.stringContaining(words)]);
	});
});
