/** Telegram has 5 to 32 letters, digits and underscores, X 4 to 15, Instagram and others dots besides, which no text tells from a full stop. */
const HANDLE = /^[a-z][a-z0-9_]{3,31}$/;

/** The name that an account has on a platform, in lower case and without its at sign. Undefined for what is none. */
export function handleValue(text: string): string | undefined {
	const handle = text.trim().replace(/^@/, '').toLowerCase();
	return HANDLE.test(handle) ? handle : undefined;
}
