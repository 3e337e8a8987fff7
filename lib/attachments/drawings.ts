/** What HTML draws with: backgrounds, shadows, gradients, vector graphics. */
const PAINT = /\bbgcolor\b|background|box-shadow|<svg[\s>]/i;
const ELEMENT = /<(?:td|th|span|div|i|b|p|li|rect|em|u|s|a)\b/gi;
const FEW = /<svg[\s>]|box-shadow\s{0,9}:[^;"'{}]{400}/i;
/** Elements of the smallest code. */
const MIN_ELEMENTS = 400;
const MIN_GRADIENTS = 15;

/** Whether a page may draw a code without a picture: cheap, for every body is asked. */
export function mayDrawCode(html: string): boolean {
	if (!PAINT.test(html)) return false;
	if (FEW.test(html) || count(html, /linear-gradient/gi, MIN_GRADIENTS)) return true;
	return count(html, ELEMENT, MIN_ELEMENTS);
}

function count(text: string, what: RegExp, least: number): boolean {
	what.lastIndex = 0;
	let found = 0;
	while (found < least && what.test(text)) found++;
	what.lastIndex = 0;
	return found >= least;
}
