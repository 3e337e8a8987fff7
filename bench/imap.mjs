// How fast and in how much memory a folder is read, next to bare imapflow on the same Dovecot.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { messages } from './corpus.mjs';
import { NO_DOVECOT } from './result/peers.mjs';
import { spread } from './spread.mjs';
import { compareTriggers } from './triggers/compare.mjs';

const require = createRequire(import.meta.url);

const MB = 1e6;
const COUNT = 1_000;
/** Of 1 KB each: here the work for a message counts, not the one for its bytes. */
const SMALL = { folder: 'Small', count: 5_000, bytes: 1_000 };
const LARGE_MAILBOX = 20_000;
/** Megabytes that a heap may seem to grow by without growing: what was kept of 15,000 messages would be more than ten times as much. */
const FLAT = 3;
const RUNS = 7;
const ROUNDS = 8;
/** Whose mailbox the triggers read. */
const TRIGGERS = { user: 'triggers@example.com', password: 'secret' };

/** 1,000 messages of 14 to 75 KB and every fiftieth of 1.5 MB: some 75 MB. */
const sizeOf = (index) => (index % 50 === 49 ? 1_500_000 : 14_000 + ((index * 7919) % 61_000));

/** Peak of the resident memory above what it was before, in MB. */
async function memoryOf(action) {
	globalThis.gc?.();
	const base = process.memoryUsage().rss;
	let peak = base;
	const look = () => (peak = Math.max(peak, process.memoryUsage().rss));
	const timer = setInterval(look, 5);
	try {
		await action(look);
	} finally {
		clearInterval(timer);
	}
	look();
	return Math.round((peak - base) / MB);
}

/** Seconds on the clock and of this process's processors. */
const seconds = async (action) => {
	globalThis.gc?.();
	const cpu = process.cpuUsage();
	const start = performance.now();
	await action();
	const clock = (performance.now() - start) / 1_000;
	const { user, system } = process.cpuUsage(cpu);
	return { clock, processor: (user + system) / 1e6 };
};
const best = (rounds, key, count) => Math.round(count / Math.min(...rounds.map((round) => round[key])));

/** One FETCH of everything: the fastest way there is, and none that one could poll with. */
async function bareFetch(server, folder, count) {
	const { ImapFlow } = require('imapflow');
	const client = new ImapFlow({
		host: server.host,
		port: server.tlsPort,
		secure: true,
		servername: 'localhost',
		tls: { ca: server.ca },
		auth: { user: server.user, pass: server.password },
		logger: false,
		disableAutoIdle: true,
	});
	client.on('error', () => undefined);
	await client.connect();
	await client.mailboxOpen(folder, { readOnly: true });
	let got = 0;
	const kept = [];
	for await (const row of client.fetch('1:*', { uid: true, source: true }, { uid: true })) {
		kept.push(row.source);
		got++;
	}
	await client.logout();
	if (got !== count) throw new Error(`imapflow gave ${got} of ${count} messages`);
}

function opener(server) {
	const { ImapMailbox } = require('../dist/lib/mailbox/index.js');
	const { host, tlsPort: port, ca, user, password } = server;
	return () => new ImapMailbox({ host, port, servername: 'localhost', ca, user, password });
}

/** How long both take, in turn, so that both see the same machine; connecting and logging out included in both. */
async function rates(server, folder, count) {
	const open = opener(server);
	const options = { folder, cap: count, firstRunLookBack: 'all', maxPollBytes: 200 * MB, budgetMs: 120_000 };
	const bare = [];
	const ours = [];
	for (let round = 0; round < ROUNDS; round++) {
		bare.push(await seconds(async () => await bareFetch(server, folder, count)));
		ours.push(
			await seconds(async () => {
				const { messages } = await open().poll(undefined, options);
				if (messages.length !== count) throw new Error(`poll gave ${messages.length} of ${count} messages`);
			}),
		);
	}
	return { bare, ours };
}

/** What the process did before, its garbage above all, must not count. */
async function inOwnProcess(server, folder, count) {
	const { host, tlsPort, ca, user, password } = server;
	const settings = JSON.stringify({ server: { host, tlsPort, ca, user, password }, folder, count });
	const { stdout } = await promisify(execFile)(process.execPath, [
		'--expose-gc',
		fileURLToPath(import.meta.url),
		settings,
	]);
	return JSON.parse(stdout);
}

/** Both, in several processes; the best of several rounds counts in each. The ratio is that of the median process. */
async function compared(report, server, { folder, count, target }) {
	const runs = [];
	for (let run = 0; run < RUNS; run++) runs.push(await inOwnProcess(server, folder, count));
	const [allBare, allOurs] = [runs.flatMap(({ bare }) => bare), runs.flatMap(({ ours }) => ours)];
	for (const [key, of] of [
		['clock', 'by the clock, Dovecot included'],
		['processor', 'by processor time'],
	]) {
		const [lowest, ratio, highest] = spread(
			runs.map(({ bare, ours }) => best(ours, key, count) / best(bare, key, count)),
		);
		report(`a poll of ${count} messages, in bounded batches, ${of}`, best(allOurs, key, count), 'messages/s', {
			comparedWith: 'bare imapflow, one FETCH of all',
			theirs: best(allBare, key, count),
			ratio,
			ratioSpread: [lowest, highest],
			...(key === 'clock' ? { target: { least: target } } : {}),
		});
	}
}

/** What a workflow gets: fetched, parsed, made into items with attachments. */
async function triggers(report, server) {
	const { n8nFolder } = await import('../test/lab/n8n/install.ts');
	const { N8N_VERSION } = await import('../test/lab/n8n/version.ts');
	const n8n = n8nFolder(N8N_VERSION);
	if (n8n === undefined) {
		report.notMeasured(
			'the whole trigger, to items with attachments',
			`n8n ${N8N_VERSION} is not installed (\`npm run n8n\` does it, once)`,
			"n8n's own Email Trigger (IMAP)",
		);
		return;
	}
	const all = messages(COUNT);
	for (const raw of all) server.deliver(raw, { user: TRIGGERS.user });
	const bytes = all.reduce((sum, raw) => sum + raw.length, 0);
	report('for both triggers', COUNT, `messages, ${(bytes / MB).toFixed(1)} MB; n8n ${N8N_VERSION}`);
	// Its certificate is for this name, and n8n's node checks none.
	await compareTriggers(report, {
		...TRIGGERS,
		host: 'localhost',
		port: server.tlsPort,
		ca: server.ca,
		count: COUNT,
		messagesPerPoll: 200,
		n8n,
	});
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { Dovecot, dovecotBinary, mail } = await import('../test/lab/imap/index.ts');
	if (dovecotBinary() === undefined) {
		for (const what of ['a poll', 'the whole trigger', 'memory of a large message and of a large folder'])
			report.notMeasured(what, NO_DOVECOT);
		return;
	}
	const server = await Dovecot.start({
		users: { 'analyst@example.com': 'secret', [TRIGGERS.user]: TRIGGERS.password },
	});
	const open = opener(server);
	try {
		// Loaded and warm, so that the base is that of a running poller.
		await open().poll(undefined);
		server.deliver(mail({ subject: 'huge', bytes: 140_000_000 }), { folder: 'Huge' });
		let read = 0;
		const { clock: duration } = await seconds(async () => {
			const memory = await memoryOf(async () => {
				const { stream } = await open().download({ uid: 1, folder: 'Huge' });
				for await (const chunk of stream) read += chunk.length;
			});
			report('a message of 140 MB as a stream: memory above the base', memory, 'MB', { target: { most: 150 } });
		});
		if (read !== 140_000_000) throw new Error(`${read} of 140,000,000 bytes came`);
		report('its rate', Math.round(read / MB / duration), 'MB/s');

		for (let index = 0; index < LARGE_MAILBOX; index++)
			server.deliver(mail({ subject: `many ${index}`, bytes: 2_500 }), { folder: 'Many' });
		let state;
		let seen = 0;
		let largest = 0;
		let quarter;
		const used = async () => {
			// What connections held outside of the heap is let go a moment after they are.
			for (let round = 0; round < 3; round++) {
				globalThis.gc?.();
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
			const { heapUsed, external } = process.memoryUsage();
			return (heapUsed + external) / MB;
		};
		const { clock: took } = await seconds(async () => {
			const peak = await memoryOf(async () => {
				for (let more = true; more;) {
					const result = await open().poll(state, { folder: 'Many', cap: 500, firstRunLookBack: 'all' });
					seen += result.messages.length;
					({ state, more } = result);
					largest = Math.max(largest, JSON.stringify(state).length);
					if (seen >= LARGE_MAILBOX / 4) quarter ??= await used();
				}
			});
			report(`a folder of ${LARGE_MAILBOX} messages, 500 a poll: peak above the base`, peak, 'MB');
		});
		if (seen !== LARGE_MAILBOX) throw new Error(`${seen} of ${LARGE_MAILBOX} messages came`);
		report('its growth from the first quarter to the end', Number(((await used()) - quarter).toFixed(1)), 'MB', {
			target: { most: FLAT },
		});
		report('its rate', Math.round(LARGE_MAILBOX / took), 'messages/s');
		report('its largest cursor', largest, 'bytes', { target: { most: 8_000 } });

		let bytes = 0;
		for (let index = 0; index < COUNT; index++) {
			bytes += sizeOf(index);
			server.deliver(mail({ subject: `bench ${index}`, bytes: sizeOf(index) }));
		}
		report('messages', COUNT, `messages, ${(bytes / MB).toFixed(1)} MB, TLS on loopback`);
		await compared(report, server, { folder: 'INBOX', count: COUNT, target: 0.85 });
		const { folder, count, bytes: size } = SMALL;
		for (let index = 0; index < count; index++)
			server.deliver(mail({ subject: `small ${index}`, bytes: size }), { folder });
		report('small messages', count, `messages of ${size} bytes`);
		await compared(report, server, { folder, count, target: 0.6 });
		await triggers(report, server);
	} finally {
		await server.stop();
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2]) {
	const { server, folder, count } = JSON.parse(process.argv[2]);
	process.stdout.write(JSON.stringify(await rates(server, folder, count)));
}
