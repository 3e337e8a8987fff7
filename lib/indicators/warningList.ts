/** How the entries of a list are compared: an address in a network, a name or what is under it, all of a value, a part of it, RE2. */
export const WARNING_LIST_TYPES = ['cidr', 'hostname', 'string', 'substring', 'regex'] as const;

/** A list of values that are known to be harmless or everybody's, in MISP's format (github.com/MISP/misp-warninglists, schema.json). */
export interface WarningList {
	name: string;
	type: (typeof WARNING_LIST_TYPES)[number];
	list: readonly string[];
	/** MISP's attribute types that it is for (`matching_attributes`); all when absent. */
	attributes?: readonly string[];
}
