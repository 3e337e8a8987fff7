const CANONICAL = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** The value of a `mac-addr`: six octets in lower case, joined by colons; dots, hyphens and colons are read. Undefined for what is none. */
export function macValue(text: string): string | undefined {
	const written = text.trim().toLowerCase();
	if (CANONICAL.test(written)) return written;
	const digits = written.replace(/[:.-]/g, '');
	return /^[0-9a-f]{12}$/.test(digits) ? digits.replace(/..(?!$)/g, '$&:') : undefined;
}
