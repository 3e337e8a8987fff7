/**
 * Whether a word of text may be meant as IPv6: three groups or more, or two of a global, local or link-local address with
 * a digit in it; a dotted tail counts as two.
 */
export function isPlausibleIpv6(word: string): boolean {
	const groups = word.split(':').filter((group) => group !== '');
	const count = groups.length + (groups.at(-1)?.includes('.') === true ? 1 : 0);
	if (!word.includes('::')) return count === 8;
	if (count >= 3) return true;
	return count === 2 && /\d/.test(word) && /^(?:[23][0-9a-f]{3}|f[c-f][0-9a-f]{2}):/i.test(word);
}
