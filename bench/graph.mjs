// How many requests and how much memory a large first round takes, against the lab's Entra and Graph over HTTPS.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const LARGE_FOLDER = 100_000;
const DAY = 86_400_000;

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
			box.deliver(folder, { receivedAt: Date.now() - 40 * DAY - index * 1000, subject: 'x', from: 'a@example.com', messageId: '<x@example.com>' });
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
		report(`first round over ${LARGE_FOLDER} messages`, lab.graph.counts.requests, `requests, ${polls} poll(s)`);
		report('its time', Number(((performance.now() - start) / 1000).toFixed(1)), 's, lab included');
		report('live heap at its last tenth above its first', Number((alive.at(-1) - alive[0]).toFixed(1)), 'MB, lab included');
		report('largest cursor on the way', largest, 'bytes');

		for (let index = 0; index < 500; index++) {
			box.deliver(folder, { raw: Buffer.concat([Buffer.from(`Subject: ${index}\r\n\r\n`), Buffer.alloc(40_000, 'x')]) });
		}
		const before = lab.graph.counts.requests;
		const began = performance.now();
		const mailbox = open();
		const { messages } = await mailbox.poll(state, { cap: 500 });
		await mailbox.close();
		report('messages of 40 KB', Math.round(messages.length / ((performance.now() - began) / 1000)), 'messages/s');
		report('requests a message', Number(((lab.graph.counts.requests - before) / messages.length).toFixed(2)), '');
		report('most requests in flight', lab.graph.counts.inFlight, 'of 4 that Exchange allows');
	} finally {
		await lab.close();
	}
}
