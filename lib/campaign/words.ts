import type { Email } from '../email';
import { CAMPAIGN_LIMITS } from '../limits';
import { withoutInvisible } from '../text';

/** What mail programs and gateways put before a subject. */
const PREFIX =
	/^(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs|vb|vl|i|r|enc|pd|odp|antw|ilt|i̇lt|ynt)\s{0,2}(?:\[\d{1,3}\])?\s{0,2}:|\[[^\]]{1,60}\]|\*{1,5}[^*]{1,40}\*{1,5})\s{0,4}/iu;

type People = Pick<Email, 'to' | 'cc'>;

/** A text in which what differs from one recipient to the next is the same. */
function normalised(text: string, { to, cc }: People): string {
	let plain = withoutInvisible(text).normalize('NFKC').toLowerCase();
	for (const { address, name } of [...to, ...cc].slice(0, CAMPAIGN_LIMITS.maxPeople)) {
		const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase();
		for (const word of [address.toLowerCase(), name?.normalize('NFKC').toLowerCase() ?? '', local]) {
			if (word.length >= 3) plain = plain.split(word).join(' ');
		}
	}
	return plain
		.replace(/\b(?:https?|hxxps?):\S{1,2000}/g, ' url ')
		.replace(/[^\s@]{1,64}@[^\s@]{1,255}/g, ' mail ')
		.replace(/[\p{N}#]+/gu, ' # ');
}

/** A subject without prefixes, tags, numbers and the recipient's name; the empty text where nothing is left. */
export function normalisedSubject(subject: string, people: People): string {
	let rest = withoutInvisible(subject.slice(0, CAMPAIGN_LIMITS.maxSubject)).trim();
	for (let i = 0; i < CAMPAIGN_LIMITS.maxPrefixes; i++) {
		const prefix = PREFIX.exec(rest)?.[0];
		if (prefix === undefined) break;
		rest = rest.slice(prefix.length);
	}
	return normalised(rest, people)
		.replace(/[^\p{L}#]+/gu, ' ')
		.replace(/(?:# ?)+/g, '# ')
		.trim();
}

/** The words of a text, in order. */
export function visibleWords(text: string, people: People): string[] {
	return (normalised(text, people).match(/[\p{L}#]+/gu) ?? []).slice(0, CAMPAIGN_LIMITS.maxWords);
}
