import { EmailIntelError } from '../../errors';
import { OPENCTI_LIMITS } from '../../limits';
import { stixId, type AnyBundle, type AnyStixObject } from '../../stix';
import type { CreatedNode, MarkingNode } from '../documents';
import type { DraftWarning } from '../container/draft';
import { OpenCtiError } from '../platform/errors';
import { familyOf, readBetween, readExisting, readExistingOfTypes, type ObjectFamily } from '../platform/existing';
import { ADDRESS_PROPERTIES, linkMessage, type MessageAddresses } from './messageAddresses';
import { missingMarkings, strictest, type MissingValues, type References } from '../platform/references';
import { isMessageTextCut } from './messageText';
import type { Session } from '../platform/platform';
import { idsOf, kindOf, refsIn, type ObjectKind } from './stixObjects';

export interface ImportedObject {
	stixId: string;
	type: string;
	/** Internal id on the platform. */
	id?: string;
	standardId?: string;
	/**
	 * - `imported`: made, or found and left as it is (`existed`).
	 * - `incomplete`: it is there, but not all that belongs to it: see `error`.
	 * - `left-out`: the platform can have no such object: see `reason`. Nothing is missing for that.
	 * - `unsupported`: the API takes no such object by itself.
	 * - `dangling`: what it refers to is not on the platform.
	 * - `failed`: see `error`. It has an `id` when it was made otherwise than asked.
	 */
	status: 'imported' | 'incomplete' | 'left-out' | 'unsupported' | 'dangling' | 'failed';
	/** It was there before: its values, markings and confidence stay what they are. */
	existed?: true;
	reason?: string;
	error?: { code: string; message: string; hint?: string };
}

export interface ImportOptions {
	/** Labels that the platform does not have. Default `create`. */
	missingLabels?: MissingValues;
}

export interface ImportedObjects {
	objects: ImportedObject[];
	warnings: DraftWarning[];
	/** False when an object was not imported, or not as it was asked for, and when a limit left something out. */
	complete: boolean;
}

/** Whether nothing that was asked for is missing. */
export const isWhole = ({ status }: ImportedObject) => status === 'imported' || status === 'left-out';

/** Warnings for which something is missing that no object's status tells of. */
const CUTS: ReadonlySet<string> = new Set(['objects-omitted', 'message-text-cut']);

/** Objects that are read for what they say, and not imported. */
const NOT_IMPORTED = new Set(['report', 'marking-definition', 'language-content', 'extension-definition']);
/** Causes that every other object would meet, too. */
const SHARED_CAUSES = new Set([
	'OPENCTI_TOKEN_REFUSED',
	'OPENCTI_URL_WRONG',
	'OPENCTI_UNAVAILABLE',
	'OPENCTI_DRAFT_CLOSED',
]);

/**
 * The objects of a bundle.
 *
 * @throws OpenCtiError `OPENCTI_INPUT` for what is not a bundle
 */
export function objectsOf(bundle: AnyBundle | null | undefined): AnyStixObject[] {
	const objects: unknown = bundle?.objects;
	if (bundle?.type !== 'bundle' || !Array.isArray(objects) || objects.length === 0) {
		throw new OpenCtiError('OPENCTI_INPUT', 'This is not a STIX bundle, or it is empty', {
			hint: 'Give {"type": "bundle", "objects": […]} with at least one object.',
		});
	}
	// What is not an object at all is told like any other that cannot be imported.
	return objects.map((object: unknown) => {
		const given = typeof object === 'object' && object !== null ? (object as Partial<AnyStixObject>) : {};
		const { type, id } = given;
		if (typeof type === 'string' && typeof id === 'string') return given as AnyStixObject;
		return { ...given, type: typeof type === 'string' ? type : 'unknown', id: typeof id === 'string' ? id : '' };
	});
}

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
	session: Session,
	references: References,
	objects: readonly AnyStixObject[],
	options: ImportOptions,
	atLeast: readonly MarkingNode[] = [],
): Promise<ImportedObjects> {
	const all = objects.filter(({ type }) => !NOT_IMPORTED.has(type));
	const wanted = withinLimit(all);
	await checkMarkings(references, wanted);
	const imported = await new ObjectImport(session, references, objects, options, atLeast).run(wanted);
	const warnings = [...(wanted.length < all.length ? [objectsOmitted(all, wanted)] : []), ...imported.warnings];
	return {
		objects: imported.objects,
		warnings,
		complete: imported.objects.every(isWhole) && !warnings.some(({ code }) => CUTS.has(code)),
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
		message: `${omitted.length} ${what} were left out, for no more than ${OPENCTI_LIMITS.maxDirectObjects} objects are made one by one. Bundle: Import takes a bundle as a whole (Mode: Queue or File Import).`,
	};
}

/** All markings that objects carry, before the first of them is made. */
export async function checkMarkings(references: References, objects: readonly AnyStixObject[]): Promise<void> {
	await references.markings([...new Set(objects.flatMap(markingRefs))]);
}

const markingRefs = (object: AnyStixObject) => refsIn(object, 'object_marking_refs');

/** An object of the platform, as it stands for one of the bundle. */
interface Placed extends CreatedNode {
	existed: boolean;
	message_id?: string | null;
}

/** One run over one bundle. */
class ObjectImport {
	readonly #inBundle: ReadonlySet<string>;
	/** Authors stand behind reports of every marking: theirs is their own. */
	readonly #authors: ReadonlySet<string>;
	readonly #placed = new Map<string, Placed>();
	/** By the platform's own id: two objects of a bundle may be one there. */
	readonly #byStandardId = new Map<string, Placed>();
	readonly #results = new Map<AnyStixObject, ImportedObject>();
	/** Ids that have a result, and the object that it is of. */
	readonly #settled = new Map<string, AnyStixObject>();
	readonly #leftOut = new Set<string>();
	/** What could be there after another run. */
	readonly #failed = new Set<string>();
	/** Made, and answered without a marking that was asked for: a read decides. */
	readonly #unproved: { object: AnyStixObject; node: Placed; asked: MarkingNode[] }[] = [];
	readonly #warnings = new Map<string, DraftWarning>();
	#somethingMade = false;
	/** The first creation that was refused for want of a right, while nothing was made: the next ones would be, too. */
	#forbidden?: OpenCtiError;

	readonly #session: Session;
	readonly #references: References;
	readonly #options: ImportOptions;
	readonly #atLeast: readonly MarkingNode[];

	constructor(
		session: Session,
		references: References,
		objects: readonly AnyStixObject[],
		options: ImportOptions,
		atLeast: readonly MarkingNode[],
	) {
		this.#session = session;
		this.#references = references;
		this.#options = options;
		this.#atLeast = atLeast;
		this.#inBundle = new Set(objects.map(({ id }) => id));
		this.#authors = new Set(objects.flatMap((object) => refsIn(object, 'created_by_ref')));
	}

	/** In steps: each object after those that it refers to, whatever their order in the bundle. */
	async run(given: readonly AnyStixObject[]): Promise<Omit<ImportedObjects, 'complete'>> {
		const all = [...given];
		let open = [...given];
		for (let step = 1; open.length > 0; step++) {
			const waiting = new Set(open.map(({ id }) => id));
			const ready = open.filter((object) => refersToNone(object, waiting));
			// A circle of references is taken as it is, and so is what is too deep.
			const wave = ready.length === 0 || step > OPENCTI_LIMITS.maxReferenceSteps ? open : ready;
			const taken = new Set(wave);
			open = open.filter((object) => !taken.has(object));
			await this.#placeAll([...wave].sort((one, other) => rankOf(one) - rankOf(other)));
			if (step === 1) {
				const added = await this.#linkMessages(wave);
				all.push(...added);
				open.push(...added);
			}
		}
		await this.#proveMarkings();
		const results = all.flatMap((object) => this.#results.get(object) ?? []);
		if (this.#forbidden !== undefined && results.every(({ id }) => id === undefined)) throw this.#forbidden;
		return { objects: results, warnings: [...this.#warnings.values()] };
	}

	async #placeAll(wave: readonly AnyStixObject[]): Promise<void> {
		const existing = await this.#readAll(wave);
		for (const object of wave) {
			const result = await this.#place(object, existing);
			this.#results.set(object, result);
			if (!this.#settled.has(object.id)) this.#settled.set(object.id, object);
			const refs = kindOf(object.type)?.refersTo.flatMap((property) => refsIn(object, property)) ?? [];
			const isDangling = result.status === 'dangling' && refs.some((id) => this.#failed.has(id));
			if ((result.status === 'failed' && result.id === undefined) || isDangling) this.#failed.add(object.id);
		}
	}

	/** What the platform has of these objects, by all of their ids. */
	async #readAll(wave: readonly AnyStixObject[]): Promise<ReadonlyMap<string, Placed>> {
		const asked = wave.filter(({ type, id }) => kindOf(type) !== undefined && id !== '');
		const wanted = asked.flatMap((object) => this.#idsOf(object).map((id) => ({ type: object.type, id })));
		const found = new Map<string, Placed>();
		for (const [id, node] of await readExistingOfTypes(this.#session, wanted))
			found.set(id, { ...node, existed: true });
		await this.#readRelationships(wave, found);
		return found;
	}

	/** Relationships of other ids between the same ends; only where both ends were there before can there be one. */
	async #readRelationships(wave: readonly AnyStixObject[], found: Map<string, Placed>): Promise<void> {
		const asked = wave.flatMap((object) => {
			if (object.type !== 'relationship' || this.#idsOf(object).some((id) => found.has(id))) return [];
			const [from, to] = ['source_ref', 'target_ref'].map((property) => this.#endOf(refsIn(object, property)[0]));
			if (from === undefined || to === undefined) return [];
			const [type, startTime] = [object['relationship_type'], object['start_time']];
			const ends = { type: String(type), fromId: from, toId: to };
			return [{ object, ends: typeof startTime === 'string' ? { ...ends, startTime } : ends }];
		});
		if (asked.length === 0) return;
		const nodes = await readBetween(
			this.#session,
			asked.map(({ ends }) => ends),
		);
		for (const [at, { object }] of asked.entries()) {
			const node = nodes[at];
			if (node !== undefined) found.set(object.id, { ...node, existed: true });
		}
	}

	/** The platform's id of an end that was there before this run. */
	#endOf(id: string | undefined): string | undefined {
		if (id === undefined) return undefined;
		const placed = this.#placed.get(id);
		// An end that is not in the bundle is known by another id than the platform's own: it will be found when it is made.
		return placed?.existed === true ? placed.id : undefined;
	}

	#idsOf(object: AnyStixObject): string[] {
		return idsOf(object, (id) => this.#placed.get(id)?.standard_id ?? (this.#inBundle.has(id) ? undefined : id));
	}

	/** Finds or makes one object. */
	async #place(object: AnyStixObject, existing: ReadonlyMap<string, Placed>): Promise<ImportedObject> {
		const base = { stixId: object.id, type: object.type };
		const kind = kindOf(object.type);
		if (kind === undefined) return { ...base, status: 'unsupported' };
		const invalid = this.#invalid(object);
		if (invalid !== undefined) return { ...base, status: 'failed', error: { code: 'OPENCTI_INPUT', message: invalid } };
		const reason = kind.impossible?.(object) ?? this.#impossibleEnds(object, kind);
		if (reason !== undefined) {
			this.#leftOut.add(object.id);
			return { ...base, status: 'left-out', reason };
		}
		if (this.#isDangling(object, kind)) return { ...base, status: 'dangling' };
		try {
			const known = this.#knownAs(object, existing);
			if (known === undefined && this.#forbidden !== undefined && !this.#somethingMade) throw this.#forbidden;
			const node = known ?? (await this.#make(object, kind));
			if (object.type === 'email-message' && isMessageTextCut(object)) this.#warnOfText(object.id);
			this.#placed.set(object.id, node);
			this.#byStandardId.set(node.standard_id, node);
			return {
				...base,
				id: node.id,
				standardId: node.standard_id,
				...(node.existed ? { existed: true } : {}),
				...partOf(object),
			};
		} catch (error) {
			return { ...base, status: 'failed', error: this.#attempted(error, object) };
		}
	}

	#warnOfText(id: string): void {
		this.#warn(
			'message-text-cut',
			id,
			`The text of ${id} is longer than ${OPENCTI_LIMITS.maxMessageTextCharacters} characters: the observable holds its beginning.`,
		);
	}

	/** What makes an object one that cannot be asked for. */
	#invalid(object: AnyStixObject): string | undefined {
		if (object.id === '') return `An object of type ${object.type.slice(0, 50)} has no id`;
		const before = this.#settled.get(object.id);
		// Two bundles in one may say more and less of one object; what names it must be the same.
		if (before !== undefined && String(this.#idsOf(before)) !== String(this.#idsOf(object))) {
			return `Another object of the bundle has the id ${object.id.slice(0, 100)}, too`;
		}
		if (object.type === 'observed-data' && object['object_refs'] === undefined && object['objects'] !== undefined) {
			return 'The observed data is STIX 2.0, which is not taken directly: give STIX 2.1, or queue the bundle';
		}
		return undefined;
	}

	#isDangling(object: AnyStixObject, { refersTo }: ObjectKind): boolean {
		if (refersTo.length === 0) return false;
		const refs = refersTo.flatMap((property) => refsIn(object, property));
		// A collection made now of what is left of it would stay so for ever, for the next run would find it.
		if (refersTo.includes('object_refs') && refs.some((id) => this.#failed.has(id))) return true;
		const found = refs.filter((id) => this.#idOf(id) !== undefined);
		// A collection may lose members that the API does not take; a relationship needs both of its ends.
		return found.length < (refersTo.includes('object_refs') ? 1 : Math.max(refs.length, refersTo.length));
	}

	/** The object of the platform that this one is. An id of another type is another object's. */
	#knownAs(object: AnyStixObject, existing: ReadonlyMap<string, Placed>): Placed | undefined {
		const nodes = new Map<string, Placed>();
		for (const id of this.#idsOf(object)) {
			const node = existing.get(id) ?? this.#byStandardId.get(id);
			if (node?.standard_id.startsWith(`${object.type}--`)) nodes.set(node.id, node);
		}
		const [first, ...others] = nodes.values();
		if (first !== undefined && others.length > 0) {
			this.#warn(
				'several-objects',
				object.id,
				`The platform has ${nodes.size} objects that are ${object.id}: ${first.standard_id} was taken.`,
			);
		}
		return first;
	}

	/** Once for each object of the platform. */
	#warn(code: string, about: string, message: string): void {
		this.#warnings.set(`${code} ${about}`, { code, message });
	}

	/** Why a relationship cannot be, though nothing failed: an end was left out, or both ends are one object there. */
	#impossibleEnds(object: AnyStixObject, { refersTo }: ObjectKind): string | undefined {
		const refs = refersTo.flatMap((property) => refsIn(object, property));
		const isCollection = refersTo.includes('object_refs');
		const isLeftOut = (id: string) => this.#leftOut.has(id);
		if (isCollection ? refs.length > 0 && refs.every(isLeftOut) : refs.some(isLeftOut)) {
			return 'What it refers to was left out.';
		}
		const [first, second] = refs.map((id) => this.#idOf(id));
		if (!isCollection && refs.length > 1 && first !== undefined && first === second) {
			return 'Both of its ends are one object on the platform.';
		}
		return undefined;
	}

	#idOf(stixId: unknown): string | undefined {
		if (typeof stixId !== 'string') return undefined;
		return this.#placed.get(stixId)?.id ?? (this.#inBundle.has(stixId) ? undefined : stixId);
	}

	async #make(object: AnyStixObject, kind: ObjectKind): Promise<Placed> {
		const own = await this.#references.markings(markingRefs(object));
		const isAuthor = object.type === 'identity' && this.#authors.has(object.id);
		const asked = isAuthor ? own : strictest([...own, ...this.#atLeast]);
		const author = this.#idOf(object['created_by_ref']);
		const labels = await this.#labelsOf(object);
		const common = {
			...(author === undefined ? {} : { createdBy: author }),
			...(asked.length === 0 ? {} : { objectMarking: asked.map(({ id }) => id) }),
			...(labels.ids.length === 0 ? {} : { objectLabel: labels.ids }),
		};
		let made: CreatedNode;
		try {
			made = await kind.create(this.#session, object, { idOf: (id) => this.#idOf(id), common });
		} catch (error) {
			if (error instanceof OpenCtiError && error.code === 'OPENCTI_FORBIDDEN') this.#forbidden ??= error;
			throw error;
		}
		const node: Placed = { ...made, existed: false };
		this.#somethingMade = true;
		if (missingMarkings(asked, markingsOf(node)).length > 0) this.#unproved.push({ object, node, asked });
		return node;
	}

	/** A user who may not make labels gets the object without them. */
	async #labelsOf(object: AnyStixObject): Promise<{ ids: string[] }> {
		const values = refsIn(object, 'labels');
		const missing = this.#options.missingLabels ?? 'create';
		const { ids, skipped } = await this.#references.labels(values, missing).catch((error: unknown) => {
			if (!(error instanceof OpenCtiError) || error.code !== 'OPENCTI_FORBIDDEN') throw error;
			return this.#references.labels(values, 'skip');
		});
		for (const label of skipped) this.#warnOfLabel(label);
		return { ids };
	}

	#warnOfLabel(label: string): void {
		const name = JSON.stringify(label.slice(0, 100));
		this.#warn('label-unknown', label, `The platform has no label ${name}: left out.`);
	}

	/**
	 * The addresses of messages. Messages of one subject and text are one object on the platform: it is linked to the recipients
	 * of all of them and keeps the sender that it has. Gives the relationships that say who else sent it.
	 */
	async #linkMessages(objects: readonly AnyStixObject[]): Promise<AnyStixObject[]> {
		const sharing = new Map<string, { node: Placed; messages: AnyStixObject[] }>();
		for (const object of objects) {
			const node = object.type === 'email-message' ? this.#placed.get(object.id) : undefined;
			if (node === undefined || this.#results.get(object)?.status !== 'imported') continue;
			const shared = sharing.get(node.id);
			if (shared === undefined) sharing.set(node.id, { node, messages: [object] });
			else shared.messages.push(object);
		}
		const added: AnyStixObject[] = [];
		for (const { node, messages } of sharing.values()) {
			try {
				const addresses = messages.map((message) => this.#addressesOf(message));
				const { otherSenders } = await linkMessage(this.#session, node.id, addresses);
				this.#warnIfShared(node, messages, otherSenders.length > 0);
				for (const { at, address } of otherSenders) {
					const message = messages[at];
					if (message !== undefined) added.push(...this.#senderOf(message, address));
				}
			} catch (error) {
				const told = this.#attempted(error, messages[0]);
				for (const message of messages) {
					const result = this.#results.get(message);
					if (result !== undefined) this.#results.set(message, { ...result, status: 'incomplete', error: told });
				}
			}
		}
		return added;
	}

	#addressesOf(message: AnyStixObject): MessageAddresses {
		return new Map(
			ADDRESS_PROPERTIES.map((property) => [
				property,
				[...new Set(refsIn(message, property).flatMap((id) => this.#placed.get(id)?.id ?? []))],
			]),
		);
	}

	#warnIfShared(node: Placed, messages: readonly AnyStixObject[], hasOtherSenders: boolean): void {
		const ids = new Set(messages.map((message) => refsIn(message, 'message_id')[0] ?? message.id));
		const before = node.existed && typeof node.message_id === 'string' && !ids.has(node.message_id) ? 1 : 0;
		const count = Math.max(ids.size + before, hasOtherSenders ? 2 : 1);
		if (count < 2) return;
		this.#warn(
			'message-shared',
			node.id,
			`The platform keeps messages of one subject and one text as one object: ${node.standard_id} stands for ${count} messages or more. Its recipients add up, its sender is that of the first.`,
		);
	}

	/** A sender that the shared message does not show, related to it. */
	#senderOf(message: AnyStixObject, address: string): AnyStixObject[] {
		const sender = ['from_ref', 'sender_ref']
			.flatMap((property) => refsIn(message, property))
			.find((id) => this.#placed.get(id)?.id === address);
		if (sender === undefined) return [];
		const properties = { relationship_type: 'related-to', source_ref: sender, target_ref: message.id };
		const marked = markingRefs(message);
		return [
			{
				type: 'relationship',
				id: stixId('relationship', properties),
				...properties,
				description: 'Sent the same message',
				...(marked.length === 0 ? {} : { object_marking_refs: marked }),
			},
		];
	}

	/** The answer to a creation does not always show what was stored: only what is missing in a read is missing. */
	async #proveMarkings(): Promise<void> {
		for (const family of ['object', 'relationship', 'sighting'] as const) {
			const unproved = this.#unproved.filter(({ object }) => familyOf(object.type) === family);
			if (unproved.length === 0) continue;
			const read = await this.#tryRead(
				family,
				unproved.map(({ node }) => node.id),
			);
			// What one read does not show is asked for by its other id.
			const unseen = unproved.filter(({ node }) => !read.has(node.id));
			const again = await this.#tryRead(
				family,
				unseen.map(({ node }) => node.standard_id),
			);
			for (const { object, node, asked } of unproved) {
				const stored = read.get(node.id) ?? again.get(node.standard_id);
				const missing = stored === undefined ? asked : missingMarkings(asked, markingsOf(stored));
				const result = this.#results.get(object);
				if (missing.length === 0 || result === undefined) continue;
				const names = missing.map(({ definition, standard_id }) => definition ?? standard_id).join(', ');
				const error = new OpenCtiError(
					'OPENCTI_MARKING_MISMATCH',
					stored === undefined
						? `${object.id} was made, but cannot be read back: whether it carries ${names} is not known`
						: `${object.id} came out without ${names}`,
					{ hint: 'Mark it by hand, or delete it.' },
				);
				this.#results.set(object, { ...result, status: 'failed', error: described(error) });
			}
		}
	}

	async #tryRead(family: ObjectFamily, ids: readonly string[]): Promise<Map<string, CreatedNode>> {
		if (ids.length === 0) return new Map();
		try {
			return await readExisting(this.#session, family, ids);
		} catch (error) {
			// What was made is in the result in any case, as not proved.
			if (!(error instanceof EmailIntelError)) throw error;
			return new Map();
		}
	}

	/**
	 * What went wrong with one object.
	 *
	 * @throws what every other one would meet, too
	 */
	#attempted(error: unknown, object: AnyStixObject | undefined): NonNullable<ImportedObject['error']> {
		if (error instanceof OpenCtiError && !SHARED_CAUSES.has(error.code)) return described(error);
		if (error instanceof EmailIntelError) throw error;
		return {
			code: 'OPENCTI_INPUT',
			message: `${String(object?.id).slice(0, 100)} is not a valid object of type ${String(object?.type).slice(0, 50)}`,
			hint: 'Check its properties against STIX 2.1.',
		};
	}
}

/** Whether an object can be made before all of these. */
function refersToNone(object: AnyStixObject, waiting: ReadonlySet<string>): boolean {
	const refersTo = kindOf(object.type)?.refersTo ?? [];
	return !refersTo.some((property) => refsIn(object, property).some((id) => id !== object.id && waiting.has(id)));
}

/** Of a sighting at several places the platform takes one. */
function partOf(object: AnyStixObject): Pick<ImportedObject, 'status' | 'error'> {
	const places = object.type === 'sighting' ? refsIn(object, 'where_sighted_refs') : [];
	if (places.length < 2) return { status: 'imported' };
	return {
		status: 'incomplete',
		error: {
			code: 'OPENCTI_INPUT',
			message: `The platform takes one place of a sighting: ${places.length - 1} of them were left out`,
			hint: 'Make a sighting for each place.',
		},
	};
}

const rankOf = ({ type }: AnyStixObject) => kindOf(type)?.rank ?? 9;

const markingsOf = ({ objectMarking }: CreatedNode): MarkingNode[] =>
	(objectMarking ?? []).map((marking) => ({ ...marking, id: marking.standard_id, definition: null }));

function described(error: EmailIntelError): { code: string; message: string; hint?: string } {
	return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
