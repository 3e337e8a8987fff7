import { createHash } from 'node:crypto';
import type { DraftFile } from './draft';
import { effectiveType, uploadName } from './fileName';

/** Bytes that are to be uploaded, as somebody gives them. */
export interface GivenFile {
	content: Buffer;
	/** Media type as declared. */
	contentType: string;
	/** Name that the sender gave. */
	fileName?: string | undefined;
	/** What it is called where it has no name of a sender's. */
	title?: string;
	/** Lower-case hex, where it is known already. */
	sha256?: string;
}

/** A file for a report, a case or another object: safely named after its bytes, typed by name where the declared type says nothing. */
export function draftFile({ content, contentType, fileName, title, sha256 = sha256Of(content) }: GivenFile): DraftFile {
	return {
		name: uploadName(fileName ?? title, contentType, sha256),
		contentType: effectiveType(contentType, fileName ?? title),
		content,
		sha256,
		...(fileName === undefined ? {} : { originalName: fileName }),
	};
}

const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex');
