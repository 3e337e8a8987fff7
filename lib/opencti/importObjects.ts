import { EmailIntelError } from '../errors';
import { OPENCTI_LIMITS } from '../limits';
import { stixId } from '../stix';
import type { CreatedNode, MarkingNode } from './documents';
import type { DraftWarning } from './draft';
import { OpenCtiError } from './errors';
import { familyOf, readExisting, type ObjectFamily } from './existing';
import { ADDRESS_PROPERTIES, linkMessage, type MessageAddresses } from './messageLinks';
import { missingMarkings, strictest, type MissingValues, type References } from './references';
import type { Session } from './session';
import { idsOf, kindOf, refsIn, type AnyStixObject, type ObjectKind } from './stixObjects';

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
}

/** Whether nothing that was asked for is missing. */
export const isWhole = ({ status }: ImportedObject) => status === 'imported' || status === 'left-out';

/** Objects that are read for what they say, and not imported. */
const NOT_IMPORTED = new Set(['report', 'marking-definition', 'language-content', 'extension-definition']);
/** Causes that every other object would meet, too. */
const SHARED_CAUSES = new Set([
	'OPENCTI_TOKEN_REFUSED',
	'OPENCTI_URL_WRONG',
	'OPENCTI_UNAVAILABLE',
	'OPENCTI_DRAFT_CLOSED',
]);
/** Each stage knows the platform's ids of what the ones before it made or found. */
const STAGES: readonly ((rank: number) => boolean)[] = [
	(rank) => rank <= 2,
	(rank) => rank === 3 || rank === 5,
	(rank) => rank === 4,
];

/** The objects of a bundle. Throws OPENCTI_INPUT for what is not a bundle. */
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
 * Makes the objects of a bundle that are not on the platform, in the order of their references; what is there stays as it is.
 * An object or a link that the platform refuses is in the result with its error and stops nothing. Every marking of the bundle
 * must exist: throws OPENCTI_MARKING_UNKNOWN before anything is made. Running it again makes nothing twice.
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
	return new ObjectImport(session, references, objects, options, atLeast).run(wanted);
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
	private readonly inBundle: ReadonlySet<string>;
	/** Authors stand behind reports of every marking: theirs is their own. */
	private readonly authors: ReadonlySet<string>;
	private readonly placed = new Map<string, Placed>();
	/** By the platform's own id: two objects of a bundle may be one there. */
	private readonly byStandardId = new Map<string, Placed>();
	private readonly results = new Map<AnyStixObject, ImportedObject>();
	private readonly leftOut = new Set<string>();
	/** Made, and answered without a marking that was asked for: a read decides. */
	private readonly unproved: { object: AnyStixObject; node: Placed; asked: MarkingNode[] }[] = [];
	private readonly warnings: DraftWarning[] = [];
	private somethingMade = false;
	/** The first refusal for want of a right, while nothing was made: the next creations would meet it, too. */
	private forbidden?: OpenCtiError;

	constructor(
		private readonly session: Session,
		private readonly references: References,
		objects: readonly AnyStixObject[],
		private readonly options: ImportOptions,
		private readonly atLeast: readonly MarkingNode[],
	) {
		this.inBundle = new Set(objects.map(({ id }) => id));
		this.authors = new Set(objects.flatMap((object) => refsIn(object, 'created_by_ref')));
	}

	async run(given: readonly AnyStixObject[]): Promise<ImportedObjects> {
		const wanted = [...given];
		for (const [at, belongs] of STAGES.entries()) {
			const stage = wanted
				.filter(({ type }) => belongs(kindOf(type)?.rank ?? 0))
				.sort((one, other) => rankOf(one) - rankOf(other));
			const existing = await this.readStage(stage);
			for (const object of stage) this.results.set(object, await this.place(object, existing));
			if (at === 0) wanted.push(...(await this.linkMessages(wanted)));
		}
		await this.proveMarkings();
		const results = wanted.flatMap((object) => this.results.get(object) ?? []);
		if (this.forbidden !== undefined && results.every(({ id }) => id === undefined)) throw this.forbidden;
		return { objects: results, warnings: this.warnings };
	}

	private async readStage(stage: readonly AnyStixObject[]): Promise<ReadonlyMap<string, Placed>> {
		const ids: Record<ObjectFamily, string[]> = { object: [], relationship: [], sighting: [] };
		for (const object of stage) {
			if (kindOf(object.type) !== undefined) ids[familyOf(object.type)].push(...this.idsOf(object));
		}
		const found = new Map<string, Placed>();
		for (const family of ['object', 'relationship', 'sighting'] as const) {
			if (ids[family].length === 0) continue;
			for (const [id, node] of await readExisting(this.session, family, ids[family])) {
				found.set(id, { ...node, existed: true });
			}
		}
		return found;
	}

	private idsOf(object: AnyStixObject): string[] {
		return idsOf(object, (id) => this.placed.get(id)?.standard_id ?? (this.inBundle.has(id) ? undefined : id));
	}

	/** Finds or makes one object. */
	private async place(object: AnyStixObject, existing: ReadonlyMap<string, Placed>): Promise<ImportedObject> {
		const base = { stixId: object.id, type: object.type };
		const kind = kindOf(object.type);
		if (kind === undefined) return { ...base, status: 'unsupported' };
		const reason = kind.impossible?.(object) ?? this.impossibleEnds(object, kind);
		if (reason !== undefined) {
			this.leftOut.add(object.id);
			return { ...base, status: 'left-out', reason };
		}
		const refs = kind.refersTo.flatMap((property) => refsIn(object, property));
		const found = refs.filter((id) => this.idOf(id) !== undefined);
		// A collection may lose members that the API does not take; a relationship needs both of its ends.
		const needed = kind.refersTo.includes('object_refs') ? 1 : Math.max(refs.length, kind.refersTo.length);
		if (kind.refersTo.length > 0 && found.length < needed) return { ...base, status: 'dangling' };
		try {
			const ids = this.idsOf(object);
			const known = ids.map((id) => existing.get(id) ?? this.byStandardId.get(id)).find((node) => node !== undefined);
			if (known === undefined && this.forbidden !== undefined && !this.somethingMade) throw this.forbidden;
			const node = known ?? (await this.make(object, kind));
			this.placed.set(object.id, node);
			this.byStandardId.set(node.standard_id, node);
			return {
				...base,
				id: node.id,
				standardId: node.standard_id,
				status: 'imported',
				...(node.existed ? { existed: true } : {}),
			};
		} catch (error) {
			return { ...base, status: 'failed', error: this.attempted(error, object) };
		}
	}

	/** Why a relationship cannot be, though nothing failed: an end was left out, or both ends are one object there. */
	private impossibleEnds(object: AnyStixObject, { refersTo }: ObjectKind): string | undefined {
		const refs = refersTo.flatMap((property) => refsIn(object, property));
		const isCollection = refersTo.includes('object_refs');
		if (
			isCollection
				? refs.length > 0 && refs.every((id) => this.leftOut.has(id))
				: refs.some((id) => this.leftOut.has(id))
		) {
			return 'What it refers to was left out.';
		}
		const [first, second] = refs.map((id) => this.idOf(id));
		if (!isCollection && refs.length > 1 && first !== undefined && first === second) {
			return 'Both of its ends are one object on the platform.';
		}
		return undefined;
	}

	private idOf(stixId: unknown): string | undefined {
		if (typeof stixId !== 'string') return undefined;
		return this.placed.get(stixId)?.id ?? (this.inBundle.has(stixId) ? undefined : stixId);
	}

	private async make(object: AnyStixObject, kind: ObjectKind): Promise<Placed> {
		const own = await this.references.markings(markingRefs(object));
		const asked = this.authors.has(object.id) ? own : strictest([...own, ...this.atLeast]);
		const author = this.idOf(object['created_by_ref']);
		const labels = await this.references.labels(refsIn(object, 'labels'), this.options.missingLabels ?? 'create');
		const common = {
			...(author === undefined ? {} : { createdBy: author }),
			...(asked.length === 0 ? {} : { objectMarking: asked.map(({ id }) => id) }),
			...(labels.ids.length === 0 ? {} : { objectLabel: labels.ids }),
		};
		const made = await kind.create(this.session, object, { idOf: (id) => this.idOf(id), common });
		const node: Placed = { ...made, existed: false };
		this.somethingMade = true;
		if (missingMarkings(asked, markingsOf(node)).length > 0) this.unproved.push({ object, node, asked });
		return node;
	}

	/**
	 * The addresses of messages. Messages of one subject and text are one object on the platform: it is linked to the recipients
	 * of all of them and keeps the sender that it has. Gives the relationships that say who else sent it.
	 */
	private async linkMessages(objects: readonly AnyStixObject[]): Promise<AnyStixObject[]> {
		const sharing = new Map<string, { node: Placed; messages: AnyStixObject[] }>();
		for (const object of objects) {
			const node = object.type === 'email-message' ? this.placed.get(object.id) : undefined;
			if (node === undefined || this.results.get(object)?.status !== 'imported') continue;
			const shared = sharing.get(node.id);
			if (shared === undefined) sharing.set(node.id, { node, messages: [object] });
			else shared.messages.push(object);
		}
		const added: AnyStixObject[] = [];
		for (const { node, messages } of sharing.values()) {
			this.warnIfShared(node, messages);
			try {
				const addresses = messages.map((message) => this.addressesOf(message));
				const { otherSenders } = await linkMessage(this.session, node.id, node.existed, addresses);
				for (const { at, address } of otherSenders) {
					const message = messages[at];
					if (message !== undefined) added.push(...this.senderOf(message, address));
				}
			} catch (error) {
				const told = this.attempted(error, messages[0]);
				for (const message of messages) {
					const result = this.results.get(message);
					if (result !== undefined) this.results.set(message, { ...result, status: 'incomplete', error: told });
				}
			}
		}
		return added;
	}

	private addressesOf(message: AnyStixObject): MessageAddresses {
		return new Map(
			ADDRESS_PROPERTIES.map((property) => [
				property,
				[...new Set(refsIn(message, property).flatMap((id) => this.placed.get(id)?.id ?? []))],
			]),
		);
	}

	private warnIfShared(node: Placed, messages: readonly AnyStixObject[]): void {
		const ids = new Set(messages.flatMap((message) => refsIn(message, 'message_id')));
		if (node.existed && typeof node.message_id === 'string') ids.add(node.message_id);
		if (ids.size < 2) return;
		this.warnings.push({
			code: 'message-shared',
			message: `The platform keeps messages of one subject and one text as one object: ${node.standard_id} stands for ${ids.size} messages. Its recipients add up, its sender is that of the first.`,
		});
	}

	/** A sender that the shared message does not show, related to it. */
	private senderOf(message: AnyStixObject, address: string): AnyStixObject[] {
		const sender = ['from_ref', 'sender_ref']
			.flatMap((property) => refsIn(message, property))
			.find((id) => this.placed.get(id)?.id === address);
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
	private async proveMarkings(): Promise<void> {
		for (const family of ['object', 'relationship', 'sighting'] as const) {
			const unproved = this.unproved.filter(({ object }) => familyOf(object.type) === family);
			if (unproved.length === 0) continue;
			const read = await this.tryRead(
				family,
				unproved.map(({ node }) => node.id),
			);
			// What one read does not show is asked for by its other id.
			const unseen = unproved.filter(({ node }) => !read.has(node.id));
			const again = await this.tryRead(
				family,
				unseen.map(({ node }) => node.standard_id),
			);
			for (const { object, node, asked } of unproved) {
				const stored = read.get(node.id) ?? again.get(node.standard_id);
				const missing = stored === undefined ? asked : missingMarkings(asked, markingsOf(stored));
				const result = this.results.get(object);
				if (missing.length === 0 || result === undefined) continue;
				const names = missing.map(({ definition, standard_id }) => definition ?? standard_id).join(', ');
				const error = new OpenCtiError(
					'OPENCTI_MARKING_MISMATCH',
					stored === undefined
						? `${object.id} was made, but cannot be read back: whether it carries ${names} is not known`
						: `${object.id} came out without ${names}`,
					{ hint: 'Mark it by hand, or delete it.' },
				);
				this.results.set(object, { ...result, status: 'failed', error: described(error) });
			}
		}
	}

	private async tryRead(family: ObjectFamily, ids: readonly string[]): Promise<Map<string, CreatedNode>> {
		if (ids.length === 0) return new Map();
		try {
			return await readExisting(this.session, family, ids);
		} catch (error) {
			// What was made is in the result in any case, as not proved.
			if (!(error instanceof EmailIntelError)) throw error;
			return new Map();
		}
	}

	/** What went wrong with one object. Throws what every other one would meet, too. */
	private attempted(error: unknown, object: AnyStixObject | undefined): NonNullable<ImportedObject['error']> {
		if (error instanceof OpenCtiError && !SHARED_CAUSES.has(error.code)) {
			if (error.code === 'OPENCTI_FORBIDDEN') this.forbidden ??= error;
			return described(error);
		}
		if (error instanceof EmailIntelError) throw error;
		return {
			code: 'OPENCTI_INPUT',
			message: `${String(object?.id).slice(0, 100)} is not a valid object of type ${String(object?.type).slice(0, 50)}`,
			hint: 'Check its properties against STIX 2.1.',
		};
	}
}

const rankOf = ({ type }: AnyStixObject) => kindOf(type)?.rank ?? 9;

const markingsOf = ({ objectMarking }: CreatedNode): MarkingNode[] =>
	(objectMarking ?? []).map((marking) => ({ ...marking, id: marking.standard_id, definition: null }));

function described(error: EmailIntelError): { code: string; message: string; hint?: string } {
	return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}
