import { parseOutlookMessage } from '../../email';
import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenFile } from '../contract';

/** Reads a message of Outlook. It is read in one go, and so not where everything else has to wait for it. */
export async function readMessage(file: OpenFile): Promise<void> {
	const options = { keepRawBytes: 0, maxMilliseconds: ATTACHMENT_LIMITS.fileMs };
	file.tell({ email: await parseOutlookMessage(file.bytes, options) });
}
