import { STEP_LIMITS } from '../../lib/limits';

/** How often others have their turn while something is done, when each look at the clock is a turn later. */
export async function turnsOf(work: () => Promise<unknown>): Promise<number> {
	let now = 0;
	const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += STEP_LIMITS.turnMs + 1));
	let turns = 0;
	let isDone = false;
	const count = () => {
		turns++;
		if (!isDone) setImmediate(count);
	};
	setImmediate(count);
	try {
		await work();
	} finally {
		isDone = true;
		clock.mockRestore();
	}
	return turns;
}
