/**
 * The id of a technique of MITRE ATT&CK, with its sub-technique: `T1566.001`. Enterprise and mobile ids begin with T1, those of industrial
 * systems with T0. Undefined for what is none.
 */
export function techniqueValue(text: string): string | undefined {
	const id = text.trim().toUpperCase();
	return /^T[01]\d{3}(?:\.\d{3})?$/.test(id) ? id : undefined;
}
