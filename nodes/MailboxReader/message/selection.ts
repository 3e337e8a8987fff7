import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import type { EmailSource } from '../../../lib/email';
import { referenceTo, type Mailbox, type MessageReference } from '../../../lib/mailbox';
import { addressings, connectionOf, type ConnectionKind } from '../../shared/connections';
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
	const message =
		context.getNodeParameter('messageBy', itemIndex) === 'item'
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
	const source = (context.getInputData()[itemIndex]!.json.source ?? {}) as Partial<EmailSource>;
	const reference = referenceTo(source);
	if (reference === undefined) {
		throw refuse(
			'The input item does not identify a message',
			"It needs the field 'source', as output by the mailbox triggers and by the operation Search of this node. Or set 'Message' to select a message by its ID.",
		);
	}
	const { credentialName, namesMailbox, addressing } = mailboxes.connection;
	if (!addressing.takes(reference)) {
		const [other, kinds] = [...addressings].find(([one]) => one.takes(reference)) ?? [];
		// n8n shows the parameter Connection as the choice of a credential.
		const fitting = kinds?.map((kind) => connectionOf(kind).credentialName).join(' or ');
		throw refuse(
			`The input item is from ${other?.origin ?? 'another kind of mailbox'}, but the credential of this node is of the type ${credentialName}`,
			fitting === undefined ? 'Choose a credential for that mailbox.' : `Choose a credential of the type ${fitting}.`,
		);
	}
	const account = await mailboxes.account(itemIndex);
	// The same number in another mailbox would be another message.
	if (source.mailbox !== undefined && String(source.mailbox).trim().toLowerCase() !== account.toLowerCase()) {
		throw refuse(
			`The input item is from the mailbox ${String(source.mailbox).slice(0, 200)}, but the credential opens ${account}`,
			namesMailbox
				? "Set 'Mailbox' to the item's mailbox, e.g. {{ $json.source.mailbox }}."
				: 'Choose the credential of that mailbox.',
		);
	}
	return reference;
}
