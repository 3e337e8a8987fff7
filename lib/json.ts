/** True for a JSON object: not a list, not null. What stands in it is not known. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
