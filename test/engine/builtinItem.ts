import { simpleParser } from 'mailparser';
import type { IDataObject } from 'n8n-workflow';

/** What n8n's Email Trigger (IMAP) puts out in its Resolved format: mailparser's result, header fields by name. */
export async function resolvedItem(raw: Buffer): Promise<{ json: IDataObject }> {
	const { attachments: _attachments, headerLines, ...parsed } = await simpleParser(raw);
	const headers = Object.fromEntries(headerLines.map(({ key, line }) => [key, line]));
	return { json: JSON.parse(JSON.stringify({ ...parsed, headers, attributes: { uid: 1 } })) as IDataObject };
}
