/**
 * Runs nodes in n8n's own engine (n8n-core), without a server or a database:
 * `execute` runs a whole workflow, `poller` drives a polling trigger as n8n's in-memory scheduler does,
 * `durablePoller` as its scheduler with cursors in the database does.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// InstanceSettings writes its config below this folder when n8n-core is loaded.
process.env.N8N_USER_FOLDER ??= mkdtempSync(join(tmpdir(), 'email-intel-n8n-'));
process.env.N8N_LOG_LEVEL ??= 'silent';

import 'reflect-metadata';
import type * as N8nCore from 'n8n-core';
import type * as N8nWorkflow from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeType,
	INodeTypes,
	IRun,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

const core = require('n8n-core') as typeof N8nCore;
const workflowPackage = require('n8n-workflow') as typeof N8nWorkflow;
const { Container } = require('@n8n/di') as { Container: { get<T>(type: new (...args: never[]) => T): T } };

export { core, workflowPackage };

export type NodeTypeMap = Record<string, INodeType>;
export type CredentialData = Record<string, ICredentialDataDecryptedObject>;

/** INodeTypes over a plain map from type name to node instance. */
export function nodeTypes(map: NodeTypeMap): INodeTypes {
	for (const node of Object.values(map)) {
		// n8n's loader does this for polling nodes.
		if (node.description.polling && !node.description.properties.some(({ name }) => name === 'pollTimes')) {
			node.description.properties.unshift({
				displayName: 'Poll Times',
				name: 'pollTimes',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				default: { item: [{ mode: 'everyMinute' }] },
				options: workflowPackage.cronNodeOptions,
			});
		}
	}
	const get = (type: string): INodeType => {
		const node = map[type];
		if (!node) throw new Error(`unknown node type ${type}`);
		return node;
	};
	return {
		getByName: get,
		getByNameAndVersion: (type: string, version?: number) =>
			workflowPackage.NodeHelpers.getVersionedNodeType(get(type), version),
		getKnownTypes: () => Object.fromEntries(Object.keys(map).map((name) => [name, { className: '', sourcePath: '' }])),
	};
}

/** Hands out plain credential data; keeps what nodes save. */
export class FakeCredentials extends workflowPackage.ICredentialsHelper {
	readonly saved: { type: string; data: unknown }[] = [];

	readonly #types: Record<string, ICredentialType>;

	constructor(
		readonly data: CredentialData = {},
		types: Record<string, ICredentialType> = {},
	) {
		super();
		this.#types = types;
	}

	getParentTypes(name: string): string[] {
		return (this.#types[name]?.extends ?? []).flatMap((parent) => [parent, ...this.getParentTypes(parent)]);
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(_credentials: unknown, _type: string, request: never): Promise<never> {
		return request;
	}

	async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async getCredentials(): Promise<never> {
		throw new Error('not part of this harness');
	}

	/** As n8n does: a field that holds an expression is resolved for the item that the node asks for. */
	async getDecrypted(
		additional: IWorkflowExecuteAdditionalData,
		_node: unknown,
		type: string,
		mode: N8nWorkflow.WorkflowExecuteMode,
		executeData?: N8nWorkflow.IExecuteData,
		_raw?: boolean,
		at?: N8nWorkflow.ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const data = this.data[type];
		if (!data) throw new Error(`no credential data for ${type}`);
		const fields = structuredClone(data);
		for (const [name, value] of Object.entries(fields)) {
			if (at === undefined || typeof value !== 'string' || !value.startsWith('=')) continue;
			const {
				connectionInputData,
				itemIndex,
				node: { name: nodeName },
				runExecutionData,
				runIndex,
				workflow,
			} = at;
			const keys = core.getAdditionalKeys(additional, mode, runExecutionData);
			fields[name] = workflow.expression.getParameterValue(
				value,
				runExecutionData,
				runIndex,
				itemIndex,
				nodeName,
				connectionInputData,
				mode,
				keys,
				executeData,
			) as string;
		}
		return fields;
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(
		_node: unknown,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		this.data[type] = data;
		this.saved.push({ type, data });
	}

	getCredentialsProperties(type: string) {
		return this.#types[type]?.properties ?? [];
	}
}

interface AdditionalDataOptions {
	mode: 'manual' | 'trigger';
	workflowData: unknown;
	credentials?: FakeCredentials;
	executionId?: string;
}

export function additionalData({
	mode,
	workflowData,
	credentials = new FakeCredentials(),
	executionId = '1',
}: AdditionalDataOptions) {
	return {
		credentialsHelper: credentials,
		executionId,
		hooks: new core.ExecutionLifecycleHooks(mode, executionId, workflowData as never),
		currentNodeExecutionIndex: 0,
		restApiUrl: 'http://localhost:5678/rest',
		instanceBaseUrl: 'http://localhost:5678/',
		formWaitingBaseUrl: 'http://localhost:5678/form-waiting',
		webhookBaseUrl: '',
		webhookWaitingBaseUrl: 'http://localhost:5678/webhook-waiting',
		webhookTestBaseUrl: '',
		variables: {},
		executeWorkflow: async () => {
			throw new Error('no sub-workflows in this harness');
		},
		getRunExecutionData: async () => undefined,
		sendDataToUI: () => {},
		setExecutionStatus: () => {},
		logAiEvent: () => {},
		startRunnerTask: async () => {
			throw new Error('no task runners in this harness');
		},
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** A node of a test workflow; its id is its name. */
export function node(name: string, type: string, parameters: IDataObject = {}, extra: Partial<INode> = {}): INode {
	return {
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		...extra,
	};
}

/** Connects nodes in a line by their names. */
export function chain(...names: string[]) {
	return Object.fromEntries(
		names
			.slice(0, -1)
			.map((name, index) => [name, { main: [[{ node: names[index + 1]!, type: 'main' as const, index: 0 }]] }]),
	);
}

export interface WorkflowOptions {
	types: NodeTypeMap;
	nodes: INode[];
	connections: ReturnType<typeof chain> | IDataObject;
	credentials?: FakeCredentials;
	startNode?: string;
	mode?: 'manual' | 'trigger';
	/** Output of the start node, as if it had run already: what n8n does with the items of a poll. */
	startItems?: INodeExecutionData[];
	settings?: IDataObject;
}

export interface WorkflowResult {
	run: IRun;
	/** Items of an output of a node's first run; null when it did not run. */
	output(name: string, index?: number): INodeExecutionData[] | null;
	/** The message of the error that ended the run, if any. */
	error(): (Error & { description?: string | null; context?: IDataObject; failure?: unknown }) | undefined;
	workflow: N8nWorkflow.Workflow;
}

/** Runs a workflow in memory, from `startNode`. */
export async function execute(options: WorkflowOptions): Promise<WorkflowResult> {
	await initBinaryData();
	const { startNode, startItems, mode = 'manual' } = options;
	const { workflow, extra } = loaded(options);
	if (!startItems) {
		const node = (startNode && workflow.getNode(startNode)) || undefined;
		return resultOf(workflow, await new core.WorkflowExecute(extra, mode).run({ workflow, startNode: node }));
	}
	const start = workflow.getNode(startNode!)!;
	const data = workflowPackage.createRunExecutionData({
		executionData: {
			contextData: {},
			metadata: {},
			nodeExecutionStack: [{ node: start, data: { main: [startItems] }, source: null }],
			waitingExecution: {},
			waitingExecutionSource: {},
		},
	});
	return resultOf(workflow, await new core.WorkflowExecute(extra, 'trigger', data).processRunExecutionData(workflow));
}

/** What the OpenCTI node made, in the field of its own that the item grew by; the item, where another node was the last. */
export const made = (json: IDataObject): IDataObject =>
	(json.added ?? json.imported ?? json.case ?? json.incident ?? json.report ?? json) as IDataObject;

/** What n8n's Retry does: the node that failed runs again on the items that it had, and then those behind it. */
export async function retry(options: WorkflowOptions, { run }: WorkflowResult): Promise<WorkflowResult> {
	const { workflow, extra } = loaded(options);
	const { data } = run;
	const { lastNodeExecuted } = data.resultData;
	delete data.resultData.error;
	// As the server does before it starts the execution again.
	if (lastNodeExecuted !== undefined) data.resultData.runData[lastNodeExecuted]?.pop();
	return resultOf(workflow, await new core.WorkflowExecute(extra, 'retry', data).processRunExecutionData(workflow));
}

function loaded({
	types,
	nodes,
	connections,
	credentials,
	mode = 'manual',
	settings = { executionOrder: 'v1' },
}: WorkflowOptions) {
	const workflowData = {
		id: 'wf1',
		name: 'test',
		nodes,
		connections: connections as never,
		active: false,
		settings: settings as never,
	};
	const workflow = new workflowPackage.Workflow({ ...workflowData, nodeTypes: nodeTypes(types) });
	return { workflow, extra: additionalData({ mode, workflowData, credentials }) };
}

function resultOf(workflow: N8nWorkflow.Workflow, run: IRun): WorkflowResult {
	return {
		run,
		workflow,
		output: (name, index = 0) => run.data.resultData.runData[name]?.[0]?.data?.main?.[index] ?? null,
		error: () => run.data.resultData.error,
	};
}

export interface PollerOptions {
	types: NodeTypeMap;
	pollNode: INode;
	credentials?: FakeCredentials;
	staticData?: IDataObject;
	workflowId?: string;
	/** What registers the trigger: a person who activates the workflow (the default), or n8n's own start. */
	activation?: 'activate' | 'init';
}

/** Drives `poll()` through n8n's PollContext and PollTriggerExecutor, as its in-memory engine does. */
export function poller({
	types,
	pollNode,
	credentials,
	staticData = {},
	workflowId = 'wf1',
	activation = 'activate',
}: PollerOptions) {
	const workflowData = {
		id: workflowId,
		name: 'test',
		nodes: [pollNode],
		connections: {},
		active: true,
		settings: {},
		staticData,
	};
	const workflow = new workflowPackage.Workflow({ ...workflowData, nodeTypes: nodeTypes(types) });
	const extra = additionalData({ mode: 'trigger', workflowData, credentials });
	const emitted: INodeExecutionData[][] = [];
	const errors: (Error & { failure?: { cause?: string }; description?: string })[] = [];
	const context = new core.PollContext(
		workflow,
		pollNode,
		extra,
		'trigger',
		activation,
		(data: INodeExecutionData[][]) => emitted.push(data[0]!),
		(error: Error) => errors.push(error),
	);
	const executor = Container.get(core.PollTriggerExecutor).create(workflow, pollNode, context, () => true);
	return {
		workflow,
		emitted,
		errors,
		/** The poll that activation and boot make: its error is thrown. */
		activate: () => executor(true),
		/** A scheduled poll: its error is recorded in `errors`. */
		tick: () => executor(),
		staticData: () => workflow.getStaticData('node', pollNode),
	};
}

/** As n8n's scheduler with durable cursors: a fresh context each tick, the cursor committed with the items or not at all. */
export function durablePoller({ types, pollNode, credentials, workflowId = 'wf1' }: PollerOptions) {
	const workflow = new workflowPackage.Workflow({
		id: workflowId,
		name: 'w',
		nodes: [pollNode],
		connections: {},
		active: true,
		nodeTypes: nodeTypes(types),
		settings: {},
	});
	const row: { cursor: IDataObject } = { cursor: {} };
	const emitted: INodeExecutionData[][] = [];
	async function poll(activation: boolean, commit: boolean): Promise<INodeExecutionData[][] | null> {
		const snapshot = structuredClone(row.cursor);
		const context = new core.PollContext(
			workflow,
			pollNode,
			additionalData({ mode: 'trigger', workflowData: workflow, credentials }),
			'trigger',
			activation ? 'activate' : 'update',
			() => {},
			() => {},
			async () => {},
			(async (promise: () => Promise<unknown>) => promise()) as never,
			() => snapshot,
			activation ? undefined : () => 36_000,
		);
		const result = await pollNodeType(types, pollNode).poll!.call(context);
		if (result && commit) {
			emitted.push(result[0]!);
			row.cursor = snapshot;
		} else if (!activation && commit) {
			row.cursor = snapshot;
		}
		return result;
	}
	return {
		row,
		emitted,
		activate: () => poll(true, true),
		tick: () => poll(false, true),
		/** The process dies after the poll and before the commit. */
		tickAndDie: () => poll(false, false),
	};
}

const pollNodeType = (types: NodeTypeMap, { type }: INode): INodeType => types[type]!;

let binaryData: Promise<void> | undefined;
const initBinaryData = (): Promise<void> => (binaryData ??= Container.get(core.BinaryDataService).init());

/** The bytes of a binary property, wherever n8n stored them. */
export async function binaryBytes(item: INodeExecutionData, name: string): Promise<Buffer> {
	return await Container.get(core.BinaryDataService).getAsBuffer(item.binary![name]!);
}
