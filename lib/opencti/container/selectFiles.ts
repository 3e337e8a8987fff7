import type { Attachment, Email } from '../../email';
import { OPENCTI_LIMITS } from '../../limits';
import type { DraftFile, SkippedFile, SkipReason } from './draft';
import { draftFile } from './draftFile';
import { effectiveType, uploadName } from './fileName';

/** Which files of a message go onto the platform. */
export interface FileSelection {
	/** Media types that are uploaded, `image/*` allowed; `all` for every type. Default {@link FILE_DEFAULTS}. */
	attachmentTypes?: 'all' | readonly string[] | undefined;
	/** Images that the text of the message shows. Default false. */
	includeInline?: boolean | undefined;
	/** The message itself as an .eml file, byte for byte. Default false. */
	originalEmail?: boolean | undefined;
	/** A file that the message itself is, where it is none of its attachments: an Outlook .msg. */
	messageFile?: Attachment | undefined;
}

/** What {@link FileSelection} means where nobody sets it. */
export const FILE_DEFAULTS = {
	attachmentTypes: ['application/pdf', 'application/vnd.ms-outlook', 'message/rfc822', 'text/csv', 'text/plain'],
	includeInline: false,
	originalEmail: false,
} as const satisfies Required<Omit<FileSelection, 'messageFile'>>;

/** The files of a message that are to be uploaded, and those that are not, each with its reason. */
export function selectFiles(
	email: Email,
	selection: FileSelection,
): { files: DraftFile[]; skippedFiles: SkippedFile[] } {
	const files: DraftFile[] = [];
	const skippedFiles: SkippedFile[] = [];
	const names = new Set<string>();
	const allowed = allowList(selection.attachmentTypes ?? FILE_DEFAULTS.attachmentTypes);

	const consider = (attachment: Attachment) => {
		const { fileName, size, sha256, content } = attachment;
		const title = isMessage(attachment) ? (attachment.email?.subject ?? 'message') : undefined;
		const contentType = isMessage(attachment) ? MESSAGE : effectiveType(attachment.contentType, fileName);
		const name = uploadName(fileName ?? title, contentType, sha256);
		const skip = (reason: SkipReason) => skippedFiles.push({ name: fileName ?? name, contentType, size, reason });
		if (isInlineImage(attachment) && selection.includeInline !== true) skip('inline');
		else if (!allowed(contentType)) skip('type-not-allowed');
		else if (content === undefined) skip(sha256 === '' ? 'no-bytes' : 'content-omitted');
		else if (content.length === 0) skip('empty');
		else if (names.has(name.toLowerCase())) skip('duplicate');
		else if (files.length >= OPENCTI_LIMITS.maxFiles) skip('too-many');
		else {
			names.add(name.toLowerCase());
			files.push(draftFile({ content, contentType, fileName, sha256, ...(title === undefined ? {} : { title }) }));
		}
	};
	if (selection.originalEmail === true) original(email, files, skippedFiles);
	for (const file of files) names.add(file.name.toLowerCase());
	if (selection.messageFile !== undefined && email.raw === undefined) consider(selection.messageFile);
	email.attachments.forEach(consider);
	return { files, skippedFiles };
}

const MESSAGE = 'message/rfc822';

/** Whether it is a message as it was sent, whatever its sender calls it: mail programs declare many of them as plain bytes. */
function isMessage({ contentType, fileName, email, content }: Attachment): boolean {
	if (contentType.startsWith('message/')) return email !== undefined;
	return email !== undefined && content !== undefined && email.partial !== true && /\.eml$/i.test(fileName ?? '');
}

function original(email: Email, files: DraftFile[], skippedFiles: SkippedFile[]): void {
	const contentType = MESSAGE;
	const title = `${email.subject ?? 'message'}.eml`;
	const { raw } = email;
	if (raw === undefined) {
		skippedFiles.push({ name: title, contentType, size: email.size, reason: 'content-omitted' });
		return;
	}
	files.push(draftFile({ content: raw, contentType, title }));
}

const isInlineImage = ({ related, contentType, disposition }: Attachment) =>
	contentType.startsWith('image/') && (related || disposition === 'inline');

function allowList(types: 'all' | readonly string[]): (contentType: string) => boolean {
	if (types === 'all') return () => true;
	const exact = new Set(types.map((type) => type.trim().toLowerCase()).filter((type) => type !== ''));
	if (exact.has('*') || exact.has('*/*')) return () => true;
	return (contentType) => exact.has(contentType) || exact.has(`${contentType.split('/')[0]}/*`);
}
