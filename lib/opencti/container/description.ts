import type { Email, EmailAddress } from '../../email';
import type { FirstLook } from '../../firstLook';
import type { HuntFindings } from '../../hunt';
import type { Indicator } from '../../indicators';
import type { Reported } from '../../reported';
import { OPENCTI_LIMITS } from '../../limits';
import { defang } from './defang';
import type { SkippedFile, SkipReason } from './draft';
import { firstLookSection, reportedLines } from './firstLookSection';
import { huntSection } from './huntSection';
import { openedSection } from './openedSection';
import { escapeMarkdown, markdownTable } from './markdown';
import { shownTime } from './shownTime';

export interface DescriptionInput {
	email: Email;
	skippedFiles: readonly SkippedFile[];
	indicators: readonly Indicator[];
	hunts: readonly HuntFindings[];
	reported?: Reported | undefined;
	firstLook?: FirstLook | undefined;
	/** Markdown of the caller's own, put at the end as it is. */
	notes?: string;
	/** The text of the message in Markdown, where it has no other place. */
	text?: string | undefined;
}

const REASONS: Record<SkipReason, string> = {
	'type-not-allowed': 'type is not in the allow-list',
	inline: 'image inside the text',
	empty: 'empty',
	'no-bytes': 'not a file, or damaged',
	'content-omitted': 'its bytes were not available',
	'too-many': 'too many files',
	duplicate: 'same content and name as another file',
};

/** Markdown for the head of the report: who, when, what came with it, and what was found in it. */
export function emailDescription({
	email,
	skippedFiles,
	indicators,
	hunts,
	reported,
	firstLook,
	notes,
	text: messageText = 'The text of the message is in the Content tab.',
}: DescriptionInput): string {
	const lines: [string, string][] = [['Email Received From', addresses(email.from)]];
	if (email.receivedAt !== undefined) lines.push(['Email Received At', shownTime(email.receivedAt)]);
	if (email.date !== undefined) lines.push(['Email Sent At', shownTime(email.date)]);
	lines.push(['Email Subject', value(email.subject ?? '')]);
	const recipients = [...email.to, ...email.cc];
	if (recipients.length > 0) lines.push(['Email Recipients', addresses(recipients)]);
	if (email.messageId !== undefined) lines.push(['Email Message-ID', value(email.messageId)]);
	lines.push(['Email SHA-256', email.sha256], ['Email Attachment Count', String(email.attachments.length)]);

	const blocks = [lines.map(([label, text]) => `**${label}**: ${text}`).join('  \n')];
	if (reported !== undefined) blocks.push(reportedLines(reported));
	if (firstLook !== undefined) blocks.push(...firstLookSection(firstLook));
	if (skippedFiles.length > 0) {
		const rows = skippedFiles.map((file) => [
			value(file.name),
			value(file.contentType),
			String(file.size),
			REASONS[file.reason],
		]);
		blocks.push('**Attachments not uploaded**', markdownTable(['Name', 'Type', 'Bytes', 'Reason'], rows));
	}
	blocks.push(...openedSection(email));
	for (const hunt of hunts) blocks.push(...huntSection(hunt));
	if (indicators.length > 0) blocks.push(...indicatorTable(indicators));
	blocks.push(messageText);
	if (notes !== undefined && notes.trim() !== '') blocks.push(notes.trim());
	return blocks.join('\n\n');
}

function indicatorTable(indicators: readonly Indicator[]): string[] {
	const { maxDescriptionIndicators } = OPENCTI_LIMITS;
	const rows = indicators
		.slice(0, maxDescriptionIndicators)
		.map(({ type, value: found, sources, flags }) => [
			type,
			value(defang(found)),
			value([...new Set(sources.map(placeOf))].join(', ')),
			value(flags.join(', ')),
		]);
	const table = markdownTable(['Type', 'Value', 'Found in', 'Remarks'], rows);
	const more = indicators.length - rows.length;
	return ['**Indicators found**', more > 0 ? `${table}\n\n…and ${more} more.` : table];
}

/** Of what stands in a file, in which: `attachment: invoice.pdf/page 1`. */
const placeOf = ({ part, field }: Indicator['sources'][number]): string =>
	field !== undefined && /(?:^|\/)attachment$/.test(part) ? `${part}: ${field}` : part;

const value = (text: string) => escapeMarkdown(text, OPENCTI_LIMITS.maxDescriptionValueCharacters);

function addresses(list: readonly EmailAddress[]): string {
	return value(
		list.map(({ name, address }) => (name === undefined || name === '' ? address : `${name} <${address}>`)).join(', '),
	);
}
