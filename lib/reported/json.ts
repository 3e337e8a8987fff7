import type { EmailAddress } from '../email';
import { compact, isRecord } from '../json';
import { REPORTED_LIMITS } from '../limits';
import type { ReportCategory, Reported, ReportWay } from './reported';
import { REPORT_RULES } from './rules';

const WAYS: ReadonlySet<string> = new Set<ReportWay>([...REPORT_RULES.map(({ way }) => way), 'attachment', 'inline']);
const CATEGORIES: ReadonlySet<string> = new Set<ReportCategory>(['phishing', 'junk', 'not-junk', 'unknown']);
const CERTAINTIES: ReadonlySet<string> = new Set<Reported['certainty']>(['certain', 'likely', 'weak']);
const MESSAGES: ReadonlySet<string> = new Set<Reported['message']>(['attached', 'quoted', 'missing', 'several']);
/** Characters of one text in it, whoever wrote the item. */
const MAX_TEXT = 1_000;

/**
 * What an item says of who reported its message: as `analysedMessage` has it, and what is of another form left out. Undefined for what
 * is none.
 */
export function reportedFrom(value: unknown): Reported | undefined {
	if (!isRecord(value)) return undefined;
	const { way, certainty, message, category, comment, language, by, at, mail } = value;
	if (!isOneOf(WAYS, way) || !isOneOf(CERTAINTIES, certainty) || !isOneOf(MESSAGES, message)) return undefined;
	const given = isRecord(mail) ? mail : {};
	const texts = (list: unknown) =>
		(Array.isArray(list) ? (list as unknown[]) : [])
			.slice(0, REPORTED_LIMITS.maxAddresses)
			.flatMap((one) => textOf(one) ?? []);
	const references = texts(given.references);
	return compact({
		by: addressOf(by),
		at: textOf(at),
		way: way as ReportWay,
		certainty: certainty as Reported['certainty'],
		category: isOneOf(CATEGORIES, category) ? (category as ReportCategory) : undefined,
		comment: textOf(comment, REPORTED_LIMITS.maxComment),
		language: textOf(language),
		mail: compact({
			messageId: textOf(given.messageId),
			subject: textOf(given.subject),
			references: references.length === 0 ? undefined : references,
			automatic: given.automatic === true ? (true as const) : undefined,
			addresses: texts(given.addresses),
		}),
		message: message as Reported['message'],
	});
}

const isOneOf = (known: ReadonlySet<string>, value: unknown): boolean => typeof value === 'string' && known.has(value);

const textOf = (value: unknown, max = MAX_TEXT): string | undefined =>
	typeof value === 'string' && value.trim() !== '' ? value.slice(0, max) : undefined;

function addressOf(value: unknown): EmailAddress | undefined {
	const address = isRecord(value) ? textOf(value.address) : undefined;
	return address === undefined ? undefined : compact({ address, name: textOf((value as { name?: unknown }).name) });
}
