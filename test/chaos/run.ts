/** `npm run chaos`: a trigger's life on a mailbox whose server gets into trouble, and what became of each message. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { messageOf } from '../../lib/errors';
import { graphChaos, graphUntoldChaos } from './graph';
import { imapChaos } from './imap';
import { nodeRedChaos } from './nodeRed';
import type { ChaosEnd, ChaosTarget } from './target';

/** A further kind of mailbox is a further file and a row here. */
const TARGETS: readonly ChaosTarget[] = [imapChaos, graphChaos, graphUntoldChaos, nodeRedChaos];
const STANDARD = 20_000;
const SHORT = 1_000;
const NAMED = 10;

const USAGE = `npm run chaos -- [target …] [options]

  target                 ${TARGETS.map(({ name }) => name).join(', ')}; without one, every target whose program is there
  --deliveries <number>  messages that arrive (${STANDARD}; node-red: ${nodeRedChaos.standard})
  --seed <number>        the same seed tells the same story (a new one each time)
  --short                ${SHORT} deliveries (node-red: ${nodeRedChaos.short})
  --tell                 every event
`;

const say = (text: string) => void process.stdout.write(`${text}\n`);

function told(name: string, seed: number, { lost, doubled, repeated, tally }: ChaosEnd): void {
	say(`${name}, seed ${seed}:`);
	for (const [what, count] of Object.entries(tally).sort(([a], [b]) => a.localeCompare(b)))
		say(`  ${String(count).padStart(8)} ${what}`);
	for (const [what, names] of [
		['lost', lost],
		['doubled', doubled],
	] as const)
		say(
			`  ${String(names.length).padStart(8)} ${what}${names.length === 0 ? '' : `: ${names.slice(0, NAMED).join(', ')}`}`,
		);
	say(`  ${String(repeated).padStart(8)} repeated, unrecognisable, and counted by the trigger`);
}

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			deliveries: { type: 'string' },
			seed: { type: 'string' },
			short: { type: 'boolean' },
			tell: { type: 'boolean' },
		},
	});
	const deliveriesOf = ({ standard = STANDARD, short = SHORT }: ChaosTarget): number =>
		Number(values.deliveries ?? (values.short ? short : standard));
	const seed = Number(values.seed ?? randomInt(1, 1_000_000));
	const unknown = positionals.filter((name) => !TARGETS.some((target) => target.name === name));
	if (unknown.length > 0 || !(Number(values.deliveries ?? 1) > 0) || !Number.isInteger(seed)) {
		say(USAGE);
		return 2;
	}
	let bad = 0;
	const left: string[] = [];
	for (const target of TARGETS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
		const missing = target.missing?.();
		if (missing !== undefined) {
			left.push(`${target.name}: not run. ${missing}`);
			// Who names it wants it.
			if (positionals.length > 0) bad++;
			continue;
		}
		const deliveries = deliveriesOf(target);
		const progress = (count: number) => say(`  … ${count} of ${deliveries}`);
		try {
			const end = await target.run({ deliveries, seed, progress, ...(values.tell ? { tell: say } : {}) });
			told(target.name, seed, end);
			bad += end.lost.length + end.doubled.length;
		} catch (error) {
			say(`${target.name}, seed ${seed}: stopped: ${messageOf(error)}`);
			bad++;
		}
	}
	// At the end, where it is read.
	for (const line of left) say(line);
	return bad === 0 ? 0 : 1;
}

void main().then((status) => process.exit(status));
