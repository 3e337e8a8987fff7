import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { ItemMessage } from '../../lib/email';
import {
	analysedMessage,
	reportedFrom,
	reporterAddresses,
	type Analyse,
	type Analysed,
	type AnalyseOptions,
	type Reported,
} from '../../lib/reported';
import { readMessage } from './emailItem';

/** Whose mail a node works on. */
export const analyseProperty: INodeProperties = {
	displayName: 'Analyse',
	name: 'analyse',
	type: 'options',
	options: [
		{
			name: 'Automatic',
			value: 'automatic',
			description: 'The reported message if the message is a report or a forward, otherwise the message itself',
		},
		{
			name: 'The Attached Message',
			value: 'attached',
			description: 'The first attached message, or the one that is forwarded in the text, whoever sent it',
		},
		{
			name: 'The Message Itself',
			value: 'itself',
			description: 'The message as it came, with everything attached to it',
		},
	],
	default: 'automatic',
	description:
		"Whose mail it is. Of a reported message, the field 'reported' contains who reported it and how: the reporter is never an indicator.",
};

/** The message of an item, whose mail it is, and the addresses that nothing is looked for by. */
export interface AnalysedItem {
	/** As it came. */
	message: ItemMessage;
	analysed: Analysed;
	/** Values of the people of the mail that reported it. */
	reporters: ReadonlySet<string>;
}

/**
 * Reads an item's message, and whose mail it is. What a node before has decided holds where nothing else is chosen here: it is in the
 * item's field `reported`.
 */
export async function readAnalysed(
	context: IExecuteFunctions,
	itemIndex: number,
	analyse: Analyse,
	options: Omit<AnalyseOptions, 'analyse'> = {},
): Promise<AnalysedItem> {
	const message = await readMessage(context, itemIndex);
	const { email } = message;
	const { json } = context.getInputData()[itemIndex]!;
	const told = analyse === 'itself' ? undefined : reportedFrom(json.reported);
	// Without the raw mail, the item's own fields are those of the reported message already.
	if (
		told !== undefined &&
		(email.messageId !== told.mail.messageId || email.messageId === undefined) &&
		email.partial === true
	) {
		return {
			message,
			analysed: { email, reported: told, warnings: [], complete: true },
			reporters: new Set(told.mail.addresses),
		};
	}
	const wasChosen = told?.message === 'attached' || told?.message === 'quoted';
	const wanted = analyse === 'automatic' ? (wasChosen ? 'attached' : said(json.analysed)) : analyse;
	const analysed = analysedMessage(email, { ...options, analyse: wanted });
	const reporters = analysed.wrapper === undefined ? new Set<string>() : reporterAddresses(analysed.wrapper);
	return { message, analysed, reporters };
}

/** What a node before was told to analyse, against what it would have done by itself. */
const said = (value: unknown): Analyse => (value === 'itself' ? 'itself' : 'automatic');

/** An item with who reported its message, for the nodes behind. */
export function withReported(item: INodeExecutionData, reported: Reported | undefined): INodeExecutionData {
	if (reported !== undefined) item.json.reported = reported;
	return item;
}
