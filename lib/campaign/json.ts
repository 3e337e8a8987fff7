import { compact, isRecord } from '../json';
import { CAMPAIGN_LIMITS } from '../limits';
import { isCampaignHash, type CampaignKeys } from './campaign';

/** What an item says of its message's campaign, and what is of another form left out. Undefined for what has no key at all. */
export function campaignFrom(value: unknown): CampaignKeys | undefined {
	if (!isRecord(value)) return undefined;
	const { subject, text, urls, sender, key } = value;
	const keys = compact({
		subject: textOf(subject, CAMPAIGN_LIMITS.maxSubject),
		text: hashOf(text),
		urls: textsOf(urls),
		sender: textsOf(sender),
		key: hashOf(key),
	});
	return Object.keys(keys).length === 0 ? undefined : keys;
}

const hashOf = (value: unknown): string | undefined =>
	typeof value === 'string' && isCampaignHash(value) ? value : undefined;

const textOf = (value: unknown, most: number): string | undefined =>
	typeof value === 'string' && value !== '' && value.length <= most ? value : undefined;

function textsOf(value: unknown): string[] | undefined {
	const list = (Array.isArray(value) ? (value as unknown[]) : []).slice(0, CAMPAIGN_LIMITS.maxShapes);
	const texts = list.flatMap((one) => textOf(one, CAMPAIGN_LIMITS.maxShape) ?? []);
	return texts.length === 0 ? undefined : texts;
}
