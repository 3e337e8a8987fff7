import type { LabAttachment, LabMessage } from './exchange';
import { LabRefusal, queryOf, selectOf } from './odata';

const ATTACHMENT_FIELDS = ['id', 'name', 'contentType', 'size', 'isInline', 'lastModifiedDateTime'];
const TYPES = { file: 'fileAttachment', item: 'itemAttachment', reference: 'referenceAttachment' };

/** The list, one of them, or the bytes of one. */
export function attachmentsOf(
	message: LabMessage,
	[index, value]: string[],
	url: URL,
): { body: unknown } | { bytes: Buffer; contentType: string } {
	const select = selectOf(queryOf(url, ['$select']).$select, 'attachment', ATTACHMENT_FIELDS);
	const show = (attachment: LabAttachment, at: number) => {
		const all: Record<string, unknown> = {
			id: `att${at}`,
			name: attachment.name,
			contentType: attachment.contentType ?? null,
			size: attachment.bytes?.length ?? 300,
			isInline: false,
		};
		return {
			'@odata.type': `#microsoft.graph.${TYPES[attachment.kind]}`,
			...Object.fromEntries(select.map((field) => [field, all[field]])),
			...(attachment.url ? { sourceUrl: attachment.url } : {}),
		};
	};
	if (index === undefined) return { body: { value: message.attachments.map(show) } };
	const attachment = message.attachments[Number(index.replace('att', ''))];
	if (attachment === undefined)
		throw new LabRefusal(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
	if (value !== '$value') return { body: show(attachment, 0) };
	if (attachment.kind === 'reference')
		throw new LabRefusal(405, 'ErrorInvalidRequest', 'A reference attachment has no value.');
	return {
		bytes: attachment.bytes ?? Buffer.alloc(0),
		contentType: attachment.contentType ?? 'application/octet-stream',
	};
}
