import { compact, isRecord } from '../json';
import { HUNT_LIMITS } from '../limits';
import { timestampOf, type AnyStixObject } from '../stix';
import type { HuntResult } from './run';
import type { HuntTarget } from './target';

/** What a hunt found, in the words of no target. */
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
	/** The system that was hunted in, by the name that its STIX has. */
	system?: string;
	/** What was found as STIX: messages, addresses, observed data. */
	objects?: readonly AnyStixObject[];
}

/** One message that a hunt found; each field one or several values, as the target writes them. */
export interface HuntFindingRow {
	time?: string[];
	/** The same in RFC 3339, UTC; absent where none of the row's times can be read. */
	seenAt?: string;
	sender?: string[];
	recipients?: string[];
	subject?: string[];
	status?: string[];
	/** The terms of the pattern that it matches. */
	matchedBy?: string[];
}

/** The fields that hold values. */
export type HuntFindingField = Exclude<keyof HuntFindingRow, 'seenAt'>;

/** What a hunt in any target found, read of the STIX that its rows are. */
export function findingsOf<Term, Row>(
	target: Pick<HuntTarget<Term, Row>, 'observables' | 'timeOf' | 'system'>,
	{ matches, warnings, complete }: Pick<HuntResult<Row>, 'matches' | 'warnings' | 'complete'>,
): HuntFindings {
	const rows = matches.slice(0, HUNT_LIMITS.maxFindingRows).map(({ row, matchedBy }): HuntFindingRow => {
		const moment = target.timeOf(row);
		const seenAt = moment === undefined ? undefined : timestampOf(new Date(moment));
		const time = seenAt === undefined ? {} : { time: [seenAt], seenAt };
		return { ...messageIn(target.observables(row)), ...time, matchedBy };
	});
	const { system } = target;
	const remarks = remarksOf(warnings);
	return compact({ matches: matches.length, rows, remarks, complete, idle: false, system });
}

/** Sender, recipients, subject and status of the message among observables, whose references may be ids or keys of a dictionary. */
function messageIn(observables: readonly object[]): HuntFindingRow {
	const all = observables.filter(isRecord);
	const byId = new Map(all.map((object) => [object.id, object]));
	const messages = all.filter(({ type }) => type === 'email-message');
	const values = (property: string) =>
		textsIn(
			messages
				.flatMap((message) => message[property] ?? [])
				.map((ref) => (typeof ref === 'string' ? byId.get(ref)?.value : ref)),
		);
	const sender = values('sender_ref');
	const given = {
		sender: sender.length > 0 ? sender : values('from_ref'),
		recipients: values('to_refs'),
		subject: textsIn(messages.map(({ subject }) => subject)),
		status: textsIn(all.flatMap(({ message_status, status }) => message_status ?? status ?? [])),
	};
	return Object.fromEntries(Object.entries(given).filter(([, list]) => list.length > 0));
}

/** The values of a field, whatever its form: a text, a list, or a map by message; each once. */
export function textsIn(value: unknown, depth = 2): string[] {
	const { maxFindingValues, maxFindingCharacters } = HUNT_LIMITS;
	if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
	if (typeof value === 'string') return value.trim() === '' ? [] : [value.slice(0, maxFindingCharacters)];
	if (depth === 0 || typeof value !== 'object' || value === null) return [];
	const address = (value as { address?: unknown }).address;
	if (typeof address === 'string') return textsIn(address);
	const found = new Set<string>();
	let more = 0;
	for (const entry of Object.values(value)) {
		for (const text of textsIn(entry, depth - 1)) {
			if (found.size < maxFindingValues || found.has(text)) found.add(text);
			else more++;
		}
	}
	return [...found, ...(more > 0 ? [`and ${more} more`] : [])];
}

/** Warnings of a hunt as sentences, each once. */
export function remarksOf(warnings: unknown): string[] {
	const list = Array.isArray(warnings) ? (warnings as unknown[]) : [];
	const told = list.flatMap((warning) => {
		const text: unknown = isRecord(warning) ? warning['message'] : warning;
		return typeof text === 'string' && text.trim() !== '' ? [text] : [];
	});
	return [...new Set(told)];
}

/** Whether a message came through, by the words that its target has for it; undefined where they do not say. */
export function wasDelivered({ status }: HuntFindingRow): boolean | undefined {
	// Of a message that was split, one copy that came through is enough.
	if (status?.some((word) => /^delivered/i.test(word))) return true;
	return status?.some((word) => STOPPED.test(word)) === true ? false : undefined;
}

const STOPPED = /\b(?:abort|block|bounc|delet|drop|fail|filtered|quarantin|reject|replaced|stopp)/i;

/** How many people a message went to. */
export function recipientCount({ recipients = [] }: HuntFindingRow): number {
	const more = /^and (\d+) more$/.exec(recipients.at(-1) ?? '')?.[1];
	return more === undefined ? recipients.length : recipients.length - 1 + Number(more);
}

/** The same with numbers in place of recipients, and without the terms that name one. */
export function withoutRecipients(findings: HuntFindings): HuntFindings {
	const { objects: _named, ...rest } = findings;
	return { ...rest, rows: findings.rows.map(rowWithoutRecipients) };
}

function rowWithoutRecipients(row: HuntFindingRow): HuntFindingRow {
	const { recipients, matchedBy, ...rest } = row;
	if (recipients === undefined) return row;
	const names = recipients.map((name) => name.toLowerCase());
	const isNamed = (term: string) => names.some((name) => term.toLowerCase().includes(name));
	const kept = matchedBy?.map((term) => (isNamed(term) ? 'a recipient' : term));
	const count = recipientCount(row);
	return {
		...rest,
		recipients: [`${count} recipient${count === 1 ? '' : 's'}`],
		...(kept === undefined ? {} : { matchedBy: [...new Set(kept)] }),
	};
}
