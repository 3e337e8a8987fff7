import { Pace } from '../../../lib/hunt/pace';

// How many queries a target is asked at once: as many as it bears.

/** How many are under way in each round, of a target that works on so many of them at once, 300 ms each. */
function rounds(pace: Pace, workers: number, count = 8): number[] {
	return Array.from({ length: count }, () => {
		const { now } = pace;
		for (let query = 0; query < now; query++) pace.answered(300 * Math.ceil((query + 1) / workers), 1);
		return now;
	});
}

it('a target that is far away, and as quick however many ask, is asked by more and more, up to the most', () => {
	expect(rounds(new Pace(2, 16), 100)).toEqual([2, 4, 8, 16, 16, 16, 16, 16]);
});

it.each([
	[1, 6],
	[2, 12],
])('a target of %d workers, in which the others wait, is asked by no more than %d', (workers, most) => {
	const asked = rounds(new Pace(2, 16), workers, 30);
	expect(Math.max(...asked)).toBeLessThanOrEqual(most);
});

it('a target that grows slow is asked by fewer again, never by fewer than at first', () => {
	const pace = new Pace(2, 16);
	rounds(pace, 100);
	for (let query = 0; query < 10; query++) pace.answered(2_000, 1);
	expect(pace.now).toBe(2);
	pace.failed();
	expect(pace.now).toBe(2);
});

it('an answer of many pages is not slow for that', () => {
	const pace = new Pace(2, 16);
	pace.answered(300, 1);
	pace.answered(6_000, 20);
	expect(pace.now).toBe(4);
});

it('a target that names one number is asked by that many', () => {
	expect(rounds(new Pace(4, 4), 100)).toEqual([4, 4, 4, 4, 4, 4, 4, 4]);
});
