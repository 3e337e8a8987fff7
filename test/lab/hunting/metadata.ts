import metadata from './graph-metadata.json';

type Names = Record<string, { properties?: Record<string, string>; base?: string; members?: string[] }>;
const types: Names = metadata.types;

/** Properties of a type of Graph v1.0, those of its bases included. */
export function propertiesOf(type: string): string[] {
	const { properties = {}, base } = types[type]!;
	return [...Object.keys(properties), ...(base === undefined ? [] : propertiesOf(base))];
}

export const membersOf = (type: string): string[] => types[type]!.members!;

/** Fails for an answer with a property that Graph's own metadata does not have: the lab must not invent one. */
export function checked<T extends object>(type: string, row: T): T {
	const known = propertiesOf(type);
	const unknown = Object.keys(row).find((name) => !known.includes(name));
	if (unknown !== undefined) throw new Error(`Graph has no property ${unknown} in ${type}`);
	return row;
}
