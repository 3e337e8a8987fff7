import { OPENCTI_LIMITS } from '../../limits';

/** `the organization Partner A`, `the organizations Partner A and Partner B`: as a sentence names them. */
export function organizationsText(names: readonly string[]): string {
	const { maxNamedOrganizations, maxObjectNameCharacters } = OPENCTI_LIMITS;
	const named = names.slice(0, maxNamedOrganizations).map((name) => name.slice(0, maxObjectNameCharacters));
	const more = names.length - named.length;
	const all = more > 0 ? [...named, `${more} more`] : named;
	const [last, ...others] = all.toReversed();
	const list = others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
	return `the organization${names.length === 1 ? '' : 's'} ${list}`;
}
