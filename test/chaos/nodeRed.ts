import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedImap } from '../lab/imap';
import { exampleFlow, impatient, withAccounts } from '../lab/nodeRed/flows';
import { nodeRedFolder, packageFolder } from '../lab/nodeRed/install';
import { NodeRedServer, type FlowEntry } from '../lab/nodeRed/server';
import { startOpenCti } from '../lab/opencti';
import { generator, type ChaosEnd, type ChaosSettings, type ChaosTarget } from './target';

/** Power cuts of a whole story. */
const KILLS = 20;
/** Nothing happens for so long: the story is at its end, or stuck. */
const QUIET_MS = 60_000;

/**
 * A real Node-RED with the packed package: mailbox in → opencti report → mailbox ack. Messages arrive in waves; between arrival and
 * acknowledgement Node-RED is killed, again and again. Every message has to become a report, and no two.
 */
export const nodeRedChaos: ChaosTarget = { name: 'node-red', standard: 5_000, short: 200, missing, run };

function missing(): string | undefined {
	if (nodeRedFolder() === undefined)
		return 'Node-RED is not installed. Get it with: node scripts/toolchain.mjs install-node-red';
	if (!existsSync(join(packageFolder, 'dist'))) return 'The package is not built. Build it with: npm run build';
	return undefined;
}

async function run({ deliveries, seed, progress, tell }: ChaosSettings): Promise<ChaosEnd> {
	const random = generator(seed);
	const imap = await EmbeddedImap.start({ messages: [] });
	const openCti = await startOpenCti();
	const server = await NodeRedServer.prepare({ report: tell ?? (() => {}) });
	const names = Array.from({ length: deliveries }, (_, index) => `delivery ${index}`);
	const tally: Record<string, number> = { deliveries, kills: 0, 'in the flow at a kill': 0 };
	const reports = () => openCti.snapshot().reports;
	try {
		await server.start();
		await server.deploy(withAccounts(triage(), { imap, openCti }));
		let arrived = 0;
		const killAt = new Set(Array.from({ length: KILLS }, (_, kill) => Math.floor(((kill + 0.5) * deliveries) / KILLS)));
		const deliver = (count: number) => {
			for (const [index, name] of names.slice(arrived, arrived + count).entries())
				imap.append(message(name, arrived + index));
			arrived = Math.min(deliveries, arrived + count);
		};
		let [known, changedAt] = [0, Date.now()];
		while (reports().length < deliveries) {
			const count = reports().length;
			if (count !== known) [known, changedAt] = [count, Date.now()];
			if (Date.now() - changedAt > QUIET_MS) break;
			if (arrived < deliveries && arrived - count < 200) {
				deliver(1 + Math.floor(random() * 100));
				progress?.(arrived);
			}
			const due = [...killAt].filter((at) => at <= count);
			if (due.length > 0) {
				killAt.delete(due[0]!);
				tell?.(`kill behind ${count} reports, ${arrived} arrived`);
				tally.kills!++;
				tally['in the flow at a kill']! += Math.min(arrived - count, 50);
				await server.stop('SIGKILL');
				await server.start();
				changedAt = Date.now();
			}
			await new Promise((resolve) => setTimeout(resolve, 20 + random() * 80));
		}
		// What is on its way still may make a second report.
		await new Promise((resolve) => setTimeout(resolve, 3_000));
	} finally {
		await server.dispose();
		await imap.close();
		await openCti.close();
	}
	const made = new Map<string, number>();
	for (const { name } of reports()) made.set(name, (made.get(name) ?? 0) + 1);
	tally.reports = reports().length;
	return {
		lost: names.filter((name) => !made.has(name)),
		doubled: names.filter((name) => (made.get(name) ?? 0) > 1),
		repeated: 0,
		tally,
	};
}

/** The example, without what makes a report long. */
function triage(): FlowEntry[] {
	return impatient(exampleFlow('opencti report'), { maxInFlight: '50' }).map((entry) =>
		entry.type === 'email-intel-opencti-report' ? { ...entry, contents: 'none' } : entry,
	);
}

const message = (name: string, number: number): { raw: string; date: Date } => ({
	date: new Date(Date.now() - 1_000),
	raw: `From: a@example.com\r\nTo: b@example.com\r\nSubject: ${name}\r\nMessage-ID: <${number}@example.com>\r\nDate: ${new Date(
		Date.parse('2026-11-20T00:00:00Z') + number * 1_000,
	).toUTCString()}\r\n\r\nIt is number ${number}.\r\n`,
});
