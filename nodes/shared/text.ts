/** A text, or a number that an expression gave for one, without blanks around it. Anything else is empty. */
export function textOf(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
