import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { binaryOf } from '../n8n/binaries';

const VIEWPORT = { width: 1280, height: 860 };
/** Of a picture of a flow in two rows. */
const FLOW_HEIGHT = 340;
const FLAGS = [
	...['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run'],
	...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--force-color-profile=srgb'],
];
const PACKAGE = '@email-intel/node-red-email-intel';

/** The part of the editor's own `RED` that a page is asked through. */
declare const RED: {
	actions: { invoke(name: string): void };
	nodes: {
		node(id: string): { id: string; type: string } | undefined;
		eachConfig(callback: (node: { id: string; type: string }) => void): void;
		eachNode(callback: (node: { id: string; type: string }) => void): void;
	};
	editor: { edit(node: object): void; editConfig(name: string, type: string, id: string): void };
};

/** The page itself. */
declare const document: { activeElement: { blur(): void } | null };

/** Node-RED's editor in a real browser, in the words of who sits in front of it. */
export class Editor {
	/** What the page said of its own faults. */
	readonly faults: string[] = [];
	readonly #browser: Browser;

	private constructor(
		browser: Browser,
		readonly page: Page,
	) {
		this.#browser = browser;
		page.on('pageerror', (error) => this.faults.push(error.message));
	}

	static async open(url: string): Promise<Editor> {
		const executablePath = binaryOf('chromium');
		if (executablePath === undefined) throw new Error('There is no Chromium');
		const { chromium } = require('playwright-core') as typeof import('playwright-core');
		const browser = await chromium.launch({ executablePath, args: FLAGS });
		const page = await browser.newPage({ viewport: VIEWPORT, reducedMotion: 'reduce' });
		page.setDefaultTimeout(30_000);
		const editor = new Editor(browser, page);
		try {
			await editor.goto(url);
			return editor;
		} catch (error) {
			await browser.close();
			throw error;
		}
	}

	async goto(url: string): Promise<void> {
		await this.page.goto(url);
		await this.page.locator('#red-ui-header-button-deploy').waitFor();
		await this.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
	}

	async close(): Promise<void> {
		await this.#browser.close();
	}

	/** Runs a test; when it fails, a picture shows what was seen then. */
	async watch(folder: string, name: string, test: () => Promise<void>): Promise<void> {
		try {
			await test();
		} catch (error) {
			await this.shot(folder, `failed-${name}`).catch(() => undefined);
			process.stdout.write(`Picture of the failure: ${join(folder, `failed-${name}.png`)}\n`);
			throw error;
		}
	}

	async shot(folder: string, name: string): Promise<void> {
		mkdirSync(folder, { recursive: true });
		await this.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
	}

	/** A flow with what its nodes show below themselves. */
	async flowShot(flow: string, folder: string, name: string): Promise<void> {
		await this.page.locator('#red-ui-workspace-tabs').getByText(flow, { exact: true }).click();
		// What was deployed is told for some seconds.
		await this.page.locator('.red-ui-notification').first().waitFor({ state: 'detached' });
		mkdirSync(folder, { recursive: true });
		// A flow is wider than what the side bars leave of the window.
		const aside = ['core:toggle-sidebar', 'core:toggle-palette'];
		const invoke = async (names: readonly string[]) =>
			await this.page.evaluate((all) => all.forEach((one) => RED.actions.invoke(one)), names);
		await invoke([...aside, 'core:zoom-out', 'core:zoom-out']);
		const workspace = this.page.locator('#red-ui-workspace');
		const { x, y, width } = (await workspace.boundingBox())!;
		const clip = { x, y, width, height: FLOW_HEIGHT };
		await this.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', clip });
		await invoke([...aside, 'core:zoom-reset']);
	}

	/** The dialog that is open, whole. */
	async dialogShot(folder: string, name: string): Promise<void> {
		mkdirSync(folder, { recursive: true });
		await this.page.evaluate(() => document.activeElement?.blur());
		const dialog = this.page.locator('.red-ui-tray').last();
		await dialog.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
	}

	/** Titles of the nodes of this package in the palette. */
	async palette(): Promise<string[]> {
		const labels = this.page.locator('.red-ui-palette-node[data-palette-type^="email-intel-"] .red-ui-palette-label');
		return (await labels.allTextContents()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
	}

	/** Menu, Import, Examples. */
	async importExample(name: string): Promise<void> {
		await this.page.evaluate(() => RED.actions.invoke('core:show-examples-import-dialog'));
		const dialog = this.page.locator('#red-ui-clipboard-dialog');
		await dialog.getByText(PACKAGE, { exact: true }).click();
		await dialog.getByText(name, { exact: true }).click();
		await this.page.locator('#red-ui-clipboard-dialog-ok').click();
		await dialog.waitFor({ state: 'hidden' });
	}

	/** Fills the dialog of the account of a type, presses Test and gives what that says; then closes it with Update. */
	async fillAccount(type: string, fields: Record<string, string | boolean>): Promise<string> {
		const test = this.page.locator('#email-intel-test');
		// The editor opens nothing while it still puts away what was there before.
		for (let tries = 0; tries < 20 && (await test.count()) === 0; tries++) {
			await this.page.evaluate((wanted) => {
				RED.nodes.eachConfig(({ id, type: one }) => {
					if (one === wanted) RED.editor.editConfig('', wanted, id);
				});
			}, type);
			await test.waitFor({ timeout: 1_000 }).catch(() => undefined);
		}
		for (const [name, value] of Object.entries(fields)) {
			const field = this.page.locator(`#node-config-input-${name}`);
			await field.waitFor();
			if (typeof value === 'boolean') await field.setChecked(value);
			else if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
			else await field.fill(value);
		}
		const result = this.page.locator('#email-intel-test-result');
		await test.click();
		await result.filter({ hasText: /\S/, hasNotText: 'Logging in …' }).waitFor();
		const said = (await result.textContent())!;
		await this.page.locator('#node-config-dialog-ok').click();
		await result.waitFor({ state: 'detached' });
		return said;
	}

	/** Opens the dialog of the node of a type. */
	async edit(type: string): Promise<void> {
		await this.page.evaluate((wanted) => {
			RED.nodes.eachNode((node) => {
				if (node.type === wanted) RED.editor.edit(node);
			});
		}, type);
		await this.page.locator('#node-dialog-ok').waitFor();
	}

	async done(): Promise<void> {
		await this.page.locator('#node-dialog-ok').click();
		await this.page.locator('#node-dialog-ok').waitFor({ state: 'hidden' });
	}

	/** Closes the dialog without its changes. */
	async cancel(): Promise<void> {
		await this.page.locator('#node-dialog-cancel').click();
		await this.page.locator('#node-dialog-ok').waitFor({ state: 'hidden' });
	}

	async deploy(): Promise<void> {
		await this.page.locator('#red-ui-header-button-deploy').click();
		await this.page.getByText('Successfully deployed').waitFor();
	}
}
