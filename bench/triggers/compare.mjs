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
	for (const [results, kind] of [
		[theirs, 'format "resolved"'],
		[ours, 'full, with attachments'],
	]) {
		const { name, attachments } = results[0];
		report(
			`${name}, ${kind}, ${attachments} attachments`,
			Math.round(settings.count / best(results, 'seconds')),
			'messages/s',
		);
		report(
			'its processor time',
			Number(((best(results, 'cpuSeconds') * 1_000) / settings.count).toFixed(2)),
			'ms a message',
		);
	}
	for (const [key, of] of [
		['seconds', 'by the clock, Dovecot included'],
		['cpuSeconds', 'by processor time'],
	]) {
		report(`our trigger / n8n's own, ${of}`, Number((best(theirs, key) / best(ours, key)).toFixed(2)), '');
		report(
			'its lowest, median and highest round',
			spread(theirs.map((round, index) => round[key] / ours[index][key])),
			'',
		);
	}
}
