/**
 * `npm run demo -- --dovecot`: a real mail server, mail by its own delivery agent, and the engine as a process of its own.
 * Both are ended in the middle and started again. Every message becomes one report, and none is marked as read.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleMessages } from '../../test/engine/exampleWorkflow';
import { Dovecot, dovecotBinary } from '../../test/lab/imap';
import { startOpenCti } from '../../test/lab/opencti';
import type { EngineAnswer, EngineCommand, EngineSettings } from './engineProcess';
import { printRows, say, step } from './print';

const FOLDER = 'Threat reports';

/** n8n's engine in a process of its own. */
class Engine {
	readonly #child: ChildProcess;
	/** Rejects when the process ends. */
	readonly #ended: Promise<never>;

	private constructor(child: ChildProcess, ended: Promise<never>) {
		this.#child = child;
		this.#ended = ended;
	}

	static async start(settings: EngineSettings): Promise<Engine> {
		const child = fork(join(__dirname, 'engineProcess.ts'), [JSON.stringify(settings)], {
			execArgv: ['--import', 'tsx'],
		});
		const ended = once(child, 'exit').then(([code]): never => {
			throw new Error(`The engine's process has ended (${String(code)})`);
		});
		ended.catch(() => undefined);
		await Promise.race([once(child, 'message'), ended]);
		return new Engine(child, ended);
	}

	async run(command: EngineCommand): Promise<EngineAnswer> {
		const answer = once(this.#child, 'message');
		this.#child.send(command);
		return ((await Promise.race([answer, this.#ended])) as [EngineAnswer])[0];
	}

	/** As a power cut ends it. */
	async kill(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.#ended.catch(() => undefined);
	}
}

interface Row {
	what: string;
	delivered: string;
	'handed over': string;
	'new reports': string;
	'ms, poll to report': string;
	'position, bytes': string;
}

/** Exit code of the demo. */
export async function restartDemo(): Promise<number> {
	if (dovecotBinary() === undefined) {
		say(
			'This demo needs Dovecot 2.3 (Debian and Ubuntu: apt-get install dovecot-imapd). `npm run demo` needs nothing.',
		);
		return 1;
	}
	step('Starting Dovecot and an OpenCTI platform on this machine');
	const dovecot = await Dovecot.start();
	const platform = await startOpenCti();
	const home = mkdtempSync(join(tmpdir(), 'email-intel-demo-'));
	let engine: Engine | undefined;
	try {
		say(
			`    imaps://${dovecot.host}:${dovecot.tlsPort}, folder '${FOLDER}' of ${dovecot.user}, with a certificate of its own authority`,
		);
		say(`    ${platform.url}, OpenCTI`);
		const settings: EngineSettings = {
			credentials: {
				emailIntelImapApi: {
					host: dovecot.host,
					port: dovecot.tlsPort,
					security: 'tls',
					user: dovecot.user,
					password: dovecot.password,
					caCertificate: dovecot.ca,
					verifyTls: true,
				},
				emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
			},
			folder: FOLDER,
			database: join(home, 'workflow.json'),
		};

		const waiting = exampleMessages();
		const total = waiting.length;
		const rows: Row[] = [];
		const problems: string[] = [];
		let handedOver = 0;
		let delivered = 0;
		const deliver = async (count: number) => {
			for (const { raw } of waiting.splice(0, count)) {
				await dovecot.deliverByAgent(raw, FOLDER);
				delivered++;
			}
			say(`    dovecot-lda delivered ${count} message${count === 1 ? '' : 's'} into '${FOLDER}'`);
		};
		const run = async (what: string, command: EngineCommand, expected: number, unreachable = false) => {
			const answer = await engine!.run(command);
			handedOver += answer.messages.length;
			if (answer.messages.length !== expected || answer.created !== expected || answer.failed > 0)
				problems.push(`${what}: ${expected} expected`);
			if ((answer.error !== undefined) !== unreachable)
				problems.push(`${what}: ${answer.error ?? 'no error was told'}`);
			const told = answer.error === undefined ? '' : `; told: ${answer.error}`;
			say(`    ${what}: ${answer.messages.length} handed over, ${answer.created} new reports${told}`);
			for (const subject of answer.messages) say(`        ${subject}`);
			rows.push({
				what,
				delivered: String(delivered),
				'handed over': String(answer.messages.length),
				'new reports': String(answer.created),
				'ms, poll to report': answer.milliseconds.toFixed(0),
				'position, bytes': String(answer.position),
			});
		};

		step("Mail arrives; n8n's engine starts examples/threat-report-mailbox.json");
		await deliver(6);
		engine = await Engine.start(settings);
		await run('first poll', 'activate', 6);
		await run('nothing has come', 'poll', 0);
		step('More mail arrives');
		await deliver(2);
		await run('next poll', 'poll', 2);

		step('The engine is killed (SIGKILL), and Dovecot too');
		await engine.kill();
		await dovecot.halt();
		step('The engine starts again with the position it had saved; the mail server is still down');
		engine = await Engine.start(settings);
		await run('start without mail server', 'activate', 0);
		await run('poll without mail server', 'poll', 0, true);
		step('Dovecot starts again, and more mail arrives');
		await dovecot.resume();
		await deliver(3);
		await run('poll after both restarts', 'poll', 3);
		await run('nothing has come', 'poll', 0);
		step('The engine is killed once more; mail arrives in the meantime');
		await engine.kill();
		await deliver(waiting.length);
		engine = await Engine.start(settings);
		await run('first poll of the third life', 'activate', total - 11);
		await run('nothing has come', 'poll', 0);

		const { reports } = platform.snapshot();
		const flags = dovecot.flags(FOLDER);
		const seen = flags.filter((letters) => letters.includes('S')).length;
		step('Done');
		say('');
		printRows(
			{
				what: 40,
				delivered: 10,
				'handed over': 12,
				'new reports': 12,
				'ms, poll to report': 20,
				'position, bytes': 16,
			},
			rows,
		);
		say(`\n    delivered ${delivered}, handed over ${handedOver}, reports on the platform ${reports.length}`);
		say(
			`    messages in the folder ${flags.length}, marked as read ${seen}; the engine was killed 2 times, Dovecot once`,
		);
		if (handedOver !== total || delivered !== total || reports.length !== total)
			problems.push(`${total} messages, ${handedOver} handed over, ${reports.length} reports`);
		if (flags.length !== total || seen > 0)
			problems.push(`${flags.length} of ${total} messages in the folder, ${seen} marked as read`);
		for (const problem of problems) say(`    NOT AS IT SHOULD BE: ${problem}`);
		return problems.length === 0 ? 0 : 1;
	} finally {
		await engine?.kill();
		await dovecot.stop();
		await platform.close();
		rmSync(home, { recursive: true, force: true });
	}
}
