/** A URL that nothing turns into a link. */
export function defang(url: string): string {
	return url.replace(/^http/i, 'hxxp').replace('://', '[:]//').replace(/\./g, '[.]');
}

/** An address as it stands in a text. */
export const URL_IN_TEXT = /\b(?:https?|ftp):\/\/[^\s<>"]+/gi;

/** A text in which no address is left that something turns into a link. */
export const defangText = (text: string) => text.replace(URL_IN_TEXT, defang);
