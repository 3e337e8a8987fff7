import { OPENCTI_LIMITS } from '../../limits';
import type { AnyStixObject } from '../../stix';
import type { DraftWarning } from '../container';
import type { MarkingNode } from '../documents';
import { attempt, type MissingValues, type Platform } from '../platform';
import { checkMarkings, refsIn, standingBehind } from './bundleObjects';
import { isWhole, named, notValid, type ImportedObject } from './importedObject';
import { knownAs, lookUp } from './lookUp';
import { isMessageTextCut } from './messageText';
import { ObjectMaker } from './objectMaker';
import { obstacleTo, unknownType } from './obstacles';
import { Placements, type Placed } from './placements';
import { proveMarkings } from './proveMarkings';
import { linkMessages } from './sharedMessages';
import { stateSightings } from './stateSightings';
import { kindOf, type ObjectKind } from './stixObjects';

export interface ImportOptions {
	/** Labels that the platform does not have. Default `create`. */
	missingLabels?: MissingValues | undefined;
	/** Ids of sightings that say how often something was seen as of now, also where they are there: what a hunt found. */
	stated?: ReadonlySet<string> | undefined;
}

export interface ImportedObjects {
	objects: ImportedObject[];
	warnings: DraftWarning[];
	/** False when an object was not imported, or not as it was asked for, and when a limit left something out. */
	complete: boolean;
}

/** Warnings for which something is missing that no object's status tells of. */
const CUTS: ReadonlySet<string> = new Set(['objects-omitted', 'message-text-cut']);

/** Objects that are read for what they say, and not imported. */
const NOT_IMPORTED = new Set(['report', 'marking-definition', 'language-content', 'extension-definition']);

/**
 * Makes the objects of a bundle that are not on the platform, in the order of their references; what is there stays as it is.
 * An object or a link that the platform refuses is in the result with its error and stops nothing. What is above the number of
 * objects that are made one by one is left out, with a warning. Every marking of the bundle must exist: throws
 * OPENCTI_MARKING_UNKNOWN before anything is made. Running it again makes nothing twice.
 *
 * What is made is marked as the bundle says and, of each kind of marking, with `atLeast`: the markings of the report that it is
 * made for.
 */
export async function importObjects(
	platform: Platform,
	objects: readonly AnyStixObject[],
	options: ImportOptions,
	atLeast: readonly MarkingNode[] = [],
): Promise<ImportedObjects> {
	const all = objects.filter(({ type }) => !NOT_IMPORTED.has(type));
	const wanted = withinLimit(all);
	await platform.rights.require('KNOWLEDGE_KNUPDATE', 'create objects');
	await checkMarkings(platform, wanted);
	const placements = new Placements(objects);
	const authors = new Set(objects.flatMap(standingBehind));
	const maker = new ObjectMaker(platform, placements, { ...options, atLeast, authors });
	const placed = await placeInSteps(platform, wanted, placements, maker);
	await proveMarkings(platform, maker.unproved, placements);
	const { stated } = options;
	if (stated !== undefined)
		await stateSightings(
			platform,
			placed.filter(({ id }) => stated.has(id)),
			placements,
		);
	const results = placed.flatMap((object) => {
		const result = placements.resultOf(object);
		return result === undefined ? [] : [named(result, object, platform)];
	});
	if (maker.forbidden !== undefined && results.every(({ id }) => id === undefined)) throw maker.forbidden;
	const warnings = [...(wanted.length < all.length ? [objectsOmitted(all, wanted)] : []), ...placements.warnings];
	return {
		objects: results,
		warnings,
		complete: results.every(isWhole) && !warnings.some(({ code }) => CUTS.has(code)),
	};
}

/** As many as are made one by one, in their order: relationships, which nothing refers to, make room for the others. */
function withinLimit(objects: readonly AnyStixObject[]): readonly AnyStixObject[] {
	const { maxDirectObjects } = OPENCTI_LIMITS;
	if (objects.length <= maxDirectObjects) return objects;
	const isLink = ({ type }: AnyStixObject) => type === 'relationship';
	const first = [...objects.filter((object) => !isLink(object)), ...objects.filter(isLink)];
	const kept = new Set(first.slice(0, maxDirectObjects));
	return objects.filter((object) => kept.has(object));
}

function objectsOmitted(all: readonly AnyStixObject[], kept: readonly AnyStixObject[]): DraftWarning {
	const taken = new Set(kept);
	const omitted = all.filter((object) => !taken.has(object));
	const links = omitted.filter(({ type }) => type === 'relationship').length;
	const what = links === omitted.length ? 'relationships' : `objects, ${links} of them relationships,`;
	return {
		code: 'objects-omitted',
		message: `${omitted.length} ${what} were left out, because at most ${OPENCTI_LIMITS.maxDirectObjects} objects are created one by one. Import the whole bundle with Bundle: Import (Mode: Queue or File Import).`,
	};
}

/** Each object after those that it refers to, whatever their order in the bundle. Gives all objects, added ones among them. */
async function placeInSteps(
	platform: Platform,
	given: readonly AnyStixObject[],
	placements: Placements,
	maker: ObjectMaker,
): Promise<AnyStixObject[]> {
	const all = [...given];
	let open = [...given];
	for (let step = 1; open.length > 0; step++) {
		const waiting = new Set(open.map(({ id }) => id));
		const ready = open.filter((object) => refersToNone(object, waiting));
		// A circle of references is taken as it is, and so is what is too deep.
		const wave = ready.length === 0 || step > OPENCTI_LIMITS.maxReferenceSteps ? open : ready;
		const taken = new Set(wave);
		open = open.filter((object) => !taken.has(object));
		const inOrder = [...wave].sort((one, other) => rankOf(one) - rankOf(other));
		const existing = await lookUp(platform, inOrder, placements);
		for (const object of inOrder) placements.settle(object, await place(object, existing, placements, maker));
		if (step === 1) {
			const added = await linkMessages(platform, wave, placements);
			all.push(...added);
			open.push(...added);
		}
	}
	return all;
}

/** Whether an object can be made before all of these. */
function refersToNone(object: AnyStixObject, waiting: ReadonlySet<string>): boolean {
	const refersTo = kindOf(object.type)?.refersTo ?? [];
	return !refersTo.some((property) => refsIn(object, property).some((id) => id !== object.id && waiting.has(id)));
}

const rankOf = ({ type }: AnyStixObject) => kindOf(type)?.rank ?? 9;

/**
 * Finds or makes one object.
 *
 * @throws what every other one would meet, too
 */
async function place(
	object: AnyStixObject,
	existing: ReadonlyMap<string, Placed>,
	placements: Placements,
	maker: ObjectMaker,
): Promise<ImportedObject> {
	const base = { stixId: object.id, type: object.type };
	const kind = kindOf(object.type);
	if (kind === undefined) return { ...base, ...unknownType(object) };
	const obstacle = obstacleTo(object, kind, placements);
	if (obstacle !== undefined) return { ...base, ...obstacle };
	const placed = await attempt(
		() => findOrMake(object, kind, existing, placements, maker),
		() => notValid(object),
	);
	if ('failure' in placed) {
		if (placed.isShared) throw placed.error;
		return { ...base, status: 'failed', error: placed.failure };
	}
	const node = placed.value;
	return {
		...base,
		id: node.id,
		standardId: node.standard_id,
		...(node.existed ? { existed: true } : {}),
		...partOf(object),
	};
}

async function findOrMake(
	object: AnyStixObject,
	kind: ObjectKind,
	existing: ReadonlyMap<string, Placed>,
	placements: Placements,
	maker: ObjectMaker,
): Promise<Placed> {
	const node = knownAs(object, existing, placements) ?? (await maker.make(object, kind));
	if (object.type === 'email-message' && isMessageTextCut(object)) {
		placements.warn(
			'message-text-cut',
			object.id,
			`The text of ${object.id} is longer than ${OPENCTI_LIMITS.maxMessageTextCharacters} characters. The observable only contains its beginning.`,
		);
	}
	placements.place(object, node);
	return node;
}

/** Of a sighting at several places the platform takes one. */
function partOf(object: AnyStixObject): Pick<ImportedObject, 'status' | 'error'> {
	const places = object.type === 'sighting' ? refsIn(object, 'where_sighted_refs') : [];
	if (places.length < 2) return { status: 'imported' };
	return {
		status: 'incomplete',
		error: {
			code: 'OPENCTI_INPUT',
			message: `The platform only stores one location per sighting: ${places.length - 1} of them were left out`,
			hint: 'Create a separate sighting for each location.',
		},
	};
}
