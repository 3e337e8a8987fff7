/**
 * `npm run n8n`: a whole n8n with this package installed, the lab behind it, credentials and example workflows imported.
 * Everything but the working copy lives in the cache folder; the second start is quick.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleMessages } from '../test/engine/exampleWorkflow';
import { EmbeddedImap } from '../test/lab/imap';
import { cacheFolder } from '../test/lab/n8n/install';
import { labCredentials, importExamples } from '../test/lab/n8n/examples';
import { N8nServer } from '../test/lab/n8n/server';
import { OWNER } from '../test/lab/n8n/api';
import { startOpenCti } from '../test/lab/opencti';

const started = Date.now();
const say = (text: string) => process.stdout.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`);

async function main(): Promise<void> {
	const messages = exampleMessages();
	const received = Date.now() - 3_600_000;
	const imap = await EmbeddedImap.start({ messages: messages.map(({ raw }, index) => ({ raw, date: new Date(received + index * 60_000) })) });
	const platform = await startOpenCti();
	say(`The lab: a mailbox with ${messages.length} messages, and an OpenCTI`);

	const userFolder = join(cacheFolder, 'editor');
	const server = await N8nServer.prepare({ userFolder, port: Number(process.env.N8N_PORT ?? 5678), report: say });
	const file = join(userFolder, 'credentials.json');
	writeFileSync(file, JSON.stringify(labCredentials({ imap, openCti: platform })), { mode: 0o600 });
	say('Importing credentials');
	server.run(['import:credentials', `--input=${file}`]);
	say('Starting n8n');
	await server.start();
	await server.api.signIn();
	const imported = await importExamples(server.api);
	say(`Workflows: ${imported.join(', ')}`);
	process.stdout.write(`
    n8n       ${server.url}
    sign in   ${OWNER.email} / ${OWNER.password}
    log       ${server.logFile}

    Open a workflow and press "Execute workflow". Ctrl+C ends n8n and the lab.
`);
	const end = async () => {
		process.stdout.write('\n');
		say('Ending');
		await server.stop();
		await Promise.all([imap.close(), platform.close()]);
		process.exit(0);
	};
	process.once('SIGINT', () => void end());
	process.once('SIGTERM', () => void end());
}

main().catch((error: unknown) => {
	process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
});
