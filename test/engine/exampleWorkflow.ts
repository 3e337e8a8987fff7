import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { chain } from './engine';

/** An importable workflow of `examples/`, without its notes. */
export function exampleWorkflow(name: string): { nodes: INode[]; connections: ReturnType<typeof chain> } {
	const workflow = JSON.parse(readFileSync(join(__dirname, '..', '..', 'examples', `${name}.json`), 'utf8')) as {
		nodes: INode[];
		connections: ReturnType<typeof chain>;
	};
	return { ...workflow, nodes: workflow.nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote') };
}

/** The messages of `examples/messages`, in order, by file name. */
export function exampleMessages(): { name: string; raw: Buffer }[] {
	const folder = join(__dirname, '..', '..', 'examples', 'messages');
	return readdirSync(folder)
		.filter((name) => name.endsWith('.eml'))
		.sort()
		.map((name) => ({ name, raw: readFileSync(join(folder, name)) }));
}
