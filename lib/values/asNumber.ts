const MAX = 0xffff_ffff;

/** The number of an `autonomous-system`, written as `AS64512`, `ASN64512` or `64512`. Undefined for what is none (RFC 6793). */
export function asNumber(text: string): number | undefined {
	const digits = /^(?:ASN?)?\s?(\d{1,10})$/i.exec(text.trim())?.[1];
	return digits !== undefined && Number(digits) <= MAX ? Number(digits) : undefined;
}

/** `AS64512`. Undefined for what is no number of a network: AS 0 is none (RFC 7607). */
export function asValue(text: string): string | undefined {
	const number = asNumber(text);
	return number === undefined || number === 0 ? undefined : `AS${number}`;
}
