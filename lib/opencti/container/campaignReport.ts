import type { CampaignKeys } from '../../campaign';
import type { Email } from '../../email';
import { OPENCTI_LIMITS } from '../../limits';
import { nodesOf, type StoredContainer } from '../documents';
import type { DraftReference } from '../platform';
import { defangText } from './defang';
import type { ContainerDraft, DraftWarning } from './draft';
import { hashIn } from './locate';
import { escapeMarkdown } from './markdown';
import { shownTime } from './shownTime';

/*
 * One report for all messages of a campaign on one day. Its name, date and id follow from the key and the day alone: whichever message
 * comes first, on whatever machine, it is the same report.
 */

/** Name of the source of references to a campaign and a day. */
export const CAMPAIGN_SOURCE = 'email campaign';

/** Which campaign and day a report is for. */
export interface CampaignDay {
	/** Of its messages: see `CampaignKeys`. */
	key: string;
	/** `2026-11-20`, in UTC. */
	day: string;
	/** Time of the message, as its own report would be dated. */
	sentAt: string;
	/** What a further message says of itself, as Markdown. */
	message: string;
}

/** A draft that may be for a campaign. */
type OfCampaign = Pick<ContainerDraft, 'messageId' | 'bytesId' | 'description'> & {
	campaign?: CampaignDay | undefined;
};

/** How many messages of a campaign its report is made of, this one included. */
export interface CampaignCount {
	key: string;
	day: string;
	count: number;
	/** It is another message than those that the report had. */
	isFurther: boolean;
}

/** What a report for a campaign and day has of its own, besides what a report of one message has. */
export interface CampaignParts {
	name: string;
	published: string;
	reference: DraftReference;
	campaign: CampaignDay;
}

export const WITHOUT_KEY: DraftWarning = {
	code: 'campaign-key-missing',
	message:
		'The message has nothing to make a campaign key of (no subject, no URL, hardly any text): it has a report of its own.',
};

/** Name, date and reference of the report for a campaign and the day of `published`; undefined where there is no key. */
export function campaignParts(
	email: Email,
	{ key, subject }: CampaignKeys,
	{ published, prefix = '' }: { published: string; prefix?: string | undefined },
): CampaignParts | undefined {
	if (key === undefined) return undefined;
	const day = published.slice(0, 10);
	const mark = `[campaign ${key}]`;
	const most = OPENCTI_LIMITS.maxNameCharacters - mark.length - 1;
	const title = `${prefix}${subject ?? 'messages without a subject'}`.trim().slice(0, most);
	return {
		name: `${title.replace(/[\ud800-\udbff]$/, '')} ${mark}`,
		published: `${day}T00:00:00.000Z`,
		reference: { sourceName: CAMPAIGN_SOURCE, externalId: campaignId({ key, day }) },
		campaign: { key, day, sentAt: published, message: messageLines(email) },
	};
}

/** By which the report for a campaign and day is found when its people have renamed it. */
export const campaignId = ({ key, day }: Pick<CampaignDay, 'key' | 'day'>): string => `${key} ${day}`;

/** A line of the description. */
export const campaignLine = ({ key, day }: CampaignDay): string =>
	`**Campaign**: ${key} on ${day}. The text is that of the first message; each further one is a note on this report.`;

/** What a further message says of itself. Its text is in its file; where there is none, the note has it. */
function messageLines(email: Email): string {
	const value = (text: string, most: number = OPENCTI_LIMITS.maxDescriptionValueCharacters) =>
		escapeMarkdown(defangText(text), most);
	const people = (list: Email['from']) => value(list.map(({ address }) => address).join(', '));
	const lines: [string, string][] = [
		['From', people(email.from)],
		['Recipients', people([...email.to, ...email.cc])],
		['Subject', value(email.subject ?? '')],
		['Sent At', shownTime(email.date)],
		['Message-ID', value(email.messageId ?? '')],
		['SHA-256', email.sha256],
		['Text', email.raw === undefined ? value(email.text ?? '', OPENCTI_LIMITS.maxNoteTextCharacters) : ''],
	];
	return lines.flatMap(([label, text]) => (text === '' ? [] : [`**${label}**: ${text}`])).join('  \n');
}

/** Counts the messages of a campaign's report: each is referred to by its Message-ID, or by its bytes. */
export function countMessages(existing: StoredContainer | null, draft: OfCampaign): CampaignCount | undefined {
	if (draft.campaign === undefined) return undefined;
	const { key, day } = draft.campaign;
	const known = new Set(
		nodesOf(existing?.externalReferences).flatMap(({ source_name: source, external_id: id }) =>
			source === 'email' && id !== null ? [id] : [],
		),
	);
	const own = draft.messageId ?? draft.bytesId;
	const isKnown = own === undefined ? isFirstOf(existing, draft) : known.has(own);
	return { key, day, count: known.size + (isKnown ? 0 : 1), isFurther: existing !== null && !isKnown };
}

/** Whether the text of a campaign's report was made of this message. */
export function isFirstOf(existing: StoredContainer | null, draft: OfCampaign): boolean {
	const ours = hashIn(draft.description);
	return existing === null || (ours !== undefined && hashIn(existing.description) === ours);
}

/** What a note says of a further message of a campaign. */
export const campaignNote = ({ message }: CampaignDay, count: number): string =>
	`${message}\n\n**Messages of this campaign so far**: ${count}`;
