import { compact, isRecord } from '../../json';
import { OPENCTI_LIMITS } from '../../limits';
import { defangText } from './content';
import { escapeMarkdown, markdownTable } from './markdown';

/** What a hunt found, as the description of a report tells it. {@link huntFindings} reads it of a hunt's result. */
export interface HuntFindings {
	/** Messages that match; more than there are rows where rows were not read. */
	matches: number;
	rows: HuntFindingRow[];
	/** What was left out, or could not be finished, each as a sentence. */
	remarks: string[];
	/** False when messages may be missing. */
	complete: boolean;
	/** Nothing was looked for: the pattern was empty. */
	idle: boolean;
}

/** One message that a hunt found; each field one or several values, as the target writes them. */
export interface HuntFindingRow {
	time?: string[];
	sender?: string[];
	recipients?: string[];
	subject?: string[];
	status?: string[];
	/** The terms of the pattern that it matches. */
	matchedBy?: string[];
}

interface Column {
	title: string;
	field: keyof HuntFindingRow;
	/** What the targets call it: Cisco Secure Email, Defender XDR, Exchange message trace. The first that is there counts. */
	names: readonly string[];
}

const COLUMNS: readonly Column[] = [
	{ title: 'Time', field: 'time', names: ['timestamp', 'Timestamp', 'time', 'receivedDateTime', 'Received', 'date'] },
	{
		title: 'Sender',
		field: 'sender',
		names: ['sender', 'SenderFromAddress', 'SenderMailFromAddress', 'senderAddress', 'SenderAddress', 'from'],
	},
	{
		title: 'Recipients',
		field: 'recipients',
		names: [
			'recipients',
			'recipient',
			'recipientMap',
			'RecipientEmailAddress',
			'recipientAddress',
			'RecipientAddress',
			'to',
		],
	},
	{ title: 'Subject', field: 'subject', names: ['subject', 'Subject'] },
	{
		title: 'Status',
		field: 'status',
		names: ['lastState', 'messageStatus', 'status', 'Status', 'LatestDeliveryAction', 'DeliveryAction', 'rejected'],
	},
	{ title: 'Matched', field: 'matchedBy', names: ['matchedBy'] },
];

/** What a hunt of this pack put out; undefined for what is no result of one. Every field may be anything: nothing is believed. */
export function huntFindings(result: unknown): HuntFindings | undefined {
	if (!isRecord(result)) return undefined;
	const { matches, rows, warnings, complete, queries } = result;
	const list = Array.isArray(rows) ? (rows as unknown[]).filter(isRecord) : [];
	const isCount = typeof matches === 'number' && Number.isSafeInteger(matches) && matches >= 0;
	if (!isCount && !Array.isArray(rows)) return undefined;
	const shown = list.slice(0, OPENCTI_LIMITS.maxDescriptionRows).map(rowOf);
	return {
		matches: Math.max(isCount ? matches : 0, list.length),
		rows: shown,
		remarks: remarksOf(warnings),
		complete: complete !== false,
		idle: Array.isArray(queries) && queries.length === 0 && list.length === 0,
	};
}

function rowOf(row: Record<string, unknown>): HuntFindingRow {
	return compact(
		Object.fromEntries(
			COLUMNS.map(({ field, names }) => [
				field,
				names.map((name) => texts(Object.hasOwn(row, name) ? row[name] : undefined)).find((found) => found.length > 0),
			]),
		),
	);
}

/** The values of a field, whatever its form: a text, a list, or a map by message; each once. */
function texts(value: unknown, depth = 2): string[] {
	const { maxListedAddresses, maxDescriptionValueCharacters: most } = OPENCTI_LIMITS;
	if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
	if (typeof value === 'string') return value.trim() === '' ? [] : [value.slice(0, most)];
	if (depth === 0 || typeof value !== 'object' || value === null) return [];
	const address = (value as { address?: unknown }).address;
	if (typeof address === 'string') return texts(address);
	const found = new Set<string>();
	let more = 0;
	for (const entry of Object.values(value)) {
		for (const text of texts(entry, depth - 1)) {
			if (found.size < maxListedAddresses || found.has(text)) found.add(text);
			else more++;
		}
	}
	return [...found, ...(more > 0 ? [`and ${more} more`] : [])];
}

function remarksOf(warnings: unknown): string[] {
	const list = Array.isArray(warnings) ? (warnings as unknown[]) : [];
	const told = list.flatMap((warning) => {
		const text: unknown = isRecord(warning) ? warning['message'] : warning;
		return typeof text === 'string' && text.trim() !== '' ? [text] : [];
	});
	return [...new Set(told)];
}

/** Markdown: how many messages match, each of them in a row, and what is missing. Their content is a sender's: shown, never linked. */
export function huntSection({ matches, rows, remarks, complete, idle }: HuntFindings): string[] {
	const count = matches === 1 ? '1 message matches' : `${matches} messages match`;
	const head = `**Hunt**: ${idle ? 'nothing was looked for, the pattern was empty' : count}.${complete ? '' : ' The hunt is not complete: there may be more.'}`;
	const blocks = [head];
	const columns = COLUMNS.filter(({ field }) => rows.some((row) => row[field] !== undefined));
	if (columns.length > 0) {
		const cells = rows.map((row) => columns.map(({ field }) => cell(row[field] ?? [])));
		const table = markdownTable(
			columns.map(({ title }) => title),
			cells,
		);
		blocks.push(matches > rows.length ? `${table}\n\n…and ${matches - rows.length} more.` : table);
	}
	const { maxDescriptionRemarks } = OPENCTI_LIMITS;
	if (remarks.length > 0) {
		const named = remarks.slice(0, maxDescriptionRemarks).map((remark) => `- ${cell([remark])}`);
		const more = remarks.length - named.length;
		blocks.push([...named, ...(more > 0 ? [`- …and ${more} more remarks`] : [])].join('\n'));
	}
	return blocks;
}

const cell = (values: readonly string[]) =>
	escapeMarkdown(defangText(values.join(', ')), OPENCTI_LIMITS.maxDescriptionValueCharacters);
