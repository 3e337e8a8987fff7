import type { N8nApi } from '../lab/n8n/api';
import { exampleWorkflows } from '../lab/n8n/examples';
import { waitFor } from '../lab/n8n/wait';

/** n8n's settings with which a poll's cursor and its execution are stored in one transaction. */
export const DURABLE = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
};
/** n8n's settings with which they are not. */
export const IN_MEMORY = {
	N8N_SCHEDULER_ENABLED: 'false',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'false',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'false',
};

/** The example that makes one report of each message. */
export const reportWorkflow = () => exampleWorkflows().find(({ name }) => name === 'Threat report mailbox to OpenCTI')!;

/** Waits until nothing of the workflow runs any more. */
export const settled = async (api: N8nApi, workflowId: string) =>
	await waitFor(
		'the end of all executions',
		async () =>
			(await api.executions(workflowId)).every(({ status }) => !['new', 'running', 'waiting'].includes(status)),
		120_000,
	);
