import type { OpenFile } from '../contract';
import { mayDrawCode } from '../drawings';
import { readDataPictures } from './dataPictures';
import { readDrawnCodes } from './drawnCode';
import { readSvg } from './svg';
import { linesOfHtml, mayHoldTextCode, readTextCodes } from './textCode';

/** Reads what a reader sees in a text, and no search of its words finds: codes that are drawn with characters, pictures in it. */
export async function readText(file: OpenFile): Promise<void> {
	if (!file.codes) return;
	const text = file.bytes.toString('utf8');
	const isHtml = file.kind === 'html' || file.type === 'text/html';
	const lines = isHtml ? linesOfHtml(text) : text;
	if (mayHoldTextCode(lines)) {
		const codes = await readTextCodes(lines);
		if (codes.length > 0) file.tell({ codes });
	}
	if (isHtml && mayDrawCode(text)) {
		const codes = await readDrawnCodes(text);
		if (codes.length > 0) file.tell({ codes });
		if (/<svg[\s>]/i.test(text)) await readSvg(file, text);
	}
	if (text.includes('data:image/')) await readDataPictures(file, text);
}
