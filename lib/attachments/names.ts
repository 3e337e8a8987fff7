import type { FileFlag } from '../email';

const PROGRAMS =
	/\.(?:exe|scr|com|pif|cpl|dll|msi|msp|msix|appx|appinstaller|jar|apk|app|deb|rpm|dmg|pkg|xll|ocx|sys|gadget|application)$/i;
const SCRIPTS =
	/\.(?:js|jse|vbs|vbe|wsf|wsh|ws|ps1|psm1|psd1|bat|cmd|hta|sct|sh|py|pyw|pl|rb|reg|inf|scf|chm|hlp|mshta|jnlp|xsl|msc|settingcontent-ms|slk|iqy|rdp|library-ms|search-ms|wll|ade|mde|one)$/i;
const SHORTCUTS = /\.(?:lnk|url|website|desktop|webloc)$/i;
/** What a reader takes a file for, and what it is: `invoice.pdf.exe`, `Statement.Xls.htm`. */
const DOUBLE =
	/\.(?:pdf|docx?|docm|xlsx?|xlsm|pptx?|rtf|txt|csv|jpe?g|png|gif|bmp|tiff?|zip|mp3|mp4|wav|eml|msg|html?)\s{0,200}\.(?:exe|scr|com|pif|cpl|dll|msi|jar|js|jse|vbs|vbe|wsf|hta|ps1|bat|cmd|lnk|url|html?|xhtml|shtml|svg|iso|img|vhdx?|zip|rar|7z|one|chm)$/i;

/** What a file is by its name alone. */
export function kindOfName(name: string): 'executable' | 'script' | 'shortcut' | undefined {
	if (PROGRAMS.test(name)) return 'executable';
	if (SHORTCUTS.test(name)) return 'shortcut';
	return SCRIPTS.test(name) ? 'script' : undefined;
}

const INSIDE = { executable: 'executable-inside', script: 'script-inside', shortcut: 'shortcut' } as const;

/** The flag of a file that holds one of this name. */
export function riskOfName(name: string): FileFlag | undefined {
	const kind = kindOfName(name);
	return kind === undefined ? undefined : INSIDE[kind];
}

/** The flag of a file that holds one of this kind. */
export const riskOfKind = (kind: string): FileFlag | undefined =>
	Object.hasOwn(INSIDE, kind) ? INSIDE[kind as keyof typeof INSIDE] : undefined;

/** Whether a name ends in two types, so that a reader takes the file for another one. */
export const hasDoubleExtension = (name: string): boolean => DOUBLE.test(name.trim());

/* eslint-disable no-misleading-character-class -- each of them is meant by itself */
const UNSEEN =
	/[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0]/;
/* eslint-enable no-misleading-character-class */
/** The same in UTF-8, as header fields write it in percent signs and encoded words. */
const UNSEEN_WRITTEN =
	/(?:%|=)(?:C2(?:%|=)AD|CD(?:%|=)8F|D8(?:%|=)9C|E1(?:%|=)85(?:%|=)(?:9F|A0)|E2(?:%|=)80(?:%|=)(?:8[B-F]|A[89A-E])|E2(?:%|=)81(?:%|=)A[0-9A-F]|E3(?:%|=)85(?:%|=)A4|EF(?:%|=)BB(?:%|=)BF)/i;

/** Whether a name, or the header fields that hold it, has characters that no reader sees. */
export function hidesInName(written: string): boolean {
	if (UNSEEN.test(written) || UNSEEN_WRITTEN.test(written)) return true;
	for (const [, words = ''] of written.matchAll(/=\?utf-8\?b\?([\w+/=]{1,2000})\?=/gi))
		if (UNSEEN.test(Buffer.from(words, 'base64').toString('utf8'))) return true;
	return false;
}
