/**
 * `npm run n8n`: a whole n8n with this package installed, the lab behind it, credentials and example workflows imported.
 * Everything but the working copy lives in the cache folder; the second start is quick.
 */
import { join } from 'node:path';
import { OWNER } from '../test/lab/n8n/api';
import { importExamples } from '../test/lab/n8n/examples';
import { cacheFolder } from '../test/lab/n8n/install';
import { portIsTaken } from '../test/lab/n8n/server';
import { World } from '../test/lab/n8n/world';

const started = Date.now();
const say = (text: string) =>
	process.stdout.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`);

async function main(): Promise<void> {
	const port = Number(process.env.N8N_PORT ?? 5678);
	if (!Number.isInteger(port) || port < 1 || port > 65_535)
		throw new Error(`N8N_PORT is no port: ${process.env.N8N_PORT}`);
	if (await portIsTaken(port)) {
		throw new Error(
			`Port ${port} is taken, perhaps by an n8n that still runs. Choose another one: N8N_PORT=${port === 5678 ? 5690 : 5678} npm run n8n`,
		);
	}
	let world: World | undefined;
	let ending = false;
	const end = async (code: number) => {
		if (ending) return;
		ending = true;
		if (code === 0) process.stdout.write('\n');
		say('Ending n8n and the lab');
		await world?.dispose();
		process.exit(code);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
	try {
		world = await World.prepare({ n8n: { userFolder: join(cacheFolder, 'editor'), port, report: say } });
		say('The lab runs: mailboxes (IMAP, Gmail, Microsoft 365), Cisco Secure Email and an OpenCTI, all on this machine');
		say('Starting n8n');
		await world.startN8n();
		const { n8n } = world;
		const imported = await importExamples(n8n.api, world.sink.url);
		say(`Workflows: ${imported.join(', ')}`);
		n8n.onExit(() => {
			if (ending) return;
			process.stdout.write(`${n8n.logTail(20)}\n`);
			say('n8n ended by itself; the lines above are the last of its log');
			void end(1);
		});
		process.stdout.write(`
    n8n       ${n8n.url}
    sign in   ${OWNER.email} / ${OWNER.password}
    log       ${n8n.logFile}
    OpenCTI   ${world.openCti.url}

    Open a workflow and press "Execute workflow". Ctrl+C ends n8n and the lab.
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
