import type { Locator, Page } from 'playwright-core';
import { CredentialDialog } from './credentialDialog';
import { chooseFrom, exactly, testId } from './selectors';
import { waitFor } from './wait';

/** The open node: parameters in the middle, input and output beside. */
export class NodeView {
	readonly root: Locator;
	readonly input: Locator;
	readonly output: Locator;

	readonly #page: Page;

	constructor(page: Page) {
		this.#page = page;
		this.root = page.locator(testId('ndv'));
		this.input = this.root.locator(testId('ndv-input-panel'));
		this.output = this.root.locator(testId('output-panel'));
	}

	async close(): Promise<void> {
		await this.root.locator(testId('ndv-close-button')).click();
		await this.root.waitFor({ state: 'detached' });
	}

	/** Waits until these parameters are shown. */
	async shows(names: string[]): Promise<void> {
		for (const name of names)
			await this.root
				.locator(`${testId('node-parameters')} ${testId(`parameter-input-${name}`)}`)
				.first()
				.waitFor({ state: 'attached' });
	}

	/** Picks a stored credential by its id. */
	async useCredential(id: string): Promise<void> {
		await this.root.locator(testId('node-credentials-select')).first().click();
		await this.#page.locator(testId(`node-credentials-select-item-${id}`)).click();
	}

	/** Opens the dialog for a new credential. */
	async newCredential(): Promise<CredentialDialog> {
		const stored = this.root.locator(testId('node-credentials-select')).first();
		// Without a stored one there is nothing to choose from.
		const none = this.root.getByRole('button', { name: /^Connect to / }).first();
		await stored.or(none).first().waitFor();
		if (await none.isVisible()) await none.click();
		else {
			await stored.click();
			await this.#page.locator(testId('node-credentials-select-item-new')).click();
		}
		return await this.#dialog();
	}

	/** Opens the dialog of the credential that is chosen. */
	async editCredential(): Promise<CredentialDialog> {
		await this.root.locator(testId('credential-edit-button')).first().click();
		return await this.#dialog();
	}

	/**
	 * Opens a list that is fetched from the server, searches in it, and waits until it shows exactly this. n8n keeps the
	 * chosen item in sight, whatever is searched: then it does not count.
	 */
	async listShows(parameter: string, words: string, expected: string[]): Promise<void> {
		const search = this.#page.locator(`input${testId('rlc-search')}, ${testId('rlc-search')} input`).first();
		if (!(await search.isVisible()))
			await this.root.locator(`${testId(`resource-locator-${parameter}`)} ${testId('rlc-input')}`).click();
		await search.fill(words);
		const items = this.#page.locator(`${testId('rlc-item')}${words === '' ? '' : ':not([class*="selected"])'}:visible`);
		const shown = async () => (await items.allTextContents()).map((text) => text.trim());
		await waitFor(
			`the list ${expected.join(', ')}`,
			async () => (await shown()).join('\n') === expected.join('\n'),
			45_000,
		);
	}

	/** Picks from an open list. */
	async pick(item: string): Promise<void> {
		await this.#page
			.locator(`${testId('rlc-item')}:visible`)
			.filter({ hasText: item })
			.first()
			.click();
	}

	/** Switches a list parameter to another mode and types into it. */
	async typeInstead(parameter: string, mode: string, text: string): Promise<void> {
		const locator = this.root.locator(testId(`resource-locator-${parameter}`));
		await locator.locator(testId('rlc-mode-selector')).click();
		await this.#page
			.locator('.el-select-dropdown__item:visible')
			.filter({ has: this.#page.getByText(exactly(mode)) })
			.first()
			.click();
		await locator
			.locator(`${testId('rlc-input')} input, input${testId('rlc-input')}`)
			.first()
			.fill(text);
	}

	/** Types into a text parameter. */
	async fill(parameter: string, text: string): Promise<void> {
		// A field with an expression is an editor of its own; a node has one of them at first.
		const plain = this.root.locator(testId(`parameter-input-${parameter}`)).locator('textarea, input');
		const editor = this.root.locator('.cm-content[contenteditable="true"]');
		const field = plain.or(editor).first();
		await field.fill(text);
		await field.blur();
	}

	/** What the picker of a list parameter shows as chosen; empty when nothing is. */
	async chosen(parameter: string): Promise<string> {
		return await this.root
			.locator(testId(`resource-locator-${parameter}`))
			.locator(`${testId('rlc-input')} input, input${testId('rlc-input')}`)
			.first()
			.inputValue();
	}

	/** The box that explains why a test is not possible, when there is one. */
	get notices(): Locator {
		return this.root.locator('.notice');
	}

	/** Chooses an option of a drop-down parameter. */
	async choose(parameter: string, option: string): Promise<void> {
		await chooseFrom(this.#page, this.root.locator(testId(`parameter-input-${parameter}`)), option);
	}

	/** The options that "Add option" offers. Where there is one only, known by its name, n8n adds it at once. */
	async options(first: string): Promise<string[]> {
		await this.root.locator(testId('collection-parameter-add')).first().click();
		const offered = this.#page.locator(`${testId('collection-parameter-option')}:visible`);
		const added = this.root.getByText(exactly(first));
		await offered.or(added).first().waitFor();
		if (await added.first().isVisible()) return [first];
		const names = (await offered.allInnerTexts()).map((text) => text.trim());
		await this.#page.keyboard.press('Escape');
		await offered.first().waitFor({ state: 'hidden' });
		return names;
	}

	/** Presses "Execute step" (of a trigger: "Fetch Test Event") and waits for what comes out. */
	async execute(): Promise<void> {
		await this.root
			.locator(`${testId('node-execute-button')}, ${testId('trigger-execute-button')}`)
			.first()
			.click();
	}

	/** Waits for a green output and gives how many items n8n counts. */
	async items(): Promise<string> {
		await this.output.locator(testId('node-run-status-success')).waitFor();
		return (await this.output.locator(testId('ndv-items-count')).innerText()).trim();
	}

	/** Waits for a failed output and gives all that it says. */
	async failure(): Promise<{ message: string; description: string }> {
		const message = this.output.locator(testId('node-error-message'));
		await message.waitFor();
		const description = this.output.locator(testId('node-error-description'));
		return { message: (await message.innerText()).trim(), description: (await description.innerText()).trim() };
	}

	/** Shows a panel as `Table`, `JSON`, `Schema` or `Binary`. */
	async show(panel: 'input' | 'output', as: 'Table' | 'JSON' | 'Schema' | 'Binary'): Promise<void> {
		await this[panel].locator(testId(`radio-button-${as.toLowerCase()}`)).click();
	}

	/** With both sides as tables: the output row that holds a text, and the input row that n8n pairs it with on hovering. */
	async pairOf(text: string): Promise<{ input: string; output: string }> {
		await this.show('input', 'Table');
		await this.show('output', 'Table');
		await this.output.locator('tbody tr').filter({ hasText: text }).first().hover();
		// Until then n8n marks the first pair.
		const row = this.output.locator(testId('hovering-item')).filter({ hasText: text });
		await row.waitFor();
		return { input: await this.input.locator(testId('hovering-item')).innerText(), output: await row.innerText() };
	}

	async #dialog(): Promise<CredentialDialog> {
		const dialog = new CredentialDialog(this.#page);
		await dialog.root.waitFor();
		return dialog;
	}
}
