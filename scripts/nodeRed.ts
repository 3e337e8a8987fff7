/**
 * `npm run node-red`: a whole Node-RED with this package installed, the lab behind it, and the triage imported. Everything but the
 * working copy lives in the cache folder; the second start is quick.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../test/lab/n8n/install';
import { exampleFlow, exampleNames, withAccounts } from '../test/lab/nodeRed/flows';
import { NodeRedServer, type FlowEntry } from '../test/lab/nodeRed/server';
import { Peers } from '../test/lab/nodeRed/world';
import { portIsTaken } from '../test/lab/process/ports';

const DEFAULT_PORT = 1880;
const started = Date.now();
const say = (text: string) =>
	process.stdout.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`);

async function main(): Promise<void> {
	const port = Number(process.env.NODE_RED_PORT ?? DEFAULT_PORT);
	if (!Number.isInteger(port) || port < 1 || port > 65_535)
		throw new Error(`NODE_RED_PORT is no port: ${process.env.NODE_RED_PORT}`);
	if (await portIsTaken(port)) {
		throw new Error(
			`Port ${port} is taken, perhaps by a Node-RED that still runs. Choose another one: NODE_RED_PORT=${port + 1} npm run node-red`,
		);
	}
	let peers: Peers | undefined;
	let server: NodeRedServer | undefined;
	let ending = false;
	const end = async (code: number) => {
		if (ending) return;
		ending = true;
		if (code === 0) process.stdout.write('\n');
		say('Ending Node-RED and the lab');
		await server?.dispose();
		await peers?.close();
		process.exit(code);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
	try {
		peers = await Peers.start();
		say('The lab runs: mailboxes (IMAP, Microsoft 365), Cisco Secure Email and an OpenCTI, all on this machine');
		const userFolder = join(cacheFolder, 'node-red-editor');
		// The mailbox is a new one at each start, and no position is of it.
		rmSync(join(userFolder, 'context'), { recursive: true, force: true });
		server = await NodeRedServer.prepare({ userFolder, port, report: say });
		say('Starting Node-RED');
		await server.start();
		// What somebody built here before stays. The lab's addresses are new ones.
		const before = await server.ask<FlowEntry[]>('flows');
		const known = new Set(before.map(({ id }) => id));
		const flows = [...before, ...exampleFlow('Phishing triage').filter(({ id }) => !known.has(id))];
		await server.deploy(withAccounts(flows, peers.accounts));
		server.onExit(() => {
			if (ending) return;
			process.stdout.write(`${server!.logTail(20)}\n`);
			say('Node-RED ended by itself; the lines above are the last of its log');
			void end(1);
		});
		process.stdout.write(`
    Node-RED  ${server.url}
    log       ${server.logFile}
    OpenCTI   ${peers.openCti.url}

    The flow "Phishing triage" runs: each message of the lab's mailbox becomes a report, which the debug sidebar shows.
    Further examples: menu, Import, Examples (${exampleNames().join(', ')}).
    Ctrl+C ends Node-RED and the lab.
`);
	} catch (error) {
		if (ending) return;
		process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
		await end(1);
	}
}

main().catch((error: unknown) => {
	process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
});
