import { ATTACHMENT_LIMITS } from '../../limits';
import { decodePercent } from '../../text';
import type { OpenFile } from '../contract';
import { readPictureInside } from './pictures';

const DATA_PICTURE = /\bdata:image\/[a-z+.-]{2,20}(?:;[a-z0-9=-]{1,30}){0,3},/gi;
/** Pictures of one page that are looked at. */
const MAX_PICTURES = 50;

/** Reads the codes in pictures that stand in HTML itself (`data:` URLs). */
export async function readDataPictures(file: OpenFile, html: string): Promise<void> {
	let count = 0;
	const seen = new Set<string>();
	for (const match of html.matchAll(DATA_PICTURE)) {
		const from = match.index + match[0].length;
		const end = /["'\s)<>]/.exec(html.slice(from, from + 4 * 1024 * 1024))?.index;
		const written = html.slice(from, end === undefined ? from + 4 * 1024 * 1024 : from + end);
		if (seen.has(written)) continue;
		seen.add(written);
		if (++count > MAX_PICTURES) {
			file.tell({ notRead: ['pictures'] });
			return;
		}
		const bytes = /;base64,$/i.test(match[0])
			? Buffer.from(decodePercent(written.slice(0, ATTACHMENT_LIMITS.maxFileBytes)), 'base64')
			: Buffer.from(decodePercent(written), 'latin1');
		await readPictureInside(file, bytes);
	}
}
