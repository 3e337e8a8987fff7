import { inOrder } from '../../../lib/opencti/bundle/inOrder';
import type { Platform } from '../../../lib/opencti/platform';
import type { Steps } from '../../../lib/steps';

const platform = {} as Platform;
const other = {} as Platform;

/** Work of so many turns, each longer than one may be. */
function* work(name: string, turns: number, done: string[]): Steps<string> {
	for (let turn = 0; turn < turns; turn++) {
		const end = performance.now() + 15;
		while (performance.now() < end);
		yield;
	}
	done.push(name);
	return name;
}

describe('drafts for one platform', () => {
	it('are made in the order in which they are asked for, however long each takes', async () => {
		const done: string[] = [];
		const made = await Promise.all([
			inOrder(platform, work('large', 3, done)),
			inOrder(platform, work('small', 0, done)),
			inOrder(other, work('of another platform', 0, done)),
		]);
		expect(made).toEqual(['large', 'small', 'of another platform']);
		expect(done.filter((name) => name !== 'of another platform')).toEqual(['large', 'small']);
		expect(done[0]).toBe('of another platform');
	});

	it('one that cannot be made stops none behind it, and says why', async () => {
		const refused = inOrder(
			platform,
			(function* (): Steps<string> {
				throw new Error('no date');
			})(),
		);
		const next = inOrder(platform, work('next', 1, []));
		await expect(refused).rejects.toThrow('no date');
		await expect(next).resolves.toBe('next');
	});
});
