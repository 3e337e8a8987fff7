/** How OpenCTI's form of a role calls a capability. */
const CAPABILITY_NAMES: Readonly<Record<string, string>> = {
	KNOWLEDGE: 'Access knowledge',
	KNOWLEDGE_KNUPDATE: 'Create / Update knowledge',
	KNOWLEDGE_KNUPLOAD: 'Upload knowledge files',
	KNOWLEDGE_KNASKIMPORT: 'Import knowledge',
	CONNECTORAPI: 'Connectors API usage',
};

/** `KNOWLEDGE_KNUPLOAD (Upload knowledge files)`. */
export function capabilityName(capability: string): string {
	const name = Object.hasOwn(CAPABILITY_NAMES, capability) ? CAPABILITY_NAMES[capability] : undefined;
	return name === undefined ? capability : `${capability} (${name})`;
}

/** Where a capability is granted. */
export const GRANT_HINT =
	'An administrator grants it in OpenCTI: Settings, Security, Roles, the role of a group of this user, Capabilities.';

/** The platform's own rule: BYPASS holds everything, a longer capability holds the shorter ones that it contains. */
export function holds(capabilities: readonly string[], needed: string): boolean {
	return capabilities.some((name) => name === 'BYPASS' || name.includes(needed));
}
