import { gunzipSync, constants } from 'node:zlib';
import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenFile } from '../contract';
import { readWithSevenZip } from './sevenZip';
import { readTar } from './tar';

/** Reads an archive other than zip: gz and tar by itself, the others with the extra library, where it is installed. */
export async function readArchive(file: OpenFile): Promise<void> {
	if (file.type === 'application/gzip') readGzip(file);
	else if (file.type === 'application/x-tar') readTar(file);
	else await readWithSevenZip(file);
}

function readGzip(file: OpenFile): void {
	const { bytes, name = '' } = file;
	const byRatio = Math.max(ATTACHMENT_LIMITS.freeInflatedBytes, bytes.length * ATTACHMENT_LIMITS.maxRatio);
	const maxOutputLength = Math.max(1, Math.min(file.inflatable, byRatio));
	let content: Buffer;
	try {
		content = gunzipSync(bytes, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
	} catch (error) {
		if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
		file.tell({ notRead: [byRatio < file.inflatable ? 'ratio' : 'bytes'] });
		return;
	}
	file.inflatable -= content.length;
	const inner = name.replace(/\.tgz$/i, '.tar').replace(/\.gz$/i, '');
	file.tell({ properties: { entries: 1 }, files: [{ name: inner, bytes: content }] });
}
