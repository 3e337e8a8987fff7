// The trigger of this pack next to n8n's own Email Trigger (IMAP): the same mailbox, in turn, each in a process of its own.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spread } from '../spread.mjs';

const ROUNDS = 5;
const READER = fileURLToPath(new URL('read.mjs', import.meta.url));

async function read(which, settings) {
	const { stdout } = await promisify(execFile)(process.execPath, [
		'--expose-gc',
		READER,
		which,
		JSON.stringify(settings),
	]);
	return JSON.parse(stdout);
}

/** Best of five of each. `settings` are those of a mailbox with `count` messages, and `n8n`, the folder of an installed n8n. */
export async function compareTriggers(report, settings) {
	const rounds = { emailReadImap: [], imapTrigger: [] };
	for (let round = 0; round < ROUNDS; round++) {
		for (const [which, results] of Object.entries(rounds)) results.push(await read(which, settings));
	}
	const best = (results, key) => Math.min(...results.map((result) => result[key]));
	const { emailReadImap: theirs, imapTrigger: ours } = rounds;
	if (theirs[0].attachments !== ours[0].attachments) throw new Error('the triggers found different attachments');
	const rate = (results, key) => Math.round(settings.count / best(results, key));
	for (const [key, of, target] of [
		['seconds', 'by the clock, Dovecot included', { target: { least: 3 } }],
		['cpuSeconds', 'by processor time', {}],
	]) {
		const [lowest, , highest] = spread(theirs.map((round, index) => round[key] / ours[index][key]));
		report(
			`the whole trigger, to items with ${ours[0].attachments} attachments, ${of}`,
			rate(ours, key),
			'messages/s',
			{
				comparedWith: `${theirs[0].name}, format "resolved"`,
				theirs: rate(theirs, key),
				ratio: best(theirs, key) / best(ours, key),
				ratioSpread: [lowest, highest],
				...target,
			},
		);
	}
}
