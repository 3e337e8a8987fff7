// How many requests and how much memory a large first round takes, against the lab's Entra and Graph over HTTPS.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { footprint } from './corpus.mjs';

const require = createRequire(import.meta.url);

const LARGE_FOLDER = 100_000;
const DAY = 86_400_000;
const HUGE = 140_000_000;
/** Megabytes that a heap may seem to grow by without growing: 100,000 messages that were kept would be more than ten times as much. */
const FLAT = 5;

/** A message that is read to its end and let go, in this process, which has signed in and read a small one before. */
async function downloadOf({ credential, small, huge }) {
	const { GraphMailbox } = require('../dist/lib/mailbox/index.js');
	const mailbox = new GraphMailbox({ ...credential, mailbox: 'soc@example.com' });
	const read = async (id) => {
		const { stream } = await mailbox.download({ id });
		let bytes = 0;
		for await (const chunk of stream) bytes += chunk.length;
		return bytes;
	};
	await read(small);
	const { result: bytes, ms, megabytes } = await footprint(() => read(huge));
	await mailbox.close();
	return { bytes, ms, megabytes };
}

/** In a process of its own: the lab holds the message and encrypts it. */
async function inOwnProcess(settings) {
	const { stdout } = await promisify(execFile)(process.execPath, [
		'--expose-gc',
		fileURLToPath(import.meta.url),
		JSON.stringify(settings),
	]);
	return JSON.parse(stdout);
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { MicrosoftLab } = await import('../test/lab/graph/index.ts');
	const { GraphMailbox } = require('../dist/lib/mailbox/index.js');
	const lab = await MicrosoftLab.start();
	const open = () => new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com' });
	try {
		const box = lab.graph.mailbox('soc@example.com');
		const folder = box.folder('inbox');
		for (let index = 0; index < LARGE_FOLDER; index++) {
			box.deliver(folder, {
				receivedAt: Date.now() - 40 * DAY - index * 1000,
				subject: 'x',
				from: 'a@example.com',
				messageId: '<x@example.com>',
			});
		}
		lab.graph.gzip = false;
		let state;
		let polls = 0;
		let largest = 0;
		// What is alive, not what waits to be collected: pages that piled up would show.
		const alive = [];
		const look = () => {
			globalThis.gc?.();
			alive.push(process.memoryUsage().heapUsed / 1e6);
		};
		lab.graph.onRequest = () => {
			if (lab.graph.counts.requests % 100 === 0) look();
		};
		const start = performance.now();
		for (let more = true; more; polls++) {
			const mailbox = open();
			({ state, more } = await mailbox.poll(state));
			largest = Math.max(largest, JSON.stringify(state).length);
			await mailbox.close();
		}
		lab.graph.onRequest = undefined;
		report(`first round over ${LARGE_FOLDER} messages`, lab.graph.counts.requests, `requests, ${polls} poll(s)`, {
			target: { most: 1_100 },
		});
		report('its time', Number(((performance.now() - start) / 1000).toFixed(1)), 's, lab included');
		report(
			'live heap at its last tenth above its first',
			Number((alive.at(-1) - alive[0]).toFixed(1)),
			'MB, lab included',
			{ target: { most: FLAT } },
		);
		report('largest cursor on the way', largest, 'bytes');

		for (let index = 0; index < 500; index++) {
			box.deliver(folder, {
				raw: Buffer.concat([Buffer.from(`Subject: ${index}\r\n\r\n`), Buffer.alloc(40_000, 'x')]),
			});
		}
		const before = lab.graph.counts.requests;
		const began = performance.now();
		const mailbox = open();
		const { messages } = await mailbox.poll(state, { cap: 500 });
		await mailbox.close();
		report('messages of 40 KB', Math.round(messages.length / ((performance.now() - began) / 1000)), 'messages/s');
		report('requests a message', Number(((lab.graph.counts.requests - before) / messages.length).toFixed(2)), '');
		report('most requests in flight', lab.graph.counts.inFlight, 'requests', { target: { most: 4 } });

		const huge = box.deliver(folder, {
			raw: Buffer.concat([Buffer.from('Subject: huge\r\n\r\n'), Buffer.alloc(HUGE - 17, 'x')]),
		});
		const settings = { credential: lab.credential(), small: messages[0].id, huge: huge.immutableId };
		const { bytes, ms, megabytes } = await inOwnProcess(settings);
		if (bytes !== HUGE) throw new Error(`${bytes} of ${HUGE} bytes came`);
		report('a message of 140 MB as a stream: memory above the base', megabytes, 'MB', { target: { most: 150 } });
		report('its rate', Math.round(HUGE / 1e3 / ms), 'MB/s');
	} finally {
		await lab.close();
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2]) {
	process.stdout.write(JSON.stringify(await downloadOf(JSON.parse(process.argv[2]))));
	process.exit(0);
}
