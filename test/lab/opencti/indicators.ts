import { atLeast } from './schema';
import { refusal, resolveReferences, upsert, type Context } from './platform';
import { present } from './present';
import { relate } from './relations';
import type { Row } from './store';

const DAY = 86_400_000;
/** Decay of the platform's own rule: seen on 7.260817.0. */
const LIFETIME = 300 * DAY;
const DEFAULT_SCORE = 50;
const PATTERN = /^\s*\[[\s\S]+\]/;

/** Indicators: their patterns, the time for which they hold, and the observables that they are based on. */
export function addIndicator(context: Context, given: Row): Row | null {
	if (given['pattern_type'] === 'stix' && !PATTERN.test(given['pattern'] as string)) {
		throw refusal('FUNCTIONAL_ERROR', 'Indicator of type stix is not correctly formatted.', {
			doc_code: 'INCORRECT_INDICATOR_FORMAT',
		});
	}
	// `validateIndicatorPattern` of the platform's source.
	const excluded = context.excluded.find((value) => String(given['pattern']).includes(`'${value}'`));
	if (excluded !== undefined) {
		throw refusal('FUNCTIONAL_ERROR', 'Indicator of type stix is contained in exclusion list.', {
			doc_code: 'INDICATOR_PATTERN_EXCLUDED',
			excludedValue: excluded,
		});
	}
	const { basedOn, createObservables: _observables, ...input } = given;
	// The platform sets the blanks of a STIX pattern (`cleanupIndicatorPattern`); of one comparison this much of it.
	const pattern = String(input['pattern']).replace(/^\[([\w:.'-]+)\s*=\s*('[^']*')\]$/, '[$1 = $2]');
	const from = new Date((input['valid_from'] as string | undefined) ?? Date.now());
	const until = new Date((input['valid_until'] as string | undefined) ?? from.getTime() + LIFETIME);
	if (until < from) {
		throw refusal('DATABASE_ERROR', 'You cant create an indicator with valid_until less than valid_from');
	}
	const before = context.store.made;
	const entity = upsert(context, 'Indicator', {
		...input,
		pattern,
		x_opencti_score: input['x_opencti_score'] ?? DEFAULT_SCORE,
		valid_from: from,
		valid_until: until,
		revoked: input['revoked'] === true || until.getTime() < Date.now(),
	});
	if (context.store.made === before && !atLeast(context.version, '6.8')) movedBack(entity.data, from, until);
	for (const id of (basedOn ?? []) as string[]) {
		const [observable] = resolveReferences(context, [id], 'any');
		if (observable === undefined) continue;
		// Marked as the indicator in the source of 7.x, not at all in that of 6.x; the version between is believed.
		const objectMarking = atLeast(context.version, '6.8') ? { objectMarking: input['objectMarking'] as unknown } : {};
		relate(context, 'relationship', {
			fromId: entity.id,
			toId: observable.id,
			relationship_type: 'based-on',
			...objectMarking,
		});
	}
	return present(context, entity);
}

/** Seen on 6.4.11: an older date moves an indicator back, and can revoke one that is in force. 7.260817.0 keeps the first date. */
function movedBack(data: Row, from: Date, until: Date): void {
	if (from >= new Date(data['valid_from'])) return;
	Object.assign(data, { valid_from: from, valid_until: until, revoked: until.getTime() < Date.now() });
}
