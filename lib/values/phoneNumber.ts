/** ITU-T E.164, written with its plus sign. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** True for a number in its canonical form. Texts are not searched for them: too much looks like one. */
export function isPhoneNumber(value: string): boolean {
	return E164.test(value);
}
