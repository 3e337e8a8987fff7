// A real n8n in queue mode, and what the triage example talks to: a mailbox, a platform and an appliance of the lab, each request to these two
// as late as told.
import { parse } from 'flatted';
import { createRequire } from 'node:module';
import { startDelayed } from '../network/delayed.mjs';
import { phishing } from '../mail/phishing.mjs';
import { openDatabase } from './database.mjs';
import { canMeasure, childNamed, processorOf } from './processor.mjs';
import { startProfile } from './profile.mjs';

const require = createRequire(import.meta.url);
const { EmbeddedImap } = require('../../test/lab/imap/index.ts');
const { exampleWorkflows, polledEverySeconds, storeCredentials } = require('../../test/lab/n8n/examples.ts');
const { N8nWorker, QueueServices } = require('../../test/lab/n8n/queue.ts');
const { N8nServer } = require('../../test/lab/n8n/server.ts');
const { waitFor } = require('../../test/lab/n8n/wait.ts');

const TRIAGE = 'Phishing triage with a hunt';
const CONNECTION = { caCertificate: '', verifyTls: true, proxy: '' };
const TIMEOUT_MS = 900_000;

/** The same workflow with n8n's node that does nothing instead of each node behind the trigger. */
const emptied = (workflow) => ({
	...workflow,
	nodes: workflow.nodes.map(({ id, name, type, position, ...node }) =>
		type.startsWith('n8n-nodes-email-intel.') && node.parameters.pollTimes === undefined
			? { id, name, type: 'n8n-nodes-base.noOp', typeVersion: 1, position, parameters: {} }
			: { id, name, type, position, ...node },
	),
});

export class Pipeline {
	#services;
	#server;
	#database;
	#workers = [];
	#rounds = 0;

	/** Starts all but workers. */
	static async start() {
		const pipeline = new Pipeline();
		try {
			pipeline.#services = await QueueServices.start();
			// With the time in front of each line.
			const env = { ...pipeline.#services.env, N8N_LOG_FORMAT: 'json' };
			pipeline.#server = await N8nServer.prepare({ env });
			await pipeline.#server.start();
			await pipeline.#server.api.signIn();
			pipeline.#database = await openDatabase(pipeline.#server.installation, {
				host: env.DB_POSTGRESDB_HOST,
				port: Number(env.DB_POSTGRESDB_PORT),
				user: env.DB_POSTGRESDB_USER,
				database: env.DB_POSTGRESDB_DATABASE,
			});
			return pipeline;
		} catch (error) {
			await pipeline.stop();
			throw error;
		}
	}

	/** One more, which takes part from now on. */
	async addWorker({ concurrency, env = {} }) {
		const worker = await N8nWorker.prepare(this.#server, { concurrency, env });
		this.#workers.push(worker);
		await worker.start();
	}

	async removeWorkers() {
		await Promise.all(this.#workers.splice(0).map(async (worker) => await worker.dispose()));
	}

	async stop() {
		await this.removeWorkers();
		await this.#database?.close();
		await this.#server?.dispose();
		await this.#services?.stop();
	}

	/**
	 * So many mails come in at once; ends when all executions have ended. Every mail must have made one report, unless the workflow is
	 * `empty`, which makes none. `profilePort`: of the one worker that is profiled meanwhile.
	 */
	async round({ mails, perPoll, everySeconds, delays, empty = false, profilePort }) {
		const peers = { imap: await EmbeddedImap.start({ user: 'intel@soc.example.org' }) };
		try {
			peers.opencti = await startDelayed('opencti', delays.opencti);
			peers.esa = await startDelayed('esa', delays.esa);
			const workflow = await this.#activate(peers, { perPoll, everySeconds, empty });
			const before = await this.#look();
			const stopProfile = profilePort === undefined ? undefined : await startProfile(profilePort);
			const begin = Date.now();
			for (const raw of phishing(mails)) peers.imap.append({ raw });
			await this.#untilDone(workflow.id, mails, perPoll);
			const profile = await stopProfile?.();
			const after = await this.#look();
			const platform = await peers.opencti.look();
			const executions = await this.#executions(workflow.id);
			const failed = executions.filter(({ status }) => status !== 'success');
			if (failed.length > 0)
				throw new Error(
					`${failed.length} executions ended as ${failed[0].status}: ${failed[0].trouble ?? 'n8n does not say why'}`,
				);
			const items = executions.reduce((sum, one) => sum + one.items, 0);
			if (items !== mails) throw new Error(`${mails} mails came in, and ${items} were worked on`);
			if (!empty) expectOneReportEach(platform.reports, mails);
			const end = empty ? Math.max(...executions.map(({ finished }) => finished)) : platform.lastAt;
			return {
				seconds: (end - begin) / 1_000,
				executions,
				profile,
				requests: { opencti: platform.count, esa: (await peers.esa.look()).count },
				processor: Object.fromEntries(
					Object.entries(after.processor).map(([name, ms]) => [name, ms - before.processor[name]]),
				),
				written: after.written - before.written,
				transactions: after.transactions - before.transactions,
				files: { count: after.files.count - before.files.count, bytes: after.files.bytes - before.files.bytes },
			};
		} finally {
			await peers.opencti?.stop();
			await peers.esa?.stop();
			await peers.imap.close();
		}
	}

	async #activate({ imap, opencti, esa }, { perPoll, everySeconds, empty }) {
		const { api } = this.#server;
		const { host, port, user, password } = imap;
		await storeCredentials(api, [
			{
				name: 'Threat intel mailbox',
				type: 'emailIntelImapApi',
				data: { host, port, user, password, security: 'none', ...CONNECTION },
			},
			{ name: 'OpenCTI', type: 'emailIntelOpenCtiApi', data: { ...opencti.login, ...CONNECTION } },
			{
				name: 'Cisco Secure Email',
				type: 'emailIntelCiscoEsaApi',
				data: { ...esa.login, product: 'ESA', ...CONNECTION },
			},
		]);
		const example = exampleWorkflows().find(({ name }) => name === TRIAGE);
		const polled = polledEverySeconds(empty ? emptied(example) : example, everySeconds, { messagesPerPoll: perPoll });
		// Its log of executions is its own.
		const workflow = await api.createWorkflow({ ...polled, name: `Round ${++this.#rounds}` });
		await api.activate(workflow);
		return workflow;
	}

	/** The trigger stops as soon as all mails are on their way: polls that find nothing are no part of what a mail takes. */
	async #untilDone(workflowId, mails, perPoll) {
		const { api } = this.#server;
		const polls = Math.ceil(mails / perPoll);
		const fetched = async () => (await this.#database.executions(workflowId)).length >= polls;
		await waitFor(`${polls} polls`, fetched, TIMEOUT_MS, 100);
		await api.deactivate(workflowId);
		const ended = async () => {
			const logs = this.#logged();
			return (await this.#database.executions(workflowId)).every(
				({ id, status }) => ENDED.includes(status) && logs.get(id)?.some(({ what }) => what === 'finished'),
			);
		};
		await waitFor(`the end of ${polls} executions`, ended, TIMEOUT_MS, 250);
	}

	/** What the workers logged of each execution. */
	#logged() {
		return Map.groupBy(
			this.#workers.flatMap((worker) => [...timesOf(worker.log())]),
			({ id }) => id,
		);
	}

	/** Executions with what workers logged of them and how long each node took. */
	async #executions(workflowId) {
		const logged = this.#logged();
		const executions = [];
		for (const row of await this.#database.executions(workflowId)) {
			const { runData, error, lastNodeExecuted } = parse(await this.#database.data(row.id)).resultData;
			const trouble = error && [`${lastNodeExecuted}: ${error.message}`, error.description].filter(Boolean).join(' ');
			const nodes = Object.entries(runData).map(([name, [run]]) => ({
				name,
				from: run.startTime,
				ms: run.executionTime,
			}));
			const at = (what) => logged.get(row.id).findLast((one) => one.what === what).at;
			const items = runData['IMAP Mailbox Trigger'][0].data.main[0].length;
			executions.push({ ...row, trouble, items, nodes, picked: at('started'), finished: at('finished') });
		}
		return executions;
	}

	async #look() {
		return {
			processor: canMeasure ? this.#processor() : {},
			written: await this.#database.written(),
			transactions: await this.#database.transactions(),
			files: await this.#database.files(),
		};
	}

	/** Milliseconds of each process so far. The lab lives in this one, and the bench itself only waits. */
	#processor() {
		const { user, system } = process.cpuUsage();
		return {
			'n8n, main process': processorOf(this.#server.pid),
			'n8n, workers': this.#workers.reduce((sum, { pid }) => sum + processorOf(pid), 0),
			PostgreSQL: processorOf(childNamed('postgres')),
			Redis: processorOf(childNamed('redis')),
			'the lab: mailbox, platform, appliance': (user + system) / 1_000,
		};
	}
}

const ENDED = ['success', 'error', 'crashed', 'canceled'];

/** When a worker began and ended executions, of its log. */
function* timesOf(log) {
	for (const line of log.split('\n')) {
		const found = /Worker (started|finished) execution (\d+)/.exec(line);
		if (!found) continue;
		const { timestamp, metadata } = JSON.parse(line);
		yield { what: found[1], id: found[2], at: Date.parse(timestamp ?? metadata.timestamp) };
	}
}

function expectOneReportEach(reports, mails) {
	const names = new Set(reports);
	if (reports.length !== mails || names.size !== mails)
		throw new Error(`${mails} mails made ${reports.length} reports of ${names.size} names`);
}
