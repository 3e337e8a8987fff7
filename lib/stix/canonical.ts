/**
 * RFC 8785 (JSON Canonicalization Scheme) text of a JSON value: keys sorted by UTF-16 code units, no white space,
 * strings and numbers as ECMAScript writes them. Properties that are `undefined` are left out.
 *
 * A lone surrogate has no UTF-8 form: it becomes U+FFFD, as every encoder would make of it (RFC 8785 section 3.2.2.2 refuses it).
 * @throws RangeError for NaN and infinities, which JSON has no form for.
 */
export function canonicalJson(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
	if (value !== null && typeof value === 'object') {
		const members = Object.entries(value)
			.filter(([, member]) => member !== undefined)
			.map(([name, member]) => [wellFormed(name), member] as const)
			.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
		return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
	}
	if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} has no canonical JSON form`);
	return JSON.stringify(typeof value === 'string' ? wellFormed(value) : value);
}

/** The text with every lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
	return /\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, '\uFFFD') : text;
}
