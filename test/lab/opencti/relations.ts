import { found, refusal, upsert, visible, writable, type Context } from './platform';
import { present } from './present';
import type { Entity, Row } from './store';

const DAY = 86_400_000;

/** Entities of these ids. */
export function required(context: Context, ids: string[]): Entity[] {
	return ids.map((id) => {
		const entity = found(context, id);
		if (!visible(context, entity))
			throw refusal('MISSING_REFERENCE_ERROR', 'Element(s) not found', {
				doc_code: 'ELEMENT_NOT_FOUND',
				unresolvedIds: [id],
			});
		return entity;
	});
}

/** Relationships and sightings. The answer to a new one does not show the markings that it has stored, that to an upsert does: seen on 7.260817.0. */
export function relation(context: Context, type: 'relationship' | 'sighting', input: Row): Row | null {
	const before = context.store.made;
	const answer = present(context, relate(context, type, input));
	return context.store.made === before ? answer : { ...answer, objectMarking: [] };
}

export function relate(context: Context, type: 'relationship' | 'sighting', input: Row): Entity {
	const [from] = required(context, [input['fromId']]);
	const [to] = required(context, [input['toId']]);
	if (from === to) {
		throw refusal('FUNCTIONAL_ERROR', 'Relation cant be created with the same source and target');
	}
	if (type === 'relationship') checkMapping(from!.type, to!.type, String(input['relationship_type']));
	const ends =
		type === 'relationship'
			? { source_ref: from!.standard_id, target_ref: to!.standard_id }
			: { sighting_of_ref: from!.standard_id, where_sighted_refs: [to!.standard_id] };
	const same = context.store
		.startingFrom(from!.id)
		.find(
			(known) =>
				visible(context, known) &&
				known.type === type &&
				known.data['toId'] === to!.id &&
				isSame(type, known.data, input),
		);
	if (same !== undefined)
		context.store.alias(writable(context, same), input['stix_id'] ?? (input['stix_id'] = same.standard_id));
	const entity = upsert(context, type, { ...input, ...ends, fromId: from!.id, toId: to!.id });
	if (same !== undefined && type === 'sighting') counted(entity.data, input);
	return entity;
}

/** What may stand between an incident and something else, besides `related-to`, which may stand between any two objects. */
const OF_INCIDENTS: Readonly<Record<string, string>> = {
	'Indicator Incident': 'indicates',
	'Incident Attack-Pattern': 'uses',
	'Incident Vulnerability': 'targets',
	'Incident Organization': 'targets',
	'Incident Individual': 'targets',
	'Incident Sector': 'targets',
	'Incident System': 'targets',
};

/** `checkStixCoreRelationshipMapping` of the platform's source, for incidents. */
function checkMapping(from: string, to: string, type: string): void {
	if (type === 'related-to' || ![from, to].includes('Incident') || OF_INCIDENTS[`${from} ${to}`] === type) return;
	throw refusal('FUNCTIONAL_ERROR', `The relationship type ${type} is not allowed between ${from} and ${to}`);
}

/**
 * Any relationship of the type between these ends is the same one; with a start time, one within 30 days of it
 * (`getExistingRelations` of the platform's source). A sighting is the same with other times, too: seen on 7.260817.0.
 */
function isSame(type: 'relationship' | 'sighting', data: Row, input: Row): boolean {
	if (type === 'sighting') return true;
	const start = Math.abs(new Date(data['start_time']).getTime() - new Date(input['start_time']).getTime());
	return data['relationship_type'] === input['relationship_type'] && (!input['start_time'] || start <= 30 * DAY);
}

/** Seen on 7.260817.0: with the same times the count becomes the one given; with others the counts are added, and the time grows. */
function counted(data: Row, input: Row): void {
	const time = (value: unknown) =>
		value === undefined || value === null ? undefined : new Date(String(value)).getTime();
	const sameTimes = ['first_seen', 'last_seen'].every((key) => time(data[key]) === time(input[key]));
	const count = Number(input['attribute_count']);
	data['attribute_count'] = sameTimes ? count : Number(data['attribute_count']) + count;
	if ((time(input['first_seen']) ?? Number.POSITIVE_INFINITY) < (time(data['first_seen']) ?? Number.POSITIVE_INFINITY))
		data['first_seen'] = input['first_seen'] as unknown;
	if ((time(input['last_seen']) ?? 0) > (time(data['last_seen']) ?? 0))
		data['last_seen'] = input['last_seen'] as unknown;
}
