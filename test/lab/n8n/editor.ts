import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { OWNER, type N8nApi } from './api';
import { binaryOf } from './binaries';
import { CredentialDialog } from './credentialDialog';
import { NodeView } from './nodeView';
import { exactly, testId } from './selectors';

/** What is seen on pictures: as wide as a page of the docs. */
const VIEWPORT = { width: 1200, height: 800 };
const FLAGS = [
	...['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run'],
	...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--force-color-profile=srgb'],
];

export interface EditorOptions {
	/** n8n's address. */
	url: string;
	/** Where `shot` puts pictures. */
	pictures: string;
	/** Where pictures of failures go. */
	failures: string;
}

/** How the node panel shows a node. Names alone are not unique. */
export interface NodeCard {
	displayName: string;
	description: string;
}

/** n8n's editor in a real browser, in the words of who sits in front of it. */
export class Editor {
	readonly #browser: Browser;
	readonly #options: EditorOptions;

	private constructor(
		browser: Browser,
		readonly page: Page,
		options: EditorOptions,
	) {
		this.#browser = browser;
		this.#options = options;
	}

	/** Starts a browser and signs in as the owner. */
	static async open(options: EditorOptions): Promise<Editor> {
		const executablePath = binaryOf('chromium');
		if (executablePath === undefined) throw new Error('There is no Chromium');
		const { chromium } = require('playwright-core') as typeof import('playwright-core');
		const browser = await chromium.launch({ executablePath, args: FLAGS });
		try {
			const page = await browser.newPage({ viewport: VIEWPORT, reducedMotion: 'reduce' });
			page.setDefaultTimeout(45_000);
			page.setDefaultNavigationTimeout(120_000);
			await page.goto(`${options.url}/signin`);
			await page.fill('input[name=emailOrLdapLoginId]', OWNER.email);
			await page.fill('input[type=password]', OWNER.password);
			await page.click(testId('form-submit-button'));
			await page.waitForURL(/home|workflow/);
			return new Editor(browser, page, options);
		} catch (error) {
			await browser.close();
			throw error;
		}
	}

	async close(): Promise<void> {
		await this.#browser.close();
	}

	/** Runs a test; when it fails, a picture shows what was seen then. */
	async watch(name: string, test: () => Promise<void>): Promise<void> {
		try {
			await test();
		} catch (error) {
			mkdirSync(this.#options.failures, { recursive: true });
			const path = join(this.#options.failures, `failed-${name}.png`);
			await this.page.screenshot({ path }).catch(() => undefined);
			process.stdout.write(`Picture of the failure: ${path}\n`);
			throw error;
		}
	}

	/** A picture of what is seen now, without notices, and without what only hovering shows unless that is asked for. */
	async shot(name: string, { hovering = false } = {}): Promise<void> {
		mkdirSync(this.#options.pictures, { recursive: true });
		if (!hovering) await this.page.mouse.move(VIEWPORT.width / 2, 1);
		if (!hovering) await this.#dismissNotices();
		await this.page.screenshot({ path: join(this.#options.pictures, `${name}.png`), animations: 'disabled' });
	}

	/** An empty canvas. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.#options.url}/workflow/new`);
		await this.page.locator(testId('canvas-plus-button')).waitFor();
	}

	/** Opens a workflow from the list that n8n begins with. */
	async openListed(name: string): Promise<void> {
		await this.page.goto(`${this.#options.url}/home/workflows`);
		await this.page.getByText(name, { exact: true }).first().click();
		await this.page.locator(testId('canvas-node')).first().waitFor();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.#options.url}/workflow/${id}`);
		await this.page.locator(testId('canvas-node')).first().waitFor();
	}

	/** An execution of the past, as the list of executions shows it. */
	async openExecution(workflowId: string, executionId: string): Promise<void> {
		await this.page.goto(`${this.#options.url}/workflow/${workflowId}/executions/${executionId}`);
		await this.page.locator(testId('canvas-node')).first().waitFor();
	}

	/** An empty canvas, with n8n's own manual trigger on it. */
	async newManualWorkflow(): Promise<void> {
		await this.newWorkflow();
		await this.#openPanel();
		await this.page.getByText('Trigger manually', { exact: true }).click();
		await this.page.locator(testId('canvas-node')).first().waitFor();
	}

	/** Searches the node panel and waits until it lists the node, known by its name and description. */
	async find(words: string, node: NodeCard): Promise<Locator> {
		await this.#openPanel();
		await this.page.fill(testId('node-creator-search-bar'), words);
		const item = this.page
			.locator(testId('item-iterator-item'))
			.filter({ has: this.page.getByText(exactly(node.displayName)) })
			.filter({ hasText: node.description });
		await item.first().waitFor();
		return item.first();
	}

	/** What the node panel lists for some words, the best first: each as its name and description. */
	async listed(words: string, node: NodeCard): Promise<string[]> {
		await this.find(words, node);
		return await this.page.locator(testId('item-iterator-item')).allInnerTexts();
	}

	/** Takes a node from the panel onto the canvas; it opens. Community nodes show a page of their own first. */
	async addNode(node: NodeCard, action?: string): Promise<NodeView> {
		const item = await this.find(node.displayName, node);
		await item.click();
		// The list slides out while the page slides in.
		await item.waitFor({ state: 'detached' });
		await this.page.getByText('Node details', { exact: true }).waitFor();
		const add = this.page.getByText('Add to workflow', { exact: true });
		const actions = this.page.locator(`${testId('node-creator')} ${testId('node-creator-item-name')}`);
		await (action === undefined ? add.or(actions) : actions.filter({ hasText: exactly(action) })).first().click();
		const view = new NodeView(this.page);
		await view.root.waitFor();
		return view;
	}

	/** The dialog of a stored credential. */
	async openCredential(id: string): Promise<CredentialDialog> {
		await this.page.goto(`${this.#options.url}/home/credentials/${id}`);
		const dialog = new CredentialDialog(this.page);
		await dialog.root.waitFor();
		return dialog;
	}

	/** The workflow of the canvas as n8n saved it, or null when it has not yet. */
	async stored(api: N8nApi): Promise<unknown> {
		const id = /\/workflow\/(\w+)/.exec(this.page.url())?.[1] ?? 'new';
		return await api.call('GET', `/workflows/${id}`).catch(() => null);
	}

	/** Opens a node of the canvas. */
	async openNode(name: string): Promise<NodeView> {
		await this.node(name).dblclick();
		const view = new NodeView(this.page);
		await view.root.waitFor();
		return view;
	}

	/** A node on the canvas. */
	node(name: string): Locator {
		return this.page.locator(`${testId('canvas-node')}[data-node-name="${name}"]`);
	}

	/** Runs the whole workflow and waits for the notice with its outcome. */
	async execute(): Promise<string> {
		await this.#dismissNotices();
		await this.page.locator(testId('execute-workflow-button')).click();
		const notice = this.page.locator('.el-notification').first();
		await notice.waitFor();
		return await notice.innerText();
	}

	/** Shows the whole workflow on the canvas. */
	async fit(): Promise<void> {
		await this.page.locator(testId('zoom-to-fit')).click();
	}

	async #dismissNotices(): Promise<void> {
		const notices = this.page.locator('.el-notification');
		while (await notices.first().isVisible()) {
			await notices
				.first()
				.locator('.el-notification__closeBtn')
				.click({ timeout: 5_000 })
				.catch(() => undefined);
		}
	}

	async #openPanel(): Promise<void> {
		const bar = this.page.locator(testId('node-creator-search-bar'));
		if (await bar.isVisible()) return;
		const first = this.page.locator(testId('canvas-plus-button'));
		if (await first.isVisible()) await first.click();
		else {
			// The end of a long row lies beyond the edge.
			await this.fit();
			await this.page.locator(testId('canvas-handle-plus')).last().click();
		}
		await bar.waitFor();
	}
}
