import { OPENCTI_LIMITS } from '../../../lib/limits';
import { Turns } from '../../../lib/opencti/platform/turns';

// Requests over a network: what counts is how many rounds of them wait for one another.

const { maxRequestsAtOnce, maxOperationsPerRequest } = OPENCTI_LIMITS;
const soon = () => new Promise((resolve) => setTimeout(resolve));

/** Asks for all of it in one moment, and answers a round when nothing more is sent: what was sent in each round. */
async function rounds(
	asks: readonly (readonly [kind: string, count: number])[],
	group = 'mutation',
): Promise<string[][][]> {
	const sent: { kinds: readonly string[]; answer: () => void }[] = [];
	const turns = new Turns<string, string>(
		(kinds) => new Promise((resolve) => sent.push({ kinds, answer: () => resolve(kinds) })),
	);
	const answers = asks.flatMap(([kind, count]) =>
		Array.from({ length: count }, () => turns.ask(kind, { group, kind })),
	);
	const seen: string[][][] = [];
	for (await soon(); sent.length > 0; await soon()) {
		const round = sent.splice(0);
		seen.push(round.map(({ kinds }) => [...kinds]));
		for (const { answer } of round) answer();
	}
	await Promise.all(answers);
	return seen;
}

it('what is asked in one moment takes no more rounds than the most of one kind', async () => {
	const seen = await rounds([
		['reference', 1],
		['identity', 1],
		['observable', 3 * maxRequestsAtOnce],
	]);
	expect(seen).toHaveLength(3);
	expect(seen.every((round) => round.length <= maxRequestsAtOnce)).toBe(true);
	expect(seen.flat(2)).toHaveLength(2 + 3 * maxRequestsAtOnce);
});

it('each goes by itself while there are turns for all of them: the platform works on the parts of a request one by one', async () => {
	const kinds = Array.from({ length: maxRequestsAtOnce }, (_, at) => [`kind ${at}`, 1] as const);
	expect(await rounds(kinds, 'query')).toEqual([kinds.map(([kind]) => [kind])]);
});

it('no turn stays empty for a request that takes along more than its part', async () => {
	const kinds = Array.from({ length: maxRequestsAtOnce + 2 }, (_, at) => [`kind ${at}`, 1] as const);
	const [first, ...others] = await rounds(kinds, 'query');
	expect(others).toEqual([]);
	expect(first).toHaveLength(maxRequestsAtOnce);
});

it('a request takes no more along than the limit, and no kind twice', async () => {
	const kinds = ['a', 'b', 'c', 'd', 'e', 'f'].map((kind) => [kind, 40] as const);
	for (const request of (await rounds(kinds)).flat()) {
		expect(request.length).toBeLessThanOrEqual(maxOperationsPerRequest);
		expect(new Set(request).size).toBe(request.length);
	}
});
