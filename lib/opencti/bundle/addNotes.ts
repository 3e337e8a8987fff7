import { stixId, type AnyStixObject } from '../../stix';
import { heldBy } from '../container';
import { NOTE_ADD, type MarkingNode } from '../documents';
import { attempt, OpenCtiError, strictest, type Platform } from '../platform';
import { isWhole, type ImportedObject } from './importedObject';
import { importObjects, type ImportedObjects } from './importObjects';

/** What a note says. */
export interface NoteText {
	title?: string | undefined;
	/** Markdown. */
	content: string;
	/** RFC 3339. With text and title it tells notes apart: never the clock, or the same note would be another one each time. */
	created: string;
}

/**
 * Notes on a report, a case or another object of the platform, marked as it is at least. The same note is one, however often it is added.
 * One that is there is on other objects, too, when two of them say the same at the same time: then this one is added to it.
 */
export async function addNotes(
	platform: Platform,
	about: { id: string },
	notes: readonly NoteText[],
	atLeast: readonly MarkingNode[],
): Promise<ImportedObjects> {
	if (notes.length === 0) return { objects: [], warnings: [], complete: true };
	const objects = notes.map(({ title, content, created }): AnyStixObject => {
		const properties = { ...(title ? { abstract: title } : {}), content: content.trim(), created };
		return { type: 'note', id: stixId('note', properties), ...properties, object_refs: [about.id] };
	});
	const made = await importObjects(platform, objects, {}, atLeast);
	const byId = new Map(objects.map((note) => [note.id, note]));
	const whole: ImportedObject[] = [];
	for (const result of made.objects) {
		const note = byId.get(result.stixId);
		whole.push(note === undefined ? result : await onIt(platform, about, { note, result, atLeast }));
	}
	return { ...made, objects: whole, complete: made.complete && whole.every(isWhole) };
}

/** A note that was there, on this object, too. */
async function onIt(
	platform: Platform,
	about: { id: string },
	{ note, result, atLeast }: { note: AnyStixObject; result: ImportedObject; atLeast: readonly MarkingNode[] },
): Promise<ImportedObject> {
	const { id } = result;
	if (id === undefined || result.existed !== true) return result;
	const tried = await attempt(async () => {
		if ((await heldBy(platform, id)).has(about.id)) return;
		const { content, created, abstract } = note;
		const input = {
			content,
			created,
			...(abstract === undefined ? {} : { attribute_abstract: abstract }),
			objects: [about.id],
			objectMarking: strictest(atLeast).map((marking) => marking.id),
		};
		await platform.call(NOTE_ADD, { input });
		if ((await heldBy(platform, id)).has(about.id)) return;
		throw new OpenCtiError(
			'OPENCTI_REFUSED',
			'The note exists already, and the platform did not add it to this object',
			{
				hint: 'The maximum confidence of the user may be lower than that of the note. Change the text of the note, or raise it.',
			},
		);
	});
	return 'value' in tried ? result : { ...result, status: 'incomplete', error: tried.failure };
}
