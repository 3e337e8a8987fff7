/**
 * One life of n8n's engine, as a process of its own that can be killed: the example workflow with the built package. What
 * n8n keeps in its database of a workflow, the trigger's position, is kept in a file.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import { execute, FakeCredentials, poller, type CredentialData } from '../../test/engine/engine';
import { exampleWorkflow } from '../../test/engine/exampleWorkflow';
import { loadPackage } from './package';

export interface EngineSettings {
	credentials: CredentialData;
	/** Path of the folder that is watched. */
	folder: string;
	/** File that the position is kept in. */
	database: string;
}

/** `activate` is the poll that n8n makes when it starts, `poll` one that its clock makes. */
export type EngineCommand = 'activate' | 'poll';

export interface EngineAnswer {
	/** Subjects of the messages that the trigger handed over. */
	messages: string[];
	/** Reports that the platform did not have before. */
	created: number;
	/** Messages that did not become a report. */
	failed: number;
	/** Told by the poll. */
	error?: string;
	milliseconds: number;
	/** Bytes of the saved position. */
	position: number;
}

async function main({ credentials: data, folder, database }: EngineSettings): Promise<void> {
	const types = await loadPackage();
	const credentials = new FakeCredentials(data);
	const { nodes, connections } = exampleWorkflow('threat-report-mailbox');
	const pollNode = nodes.find(({ name }) => name === 'IMAP Mailbox Trigger')!;
	pollNode.parameters.folder = { __rl: true, mode: 'path', value: folder };
	const saved = existsSync(database) ? (JSON.parse(readFileSync(database, 'utf8')) as IDataObject) : {};
	const trigger = poller({ types, pollNode, credentials, staticData: saved, workflowId: 'demo' });

	process.on('message', (command: EngineCommand) => {
		void run(command).then((answer) => process.send!(answer));
	});
	process.send!('ready');

	async function run(command: EngineCommand): Promise<EngineAnswer> {
		const start = performance.now();
		const [emitted, errors] = [trigger.emitted.length, trigger.errors.length];
		let error: Error | undefined;
		if (command === 'activate') await trigger.activate().catch((thrown: Error) => (error = thrown));
		else await trigger.tick();
		error ??= trigger.errors[errors];
		const items = trigger.emitted[emitted] ?? [];
		const reports =
			items.length === 0
				? []
				: ((
						await execute({ types, nodes, connections, credentials, startNode: pollNode.name, startItems: items })
					).output('Create Report') ?? []);
		const position = JSON.stringify(trigger.workflow.staticData);
		writeFileSync(database, position);
		return {
			messages: items.map(({ json }) =>
				typeof json.subject === 'string' && json.subject !== '' ? json.subject : '(no subject)',
			),
			created: reports.filter(({ json }) => (json.report as { created?: unknown } | undefined)?.created === true)
				.length,
			failed: items.length - reports.filter(({ json }) => json.error === undefined).length,
			...(error ? { error: error.message } : {}),
			milliseconds: performance.now() - start,
			position: position.length,
		};
	}
}

void main(JSON.parse(process.argv[2]!) as EngineSettings);
