import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { resolvedItem } from './builtinItem';
import { execute } from './engine';
import { exampleMessages, exampleWorkflow } from './exampleWorkflow';

const types = { 'n8n-nodes-email-intel.emailToStix': new EmailToStix() };

describe('chain-builtin', () => {
	it("makes a bundle of what n8n's own IMAP trigger puts out in its Resolved format", async () => {
		// n8n's own nodes are not part of this harness: their output goes in, and what the next of them gets comes out.
		const { nodes } = exampleWorkflow('chain-builtin');
		const result = await execute({
			types,
			nodes: nodes.filter(({ type }) => type.startsWith('n8n-nodes-email-intel.')),
			connections: {},
			startNode: 'Email to STIX',
			startItems: [await resolvedItem(exampleMessages()[0]!.raw)],
		});
		expect(result.error()).toBeUndefined();
		const [{ json }] = result.output('Email to STIX') as [
			{ json: { subject: string; from: object[]; bundle: { type: string } } },
		];
		expect([json.subject, json.from, json.bundle.type]).toEqual([
			'Weekly advisory 46: exploitation of edge devices',
			[{ address: 'alerts@cert.example.org', name: 'CERT Example' }],
			'bundle',
		]);
	});
});
