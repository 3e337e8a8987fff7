/** As the CVE record format has it (cve-schema 5.1, `cveId`). */
const CVE = /^CVE-\d{4}-\d{4,19}$/;

/** What programs that set texts make of its hyphens, and what stands for them in names of files. */
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_]/g;

/** A CVE identifier in upper case, with plain hyphens: the name of a `vulnerability`. Undefined for what is none. */
export function cveValue(text: string): string | undefined {
	const name = text.trim().toUpperCase().replace(HYPHENS, '-');
	return CVE.test(name) ? name : undefined;
}
