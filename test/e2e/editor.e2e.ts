import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleMessages } from '../engine/exampleWorkflow';
import { describeWith } from '../lab/n8n/binaries';
import { Editor } from '../lab/n8n/editor';
import { exampleWorkflows } from '../lab/n8n/examples';
import { freePort } from '../lab/n8n/server';
import { waitFor } from '../lab/n8n/wait';
import { receivedExamples, World } from '../lab/n8n/world';
import { credentialFields, credentials, nodes } from './package';

const UPDATE = process.env.UPDATE_SCREENSHOTS === '1';
const failures = mkdtempSync(join(tmpdir(), 'email-intel-pictures-'));
const pictures = UPDATE ? join(__dirname, '..', '..', 'docs', 'images') : failures;
const FOLDERS = ['Reports', 'Reports/2026'];

const card = (displayName: string) => {
	const found = nodes.find(({ description }) => description.displayName === displayName);
	if (!found) throw new Error(`There is no node '${displayName}'`);
	return { displayName, description: found.description.description };
};

/** What makes the login of a credential fail, and what the user must then read. */
const BAD_LOGINS: Record<string, { change: Record<string, unknown>; says: RegExp[] }> = {
	emailIntelImapApi: {
		change: { password: 'wrong' },
		says: [/refused the user or password of intel@soc\.example\.org/, /Check the user and the password/],
	},
	emailIntelOpenCtiApi: { change: { token: 'wrong' }, says: [/token/i] },
	emailIntelCiscoEsaApi: {
		change: { passphrase: 'wrong' },
		says: [/refused the login/, /Check the user and the passphrase/],
	},
	emailIntelGraphApi: {
		change: { clientSecret: 'wrong' },
		says: [/client secret is wrong/, /Paste the secret's value/],
	},
};
const GOOD_LOGINS: Record<string, RegExp> = {
	emailIntelImapApi: /Connection successful, 4 folders found/,
	emailIntelOpenCtiApi: /OpenCTI .+, signed in as lab user 1/,
	emailIntelCiscoEsaApi: /Login accepted, \d+ privileges/,
	emailIntelGraphApi: /Connection successful, \d+ folders found/,
};

describeWith(['chromium'], "n8n's editor", () => {
	let world: World;
	let editor: Editor;
	let ids: Record<string, string>;
	const watched = (name: string, test: () => Promise<void>) => async () => await editor.watch(name, test);

	beforeAll(async () => {
		world = await World.prepare({ mailbox: { messages: receivedExamples(), folders: FOLDERS } });
		ids = await world.startN8n();
		editor = await Editor.open({ url: world.n8n.url, pictures, failures });
	}, 600_000);

	afterAll(async () => {
		await editor?.close();
		await world?.dispose();
		if (!UPDATE) process.stdout.write(`Pictures of this run: ${pictures}\n`);
	}, 60_000);

	describe('credentials', () => {
		it.each(credentials.map((credential) => [credential.displayName, credential] as const))(
			'%s: the dialog shows its fields',
			async (displayName, credential) => {
				const { data } = world.credentials.find(({ type }) => type === credential.name)!;
				const id = ids[credential.name]!;
				const signsInByBrowser = 'oauthTokenData' in data;
				const slug = displayName
					.replace(/^Email Intel (.+) API$/, '$1')
					.toLowerCase()
					.replaceAll(' ', '-');
				await editor.watch(`credential-${slug}`, async () => {
					const dialog = await editor.openCredential(id);
					await dialog.shows(credentialFields(credential, data));
					await dialog.root
						.getByText(signsInByBrowser ? 'Account connected' : 'Connection tested successfully')
						.first()
						.waitFor();
					// IMAP's and OpenCTI's pictures are taken where they are filled in.
					if (!['imap', 'opencti'].includes(slug)) await editor.shot(`credential-${slug}`);
				});
			},
		);

		// An OAuth2 credential signs in on its provider's page, which no lab can stand for.
		const withFields = credentials.filter(({ extends: bases = [] }) => !bases.some((base) => /OAuth2/.test(base)));

		it.each(withFields.map(({ name, displayName }) => [displayName, name]))(
			'%s: the test logs in, and says what is wrong when it cannot',
			async (_name, type) => {
				const good = world.credentials.find((credential) => credential.type === type);
				const bad = BAD_LOGINS[type];
				if (!good || !bad || !GOOD_LOGINS[type])
					throw new Error(
						`The lab has no credential of type ${type} (test/lab/n8n/examples.ts, test/e2e/editor.e2e.ts)`,
					);
				const stored = { id: ids[type]!, name: good.name, type };
				const accepted = await world.n8n.api.testCredential(stored, good.data);
				expect(accepted).toMatchObject({ status: 'OK', message: expect.stringMatching(GOOD_LOGINS[type]) });
				const refused = await world.n8n.api.testCredential(stored, { ...good.data, ...bad.change });
				expect(refused.status).toBe('Error');
				for (const text of bad.says) expect(refused.message).toMatch(text);
			},
		);

		it(
			'IMAP: the dialog refuses a wrong password in words, and closes when the right one is entered',
			watched('imap-dialog', async () => {
				const { port, user, password } = world.imap;
				await editor.newWorkflow();
				const view = await editor.addNode(card('IMAP Mailbox Trigger'));
				const dialog = await view.newCredential();
				await dialog.fill('host', '127.0.0.1');
				await dialog.choose('security', 'None (Not Encrypted)');
				await dialog.fill('port', String(port));
				await dialog.fill('user', user);
				await dialog.fill('password', 'wrong');
				await editor.shot('credential-imap');
				await dialog.save();
				expect(await dialog.failure()).toContain(
					`The IMAP server refused the user or password of ${user} on 127.0.0.1:${port}; it said 'Login failed: authentication failure'. Check the user and the password`,
				);
				await editor.shot('credential-imap-refused');
				await dialog.fill('password', password);
				await dialog.save();
				await dialog.accepted();
				await view.close();
			}),
		);

		it(
			'OpenCTI: the dialog refuses a wrong token in words, and closes when the right one is entered',
			watched('opencti-dialog', async () => {
				await editor.newManualWorkflow();
				const view = await editor.addNode(card('OpenCTI Reports'), 'Create report from email');
				const dialog = await view.newCredential();
				await dialog.fill('url', world.openCti.url);
				await dialog.fill('token', 'wrong');
				await editor.shot('credential-opencti');
				await dialog.save();
				expect(await dialog.failure()).toMatch(/token/i);
				await dialog.fill('token', world.openCti.token);
				await dialog.save();
				await dialog.accepted();
				await view.close();
			}),
		);
	});

	it(
		'builds a workflow by hand, from the mailbox to the report, and runs it',
		watched('by-hand', async () => {
			await editor.newWorkflow();
			const trigger = await editor.addNode(card('IMAP Mailbox Trigger'));
			await trigger.useCredential(ids.emailIntelImapApi!);
			await trigger.listShows('folder', '', ['INBOX', 'Junk', ...FOLDERS]);
			await editor.shot('folder-picker');
			await trigger.listShows('folder', '2026', ['Reports/2026']);
			await trigger.listShows('folder', '', ['INBOX', 'Junk', ...FOLDERS]);
			await trigger.pick('INBOX');
			await trigger.execute();
			expect(await trigger.items()).toBe('1 item');
			await trigger.show('output', 'JSON');
			await editor.shot('trigger-output');
			await trigger.close();

			const report = await editor.addNode(card('OpenCTI Reports'), 'Create report from email');
			await report.useCredential(ids.emailIntelOpenCtiApi!);
			await report.close();
			const before = world.openCti.snapshot().reports.length;
			expect(await editor.execute()).toMatch(/Workflow executed successfully/);
			await editor.fit();
			await editor.shot('first-report');
			const after = world.openCti.snapshot().reports;
			expect(after).toHaveLength(before + 1);
			expect(after.at(-1)).toMatchObject({ name: 'Last notice: your mailbox is full', markings: ['TLP:AMBER+STRICT'] });

			const done = await editor.openNode('Create report from email');
			expect(await done.items()).toBe('1 item');
			await done.show('output', 'JSON');
			await editor.shot('report-output');
			await done.close();
		}),
	);

	it(
		'tells what went wrong in the words of the mailbox, not in those of a library',
		watched('error-text', async () => {
			const imap = world.credentials.find(({ type }) => type === 'emailIntelImapApi')!;
			const dead = { ...imap.data, port: await freePort() };
			const down = await world.n8n.api.createCredential('A server that is down', imap.type, dead);
			const cases = [
				{
					credential: down.id,
					message: `127.0.0.1:${dead.port}: no connection (ECONNREFUSED)`,
					description: 'Check the host name, the port, the firewall and the proxy. (MAILBOX_UNREACHABLE, ECONNREFUSED)',
				},
				{
					credential: ids.emailIntelImapApi!,
					message: "There is no folder 'INBOX/Nowhere' in the mailbox of intel@soc.example.org",
					description: 'Select a folder from the list. (MAILBOX_FOLDER_MISSING)',
				},
			];
			for (const { credential, message, description } of cases) {
				await editor.newWorkflow();
				const trigger = await editor.addNode(card('IMAP Mailbox Trigger'));
				await trigger.useCredential(credential);
				await trigger.typeInstead('folder', 'By Path', 'INBOX/Nowhere');
				// n8n takes over what is typed a moment later, and saves it by itself.
				await waitFor(
					'the folder in the stored workflow',
					async () => JSON.stringify(await editor.stored(world.n8n.api)).includes('INBOX/Nowhere'),
					45_000,
				);
				await trigger.execute();
				const shown = await trigger.failure();
				expect(shown.message).toContain(message);
				expect(shown.description).toContain(description);
				await editor.shot('error-text');
				await trigger.close();
			}
		}),
	);

	it(
		'shows which message became which report',
		watched('pairing', async () => {
			const example = exampleWorkflows().find(({ name }) => name === 'Threat report mailbox to OpenCTI')!;
			const { api } = world.n8n;
			const workflow = await api.createWorkflow(example);
			await api.activate(workflow);
			const execution = await api.firstExecution(workflow.id);
			await api.deactivate(workflow.id);
			expect(execution).toMatchObject({ status: 'success', mode: 'trigger' });

			await editor.openWorkflow(workflow.id);
			await editor.fit();
			await editor.shot('workflow-threat-report-mailbox');
			await editor.openExecution(workflow.id, execution.id);
			await editor.shot('execution');
			const view = await editor.openNode('Create Report');
			expect(await view.items()).toBe(`${exampleMessages().length} items`);
			const pair = await view.pairOf('Nightly scan: 2 findings');
			expect(pair.input).toContain('Nightly scan: 2 findings');
			expect((await view.pairOf('Weekly advisory')).input).toContain('Weekly advisory');
			await editor.shot('item-pairing', { hovering: true });
			await view.close();
		}),
	);
});
