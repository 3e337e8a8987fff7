import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { READER_DEFAULTS } from '../../../lib/defaults';
import type { GraphMailbox, ImapMailbox, MailboxDownload, MailboxMessage, MessageKey } from '../../../lib/mailbox';
import type { EmailSource } from '../../../lib/email';
import { IMAP_LIMITS, READER_LIMITS } from '../../../lib/limits';
import { chosenFolder, emptyFolderNotice, folderProperty } from '../../shared/folders';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import { CONNECTION_NAMES, type Mailboxes } from '../connection';

const IMAP = ['gmail', 'imap'];

const chooseBy = (
	connection: string[],
	own: { name: string; value: string; description: string },
): INodeProperties => ({
	displayName: 'Message',
	name: 'messageBy',
	type: 'options',
	options: [
		{
			name: 'From Input Item',
			value: 'item',
			description: 'The message that the input item stands for: of a mailbox trigger or of a search by this node',
		},
		{ name: 'Message-ID', value: 'messageId', description: "By the Message-ID of the message's header" },
		own,
	].sort((a, b) => a.name.localeCompare(b.name)),
	default: 'item',
	description: 'Which message',
	displayOptions: { show: { connection } },
});

/** The folder of an IMAP message, and of a search there. */
export const imapFolderProperty = folderProperty(
	{ displayName: 'By Path', name: 'path', placeholder: 'e.g. INBOX/Phishing' },
	'INBOX',
);

// A name by itself: the lint rule for defaults reads no others.
const { uid } = READER_DEFAULTS;

const uidProperty: INodeProperties = {
	displayName: 'UID',
	name: 'uid',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: IMAP_LIMITS.maxUid },
	required: true,
	default: uid,
	displayOptions: { show: { connection: IMAP, messageBy: ['uid'] } },
};

/** How a message is chosen, for these operations. */
export function selectionProperties(operation: string[]): INodeProperties[] {
	return shownFor({ resource: ['message'], operation }, [
		chooseBy(IMAP, { name: 'UID', value: 'uid', description: "By the server's number of it within the folder" }),
		chooseBy(['graph'], { name: 'Graph ID', value: 'graphId', description: "By Microsoft Graph's own ID" }),
		{
			...imapFolderProperty,
			description: 'Folder that the message is in',
			displayOptions: { show: { connection: IMAP, messageBy: ['uid', 'messageId'] } },
		},
		emptyFolderNotice({ connection: IMAP, messageBy: ['uid', 'messageId'] }),
		uidProperty,
		{
			displayName: 'Message-ID',
			name: 'messageId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. &lt;20261120.1234@example.com&gt;',
			displayOptions: { show: { messageBy: ['messageId'] } },
		},
		{
			displayName: 'Graph ID',
			name: 'graphId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. AAkALgAAAAAAHYQDEapmEc2byACq…',
			displayOptions: { show: { connection: ['graph'], messageBy: ['graphId'] } },
		},
	]);
}

/** A message of an opened mailbox. */
export type Selection =
	| { kind: 'imap'; mailbox: ImapMailbox; folder: string; key: MessageKey }
	| { kind: 'graph'; mailbox: GraphMailbox; key: { id: string } | { messageId: string } };

/** The message that the parameters choose. Does not look whether it exists. */
export async function selectMessage(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<Selection> {
	const by = context.getNodeParameter('messageBy', itemIndex) as 'item' | 'messageId' | 'uid' | 'graphId';
	const source = by === 'item' ? await itemSource(context, itemIndex, mailboxes) : undefined;
	const text = (name: string) => textParameter(context, name, itemIndex);
	if (mailboxes.connection === 'graph') {
		const mailbox = await mailboxes.graph(itemIndex);
		if (by === 'messageId') return { kind: 'graph', mailbox, key: { messageId: text('messageId') } };
		return { kind: 'graph', mailbox, key: { id: source?.graphId ?? text('graphId') } };
	}
	const mailbox = await mailboxes.imap(itemIndex);
	if (source !== undefined) {
		const { folder, uid, uidValidity } = source;
		return { kind: 'imap', mailbox, folder: folder!, key: { uid: uid!, ...(uidValidity ? { uidValidity } : {}) } };
	}
	const folder = chosenFolder(context.getNodeParameter('folder', itemIndex, '', { extractValue: true }));
	const key =
		by === 'uid'
			? { uid: numberOption(uidProperty, context.getNodeParameter(uidProperty.name, itemIndex)) }
			: { messageId: text('messageId') };
	return { kind: 'imap', mailbox, folder, key };
}

/** A text, or a number that an expression gave for one. */
export function textParameter(context: IExecuteFunctions, name: string, itemIndex: number): string {
	const value = context.getNodeParameter(name, itemIndex);
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** Where the input item's message is; refused when it cannot be in the mailbox that is opened. */
async function itemSource(context: IExecuteFunctions, itemIndex: number, mailboxes: Mailboxes): Promise<EmailSource> {
	const refuse = (message: string, description: string) =>
		new NodeOperationError(context.getNode(), message, { itemIndex, description });
	const source = (context.getInputData()[itemIndex]!.json.source ?? {}) as Partial<EmailSource>;
	const isGraph = typeof source.graphId === 'string' && source.graphId !== '';
	if (!isGraph && !(typeof source.folder === 'string' && Number.isInteger(source.uid))) {
		throw refuse(
			'The input item does not tell which message it stands for',
			"It needs 'source', as the mailbox triggers and the searches of this node put it out. Or set 'Message' to choose one by its ID.",
		);
	}
	if (isGraph !== (mailboxes.connection === 'graph')) {
		throw refuse(
			`The input item is from ${isGraph ? 'Microsoft 365' : 'an IMAP mailbox'}, and 'Connection' is ${CONNECTION_NAMES[mailboxes.connection]}`,
			"Set 'Connection' to what the item is from.",
		);
	}
	const account = await mailboxes.account(itemIndex);
	// The same number in another mailbox would be another message.
	if (source.mailbox !== undefined && String(source.mailbox).trim().toLowerCase() !== account.toLowerCase()) {
		throw refuse(
			`The input item is from the mailbox ${String(source.mailbox).slice(0, 200)}, and the credential opens ${account}`,
			isGraph
				? "Set 'Mailbox' to the item's mailbox, e.g. {{ $json.source.mailbox }}."
				: 'Choose the credential that the item was read with.',
		);
	}
	return source as EmailSource;
}

/** The message, up to so many bytes: above, only its beginning, `truncated`. */
export async function getMessage(selection: Selection, maxMessageBytes: number): Promise<MailboxMessage> {
	if (selection.kind === 'imap')
		return await selection.mailbox.get(selection.folder, selection.key, { maxMessageBytes });
	const { budgetMs } = READER_LIMITS;
	return await selection.mailbox.get(selection.key, { maxMessageBytes, budgetMs });
}

/** The whole message as a stream. */
export async function downloadMessage(selection: Selection): Promise<MailboxDownload> {
	if (selection.kind === 'imap') return await selection.mailbox.download(selection.folder, selection.key);
	return await selection.mailbox.download(selection.key, { budgetMs: READER_LIMITS.budgetMs });
}
