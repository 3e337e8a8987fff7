import type { Locator, Page } from 'playwright-core';
import { chooseFrom, testId } from './selectors';

/** The dialog of one credential. */
export class CredentialDialog {
	readonly root: Locator;

	readonly #page: Page;

	constructor(page: Page) {
		this.#page = page;
		this.root = page.locator(testId('editCredential-modal'));
	}

	/** Waits until these fields are shown. */
	async shows(names: string[]): Promise<void> {
		for (const name of names) await this.#parameter(name).waitFor();
	}

	/** Types into a field, by its parameter name. */
	async fill(name: string, value: string): Promise<void> {
		await this.#parameter(name).locator('input, textarea').first().fill(value);
	}

	/** Chooses an option of a field. */
	async choose(name: string, option: string): Promise<void> {
		await chooseFrom(this.#page, this.#parameter(name), option);
	}

	async save(): Promise<void> {
		await this.root.locator(testId('credential-save-button')).click();
	}

	/** What n8n shows after a login that failed, with its details. */
	async failure(): Promise<string> {
		const details = this.root.getByText('More details');
		await details.waitFor();
		await details.click();
		const banner = this.root
			.locator(testId('node-credentials-config-container'))
			.locator('[class*="banner"], [class*="callout"]');
		await banner.first().waitFor();
		return await this.root.innerText();
	}

	/** n8n closes the dialog when the login worked. */
	async accepted(): Promise<void> {
		await this.root.waitFor({ state: 'detached' });
	}

	#parameter(name: string): Locator {
		return this.root.locator(testId(`parameter-input-${name}`)).first();
	}
}
