/** As the CVE record format has it (cve-schema 5.1, `cveId`). */
const CVE = /^CVE-\d{4}-\d{4,19}$/;

/** A CVE identifier in upper case: the name of a `vulnerability`. Undefined for what is none. */
export function cveValue(text: string): string | undefined {
	const name = text.trim().toUpperCase();
	return CVE.test(name) ? name : undefined;
}
