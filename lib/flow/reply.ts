import type { EmailWarning } from '../email';
import { isRecord } from '../json';
import { INDICATOR_LIMITS, REPLY_LIMITS } from '../limits';
import type { Indicator } from '../indicators';
import { sentAnswer, type Mailbox } from '../mailbox';
import { draftReply, replyMessage, type NoReply, type ReplyOptions } from '../reported';
import { readAnalysed } from './analysed';
import { grown, type FlowItem, type GrownItem } from './item';

/** Keys of answers that were drafted already. */
export interface AnsweredKeys {
	has(key: string): boolean;
	add(key: string): void;
}

/** How an answer to the reporter is written. */
export interface ReplyItemOptions extends Pick<ReplyOptions, 'language' | 'otherwise' | 'template' | 'verdict'> {
	/** Lists what was found in the message, defanged. Default true. */
	findings?: boolean | undefined;
	/** Sender of the answer in the file. Empty: whoever sends it decides. */
	from?: string | undefined;
	/** Given: a reporter gets one answer on the same message only. */
	answered?: AnsweredKeys | undefined;
	/** Given: an answer is looked for among its sent messages, too. */
	sentMessages?: (() => Mailbox | Promise<Mailbox>) | undefined;
}

/** Why there is no answer, for people. */
const REASONS: Readonly<Record<NoReply, string>> = {
	'no-reporter': 'The message was not reported by anybody with an address.',
	automatic: 'A machine sent the report. Automatic mail is never answered (RFC 3834).',
	answered: 'The reporter already has an answer on this message.',
};

const NOT_KNOWN: EmailWarning = {
	code: 'sent-messages-not-searched',
	message: `Whether the reporter has an answer already is not known: the mailbox has no folder of sent messages, or more than ${REPLY_LIMITS.maxSentMessages} of them to this address.`,
};

/** By the name and type of a message, a step behind would take it for the one of the item. */
const REPLY_KEY = 'reply_0';

/**
 * The item with `reply`, the answer to the person who reported its message, and the same as the file `reply_0`. It is not sent. Where
 * there is none, `reply.skipped` says why.
 *
 * @throws EmailError `EMAIL_NOT_FOUND`; MailboxError of `sentMessages`
 */
export async function repliedItem(item: FlowItem, options: ReplyItemOptions): Promise<GrownItem> {
	const { json } = item;
	const { findings = true, from = '', answered, sentMessages, ...writing } = options;
	const { analysed } = await readAnalysed(item, {});
	const { email, reported } = analysed;
	const skipped = (reason: NoReply): GrownItem => ({
		json: grown(json, { reply: { skipped: reason, reason: REASONS[reason] } }),
		files: {},
	});
	const reply = draftReply(reported, {
		...writing,
		message: email,
		indicators: findings ? foundIn(json) : [],
		...(answered === undefined ? {} : { isKnown: (key) => answered.has(key) }),
	});
	if (typeof reply === 'string') return skipped(reply);
	const sent =
		sentMessages === undefined
			? { state: 'not-sent' as const }
			: await sentAnswer(await sentMessages(), { ...reply, since: reported?.at });
	answered?.add(reply.key);
	if (sent.state === 'sent') return skipped('answered');
	const warnings = sent.state === 'unknown' ? [NOT_KNOWN] : [];
	const file = { bytes: replyMessage(reply, from), fileName: 'reply.eml', mimeType: 'message/rfc822' };
	return { json: grown(json, { reply }, { warnings }), files: { [REPLY_KEY]: file } };
}

/** What an earlier step found, as far as it has the form of ours. */
function foundIn({ indicators }: FlowItem['json']): Indicator[] {
	const list = Array.isArray(indicators) ? (indicators as unknown[]) : [];
	return list
		.slice(0, INDICATOR_LIMITS.maxIndicators)
		.filter((entry) => isRecord(entry) && typeof entry.value === 'string') as unknown as Indicator[];
}

/** Keys in a list that a host keeps over restarts: the newest so many. */
export class AnsweredList implements AnsweredKeys {
	readonly #read: () => unknown;
	readonly #write: (keys: string[]) => void;

	constructor(read: () => unknown, write: (keys: string[]) => void) {
		this.#read = read;
		this.#write = write;
	}

	get #keys(): string[] {
		const kept = this.#read();
		return Array.isArray(kept) ? (kept as unknown[]).filter((key) => typeof key === 'string') : [];
	}

	has(key: string): boolean {
		return this.#keys.includes(key);
	}

	add(key: string): void {
		this.#write([...this.#keys.filter((known) => known !== key), key].slice(-REPLY_LIMITS.maxRemembered));
	}
}
