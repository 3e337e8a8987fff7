import { typeOfBytes } from '../../email';
import { decodePercent } from '../../text';
import type { OpenFile } from '../contract';
import { readText } from './text';

/** What a script does that makes a file in the browser, and hands it to the reader. */
const MAKES_FILE =
	/\bnew\s{1,9}(?:Blob|File)\s{0,9}\(|createObjectURL|msSaveOrOpenBlob|msSaveBlob|data:application\/(?:octet-stream|zip|x-)/;
const HANDS_OVER =
	/\.download\b|\bdownload\s{0,9}=|setAttribute\(\s{0,9}["']download|msSaveOrOpenBlob|msSaveBlob|\.click\(\)|location(?:\.href)?\s{0,9}=|window\.open/;
const PASSWORD_FIELD = /<input\b[^>]{1,500}\btype\s{0,9}=\s{0,9}["']?password/i;
/** A script that writes a page out of what is encoded. */
const WRITES_PAGE =
	/document\s{0,9}\.\s{0,9}write(?:ln)?\s{0,9}\(|innerHTML\s{0,9}=|\beval\s{0,9}\(|insertAdjacentHTML/;
const DECODES = /\batob\s{0,9}\(|\bunescape\s{0,9}\(|decodeURIComponent\s{0,9}\(|String\s{0,9}\.\s{0,9}fromCharCode/;
/** Long enough to be a file. */
const LITERAL = /["'`]((?:[A-Za-z0-9+/]{4}|[\r\n]){50,}[A-Za-z0-9+/]{0,3}={0,2})["'`]/g;
const MAX_LITERALS = 20;

/** What an HTML page does: asks for a password, makes a file. Its links and scripts are read where those of bodies are. */
export async function readHtmlFile(file: OpenFile): Promise<void> {
	const html = file.bytes.toString('latin1');
	const escaped = /unescape|decodeURI/.test(html) && html.includes('%') ? `${html}\n${decodePercent(html)}` : html;
	if (PASSWORD_FIELD.test(escaped)) file.tell({ flags: ['password-form'] });
	const scripts = /<script\b|\bon[a-z]{3,20}\s{0,9}=|javascript:/i.test(html);
	let made = false;
	if (scripts || file.kind === 'script') {
		made = MAKES_FILE.test(html) && HANDS_OVER.test(html);
		let count = 0;
		for (const [, literal = ''] of html.matchAll(LITERAL)) {
			if (++count > MAX_LITERALS) break;
			const bytes = Buffer.from(literal, 'base64');
			const type = typeOfBytes(bytes);
			if (PASSWORD_FIELD.test(bytes.toString('latin1'))) file.tell({ flags: ['password-form'] });
			if (type === undefined || type.startsWith('image/') || type.startsWith('font/')) continue;
			made ||= type !== 'text/html' || (DECODES.test(html) && WRITES_PAGE.test(html));
			if (bytes.length > file.inflatable) {
				file.tell({ notRead: ['bytes'] });
				break;
			}
			file.inflatable -= bytes.length;
			file.tell({ files: [{ name: nameIn(html), bytes }] });
		}
		made ||= DECODES.test(html) && WRITES_PAGE.test(html);
	}
	if (made) file.tell({ flags: ['html-smuggling'] });
	await readText(file);
}

/** What the script calls the file. */
const nameIn = (html: string): string | undefined =>
	/\.?download["']?\s{0,9}[=,]\s{0,9}["'`]([^"'`\r\n]{1,200})["'`]/.exec(html)?.[1];
