import { plainText } from '../../json';
import type { AnyStixObject } from '../../stix';
import type { DraftWarning } from '../container';
import type { CreatedNode } from '../documents';
import { refsIn } from './bundleObjects';
import type { ImportedObject } from './importedObject';
import { idsOf, kindOf } from './stixObjects';

/** An object of the platform, as it stands for one of the bundle. */
export interface Placed extends CreatedNode {
	existed: boolean;
	message_id?: string | null;
	/** There before, and written in this run. */
	isUpdated?: true;
	/** Made in this run, and by nobody else. */
	isOurs?: boolean;
}

/** The ids of an object, and what the platform's ids of what it refers to were then. */
interface ComputedIds {
	references: readonly (readonly [stixId: string, standardId: string | undefined])[];
	ids: readonly string[];
}

/** What has become of a bundle's objects so far: which object of the platform each one is, and what is told of it. */
export class Placements {
	readonly #inBundle: ReadonlySet<string>;
	readonly #placed = new Map<string, Placed>();
	/** By the platform's own id: two objects of a bundle may be one there. */
	readonly #byStandardId = new Map<string, Placed>();
	readonly #results = new Map<AnyStixObject, ImportedObject>();
	/** The first object of an id. */
	readonly #first = new Map<string, AnyStixObject>();
	/** Ids that the platform gives objects, as far as that can be told before. */
	readonly #expected = new Map<string, string>();
	readonly #expectedIds = new Map<AnyStixObject, readonly string[]>();
	readonly #ids = new Map<AnyStixObject, ComputedIds>();
	readonly #leftOut = new Set<string>();
	/** What could be there after another run. */
	readonly #failed = new Set<string>();
	readonly #warnings = new Map<string, DraftWarning>();
	readonly #nowhere = new Set<string>();
	readonly #beingMade = new Map<string, Promise<string>>();

	constructor(objects: readonly AnyStixObject[]) {
		this.#inBundle = new Set(objects.map(({ id }) => id));
		for (const object of objects) if (!this.#first.has(object.id)) this.#first.set(object.id, object);
	}

	/** Each object must stand behind those that it refers to. */
	expect(objects: readonly AnyStixObject[]): void {
		for (const object of objects) {
			const [own, computed = own] = this.expectedIdsOf(object);
			if (computed !== undefined && !this.#expected.has(object.id)) this.#expected.set(object.id, computed);
		}
	}

	/** The ids under which the platform may have an object, before it is known which ones it gives to what the object refers to. */
	expectedIdsOf(object: AnyStixObject): readonly string[] {
		const known = this.#expectedIds.get(object);
		if (known !== undefined) return known;
		const ids = this.#idsOf(object, (id) => (this.#isNeverPlaced(id) ? undefined : (this.#expected.get(id) ?? id)));
		this.#expectedIds.set(object, ids);
		return ids;
	}

	/** Whether an object of the bundle is one that the platform does not have, such as those of custom types. */
	#isNeverPlaced(id: string): boolean {
		const object = this.#first.get(id);
		if (object === undefined) return false;
		const kind = kindOf(object.type);
		return kind === undefined || kind.impossible?.(object) !== undefined;
	}

	/** The platform's object that an object of the bundle is. */
	of(stixId: string): Placed | undefined {
		return this.#placed.get(stixId);
	}

	/** One of this run, by the platform's standard id. */
	byStandardId(id: string): Placed | undefined {
		return this.#byStandardId.get(id);
	}

	/** Id on the platform; undefined for an object of the bundle that is not there. Ids from elsewhere stay as they are. */
	idOf(stixId: unknown): string | undefined {
		if (typeof stixId !== 'string') return undefined;
		return this.#placed.get(stixId)?.id ?? (this.#inBundle.has(stixId) ? undefined : stixId);
	}

	isInBundle(stixId: string): boolean {
		return this.#inBundle.has(stixId);
	}

	/** An author who is neither in the bundle nor on the platform, as far as the user sees. */
	isNowhere(stixId: string): void {
		this.#nowhere.add(stixId);
	}

	/** An author who is being made beside the bundle. */
	willBe(stixId: string, id: Promise<string>): void {
		this.#nowhere.delete(stixId);
		this.#beingMade.set(stixId, id);
	}

	/** Id on the platform of an object's author; undefined where it has none, or none that is there. */
	async authorOf(object: AnyStixObject): Promise<string | undefined> {
		const id = object['created_by_ref'];
		if (typeof id !== 'string' || this.#nowhere.has(id)) return undefined;
		return this.#placed.get(id)?.id ?? this.#beingMade.get(id) ?? this.idOf(id);
	}

	/** Whether an object names an author who cannot be found. */
	hasLostAuthor(object: AnyStixObject): boolean {
		return this.#nowhere.has(plainText(object['created_by_ref']));
	}

	/** The ids under which the platform may have an object. */
	idsOf(object: AnyStixObject): readonly string[] {
		return this.#idsOf(object, (id) => this.#placed.get(id)?.standard_id ?? (this.#inBundle.has(id) ? undefined : id));
	}

	/** Ids are asked for several times and are hashes of what an object says: computed anew only when it refers to something else. */
	#idsOf(object: AnyStixObject, standardIdOf: (stixId: string) => string | undefined): readonly string[] {
		const before = this.#ids.get(object);
		if (before?.references.every(([id, standardId]) => standardIdOf(id) === standardId) === true) return before.ids;
		const references: [stixId: string, standardId: string | undefined][] = [];
		const ids = idsOf(object, (id) => {
			const standardId = standardIdOf(id);
			references.push([id, standardId]);
			return standardId;
		});
		this.#ids.set(object, { references, ids });
		return ids;
	}

	place(object: AnyStixObject, node: Placed): void {
		this.#placed.set(object.id, node);
		this.#byStandardId.set(node.standard_id, node);
	}

	/** What became of an object. Those that refer to it ask for it. */
	settle(object: AnyStixObject, result: ImportedObject): void {
		this.#results.set(object, result);
		if (result.status === 'left-out') this.#leftOut.add(object.id);
		const refs = kindOf(object.type)?.refersTo.flatMap((property) => refsIn(object, property)) ?? [];
		const danglesForAFailure = result.status === 'dangling' && refs.some((id) => this.#failed.has(id));
		if ((result.status === 'failed' && result.id === undefined) || danglesForAFailure) this.#failed.add(object.id);
	}

	/** What is found out of an object after it was settled. */
	amend(object: AnyStixObject, change: Partial<ImportedObject>): void {
		const result = this.#results.get(object);
		if (result !== undefined) this.#results.set(object, { ...result, ...change });
	}

	resultOf(object: AnyStixObject): ImportedObject | undefined {
		return this.#results.get(object);
	}

	/** The first object of the bundle with this id. */
	first(id: string): AnyStixObject | undefined {
		return this.#first.get(id);
	}

	isLeftOut(id: string): boolean {
		return this.#leftOut.has(id);
	}

	hasFailed(id: string): boolean {
		return this.#failed.has(id);
	}

	/** Once for each thing that it is about. */
	warn(code: string, about: string, message: string): void {
		this.#warnings.set(`${code} ${about}`, { code, message });
	}

	get warnings(): DraftWarning[] {
		return [...this.#warnings.values()];
	}
}
