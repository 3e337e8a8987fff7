/** A process that runs inputs, one after the other, as it is told. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmailIntelError, isError } from '../../../lib/errors';
import type { AnyKind, Kind } from '../kind';
import { Random } from '../random';
import { fault, type Answer, type Fault, type Order, type Outcome, type Weight } from './protocol';
import { Watch, type Allowance } from './watch';

type Input = Buffer | string;

let kind: Kind<never, unknown> & { form: AnyKind['form'] };
let kindName = '';
let close: (() => Promise<void>) | undefined;
const watch = new Watch();

/** What nobody caught, since it was last asked for. */
const stray: Fault[] = [];
process.on('unhandledRejection', (reason) =>
	stray.push(thrown('A promise was rejected, and nobody caught it', reason)),
);
process.on('uncaughtException', (error) => stray.push(thrown('An exception was thrown, and nobody caught it', error)));
// Ctrl+C reaches every process; the one that counts decides.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());

let turn = Promise.resolve();
process.on('message', (order: Order) => {
	turn = turn.then(async () => {
		let answer: Answer;
		try {
			watch.begin(order);
			answer = await obey(order);
			watch.end();
		} catch (error) {
			answer = { fault: thrown(`The kind cannot ${order.do}`, error) };
		}
		process.send!(answer);
	});
});

async function obey(order: Order): Promise<Answer> {
	switch (order.do) {
		case 'load': {
			await close?.();
			close = undefined;
			({ kind } = require(join(order.folder, order.kind)) as { kind: typeof kind });
			kindName = order.kind;
			close = await kind.open?.();
			const { subject, form, maxMilliseconds, maxMegabytes } = kind;
			return {
				loaded: {
					subject,
					form,
					...(maxMilliseconds === undefined ? {} : { maxMilliseconds }),
					...(maxMegabytes === undefined ? {} : { maxMegabytes }),
				},
			};
		}
		case 'run':
			return { done: await outcomeOf(() => make(order.seed, order.number), order) };
		case 'run file':
			return { done: await outcomeOf(() => read(order.path), order) };
		case 'save': {
			const input = make(order.seed, order.number);
			// As JSON, for a text may hold what UTF-8 has no form for.
			writeFileSync(order.path, typeof input === 'string' ? JSON.stringify(input) : input);
			return { saved: true };
		}
		case 'weigh':
			return { weight: await weigh() };
	}
}

/** Rounds of garbage collection: what waits for another thing to be collected is collected after it. */
const COLLECTIONS = 3;
const MEGABYTE = 2 ** 20;

async function weigh(): Promise<Weight> {
	for (let i = 0; i < COLLECTIONS; i++) {
		await new Promise(setImmediate);
		await gc!({ execution: 'async' });
	}
	const { heapUsed, external, rss } = process.memoryUsage();
	return { live: (heapUsed + external) / MEGABYTE, resident: rss / MEGABYTE };
}

const make = (seed: number, number: number): Input => kind.make(new Random(seed, kindName, number));

function read(path: string): Input {
	const bytes = readFileSync(path);
	if (kind.form === 'bytes') return bytes;
	const text = bytes.toString('utf8');
	if (!path.endsWith('.json')) return text;
	const saved = JSON.parse(text) as unknown;
	return typeof saved === 'string' ? saved : text;
}

async function outcomeOf(given: () => Input, { maxMilliseconds, maxMegabytes }: Required<Allowance>): Promise<Outcome> {
	const input = given();
	watch.begin({ maxMilliseconds, maxMegabytes });
	const verdict = await verdictOn(input as never);
	// Rejections that nobody caught are told when all microtasks are done.
	await new Promise(setImmediate);
	const { milliseconds, megabytes } = watch.end();
	const found = verdict.fault ?? stray[0] ?? (megabytes > maxMegabytes ? grown(maxMegabytes) : undefined);
	stray.length = 0;
	return { ...verdict, milliseconds, megabytes, ...(found === undefined ? {} : { fault: found }) };
}

async function verdictOn(input: never): Promise<Pick<Outcome, 'refused' | 'read' | 'fault'>> {
	let answer: unknown;
	try {
		answer = await kind.run(input);
	} catch (error) {
		if (!(error instanceof EmailIntelError))
			return { read: false, fault: thrown('It threw what is not an error of this pack', error) };
		if (kind.refusals.includes(error.code)) return { read: false, refused: error.code };
		return {
			read: false,
			fault: thrown(`It was refused with ${error.code}, which is none of its refusals`, error),
		};
	}
	for (const [promise, check] of Object.entries(kind.invariants)) {
		try {
			await check(answer, input);
		} catch (error) {
			return { read: true, fault: thrown(`It does not hold that ${promise}`, error) };
		}
	}
	return { read: kind.isRead?.(answer, input) ?? true };
}

const grown = (megabytes: number): Fault => fault(`The process grew by more than ${megabytes} MB`, 'It had an answer.');

/** The same fault has the same words, and comes from the same line of the library where it comes from there. */
function thrown(what: string, error: unknown): Fault {
	const stack = (isError(error) && error.stack) || String(error);
	const place = /[/\\](lib[/\\][^():]+):\d+/.exec(stack.split('\n').slice(1).join('\n'))?.[1];
	const name = isError(error) ? error.name : typeof error;
	return fault(`${what} (${name}${place === undefined ? '' : `, ${place}`})`, stack);
}
