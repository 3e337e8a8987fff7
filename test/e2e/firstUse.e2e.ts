import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleMessages } from '../engine/exampleWorkflow';
import { describeWith } from '../lab/n8n/binaries';
import { Editor } from '../lab/n8n/editor';
import type { NodeView } from '../lab/n8n/nodeView';
import { freePort } from '../lab/n8n/server';
import { waitFor } from '../lab/n8n/wait';
import { receivedExamples, World } from '../lab/n8n/world';
import { nodes } from './package';

const failures = mkdtempSync(join(tmpdir(), 'email-intel-pictures-'));
const pictures = process.env.UPDATE_SCREENSHOTS === '1' ? join(__dirname, '..', '..', 'docs', 'images') : failures;

const card = (displayName: string) => {
	const found = nodes.find(({ description }) => description.displayName === displayName);
	if (!found) throw new Error(`There is no node '${displayName}'`);
	return { displayName, description: found.description.description, slug: found.slug };
};

/** What somebody does who just installed the package. Every node of the package has one. */
interface FirstUse {
	/** What stands before the node. Default: n8n's manual trigger; a trigger has nothing before it. */
	behind?: 'nothing' | 'the mailbox';
	action?: string;
	credential?: string;
	/** Fields to type into. */
	fields?: Record<string, string>;
	items: string;
	/** What the result must show. */
	shows: RegExp;
}
const FIRST_USES: Record<string, FirstUse> = {
	'IMAP Mailbox Trigger': {
		behind: 'nothing',
		credential: 'emailIntelImapApi',
		items: '1 item',
		shows: /Last notice: your mailbox is full/,
	},
	'Microsoft 365 Mailbox Trigger': {
		behind: 'nothing',
		credential: 'emailIntelGraphApi',
		items: '1 item',
		shows: /Weekly threat report/,
	},
	'Mailbox Reader': {
		action: 'Search messages',
		credential: 'emailIntelImapApi',
		items: `${exampleMessages().length} items`,
		shows: /Last notice: your mailbox is full/,
	},
	'Email to STIX': {
		behind: 'the mailbox',
		action: 'Convert email to STIX bundle',
		items: '1 item',
		shows: /email-message/,
	},
	'OpenCTI Reports': {
		behind: 'the mailbox',
		action: 'Create report from email',
		credential: 'emailIntelOpenCtiApi',
		items: '1 item',
		shows: /TLP:AMBER\+STRICT/,
	},
	'STIX Pattern': {
		action: 'Validate a pattern',
		fields: { pattern: "[domain-name:value = 'supplier.example.com']" },
		items: '1 item',
		shows: /"valid"\s*:\s*true/,
	},
	'Cisco Secure Email': {
		action: 'Hunt messages with a STIX pattern',
		credential: 'emailIntelCiscoEsaApi',
		fields: { pattern: "[email-message:subject LIKE '%invoice%']" },
		items: '1 item',
		shows: /"matches"\s*:\s*[1-9]/,
	},
	'Microsoft 365 Hunt': {
		action: 'Hunt messages in Defender',
		credential: 'emailIntelGraphApi',
		fields: { pattern: "[email-message:subject LIKE '%invoice%']" },
		items: '1 item',
		shows: /"matches"\s*:\s*[1-9]/,
	},
};

describeWith(['chromium'], 'the first use', () => {
	let world: World;
	let editor: Editor;
	let ids: Record<string, string>;
	const watched = (name: string, test: () => Promise<void>) => async () => await editor.watch(name, test);

	beforeAll(async () => {
		world = await World.prepare({ mailbox: { messages: receivedExamples(), folders: ['Reports'] } });
		ids = await world.startN8n();
		editor = await Editor.open({ url: world.n8n.url, pictures, failures });
	}, 600_000);

	afterAll(async () => {
		await editor?.close();
		await world?.dispose();
	}, 60_000);

	/** What came out of the nodes of the canvas when they ran last. */
	async function latestRun(): Promise<string> {
		const { api } = world.n8n;
		const workflow = /\/workflow\/(\w+)/.exec(editor.page.url())?.[1];
		const [latest] = workflow === undefined || workflow === 'new' ? [] : await api.executions(workflow);
		return latest === undefined ? '' : JSON.stringify((await api.finished(latest.id)).data.resultData.runData);
	}

	it.each(nodes.map(({ description }) => description.displayName))(
		'%s: a result with at most three fields',
		async (displayName) => {
			const use = FIRST_USES[displayName];
			if (!use) throw new Error(`Nobody has tried '${displayName}' as a new user yet (FIRST_USES)`);
			const { slug, ...self } = card(displayName);
			await editor.watch(`first-use-${slug}`, async () => {
				let touched = 0;
				if (use.behind === undefined) await editor.newManualWorkflow();
				else await editor.newWorkflow();
				if (use.behind === 'the mailbox') {
					const mailbox = await editor.addNode(card('IMAP Mailbox Trigger'));
					await mailbox.useCredential(ids.emailIntelImapApi!);
					await mailbox.execute();
					await mailbox.items();
					await mailbox.close();
				}
				const view = await editor.addNode(self, use.action);
				if (use.credential !== undefined) {
					await view.useCredential(ids[use.credential]!);
					touched++;
				}
				for (const [field, text] of Object.entries(use.fields ?? {})) {
					await view.fill(field, text);
					// n8n takes over what is typed a moment later, and saves it by itself.
					const written = JSON.stringify(text).slice(1, -1);
					await waitFor(
						`${field} in the stored workflow`,
						async () => JSON.stringify(await editor.stored(world.n8n.api)).includes(written),
						45_000,
					);
					touched++;
				}
				await view.execute();
				expect(await view.items()).toBe(use.items);
				await view.show('output', 'JSON');
				// The panel holds what fits on the screen; the run holds all of it.
				await waitFor(`${String(use.shows)} in the result`, async () => use.shows.test(await latestRun()), 30_000);
				await editor.shot(`result-${slug}`);
				await view.close();
				expect(touched).toBeLessThanOrEqual(3);
			});
		},
	);

	it(
		'the node panel puts each node first when it is called by its name',
		watched('panel', async () => {
			await editor.newManualWorkflow();
			for (const { description } of nodes) {
				const self = card(description.displayName);
				const listed = await editor.listed(description.displayName, self);
				const place = listed.findIndex((text) => text.includes(self.description));
				expect([self.displayName, place]).toEqual([self.displayName, 0]);
			}
		}),
	);

	describe('another credential', () => {
		const folderOf = async (view: NodeView, expected: string) =>
			await waitFor(`the folder '${expected}'`, async () => (await view.chosen('folder')) === expected, 45_000);

		it(
			'keeps the folder when its mailbox has it too, also the Inbox of Microsoft 365',
			watched('other-credential', async () => {
				for (const [trigger, type, folder, inThere] of [
					['IMAP Mailbox Trigger', 'emailIntelImapApi', 'INBOX', 'INBOX'],
					['Microsoft 365 Mailbox Trigger', 'emailIntelGraphApi', 'Inbox', 'Posteingang'],
				] as const) {
					const first = world.credentials.find((credential) => credential.type === type)!;
					const second = await world.n8n.api.createCredential(`Another ${first.name}`, type, first.data);
					await editor.newWorkflow();
					const view = await editor.addNode(card(trigger));
					// n8n has chosen the newest.
					await folderOf(view, folder);
					await view.useCredential(ids[type]!);
					await folderOf(view, inThere);
					await view.useCredential(second.id);
					await folderOf(view, inThere);
					expect(await view.notices.count()).toBe(0);
					await view.execute();
					expect(await view.items()).toBe('1 item');
					await view.close();
				}
			}),
		);

		it(
			'says why no test is possible when n8n has cleared the folder',
			watched('cleared-folder', async () => {
				const imap = world.credentials.find(({ type }) => type === 'emailIntelImapApi')!;
				const down = await world.n8n.api.createCredential('A server that is down', imap.type, {
					...imap.data,
					port: await freePort(),
				});
				await editor.newWorkflow();
				const view = await editor.addNode(card('IMAP Mailbox Trigger'));
				await view.useCredential(ids.emailIntelImapApi!);
				await folderOf(view, 'INBOX');
				await view.useCredential(down.id);
				await folderOf(view, '');
				await view.notices.waitFor();
				expect(await view.notices.innerText()).toMatch(/No folder is selected.+Select a folder/);
				await view.useCredential(ids.emailIntelImapApi!);
				await view.listShows('folder', '', ['INBOX', 'Junk', 'Reports']);
				await view.pick('INBOX');
				await view.notices.waitFor({ state: 'hidden' });
				await view.execute();
				expect(await view.items()).toBe('1 item');
				await view.close();
			}),
		);
	});
});
