import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../lab/n8n/binaries';
import { Editor } from '../lab/n8n/editor';
import { receivedExamples, World } from '../lab/n8n/world';
import { defaultCredential, fieldNames, isTrigger, nodes, optionNames, shownProperties, usesOf } from './package';

const UPDATE = process.env.UPDATE_SCREENSHOTS === '1';
const failures = mkdtempSync(join(tmpdir(), 'email-intel-pictures-'));
const pictures = UPDATE ? join(__dirname, '..', '..', 'docs', 'images') : failures;

// In a suite of its own: the newest n8n runs it, too (jest.newest.config.js).
describeWith(['chromium'], "the nodes in n8n's editor", () => {
	let world: World;
	let editor: Editor;
	let ids: Record<string, string>;

	beforeAll(async () => {
		world = await World.prepare({ mailbox: { messages: receivedExamples() } });
		ids = await world.startN8n();
		editor = await Editor.open({ url: world.n8n.url, pictures, failures });
	}, 600_000);

	afterAll(async () => {
		await editor?.close();
		await world?.dispose();
		if (!UPDATE) process.stdout.write(`Pictures of this run: ${pictures}\n`);
	}, 60_000);

	it.each(nodes.map((node) => [node.description.displayName, node] as const))(
		'%s is found by its name and by its other words, and opens with the fields of each operation',
		async (displayName, node) =>
			await editor.watch(node.slug, async () => {
				const { description } = node;
				const [first, ...others] = usesOf(description);
				const self = { displayName, description: description.description };
				if (isTrigger(node)) await editor.newWorkflow();
				else await editor.newManualWorkflow();
				for (const word of node.alias.slice(0, 3)) await editor.find(word, self);

				const view = await editor.addNode(self, first!.action);
				// n8n chooses the newest credential, and with it the way in.
				const credential = defaultCredential(description);
				if (credential) await view.useCredential(ids[credential]!);
				await editor.shot(`node-${node.slug}`);
				for (const use of [first!, ...others]) {
					if (use !== first) for (const [parameter, option] of use.choices) await view.choose(parameter, option);
					const expected = shownProperties(description, use.values);
					await view.shows(fieldNames(expected));
					const options = optionNames(expected, use.values);
					if (options) expect(await view.options(options[0]!)).toEqual(options);
				}
				await view.close();
			}),
	);
});
