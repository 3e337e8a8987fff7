import type { AnyStixObject } from '../../stix';
import type { ContainerResult, DraftWarning } from '../container';
import type { MarkingNode } from '../documents';
import { attempt, strictest, type Platform } from '../platform';
import { addNotes } from './addNotes';
import type { HuntResults } from './huntResults';
import type { ImportedObject } from './importedObject';
import type { ImportedObjects } from './importObjects';
import { pushBundle, requireLiveData, type PushResult } from './pushBundle';

const NOTE_TITLE = 'Messages that the hunt found';

/** What was made, or found, so far. */
export type WithObjects<Result extends ContainerResult> = Result & { objects?: ImportedObject[]; queued?: PushResult };

/** What it was made of. */
export interface MadeOf {
	/** Its date, which is part of its identity. */
	time: string;
	/** As asked. */
	markings: readonly string[];
}

/**
 * What of a hunt comes after its report: notes with all rows, and messages for the queue. Marked as the report is and was meant to be,
 * whichever is stricter. The report stays what it is when one of them fails; that is told.
 */
export async function addFindings<Result extends ContainerResult>(
	platform: Platform,
	report: WithObjects<Result>,
	draft: MadeOf,
	{ notes, queued, warnings }: Pick<HuntResults, 'notes' | 'queued' | 'warnings'>,
): Promise<WithObjects<Result>> {
	if (notes.length === 0 && queued.length === 0 && warnings.length === 0) return report;
	const made = await findingNotes(platform, report, draft, notes);
	const sent = await queue(platform, report, draft, queued);
	return {
		...report,
		objects: [...(report.objects ?? []), ...made.objects],
		...(sent.queued === undefined ? {} : { queued: sent.queued }),
		warnings: [...report.warnings, ...warnings, ...made.warnings, ...sent.warnings],
		complete: report.complete && made.complete && sent.complete,
	};
}

async function findingNotes(
	platform: Platform,
	report: ContainerResult,
	{ time, markings }: MadeOf,
	notes: readonly string[],
): Promise<ImportedObjects> {
	if (notes.length === 0) return { objects: [], warnings: [], complete: true };
	const texts = notes.map((content) => ({ title: NOTE_TITLE, content, created: time }));
	const tried = await attempt(async () => {
		const atLeast = await platform.references.markings([...markings, ...report.markings]);
		return addNotes(platform, report, texts, atLeast);
	});
	if ('value' in tried) return tried.value;
	const warnings = [notAdded('The note with the messages that the hunt found', tried.failure.message)];
	return { objects: [], warnings, complete: false };
}

/** The messages, with a report that is nothing but what names it: the platform adds them to the one that is there. */
async function queue(
	platform: Platform,
	report: ContainerResult,
	{ time, markings }: MadeOf,
	objects: readonly AnyStixObject[],
): Promise<{ queued?: PushResult; warnings: DraftWarning[]; complete: boolean }> {
	if (objects.length === 0) return { warnings: [], complete: true };
	const tried = await attempt(async () => {
		requireLiveData(platform);
		const own = refsOf(await platform.references.markings(report.markings));
		const asked = refsOf(await platform.references.markings([...markings, ...report.markings]));
		const stub = {
			type: 'report',
			id: report.standardId,
			name: report.name,
			published: time,
			object_refs: objects.flatMap(({ id, type }) => (type === 'identity' ? [] : [id])),
			...own,
		};
		const marked = objects.map((object) => (object.type === 'identity' ? object : { ...object, ...asked }));
		return pushBundle(platform, { type: 'bundle', objects: [...marked, stub] }, { workName: report.name });
	});
	if ('value' in tried) return { queued: tried.value, warnings: tried.value.warnings, complete: true };
	const what = 'The messages that the hunt found, which are listed in a note,';
	return { warnings: [notAdded(what, tried.failure.message)], complete: false };
}

/** The strictest of each kind, as an object refers to them. */
function refsOf(markings: readonly MarkingNode[]): { object_marking_refs?: string[] } {
	const refs = strictest(markings).map(({ standard_id }) => standard_id);
	return refs.length === 0 ? {} : { object_marking_refs: refs };
}

const notAdded = (what: string, why: string): DraftWarning => ({
	code: 'findings-not-added',
	message: `${what} could not be added to the report: ${why}`,
});
