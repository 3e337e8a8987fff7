import { openAttachments, type OpenOptions } from '../attachments';
import { readItem, type Email, type ItemMessage } from '../email';
import {
	analysedMessage,
	reportedFrom,
	reporterAddresses,
	type Analyse,
	type Analysed,
	type AnalyseOptions,
} from '../reported';
import { giveWay } from '../steps';
import type { FlowItem } from './item';

/** Whose mail a step works on, and how deep it looks. */
export interface ReadingOptions extends Omit<AnalyseOptions, 'analyse'> {
	/** Default `automatic`. */
	analyse?: Analyse | undefined;
	/** Looks inside of attachments; absent: does not. */
	opening?: OpenOptions | undefined;
}

/** The message of an item, whose mail it is, and the addresses that nothing is looked for by. */
export interface AnalysedItem {
	/** As it came. */
	message: ItemMessage;
	analysed: Analysed;
	/** The one that is analysed, its attachments opened where that is asked for. */
	email: Email;
	/** Values of the people of the mail that reported it. */
	reporters: ReadonlySet<string>;
}

/**
 * Reads an item's message, and whose mail it is. What a step before has decided holds where nothing else is chosen here: it is in the
 * item's field `reported`.
 *
 * @throws EmailError `EMAIL_NOT_FOUND`
 */
export async function readAnalysed(
	item: FlowItem,
	{ analyse = 'automatic', opening, ...options }: ReadingOptions,
): Promise<AnalysedItem> {
	const { json } = item;
	const message = await readItem(json, item.files);
	const { analysed, reporters } = whoseMail(message, json, analyse, options);
	// It takes some milliseconds of a large message, and so does what comes next.
	await giveWay();
	const email = opening === undefined ? analysed.email : await openAttachments(analysed.email, opening);
	return { message, analysed, email, reporters };
}

function whoseMail(
	{ email }: ItemMessage,
	json: FlowItem['json'],
	analyse: Analyse,
	options: Omit<AnalyseOptions, 'analyse'>,
): Pick<AnalysedItem, 'analysed' | 'reporters'> {
	const told = analyse === 'itself' ? undefined : reportedFrom(json.reported);
	// Without the raw mail, the item's own fields are those of the reported message already.
	const isReported = email.messageId !== told?.mail.messageId || email.messageId === undefined;
	if (told !== undefined && isReported && email.partial === true) {
		return {
			analysed: { email, reported: told, warnings: [], complete: true },
			reporters: new Set(told.mail.addresses),
		};
	}
	const wasChosen = told?.message === 'attached' || told?.message === 'quoted';
	const said: Analyse = json.analysed === 'itself' ? 'itself' : 'automatic';
	const wanted = analyse === 'automatic' ? (wasChosen ? 'attached' : said) : analyse;
	const analysed = analysedMessage(email, { ...options, analyse: wanted });
	const reporters = analysed.wrapper === undefined ? new Set<string>() : reporterAddresses(analysed.wrapper);
	return { analysed, reporters };
}
