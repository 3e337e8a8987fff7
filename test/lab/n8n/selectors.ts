import type { Locator, Page } from 'playwright-core';

/** n8n marks what its own tests click on. */
export const testId = (id: string) => `[data-test-id="${id}"]`;

/** A text that is all of what an element shows. */
export const exactly = (text: string) => new RegExp(`^\\s*${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\\s*$`);

/** Opens a drop-down and chooses what is called exactly so: descriptions of other options may hold the same word. */
export async function chooseFrom(page: Page, field: Locator, option: string): Promise<void> {
	const items = page
		.locator('.el-select-dropdown__item:visible, [role=option]:visible')
		.filter({ has: page.getByText(exactly(option)) });
	await field.click();
	await items.first().click();
	await items.first().waitFor({ state: 'hidden' });
}
