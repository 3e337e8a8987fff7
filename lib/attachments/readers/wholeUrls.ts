/** A URL at the end of a line. */
const AT_END = /(?:https?:\/\/|www\.)[^\s<>"]{3,2000}$/i;
/** Marks that hardly ever end one. */
const NEVER_LAST = /[?&=_%-]$/;
/** A host that is cut behind a dot: `https://www.` */
const HALF_HOST = /^https?:\/\/[\w.-]{1,250}\.$/i;
/** A word that goes on with a path or a query: it has something in it that no word of a sentence has. */
const GOES_ON = /^[\w%~.@:+-]{0,200}(?:[/?=&%_~#]|\w-\w|\d)[\w/?=&%~.@:+#!$,;-]{0,2000}$/;
const HOST_GOES_ON = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\/\S{0,2000}$/;
const ANY_WORD = /^[\w%~.@:+/?=&#-]{1,2000}$/;
const PLAIN_WORD = /^[a-z\d][\w%~.-]{0,200}$/;
/** Lines that one URL may take. */
const MAX_LINES = 20;

/**
 * Puts a URL together that is broken over lines, behind a slash or one of the marks of a query, or before such a mark. What follows a slash
 * is a part of it only if it looks like one, or if the URL was broken before: `https://example.com/` may well be all of it, and the next
 * line another sentence.
 */
export function withWholeUrls(text: string): string {
	if (!/https?:\/\/|www\./i.test(text)) return text;
	const lines = text.split('\n');
	const whole: string[] = [];
	for (let i = 0; i < lines.length; i++) {
		let line = lines[i]!;
		for (let joined = 0; joined < MAX_LINES && i + 1 < lines.length; joined++) {
			const url = AT_END.exec(line.slice(-2_100).trimEnd())?.[0];
			if (url === undefined) break;
			const next = lines[i + 1]!.trimStart();
			const word = /^\S{1,2200}/.exec(next)?.[0] ?? '';
			const bare = word.replace(/[.,;:!)\]}>"']{1,9}$/, '');
			if (!isOneUrl(url, bare, joined > 0)) break;
			line = line.trimEnd() + next;
			i++;
			if (word.length < next.trimEnd().length) break;
		}
		whole.push(line);
	}
	return whole.join('\n');
}

/** Whether a word that begins a line belongs to the URL that ends the one before. */
function isOneUrl(url: string, word: string, wasBroken: boolean): boolean {
	if (word === '' || /^(?:https?:|www\.)/i.test(word)) return false;
	if (NEVER_LAST.test(url)) return ANY_WORD.test(word);
	if (HALF_HOST.test(url)) return HOST_GOES_ON.test(word);
	if (url.endsWith('/')) return GOES_ON.test(word) || (wasBroken && PLAIN_WORD.test(word));
	return /^[/?&=%#][\w%]/.test(word) && ANY_WORD.test(word);
}
