import type { Clock } from '../../../lib/http';

/** Time that passes only when somebody waits, and at once. */
export function fastClock(): Clock & { waits: number[] } {
	const waits: number[] = [];
	let time = 1_700_000_000_000;
	return {
		waits,
		now: () => time,
		random: () => 0.5,
		sleep: (ms) => {
			waits.push(ms);
			time += ms;
			return Promise.resolve();
		},
	};
}
