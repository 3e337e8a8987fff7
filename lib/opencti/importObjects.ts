import { type EmailIntelError } from '../errors';
import { OPENCTI_LIMITS } from '../limits';
import { REF_RELATIONSHIP_ADD, type MarkingNode } from './documents';
import { OpenCtiError } from './errors';
import { missingMarkings, type MissingValues, type References } from './references';
import type { Session } from './session';
import { STIX_OBJECTS, type AnyStixObject } from './stixObjects';

export interface AnyBundle {
	type: string;
	id?: string;
	objects?: AnyStixObject[];
}

export interface ImportedObject {
	stixId: string;
	type: string;
	/** Internal id on the platform. */
	id?: string;
	standardId?: string;
	/**
	 * `imported`: made or found. `unsupported`: the API takes no such object by itself. `dangling`: what it refers to is not on
	 * the platform. `failed`: see `error`.
	 */
	status: 'imported' | 'unsupported' | 'dangling' | 'failed';
	error?: { code: string; message: string; hint?: string };
}

export interface ImportOptions {
	/** Labels that the platform does not have. Default `create`. */
	missingLabels?: MissingValues;
}

/** Objects that are read for what they say, and not imported. */
const NOT_IMPORTED = new Set(['report', 'marking-definition', 'language-content', 'extension-definition']);
/** Causes that every other object would meet, too. */
const SHARED_CAUSES = new Set([
	'OPENCTI_TOKEN_REFUSED',
	'OPENCTI_FORBIDDEN',
	'OPENCTI_URL_WRONG',
	'OPENCTI_UNAVAILABLE',
	'OPENCTI_DRAFT_CLOSED',
]);
/** How the platform names what an e-mail message refers to. */
const MESSAGE_REFS: Readonly<Record<string, string>> = {
	from_ref: 'from',
	sender_ref: 'sender',
	to_refs: 'to',
	cc_refs: 'cc',
	bcc_refs: 'bcc',
};

/** The objects of a bundle. Throws OPENCTI_INPUT for what is no bundle. */
export function objectsOf(bundle: AnyBundle): AnyStixObject[] {
	const { objects } = bundle;
	if (bundle.type !== 'bundle' || !Array.isArray(objects) || objects.length === 0) {
		throw new OpenCtiError('OPENCTI_INPUT', 'This is no STIX bundle, or it is empty', {
			hint: 'Give {"type": "bundle", "objects": […]} with at least one object.',
		});
	}
	return objects;
}

/**
 * Makes the objects of a bundle one by one, in the order of their references. An object that the platform refuses is in the
 * result with its error and stops nothing. Every marking of the bundle must exist: throws OPENCTI_MARKING_UNKNOWN
 * before anything is made. Running it again makes nothing twice.
 */
export async function importObjects(
	session: Session,
	references: References,
	objects: readonly AnyStixObject[],
	options: ImportOptions,
): Promise<ImportedObject[]> {
	const wanted = objects.filter(({ type }) => !NOT_IMPORTED.has(type));
	if (wanted.length > OPENCTI_LIMITS.maxDirectObjects) {
		throw new OpenCtiError(
			'OPENCTI_INPUT',
			`The bundle holds ${wanted.length} objects, more than ${OPENCTI_LIMITS.maxDirectObjects}`,
			{
				hint: 'Import it as a whole: by push or as a file.',
			},
		);
	}
	await checkMarkings(references, wanted);
	const ids = new Map<string, string>();
	const inBundle = new Set(objects.map(({ id }) => id));
	const results = new Map<AnyStixObject, ImportedObject>();
	for (const object of [...wanted].sort((a, b) => rankOf(a) - rankOf(b))) {
		results.set(object, await importOne(session, references, object, ids, inBundle, options));
	}
	for (const object of wanted) await linkMessage(session, object, ids);
	return wanted.flatMap((object) => results.get(object) ?? []);
}

const rankOf = ({ type }: AnyStixObject) => STIX_OBJECTS[type]?.rank ?? 9;

/** All markings that objects carry, before the first of them is made. */
export async function checkMarkings(references: References, objects: readonly AnyStixObject[]): Promise<void> {
	await references.markings([...new Set(objects.flatMap(markingRefs))]);
}

const markingRefs = (object: AnyStixObject) =>
	Array.isArray(object['object_marking_refs']) ? (object['object_marking_refs'] as string[]) : [];

async function importOne(
	session: Session,
	references: References,
	object: AnyStixObject,
	ids: Map<string, string>,
	inBundle: ReadonlySet<string>,
	options: ImportOptions,
): Promise<ImportedObject> {
	const base = { stixId: object.id, type: object.type };
	const kind = STIX_OBJECTS[object.type];
	if (kind === undefined) return { ...base, status: 'unsupported' };
	const idOf = (id: unknown) =>
		typeof id === 'string' ? (ids.get(id) ?? (inBundle.has(id) ? undefined : id)) : undefined;
	const refs = kind.refersTo.flatMap((property) => object[property] ?? []) as string[];
	const found = refs.filter((id) => idOf(id) !== undefined);
	// A collection may lose members that the API does not take; a relationship needs both of its ends.
	const needed = kind.refersTo.includes('object_refs') ? 1 : refs.length;
	if (kind.refersTo.length > 0 && found.length < needed) return { ...base, status: 'dangling' };
	try {
		const markings = await references.markings(markingRefs(object));
		const common = await commonOf(references, object, markings, idOf, options);
		const node = await kind.create(session, object, { idOf, common });
		checkReturned(object, markings, node.objectMarking);
		ids.set(object.id, node.id);
		return { ...base, id: node.id, standardId: node.standard_id, status: 'imported' };
	} catch (error) {
		if (!(error instanceof OpenCtiError) || SHARED_CAUSES.has(error.code)) throw error;
		return { ...base, status: 'failed', error: described(error) };
	}
}

async function commonOf(
	references: References,
	object: AnyStixObject,
	markings: MarkingNode[],
	idOf: (id: unknown) => string | undefined,
	options: ImportOptions,
) {
	const author = idOf(object['created_by_ref']);
	const labels = Array.isArray(object['labels'])
		? await references.labels(object['labels'] as string[], options.missingLabels ?? 'create')
		: undefined;
	return {
		...(author === undefined ? {} : { createdBy: author }),
		...(markings.length === 0 ? {} : { objectMarking: markings.map(({ id }) => id) }),
		...(labels === undefined || labels.ids.length === 0 ? {} : { objectLabel: labels.ids }),
	};
}

function checkReturned(
	object: AnyStixObject,
	asked: readonly MarkingNode[],
	got: { standard_id: string; definition_type: string | null; x_opencti_order: number }[] | null,
): void {
	const returned = (got ?? []).map((marking) => ({ ...marking, id: marking.standard_id, definition: null }));
	const missing = missingMarkings(asked, returned);
	if (missing.length === 0) return;
	throw new OpenCtiError(
		'OPENCTI_MARKING_MISMATCH',
		`${object.id} came out without ${missing.map(({ definition }) => definition).join(', ')}`,
		{
			hint: 'Mark it by hand, or delete it.',
		},
	);
}

/** The addresses of a message, one reference each: its creation does not take them. */
async function linkMessage(session: Session, object: AnyStixObject, ids: ReadonlyMap<string, string>): Promise<void> {
	const fromId = ids.get(object.id);
	if (object.type !== 'email-message' || fromId === undefined) return;
	for (const [property, relationship_type] of Object.entries(MESSAGE_REFS)) {
		for (const ref of [object[property] ?? []].flat() as string[]) {
			const toId = ids.get(ref);
			if (toId !== undefined) await session.call(REF_RELATIONSHIP_ADD, { input: { fromId, toId, relationship_type } });
		}
	}
}

function described(error: EmailIntelError): { code: string; message: string; hint?: string } {
	return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
