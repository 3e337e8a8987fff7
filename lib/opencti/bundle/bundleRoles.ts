import type { Indicator } from '../../indicators';
import type { AnyStixObject } from '../../stix';
import type { DraftWarning } from '../container';
import { attempt, readExistingOfTypes, type Platform } from '../platform';
import { describeObjects, type ObjectDescription } from './describeObjects';
import { inOrder } from './order';
import { Placements } from './placements';
import { kindOf } from './stixObjects';

/** Whether objects of a bundle say what they are in a message. */
export interface RoleOptions {
	/**
	 * Say of new observables and indicators of the bundle's messages what is known of them, as `createReportFromEmail` does: what the bundle
	 * and `indicators` tell. A bundle without a message says nothing more than it says. Default {@link ROLE_DEFAULTS}.
	 */
	roles?: boolean | undefined;
	/** Those that the bundle was made of: how their values were found, and their flags. */
	indicators?: readonly Indicator[] | undefined;
}

/** What {@link RoleOptions} mean where nobody sets them. */
export const ROLE_DEFAULTS = { roles: false } as const satisfies RoleOptions;

/** What is known of the objects of a bundle besides what they say. */
export function rolesIn(
	objects: readonly AnyStixObject[],
	{ roles = ROLE_DEFAULTS.roles, indicators = [] }: RoleOptions,
	files: Parameters<typeof describeObjects>[2] = [],
): ReadonlyMap<string, ObjectDescription> {
	if (!roles || !objects.some(({ type }) => type === 'email-message')) return new Map();
	return describeObjects(objects, indicators, files);
}

/**
 * The same for the platform's own import, in the properties that it reads. That import writes over what is there: only what is not there
 * says it, and where nobody can tell, nothing does.
 */
export async function withRoles(
	platform: Platform,
	objects: readonly AnyStixObject[],
	options: RoleOptions,
): Promise<{ objects: readonly AnyStixObject[]; warnings: DraftWarning[] }> {
	const described = rolesIn(objects, options);
	if (described.size === 0) return { objects, warnings: [] };
	const placements = new Placements(objects);
	const order = inOrder(objects);
	placements.expect(order.objects);
	const named = order.objects.filter(({ id, type }) => described.has(id) && kindOf(type) !== undefined);
	const asked = named.flatMap((object) => placements.expectedIdsOf(object).map((id) => ({ type: object.type, id })));
	const read = await attempt(() => readExistingOfTypes(platform, asked));
	if (!('value' in read)) {
		const message = `It could not be looked up which observables exist, so that none says what it is in the message: ${read.failure.message}`;
		return { objects, warnings: [{ code: 'roles-left-out', message }] };
	}
	const isNew = new Set(
		named.filter((object) => !placements.expectedIdsOf(object).some((id) => read.value.has(id))).map(({ id }) => id),
	);
	return {
		objects: objects.map((object) => {
			const about = isNew.has(object.id) ? described.get(object.id) : undefined;
			return about === undefined ? object : { ...object, ...added(object, about) };
		}),
		warnings: [],
	};
}

/** The platform reads its own name for labels where there are none under STIX' name. */
function added(object: AnyStixObject, { labels, score, description }: ObjectDescription): Record<string, unknown> {
	const name = Array.isArray(object['labels']) ? 'labels' : 'x_opencti_labels';
	const own: unknown = object[name];
	const all = [...new Set([...(Array.isArray(own) ? (own as unknown[]) : []), ...labels])];
	const isIndicator = object.type === 'indicator';
	return {
		...(all.length === 0 ? {} : { [name]: all }),
		...(score === undefined || object['x_opencti_score'] !== undefined ? {} : { x_opencti_score: score }),
		...(description === undefined || isIndicator || object['x_opencti_description'] !== undefined
			? {}
			: { x_opencti_description: description }),
	};
}
