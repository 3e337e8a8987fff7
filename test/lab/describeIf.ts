/** Why a suite cannot run here. */
export interface Obstacle {
	reason: string;
	/** What CI must have: there the suite fails instead, under this name. */
	failsInCi?: string | undefined;
}

/** `describe` for a suite that needs what not every machine has. Where that is missing it is skipped, visibly. */
export function describeIf(obstacle: Obstacle | undefined, name: string, tests: () => void): void {
	if (obstacle === undefined) {
		describe(name, tests);
		return;
	}
	const { reason, failsInCi } = obstacle;
	if (failsInCi !== undefined && process.env['CI'] === 'true') {
		it(`${name}: ${failsInCi}`, () => {
			throw new Error(reason);
		});
		return;
	}
	process.stderr.write(`NOT RUN: "${name}": ${reason}\n`);
	describe.skip(`${name} [not run: ${reason}]`, tests);
}
