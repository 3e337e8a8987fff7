/** n8n marks what its own tests click on. */
export const testId = (id: string) => `[data-test-id="${id}"]`;

/** A text that is all of what an element shows. */
export const exactly = (text: string) => new RegExp(`^\\s*${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\\s*$`);
