import type { AnyBundle, AnyStixObject } from '../../stix';
import { markingsOf, type DraftWarning } from '../container';
import type { Platform } from '../platform';
import { granularMarkings, markingRefs, objectsOf, refsIn, standingBehind } from './bundleObjects';
import { withoutCustomParts } from './customParts';
import { foldMessages } from './sharedInBundle';

/** Objects that say how others are marked, translated or extended. */
const UNMARKED = new Set(['marking-definition', 'language-content', 'extension-definition']);

/**
 * The bundle with the markings of its reports on everything else that it holds: what comes with a report is marked as the report is,
 * at least. Of two markings of one kind the platform keeps the stricter. Authors keep their own: they stand behind reports of
 * every marking. The bundle itself is returned when there is nothing to add.
 */
export function markedAsItsReports(bundle: AnyBundle, objects: readonly AnyStixObject[]): AnyBundle {
	const ofReports = objects.filter(({ type }) => type === 'report').flatMap(markingRefs);
	const isSpared = sparedOf(objects);
	let changed = false;
	const marked = objects.map((object) => {
		if (UNMARKED.has(object.type)) return object;
		const own = refsIn(object, 'object_marking_refs');
		const all = [...new Set([...own, ...markingRefs(object), ...(isSpared(object) ? [] : ofReports)])];
		if (all.length === own.length) return object;
		changed = true;
		return { ...object, object_marking_refs: all };
	});
	return changed ? { ...bundle, objects: marked } : bundle;
}

/** Whether an object carries no marking but its own: it says how others are marked, or stands behind them. */
function sparedOf(objects: readonly AnyStixObject[]): (object: AnyStixObject) => boolean {
	const authors = new Set(objects.flatMap(standingBehind));
	return ({ type, id }) => UNMARKED.has(type) || (type === 'identity' && authors.has(id));
}

/**
 * The bundle with these markings where it has none: on its reports, which the rest follows; without a report, on each object. The
 * bundle itself is returned when nothing lacks one.
 *
 * @throws OpenCtiError `OPENCTI_MARKING_UNKNOWN` when they are needed and the platform does not have them
 */
export async function markedWhereNot(
	{ references }: Platform,
	bundle: AnyBundle,
	marking: string | readonly string[],
): Promise<AnyBundle> {
	const names = markingsOf(marking);
	const objects = objectsOf(bundle);
	const isSpared = sparedOf(objects);
	const hasReport = objects.some(({ type }) => type === 'report');
	const lacks = (object: AnyStixObject) =>
		(hasReport ? object.type === 'report' : !isSpared(object)) && refsIn(object, 'object_marking_refs').length === 0;
	if (names.length === 0 || !objects.some(lacks)) return bundle;
	const refs = (await references.markings(names)).map(({ standard_id }) => standard_id);
	return { ...bundle, objects: objects.map((one) => (lacks(one) ? { ...one, object_marking_refs: refs } : one)) };
}

/** A bundle for the platform's own import, and what was left out of it: numbers by type. */
export interface BundleForImport {
	bundle: AnyBundle;
	leftOut: Record<string, number>;
	warnings: DraftWarning[];
}

/**
 * What is sent for the platform's own import: {@link markedAsItsReports}, without the definitions of markings that the platform has,
 * for its import may not make markings and would tell of each as an error, with messages of one subject and text as one
 * ({@link foldMessages}), and {@link withoutCustomParts}. The markings must have been looked up.
 */
export function forImport(
	{ references }: Platform,
	bundle: AnyBundle,
	objects: readonly AnyStixObject[],
	{ withText }: { withText: boolean },
): BundleForImport {
	const marked = markedAsItsReports(bundle, objects);
	const definitions = objects.filter(({ type }) => type === 'marking-definition').map(({ id }) => id);
	const known = new Set(references.knownMarkings(definitions).map(({ standard_id }) => standard_id));
	const messages = foldMessages(marked.objects ?? [], withText);
	const { objects: sent, leftOut } = withoutCustomParts(messages.objects);
	return {
		bundle: { ...marked, objects: sent.filter(({ id }) => !known.has(id)) },
		leftOut,
		warnings: [...(messages.folded === 0 ? [] : [messagesShared(messages.folded)]), ...granularMarkings(objects)],
	};
}

function messagesShared(count: number): DraftWarning {
	const message = `The platform stores messages with the same subject and text as one object: ${count} of them are sent as part of another one, which gets the recipients of all of them.`;
	return { code: 'message-shared', message };
}
