import { plainText } from '../../json';
import { OPENCTI_LIMITS } from '../../limits';
import type { AnyStixObject } from '../../stix';
import type { DraftWarning } from '../container';
import type { MarkingNode } from '../documents';
import { attempt, Gate, together, type MissingValues, type Platform } from '../platform';
import { checkMarkings, granularMarkings, refsIn, standingBehind } from './bundleObjects';
import { isWhole, named, notValid, type ImportedObject } from './importedObject';
import { Carriers } from './carriers';
import type { ObjectDescription } from './describeObjects';
import { Finder, type Author } from './lookUp';
import { linkObjects, toBeLinked } from './linkObjects';
import { isMessageTextCut } from './messageText';
import { labelsOf, ObjectMaker } from './objectMaker';
import { foldedObservations } from './observations';
import { obstacleTo, unknownType } from './obstacles';
import { inOrder, type Order } from './order';
import { Placements, type Placed } from './placements';
import { linkedTo } from './objectLinks';
import { proveMarkings } from './proveMarkings';
import { stateSightings } from './stateSightings';
import { kindOf, type ObjectKind } from './stixObjects';

export interface ImportOptions {
	/** Labels that the platform does not have. Default `create`. */
	missingLabels?: MissingValues | undefined;
	/** What is there already: `keep` it, or `update` it with what the bundle says. Default `keep`. */
	existing?: 'keep' | 'update' | undefined;
	/** Ids of sightings that say how often something was seen as of now, also where they are there: what a hunt found. */
	stated?: ReadonlySet<string> | undefined;
	/** What is known of objects besides what they say, by their STIX ids: labels, score and description of what is made. */
	described?: ReadonlyMap<string, ObjectDescription> | undefined;
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

/** Objects of a bundle that were looked up, and are not made yet. */
export interface PreparedImport {
	/**
	 * Makes what is not there, marked as the bundle says and, of each kind of marking, with `atLeast`: the markings of the report that it is
	 * made for.
	 *
	 * @param author The author of the report, who is being made where he is not there.
	 * @throws what everything else would meet, too
	 */
	make(atLeast: readonly MarkingNode[], author?: Author): Promise<void>;
	/** Ids on the platform of what is there now, identities apart: what a report holds. */
	held(): string[];
	/** What became of each object; how what was made is marked is read where no answer has shown it. */
	results(): Promise<ImportedObjects>;
}

/**
 * Looks up the objects of a bundle. Every marking of the bundle must exist: throws OPENCTI_MARKING_UNKNOWN before anything is made.
 */
export async function prepareImport(
	platform: Platform,
	objects: readonly AnyStixObject[],
	options: ImportOptions,
): Promise<PreparedImport> {
	const all = objects.filter(({ type }) => !NOT_IMPORTED.has(type));
	const wanted = withinLimit(all);
	const placements = new Placements(objects);
	const order = inOrder(wanted);
	placements.expect(order.objects);
	const folded = foldedObservations(order.objects, (object) => placements.expectedIdsOf(object).at(-1) ?? object.id);
	const finder = new Finder(platform, placements);
	await together(async (begun) => {
		const lookedUp = begun(finder.expect(order.objects));
		const checked = begun(checkMarkings(platform, wanted));
		// Labels are needed by the first objects that are made: asked for with everything else.
		const labels = begun(platform.references.lacksLabels(labelsOfAll(order.objects, options)));
		await platform.rights.require('KNOWLEDGE_KNUPDATE', 'create objects');
		await checked;
		await lookedUp;
		await labels;
	});
	const authors = new Set(objects.flatMap(standingBehind));
	let maker: ObjectMaker | undefined;
	let added: AnyStixObject[] = [];
	const settled = () => [...wanted, ...added].flatMap((object) => placements.resultOf(object) ?? []);
	return {
		make: async (atLeast, author) => {
			if (author !== undefined) finder.willBe(author);
			maker = new ObjectMaker(platform, placements, { ...options, atLeast, authors });
			const carriers = new Carriers(platform, placements, maker, order.carried);
			await maker.prepare(order.objects.filter((object) => !finder.hasFound(object)));
			const isUpdate = options.existing === 'update';
			added = await placeAll(order, { platform, placements, maker, finder, carriers, folded, isUpdate });
			if (maker.forbidden !== undefined && settled().every(({ id }) => id === undefined)) throw maker.forbidden;
		},
		held: () => settled().flatMap(({ id, type }) => (id === undefined || type === 'identity' ? [] : [id])),
		results: async () => {
			const placed = [...wanted, ...added];
			const { stated } = options;
			await Promise.all([
				proveMarkings(platform, maker?.unproved ?? [], placements),
				stated === undefined
					? undefined
					: stateSightings(
							platform,
							placed.filter(({ id }) => stated.has(id)),
							placements,
						),
			]);
			const results = placed.flatMap((object) => {
				const result = placements.resultOf(object);
				return result === undefined ? [] : [named(result, object, platform)];
			});
			const warnings = [
				...(wanted.length < all.length ? [objectsOmitted(all, wanted)] : []),
				...typesUnsupported(results),
				...granularMarkings(wanted),
				...placements.warnings,
			];
			return {
				objects: results,
				warnings,
				complete: results.every(isWhole) && !warnings.some(({ code }) => CUTS.has(code)),
			};
		},
	};
}

const labelsOfAll = (objects: readonly AnyStixObject[], { described }: ImportOptions): string[] => [
	...new Set(
		objects
			.filter(({ type }) => kindOf(type) !== undefined)
			.flatMap((object) => [...labelsOf(object), ...(described?.get(object.id)?.labels ?? [])]),
	),
];

/**
 * Makes the objects of a bundle that are not on the platform, in the order of their references; what is there stays as it is, unless it is
 * to be updated. An object or a link that the platform refuses is in the result with its error and stops nothing. What is above the number
 * of objects that are made one by one is left out, with a warning. Running it again makes nothing twice.
 */
export async function importObjects(
	platform: Platform,
	objects: readonly AnyStixObject[],
	options: ImportOptions,
	atLeast: readonly MarkingNode[] = [],
): Promise<ImportedObjects> {
	const prepared = await prepareImport(platform, objects, options);
	await prepared.make(atLeast);
	return prepared.results();
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

/** Types that are not made one by one, by their names: no list of thousands of objects has to be read to see it. */
function typesUnsupported(results: readonly ImportedObject[]): DraftWarning[] {
	const counts = new Map<string, number>();
	for (const { type, status } of results) {
		if (status === 'unsupported') counts.set(type, (counts.get(type) ?? 0) + 1);
	}
	if (counts.size === 0) return [];
	const named = [...counts]
		.slice(0, OPENCTI_LIMITS.maxNamedTypes)
		.map(([type, count]) => `${type.slice(0, 50)} (${count})`);
	const more = counts.size > named.length ? ` and ${counts.size - named.length} more types` : '';
	const message = `Objects of these types are not created one by one: ${named.join(', ')}${more}. Import the bundle with Bundle: Import (Mode: Queue or File Import).`;
	return [{ code: 'types-unsupported', message }];
}

/** A bundle that is being imported. */
interface Import {
	platform: Platform;
	placements: Placements;
	maker: ObjectMaker;
	finder: Finder;
	/** Relationships that are made with their indicators. */
	carriers: Carriers;
	/** Observed data that stands for others of the bundle, as it is made. */
	folded: ReadonlyMap<AnyStixObject, AnyStixObject>;
	isUpdate: boolean;
}

/** The first trouble that everything else would meet, too: nothing further is begun then. */
interface Stop {
	error?: Error;
}

/**
 * Each object as soon as those are there that it refers to, others beside it; what is the same to the platform one after the other. What
 * has to be linked to others is linked when these are there. Gives the objects that were added.
 */
async function placeAll(order: Order, context: Import): Promise<AnyStixObject[]> {
	const { placements } = context;
	const stop: Stop = {};
	const gates = new Map<number | undefined, Gate>();
	const begun = new Map<AnyStixObject, Promise<void>>();
	const last = new Map<string, Promise<void>>();
	const begin = (object: AnyStixObject, waits: readonly AnyStixObject[]) => {
		const rank = kindOf(object.type)?.rank;
		const gate = gates.get(rank) ?? new Gate(OPENCTI_LIMITS.maxObjectsAtOnce);
		gates.set(rank, gate);
		const keys = placements.expectedIdsOf(object).map((id) => `${object.type} ${id}`);
		const before = [...waits.flatMap((other) => begun.get(other) ?? []), ...keys.flatMap((key) => last.get(key) ?? [])];
		const work = async () => {
			await Promise.all(before);
			await gate.through(async () => {
				if (stop.error !== undefined) return;
				try {
					placements.settle(object, await place(object, context));
				} catch (error) {
					stop.error ??= error as Error;
				}
			});
		};
		const ended = work();
		begun.set(object, ended);
		for (const key of keys) last.set(key, ended);
	};
	for (const object of order.objects) begin(object, order.waitsFor(object));
	context.carriers.areBegun((indicator) => begun.get(indicator));
	const added = await linked(order, context, begun, stop);
	await context.finder.expect(added);
	for (const object of added) begin(object, []);
	await Promise.all(begun.values());
	if (stop.error !== undefined) throw stop.error;
	return added;
}

/** Links objects to others as soon as all of these are there. */
async function linked(
	{ objects }: Order,
	{ platform, placements }: Import,
	begun: ReadonlyMap<AnyStixObject, Promise<void>>,
	stop: Stop,
): Promise<AnyStixObject[]> {
	const gate = new Gate(OPENCTI_LIMITS.maxObjectsAtOnce);
	const added = await Promise.all(
		toBeLinked(objects, placements).map(async (group) => {
			const targets = group.flatMap(linkedTo).flatMap((id) => placements.first(id) ?? []);
			await Promise.all([...new Set([...group, ...targets])].flatMap((object) => begun.get(object) ?? []));
			return gate.through(async () => {
				if (stop.error !== undefined) return [];
				try {
					return await linkObjects(platform, group, placements);
				} catch (error) {
					stop.error ??= error as Error;
					return [];
				}
			});
		}),
	);
	return added.flat();
}

/**
 * Finds or makes one object.
 *
 * @throws what every other one would meet, too
 */
async function place(object: AnyStixObject, context: Import): Promise<ImportedObject> {
	const { placements } = context;
	const base = { stixId: object.id, type: object.type };
	const kind = kindOf(object.type);
	if (kind === undefined) return { ...base, ...unknownType(object) };
	const obstacle = obstacleTo(object, kind, placements);
	if (obstacle !== undefined) return { ...base, ...obstacle };
	const placed = await attempt(
		() => findOrMake(object, kind, context),
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
		...(node.existed ? { existed: true, ...(node.isUpdated === true ? { updated: true } : {}) } : {}),
		...partOf(object, placements, node.existed),
	};
}

async function findOrMake(object: AnyStixObject, kind: ObjectKind, context: Import): Promise<Placed> {
	const { placements, maker, finder, carriers, folded, isUpdate } = context;
	const found = await finder.find(object);
	const make = () =>
		maker.make(folded.get(object) ?? object, kind, {
			basedOn: carriers.targetsOf(object),
			exists: found !== undefined,
		});
	// The platform writes what is made again over what is there.
	// What this run has made is as it was asked for: another object of the bundle is the same one.
	const updated =
		found === undefined || !isUpdate || !found.existed
			? found
			: { ...(await make()), existed: true, isUpdated: true as const };
	const node = updated ?? (await carriers.madeWith(object)) ?? (await make());
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

/** What of an object the platform did not take: of a sighting at several places it takes one, and an author must be there. */
function partOf(
	object: AnyStixObject,
	placements: Placements,
	existed: boolean,
): Pick<ImportedObject, 'status' | 'error'> {
	if (!existed && placements.hasLostAuthor(object)) {
		return {
			status: 'incomplete',
			error: {
				code: 'OPENCTI_REFERENCE_MISSING',
				message: `It was created without its author ${plainText(object['created_by_ref']).slice(0, 100)}, who is neither in the bundle nor on the platform`,
				hint: 'Add the identity to the bundle, or create it in OpenCTI. The user may also not be allowed to see it.',
			},
		};
	}
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
