import type { AnyBundle, AnyStixObject } from '../../stix';
import type { Platform } from '../platform';
import { refsIn } from './bundleObjects';

/** Objects that say how others are marked, translated or extended. */
const UNMARKED = new Set(['marking-definition', 'language-content', 'extension-definition']);

/**
 * The bundle with the markings of its reports on everything else that it holds: what comes with a report is marked as the report is,
 * at least. Of two markings of one kind the platform keeps the stricter. Authors keep their own: they stand behind reports of
 * every marking. The bundle itself is returned when there is nothing to add.
 */
export function markedAsItsReports(bundle: AnyBundle, objects: readonly AnyStixObject[]): AnyBundle {
	const ofReports = objects
		.filter(({ type }) => type === 'report')
		.flatMap((report) => refsIn(report, 'object_marking_refs'));
	const authors = new Set(objects.flatMap((object) => refsIn(object, 'created_by_ref')));
	let changed = false;
	const marked = objects.map((object) => {
		if (UNMARKED.has(object.type) || (object.type === 'identity' && authors.has(object.id))) return object;
		const own = refsIn(object, 'object_marking_refs');
		const all = [...new Set([...own, ...ofReports])];
		if (all.length === own.length) return object;
		changed = true;
		return { ...object, object_marking_refs: all };
	});
	return changed ? { ...bundle, objects: marked } : bundle;
}

/**
 * What is sent for the platform's own import: {@link markedAsItsReports}, without the definitions of markings that the platform has. Its
 * import may not make markings, and would tell of each as an error. The markings must have been looked up.
 */
export function forImport({ references }: Platform, bundle: AnyBundle, objects: readonly AnyStixObject[]): AnyBundle {
	const marked = markedAsItsReports(bundle, objects);
	const definitions = objects.filter(({ type }) => type === 'marking-definition').map(({ id }) => id);
	const known = new Set(references.knownMarkings(definitions).map(({ standard_id }) => standard_id));
	if (known.size === 0) return marked;
	return { ...marked, objects: (marked.objects as AnyStixObject[]).filter(({ id }) => !known.has(id)) };
}
