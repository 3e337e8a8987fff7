/** One GraphQL operation that the client may send. `V` are its variables, `D` its data. */
export interface OpenCtiDocument<V, D> {
	/** Operation name, for errors and logs. */
	name: string;
	text: string;
	/** Top-level fields that must not be null in a good answer. */
	required: readonly string[];
	/** Capabilities of which the user needs one. */
	needs: readonly string[];
	/** Whether sending it twice has the effect of sending it once (queries, and creations that upsert). */
	repeatable: boolean;
	/** Creations ask the platform to refuse unresolved references instead of dropping them in silence. */
	creates: boolean;
	/** It may go in one request with operations of other fields: one field, small, and its answer may be null. */
	joins: boolean;
	/** First platform version that does it without a switch of its own. Default 6.1. */
	since?: string;
	/** Only for the type checker. */
	readonly types?: { variables: V; data: D };
}

interface Definition {
	needs?: readonly string[];
	required?: readonly string[];
	repeatable?: boolean;
	joins?: boolean;
	since?: string;
}

const NAME = /^(?:query|mutation) (\w+)/;

function define<V, D>(text: string, definition: Definition, creates: boolean): OpenCtiDocument<V, D> {
	const source = text.trim();
	return {
		name: NAME.exec(source)?.[1] ?? 'anonymous',
		text: source,
		required: definition.required ?? [],
		needs: definition.needs ?? [],
		repeatable: definition.repeatable ?? true,
		joins: definition.joins ?? false,
		creates,
		...(definition.since === undefined ? {} : { since: definition.since }),
	};
}

export const query = <V, D>(text: string, definition: Definition = {}) => define<V, D>(text, definition, false);
export const mutation = <V, D>(text: string, definition: Definition = {}) => define<V, D>(text, definition, true);

export interface Connection<T> {
	edges: ({ node: T } | null)[] | null;
	pageInfo?: { hasNextPage: boolean; endCursor: string | null };
}

/** The nodes of a connection; null edges are dropped. */
export function nodesOf<T>(connection: Connection<T> | null | undefined): T[] {
	return (connection?.edges ?? []).flatMap((edge) => (edge === null ? [] : [edge.node]));
}

export interface FilterGroup {
	mode: 'and' | 'or';
	filters: { key: string[]; values: string[]; operator?: string; mode?: string }[];
	filterGroups: FilterGroup[];
}

/** One attribute, any of these values. `filterGroups` is mandatory on the platform, even when empty. */
export function anyOf(key: string, values: readonly string[]): FilterGroup {
	return { mode: 'and', filters: [{ key: [key], values: [...values], operator: 'eq', mode: 'or' }], filterGroups: [] };
}
