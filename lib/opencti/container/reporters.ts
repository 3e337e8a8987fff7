import { createHash } from 'node:crypto';
import type { Reported } from '../../reported';
import { nodesOf, type StoredContainer } from '../documents';
import type { DraftReference } from '../platform';
import { reportedLines } from './firstLookSection';

/** Name of the source of references to mails that reported the message: each of them once, however often it is processed. */
const REPORTED_SOURCE = 'reported mail';

/** The reference to the mail that reported a message: its Message-ID, else what is known of it. */
export function reportedReference({ mail, by, at, way }: Reported): DraftReference {
	const known = [by?.address, at, way].join(' ');
	return {
		sourceName: REPORTED_SOURCE,
		externalId: mail.messageId?.trim() || `sha256:${createHash('sha256').update(known).digest('hex')}`,
	};
}

/** How often a message was reported, this time included. */
export interface ReportCount {
	count: number;
	/** This is another report of a message that the platform has already. */
	isFurther: boolean;
}

/** Counts the mails that reported a message, those that the platform knows and this one. */
export function countReports(existing: StoredContainer | null, reported: Reported): ReportCount {
	const known = new Set(
		nodesOf(existing?.externalReferences).flatMap(({ source_name: source, external_id: id }) =>
			source === REPORTED_SOURCE && id !== null ? [id] : [],
		),
	);
	const { externalId } = reportedReference(reported);
	const isKnown = known.has(externalId!);
	return { count: known.size + (isKnown ? 0 : 1), isFurther: existing !== null && !isKnown };
}

/** What a note says of a further report. */
export function reporterNote(reported: Reported, count: number, of: 'message' | 'campaign' = 'message'): string {
	return `${reportedLines(reported)}\n\n**Reports of this ${of} so far**: ${count}`;
}
