// The triage example through a real n8n in queue mode: mails a second, and what each part of the way takes of a mail's time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inspected, readProfile } from './n8n/profile.mjs';

const require = createRequire(import.meta.url);
/** Of each round. */
const MAILS = 200;
/** Of the one that is profiled: one execution after the other. */
const PROFILED = 100;
/** Each poll is one execution, on one worker. */
const PER_POLL = 20;
const EVERY_SECONDS = 1;
/** Executions of a worker at once: n8n's default. */
const CONCURRENCY = 10;
/** Milliseconds of each request. */
const NO_LATENCY = { opencti: 0, esa: 0 };
const LATENCY = { opencti: 100, esa: 300 };
const LATENCIES = [
	['no latency', NO_LATENCY],
	[`${LATENCY.opencti} ms to OpenCTI, ${LATENCY.esa} ms to the appliance`, LATENCY],
];
/** Parts of the profile below that share of it go together. */
const LEAST_SHARE = 0.01;
const PROFILE = new URL('results/queue.cpuprofile', import.meta.url);

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

const rounded = (figure) => Number(figure.toFixed(figure < 10 ? 2 : 1));

function reportRound(report, what, round) {
	report(`${what}: mails`, rounded(MAILS / round.seconds), 'mails/s');
	report(`${what}: from the first delivery to the last answer`, rounded(round.seconds), 's');
	const processes = Object.entries(round.processor);
	for (const [name, ms] of processes) report(`${what}: processor, ${name}`, rounded(ms / MAILS), 'ms a mail');
	if (processes.length > 0)
		report(`${what}: processor, all of it`, rounded(sum(processes.map(([, ms]) => ms)) / MAILS), 'ms a mail');
}

/** What n8n itself adds to a round: how long executions wait for a worker and are saved, and what of them is kept. */
function reportKept(report, what, { executions, written, transactions, files }) {
	const typical = (of) => rounded(median(executions.map(of)));
	report(
		`${what}: an execution of ${PER_POLL} mails, until a worker has it, median`,
		typical(({ created, picked }) => picked - created),
		'ms',
	);
	report(
		`${what}: until it is saved, median`,
		typical(({ stopped, finished }) => finished - stopped),
		'ms',
	);
	const kilobytes = (bytes) => rounded(bytes / MAILS / 1_000);
	report(`${what}: data of executions as text`, kilobytes(sum(executions.map((one) => one.text_bytes))), 'KB a mail');
	report(
		`${what}: the same in the database, compressed`,
		kilobytes(sum(executions.map((one) => one.stored_bytes))),
		'KB a mail',
	);
	report(`${what}: written to the log of the database`, kilobytes(written), 'KB a mail');
	report(`${what}: files in n8n's binary store`, rounded(files.count / MAILS), 'a mail');
	report(`${what}: transactions of the database`, rounded(transactions / MAILS), 'a mail');
}

function reportProfile(report, { profile, executions, requests }) {
	// There is one slot: what lies between the end of an execution and the next one is taking that from the queue and reading its data.
	const inOrder = [...executions].sort((one, other) => one.picked - other.picked);
	const windows = inOrder.flatMap(({ nodes, created, picked, stopped, finished }, at) => [
		{
			name: 'n8n takes it from the queue and reads its data',
			from: Math.max(created, inOrder[at - 1]?.finished ?? 0),
			to: picked,
		},
		{ name: "n8n's engine before the first node", from: picked, to: nodes[0].from },
		...nodes.map(({ name, from, ms }) => ({ name, from, to: from + ms })),
		{ name: 'n8n saves it', from: stopped, to: finished },
	]);
	const { whole, inside } = readProfile(profile, windows);
	const perMail = (time) => rounded(time / PROFILED / 1_000);
	const timeOf = (owners, isOne) => sum([...owners].filter(([owner]) => isOne(owner)).map(([, time]) => time));
	const isWork = (owner) => owner !== 'idle';
	for (const [name, owners] of inside) {
		const what = `one execution at a time: ${name}`;
		report(what, perMail(timeOf(owners, () => true)), 'ms a mail');
		report(`${what}, of which work`, perMail(timeOf(owners, isWork)), 'ms a mail');
		const ofN8n = timeOf(owners, (owner) => owner.startsWith('n8n:'));
		report(`${what}, of which n8n's own code`, perMail(ofN8n), 'ms a mail');
		report(`${what}, of which waiting`, perMail(owners.get('idle') ?? 0), 'ms a mail');
	}
	report('one execution at a time: requests to OpenCTI', rounded(requests.opencti / PROFILED), 'a mail');
	report('one execution at a time: requests to the appliance', rounded(requests.esa / PROFILED), 'a mail');
	const busy = timeOf(whole, isWork);
	report('profile: the worker works', perMail(busy), 'ms a mail');
	const share = (time) => rounded((100 * time) / busy);
	let others = 0;
	for (const [owner, time] of [...whole].sort(([, one], [, other]) => other - one)) {
		if (!isWork(owner)) continue;
		if (time < busy * LEAST_SHARE) others += time;
		else report(`profile: ${owner}`, share(time), '%');
	}
	report(`profile: parts of less than ${100 * LEAST_SHARE} %, together`, share(others), '%');
	mkdirSync(new URL('.', PROFILE), { recursive: true });
	writeFileSync(PROFILE, JSON.stringify(profile));
}

/** What is not there, in words; undefined when all is. */
function missing() {
	const { binaryOf } = require('../test/lab/n8n/binaries.ts');
	const { n8nFolder } = require('../test/lab/n8n/install.ts');
	const { wantedN8n } = require('../test/lab/n8n/version.ts');
	const programs = ['redis-server', 'postgres'].filter((program) => binaryOf(program) === undefined);
	if (programs.length > 0) return `${programs.join(' and ')} not found (apt-get install redis-server postgresql)`;
	if (n8nFolder() === undefined) return `n8n ${wantedN8n()} is not installed (npm run n8n installs it)`;
	return undefined;
}

/** `report` is what `result/part.mjs` makes. */
export async function run(report) {
	const lacking = missing();
	if (lacking !== undefined) {
		report.notMeasured('the triage example through n8n in queue mode', lacking);
		return;
	}
	const { Pipeline } = await import('./n8n/pipeline.mjs');
	const { freePort } = require('../test/lab/process/ports.ts');
	const pipeline = await Pipeline.start();
	const round = async (settings) =>
		await pipeline.round({ mails: MAILS, perPoll: PER_POLL, everySeconds: EVERY_SECONDS, ...settings });
	/** What is loaded and compiled once is no part of the figures. */
	const warmUp = async () => await round({ mails: 4 * PER_POLL, delays: NO_LATENCY });
	// n8n's processes would live on.
	for (const signal of ['SIGINT', 'SIGTERM'])
		process.once(signal, () => void pipeline.stop().finally(() => process.exit(1)));
	try {
		await pipeline.addWorker({ concurrency: CONCURRENCY });
		await warmUp();
		const [first, second] = LATENCIES;
		const direct = await round({ delays: first[1] });
		reportRound(report, `one worker, ${first[0]}`, direct);
		reportRound(report, `one worker, ${second[0]}`, await round({ delays: second[1] }));
		const empty = await round({ delays: NO_LATENCY, empty: true });
		reportRound(
			report,
			`one worker, n8n's No Operation instead of the four nodes (at most ${PER_POLL / EVERY_SECONDS})`,
			empty,
		);
		reportKept(report, 'what n8n keeps', direct);
		reportKept(report, 'what n8n keeps with No Operation', empty);
		await pipeline.addWorker({ concurrency: CONCURRENCY });
		await warmUp();
		for (const [what, delays] of LATENCIES) reportRound(report, `two workers, ${what}`, await round({ delays }));
		await pipeline.removeWorkers();
		const profilePort = await freePort();
		await pipeline.addWorker({ concurrency: 1, env: inspected(profilePort) });
		await warmUp();
		reportProfile(report, await round({ mails: PROFILED, delays: LATENCY, profilePort }));
	} finally {
		await pipeline.stop();
	}
}
