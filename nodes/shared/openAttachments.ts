import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { OpenOptions } from '../../lib/attachments';
import { listOf } from './operation';

/** The switch. Off for one release: what a saved workflow finds does not change by itself. */
export const openAttachmentsProperty: INodeProperties = {
	displayName: 'Open Attachments',
	name: 'openAttachments',
	type: 'boolean',
	default: false,
	description:
		'Whether to look inside of attachments: links and text of PDF and Office files, QR codes, zip files and signed files. Passwords in the message are tried.',
};

/** What only some want of it. */
export const attachmentPasswordsOption: INodeProperties = {
	displayName: 'Attachment Passwords',
	name: 'attachmentPasswords',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	placeholder: 'e.g. infected, malware',
	description: "Passwords to try first on protected attachments, separated by commas. Applies to 'Open Attachments'.",
};

export const otherArchivesOption: INodeProperties = {
	displayName: 'Open Other Archives',
	name: 'otherArchives',
	type: 'boolean',
	default: false,
	description:
		"Whether to also open gz and tar files, and 7z, rar, iso and others if the library 7z-wasm is installed. Applies to 'Open Attachments'.",
};

/** How attachments are opened, where the node is set so. `collection` holds the options above. */
export function openingOf(context: IExecuteFunctions, itemIndex: number, collection: string): OpenOptions | undefined {
	if (context.getNodeParameter(openAttachmentsProperty.name, itemIndex, false) !== true) return undefined;
	const options = context.getNodeParameter(collection, itemIndex, {}) as Record<string, unknown>;
	return {
		words: listOf(options.attachmentPasswords),
		otherArchives: options.otherArchives === true,
		signal: context.getExecutionCancelSignal?.(),
	};
}
