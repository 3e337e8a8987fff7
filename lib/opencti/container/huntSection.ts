import {
	recipientCount,
	wasDelivered,
	type HuntFindingField,
	type HuntFindingRow,
	type HuntFindings,
} from '../../hunt';
import { OPENCTI_LIMITS } from '../../limits';
import { defangText } from './defang';
import { escapeMarkdown, markdownTable } from './markdown';

const COLUMNS: ReadonlyArray<{ title: string; field: HuntFindingField }> = [
	{ title: 'Time', field: 'time' },
	{ title: 'Sender', field: 'sender' },
	{ title: 'Recipients', field: 'recipients' },
	{ title: 'Subject', field: 'subject' },
	{ title: 'Status', field: 'status' },
	{ title: 'Matched', field: 'matchedBy' },
];

/**
 * Markdown: how many messages match, each of them in a row, and what is missing. Their content is a sender's: shown, never linked.
 *
 * @param most Rows that are shown; the others are counted.
 */
export function huntSection(
	{ matches, rows, remarks, complete, idle }: HuntFindings,
	most: number = OPENCTI_LIMITS.maxDescriptionRows,
): string[] {
	const count = matches === 1 ? '1 message matches' : `${matches} messages match`;
	const head = `**Hunt**: ${idle ? 'nothing was looked for, the pattern was empty' : count}.${fateOf(rows)}${complete ? '' : ' The hunt is not complete: there may be more.'}`;
	const blocks = [head];
	const shown = rows.slice(0, most);
	const table = huntTable(shown);
	if (table !== undefined)
		blocks.push(matches > shown.length ? `${table}\n\n…and ${matches - shown.length} more.` : table);
	const { maxDescriptionRemarks } = OPENCTI_LIMITS;
	if (remarks.length > 0) {
		const named = remarks.slice(0, maxDescriptionRemarks).map((remark) => `- ${cell([remark])}`);
		const more = remarks.length - named.length;
		blocks.push([...named, ...(more > 0 ? [`- …and ${more} more remarks`] : [])].join('\n'));
	}
	return blocks;
}

/** Who received it, and what became of it: a line for each message. Undefined where no row says anything. */
export function huntTable(rows: readonly HuntFindingRow[]): string | undefined {
	const columns = COLUMNS.filter(({ field }) => rows.some((row) => row[field] !== undefined));
	if (columns.length === 0) return undefined;
	const cells = rows.map((row) => columns.map(({ field }) => cell(listed(row, field))));
	return markdownTable(
		columns.map(({ title }) => title),
		cells,
	);
}

/** In how many messages the attack came through, as far as their rows say. */
function fateOf(rows: readonly HuntFindingRow[]): string {
	const fates = rows.map(wasDelivered);
	const [delivered, stopped] = [true, false].map((fate) => fates.filter((one) => one === fate).length);
	return delivered === 0 && stopped === 0 ? '' : ` Delivered: ${delivered}, stopped: ${stopped}.`;
}

function listed(row: HuntFindingRow, field: HuntFindingField): string[] {
	const { maxListedAddresses } = OPENCTI_LIMITS;
	const values = row[field] ?? [];
	if (values.length <= maxListedAddresses) return values;
	const count = field === 'recipients' ? recipientCount(row) : values.length;
	return [...values.slice(0, maxListedAddresses), `and ${count - maxListedAddresses} more`];
}

const cell = (values: readonly string[]) =>
	escapeMarkdown(defangText(values.join(', ')), OPENCTI_LIMITS.maxDescriptionValueCharacters);
