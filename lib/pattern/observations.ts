import { isRecord } from '../json';
import { PatternMatchError } from './errors';
import { instantOf } from './instant';

/** A STIX object as it comes out of JSON. */
export type StixRecord = Readonly<Record<string, unknown>>;

/**
 * What a pattern is matched against: a bundle, or its objects. Observed-data with `object_refs` find their objects in the
 * same list; those with `objects` (STIX 2.0, or a list of inline objects) hold them. Without any observed-data, all
 * cyber-observables together are one observation that has no time.
 */
export type MatchInput =
	{ readonly id?: string | undefined; readonly objects?: readonly object[] | undefined } | readonly object[];

/** One observation: cyber-observables that were seen together. */
export interface ObservationView {
	/** Id of the observed-data; of the bundle when there is none; empty when that has none. */
	id: string;
	/** Nanoseconds since the epoch; absent when the times are unknown. */
	first?: bigint;
	last?: bigint;
	objectsByType: ReadonlyMap<string, readonly StixRecord[]>;
	/** By id, or by key where STIX 2.0 has one. */
	objectsByRef: ReadonlyMap<string, StixRecord>;
}

// STIX 2.1 sections 4, 5, 7 and 8; everything else, custom objects included, may be a cyber-observable.
const NOT_OBSERVABLE: ReadonlySet<string> = new Set([
	'attack-pattern', 'bundle', 'campaign', 'course-of-action', 'extension-definition', 'grouping', 'identity', 'incident',
	'indicator', 'infrastructure', 'intrusion-set', 'language-content', 'location', 'malware', 'malware-analysis',
	'marking-definition', 'note', 'observed-data', 'opinion', 'relationship', 'report', 'sighting', 'threat-actor', 'tool',
	'vulnerability',
]); // prettier-ignore

/** @throws PatternMatchError `PATTERN_INPUT_INVALID` */
export function observationsOf(input: MatchInput): ObservationView[] {
	const list: unknown = Array.isArray(input) ? input : isRecord(input) ? (input.objects ?? []) : undefined;
	if (!Array.isArray(list) || !list.every(isRecord)) {
		throw new PatternMatchError('PATTERN_INPUT_INVALID', 'The data to match is not a list of STIX objects', {
			hint: 'Pass a bundle, or a list of observed-data objects or cyber-observables.',
		});
	}
	const observed = list.filter(({ type }) => type === 'observed-data');
	if (observed.length === 0) {
		const objects = list.filter(isObservable);
		const id = isRecord(input) && typeof input.id === 'string' ? input.id : '';
		return objects.length === 0
			? []
			: [
					viewOf(
						id,
						objects.map((object): Entry => [object.id, object]),
					),
				];
	}
	const byId = new Map<unknown, StixRecord>(list.filter(isObservable).map((object) => [object.id, object]));
	return observed.map((data) => observationOf(data, byId));
}

function isObservable(object: StixRecord): boolean {
	return typeof object.type === 'string' && !NOT_OBSERVABLE.has(object.type);
}

type Entry = readonly [reference: unknown, object: StixRecord];

function observationOf(data: StixRecord, byId: ReadonlyMap<unknown, StixRecord>): ObservationView {
	const entries: Entry[] = [];
	const add = (reference: unknown, object: unknown): void => {
		if (!isRecord(object) || !isObservable(object)) return;
		entries.push([reference, object]);
		if (object.id !== reference && object.id !== undefined) entries.push([object.id, object]);
	};
	if (Array.isArray(data.object_refs)) for (const id of new Set<unknown>(data.object_refs)) add(id, byId.get(id));
	if (Array.isArray(data.objects))
		for (const object of data.objects as unknown[]) add(isRecord(object) ? object.id : undefined, object);
	else if (isRecord(data.objects)) for (const [key, object] of Object.entries(data.objects)) add(key, object);

	const first = instantOf(data.first_observed) ?? instantOf(data.last_observed);
	const last = instantOf(data.last_observed) ?? first;
	return viewOf(typeof data.id === 'string' ? data.id : '', entries, first, last);
}

function viewOf(id: string, entries: readonly Entry[], first?: bigint, last?: bigint): ObservationView {
	const objectsByType = new Map<string, StixRecord[]>();
	const objectsByRef = new Map<string, StixRecord>();
	for (const object of new Set(entries.map(([, object]) => object))) {
		const type = object.type as string;
		const same = objectsByType.get(type);
		if (same === undefined) objectsByType.set(type, [object]);
		else same.push(object);
	}
	for (const [reference, object] of entries) if (typeof reference === 'string') objectsByRef.set(reference, object);
	return {
		id,
		objectsByType,
		objectsByRef,
		...(first === undefined ? {} : { first }),
		...(last === undefined ? {} : { last }),
	};
}
