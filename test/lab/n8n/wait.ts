/** Waits until something is true; asks four times a second, or as often as told. */
export async function waitFor(
	what: string,
	check: () => boolean | Promise<boolean>,
	timeoutMs: number,
	everyMs = 250,
): Promise<void> {
	const deadline = Date.now() + timeoutMs;
	while (!(await check())) {
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
}
