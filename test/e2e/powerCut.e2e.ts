import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mail } from '../lab/imap';
import { polledEveryMinute } from '../lab/n8n/examples';
import { waitFor } from '../lab/n8n/wait';
import { World } from '../lab/n8n/world';
import { DURABLE, IN_MEMORY, reportWorkflow, settled } from './cursors';

const CUT = join(__dirname, '..', 'lab', 'n8n', 'cutPower.cjs');
/** What the poll holds in its hands when the power goes. */
const IN_HAND = ['In hand 1', 'In hand 2', 'In hand 3'];
const LONG = 600_000;

interface Outcome {
	diedOf: NodeJS.Signals | null;
	/** n8n died exactly where it should. */
	atThePoint: boolean;
	/** Reports after n8n was up again and had polled. */
	reports: string[];
	/** States of the executions then, the oldest first. */
	executions: string[];
	/** Reports after the same workflow was unpublished and published again. */
	afterRepublishing: string[];
	/** Reports after a second workflow had read the same folder with a look-back. */
	afterSecondWorkflow: string[];
}

/**
 * n8n dies between the two steps that a poll ends with: its cursor is stored, the execution is not (cutPower.cjs).
 * No chance is involved: three messages come in, n8n polls by its clock, and dies at that point.
 */
async function powerCut(settings: Record<string, string>): Promise<Outcome> {
	const folder = mkdtempSync(join(tmpdir(), 'email-intel-power-'));
	const armed = join(folder, 'armed');
	const world = await World.prepare({
		mailbox: { messages: [{ raw: mail({ subject: 'Before' }), date: new Date() }] },
		n8n: { env: settings },
	});
	const { n8n, imap, openCti } = world;
	const reports = () =>
		openCti
			.snapshot()
			.reports.map(({ name }) => name)
			.sort();
	const receive = (subject: string) => imap.append({ raw: mail({ subject }), date: new Date() });
	try {
		await world.startN8n({ NODE_OPTIONS: `--require=${CUT}`, LAB_CUT_POWER_WHEN: armed });
		const died = new Promise<NodeJS.Signals | null>((resolve) => n8n.onExit(resolve));
		const workflow = await n8n.api.createWorkflow(polledEveryMinute(reportWorkflow()));
		await n8n.api.activate(workflow);
		await waitFor('the report before', () => reports().includes('Before'), 120_000);
		await settled(n8n.api, workflow.id);

		// At once, so that one poll takes all three.
		IN_HAND.forEach(receive);
		writeFileSync(armed, '');
		const diedOf = await died;
		const atThePoint = n8n.logTail().includes('The lab cuts the power before the execution is written');

		receive('After');
		await n8n.start();
		await waitFor('the report after', () => reports().includes('After'), 240_000);
		await settled(n8n.api, workflow.id);
		const afterStart = reports();
		const executions = (await n8n.api.executions(workflow.id)).map(({ status }) => status).reverse();

		await n8n.api.deactivate(workflow.id);
		const { length: before } = imap.commands;
		await n8n.api.activate(workflow);
		await waitFor(
			'the poll of the activation',
			() => imap.commands.slice(before).some((command) => command.includes('LOGOUT')),
			60_000,
		);
		await settled(n8n.api, workflow.id);
		const afterRepublishing = reports();

		const second = await n8n.api.createWorkflow({
			...polledEveryMinute(reportWorkflow(), { firstRunLookBack: 'P1D' }),
			name: 'Catch up',
		});
		await n8n.api.activate(second);
		expect(await n8n.api.firstExecution(second.id)).toMatchObject({ status: 'success' });
		return { diedOf, atThePoint, reports: afterStart, executions, afterRepublishing, afterSecondWorkflow: reports() };
	} finally {
		await world.dispose();
		rmSync(folder, { recursive: true, force: true });
	}
}

// Both mostly wait for n8n's clock: they do it at the same time.
let durable: Promise<Outcome>;
let inMemory: Promise<Outcome>;

beforeAll(() => {
	durable = powerCut(DURABLE);
	inMemory = powerCut(IN_MEMORY);
	// Each test tells of its own failure.
	void Promise.allSettled([durable, inMemory]);
});
afterAll(async () => void (await Promise.allSettled([durable, inMemory])), LONG);

const all = ['After', 'Before', ...IN_HAND];

describe('n8n dies after the cursor is stored and before the execution is', () => {
	it(
		'without durable poll cursors: the messages of that one poll have no execution, and a second workflow brings them back',
		async () => {
			const outcome = await inMemory;
			expect(outcome).toEqual({
				diedOf: 'SIGKILL',
				atThePoint: true,
				reports: ['After', 'Before'],
				// Nothing to retry either.
				executions: ['success', 'success'],
				afterRepublishing: ['After', 'Before'],
				afterSecondWorkflow: all,
			});
		},
		LONG,
	);

	it(
		'with durable poll cursors: the poll is repeated, and nothing is lost or reported twice',
		async () => {
			const outcome = await durable;
			expect(outcome).toEqual({
				diedOf: 'SIGKILL',
				atThePoint: true,
				reports: all,
				executions: ['success', 'success'],
				afterRepublishing: all,
				afterSecondWorkflow: all,
			});
		},
		LONG,
	);
});
