import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import type { EmailSource } from '../../../lib/email';
import { referenceIn } from '../../../lib/flow';
import type { Mailbox, MessageReference } from '../../../lib/mailbox';
import { addressings, connectionKinds, connectionOf, type ConnectionKind } from '../../shared/connections';
import { chosenFolder, emptyFolderNotice } from '../../shared/folders';
import type { MessageAddressing } from '../../shared/mailboxConnection';
import { shownFor } from '../../shared/operation';
import { textOf } from '../../shared/text';
import type { Mailboxes } from '../connection';

const chooseBy = (connection: ConnectionKind[], { own }: MessageAddressing): INodeProperties => ({
	displayName: 'Message',
	name: 'messageBy',
	type: 'options',
	options: [
		{
			name: 'From Input Item',
			value: 'item',
			description: 'The message of the input item, from a mailbox trigger or from the operation Search of this node',
		},
		{ name: 'Message-ID', value: 'messageId', description: 'The message with this Message-ID in its header' },
		{ name: own.property.displayName, value: own.property.name, description: own.description },
	].sort((a, b) => a.name.localeCompare(b.name)),
	default: 'item',
	description: 'How to select the message',
	displayOptions: { show: { connection } },
});

/** The folder in which a message is looked for, where it must be one. */
function folderOfMessage(connection: ConnectionKind[], { inFolders, folder, own }: MessageAddressing) {
	if (!inFolders) return [];
	const show = { connection, messageBy: [own.property.name, 'messageId'] };
	return [
		{ ...folder, description: 'Folder that contains the message', displayOptions: { show } },
		emptyFolderNotice(show),
	];
}

/** How a message is chosen, for these operations. */
export function selectionProperties(operation: string[]): INodeProperties[] {
	const ways = [...addressings];
	return shownFor({ resource: ['message'], operation }, [
		...ways.map(([addressing, kinds]) => chooseBy(kinds, addressing)),
		...ways.flatMap(([addressing, kinds]) => folderOfMessage(kinds, addressing)),
		{
			displayName: 'Message-ID',
			name: 'messageId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. &lt;20261120.1234@example.com&gt;',
			displayOptions: { show: { messageBy: ['messageId'] } },
		},
		...ways.map(([{ own }, connection]) => ({
			...own.property,
			displayOptions: { show: { connection, messageBy: [own.property.name] } },
		})),
	]);
}

/** True where the message is the one that the input item stands for. */
export const isOfItem = (context: IExecuteFunctions, itemIndex: number): boolean =>
	context.getNodeParameter('messageBy', itemIndex) === 'item';

/** A message of an opened mailbox. */
export interface Selection {
	mailbox: Mailbox;
	message: MessageReference;
}

/** The message that the parameters choose. Does not look whether it exists. */
export async function selectMessage(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<Selection> {
	const message = isOfItem(context, itemIndex)
		? await referenceOfItem(context, itemIndex, mailboxes)
		: typedReference(context, itemIndex, mailboxes.connection.addressing);
	return { mailbox: await mailboxes.of(itemIndex), message };
}

function typedReference(
	context: IExecuteFunctions,
	itemIndex: number,
	{ own, inFolders }: MessageAddressing,
): MessageReference {
	const folder = inFolders
		? chosenFolder(context.getNodeParameter('folder', itemIndex, '', { extractValue: true }))
		: undefined;
	if (context.getNodeParameter('messageBy', itemIndex) === 'messageId')
		return { messageId: textParameter(context, 'messageId', itemIndex), folder };
	return own.referenceTo(context.getNodeParameter(own.property.name, itemIndex), folder);
}

/** A text, or a number that an expression gave for one. */
export function textParameter(context: IExecuteFunctions, name: string, itemIndex: number): string {
	return textOf(context.getNodeParameter(name, itemIndex));
}

/** The input item's message; refused when it cannot be in the mailbox that is opened. */
async function referenceOfItem(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<MessageReference> {
	const refuse = (message: string, description: string) =>
		new NodeOperationError(context.getNode(), message, { itemIndex, description });
	const opened = { kind: await mailboxes.kind(itemIndex), name: await mailboxes.account(itemIndex) };
	const found = referenceIn(context.getInputData()[itemIndex]!.json, opened);
	if ('reference' in found) return found.reference;
	if (found.because === 'no-source') {
		throw refuse(
			'The input item does not identify a message',
			"It needs the field 'source', as output by the mailbox triggers and by the operation Search of this node. Or set 'Message' to select a message by its ID.",
		);
	}
	const { namesMailbox, credentialName } = mailboxes.connection;
	// A fresh node has whichever credential n8n offers first: the number of a message says nothing in another mailbox.
	if (found.because === 'kind') {
		const { kind } = found;
		const wanted = connectionKinds.map(connectionOf).filter(({ kinds }) => kinds.includes(kind));
		throw refuse(
			`The input item is from ${ORIGINS[kind]}, but the credential of this node is of the type ${credentialName}`,
			`Choose a credential of the type ${wanted.map((other) => other.credentialName).join(' or ')}: the one that the item was read with.`,
		);
	}
	throw refuse(
		`The input item is from the mailbox ${found.mailbox}, but the credential opens ${opened.name}`,
		namesMailbox
			? "Set 'Mailbox' to the item's mailbox, e.g. {{ $json.source.mailbox }}."
			: 'Choose the credential of that mailbox.',
	);
}

/** What messages are from, for people. */
const ORIGINS: Readonly<Partial<Record<EmailSource['kind'], string>>> = {
	imap: 'an IMAP mailbox',
	gmail: 'Gmail',
	graph: 'Microsoft 365',
};
