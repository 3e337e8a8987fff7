import { mail, TcpProxy } from '../lab/imap';
import { labCredentials, polledEveryMinute, storeCredentials } from '../lab/n8n/examples';
import { waitFor } from '../lab/n8n/wait';
import { World } from '../lab/n8n/world';
import { DURABLE, IN_MEMORY, reportWorkflow, settled } from './cursors';

const MESSAGES = 500;
const KILLS = 4;
const SEED = 20_261_122;
const LONG = 900_000;

/** mulberry32: the same moments in every run. */
function seeded(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

interface Outcome {
	/** Messages without a report when all executions had ended. */
	waiting: string[];
	/** Executions that n8n lists as crashed. */
	crashed: number;
	/** Messages without a report after those were retried. */
	lost: string[];
	/** Names of reports that are there more than once. */
	doubled: string[];
}

/** Messages arrive one by one while n8n is killed at seeded moments: in the middle of a poll, or of the reports. */
async function killed(settings: Record<string, string>): Promise<Outcome> {
	const random = seeded(SEED);
	const world = await World.prepare({ mailbox: {}, n8n: { env: settings } });
	const { n8n, imap, openCti } = world;
	const subjects = Array.from({ length: MESSAGES }, (_, index) => `Message ${String(index + 1).padStart(4, '0')}`);
	let arrived = 0;
	/** Up to this many messages, of all. */
	const arrive = (upTo: number) => {
		for (; arrived < Math.min(upTo, MESSAGES); arrived++) imap.append(mail({ subject: subjects[arrived]! }));
	};
	const share = Math.floor(MESSAGES / (KILLS + 1));
	try {
		await world.startN8n();
		const workflow = await n8n.api.createWorkflow(polledEveryMinute(reportWorkflow(), { messagesPerPoll: MESSAGES }));
		await n8n.api.activate(workflow);
		await n8n.stop();
		for (let kill = 0; kill < KILLS; kill++) {
			const end = (kill + 1) * share;
			// Half of them while n8n is down, the others one by one while it runs.
			arrive(end - Math.floor(share / 2));
			const late = setInterval(() => arrive(Math.min(arrived + 1, end)), 100);
			const { length: requests } = openCti.requests;
			const { length: commands } = imap.commands;
			// Odd ones while mail is read, even ones while reports are written.
			const reading = kill % 2 === 1;
			const enough = reading ? 4 + random(8) : 1 + random(share);
			await n8n.start();
			await waitFor(
				`kill ${kill + 1}`,
				() => (reading ? imap.commands.length - commands : openCti.requests.length - requests) >= enough,
				240_000,
				5,
			);
			await n8n.stop('SIGKILL');
			clearInterval(late);
			arrive(end);
		}
		arrive(MESSAGES);
		await n8n.start();
		const missing = () => {
			const names = new Set(openCti.snapshot().reports.map(({ name }) => name));
			return subjects.filter((subject) => !names.has(subject));
		};
		await waitFor('the last message', () => !missing().includes(subjects.at(-1)!), 300_000);
		await settled(n8n.api, workflow.id);
		const waiting = missing();
		const crashed = (await n8n.api.executions(workflow.id)).filter(({ status }) => status === 'crashed');
		for (const { id } of crashed) await n8n.api.retry(id);
		await settled(n8n.api, workflow.id);
		const names = openCti.snapshot().reports.map(({ name }) => name);
		return {
			waiting,
			crashed: crashed.length,
			lost: missing(),
			doubled: names.filter((name, index) => names.indexOf(name) !== index),
		};
	} finally {
		await world.dispose();
	}
}

const tell = (name: string, { waiting, crashed, lost, doubled }: Outcome) =>
	process.stdout.write(
		`${name}: ${MESSAGES} messages, ${KILLS} kills; ${crashed} executions crashed, with ${waiting.length} messages not yet reported; after their retry ${lost.length} without a report, ${doubled.length} reported twice\n`,
	);

/** n8n starts while the mail server is down; nobody touches anything. Gives what was reported before, during and after. */
async function outage(): Promise<{ failedPolls: boolean; during: string[]; after: string[] }> {
	const world = await World.prepare({
		mailbox: { messages: [{ raw: mail({ subject: 'Before the outage' }) }] },
		n8n: { env: IN_MEMORY },
	});
	const reports = () => world.openCti.snapshot().reports.map(({ name }) => name);
	let way = await TcpProxy.start(world.imap);
	try {
		const { n8n } = world;
		const { user, password } = world.imap;
		await n8n.start();
		await n8n.api.signIn();
		const { openCti, microsoft, appliance } = world;
		const peers = { openCti, microsoft, appliance, imap: { host: way.host, port: way.port, user, password } };
		await storeCredentials(n8n.api, labCredentials(peers));
		const workflow = await n8n.api.createWorkflow(polledEveryMinute(reportWorkflow()));
		await n8n.api.activate(workflow);
		await waitFor('the report before the outage', () => reports().includes('Before the outage'), 120_000);
		await settled(n8n.api, workflow.id);
		await n8n.stop();

		const { port } = way;
		await way.close();
		world.imap.append(mail({ subject: 'During the outage' }));
		await n8n.start();
		await waitFor(
			"the trigger's warning",
			() => /first poll failed and will be repeated/.test(n8n.logTail(200)),
			120_000,
		);
		const failed = async () => (await n8n.api.executions(workflow.id)).some(({ status }) => status === 'error');
		await waitFor('a failed execution', failed, 150_000);
		const during = reports();

		way = await TcpProxy.start(world.imap, port);
		await waitFor('the report after the outage', () => reports().includes('During the outage'), 150_000);
		await settled(n8n.api, workflow.id);
		return { failedPolls: await failed(), during, after: reports() };
	} finally {
		await way.close();
		await world.dispose();
	}
}

// All three mostly wait for n8n's clock: they do it at the same time.
let durable: Promise<Outcome>;
let inMemory: Promise<Outcome>;
let down: ReturnType<typeof outage>;

beforeAll(() => {
	durable = killed(DURABLE);
	inMemory = killed(IN_MEMORY);
	down = outage();
	// Each test tells of its own failure.
	void Promise.allSettled([durable, inMemory, down]);
});
afterAll(async () => void (await Promise.allSettled([durable, inMemory, down])), LONG);

describe('the mail server is down when n8n starts', () => {
	it(
		'polls fail where users see it, the trigger comes back by itself, and what came meanwhile is reported',
		async () => {
			const { failedPolls, during, after } = await down;
			expect(failedPolls).toBe(true);
			expect(during).toEqual(['Before the outage']);
			expect(after).toEqual(['Before the outage', 'During the outage']);
		},
		LONG,
	);
});

describe('n8n is killed while messages arrive', () => {
	it(
		'with durable poll cursors: no message is lost and none is reported twice',
		async () => {
			const outcome = await durable;
			tell('durable cursors', outcome);
			// The kills did hit: executions died with messages in their hands, and those were retried.
			expect(outcome.crashed).toBeGreaterThan(0);
			expect(outcome.waiting.length).toBeGreaterThan(0);
			expect({ lost: outcome.lost, doubled: outcome.doubled }).toEqual({ lost: [], doubled: [] });
		},
		LONG,
	);

	it(
		'without them: no message is reported twice, and what is missing was in the hands of the n8n that died',
		async () => {
			const outcome = await inMemory;
			tell('cursors in memory', outcome);
			expect(outcome.crashed).toBeGreaterThan(0);
			expect(outcome.waiting.length).toBeGreaterThan(outcome.lost.length);
			expect(outcome.doubled).toEqual([]);
		},
		LONG,
	);
});
