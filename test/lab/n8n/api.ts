import { parse } from 'flatted';

/** Who owns the lab's n8n. */
export const OWNER = { email: 'owner@example.com', firstName: 'Lab', lastName: 'Owner', password: 'Lab-owner-1' };

export interface Execution {
	id: string;
	status: string;
	mode: string;
	workflowId: string;
	finished: boolean;
	startedAt: string;
	stoppedAt?: string;
}

export interface RunItem {
	json: Record<string, unknown>;
	binary?: Record<string, { mimeType: string; fileName?: string; bytes?: number; id?: string }>;
	pairedItem?: { item: number } | number;
}

export interface ExecutionData {
	resultData: {
		error?: { message: string; description?: string };
		runData: Record<
			string,
			{ data?: { main: (RunItem[] | null)[] }; error?: { message: string; description?: string } }[]
		>;
	};
}

/** The part of n8n's internal REST API that its editor uses, as far as the lab needs it. */
export class N8nApi {
	#cookie = '';

	readonly #url: string;

	constructor(url: string) {
		this.#url = url;
	}

	/** Creates the owner of a fresh n8n, or signs in. */
	async signIn(): Promise<void> {
		const { email, password } = OWNER;
		const created = await this.#send('POST', '/owner/setup', OWNER, true);
		if (created.status !== 200) await this.call('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	/** What a browser needs to be signed in too. */
	get session(): string {
		return this.#cookie;
	}

	async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await this.#send(method, path, body);
		const json = (await answer.json().catch(() => ({}))) as { data?: T; message?: string };
		if (!answer.ok) throw new Error(`n8n answered ${answer.status} to ${method} ${path}: ${json.message ?? ''}`);
		return json.data as T;
	}

	async createCredential(
		name: string,
		type: string,
		data: Record<string, unknown>,
	): Promise<{ id: string; name: string; type: string }> {
		return await this.call('POST', '/credentials', { name, type, data });
	}

	async testCredential(
		credential: { id: string; name: string; type: string },
		data: Record<string, unknown>,
	): Promise<{ status: string; message: string }> {
		return await this.call('POST', '/credentials/test', { credentials: { ...credential, data } });
	}

	async createWorkflow(workflow: Record<string, unknown>): Promise<{ id: string; versionId: string; name: string }> {
		return await this.call('POST', '/workflows', { settings: { executionOrder: 'v1' }, ...workflow });
	}

	/** Publishes a workflow and waits until n8n says that its triggers run. */
	async activate(workflow: { id: string; versionId: string }, timeoutMs = 60_000): Promise<void> {
		await this.call('POST', `/workflows/${workflow.id}/activate`, { versionId: workflow.versionId });
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const status = await this.call<{ status: string; triggers?: { errorMessage?: string }[] }>(
				'GET',
				`/workflows/${workflow.id}/publication-status`,
			);
			if (status.status === 'published') return;
			if (status.status === 'failed' || Date.now() > deadline)
				throw new Error(`publication ${status.status}: ${JSON.stringify(status.triggers)}`);
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
	}

	async deactivate(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/deactivate`, {});
	}

	/** Runs a workflow by hand from its trigger, as the editor's button does, and waits for its end. */
	async run(id: string, trigger: string, timeoutMs = 120_000): Promise<{ execution: Execution; data: ExecutionData }> {
		const workflowData = await this.call('GET', `/workflows/${id}`);
		const { executionId } = await this.call<{ executionId: string }>('POST', `/workflows/${id}/run`, {
			workflowData,
			triggerToStartFrom: { name: trigger },
		});
		return await this.finished(executionId, timeoutMs);
	}

	/** The latest 100 executions of a workflow, the newest first. */
	async executions(workflowId: string): Promise<Execution[]> {
		const { results } = await this.call<{ results: Execution[] }>(
			'GET',
			`/executions?filter=${encodeURIComponent(JSON.stringify({ workflowId }))}&limit=100`,
		);
		return results;
	}

	/** What the button "Retry" of a failed execution does. Ends with the new execution. */
	async retry(executionId: string): Promise<Execution> {
		return await this.call('POST', `/executions/${executionId}/retry`, { loadWorkflow: false });
	}

	/** What the button "Stop" of a running execution does. */
	async stop(executionId: string): Promise<void> {
		await this.call('POST', `/executions/${executionId}/stop`, {});
	}

	/** Bytes of n8n's binary store, as the editor's button "Download" gets them; undefined when n8n has none. */
	async binary(id: string): Promise<Buffer | undefined> {
		const answer = await this.#send('GET', `/binary-data?action=download&id=${encodeURIComponent(id)}`);
		return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
	}

	/** Waits for the first execution of a workflow to end. */
	async firstExecution(workflowId: string, timeoutMs = 120_000): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const oldest = (await this.executions(workflowId)).at(-1);
			if (oldest) return (await this.finished(oldest.id, timeoutMs)).execution;
			if (Date.now() > deadline) throw new Error(`workflow ${workflowId} did not run`);
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
	}

	async finished(executionId: string, timeoutMs = 120_000): Promise<{ execution: Execution; data: ExecutionData }> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const { data, ...execution } = await this.call<Execution & { data: string }>('GET', `/executions/${executionId}`);
			if (!['new', 'running', 'waiting'].includes(execution.status))
				return { execution, data: parse(data) as ExecutionData };
			if (Date.now() > deadline) throw new Error(`execution ${executionId} is still ${execution.status}`);
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
	}

	async #send(method: string, path: string, body?: unknown, anonymous = false): Promise<Response> {
		const answer = await fetch(`${this.#url}/rest${path}`, {
			method,
			headers: {
				'content-type': 'application/json',
				'browser-id': 'lab-browser',
				...(anonymous ? {} : { cookie: this.#cookie }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const cookie = answer.headers.getSetCookie().find((text) => text.startsWith('n8n-auth='));
		if (cookie) this.#cookie = cookie.split(';')[0]!;
		return answer;
	}
}
