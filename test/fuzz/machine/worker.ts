/** A process that runs inputs, one after the other, as it is told. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmailIntelError, isError } from '../../../lib/errors';
import type { AnyKind, Kind } from '../kind';
import { Random } from '../random';
import { MemoryWatch } from './memory';
import { fault, type Answer, type Fault, type Order, type Outcome } from './protocol';

type Input = Buffer | string;

let kind: Kind<never, unknown> & { form: AnyKind['form'] };
let kindName = '';
let close: (() => Promise<void>) | undefined;
const memory = new MemoryWatch();

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
			answer = await obey(order);
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
			return { done: await outcomeOf(make(order.seed, order.number), order.maxMegabytes) };
		case 'run file':
			return { done: await outcomeOf(read(order.path), order.maxMegabytes) };
		case 'save': {
			const input = make(order.seed, order.number);
			// As JSON, for a text may hold what UTF-8 has no form for.
			writeFileSync(order.path, typeof input === 'string' ? JSON.stringify(input) : input);
			return { saved: true };
		}
	}
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

async function outcomeOf(input: Input, maxMegabytes: number): Promise<Outcome> {
	memory.begin(maxMegabytes);
	const started = performance.now();
	const verdict = await verdictOn(input as never);
	// Rejections that nobody caught are told when all microtasks are done.
	await new Promise(setImmediate);
	const milliseconds = performance.now() - started;
	const megabytes = memory.end();
	const found = verdict.fault ?? stray[0] ?? (megabytes > maxMegabytes ? grown(maxMegabytes) : undefined);
	stray.length = 0;
	return { ...verdict, milliseconds, megabytes, ...(found === undefined ? {} : { fault: found }) };
}

async function verdictOn(input: never): Promise<Pick<Outcome, 'refused' | 'fault'>> {
	let answer: unknown;
	try {
		answer = await kind.run(input);
	} catch (error) {
		if (!(error instanceof EmailIntelError))
			return { fault: thrown('It threw what is not an error of this pack', error) };
		if (kind.refusals.includes(error.code)) return { refused: error.code };
		return { fault: thrown(`It was refused with ${error.code}, which is none of its refusals`, error) };
	}
	for (const [promise, check] of Object.entries(kind.invariants)) {
		try {
			await check(answer, input);
		} catch (error) {
			return { fault: thrown(`It does not hold that ${promise}`, error) };
		}
	}
	return {};
}

const grown = (megabytes: number): Fault => fault(`The process grew by more than ${megabytes} MB`, 'It had an answer.');

/** The same fault has the same words, and comes from the same line of the library where it comes from there. */
function thrown(what: string, error: unknown): Fault {
	const stack = (isError(error) && error.stack) || String(error);
	const place = /[/\\](lib[/\\][^():]+):\d+/.exec(stack.split('\n').slice(1).join('\n'))?.[1];
	const name = isError(error) ? error.name : typeof error;
	return fault(`${what} (${name}${place === undefined ? '' : `, ${place}`})`, stack);
}
