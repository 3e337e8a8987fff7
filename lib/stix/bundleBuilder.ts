import { STEP_LIMITS } from '../limits';
import type { Steps } from '../steps';
import type { EmailAddrObject, StixObject, StixObjectOf } from './objects';
import type { ResolvedOptions } from './options';
import type { LongType } from './identifier';
import { isOwnObservable, type ObservableType, type VersionedType } from './properties';
import { embeddedReferences, stixObject, stixObjectInSteps, type StixInput } from './stixObject';
import { STIX_NAMESPACE, uuidV5 } from './uuid';

/** What everything in one bundle has in common. */
export interface Provenance {
	/** `created`, `modified`, `published`, `valid_from`. */
	time: string;
	createdBy?: string;
	markings: readonly string[];
}

/** What the builder itself fills in. */
type Common = 'created' | 'modified' | 'created_by_ref' | 'confidence' | 'object_marking_refs';
type Relationship = StixObjectOf<'relationship'>;
type VersionedInput<Type extends VersionedType> = Omit<StixInput<Type>, Common>;

/**
 * The objects of a bundle in the making, each once, in the order of their coming.
 * Whoever adds an object gets its id back; there is no reference to what is not there.
 */
export class BundleBuilder {
	readonly #objects = new Map<string, StixObject>();
	readonly #provenance: Provenance;
	readonly #options: ResolvedOptions;

	constructor(options: ResolvedOptions, provenance: Provenance) {
		this.#options = options;
		this.#provenance = provenance;
	}

	get objects(): StixObject[] {
		return [...this.#objects.values()];
	}

	has(id: string): boolean {
		return this.#objects.has(id);
	}

	get(id: string): StixObject | undefined {
		return this.#objects.get(id);
	}

	/** Adds an object as it is; of two with one id the first stays. */
	add(object: StixObject): string {
		const present = this.#objects.get(object.id);
		if (present === undefined) this.#objects.set(object.id, object);
		else if (present.type === 'email-addr') this.#named(present, object as EmailAddrObject);
		return object.id;
	}

	/** One mailbox is often written without its name first: the first name that comes is kept. */
	#named(present: EmailAddrObject, { display_name }: EmailAddrObject): void {
		if (present.display_name !== undefined || display_name === undefined) return;
		const { type, spec_version: _version, ...rest } = present;
		this.#objects.set(present.id, stixObject(type, { ...rest, display_name }));
	}

	/** Adds a cyber-observable. */
	observable<Type extends ObservableType>(type: Type, properties: StixInput<Type>): string {
		return this.add(stixObject(type, this.#marked(properties), this.#options.ids));
	}

	/** As {@link observable}, of one whose texts or bytes may be megabytes. */
	*longObservable<Type extends ObservableType & LongType>(type: Type, properties: StixInput<Type>): Steps<string> {
		return this.add(yield* stixObjectInSteps(type, this.#marked(properties), this.#options.ids));
	}

	/** As {@link versioned}, of an observed-data, whose list may be long. */
	*observedData(properties: VersionedInput<'observed-data'>): Steps<string> {
		const dated = this.#dated<'observed-data'>(properties);
		return this.add(yield* stixObjectInSteps('observed-data', dated, this.#options.ids));
	}

	#marked<Properties extends object>(properties: Properties): Properties {
		return this.#options.markings.onObservables
			? { ...properties, object_marking_refs: [...this.#provenance.markings] }
			: properties;
	}

	/** Adds a domain or relationship object: dated, authored, marked. */
	versioned<Type extends VersionedType>(type: Type, properties: VersionedInput<Type>): string {
		return this.add(stixObject(type, this.#dated<Type>(properties)));
	}

	#dated<Type extends VersionedType>(properties: VersionedInput<Type>): StixInput<Type> {
		const { time, createdBy, markings } = this.#provenance;
		return {
			created: time,
			modified: time,
			created_by_ref: createdBy,
			confidence: this.#options.confidence,
			object_marking_refs: [...markings],
			...properties,
		} as StixInput<Type>;
	}

	/** Adds a relationship, unless it would lead from an object to itself. */
	relate(source: string, type: string, target: string): void {
		if (source === target) return;
		const { time, createdBy, markings } = this.#provenance;
		const { confidence } = this.#options;
		// Half of a bundle: written in the order of its property table, without the walk through it.
		const object = {
			type: 'relationship',
			spec_version: '2.1',
			id: relationshipId(source, type, target),
		} as Relationship;
		if (createdBy !== undefined) object.created_by_ref = createdBy;
		object.created = time;
		object.modified = time;
		object.relationship_type = type;
		object.source_ref = source;
		object.target_ref = target;
		if (confidence !== undefined) object.confidence = confidence;
		if (markings.length > 0) object.object_marking_refs = [...markings];
		this.add(object);
	}

	/**
	 * What one root holds together by embedded references and relationships: the observables and relationships among observables
	 * that an observed-data may list as one connected graph (STIX 2.1 section 4.14).
	 */
	*connected(root: string): Steps<string[]> {
		const isObservable = (id: string): boolean => isOfObservableType(this.#objects.get(id));
		const relationsOf = new Map<string, Array<StixObjectOf<'relationship'>>>();
		let done = 0;
		for (const object of this.#objects.values()) {
			if (++done % STEP_LIMITS.objects === 0) yield;
			if (object.type !== 'relationship' || !isObservable(object.source_ref) || !isObservable(object.target_ref))
				continue;
			const relations = relationsOf.get(object.source_ref);
			if (relations === undefined) relationsOf.set(object.source_ref, [object]);
			else relations.push(object);
		}
		const reached = new Set([root]);
		// A Set is walked in order of insertion, what is added on the way included.
		for (const id of reached) {
			if (++done % STEP_LIMITS.objects === 0) yield;
			const object = this.#objects.get(id);
			if (object === undefined || object.type === 'relationship') continue;
			for (const target of embeddedReferences(object)) if (isObservable(target)) reached.add(target);
			for (const relation of relationsOf.get(id) ?? []) reached.add(relation.id).add(relation.target_ref);
		}
		return [...reached];
	}
}

function relationshipId(source: string, type: string, target: string): string {
	// As stixId would; a relationship's own texts need no escape, and half of a bundle is relationships.
	const name = `{"relationship_type":"${type}","source_ref":"${source}","target_ref":"${target}"}`;
	return `relationship--${uuidV5(STIX_NAMESPACE, name)}`;
}

function isOfObservableType(object: StixObject | undefined): boolean {
	return object !== undefined && isOwnObservable(object.type);
}
