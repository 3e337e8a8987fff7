/** True for a JSON object: not a list, not null. What stands in it is not known. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The properties that have a value: those that are `undefined` are left out. */
export function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
		[K in keyof T]: Exclude<T[K], undefined>;
	};
}

/** The text or list, or undefined when nothing is in it. */
export function nonEmpty<T extends string | readonly unknown[]>(value: T | undefined): T | undefined {
	return value === undefined || value.length === 0 ? undefined : value;
}

/**
 * A value of JSON as text, for a comparison or a sentence: numbers and the like as they are written, nothing of lists and objects. Not
 * `String`: an object of a stranger may have a member `toString` that is none.
 */
export function plainText(value: unknown): string {
	return typeof value === 'object' && value !== null ? '' : String(value);
}
