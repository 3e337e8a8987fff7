import { messageOf } from '../../errors';
import { MailboxError } from '../errors';
import type { MailboxMessage, MessageSummary } from '../message';
import type { GraphAccount } from './account';
import type { Queued } from './cursor';
import { GraphMailboxError } from './errors';
import {
	contentMissing,
	fetchMessage,
	getRow,
	readMime,
	STOPS,
	SUMMARY_FIELDS,
	summaryOf,
	tellsNothing,
} from './messages';

/** What asking for one message led to. */
export type Outcome =
	| { kind: 'message'; message: MailboxMessage }
	| { kind: 'unwanted' }
	/** Two different questions said that it is not there. */
	| { kind: 'missing' }
	/** It took half a poll and more, and would take it from the others every time. */
	| { kind: 'late'; error: MailboxError }
	/** It could not be had: for its own sake, or because Exchange is in trouble. */
	| { kind: 'doubtful'; error: MailboxError };

export interface ReadingSettings {
	folder: string;
	maxMessageBytes: number;
	/** Milliseconds since the epoch. */
	deadline: number;
	budgetMs: number;
	filter?: (message: MessageSummary) => boolean;
	now: () => number;
	/** Told when the filter fails; the message is wanted then. */
	onFilterFailed: (reason: string) => void;
}

/**
 * Asks for a queued message. No single answer says that it is gone: where its bytes are not found, its fields are asked for,
 * and the reverse.
 *
 * @throws MailboxError of the kinds in {@link STOPS}, or when time is up
 */
export async function readQueued(account: GraphAccount, queued: Queued, settings: ReadingSettings): Promise<Outcome> {
	const { deadline, filter, now } = settings;
	const began = now();
	try {
		if (filter !== undefined) {
			const row = await rowOf(account, queued, settings);
			if (row === undefined) return { kind: 'missing' };
			if (!tellsNothing(row) && !isWanted(filter, summaryOf(row), settings)) return { kind: 'unwanted' };
		}
		return await bytesOf(account, queued, settings);
	} catch (error) {
		if (!(error instanceof MailboxError) || STOPS.has(error.code)) throw error;
		if (error.code === 'MAILBOX_NOT_ALLOWED' || now() < deadline - 1000) return { kind: 'doubtful', error };
		// Any other was merely late.
		if (began > deadline - settings.budgetMs / 2) throw error;
		return { kind: 'late', error };
	}
}

/** The fields that a filter sees; undefined where the bytes are not found either. */
async function rowOf(account: GraphAccount, queued: Queued, settings: ReadingSettings) {
	try {
		return await getRow(account, queued[0], SUMMARY_FIELDS, settings.deadline);
	} catch (error) {
		if (!isGone(error)) throw error;
		if (await isGoneToo(() => readMime(account, queued[0], 1, settings.deadline))) return undefined;
		throw contentMissing(account, error);
	}
}

async function bytesOf(account: GraphAccount, queued: Queued, settings: ReadingSettings): Promise<Outcome> {
	const { folder, maxMessageBytes, deadline } = settings;
	try {
		return { kind: 'message', message: await fetchMessage(account, queued, folder, maxMessageBytes, deadline) };
	} catch (error) {
		if (!isGone(error)) throw error;
		if (await isGoneToo(() => getRow(account, queued[0], 'id', deadline))) return { kind: 'missing' };
		return { kind: 'doubtful', error: contentMissing(account, error) };
	}
}

const isGone = (error: unknown): error is GraphMailboxError => error instanceof GraphMailboxError && error.isGone;

async function isGoneToo(ask: () => Promise<unknown>): Promise<boolean> {
	try {
		await ask();
		return false;
	} catch (error) {
		if (isGone(error)) return true;
		throw error;
	}
}

/** A filter that fails must not lose a message. */
function isWanted(
	filter: (message: MessageSummary) => boolean,
	summary: MessageSummary,
	{ onFilterFailed }: ReadingSettings,
): boolean {
	try {
		return filter(summary);
	} catch (error) {
		onFilterFailed(messageOf(error));
		return true;
	}
}
