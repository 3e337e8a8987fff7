import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenFile } from '../contract';

/** FileDataStoreObject (MS-ONESTORE section 2.6.13): what a page of OneNote holds as a file begins with it. */
const MARK = Buffer.from('e716e3bd65261145a4c48d4d0b7a9eac', 'hex');

/** Takes the files out of a OneNote section. */
export function oneNoteFiles(file: OpenFile): void {
	const { bytes } = file;
	let count = 0;
	for (let at = bytes.indexOf(MARK); at >= 0 && at + 36 <= bytes.length; at = bytes.indexOf(MARK, at + 36)) {
		const size = Number(bytes.readBigUInt64LE(at + 16));
		const content = bytes.subarray(at + 36, Math.min(at + 36 + size, bytes.length));
		if (content.length === 0) continue;
		if (++count > ATTACHMENT_LIMITS.maxChildren) {
			file.tell({ notRead: ['children'] });
			return;
		}
		if (content.length > file.inflatable) {
			file.tell({ notRead: ['bytes'] });
			return;
		}
		file.inflatable -= content.length;
		file.tell({ flags: ['embedded-file'], files: [{ bytes: content }] });
	}
}
