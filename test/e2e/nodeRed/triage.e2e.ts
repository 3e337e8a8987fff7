import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleMessages } from '../../engine/exampleWorkflow';
import { mail } from '../../lab/imap';
import { describeWith } from '../../lab/n8n/binaries';
import { waitFor } from '../../lab/n8n/wait';
import { Editor } from '../../lab/nodeRed/editor';
import { NodeRedServer, type FlowEntry } from '../../lab/nodeRed/server';
import { Peers } from '../../lab/nodeRed/world';

const failures = mkdtempSync(join(tmpdir(), 'email-intel-pictures-'));
/** `UPDATE_SCREENSHOTS=1` takes the pictures of docs/node-red.md; without it, those of this run are looked at and thrown away. */
const pictures =
	process.env.UPDATE_SCREENSHOTS === '1' ? join(__dirname, '..', '..', '..', 'docs', 'images') : failures;

describeWith(['chromium'], 'a real Node-RED and a real browser', () => {
	let peers: Peers;
	let server: NodeRedServer;
	let editor: Editor;
	beforeAll(async () => {
		peers = await Peers.start();
		server = await NodeRedServer.prepare();
		await server.start();
		editor = await Editor.open(server.url);
	}, 300_000);
	afterAll(async () => {
		await editor?.close();
		await server?.dispose();
		await peers?.close();
	}, 60_000);

	const step = (name: string, test: () => Promise<void>, ms?: number) =>
		it(name, async () => await editor.watch(failures, name.replaceAll(/[^a-z]+/gi, '-'), test), ms);
	const names = () => peers.openCti.snapshot().reports.map(({ name }) => name);
	const expectReports = async (count: number) => {
		await waitFor(`${count} reports`, () => names().length >= count, 120_000);
		// Nobody makes a second one while we look.
		await new Promise((resolve) => setTimeout(resolve, 2_000));
		expect(names()).toHaveLength(count);
	};

	step('the palette shows the nodes, and the page has no fault', async () => {
		expect((await editor.palette()).sort()).toEqual(
			['email to stix', 'hunt', 'mailbox ack', 'mailbox in', 'mailbox read', 'opencti report', 'stix pattern'].sort(),
		);
		expect(editor.faults).toEqual([]);
	});

	step(
		'the triage is imported from the menu, and its accounts log in',
		async () => {
			await editor.importExample('Phishing triage');
			const { imap, openCti, appliance } = peers.accounts;
			expect(
				await editor.fillAccount('email-intel-imap', {
					host: imap.host,
					security: 'none',
					port: String(imap.port),
					user: imap.user,
					password: 'wrong',
				}),
			).toContain('MAILBOX_LOGIN_REFUSED');
			expect(await editor.fillAccount('email-intel-imap', { password: imap.password })).toContain('folders found');
			expect(await editor.fillAccount('email-intel-opencti', { url: openCti!.url, token: openCti!.token })).toContain(
				'signed in as',
			);
			expect(
				await editor.fillAccount('email-intel-cisco', {
					url: appliance!.url,
					user: appliance!.user,
					passphrase: appliance!.passphrase,
				}),
			).toContain('Login accepted');
		},
		120_000,
	);

	step(
		'the folder is picked from the live list',
		async () => {
			await editor.edit('email-intel-mailbox-in');
			const folder = editor.page.locator('#node-input-folder');
			await folder.fill('');
			await folder.pressSequentially('inb');
			await editor.page
				.locator('.red-ui-autoComplete-container, .red-ui-menu')
				.getByText('INBOX', { exact: true })
				.click();
			expect(await folder.inputValue()).toBe('INBOX');
			await editor.page.locator('#node-input-interval').fill('2');
			await editor.dialogShot(pictures, 'node-red-mailbox-in');
			await editor.done();
		},
		60_000,
	);

	step(
		'deployed, each message of the mailbox becomes a report in OpenCTI',
		async () => {
			await editor.deploy();
			await expectReports(exampleMessages().length);
			await editor.flowShot('Phishing triage', pictures, 'node-red-triage');
			expect(editor.faults).toEqual([]);
		},
		180_000,
	);

	step(
		'the fields of a report list what the platform has, and show what its operation needs',
		async () => {
			await editor.edit('email-intel-opencti-report');
			const markings = editor.page.locator('.form-row', { has: editor.page.locator('#node-input-markings') });
			await markings.locator('input.red-ui-typedInput-input').pressSequentially('tlp:g');
			await editor.page.locator('.red-ui-autoComplete-container').getByText('TLP:GREEN', { exact: true }).click();
			expect(await editor.page.locator('#node-input-markings').inputValue()).toBe('TLP:GREEN');
			await editor.dialogShot(pictures, 'node-red-opencti-report');
			await editor.page.locator('#node-input-operation').selectOption('note');
			expect(await editor.page.locator('#node-input-contents').isVisible()).toBe(false);
			expect(await markings.isVisible()).toBe(true);
			await editor.cancel();
		},
		60_000,
	);

	step(
		'a list to choose several of keeps what was chosen',
		async () => {
			await editor.edit('email-intel-email-to-stix');
			const select = editor.page.locator('select[data-field="extract"]');
			const before = (await editor.page.locator('#node-input-extract').inputValue()).split(',');
			expect(before).toContain('urls');
			await select.selectOption(['urls', 'cve']);
			await editor.done();
			await editor.edit('email-intel-email-to-stix');
			expect(await editor.page.locator('#node-input-extract').inputValue()).toBe('cve,urls');
			await editor.page.locator('select[data-field="extract"]').selectOption(before);
			await editor.done();
		},
		60_000,
	);

	step(
		'killed and started again, it loses nothing and makes nothing twice',
		async () => {
			const before = names().length;
			peers.imap.append(mail({ subject: 'Came in time for the power cut' }));
			await server.stop('SIGKILL');
			peers.imap.append(mail({ subject: 'Came while nobody was there' }));
			await server.start();
			await expectReports(before + 2);
			expect(names()).toEqual(
				expect.arrayContaining(['Came in time for the power cut', 'Came while nobody was there']),
			);
			await server.stop('SIGKILL');
			await server.start();
			await expectReports(before + 2);
			// The mailbox is as it was: nothing is marked as read.
			expect(peers.imap.list().every(({ flags }) => !flags.includes('\\Seen'))).toBe(true);
		},
		240_000,
	);

	step(
		'every dialog opens and closes without a fault',
		async () => {
			await editor.goto(server.url);
			const flows = await server.ask<FlowEntry[]>('flows');
			for (const type of new Set(flows.map((entry) => entry.type).filter((one) => one.startsWith('email-intel-')))) {
				if (/-(?:imap|opencti|cisco)$/.test(type)) continue;
				await editor.edit(type);
				await editor.done();
			}
			expect(editor.faults).toEqual([]);
		},
		120_000,
	);

	it('no secret is in the flows, nor in the log', async () => {
		const { imap, openCti, appliance } = peers.accounts;
		const told = JSON.stringify(await server.ask('flows')) + server.log();
		for (const secret of [openCti!.token, appliance!.passphrase]) expect(told).not.toContain(secret);
		expect(told).not.toContain(`"password":"${imap.password}"`);
	});
});
