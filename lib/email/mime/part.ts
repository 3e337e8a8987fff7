import {
	decodeHeaderText,
	decodeRawText,
	fieldOf,
	parseStructuredField,
	type HeaderBlock,
	type RawField,
	type StructuredField,
} from '../header';
import { safeFileName } from '../fileName';
import type { MimeEntity } from './splitter';

/** What the MIME fields of an entity say. */
export interface PartDetail {
	/** Lower case `type/subtype`. */
	contentType: string;
	/** False when the entity has no Content-Type of its own. */
	declared: boolean;
	contentTypeHeader?: string;
	charset?: string;
	boundary?: string;
	/** format=flowed (RFC 3676) of a text/plain part. */
	flowed: boolean;
	deleteSpace: boolean;
	/** Content-Transfer-Encoding in lower case. */
	encoding: string;
	dispositionHeader?: string;
	disposition?: 'inline' | 'attachment';
	fileName?: string;
	contentId?: string;
}

const NO_FIELD: StructuredField = { value: '', params: {}, decoded: [] };

/** Reads the Content-* fields. A missing or unreadable type is text/plain (RFC 2045 section 5.2), in a digest a message. */
export function readPartDetail(header: HeaderBlock, parent: MimeEntity<PartDetail> | undefined): PartDetail {
	const { fields } = header;
	const typeField = fieldOf(fields, 'content-type');
	const dispositionField = fieldOf(fields, 'content-disposition');
	const type = typeField === undefined ? NO_FIELD : parseStructuredField(typeField);
	const disposition = dispositionField === undefined ? NO_FIELD : parseStructuredField(dispositionField);
	const fallback = parent?.detail.contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
	const contentType = isMediaType(type.value) ? type.value : type.value === 'html' ? 'text/html' : fallback;
	const fileName = nameOf(disposition, 'filename', dispositionField) ?? nameOf(type, 'name', typeField);
	const contentId = idOf(fields);
	// Compared with the bytes of the delimiter lines.
	const boundary =
		type.params.boundary === undefined
			? undefined
			: Buffer.from(type.params.boundary, 'utf8').toString('latin1').trimEnd();
	const kind = dispositionOf(disposition.value);
	return {
		contentType,
		declared: typeField !== undefined,
		flowed: contentType === 'text/plain' && type.params.format?.trim().toLowerCase() === 'flowed',
		deleteSpace: type.params.delsp?.trim().toLowerCase() === 'yes',
		encoding: encodingOf(fieldOf(fields, 'content-transfer-encoding')),
		...(typeField === undefined ? {} : { contentTypeHeader: decodeRawText(typeField) }),
		...(type.params.charset ? { charset: type.params.charset.trim().toLowerCase() } : {}),
		...(boundary ? { boundary } : {}),
		...(dispositionField === undefined ? {} : { dispositionHeader: decodeRawText(dispositionField) }),
		...(kind === undefined ? {} : { disposition: kind }),
		...(fileName === undefined ? {} : { fileName }),
		...(contentId === undefined ? {} : { contentId }),
	};
}

/** Types that say no more than that there is a file. */
export const GENERIC_TYPES: ReadonlySet<string> = new Set([
	'application/octet-stream',
	'application/binary',
	'application/x-download',
	'application/force-download',
]);

/** Whether a text, in lower case, is a `type/subtype` without parameters. */
export function isMediaType(text: string): boolean {
	return /^[^\s/;,]{1,100}\/[^\s/;,]{1,100}$/.test(text);
}

function nameOf(field: StructuredField, parameter: string, raw: string | undefined): string | undefined {
	const value = field.params[parameter];
	if (!value) return undefined;
	if (field.decoded.includes(parameter)) return safeFileName(value);
	// Encoded words do not belong here (RFC 2047 section 5) and most senders put them here.
	const bytes = Buffer.from(value, 'utf8').toString('latin1');
	return safeFileName(
		decodeHeaderText(raw !== undefined && value.includes('\ufffd') ? value.replace(/\ufffd/g, '_') : bytes),
	);
}

function dispositionOf(value: string): 'inline' | 'attachment' | undefined {
	if (value === '') return undefined;
	// RFC 2183 section 2.8: what is not known is an attachment.
	return value === 'inline' ? 'inline' : 'attachment';
}

function encodingOf(raw: string | undefined): string {
	if (raw === undefined) return '';
	// A comment or a stray semicolon behind the token is no part of it, quotes are none either.
	const token = /^["'\s]*([\w-]+)/.exec(raw)?.[1]?.toLowerCase() ?? '';
	if (/^(?:x-)?base[-_]?64$/.test(token)) return 'base64';
	return /^(?:quoted(?:[-_]?printable)?|qp)$/.test(token) ? 'quoted-printable' : token;
}

function idOf(fields: RawField[]): string | undefined {
	const raw = fieldOf(fields, 'content-id');
	if (raw === undefined) return undefined;
	const id = decodeHeaderText(raw).replace(/^</, '').replace(/>$/, '').trim();
	return id === '' ? undefined : id;
}

/** An mbox file (RFC 4155) is read as its first message. */
const MESSAGES = new Set(['message/rfc822', 'message/global', 'message/news', 'application/mbox']);
/** Not text/*, and yet text that a report is made of (RFC 3464, 8098, 5965). */
const READABLE = new Set([
	'message/delivery-status',
	'message/disposition-notification',
	'message/feedback-report',
	'message/global-delivery-status',
]);

/** Whether a file is a message, by its type or its name. */
export const isMessageFile = ({
	contentType,
	fileName,
}: {
	contentType: string;
	fileName?: string | undefined;
}): boolean => MESSAGES.has(contentType) || /\.(?:eml|mbox)$/i.test(fileName ?? '');

/** How a leaf is kept: as text, as an attachment, or as an attachment that is itself a message. */
export type LeafKind = 'text' | 'attachment' | 'message';

/** What a leaf is. A text part is a body unless the sender attached it, or named it like a file behind the first part. */
export function leafKind(detail: PartDetail, entity: MimeEntity<PartDetail>): LeafKind {
	if (isMessageFile(detail)) return 'message';
	if (detail.disposition === 'attachment') return 'attachment';
	if (READABLE.has(detail.contentType)) return 'text';
	if (!detail.contentType.startsWith('text/')) return 'attachment';
	const first = (entity.parent?.children ?? 1) === 1 || entity.parent?.detail.contentType === 'multipart/alternative';
	return detail.fileName === undefined || first ? 'text' : 'attachment';
}
