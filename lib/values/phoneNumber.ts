/** ITU-T E.164, written with its plus sign. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** True for a number in its canonical form. */
export function isPhoneNumber(value: string): boolean {
	return E164.test(value);
}

/**
 * The canonical form (E.164) of a number as people write it: `+49 (0)30 123-456`, and of North America without its prefix, too:
 * `(888) 555-0100`. Undefined for what is none.
 */
export function phoneNumberValue(written: string): string | undefined {
	const isInternational = written.trim().startsWith('+');
	const digits = written.replace(isInternational ? /\(0\)/ : /^$/, '').replace(/\D/g, '');
	// The numbering plan of North America: area and exchange begin with 2 to 9.
	const national = /^1?([2-9]\d{2}[2-9]\d{6})$/.exec(digits)?.[1];
	// Nowhere do numbers end in six noughts.
	if (/0{6}$/.test(digits) || (isInternational && /^1/.test(digits) && national === undefined)) return undefined;
	const number = isInternational ? `+${digits}` : national === undefined ? '' : `+1${national}`;
	return isPhoneNumber(number) ? number : undefined;
}
